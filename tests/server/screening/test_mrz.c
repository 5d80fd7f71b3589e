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

/* Check digits as part 3, 4.9 and the tables of parts 4 to 7 give them, written down a second time
 * for this test: positions from 0 in the lines put end to end, "from-to" runs and the digit. */
static const struct digit_of {
    const char *format;
    int digit;
    int runs[4][2]; /* first and one past the last */
    enum mrz_fault fault;
} digits[] = {
    {"TD1", 14, {{5, 14}}, MRZ_DIGIT_NUMBER},
    {"TD1", 36, {{30, 36}}, MRZ_DIGIT_BIRTH},
    {"TD1", 44, {{38, 44}}, MRZ_DIGIT_EXPIRY},
    {"TD1", 59, {{5, 30}, {30, 37}, {38, 45}, {48, 59}}, MRZ_DIGIT_COMPOSITE},
    {"TD2", 45, {{36, 45}}, MRZ_DIGIT_NUMBER},
    {"TD2", 55, {{49, 55}}, MRZ_DIGIT_BIRTH},
    {"TD2", 63, {{57, 63}}, MRZ_DIGIT_EXPIRY},
    {"TD2", 71, {{36, 46}, {49, 56}, {57, 71}}, MRZ_DIGIT_COMPOSITE},
    {"TD3", 53, {{44, 53}}, MRZ_DIGIT_NUMBER},
    {"TD3", 63, {{57, 63}}, MRZ_DIGIT_BIRTH},
    {"TD3", 71, {{65, 71}}, MRZ_DIGIT_EXPIRY},
    {"TD3", 86, {{72, 86}}, MRZ_DIGIT_PERSONAL},
    {"TD3", 87, {{44, 54}, {57, 64}, {65, 87}}, MRZ_DIGIT_COMPOSITE},
    {"MRV-A", 53, {{44, 53}}, MRZ_DIGIT_NUMBER},
    {"MRV-A", 63, {{57, 63}}, MRZ_DIGIT_BIRTH},
    {"MRV-A", 71, {{65, 71}}, MRZ_DIGIT_EXPIRY},
    {"MRV-B", 45, {{36, 45}}, MRZ_DIGIT_NUMBER},
    {"MRV-B", 55, {{49, 55}}, MRZ_DIGIT_BIRTH},
    {"MRV-B", 63, {{57, 63}}, MRZ_DIGIT_EXPIRY},
    {"FR-CNI", 48, {{36, 48}}, MRZ_DIGIT_NUMBER},
    {"FR-CNI", 69, {{63, 69}}, MRZ_DIGIT_BIRTH},
    {"FR-CNI", 71, {{0, 71}}, MRZ_DIGIT_COMPOSITE},
};

/* The faults of check digits in lines put end to end. */
static unsigned recomputed(const char *format, const char *flat) {
    unsigned faults = 0;
    for (size_t d = 0; d < sizeof(digits) / sizeof(digits[0]); d++) {
        if (strcmp(digits[d].format, format) != 0) {
            continue;
        }
        int sum = 0;
        int place = 0;
        bool empty = true;
        for (int r = 0; r < 4 && digits[d].runs[r][1] > 0; r++) {
            for (int i = digits[d].runs[r][0]; i < digits[d].runs[r][1]; i++, place++) {
                const char *at = strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", flat[i]);
                int value = at != NULL ? (int)(at - "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") : 0;
                sum += value * (place % 3 == 0 ? 7 : place % 3 == 1 ? 3 : 1);
                empty = empty && flat[i] == '<';
            }
        }
        char found = flat[digits[d].digit];
        bool left_out = digits[d].fault == MRZ_DIGIT_PERSONAL && empty && found == '<';
        faults |= found - '0' != sum % 10 && !left_out ? (unsigned)digits[d].fault : 0;
    }
    return faults;
}

/* A number that goes on in the optional data has its digit elsewhere; a_long_number... has those.
 */
static bool has_long_number(const struct mrz *mrz, const char *flat) {
    return (mrz->format == MRZ_TD1 && flat[14] == '<') ||
           (mrz->format == MRZ_TD2 && flat[45] == '<');
}

/* Every character of every zone that can be read, changed to each other one of the 37: what the
 * check digits can see is seen, what they cannot is not made up, and the digit at fault is named.
 */
START_TEST(every_substitution_is_recomputed) {
    static const char all[] = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    FILE *file = fopen(CASES, "r");
    ck_assert_ptr_nonnull(file);
    struct mrz_case one;
    int seen = 0;
    int unseen = 0;
    while (next_case(file, &one)) {
        for (size_t at = 0; one.cols[2][0] == '1' && one.zone[at] != '\0'; at++) {
            char keep = one.zone[at];
            for (const char *c = all; keep != '\n' && *c != '\0'; c++) {
                struct mrz mrz;
                char flat[160];
                size_t used = 0;
                one.zone[at] = *c;
                bool valid = mrz_read(span_of(one.zone), &mrz);
                for (const char *from = one.zone; *from != '\0'; from++) {
                    flat[used] = *from;
                    used += *from != '\n';
                }
                flat[used] = '\0';
                if (has_long_number(&mrz, flat)) {
                    continue;
                }
                unsigned want = recomputed(mrz_format_name(mrz.format), flat);
                ck_assert_msg((mrz.faults & MRZ_DIGITS) == want, "%s at %zu: %c", one.cols[0], at,
                              *c);
                ck_assert(want == 0 || !valid);
                seen += want != 0;
                unseen += want == 0 && *c != keep;
            }
            one.zone[at] = keep;
        }
    }
    fclose(file);
    ck_assert_int_gt(seen, 150000);
    ck_assert_int_gt(unseen, 150000); /* names bear no digit; 0 and A differ by ten */
}
END_TEST

/* Alterations that are not in the cases' file, on one good zone of each kind. */
START_TEST(alterations_are_named) {
    static const struct {
        const char *lines[3];
        unsigned faults;
    } rows[] = {
        /* blanks and foreign characters, in lines taken as they are */
        {{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< ",
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
         MRZ_LINE_LENGTHS},
        {{"P UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
         MRZ_CHARACTERS},
        {{"P\xc2\xabUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
         MRZ_CHARACTERS},
        {{"P<UTOERIKSSON<<ANNA<M\xd0\x90RIA<<<<<<<<<<<<<<<<<<<",
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
         MRZ_CHARACTERS},
        {{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "",
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
         MRZ_LINE_LENGTHS},
        {{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"}, MRZ_LINE_LENGTHS},
        /* 31 February, month 13 and day 0 with every digit right */
        {{"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "L8988901C4XXX4002312F9612109<<<<<<<<<<<<<<<<"},
         MRZ_BIRTH_DATE},
        {{"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "L8988901C4XXX4009078F9613106<<<<<<<<<<<<<<<<"},
         MRZ_EXPIRY_DATE},
        {{"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "L8988901C4XXX4009078F9612006<<<<<<<<<<<<<<<<"},
         MRZ_EXPIRY_DATE},
        /* the sexes: M, F and the filler only */
        {{"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "L8988901C4XXX4009078X9612109<<<<<<<<<<<<<<<<"},
         MRZ_SEX},
        {{"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "L8988901C4XXX4009078<9612109<<<<<<<<<<<<<<<<"},
         0},
        /* a visa's code on a card, a figure in a code, no code */
        {{"IVUTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6",
          "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
         MRZ_DOCUMENT_CODE},
        {{"I1UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6",
          "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
         MRZ_DOCUMENT_CODE},
        {{"<IUTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6",
          "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
         MRZ_DOCUMENT_CODE},
        {{"ACUTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6",
          "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
         0},
        /* a filler where a digit must stand: only the empty personal number may have it */
        {{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "D231458907UTO7408122F1204159<<<<<<<<<<<<<<<6"},
         0},
        {{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "D231458907UTO7408122F1204159<<<<<<<<<<<<<<06"},
         0},
        {{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "D231458907UTO7408122F1204159<<<<<<<<<<<<<<<<"},
         MRZ_DIGIT_COMPOSITE},
        {{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
          "D23145890<UTO7408122F1204159<<<<<<<<<<<<<<<2"},
         MRZ_DIGIT_NUMBER | MRZ_DIGIT_COMPOSITE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct span lines[3];
        int count = 0;
        struct mrz mrz;
        while (count < 3 && rows[i].lines[count] != NULL) {
            lines[count] = span_of(rows[i].lines[count]);
            count++;
        }
        bool valid = mrz_read_lines(lines, count, &mrz);
        ck_assert_msg(mrz.faults == rows[i].faults, "row %zu: %x", i, mrz.faults);
        ck_assert_int_eq(valid, rows[i].faults == 0);
    }
    struct mrz mrz;
    ck_assert(!mrz_read_lines(NULL, 0, &mrz));
    ck_assert_uint_eq(mrz.faults, MRZ_LINE_LENGTHS);
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
    /* Parts 5 and 6, note j: the number's rest stands first in the optional data, up to its check
     * digit and a filler; it is the number's, and what follows is the State's. */
    ck_assert(mrz_read(SPAN_LIT("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\n"
                                "D23145890<UTO3407127M95071227349<<<8"),
                       &mrz));
    ck_assert_str_eq(mrz.number, "D23145890734");
    ck_assert_str_eq(mrz.optional, "");
    ck_assert(mrz_read(SPAN_LIT("I<NLD123456789<010<OHDA1<<<<<<\n6503101F3108022NLDOPT<DATA2<<5\n"
                                "DE<BRUIJN<<WILLEKE<LISELOTTE<<"),
                       &mrz));
    ck_assert_str_eq(mrz.number, "12345678901");
    ck_assert_str_eq(mrz.optional, "OHDA1");
    ck_assert_str_eq(mrz.optional2, "OPT<DATA2");
    /* One figure of the rest changed, its digit left out, or nothing behind the filler. */
    ck_assert(!mrz_read(SPAN_LIT("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\n"
                                 "D23145890<UTO3407127M95071227449<<<8"),
                        &mrz));
    ck_assert_uint_eq(mrz.faults, MRZ_DIGIT_NUMBER | MRZ_DIGIT_COMPOSITE);
    ck_assert(!mrz_read(SPAN_LIT("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\n"
                                 "D23145890<UTO3407127M9507122<<<<<<<2"),
                        &mrz));
    ck_assert_uint_ne(mrz.faults & MRZ_DIGIT_NUMBER, 0);
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

CHECK_MAIN("mrz", NULL, NULL, cases_are_judged_right, every_substitution_is_recomputed,
           alterations_are_named, the_wrong_digit_is_named, dates_find_their_century,
           an_unknown_birth_day_is_accepted, a_long_number_leaves_the_rest,
           a_missing_name_is_a_doubt, odd_shapes_are_refused)
