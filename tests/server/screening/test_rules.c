/* test_rules.c - the program's rules and those of the database are the same. */
#include <stdio.h>
#include <string.h>

#include "../../../server/screening/linkage.h"
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

/* Every rule has its test on planted data; a code that no rule has is found in none. */
START_TEST(each_rule_is_tested) {
    static const char *const files[] = {"tests/sql/screening.sql",      "tests/sql/candidates.sql",
                                        "tests/sql/fraud_rules.sql",    "tests/sql/same_person.sql",
                                        "tests/sql/fraud_signals.sql",  "tests/sql/assessments.sql",
                                        "tests/sql/fraud_sightings.sql"};
    enum { ROOM = 400000 };
    static char text[ROOM];
    size_t size = 0;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *file = fopen(files[i], "r");
        ck_assert_ptr_nonnull(file);
        size += fread(text + size, 1, ROOM - 1 - size, file);
        ck_assert_uint_lt(size, ROOM - 1);
        fclose(file);
    }
    text[size] = '\0';
    for (const struct rule *rule = screening_rules; rule->code != NULL; rule++) {
        ck_assert_msg(strstr(text, rule->code) != NULL, "no test of %s", rule->code);
    }
    ck_assert_ptr_null(strstr(text, "rule_of_nobody"));
}
END_TEST

START_TEST(the_database_has_the_same_weights) {
    FILE *file = fopen(SQL, "r");
    ck_assert_ptr_nonnull(file);
    char line[512];
    int seen = 0;
    while (fgets(line, sizeof(line), file) != NULL) {
        char part[40];
        char level[16];
        double m;
        double u;
        if (sscanf(line, "    ('%39[a-z_0-9]', '%15[a-z]', %lf, %lf,", part, level, &m, &u) != 4) {
            continue;
        }
        bool known = false;
        for (enum link_part p = 0; p < LINK_PARTS; p++) {
            for (enum link_level l = 0; l < LINK_LEVELS; l++) {
                if (strcmp(part, link_part_name(p)) == 0 &&
                    strcmp(level, link_level_name(l)) == 0) {
                    known = true;
                    ck_assert_double_eq_tol(m, link_weights_default.m[p][l], 1e-9);
                    ck_assert_double_eq_tol(u, link_weights_default.u[p][l], 1e-9);
                }
            }
        }
        ck_assert_msg(known, "%s %s is not in linkage_weights.c", part, level);
        seen++;
    }
    fclose(file);
    ck_assert_int_eq(seen, 28); /* the seven parts of a candidate's identity */
}
END_TEST

START_TEST(unknown_rules_are_not_found) {
    ck_assert_ptr_null(rule_find("none"));
    ck_assert_ptr_null(rule_find(NULL));
    ck_assert_ptr_eq(rule_find("mrz_check_digit"), &screening_rules[0]);
}
END_TEST

CHECK_MAIN("rules", NULL, NULL, the_database_has_the_same_rules, each_rule_is_tested,
           the_database_has_the_same_weights, unknown_rules_are_not_found)
