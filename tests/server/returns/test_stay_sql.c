/* PostgreSQL's rule and the model give the same answer on random histories, for both variants. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/text.h"
#include "server/returns/stay.h"
#include "tests/support/check_main.h"
#include "tests/support/season.h"

enum { HISTORIES = 1000, STAYS_MAX = 6, HOUR = 3600 };

/* NORIA_HISTORIES asks for more, for each variant (50,000 are in docs/measurements.md). */
static int histories(void) {
    const char *asked = getenv("NORIA_HISTORIES");
    int64_t count = 0;
    return asked != NULL && text_int(span_of(asked), &count) && count > 0 ? (int)count : HISTORIES;
}

struct dice {
    unsigned state;
};

static int roll(struct dice *dice, int sides) {
    dice->state = dice->state * 1664525U + 1013904223U;
    return (int)((dice->state >> 8) % (unsigned)sides);
}

static struct stay any_stay(struct dice *dice) {
    date first = date_of((struct civil){2026, 1, 1}) + roll(dice, 900);
    static const int longest[] = {10, 40, 100, 185, 200};
    return (struct stay){first, first + roll(dice, longest[roll(dice, 5)])};
}

static bool overlaps(const struct stay *stays, int count, struct stay wanted) {
    for (int i = 0; i < count; i++) {
        if (stays[i].first <= wanted.last && stays[i].last >= wanted.first) {
            return true;
        }
    }
    return false;
}

static bool database_takes(PGconn *pg, long long worker, const char *variant, struct stay stay,
                           char state[6]) {
    char first[DATE_TEXT];
    char last[DATE_TEXT];
    date_format(stay.first, first);
    date_format(stay.last, last);
    return season_try(pg, state,
                      "INSERT INTO worker_stay (worker_id, campaign_id, period) "
                      "VALUES (%lld, t_id('%s'), daterange('%s', '%s', '[]'))",
                      worker, variant, first, last);
}

START_TEST(same_answers) {
    static const char *const words[] = {"days_183", "calendar_months"};
    enum stay_variant variant;
    struct dice dice = {(unsigned)_i + 7U};
    int wanted_histories = histories();
    int taken = 0;
    int refused = 0;
    PGconn *pg = season_connect();
    ck_assert(stay_variant_of(words[_i], &variant));
    (void)season_number(pg, "SET synchronous_commit = off; SELECT 1");
    for (int h = 0; h < wanted_histories; h++) {
        long long worker = season_number(pg, "INSERT INTO worker DEFAULT VALUES RETURNING id");
        struct stay stays[STAYS_MAX];
        int count = 0;
        for (int i = 0; i < STAYS_MAX; i++) {
            struct stay wanted = any_stay(&dice);
            struct stay_excess excess;
            char state[6];
            bool apart = !overlaps(stays, count, wanted);
            bool expected = apart && !stay_exceeds(variant, stays, count, wanted, &excess);
            bool given = database_takes(pg, worker, words[_i], wanted, state);
            ck_assert_msg(given == expected, "history %d stay %d: %d, database %d (%s)", h, i,
                          expected, given, state);
            ck_assert_str_eq(state, given ? "" : apart ? "NR001" : "23P01");
            if (given) {
                stays[count++] = wanted;
            }
            taken += given;
            refused += apart && !given;
        }
    }
    PQfinish(pg);
    /* control: the histories try the rule from both sides */
    ck_assert_int_gt(taken, wanted_histories);
    ck_assert_int_gt(refused, wanted_histories / 4);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("six months in SQL and C");
    TCase *tcase = tcase_create("histories");
    tcase_set_timeout(tcase, HOUR);
    tcase_add_unchecked_fixture(tcase, season_up, season_down);
    tcase_add_loop_test(tcase, same_answers, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
