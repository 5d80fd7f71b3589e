#include <time.h>

#include "../../../lib/base/clock.h"
#include "../../../lib/base/date.h"
#include "../../support/check_main.h"

static date day(const char *text) {
    date value = DATE_NONE;
    ck_assert_msg(date_parse(span_of(text), &value), "%s does not parse", text);
    return value;
}

/* Against the C library's own calendar. */
START_TEST(every_day_agrees_with_timegm) {
    for (date d = DATE_MIN; d <= DATE_MAX; d++) {
        time_t seconds = (time_t)d * 86400;
        struct tm utc;
        gmtime_r(&seconds, &utc);
        struct civil civil = date_civil(d);
        ck_assert_int_eq(civil.year, utc.tm_year + 1900);
        ck_assert_int_eq(civil.month, utc.tm_mon + 1);
        ck_assert_int_eq(civil.day, utc.tm_mday);
        ck_assert_int_eq(date_of(civil), d);
        ck_assert_int_eq(date_weekday(d), utc.tm_wday == 0 ? 7 : utc.tm_wday);
    }
}
END_TEST

START_TEST(text_goes_both_ways) {
    char text[DATE_TEXT];
    date_format(day("2026-11-23"), text);
    ck_assert_str_eq(text, "2026-11-23");
    ck_assert_int_eq(day("1970-01-01"), 0);
    ck_assert_int_eq(day("1900-01-01"), DATE_MIN);
    ck_assert_int_eq(day("2199-12-31"), DATE_MAX);
}
END_TEST

START_TEST(what_is_no_day_is_refused) {
    static const char *const bad[] = {
        "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10",  "2026-04-31", "2026-4-30",
        "26-04-30",   "2026/04/30", "2026-04-3x", "2026-04-30 ", "",           "1899-12-31",
        "2200-01-01", "20x6-01-01", "2026-0x-01", "2026-01-00",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        date value = DATE_NONE;
        ck_assert_msg(!date_parse(span_of(bad[i]), &value), "%s parsed", bad[i]);
        ck_assert_int_eq(value, DATE_NONE);
    }
    ck_assert_int_eq(day("2000-02-29"), day("2000-03-01") - 1);
}
END_TEST

START_TEST(months_end_on_their_last_day) {
    ck_assert_int_eq(date_add_months(day("2026-08-31"), 6), day("2027-02-28"));
    ck_assert_int_eq(date_add_months(day("2024-01-31"), 1), day("2024-02-29"));
    ck_assert_int_eq(date_add_months(day("2026-03-15"), -12), day("2025-03-15"));
    ck_assert_int_eq(date_add_months(day("2026-01-31"), -2), day("2025-11-30"));
}
END_TEST

START_TEST(the_clock_can_be_moved) {
    struct clock clock = {0};
    int64_t real = clock_now(&clock);
    ck_assert(real > 1700000000);
    clock_set(&clock, 1000000000);
    int64_t moved = clock_now(&clock);
    ck_assert(moved >= 1000000000 && moved <= 1000000002);
    ck_assert_int_eq(clock_today(&clock), day("2001-09-09"));
    clock_set(&clock, -1);
    ck_assert(clock_today(&clock) == -1 || clock_today(&clock) == 0);
    clock_set(&clock, -86401);
    ck_assert(clock_today(&clock) == -2 || clock_today(&clock) == -1);
    int64_t ticks = clock_ticks();
    ck_assert(clock_ticks() >= ticks);
}
END_TEST

CHECK_MAIN("date", NULL, NULL, every_day_agrees_with_timegm, text_goes_both_ways,
           what_is_no_day_is_refused, months_end_on_their_last_day, the_clock_can_be_moved)
