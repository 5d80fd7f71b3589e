#include "server/matching/engine.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/matching/exported.h"
#include "server/matching/inputs.h"
#include "server/matching/kept.h"
#include "server/matching/suppose.h"
#include "server/matching/why.h"
#include "tests/support/check_main.h"

static struct arena *arena;

static void setup(void) {
    ck_assert_int_ge(sodium_init(), 0);
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

static const char small[] = "noria-match-2 1 1 1 days_183 points\nq 1 -\n"
                            "k 10 1 0 2027-03-01 2027-06-30 7 0 - -\n"
                            "k 20 1 0 2027-03-01 2027-06-30 7 12 fr -\n"
                            "c 1 1 2027-01-01 2027-12-31 60 0 ar,fr -\n"
                            "c 2 1 2027-01-01 2027-12-31 0 2 ar -\n"
                            "c 3 1 2027-04-01 2027-12-31 60 2 ar,fr b\n"
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

/* Contracts of the same terms take turns until one of them is full. */
START_TEST(like_contracts_take_turns_while_they_have_places) {
    static const char alike[] = "noria-match-2 1 1 0 days_183 points\nq 1 -\n"
                                "k 5 1 0 2027-03-01 2027-06-30 0 0 - -\n"
                                "k 6 3 0 2027-03-01 2027-06-30 0 0 - -\n"
                                "c 1 1 2027-01-01 2027-12-31 0 0 - -\n"
                                "c 2 1 2027-01-01 2027-12-31 0 0 - -\n"
                                "c 3 1 2027-01-01 2027-12-31 0 0 - -\n"
                                "c 4 1 2027-01-01 2027-12-31 0 0 - -\n";
    struct match_output output;
    struct span text = run(span_of(alike), 1, &output);
    int of_five = 0;
    for (const char *line = text.ptr; line != NULL && *line != '\0';
         line = strchr(line, '\n') + 1) {
        of_five += strncmp(line, "5 ", 2) == 0;
    }
    ck_assert_int_eq(output.assigned, 4);
    ck_assert_int_eq(output.count, 4);
    ck_assert_int_eq(of_five, 1);
}
END_TEST

/* Four equal candidates, one place: the seed decides, and different seeds decide differently. */
START_TEST(seed_breaks_ties) {
    static const char even[] = "noria-match-2 1 1 0 days_183 points\nq 1 -\n"
                               "k 5 1 0 2027-03-01 2027-06-30 0 0 - -\n"
                               "c 1 1 2027-01-01 2027-12-31 0 0 - -\n"
                               "c 2 1 2027-01-01 2027-12-31 0 0 - -\n"
                               "c 3 1 2027-01-01 2027-12-31 0 0 - -\n"
                               "c 4 1 2027-01-01 2027-12-31 0 0 - -\n";
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
    static const char text[] = "noria-match-2 3 9 3 days_183 points\nq 1 -\n"
                               "k 4 0 0 2027-07-01 2027-10-31 0 0 - b\n"
                               "k 5 2 0 2027-07-01 2027-10-31 0 0 - b\n"
                               "c 1 1 2027-01-01 2027-12-31 0 0 - b\n" /* stayed too long */
                               "c 2 1 2027-01-01 2027-10-30 0 0 - b\n" /* leaves a day early */
                               "c 3 1 2027-01-01 2027-12-31 0 0 - -\n" /* no permit */
                               "c 4 1 2027-01-01 2027-12-31 0 0 - b\n" /* refused before */
                               "c 5 1 2027-01-01 2027-12-31 0 0 - b\n" /* 61 days before: 184 */
                               "c 6 1 2027-01-01 2027-12-31 0 0 - b\n" /* 60 days before: 183 */
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
    buf_text(&text, "noria-match-2 3 2 1 days_183 points\nq 1 -\n");
    for (int k = 1; k <= 20; k++) {
        buf_printf(&text, "k %d 2 0 2027-03-01 2027-06-30 0 0 - -\n", k);
    }
    for (int c = 1; c <= 50; c++) {
        buf_printf(&text, "c %d 1 2027-01-01 2027-12-31 %d 0 - -\n", c, c % 60);
    }
    struct match_output output;
    (void)run((struct span){text.ptr, text.len}, 1, &output);
    int times[51] = {0};
    int per_contract[21] = {0};
    for (int i = 0; i < output.count; i++) {
        const struct match_proposal *p = &output.list[i];
        times[p->candidate] += p->kind != MATCH_RESERVE;
        per_contract[p->contract] += p->kind != MATCH_RESERVE;
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

/* Service 1 may place one more. Candidates 1 and 2 come through it, 3 through service 2: the second
 * place goes to 3, though 2 has more points, and the run counts 2 as held back. */
START_TEST(quotas_are_capacities) {
    static const char text[] = "noria-match-2 1 1 0 days_183 points\nq 1 1\nq 2 -\n"
                               "k 5 2 0 2027-03-01 2027-06-30 0 0 - -\n"
                               "c 1 1 2027-01-01 2027-12-31 60 0 - -\n"
                               "c 2 1 2027-01-01 2027-12-31 50 0 - -\n"
                               "c 3 2 2027-01-01 2027-12-31 0 0 - -\n";
    struct match_output output;
    struct span result = run(span_of(text), 1, &output);
    ck_assert_str_eq(result.ptr, "5 1 1 1 200 0 200 0 0 p\n5 2 3 1 0 0 0 0 0 p\n");
    ck_assert_int_eq(output.held_back, 1);
}
END_TEST

/* The employer named 2, who has fewer points; the third place kept for the named goes to the best.
 */
START_TEST(named_returnees_get_their_places) {
    static const char text[] = "noria-match-2 1 1 0 days_183 points\nq 1 -\n"
                               "k 5 2 2 2027-03-01 2027-06-30 0 0 - -\n"
                               "c 1 1 2027-01-01 2027-12-31 60 0 - -\n"
                               "c 2 1 2027-01-01 2027-12-31 0 1 - -\n"
                               "c 3 1 2027-01-01 2027-12-31 55 0 - -\n"
                               "c 4 1 2027-04-01 2027-12-31 60 0 - -\n"
                               "n 5 2\nn 5 4\n"; /* 4 is named, but comes late */
    struct match_output output;
    struct span result = run(span_of(text), 1, &output);
    ck_assert_str_eq(result.ptr, "5 1 2 1 50 0 0 0 50 n\n5 2 1 1 200 0 200 0 0 p\n");
    ck_assert_int_eq(output.named, 1);
    ck_assert_int_eq(output.assigned, 2);
}
END_TEST

static const char returning[] = "noria-match-2 1 1 0 days_183 points\nq 1 -\n"
                                "k 5 1 0 2027-03-01 2027-06-30 0 0 - -\n"
                                "c 1 1 2027-01-01 2027-12-31 60 0 - -\n"
                                "c 2 1 2027-01-01 2027-12-31 0 1 - -\n";

static const char *returns_first(void) {
    const char *points = strstr(returning, "points");
    return arena_printf(arena, "%.*sfirst%s", (int)(points - returning), returning,
                        points + strlen("points"));
}

START_TEST(clean_returns_come_first_where_the_campaign_says_so) {
    struct match_output output;
    (void)run(span_of(returning), 1, &output);
    ck_assert_int_eq(output.list[0].candidate, 1);
    (void)run(span_of(returns_first()), 1, &output);
    ck_assert_int_eq(output.list[0].candidate, 2);
    ck_assert_int_eq(output.list[0].score, 50);
}
END_TEST

/* A stranger runs an exported run again; another seed, input or result shows. */
START_TEST(exported_runs_give_the_same_bytes) {
    struct match_output output;
    struct match_exported read_back;
    struct match_again again;
    int line = 0;
    struct span result = run(span_of(small), 3, &output);
    uint8_t hash[crypto_hash_sha256_BYTES];
    struct match_exported exported = {.inputs = span_of(small)};
    memset(exported.seed, 3, sizeof exported.seed);
    crypto_hash_sha256(hash, (const unsigned char *)small, strlen(small));
    exported.inputs_hash = span_of(text_hex(arena, hash, sizeof hash));
    crypto_hash_sha256(hash, (const unsigned char *)result.ptr, result.len);
    exported.result_hash = span_of(text_hex(arena, hash, sizeof hash));
    struct span file = exported_write(arena, &exported);
    ck_assert_int_eq(exported_read(file, &read_back), OK);
    ck_assert_int_eq(exported_run(arena, &read_back, &again, &line), OK);
    ck_assert(again.inputs_same && again.result_same && span_equal(again.result, result));

    char *altered = arena_copy(arena, file.ptr, file.len);
    char *months = strstr(altered, "2027-12-31 60 0 ar");
    ck_assert_ptr_nonnull(months);
    months[strlen("2027-12-31 ")] = '3';
    ck_assert_int_eq(exported_read(span_of(altered), &read_back), OK);
    ck_assert_int_eq(exported_run(arena, &read_back, &again, &line), OK);
    ck_assert(!again.inputs_same && !again.result_same);
    for (size_t cut = 0; cut < 250; cut++) {
        struct span shorter = {file.ptr, cut};
        if (exported_read(shorter, &read_back) == OK) {
            ck_assert_uint_ge(cut, 230); /* only inputs are missing */
            ck_assert(exported_run(arena, &read_back, &again, &line) != OK || !again.inputs_same);
        }
    }
}
END_TEST

/* Two places, five people. By rule 2 each of the two who have a place was the other's reserve. */
START_TEST(reserves_are_those_who_have_no_place) {
    static const char text[] = "noria-match-3 1 1 1 days_183 points\nq 1 -\n"
                               "k 5 1 0 2027-03-01 2027-06-30 0 0 - -\n"
                               "k 6 1 0 2027-03-01 2027-06-30 0 0 - -\n"
                               "c 1 1 2027-01-01 2027-12-31 60 0 - -\n"
                               "c 2 1 2027-01-01 2027-12-31 54 0 - -\n"
                               "c 3 1 2027-01-01 2027-12-31 30 0 - -\n"
                               "c 4 1 2027-01-01 2027-12-31 0 0 - -\n";
    struct match_output output;
    ck_assert_str_eq(run(span_of(text), 1, &output).ptr, "5 1 1 1 200 0 200 0 0 p\n"
                                                         "5 2 3 0 100 0 100 0 0 r\n"
                                                         "6 1 2 1 180 0 180 0 0 p\n"
                                                         "6 2 4 0 0 0 0 0 0 r\n");
    char *older = arena_strdup(arena, text);
    older[strlen("noria-match-")] = '2';
    ck_assert_str_eq(run(span_of(older), 1, &output).ptr, "5 1 1 1 200 0 200 0 0 p\n"
                                                          "5 2 2 0 180 0 180 0 0 r\n"
                                                          "6 1 2 1 180 0 180 0 0 p\n"
                                                          "6 2 1 0 200 0 200 0 0 r\n");
    /* Without 4, contract 6 has nobody who waits: 1 is better than none. Nobody waits twice. */
    struct span fewer = {text, (size_t)(strstr(text, "c 4") - text)};
    ck_assert_str_eq(run(fewer, 1, &output).ptr, "5 1 1 1 200 0 200 0 0 p\n"
                                                 "5 2 3 0 100 0 100 0 0 r\n"
                                                 "6 1 2 1 180 0 180 0 0 p\n"
                                                 "6 2 1 0 200 0 200 0 0 r\n");
    /* Who waits is called before who has a place, whatever their points. */
    char *two = arena_strdup(arena, text);
    two[strlen("noria-match-3 1 1 ")] = '2';
    ck_assert_str_eq(run(span_of(two), 1, &output).ptr, "5 1 1 1 200 0 200 0 0 p\n"
                                                        "5 2 3 0 100 0 100 0 0 r\n"
                                                        "5 3 2 0 180 0 180 0 0 r\n"
                                                        "6 1 2 1 180 0 180 0 0 p\n"
                                                        "6 2 4 0 0 0 0 0 0 r\n"
                                                        "6 3 1 0 200 0 200 0 0 r\n");
}
END_TEST

/* What the candidate at that position is told. */
static struct match_why explained(const char *text, int candidate) {
    struct match_input input;
    struct match_output output;
    struct match_kept kept;
    struct match_why why;
    uint8_t seed[MATCH_SEED] = {1};
    int line = 0;
    ck_assert_int_eq(match_read(arena, span_of(text), &input, &line), OK);
    match_run(arena, &input, seed, &output);
    kept_make(arena, span_of(text), &input, &output, &kept);
    const char *own = kept.shares[0].lines.ptr;
    for (int i = 0; i < candidate; i++) {
        own = strstr(own, "\nc ") + 1;
    }
    const char *end = strstr(own, "\nc ");
    struct span lines = {own, end == NULL ? strlen(own) : (size_t)(end + 1 - own)};
    ck_assert_int_eq(why_answer(arena, kept.terms, lines, &why), OK);
    return why;
}

START_TEST(everybody_can_be_told_why) {
    struct match_why why = explained(small, 2); /* comes late for both */
    ck_assert_int_eq(why.nlines, 0);
    ck_assert_int_eq(why.obstacles[MATCH_COMES_LATE], 2);
    why = explained(small, 0);
    ck_assert_int_eq(why.nlines, 2);
    ck_assert_int_eq(why.lines[0].contract, 20);
    ck_assert_int_eq(why.lines[0].verdict, WHY_FIRST);
    ck_assert_int_eq(why.lines[0].cut_off, 840);
    ck_assert_int_eq(why.lines[0].points.result, 540);
    ck_assert_int_eq(why.lines[1].verdict, WHY_ELSEWHERE);
    why = explained(returning, 1);
    ck_assert_int_eq(why.lines[0].verdict, WHY_BELOW);
    ck_assert_int_eq(why.lines[0].cut_off, 200);
    ck_assert_int_eq(why.lines[0].score, 50);
    why = explained(returns_first(), 0);
    ck_assert_int_eq(why.lines[0].verdict, WHY_RETURNS);
}
END_TEST

START_TEST(what_if_is_counted_without_a_run) {
    static const char text[] = "noria-match-2 1 1 0 days_183 points\nq 1 1\n"
                               "k 5 1 0 2027-03-01 2027-06-30 0 12 - -\n"
                               "k 6 1 0 2027-03-01 2027-06-30 0 0 fr -\n"
                               "k 7 1 0 2027-03-01 2027-06-30 0 0 - b\n"
                               "c 1 1 2027-03-05 2027-12-31 60 0 fr b\n"
                               "c 2 1 2027-01-01 2027-12-31 0 0 ar -\n"
                               "c 3 1 2027-01-01 2027-12-31 12 0 ar -\n";
    static const int filled[MATCH_CASES] = {
        [CASE_AS_IS] = 1,     [CASE_NO_LANGUAGE] = 1, [CASE_NO_EXPERIENCE] = 1,
        [CASE_NO_PERMIT] = 1, [CASE_NO_QUOTA] = 1,    [CASE_LONGER] = 1};
    struct match_input input;
    int line = 0;
    ck_assert_int_eq(match_read(arena, span_of(text), &input, &line), OK);
    for (int which = 0; which < MATCH_CASES; which++) {
        struct match_filled found;
        match_suppose(arena, &input, (enum match_case)which, 7, &found);
        ck_assert_int_eq(found.places, 3);
        ck_assert_int_eq(found.filled, filled[which]);
    }
    char *wide = arena_strdup(arena, text);
    *(strstr(wide, "q 1 1") + 4) = '9';
    ck_assert_int_eq(match_read(arena, span_of(wide), &input, &line), OK);
    static const int more[MATCH_CASES] = {1, 2, 1, 2, 1, 2};
    for (int which = 0; which < MATCH_CASES; which++) {
        struct match_filled found;
        match_suppose(arena, &input, (enum match_case)which, 7, &found);
        ck_assert_msg(found.filled == more[which], "case %d: %d", which, found.filled);
    }
}
END_TEST

START_TEST(large_run_takes_seconds) {
    struct buf text;
    buf_init(&text, arena, 1 << 20);
    buf_text(&text, "noria-match-2 3 3 1 days_183 points\nq 1 -\n");
    for (int k = 1; k <= 1000; k++) {
        int month = 3 + k % 4;
        buf_printf(&text, "k %d 8 0 2027-0%d-01 2027-0%d-28 %d %d %s -\n", k, month, month + 3,
                   1 + k % 7, k % 5 == 0 ? 6 : 0, k % 3 == 0 ? "fr" : "-");
    }
    for (int c = 1; c <= 10000; c++) {
        buf_printf(&text, "c %d 1 2027-0%d-01 2027-12-31 %d %d %s -\n", c, 1 + c % 5, c % 70, c % 3,
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
        {"noria-match-2 1 1 1 days_183 points", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183\n", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_180 points\nq 1 -\n", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nz 1\n", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nx 1  2\n", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nx 1 b\n", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nr 1 2 3\n", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\ns 1 2027-01-01 2027-01-02\n", ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nk 1 1 0 2027-03-01 2027-02-28 0 0 - -\n",
         ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nk 1 1 0 2027-02-29 2027-03-28 0 0 - -\n",
         ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nx 1 2\nk 1 1 0 2027-02-01 2027-03-28 0 0 - "
         "-\n",
         ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nc 1 1 2027-01-01 2027-12-31 0 0 - -\nx 1 1\n"
         "r 1 1 1\n",
         ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nc 1 1 2027-01-01 2027-12-31 0 0 - -\nx 1 1\n"
         "s 1 2027-01-01 2027-01-02\n",
         ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nc 1 1 2027-01-01 2027-12-31 0 0 - -\n"
         "s 1 2027-01-03 2027-01-02\n",
         ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nc 2 1 2027-01-01 2027-12-31 0 0 - -\n"
         "c 1 1 2027-01-01 2027-12-31 0 0 - -\n",
         ERR_UNREADABLE},
        {"noria-match-2 1 1 1 days_183 points\nq 1 -\nx 1 1\nc 1 1 2027-01-01 2027-12-31 0 0 - -\n",
         ERR_UNREADABLE},
        {"noria-match-2 1 1 1 calendar_months points\nq 1 -\n", OK},
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
    buf_text(&text, "noria-match-2 3 3 1 days_183 points\nq 1 -\n");
    for (int k = 1; k <= MATCH_CONTRACTS_MAX + 1; k++) {
        buf_printf(&text, "k %d 1 0 2027-03-01 2027-06-30 0 0 - -\n", k);
    }
    ck_assert_int_eq(match_read(arena, (struct span){text.ptr, text.len}, &input, &line),
                     ERR_LIMIT);
}
END_TEST

CHECK_MAIN("matching engine", setup, teardown, fills_both_places, gives_the_same_bytes_again,
           like_contracts_take_turns_while_they_have_places, seed_breaks_ties,
           six_months_dates_permit_and_refusals_bar, nobody_is_proposed_too_often,
           quotas_are_capacities, named_returnees_get_their_places,
           clean_returns_come_first_where_the_campaign_says_so, exported_runs_give_the_same_bytes,
           reserves_are_those_who_have_no_place, everybody_can_be_told_why,
           what_if_is_counted_without_a_run, large_run_takes_seconds,
           broken_inputs_are_refused_with_their_line, too_many_records_are_refused)
