/* Kappa and the quantiles, against values worked out by hand. */
#include "lib/base/arena.h"
#include "server/assessment/agreement.h"
#include "server/assessment/calibration.h"
#include "tests/support/check_main.h"

static int kappa_of(const int64_t times[5][5]) {
    struct agreement a = {.gap = 0};
    for (int i = 0; i < 25; i++) {
        a.times[i / 5][i % 5] = times[i / 5][i % 5];
    }
    int kappa = -99999;
    return agreement_kappa(&a, &kappa) ? kappa : -99999;
}

/* Two levels only (pass/fail), where quadratic weights change nothing: the classic table 20 5 / 10
 * 15 has po = 0.70, pe = 0.5 * 0.6 + 0.5 * 0.4 = 0.50, kappa = 0.40. */
START_TEST(kappa_by_hand) {
    ck_assert_int_eq(
        kappa_of((const int64_t[5][5]){{20, 0, 0, 0, 5}, {0}, {0}, {0}, {10, 0, 0, 0, 15}}), 4000);
    /* 45 15 / 25 15: po = 0.6, pe = 0.6 * 0.7 + 0.4 * 0.3 = 0.54, kappa = 0.06 / 0.46 = 0.1304 */
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{45, 15}, {25, 15}}), 1304);
    /* 25 35 / 5 35: po = 0.6, pe = 0.6 * 0.3 + 0.4 * 0.7 = 0.46, kappa = 0.14 / 0.54 = 0.2593 */
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{25, 35}, {5, 35}}), 2593);
    /* three levels, weighted: rows 2 1 0 / 0 2 1 / 0 0 2. sum w o = 2; rows (3 3 2), columns (2 3
     * 3); sum w r c = 3*(3 + 4*3) + 3*(2 + 3) + 2*(4*2 + 3) = 45 + 15 + 22 = 82; 1 - 8 * 2 / 82 =
     * 0.8049 */
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{2, 1}, {0, 2, 1}, {0, 0, 2}}), 8049);
}
END_TEST

START_TEST(kappa_at_its_ends) {
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{3}, {0, 4}, {0}, {0}, {0, 0, 0, 0, 5}}),
                     10000);
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{0, 0, 0, 0, 5}, {0}, {0}, {0}, {5}}), -10000);
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{1, 1}, {1, 1}}), 0);
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{0}, {0, 9}}),
                     -99999); /* one level throughout */
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{0}}), -99999);
    /* who is which marker does not matter */
    ck_assert_int_eq(kappa_of((const int64_t[5][5]){{2, 0, 0}, {1, 2, 0}, {0, 1, 2}}), 8049);
}
END_TEST

START_TEST(mean_gap) {
    struct agreement a = {.gap = 2501};
    ck_assert_int_eq(agreement_gap(&a), 0);
    a.times[1][2] = 2;
    ck_assert_int_eq(agreement_pairs(&a), 2);
    ck_assert_int_eq(agreement_gap(&a), 1251); /* 1250.5 */
}
END_TEST

START_TEST(quantiles_by_hand) {
    static const struct {
        int64_t values[6];
        int count;
        int64_t median, p25;
    } rows[] = {
        {{7}, 1, 700, 700},
        {{10, 20}, 2, 1500, 1250},
        {{30, 10, 20}, 3, 2000, 1500},
        {{40, 10, 30, 20}, 4, 2500, 1750},
        {{50, 40, 30, 20, 10}, 5, 3000, 2000},
        {{1, 1, 1, 2, 9, 9}, 6, 150, 100},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t values[6];
        for (int k = 0; k < rows[i].count; k++) {
            values[k] = rows[i].values[k];
        }
        struct quantiles q = quantiles_of(values, rows[i].count);
        ck_assert_int_eq(q.median, rows[i].median);
        ck_assert_int_eq(q.p25, rows[i].p25);
    }
}
END_TEST

START_TEST(scores_are_packed) {
    struct arena *arena = arena_new();
    struct faults faults;
    faults_init(&faults, arena);
    struct panel_score lines[] = {{1, 7, 5}, {1, 8, FIELD_NONE}, {2, 7, 6}};
    int count = 3;
    ck_assert_int_eq(panel_pack(&faults, lines, &count), OK);
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(lines[1].worker_no, 2);
    struct panel_score twice[] = {{1, 7, 5}, {1, 7, 6}};
    count = 2;
    ck_assert_int_eq(panel_pack(&faults, twice, &count), ERR_INVALID_INPUT);
    arena_free(arena);
}
END_TEST

CHECK_MAIN("agreement of markers", NULL, NULL, kappa_by_hand, kappa_at_its_ends, mean_gap,
           quantiles_by_hand, scores_are_packed)
