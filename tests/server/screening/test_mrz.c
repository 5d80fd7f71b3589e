/* test_mrz.c - every case of mrz_cases.tsv, and properties that hold for any zone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../server/screening/mrz.h"
#include "../../support/check_main.h"

#define CASES "tests/server/screening/mrz_cases.tsv"

struct mrz_case {
    char line[1024];
    char *cols[11];
    char zone[160];
};

/* Reads the next case; false at the end. */
static bool next_case(FILE *file, struct mrz_case *one) {
    do {
        if (fgets(one->line, sizeof(one->line), file) == NULL) {
            return false;
        }
    } while (one->line[0] == '#');
    one->line[strcspn(one->line, "\n")] = '\0';
    char *rest = one->line;
    for (int i = 0; i < 11; i++) {
        one->cols[i] = strsep(&rest, "\t");
        ck_assert_ptr_nonnull(one->cols[i]);
    }
    snprintf(one->zone, sizeof(one->zone), "%s", one->cols[6]);
    for (char *c = one->zone; *c != '\0'; c++) {
        *c = *c == '/' ? '\n' : *c;
    }
    return true;
}

static unsigned faults_named(const char *list) {
    unsigned faults = 0;
    char copy[512];
    snprintf(copy, sizeof(copy), "%s", list);
    char *rest = copy;
    for (char *name; (name = strsep(&rest, ",")) != NULL;) {
        bool found = strcmp(name, "-") == 0;
        for (int i = 0; i < MRZ_FAULTS; i++) {
            if (strcmp(name, mrz_fault_name(i)) == 0) {
                faults |= 1U << i;
                found = true;
            }
        }
        ck_assert_msg(found, "unknown fault %s", name);
    }
    return faults;
}

static bool is(const char *got, const char *want) {
    return strcmp(got, strcmp(want, "-") == 0 ? "" : want) == 0;
}

START_TEST(cases_are_judged_right) {
    FILE *file = fopen(CASES, "r");
    ck_assert_ptr_nonnull(file);
    struct mrz_case one;
    int cases = 0;
    while (next_case(file, &one)) {
        struct mrz mrz;
        bool valid = mrz_read(span_of(one.zone), &mrz);
        const char *format = mrz_format_name(mrz.format);
        ck_assert_str_eq(format == NULL ? "-" : format, one.cols[1]);
        ck_assert_msg(valid == (one.cols[2][0] == '1'), "%s", one.cols[0]);
        ck_assert_msg(mrz.faults == faults_named(one.cols[7]), "%s: %x", one.cols[0], mrz.faults);
        bool cut = (mrz.faults & (MRZ_LINE_LENGTHS | MRZ_CHARACTERS)) == 0;
        if (cut) {
            ck_assert_int_eq((mrz.faults & MRZ_DIGITS) == 0, one.cols[3][0] == '1');
            ck_assert_msg((mrz.doubts & MRZ_ISSUER_UNKNOWN) == (one.cols[4][0] != '1'), "%s",
                          one.cols[0]);
            ck_assert_msg(((mrz.doubts & MRZ_NATIONALITY_UNKNOWN) == 0) == (one.cols[5][0] == '1'),
                          "%s", one.cols[0]);
            ck_assert_msg(is(mrz.number, one.cols[8]), "%s number %s", one.cols[0], mrz.number);
            ck_assert_msg(is(mrz.surname, one.cols[9]), "%s surname %s", one.cols[0], mrz.surname);
            ck_assert_msg(is(mrz.given, one.cols[10]), "%s given %s", one.cols[0], mrz.given);
        }
        cases++;
    }
    fclose(file);
    ck_assert_int_eq(cases, 230);
}
END_TEST

/* Any one character of line 2 of a valid passport changed to another of the same weight class is
 * seen, unless the change is worth a multiple of ten in the 7-3-1 sum. */
START_TEST(one_changed_character_is_seen) {
    FILE *file = fopen(CASES, "r");
    ck_assert_ptr_nonnull(file);
    struct mrz_case one;
    int seen = 0;
    int missed = 0;
    while (next_case(file, &one)) {
        if (strcmp(one.cols[1], "TD3") != 0 || one.cols[2][0] != '1') {
            continue;
        }
        for (int at = 45; at < 89; at++) {
            char keep = one.zone[at];
            if (keep < '0' || keep > '9') {
                continue;
            }
            for (char c = '0'; c <= '9'; c++) {
                one.zone[at] = c;
                struct mrz mrz;
                bool valid = mrz_read(span_of(one.zone), &mrz);
                ck_assert_int_eq(valid, mrz.faults == 0);
                seen += c != keep && !valid;
                missed += c != keep && valid;
            }
            one.zone[at] = keep;
        }
    }
    fclose(file);
    ck_assert_int_eq(missed, 0); /* figures differ by 1..9: 7, 3 and 1 never make that 0 mod 10 */
    ck_assert_int_gt(seen, 10000);
}
END_TEST

START_TEST(the_wrong_digit_is_named) {
    struct mrz mrz;
    ck_assert(!mrz_read(SPAN_LIT("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\n"
                                 "L898902C37UTO7408122F1204159ZE184226B<<<<<10\r\n"),
                        &mrz));
    ck_assert_uint_eq(mrz.faults, MRZ_DIGIT_NUMBER | MRZ_DIGIT_COMPOSITE);
    ck_assert_int_eq(mrz.wrong[0].line, 2);
    ck_assert_int_eq(mrz.wrong[0].column, 10);
    ck_assert_int_eq(mrz.wrong[0].found, '7');
    ck_assert_int_eq(mrz.wrong[0].expected, '6');
}
END_TEST

START_TEST(dates_find_their_century) {
    date today = date_of((struct civil){2026, 3, 1});
    struct mrz mrz = {.birth = "270301", .expiry = "300228"};
    ck_assert_int_eq(mrz_birth_date(&mrz, today), date_of((struct civil){1927, 3, 1}));
    ck_assert_int_eq(mrz_expiry_date(&mrz, today), date_of((struct civil){2030, 2, 28}));
    struct mrz young = {.birth = "260301", .expiry = "990101"};
    ck_assert_int_eq(mrz_birth_date(&young, today), today);
    ck_assert_int_eq(mrz_expiry_date(&young, today), date_of((struct civil){1999, 1, 1}));
    struct mrz unknown = {.birth = "74<<<<"};
    ck_assert_int_eq(mrz_birth_date(&unknown, today), DATE_NONE);
    struct mrz leap = {.birth = "680229"};
    ck_assert_int_eq(mrz_birth_date(&leap, today), date_of((struct civil){1968, 2, 29}));
}
END_TEST

START_TEST(an_unknown_birth_day_is_accepted) {
    struct mrz mrz;
    const char *ways[] = {"7408<<", "74<<<<", "<<<<<<", "74<<12", "<<0812"};
    for (int i = 0; i < 5; i++) {
        char zone[] = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<";
        memcpy(zone + 37 + 13, ways[i], 6);
        zone[37 + 19] = mrz_check_digit((struct span){ways[i], 6});
        ck_assert_int_eq(mrz_read(span_of(zone), &mrz), i < 3);
        ck_assert_uint_eq(mrz.faults, i < 3 ? 0 : MRZ_BIRTH_DATE);
    }
}
END_TEST

START_TEST(a_long_number_leaves_the_rest) {
    struct mrz mrz;
    ck_assert(mrz_read(SPAN_LIT("I<NLD123456789<07<OHDA1234567X\n6503101F3108022NLDOPT<DATA2<<1\n"
                                "DE<BRUIJN<<WILLEKE<LISELOTTE<<"),
                       &mrz));
    ck_assert_str_eq(mrz.number, "1234567890");
    ck_assert_str_eq(mrz.optional, "OHDA1234567X");
}
END_TEST

/* A name bears no check digit, so its absence is a doubt for a person, not a fault of the zone. */
START_TEST(a_missing_name_is_a_doubt) {
    struct mrz mrz;
    ck_assert(mrz_read(SPAN_LIT("P<UTO<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"
                                "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
                       &mrz));
    ck_assert_uint_ne(mrz.doubts & MRZ_NAME_MISSING, 0);
}
END_TEST

START_TEST(odd_shapes_are_refused) {
    struct mrz mrz;
    const char *shapes[] = {"", "\n\n", "P<", "P<UTO\nL8", "a\nb\nc\nd", "\x01\x02"};
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        ck_assert(!mrz_read(span_of(shapes[i]), &mrz));
        ck_assert_uint_eq(mrz.faults, MRZ_LINE_LENGTHS);
    }
    ck_assert_int_eq(mrz_check_digit(SPAN_LIT("ab")), 0);
    ck_assert_int_eq(mrz_check_digit(SPAN_LIT("AB2134<<<")), '5'); /* Doc 9303 part 3, appendix A */
    ck_assert(mrz_state_known("D") && mrz_state_known("MAR") && mrz_state_known("UTO"));
    ck_assert(!mrz_state_known("") && !mrz_state_known("MA") && !mrz_state_known("ZZZ") &&
              !mrz_state_known("D  ") && !mrz_state_known("MARO"));
    ck_assert_ptr_null(mrz_fault_name(-1));
    ck_assert_ptr_null(mrz_fault_name(MRZ_FAULTS));
}
END_TEST

CHECK_MAIN("mrz", NULL, NULL, cases_are_judged_right, one_changed_character_is_seen,
           the_wrong_digit_is_named, dates_find_their_century, an_unknown_birth_day_is_accepted,
           a_long_number_leaves_the_rest, a_missing_name_is_a_doubt, odd_shapes_are_refused)
