#include "../../../lib/base/money.h"
#include "../../support/check_main.h"

START_TEST(amounts_in_both_spellings) {
    static const struct {
        const char *text;
        cents amount;
    } good[] = {
        {"0", 0},        {"12", 1200}, {"12.5", 1250}, {"12.02", 1202},
        {"12,02", 1202}, {"0.07", 7},  {"007", 700},   {"9999999999999.99", 999999999999999},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cents amount = -1;
        ck_assert_msg(money_parse(span_of(good[i].text), &amount), "%s", good[i].text);
        ck_assert_int_eq(amount, good[i].amount);
    }
}
END_TEST

START_TEST(what_is_no_amount_is_refused) {
    static const char *const bad[] = {"",
                                      ".",
                                      ".5",
                                      "5.",
                                      "1.234",
                                      "-1",
                                      "1 000",
                                      "1.2.3",
                                      "1e3",
                                      "12,0,2",
                                      "€12",
                                      "12€",
                                      "10000000000000000",
                                      "99999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cents amount = -1;
        ck_assert_msg(!money_parse(span_of(bad[i]), &amount), "%s", bad[i]);
        ck_assert_int_eq(amount, -1);
    }
}
END_TEST

START_TEST(amounts_are_written) {
    char text[MONEY_TEXT];
    money_format(1202, text);
    ck_assert_str_eq(text, "12.02");
    money_format(5, text);
    ck_assert_str_eq(text, "0.05");
    money_format(-150, text);
    ck_assert_str_eq(text, "-1.50");
    money_format(INT64_MIN, text);
    ck_assert_str_eq(text, "-92233720368547758.08");
}
END_TEST

CHECK_MAIN("money", NULL, NULL, amounts_in_both_spellings, what_is_no_amount_is_refused,
           amounts_are_written)
