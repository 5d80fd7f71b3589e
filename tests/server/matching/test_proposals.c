/* The second and third choices and the reserves, judged by the rule's own words (engine.h): every
 * contract in turn looks at everybody. Controls: an answer with a proposal less, or with somebody
 * else in it, is found wrong. */
#include <sodium.h>

#include "lib/base/arena.h"
#include "server/matching/inputs.h"
#include "server/matching/plan.h"
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

/* --- random runs ------------------------------------------------------------------------------ */

struct maker {
    struct buf text;
    uint64_t dice;
    int contracts, candidates, profiles, services, days;
};

static int throw_dice(struct maker *m, int sides) {
    m->dice = m->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((m->dice >> 33) % (uint64_t)sides);
}

static const char *one_of(struct maker *m, const char *const *words, int count) {
    return words[throw_dice(m, count)];
}

static const char *day(int after_new_year) {
    char *text = arena_alloc(arena, DATE_TEXT);
    date_format(date_of((struct civil){2027, 1, 1}) + after_new_year, text);
    return text;
}

static void make_head(struct maker *m) {
    int rule = throw_dice(m, 4) == 0 ? 2 : 3;
    int per_place = 1 + throw_dice(m, 4);
    int per_candidate = 1 + throw_dice(m, throw_dice(m, 2) == 0 ? 10 : 3);
    int reserves = throw_dice(m, 4);
    buf_printf(&m->text, "noria-match-%d %d %d %d %s", rule, per_place, per_candidate, reserves,
               throw_dice(m, 2) == 0 ? "days_183 " : "calendar_months ");
    buf_text(&m->text, throw_dice(m, 2) == 0 ? "points\n" : "first\n");
    for (int s = 1; s <= m->services; s++) {
        if (throw_dice(m, 2) == 0) {
            buf_printf(&m->text, "q %d -\n", s);
        } else {
            buf_printf(&m->text, "q %d %d\n", s, throw_dice(m, m->candidates + 1));
        }
    }
}

static void make_contract(struct maker *m, int k) {
    static const char *const languages[] = {"-", "-", "fr", "ar", "es"};
    static const char *const permits[] = {"-", "-", "-", "b", "c"};
    int first = 60 + throw_dice(m, m->days);
    int last = first + throw_dice(m, 150);
    int places = throw_dice(m, 6);
    int named = throw_dice(m, 3) == 0 ? throw_dice(m, 3) : 0;
    int profile = throw_dice(m, m->profiles + 1);
    int months = throw_dice(m, 3) == 0 ? throw_dice(m, 30) : 0;
    buf_printf(&m->text, "k %d %d %d %s %s %d %d ", k * 3 + 1, places, named, day(first), day(last),
               profile, months);
    buf_printf(&m->text, "%s ", one_of(m, languages, 5));
    buf_printf(&m->text, "%s\n", one_of(m, permits, 5));
}

static void make_candidate(struct maker *m, int c) {
    static const char *const languages[] = {"-", "ar", "ar,fr", "fr", "ar,es,fr", "es"};
    static const char *const permits[] = {"-", "-", "b", "b,c"};
    int from = throw_dice(m, throw_dice(m, 3) == 0 ? m->days + 70 : 60);
    int to = from + throw_dice(m, 330) + 60;
    int service = 1 + throw_dice(m, m->services);
    int months = throw_dice(m, 8) * 3;
    int returns = throw_dice(m, 4) == 0 ? throw_dice(m, 3) : 0;
    buf_printf(&m->text, "c %d %d %s %s %d %d ", c * 2 + 1, service, day(from), day(to), months,
               returns);
    buf_printf(&m->text, "%s ", one_of(m, languages, 6));
    buf_printf(&m->text, "%s\n", one_of(m, permits, 4));
}

/* A few candidates in a row, for some of the contracts. */
static void make_pairs(struct maker *m, char kind) {
    for (int k = 0; k < m->contracts; k++) {
        int from = throw_dice(m, m->candidates);
        int to = throw_dice(m, 3) == 0 ? from + throw_dice(m, 6) : from;
        for (int c = from; c < to && c < m->candidates; c++) {
            buf_printf(&m->text, "%c %d %d\n", kind, k * 3 + 1, c * 2 + 1);
        }
    }
}

/* Few values, so that scores are equal, contracts alike and days the same. */
static struct match_input make(uint64_t number, int contracts, int candidates) {
    struct maker m = {.dice = number * 2 + 1};
    struct match_input input;
    int line = 0;
    buf_init(&m.text, arena, 1 << 14);
    m.contracts = 1 + throw_dice(&m, contracts);
    m.candidates = 1 + throw_dice(&m, candidates);
    m.profiles = 1 + throw_dice(&m, 4);
    m.services = 1 + throw_dice(&m, 3);
    m.days = 1 + throw_dice(&m, 100);
    make_head(&m);
    for (int k = 0; k < m.contracts; k++) {
        make_contract(&m, k);
    }
    for (int c = 0; c < m.candidates; c++) {
        make_candidate(&m, c);
    }
    for (int c = 0; c < m.candidates; c++) {
        for (int p = 1; p <= m.profiles; p++) {
            if (throw_dice(&m, 3) > 0) {
                buf_printf(&m.text, "r %d %d %d\n", c * 2 + 1, p, throw_dice(&m, 6) * 200);
            }
        }
    }
    for (int c = 0; c < m.candidates; c++) {
        int first = -60 - throw_dice(&m, 200);
        if (throw_dice(&m, 3) == 0) {
            buf_printf(&m.text, "s %d %s %s\n", c * 2 + 1, day(first),
                       day(first + throw_dice(&m, 150)));
        }
    }
    make_pairs(&m, 'n');
    make_pairs(&m, 'x');
    ck_assert_int_eq(match_read(arena, (struct span){m.text.ptr, m.text.len}, &input, &line), OK);
    return input;
}

/* --- the judge -------------------------------------------------------------------------------- */

enum pairing { NOTHING, PROPOSED, NAMED, RESERVE };

struct judge {
    const struct match_input *in;
    const uint32_t *draw;
    enum pairing *pairs; /* by contract and candidate */
    bool *first;         /* the same: first choices */
    int *have;           /* by contract */
    int *times, *waits;
    bool *named, *settled;
};

static enum pairing *pair(const struct judge *j, int contract, int candidate) {
    return &j->pairs[contract * j->in->ncandidates + candidate];
}

static bool leads(const struct judge *j, int c) {
    return j->in->returns_first && j->in->candidates[c].returns > 0;
}

/* Whether `a` comes before `b` at the contract. */
static bool before(const struct judge *j, int k, int a, int b) {
    const struct match_contract *what = &j->in->contracts[k];
    struct match_points x, y;
    bool spoken = what->language != MATCH_NONE;
    ck_assert(match_score(j->in, a, what->block, spoken, &x));
    ck_assert(match_score(j->in, b, what->block, spoken, &y));
    if (leads(j, a) != leads(j, b)) {
        return leads(j, a);
    }
    return match_total(&x) != match_total(&y) ? match_total(&x) > match_total(&y)
                                              : j->draw[a] < j->draw[b];
}

enum whom { NOT_TOO_OFTEN, WHOEVER, THE_WAITING, THE_SETTLED };

static bool is_one(const struct judge *j, int c, enum whom whom) {
    int most = j->in->per_candidate;
    return whom == NOT_TOO_OFTEN
               ? j->times[c] < most
               : whom == WHOEVER || (j->waits[c] < most && j->settled[c] == (whom == THE_SETTLED));
}

static int best_for(const struct judge *j, int k, enum whom whom) {
    int best = MATCH_NONE;
    for (int c = 0; c < j->in->ncandidates; c++) {
        if (!j->named[c] && *pair(j, k, c) == NOTHING && is_one(j, c, whom) &&
            match_obstacle(j->in, c, k) == MATCH_FREE &&
            (best == MATCH_NONE || before(j, k, c, best))) {
            best = c;
        }
    }
    return best;
}

static void go_round(struct judge *j, int per_place, enum whom whom) {
    for (bool more = true; more;) {
        more = false;
        for (int k = 0; k < j->in->ncontracts; k++) {
            bool room = j->have[k] < j->in->contracts[k].places * per_place;
            int c = room ? best_for(j, k, whom) : MATCH_NONE;
            if (c != MATCH_NONE) {
                *pair(j, k, c) = whom == NOT_TOO_OFTEN ? PROPOSED : RESERVE;
                j->times[c] += whom == NOT_TOO_OFTEN;
                j->waits[c] += whom != NOT_TOO_OFTEN;
                j->have[k]++;
                more = true;
            }
        }
    }
}

/* The first choices are taken as they are: test_assign judges those. */
static void take_firsts(struct judge *j, const struct match_output *output) {
    for (int i = 0; i < output->count; i++) {
        const struct match_proposal *p = &output->list[i];
        int k = plan_contract(j->in, p->contract);
        int c = plan_candidate(j->in, p->candidate);
        if (p->first_choice) {
            *pair(j, k, c) = p->kind == MATCH_NAMED ? NAMED : PROPOSED;
            j->named[c] = p->kind == MATCH_NAMED;
            j->settled[c] = true;
            j->times[c]++;
            j->have[k]++;
        }
    }
}

static int standing(const struct judge *j, int c, enum match_kind kind) {
    bool waits = kind == MATCH_RESERVE && j->in->rule == MATCH_RULE_3 && !j->settled[c];
    return kind == MATCH_NAMED ? 0 : kind == MATCH_PROPOSED ? 1 : waits ? 2 : 3;
}

/* Each line is one of the pairs, and of a contract's the better comes first. */
static bool same(const struct judge *j, const struct match_output *output) {
    static const enum pairing states[] = {
        [MATCH_PROPOSED] = PROPOSED, [MATCH_NAMED] = NAMED, [MATCH_RESERVE] = RESERVE};
    int all = 0;
    for (int i = 0; i < j->in->ncontracts * j->in->ncandidates; i++) {
        all += j->pairs[i] != NOTHING;
    }
    for (int i = 0; i < output->count; i++) {
        const struct match_proposal *p = &output->list[i];
        int k = plan_contract(j->in, p->contract);
        int c = plan_candidate(j->in, p->candidate);
        bool follows = i > 0 && p[-1].contract == p->contract;
        if (*pair(j, k, c) != states[p->kind] || p->rank != (follows ? p[-1].rank + 1 : 1)) {
            return false;
        }
        int above = follows ? plan_candidate(j->in, p[-1].candidate) : c;
        int step = standing(j, c, p->kind) - (follows ? standing(j, above, p[-1].kind) : 0);
        if (follows && (step < 0 || (step == 0 && !before(j, k, above, c)))) {
            return false;
        }
    }
    return all == output->count;
}

static bool judged_right(const struct match_input *input, const uint8_t seed[MATCH_SEED],
                         const struct match_output *output) {
    struct match_plan plan;
    size_t contracts = (size_t)input->ncontracts;
    size_t people = (size_t)input->ncandidates;
    plan_make(arena, input, seed, &plan);
    struct judge j = {.in = input,
                      .draw = plan.problem.draw,
                      .pairs = arena_array(arena, contracts * people, sizeof(enum pairing)),
                      .have = arena_array(arena, contracts, sizeof(int)),
                      .times = arena_array(arena, people, sizeof(int)),
                      .waits = arena_array(arena, people, sizeof(int)),
                      .named = arena_array(arena, people, sizeof(bool)),
                      .settled = arena_array(arena, people, sizeof(bool))};
    take_firsts(&j, output);
    go_round(&j, input->per_place, NOT_TOO_OFTEN);
    for (int k = 0; k < input->ncontracts; k++) {
        j.have[k] = 0;
    }
    go_round(&j, input->reserve_per_place, input->rule == MATCH_RULE_2 ? WHOEVER : THE_WAITING);
    if (input->rule == MATCH_RULE_3) {
        go_round(&j, input->reserve_per_place, THE_SETTLED);
    }
    return same(&j, output);
}

/* --- tests ------------------------------------------------------------------------------------ */

static struct match_output play(uint64_t number, int contracts, int candidates,
                                struct match_input *input) {
    const uint8_t seed[MATCH_SEED] = {(uint8_t)number};
    struct match_output output;
    *input = make(number, contracts, candidates);
    match_run(arena, input, seed, &output);
    return output;
}

struct added {
    int proposed, reserves; /* beyond the first choices */
};

/* Plays `runs` and has each judged. */
static struct added judge_runs(uint64_t first, int runs, int contracts, int candidates) {
    struct added added = {0};
    for (uint64_t number = first; number < first + (uint64_t)runs; number++) {
        const uint8_t seed[MATCH_SEED] = {(uint8_t)number};
        struct match_input input;
        struct match_output output = play(number, contracts, candidates, &input);
        ck_assert_msg(judged_right(&input, seed, &output), "run %d", (int)number);
        added.proposed += output.proposed - output.assigned;
        added.reserves += output.reserve;
        arena_reset(arena);
    }
    return added;
}

START_TEST(each_takes_its_next_best_in_turn) {
    struct added added = judge_runs(0, 200, 12, 40);
    ck_assert_int_gt(added.proposed, 600);
    ck_assert_int_gt(added.reserves, 400);
}
END_TEST

/* More people than a word of bits, more days than a table has rows. */
START_TEST(larger_runs_do_so_too) {
    ck_assert_int_gt(judge_runs(5000, 2, 60, 300).proposed, 0);
}
END_TEST

/* The first proposal after the first choices is left out, or goes to somebody else. */
START_TEST(judge_sees_a_proposal_less_and_another) {
    int less = 0;
    int others = 0;
    for (uint64_t number = 0; number < 60; number++) {
        const uint8_t seed[MATCH_SEED] = {(uint8_t)number};
        struct match_input input;
        struct match_output output = play(number, 12, 40, &input);
        struct match_proposal *list = arena_array(arena, (size_t)output.count, sizeof *list);
        int last = MATCH_NONE;
        for (int i = 0; i < output.count; i++) {
            list[i] = output.list[i];
            last = list[i].first_choice ? last : i;
        }
        if (last == MATCH_NONE) {
            continue;
        }
        struct match_output altered = output;
        altered.list = list;
        int64_t was = list[last].candidate;
        list[last].candidate = input.candidates[input.candidates[0].id == was].id;
        ck_assert(input.ncandidates == 1 || !judged_right(&input, seed, &altered));
        others += input.ncandidates > 1;
        if (last == output.count - 1) {
            list[last].candidate = was;
            altered.count--;
            ck_assert(!judged_right(&input, seed, &altered));
            less++;
        }
        arena_reset(arena);
    }
    ck_assert_int_gt(less, 10);
    ck_assert_int_gt(others, 25);
}
END_TEST

/* A run that was exported must give the same bytes for ever: FNV-1a over what the first release of
 * the rules wrote. */
START_TEST(bytes_never_change_under_one_rule) {
    uint64_t digest = UINT64_C(0xCBF29CE484222325);
    for (uint64_t number = 0; number < 305; number++) {
        struct match_input input;
        bool small = number < 300;
        struct match_output output = play(number, small ? 12 : 300, small ? 40 : 1500, &input);
        struct span text = match_write(arena, &output);
        for (size_t i = 0; i < text.len; i++) {
            digest = (digest ^ (uint8_t)text.ptr[i]) * UINT64_C(0x100000001B3);
        }
        arena_reset(arena);
    }
    ck_assert_uint_eq(digest, UINT64_C(0xE9E75E14B83EEBCF));
}
END_TEST

CHECK_MAIN("matching proposals", setup, teardown, each_takes_its_next_best_in_turn,
           larger_runs_do_so_too, judge_sees_a_proposal_less_and_another,
           bytes_never_change_under_one_rule)
