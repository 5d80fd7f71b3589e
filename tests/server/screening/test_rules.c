/* test_rules.c - the program's rules and those of the database are the same. */
#include <stdio.h>
#include <string.h>

#include "../../../server/screening/rules.h"
#include "../../support/check_main.h"

#define SQL "migrations/replaceable/07_screening.sql"

START_TEST(the_database_has_the_same_rules) {
    FILE *file = fopen(SQL, "r");
    ck_assert_ptr_nonnull(file);
    char line[512];
    int seen = 0;
    while (fgets(line, sizeof(line), file) != NULL) {
        char code[64];
        char severity[16];
        char blocking[8];
        char second[8];
        int days;
        if (sscanf(line, "    ('%63[a-z_]', '%15[a-z]', %7[a-z], %d, %7[a-z])", code, severity,
                   blocking, &days, second) != 5) {
            continue;
        }
        const struct rule *rule = rule_find(code);
        ck_assert_msg(rule != NULL, "%s is not in rules.c", code);
        ck_assert_str_eq(severity, severity_name(rule->severity));
        ck_assert_int_eq(strcmp(blocking, "true") == 0, rule->blocking);
        ck_assert_int_eq(strcmp(second, "true") == 0, rule->second_person);
        ck_assert_int_eq(days, rule->due_days);
        seen++;
    }
    fclose(file);
    int rules = 0;
    for (const struct rule *rule = screening_rules; rule->code != NULL; rule++) {
        ck_assert_uint_gt(strlen(rule->meaning), 20);
        ck_assert_uint_gt(strlen(rule->action), 20);
        rules++;
    }
    ck_assert_int_eq(seen, rules);
}
END_TEST

START_TEST(unknown_rules_are_not_found) {
    ck_assert_ptr_null(rule_find("none"));
    ck_assert_ptr_null(rule_find(NULL));
    ck_assert_ptr_eq(rule_find("mrz_check_digit"), &screening_rules[0]);
}
END_TEST

CHECK_MAIN("rules", NULL, NULL, the_database_has_the_same_rules, unknown_rules_are_not_found)
