#include "server/returns/stay.h"

#include "tests/support/check_main.h"

static date on(int year, int month, int day) {
    return date_of((struct civil){year, month, day});
}

static const struct stay_rule by_days = {STAY_DAYS_183, NULL, 0};
static const struct stay_rule by_months = {STAY_CALENDAR_MONTHS, NULL, 0};

START_TEST(variant_words) {
    enum stay_variant variant = STAY_CALENDAR_MONTHS;
    ck_assert(stay_variant_of("days_183", &variant));
    ck_assert_int_eq(variant, STAY_DAYS_183);
    ck_assert(stay_variant_of("calendar_months", &variant));
    ck_assert_int_eq(variant, STAY_CALENDAR_MONTHS);
    ck_assert(!stay_variant_of("weeks", &variant));
}
END_TEST

START_TEST(months_are_counted_from_the_first_day) {
    static const struct {
        struct civil first, last;
        int days, thirtieths;
    } cases[] = {
        {{2027, 3, 1}, {2027, 8, 31}, 184, 180},    /* six months exactly */
        {{2027, 3, 1}, {2027, 9, 1}, 185, 181},     /* and a day */
        {{2027, 3, 15}, {2027, 3, 15}, 1, 1},       /* one day */
        {{2027, 2, 1}, {2027, 2, 28}, 28, 30},      /* a short month is a month */
        {{2027, 1, 31}, {2027, 2, 27}, 28, 30},     /* to the day before the month's last */
        {{2027, 1, 31}, {2027, 2, 26}, 27, 27},     /* a day less is not */
        {{2028, 2, 29}, {2029, 2, 27}, 365, 360},   /* from a leap day */
        {{2027, 11, 20}, {2028, 1, 4}, 46, 30 + 16} /* over the year's end */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        date first = date_of(cases[i].first);
        date last = date_of(cases[i].last);
        ck_assert_int_eq(stay_units(STAY_DAYS_183, first, last), cases[i].days);
        ck_assert_int_eq(stay_units(STAY_CALENDAR_MONTHS, first, last), cases[i].thirtieths);
    }
}
END_TEST

START_TEST(the_183rd_day_is_the_last) {
    struct stay before = {on(2027, 3, 1), on(2027, 6, 30), 0}; /* 122 days */
    struct stay_excess excess;
    struct stay wanted = {on(2027, 8, 1), on(2027, 9, 30), 0}; /* 61: 183 */
    ck_assert(!stay_exceeds(&by_days, &before, 1, wanted, &excess));
    wanted.last++;
    ck_assert(stay_exceeds(&by_days, &before, 1, wanted, &excess));
    ck_assert_int_eq(excess.units, 184);
    ck_assert_int_eq(excess.window_last, wanted.last);
    ck_assert_int_eq(excess.window_last - excess.window_first, 364);
}
END_TEST

START_TEST(days_come_back_a_year_later) {
    struct stay before = {on(2027, 3, 1), on(2027, 8, 30), 0}; /* 183 days */
    struct stay_excess excess;
    struct stay wanted = {on(2028, 2, 28), on(2028, 3, 5), 0};
    ck_assert(stay_exceeds(&by_days, &before, 1, wanted, &excess));
    wanted.first = on(2028, 2, 29); /* from here each day in is a day out */
    ck_assert(!stay_exceeds(&by_days, &before, 1, wanted, &excess));
}
END_TEST

START_TEST(a_later_stay_counts_too) {
    struct stay later = {on(2027, 9, 1), on(2027, 12, 31), 0}; /* 122 days */
    struct stay_excess excess;
    struct stay wanted = {on(2027, 3, 1), on(2027, 5, 1), 0}; /* 62 */
    ck_assert(stay_exceeds(&by_days, &later, 1, wanted, &excess));
    wanted.last--;
    ck_assert(!stay_exceeds(&by_days, &later, 1, wanted, &excess));
}
END_TEST

START_TEST(six_calendar_months_are_more_than_183_days) {
    struct stay_excess excess;
    struct stay wanted = {on(2027, 3, 1), on(2027, 8, 31), 0};
    ck_assert(stay_exceeds(&by_days, NULL, 0, wanted, &excess));
    ck_assert(!stay_exceeds(&by_months, NULL, 0, wanted, &excess));
    wanted.last++;
    ck_assert(stay_exceeds(&by_months, NULL, 0, wanted, &excess));
    ck_assert_int_eq(excess.units, 181);
}
END_TEST

/* A window that neither ends nor begins with a stay never holds more days. */
START_TEST(no_window_between_holds_more) {
    unsigned dice = 1;
    for (int round = 0; round < 4000; round++) {
        struct stay stays[5];
        int count = 0;
        date day = on(2026, 1, 1);
        while (count < 5) {
            dice = dice * 1103515245U + 12345U;
            date first = day + 1 + (date)(dice >> 16 & 127U);
            dice = dice * 1103515245U + 12345U;
            stays[count] = (struct stay){first, first + (date)(dice >> 16 & 127U), 0};
            day = stays[count++].last;
        }
        int most = 0;
        for (date end = stays[0].first; end <= stays[4].last; end++) {
            int days = 0;
            for (int i = 0; i < count; i++) {
                date from = stays[i].first > end - 364 ? stays[i].first : end - 364;
                date to = stays[i].last < end ? stays[i].last : end;
                days += to >= from ? to - from + 1 : 0;
            }
            most = days > most ? days : most;
        }
        bool exceeds = false;
        for (int i = 0; i < count; i++) {
            struct stay others[5];
            struct stay_excess excess;
            int n = 0;
            for (int k = 0; k < count; k++) {
                if (k != i) {
                    others[n++] = stays[k];
                }
            }
            exceeds = stay_exceeds(&by_days, others, n, stays[i], &excess) || exceeds;
        }
        ck_assert_int_eq(exceeds, most > 183);
    }
}
END_TEST

/* The short way to a yes or no says what the long one says, in both variants. */
START_TEST(allowing_is_not_exceeding) {
    static const enum stay_variant variants[] = {STAY_DAYS_183, STAY_CALENDAR_MONTHS};
    unsigned dice = 7;
    int allowed[2] = {0};
    int refused[2] = {0};
    int overlapping = 0;
    for (int round = 0; round < 40000; round++) {
        struct stay stays[4];
        struct stay_excess excess;
        int count = round % 4;
        date day = on(2026, 1, 1);
        for (int i = 0; i <= count; i++) {
            dice = dice * 1103515245U + 12345U;
            date first = day + 1 + (date)(dice >> 16 & 127U);
            dice = dice * 1103515245U + 12345U;
            stays[i] = (struct stay){first, first + (date)(dice >> 16 & 127U), 0};
            day = stays[i].last;
        }
        /* The one wanted: mostly the last, else one between the others or over one of them. */
        int which = round % 3 == 0 ? round / 4 % (count + 1) : count;
        struct stay wanted = stays[which];
        stays[which] = stays[count];
        bool over = count > 0 && round % 16 == 15;
        wanted.last = over ? stays[0].last : wanted.last;
        wanted.first = over ? stays[0].last - 1 : wanted.first;
        overlapping += over;
        for (int v = 0; v < 2; v++) {
            struct stay_rule rule = {variants[v], NULL, 0};
            bool exceeds = stay_exceeds(&rule, stays, count, wanted, &excess);
            bool allows = stay_allows(variants[v], stays, count, wanted);
            ck_assert_int_eq(allows, !over && !exceeds);
            allowed[v] += allows;
            refused[v] += !over && !allows;
        }
    }
    ck_assert_int_gt(allowed[0], 4000);
    ck_assert_int_gt(refused[0], 4000);
    ck_assert_int_gt(allowed[1], 4000);
    ck_assert_int_gt(refused[1], 4000);
    ck_assert_int_gt(overlapping, 1000);
}
END_TEST

START_TEST(a_derogation_is_as_long_as_it_says) {
    ck_assert_int_eq(stay_leave_most(STAY_DAYS_183, 9, 0), 274);
    ck_assert_int_eq(stay_leave_most(STAY_DAYS_183, 7, 0), 213);
    ck_assert_int_eq(stay_leave_most(STAY_DAYS_183, 0, 200), 200);
    ck_assert_int_eq(stay_leave_most(STAY_CALENDAR_MONTHS, 9, 0), 270);
    ck_assert_int_eq(stay_leave_most(STAY_CALENDAR_MONTHS, 0, 274), 270);
}
END_TEST

/* 2020: a stay of December to May goes on to August, from a text of 17 March on. */
START_TEST(a_derogation_lets_its_days_be_more) {
    struct stay_excess excess;
    struct stay_leave leave = {on(2020, 3, 17), on(2020, 10, 31), 274};
    struct stay_rule rule = {STAY_DAYS_183, &leave, 1};
    struct stay wanted = {on(2019, 12, 1), on(2020, 8, 30), 1}; /* 274 days */
    ck_assert(!stay_exceeds(&rule, NULL, 0, wanted, &excess));
    wanted.leaves = 0; /* another's scope */
    ck_assert(stay_exceeds(&rule, NULL, 0, wanted, &excess));
    wanted.leaves = 1;
    wanted.last++;
    ck_assert(stay_exceeds(&rule, NULL, 0, wanted, &excess));
    ck_assert_int_eq(excess.units, 275);
}
END_TEST

/* A text that begins after the 183rd day, or ends before the last one, helps nobody there. */
START_TEST(a_derogation_is_of_its_days_alone) {
    struct stay_excess excess;
    struct stay_leave leave = {on(2020, 6, 1), on(2020, 7, 15), 274};
    struct stay_rule rule = {STAY_DAYS_183, &leave, 1};
    struct stay wanted = {on(2019, 12, 1), on(2020, 7, 15), 1};
    ck_assert(!stay_exceeds(&rule, NULL, 0, wanted, &excess)); /* 31 May is the 183rd day */
    wanted.last++;
    ck_assert(stay_exceeds(&rule, NULL, 0, wanted, &excess));
    wanted = (struct stay){on(2019, 11, 30), on(2020, 7, 15), 1};
    ck_assert(stay_exceeds(&rule, NULL, 0, wanted, &excess)); /* the 184th is before the text */
    ck_assert_int_eq(excess.window_last, on(2020, 5, 31));
    ck_assert_int_eq(excess.units, 184);
}
END_TEST

/* What a derogation allowed counts for the stays that come after it. */
START_TEST(days_under_a_derogation_are_not_given_back) {
    struct stay_excess excess;
    struct stay_leave leave = {on(2020, 3, 17), on(2020, 8, 31), 274};
    struct stay_rule rule = {STAY_DAYS_183, &leave, 1};
    struct stay before = {on(2019, 12, 1), on(2020, 8, 30), 1};
    struct stay wanted = {on(2020, 10, 1), on(2020, 10, 1), 0};
    ck_assert(stay_exceeds(&rule, &before, 1, wanted, &excess));
    wanted = (struct stay){on(2021, 2, 28), on(2021, 2, 28), 0}; /* 183 of them and this one */
    ck_assert(stay_exceeds(&rule, &before, 1, wanted, &excess));
    wanted = (struct stay){on(2021, 3, 1), on(2021, 3, 1), 0};
    ck_assert(!stay_exceeds(&rule, &before, 1, wanted, &excess));
}
END_TEST

CHECK_MAIN("six months in twelve", NULL, NULL, variant_words, months_are_counted_from_the_first_day,
           the_183rd_day_is_the_last, days_come_back_a_year_later, a_later_stay_counts_too,
           six_calendar_months_are_more_than_183_days, no_window_between_holds_more,
           allowing_is_not_exceeding, a_derogation_is_as_long_as_it_says,
           a_derogation_lets_its_days_be_more, a_derogation_is_of_its_days_alone,
           days_under_a_derogation_are_not_given_back)
