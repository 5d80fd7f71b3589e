#include "server/matching/engine.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/matching/assign.h"
#include "server/matching/inputs.h"
#include "server/matching/score.h"
#include "tests/support/check_main.h"

static struct arena *arena;

static void setup(void) {
    ck_assert_int_ge(sodium_init(), 0);
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

static const char small[] = "noria-match-1 1 1 1 days_183\n"
                            "k 10 1 2027-03-01 2027-06-30 7 0 - -\n"
                            "k 20 1 2027-03-01 2027-06-30 7 12 fr -\n"
                            "c 1 2027-01-01 2027-12-31 60 0 ar,fr -\n"
                            "c 2 2027-01-01 2027-12-31 0 2 ar -\n"
                            "c 3 2027-04-01 2027-12-31 60 2 ar,fr b\n"
                            "r 1 7 900\n"
                            "r 2 7 500\n"
                            "r 3 7 1000\n";

static struct span run(struct span text, uint8_t seed_byte, struct match_output *output) {
    uint8_t seed[MATCH_SEED];
    struct match_input input;
    int line = 0;
    memset(seed, seed_byte, sizeof seed);
    ck_assert_int_eq(match_read(arena, text, &input, &line), OK);
    match_run(arena, &input, seed, output);
    return match_write(arena, output);
}

/* Candidate 1 could have either contract; only by giving him the second are both filled. Candidate
 * 3 is the best and comes too late. */
START_TEST(fills_both_places) {
    struct match_output output;
    struct span text = run(span_of(small), 1, &output);
    ck_assert_int_eq(output.assigned, 2);
    ck_assert_str_eq(text.ptr, "10 1 2 1 400 300 0 0 100 p\n"
                               "10 2 1 0 840 540 200 100 0 r\n"
                               "20 1 1 1 840 540 200 100 0 p\n");
}
END_TEST

START_TEST(gives_the_same_bytes_again) {
    struct match_output output;
    struct span once = run(span_of(small), 1, &output);
    struct span again = run(span_of(small), 1, &output);
    ck_assert(span_equal(once, again));
}
END_TEST

/* Four equal candidates, one place: the seed decides, and different seeds decide differently. */
START_TEST(seed_breaks_ties) {
    static const char even[] = "noria-match-1 1 1 0 days_183\n"
                               "k 5 1 2027-03-01 2027-06-30 0 0 - -\n"
                               "c 1 2027-01-01 2027-12-31 0 0 - -\n"
                               "c 2 2027-01-01 2027-12-31 0 0 - -\n"
                               "c 3 2027-01-01 2027-12-31 0 0 - -\n"
                               "c 4 2027-01-01 2027-12-31 0 0 - -\n";
    bool won[5] = {false};
    for (uint8_t seed = 0; seed < 40; seed++) {
        struct match_output output;
        (void)run(span_of(even), seed, &output);
        ck_assert_int_eq(output.count, 1);
        won[output.list[0].candidate] = true;
    }
    ck_assert(won[1] && won[2] && won[3] && won[4]);
}
END_TEST

START_TEST(six_months_dates_permit_and_refusals_bar) {
    static const char text[] = "noria-match-1 3 9 3 days_183\n"
                               "k 4 0 2027-07-01 2027-10-31 0 0 - b\n"
                               "k 5 2 2027-07-01 2027-10-31 0 0 - b\n"
                               "c 1 2027-01-01 2027-12-31 0 0 - b\n" /* stayed too long */
                               "c 2 2027-01-01 2027-10-30 0 0 - b\n" /* leaves a day early */
                               "c 3 2027-01-01 2027-12-31 0 0 - -\n" /* no permit */
                               "c 4 2027-01-01 2027-12-31 0 0 - b\n" /* refused before */
                               "c 5 2027-01-01 2027-12-31 0 0 - b\n" /* 61 days before: 184 */
                               "c 6 2027-01-01 2027-12-31 0 0 - b\n" /* 60 days before: 183 */
                               "s 1 2027-01-01 2027-06-01\n"
                               "s 5 2027-05-01 2027-06-30\n"
                               "s 6 2027-05-02 2027-06-30\n"
                               "x 5 4\n";
    struct match_output output;
    (void)run(span_of(text), 1, &output);
    ck_assert_int_eq(output.count, 1);
    ck_assert_int_eq(output.list[0].candidate, 6);
}
END_TEST

START_TEST(nobody_is_proposed_too_often) {
    struct buf text;
    buf_init(&text, arena, 0);
    buf_text(&text, "noria-match-1 3 2 1 days_183\n");
    for (int k = 1; k <= 20; k++) {
        buf_printf(&text, "k %d 2 2027-03-01 2027-06-30 0 0 - -\n", k);
    }
    for (int c = 1; c <= 50; c++) {
        buf_printf(&text, "c %d 2027-01-01 2027-12-31 %d 0 - -\n", c, c % 60);
    }
    struct match_output output;
    (void)run((struct span){text.ptr, text.len}, 1, &output);
    int times[51] = {0};
    int per_contract[21] = {0};
    for (int i = 0; i < output.count; i++) {
        const struct match_proposal *p = &output.list[i];
        times[p->candidate] += !p->reserve;
        per_contract[p->contract] += !p->reserve;
    }
    int total = 0;
    for (int c = 1; c <= 50; c++) {
        ck_assert_int_le(times[c], 2);
        total += times[c];
    }
    for (int k = 1; k <= 20; k++) {
        ck_assert_int_le(per_contract[k], 6);
        ck_assert_int_ge(per_contract[k], 2);
    }
    ck_assert_int_eq(output.assigned, 40);
    ck_assert_int_eq(total, 100); /* every candidate is used up: 120 were wanted */
}
END_TEST

/* Brute force: the largest assignment by trying everything, on small random cases. */
static int largest(const struct eligibility *all, int *places, int candidate) {
    if (candidate == all->candidates) {
        return 0;
    }
    int best = largest(all, places, candidate + 1);
    for (int k = 0; k < all->contracts; k++) {
        if (is_eligible(all, candidate, k) && places[k] > 0) {
            places[k]--;
            int with = 1 + largest(all, places, candidate + 1);
            places[k]++;
            best = with > best ? with : best;
        }
    }
    return best;
}

static int flat(const void *arg, int candidate, int contract) {
    (void)arg;
    return (candidate * 7 + contract * 3) % 5;
}

START_TEST(assignment_is_the_largest) {
    enum { CANDIDATES = 6, CONTRACTS = 4, ROUNDS = 3000 };
    uint8_t seed[randombytes_SEEDBYTES] = {42};
    uint8_t dice[ROUNDS][CANDIDATES * CONTRACTS + CONTRACTS];
    randombytes_buf_deterministic(dice, sizeof dice, seed);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t bits[CANDIDATES] = {0};
        int places[CONTRACTS];
        int order[CANDIDATES];
        int out[CANDIDATES];
        int used[CONTRACTS] = {0};
        struct eligibility all = {bits, 1, CANDIDATES, CONTRACTS};
        for (int c = 0; c < CANDIDATES; c++) {
            order[c] = c;
            for (int k = 0; k < CONTRACTS; k++) {
                bits[c] |= (uint64_t)(dice[round][c * CONTRACTS + k] < 80) << k;
            }
        }
        for (int k = 0; k < CONTRACTS; k++) {
            places[k] = dice[round][CANDIDATES * CONTRACTS + k] % 3;
        }
        int served = assign(arena, &all, places, order, flat, NULL, out);
        ck_assert_int_eq(served, largest(&all, places, 0));
        for (int c = 0; c < CANDIDATES; c++) {
            ck_assert(out[c] < 0 || is_eligible(&all, c, out[c]));
            if (out[c] >= 0) {
                ck_assert_int_le(++used[out[c]], places[out[c]]);
                served--;
            }
        }
        ck_assert_int_eq(served, 0);
        arena_reset(arena);
    }
}
END_TEST

START_TEST(large_run_takes_seconds) {
    struct buf text;
    buf_init(&text, arena, 1 << 20);
    buf_text(&text, "noria-match-1 3 3 1 days_183\n");
    for (int k = 1; k <= 1000; k++) {
        int month = 3 + k % 4;
        buf_printf(&text, "k %d 8 2027-0%d-01 2027-0%d-28 %d %d %s -\n", k, month, month + 3,
                   1 + k % 7, k % 5 == 0 ? 6 : 0, k % 3 == 0 ? "fr" : "-");
    }
    for (int c = 1; c <= 10000; c++) {
        buf_printf(&text, "c %d 2027-0%d-01 2027-12-31 %d %d %s -\n", c, 1 + c % 5, c % 70, c % 3,
                   c % 2 == 0 ? "ar,fr" : "ar");
    }
    for (int c = 1; c <= 10000; c++) {
        buf_printf(&text, "r %d %d %d\n", c, 1 + c % 7, c * 7919 % 1001);
    }
    for (int c = 3; c <= 10000; c += 3) {
        buf_printf(&text, "s %d 2026-09-01 2026-10-30\n", c);
    }
    struct match_output output;
    (void)run((struct span){text.ptr, text.len}, 9, &output);
    ck_assert_int_gt(output.assigned, 6000);
    ck_assert_int_gt(output.proposed, output.assigned);
}
END_TEST

START_TEST(broken_inputs_are_refused_with_their_line) {
    static const struct {
        const char *text;
        Err err;
    } cases[] = {
        {"", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_180\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nz 1\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nx 1  2\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nx 1 b\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nr 1 2 3\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\ns 1 2027-01-01 2027-01-02\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nk 1 1 2027-03-01 2027-02-28 0 0 - -\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nk 1 1 2027-02-29 2027-03-28 0 0 - -\n", ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nx 1 2\nk 1 1 2027-02-01 2027-03-28 0 0 - -\n",
         ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nc 1 2027-01-01 2027-12-31 0 0 - -\nx 1 1\n"
         "r 1 1 1\n",
         ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nc 1 2027-01-01 2027-12-31 0 0 - -\nx 1 1\n"
         "s 1 2027-01-01 2027-01-02\n",
         ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nc 1 2027-01-01 2027-12-31 0 0 - -\n"
         "s 1 2027-01-03 2027-01-02\n",
         ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nc 2 2027-01-01 2027-12-31 0 0 - -\n"
         "c 1 2027-01-01 2027-12-31 0 0 - -\n",
         ERR_UNREADABLE},
        {"noria-match-1 1 1 1 days_183\nx 1 1\nc 1 2027-01-01 2027-12-31 0 0 - -\n",
         ERR_UNREADABLE},
        {"noria-match-1 1 1 1 calendar_months\n", OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct match_input input;
        int line = 0;
        ck_assert_msg(match_read(arena, span_of(cases[i].text), &input, &line) == cases[i].err,
                      "case %zu", i);
    }
}
END_TEST

START_TEST(too_many_records_are_refused) {
    struct buf text;
    struct match_input input;
    int line = 0;
    buf_init(&text, arena, 1 << 18);
    buf_text(&text, "noria-match-1 3 3 1 days_183\n");
    for (int k = 1; k <= MATCH_CONTRACTS_MAX + 1; k++) {
        buf_printf(&text, "k %d 1 2027-03-01 2027-06-30 0 0 - -\n", k);
    }
    ck_assert_int_eq(match_read(arena, (struct span){text.ptr, text.len}, &input, &line),
                     ERR_LIMIT);
}
END_TEST

CHECK_MAIN("matching engine", setup, teardown, fills_both_places, gives_the_same_bytes_again,
           seed_breaks_ties, six_months_dates_permit_and_refusals_bar, nobody_is_proposed_too_often,
           assignment_is_the_largest, large_run_takes_seconds,
           broken_inputs_are_refused_with_their_line, too_many_records_are_refused)
