#include <string.h>

#include "server/view/i18n.h"
#include "tests/support/check_main.h"

START_TEST(picks_a_language) {
    ck_assert_int_eq(lang_pick("en", "ar"), LANG_EN);
    ck_assert_int_eq(lang_pick("xx", "ar-MA, fr;q=0.8"), LANG_AR);
    ck_assert_int_eq(lang_pick(NULL, "de-DE,en-GB;q=0.7"), LANG_EN);
    ck_assert_int_eq(lang_pick(NULL, "de"), LANG_FR);
    ck_assert_int_eq(lang_pick(NULL, ",,;q=, "), LANG_FR);
    ck_assert_int_eq(lang_pick(NULL, NULL), LANG_FR);
    ck_assert(lang_rtl(LANG_AR) && !lang_rtl(LANG_FR));
    ck_assert_str_eq(lang_code(LANG_AR), "ar");
}
END_TEST

START_TEST(translates_or_keeps) {
    const char *unknown = "A sentence that nobody translates.";
    ck_assert_str_eq(tr(LANG_FR, "My account"), "Mon compte");
    ck_assert_str_eq(tr(LANG_AR, "My account"), "حسابي");
    ck_assert_str_eq(tr(LANG_EN, "role:desk"), "OFII desk");
    ck_assert_ptr_eq(tr(LANG_FR, unknown), unknown);
    ck_assert_ptr_eq(tr(LANG_EN, unknown), unknown);
    ck_assert_str_eq(tr(LANG_FR, ""), "");
}
END_TEST

CHECK_MAIN("view/i18n", NULL, NULL, picks_a_language, translates_or_keeps)
