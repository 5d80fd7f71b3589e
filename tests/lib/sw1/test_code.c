#include <string.h>

#include "../../../lib/base/text.h"
#include "../../../lib/sw1/code.h"
#include "../../support/check_main.h"

START_TEST(every_code_speaks_three_languages) {
    ck_assert_str_eq(sw1_code_name(SW1_VALID), "VALID");
    ck_assert_str_eq(sw1_code_name(SW1_HOLDER_MISMATCH), "HOLDER_MISMATCH");
    for (enum sw1_code code = SW1_VALID; code < SW1_CODES; code++) {
        const char *en = sw1_code_sentence(code, SW1_EN);
        const char *fr = sw1_code_sentence(code, SW1_FR);
        const char *ar = sw1_code_sentence(code, SW1_AR);
        ck_assert(strlen(en) > 20 && strlen(fr) > 20 && strlen(ar) > 20);
        ck_assert(text_is_utf8(span_of(ar)) && !text_has_forbidden(span_of(ar), false));
        ck_assert_str_ne(en, fr);
    }
}
END_TEST

START_TEST(exit_classes_are_the_profile_s) {
    static const enum sw1_code unsure[] = {SW1_UNKNOWN_KEY, SW1_STATUS_MISSING, SW1_STATUS_STALE,
                                           SW1_TRUST_STALE, SW1_CLOCK_DOUBTFUL};
    int count = 0;
    for (enum sw1_code code = SW1_VALID; code < SW1_CODES; code++) {
        enum sw1_exit expected = code == SW1_VALID ? SW1_EXIT_VALID : SW1_EXIT_REFUSED;
        for (size_t i = 0; i < sizeof unsure / sizeof *unsure; i++) {
            if (unsure[i] == code) {
                expected = SW1_EXIT_UNSURE;
                count++;
            }
        }
        ck_assert_int_eq(sw1_code_exit(code), expected);
    }
    ck_assert_int_eq(count, 5);
    ck_assert_int_eq(SW1_CODES, 22);
}
END_TEST

START_TEST(a_batch_ends_with_its_worst) {
    static const enum sw1_exit order[] = {SW1_EXIT_USAGE, SW1_EXIT_UNREADABLE, SW1_EXIT_REFUSED,
                                          SW1_EXIT_UNSURE, SW1_EXIT_VALID};
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 5; j++) {
            ck_assert_int_eq(sw1_exit_worse(order[i], order[j]), order[i < j ? i : j]);
        }
    }
}
END_TEST

CHECK_MAIN("code", NULL, NULL, every_code_speaks_three_languages, exit_classes_are_the_profile_s,
           a_batch_ends_with_its_worst)
