/* What a run keeps (kept.h) answers each candidate as the whole assignment does.
 *
 * Some thousand small random runs: each candidate's answer from what is kept beside the answer from
 * the assignment made again, field by field. Controls: a cut-off, a quota, a place or a line of his
 * that is altered gives other answers, and another hash. */
#include "server/matching/why.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/matching/inputs.h"
#include "server/matching/kept.h"
#include "server/matching/plan.h"
#include "tests/support/check_main.h"

enum { RUNS = 2000, PEOPLE = 14, CONTRACTS = 8, SERVICES = 3 };

static struct arena *arena;
static uint64_t state;

static void setup(void) {
    ck_assert_int_ge(sodium_init(), 0);
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

static int any(int below) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)(state >> 33) % below;
}

static const char *one_of(const char *const *words, int count) {
    return words[any(count)];
}

static void add_contracts(struct buf *out, int contracts) {
    static const char *const languages[] = {"-", "-", "fr", "ar"};
    static const char *const permits[] = {"-", "-", "-", "b"};
    for (int k = 1; k <= contracts; k++) {
        int month = 3 + any(2);
        int places = any(4);
        buf_printf(out, "k %d %d %d 2027-0%d-01 2027-0%d-28 %d %d %s %s\n", k * 10, places,
                   places == 0 ? 0 : any(2), month, month + 3, any(3), any(2) * 6,
                   one_of(languages, 4), one_of(permits, 4));
    }
}

static void add_people(struct buf *out, int people) {
    static const char *const languages[] = {"-", "fr", "ar", "ar,fr"};
    static const char *const permits[] = {"-", "b"};
    for (int c = 1; c <= people; c++) {
        buf_printf(out, "c %d %d 2027-0%d-15 2027-1%d-01 %d %d %s %s\n", c * 7, 1 + any(SERVICES),
                   1 + any(3), any(2), any(3) * 6, any(3) == 0 ? 1 + any(3) : 0,
                   one_of(languages, 4), one_of(permits, 2));
    }
    for (int c = 1; c <= people; c++) {
        for (int profile = 1; profile <= 2; profile++) {
            if (any(4) > 0) {
                buf_printf(out, "r %d %d %d\n", c * 7, profile, 500 + any(3) * 100);
            }
        }
    }
    for (int c = 1; c <= people; c++) {
        if (any(4) == 0) {
            buf_printf(out, "s %d 2026-09-01 2026-1%d-01\n", c * 7, any(3));
        }
    }
}

/* A small run: few scores, so that there are ties; quotas that bind; the named; refused pairs. */
static struct span random_inputs(void) {
    struct buf out;
    int contracts = 1 + any(CONTRACTS);
    int people = 1 + any(PEOPLE);
    buf_init(&out, arena, 4096);
    buf_printf(&out, "noria-match-%d 2 %d 1 days_183 %s\n", 2 + any(2), 1 + any(3),
               any(2) == 0 ? "points" : "first");
    for (int s = 1; s <= SERVICES; s++) {
        buf_printf(&out, any(3) == 0 ? "q %d -\n" : "q %d %d\n", s, any(6));
    }
    add_contracts(&out, contracts);
    add_people(&out, people);
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 1; k <= contracts; k++) {
            for (int c = 1; c <= people; c++) {
                if (any(12) == 0) {
                    buf_printf(&out, "%c %d %d\n", pass == 0 ? 'n' : 'x', k * 10, c * 7);
                }
            }
        }
    }
    return (struct span){out.ptr, out.len};
}

/* --- the answer from the whole assignment -------------------------------------------------------
 */

struct whole {
    const struct match_input *input;
    struct match_plan plan;
    struct assign_result result;
    uint64_t *low; /* by class: the lowest holder's priority; UINT64_MAX: nobody */
};

static void assign_again(const struct match_input *input, const uint8_t seed[MATCH_SEED],
                         struct whole *w) {
    w->input = input;
    plan_make(arena, input, seed, &w->plan);
    assign_run(arena, &w->plan.problem, ASSIGN_FAIR, &w->result);
    size_t size = (size_t)w->plan.problem.nclasses * sizeof *w->low;
    w->low = arena_alloc(arena, size);
    memset(w->low, 0xff, size);
    for (int i = 0; i < input->ncandidates; i++) {
        int class = w->result.where[i];
        if (class != ASSIGN_NOBODY) {
            uint64_t priority = assign_priority(&w->plan.problem, i, class);
            w->low[class] = priority < w->low[class] ? priority : w->low[class];
        }
    }
}

static int points_of(uint64_t priority) {
    int score = (int)(priority >> 32);
    return score > MATCH_SCORE_MAX ? score - MATCH_SCORE_MAX - 1 : score;
}

static enum why_verdict judged(const struct whole *w, int who, int contract, int score) {
    int class = w->plan.class_of[contract];
    int service = w->input->people[who].service;
    uint64_t low = w->low[class];
    if (w->plan.named_for[who] == contract) {
        return WHY_NAMED;
    }
    if (w->result.where[who] == class) {
        return WHY_FIRST;
    }
    if (w->result.where[who] != ASSIGN_NOBODY || w->plan.named_for[who] != MATCH_NONE) {
        return WHY_ELSEWHERE;
    }
    if (w->result.used[service] >= w->plan.problem.quotas[service]) {
        return WHY_QUOTA;
    }
    if (low == UINT64_MAX) {
        return WHY_KEPT;
    }
    bool leads = w->input->returns_first && w->input->candidates[who].returns > 0;
    if (low >> 32 > MATCH_SCORE_MAX && !leads) {
        return WHY_RETURNS;
    }
    return points_of(low) > score ? WHY_BELOW : WHY_DRAW;
}

/* Whether the answer is the one that the assignment gives: its counts, each of its lines, their
 * order, and no line missing. */
static bool is_the_answer(const struct whole *w, int who, const struct match_why *why) {
    const struct match_input *in = w->input;
    int obstacles[MATCH_OBSTACLES] = {0};
    for (int k = 0; k < in->ncontracts; k++) {
        obstacles[match_obstacle(in, who, k)]++;
    }
    bool same = why->rule == in->rule && why->contracts == in->ncontracts &&
                memcmp(obstacles, why->obstacles, sizeof obstacles) == 0 &&
                why->nlines == obstacles[MATCH_FREE];
    for (int i = 0; i < why->nlines && same; i++) {
        const struct why_line *line = &why->lines[i];
        const struct why_line *before = i == 0 ? NULL : &why->lines[i - 1];
        int k = plan_contract(in, line->contract);
        struct match_points points;
        uint64_t low = w->low[w->plan.class_of[k]];
        same = match_obstacle(in, who, k) == MATCH_FREE &&
               match_score(in, who, in->contracts[k].block, in->contracts[k].language != MATCH_NONE,
                           &points) &&
               memcmp(&points, &line->points, sizeof points) == 0 &&
               line->score == match_total(&points) &&
               line->cut_off == (low == UINT64_MAX ? MATCH_NONE : points_of(low)) &&
               line->verdict == judged(w, who, k, line->score);
        bool mine = line->verdict <= WHY_FIRST;
        same = same && (before == NULL || (before->verdict <= WHY_FIRST && !mine) ||
                        ((before->verdict <= WHY_FIRST) == mine &&
                         (before->score > line->score ||
                          (before->score == line->score && before->contract < line->contract))));
    }
    return same;
}

/* --- the answer from what is kept ---------------------------------------------------------------
 */

/* His lines of his share, found as the database finds them. */
static struct span own_lines(const struct match_kept *kept, int64_t candidate) {
    char begin[32];
    int share = kept->nshares - 1;
    while (kept->shares[share].first > candidate) {
        share--;
    }
    (void)snprintf(begin, sizeof begin, "c %lld ", (long long)candidate);
    const char *text =
        arena_copy(arena, kept->shares[share].lines.ptr, kept->shares[share].lines.len);
    const char *at = strncmp(text, begin, strlen(begin)) == 0
                         ? text
                         : strstr(text, arena_printf(arena, "\n%s", begin)) + 1;
    const char *end = strstr(at, "\nc ");
    return (struct span){at, end == NULL ? strlen(at) : (size_t)(end - at) + 1};
}

struct tried {
    struct span text;
    struct match_input input;
    struct match_output output;
    struct match_kept kept;
    struct whole whole;
    uint8_t seed[MATCH_SEED];
};

static void run_of(struct span text, struct tried *t) {
    int line = 0;
    t->text = text;
    memset(t->seed, any(256), sizeof t->seed);
    ck_assert_int_eq(match_read(arena, text, &t->input, &line), OK);
    match_run(arena, &t->input, t->seed, &t->output);
    kept_make(arena, text, &t->input, &t->output, &t->kept);
    assign_again(&t->input, t->seed, &t->whole);
}

/* Candidates whose answer from these terms and lines is the assignment's. */
static int answered(const struct tried *t, const struct match_kept *kept, int verdicts[]) {
    int same = 0;
    for (int i = 0; i < t->input.ncandidates; i++) {
        struct match_why why = {.nlines = 0};
        struct span own = own_lines(kept, t->input.candidates[i].id);
        Err err = why_answer(arena, kept->terms, own, &why);
        same += err == OK && is_the_answer(&t->whole, i, &why);
        for (int n = 0; n < why.nlines; n++) {
            verdicts[why.lines[n].verdict]++;
        }
    }
    return same;
}

START_TEST(what_is_kept_answers_as_the_assignment_does) {
    int verdicts[WHY_KEPT + 1] = {0};
    state = 1;
    for (int n = 0; n < RUNS; n++) {
        struct tried t;
        run_of(random_inputs(), &t);
        ck_assert_msg(answered(&t, &t.kept, verdicts) == t.input.ncandidates, "run %d:\n%.*s", n,
                      (int)t.text.len, t.text.ptr);
        arena_reset(arena);
    }
    for (int v = 0; v <= WHY_KEPT; v++) { /* else the runs are too tame to tell anything */
        ck_assert_msg(verdicts[v] > RUNS / 100, "verdict %d: %d", v, verdicts[v]);
    }
}
END_TEST

/* The text with every `what` made `by`, of the same length. */
static struct span altered(struct span text, const char *what, const char *by) {
    char *copy = arena_copy(arena, text.ptr, text.len);
    for (char *at = strstr(copy, what); at != NULL; at = strstr(at + 1, what)) {
        memcpy(at, by, strlen(by));
    }
    return (struct span){copy, text.len};
}

/* Whether answers change, over some hundred runs, when that is altered in the terms or in shares.
 */
static bool noticed(bool terms, const char *what, const char *by) {
    bool found = false;
    state = 2;
    for (int n = 0; n < 300 && !found; n++) {
        int verdicts[WHY_KEPT + 1] = {0};
        struct tried t;
        run_of(random_inputs(), &t);
        struct match_kept other = t.kept;
        struct match_share share = t.kept.shares[0];
        share.lines = terms ? share.lines : altered(share.lines, what, by);
        other.terms = terms ? altered(other.terms, what, by) : other.terms;
        other.shares = &share;
        found = answered(&t, &other, verdicts) < t.input.ncandidates;
        arena_reset(arena);
    }
    return found;
}

START_TEST(control_of_the_answers) {
    ck_assert(!noticed(true, "l 10 0 5", "l 10 0 5"));
    ck_assert(!noticed(false, " p\n", " p\n"));
    ck_assert(noticed(true, "l 10 0 5", "l 10 0 4")); /* a cut-off */
    ck_assert(noticed(true, "l 10 0", "l 10 1"));     /* a class */
    ck_assert(noticed(true, "u 1 1", "u 1 0"));       /* a quota */
    ck_assert(noticed(true, " 1\nl", " 0\nl"));       /* that clean returns came first */
    ck_assert(noticed(false, " n\n", " p\n"));        /* that he was named */
    ck_assert(noticed(false, " 500\n", " 600\n"));    /* his points */
}
END_TEST

START_TEST(the_hash_is_of_terms_and_shares) {
    struct tried t;
    uint8_t sha256[crypto_hash_sha256_BYTES];
    struct buf all;
    buf_init(&all, arena, 0);
    buf_text(&all, "noria-match-3 1 1 1 days_183 points\nq 1 -\n"
                   "k 10 1 0 2027-03-01 2027-06-30 0 0 - -\n");
    for (int c = 1; c <= 2 * KEPT_SHARE + 1; c++) {
        buf_printf(&all, "c %d 1 2027-01-01 2027-12-31 %d 0 - -\n", c, c % 60);
    }
    run_of((struct span){all.ptr, all.len}, &t);
    ck_assert_int_eq(t.kept.nshares, 3);
    ck_assert_int_eq(t.kept.shares[2].first, 2 * KEPT_SHARE + 1);
    int verdicts[WHY_KEPT + 1] = {0};
    ck_assert_int_eq(answered(&t, &t.kept, verdicts), t.input.ncandidates);
    buf_init(&all, arena, 0);
    buf_add(&all, t.kept.terms.ptr, t.kept.terms.len);
    for (int i = 0; i < t.kept.nshares; i++) {
        buf_add(&all, t.kept.shares[i].lines.ptr, t.kept.shares[i].lines.len);
    }
    crypto_hash_sha256(sha256, (const unsigned char *)all.ptr, all.len);
    ck_assert_mem_eq(sha256, t.kept.sha256, sizeof sha256);
}
END_TEST

static const char terms[] = "noria-match-3 1 1 1 days_183 points\nq 1 2\n"
                            "k 10 1 0 2027-03-01 2027-06-30 0 0 - -\nu 1 1\nl 10 0 200 0\n";
static const char own[] = "c 1 1 2027-01-01 2027-12-31 60 0 - -\np 10 p\n";

START_TEST(what_is_not_as_it_was_kept_is_refused) {
    static const char *const bad_terms[] = {
        "",
        "noria-match-3 1 1 1 days_183 points\nq 1 2\n", /* no end */
        "noria-match-3 1 1 1 days_183 points\nq 1 2\nk 10 1 0 2027-03-01 2027-06-30 0 0 - -\n",
    };
    static const struct {
        const char *what, *by;
    } alterations[] = {
        {"u 1 1", "u 2 1"}, {"u 1 1", "u 1 x"},   {"l 10 0 2", "l 11 0 2"}, {"0 200 0", "1 200 0"},
        {" 200 ", " 9999"}, {" 200 0", " 200 2"}, {"l 10", "l-10"},
    };
    static const char *const bad_own[] = {
        "",
        "p 10 p\n",
        "c 1 1 2027-01-01 2027-12-31 60 0 - -\np 11 p\n",
        "c 1 1 2027-01-01 2027-12-31 60 0 - -\np 10 r\n",
        "c 1 1 2027-01-01 2027-12-31 60 0 - -\np 10 p\np 10 p\n",
        "c 1 1 2027-01-01 2027-12-31 60 0 - -\nc 2 1 2027-01-01 2027-12-31 60 0 - -\n",
    };
    struct match_why why;
    ck_assert_int_eq(why_answer(arena, span_of(terms), span_of(own), &why), OK);
    ck_assert_int_eq(why.lines[0].verdict, WHY_FIRST);
    for (size_t i = 0; i < sizeof bad_terms / sizeof bad_terms[0]; i++) {
        ck_assert_int_eq(why_answer(arena, span_of(bad_terms[i]), span_of(own), &why),
                         ERR_UNREADABLE);
    }
    for (size_t i = 0; i < sizeof alterations / sizeof alterations[0]; i++) {
        struct span bad = altered(span_of(terms), alterations[i].what, alterations[i].by);
        ck_assert_msg(memcmp(bad.ptr, terms, bad.len) != 0, "%s", alterations[i].what);
        ck_assert_msg(why_answer(arena, bad, span_of(own), &why) == ERR_UNREADABLE, "%s",
                      alterations[i].by);
    }
    for (size_t i = 0; i < sizeof bad_own / sizeof bad_own[0]; i++) {
        ck_assert_msg(why_answer(arena, span_of(terms), span_of(bad_own[i]), &why) ==
                          ERR_UNREADABLE,
                      "%s", bad_own[i]);
    }
}
END_TEST

CHECK_MAIN_FOR("why", setup, teardown, 240, what_is_kept_answers_as_the_assignment_does,
               control_of_the_answers, the_hash_is_of_terms_and_shares,
               what_is_not_as_it_was_kept_is_refused)
