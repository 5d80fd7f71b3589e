#include "server/returns/stay.h"

#include "tests/support/check_main.h"

static date on(int year, int month, int day) {
    return date_of((struct civil){year, month, day});
}

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
        struct stay stay = {date_of(cases[i].first), date_of(cases[i].last)};
        ck_assert_int_eq(stay_units(STAY_DAYS_183, stay), cases[i].days);
        ck_assert_int_eq(stay_units(STAY_CALENDAR_MONTHS, stay), cases[i].thirtieths);
    }
}
END_TEST

START_TEST(the_183rd_day_is_the_last) {
    struct stay before = {on(2027, 3, 1), on(2027, 6, 30)}; /* 122 days */
    struct stay_excess excess;
    struct stay wanted = {on(2027, 8, 1), on(2027, 9, 30)}; /* 61: 183 */
    ck_assert(!stay_exceeds(STAY_DAYS_183, &before, 1, wanted, &excess));
    wanted.last++;
    ck_assert(stay_exceeds(STAY_DAYS_183, &before, 1, wanted, &excess));
    ck_assert_int_eq(excess.units, 184);
    ck_assert_int_eq(excess.window.last, wanted.last);
    ck_assert_int_eq(excess.window.last - excess.window.first, 364);
}
END_TEST

START_TEST(days_come_back_a_year_later) {
    struct stay before = {on(2027, 3, 1), on(2027, 8, 30)}; /* 183 days */
    struct stay_excess excess;
    struct stay wanted = {on(2028, 2, 28), on(2028, 3, 5)};
    ck_assert(stay_exceeds(STAY_DAYS_183, &before, 1, wanted, &excess));
    wanted.first = on(2028, 2, 29); /* from here each day in is a day out */
    ck_assert(!stay_exceeds(STAY_DAYS_183, &before, 1, wanted, &excess));
}
END_TEST

START_TEST(a_later_stay_counts_too) {
    struct stay later = {on(2027, 9, 1), on(2027, 12, 31)}; /* 122 days */
    struct stay_excess excess;
    struct stay wanted = {on(2027, 3, 1), on(2027, 5, 1)}; /* 62 */
    ck_assert(stay_exceeds(STAY_DAYS_183, &later, 1, wanted, &excess));
    wanted.last--;
    ck_assert(!stay_exceeds(STAY_DAYS_183, &later, 1, wanted, &excess));
}
END_TEST

START_TEST(six_calendar_months_are_more_than_183_days) {
    struct stay_excess excess;
    struct stay wanted = {on(2027, 3, 1), on(2027, 8, 31)};
    ck_assert(stay_exceeds(STAY_DAYS_183, NULL, 0, wanted, &excess));
    ck_assert(!stay_exceeds(STAY_CALENDAR_MONTHS, NULL, 0, wanted, &excess));
    wanted.last++;
    ck_assert(stay_exceeds(STAY_CALENDAR_MONTHS, NULL, 0, wanted, &excess));
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
            stays[count] = (struct stay){first, first + (date)(dice >> 16 & 127U)};
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
            exceeds = stay_exceeds(STAY_DAYS_183, others, n, stays[i], &excess) || exceeds;
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
            stays[i] = (struct stay){first, first + (date)(dice >> 16 & 127U)};
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
            bool exceeds = stay_exceeds(variants[v], stays, count, wanted, &excess);
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

CHECK_MAIN("six months in twelve", NULL, NULL, variant_words, months_are_counted_from_the_first_day,
           the_183rd_day_is_the_last, days_come_back_a_year_later, a_later_stay_counts_too,
           six_calendar_months_are_more_than_183_days, no_window_between_holds_more,
           allowing_is_not_exceeding)
