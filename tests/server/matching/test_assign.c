#include "server/matching/assign.h"

#include <string.h>

#include "lib/base/arena.h"
#include "tests/support/check_main.h"
#include "tests/support/match_check.h"

static struct arena *arena;

static void setup(void) {
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

/* A random problem in as many shapes as possible; the same for the same state. */
struct made {
    struct assign_problem problem;
    struct assign_class *classes;
    struct assign_candidate *candidates;
    struct assign_offer *offers;
    int32_t *quotas;
    uint32_t *draw;
    uint64_t dice;
};

static uint32_t throw_dice(struct made *m, uint32_t sides) {
    m->dice = m->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((m->dice >> 33) % sides);
}

/* What no table holds: an arbitrary third of the pairs is refused. */
static bool two_of_three(const void *arg, int candidate, int class) {
    (void)arg;
    return (candidate * 31 + class * 17) % 3 != 0;
}

struct shape {
    int candidates, classes, blocks, services, places, days, quota;
};

static void make_classes(struct made *m, const struct shape *shape) {
    struct assign_problem *p = &m->problem;
    for (int k = 0; k < p->nclasses; k++) {
        int32_t first = (int32_t)throw_dice(m, (uint32_t)shape->days);
        m->classes[k] = (struct assign_class){
            .first = first,
            .last = first + (int32_t)throw_dice(m, (uint32_t)shape->days),
            .places = (int32_t)throw_dice(m, (uint32_t)shape->places + 1),
            .block = (uint16_t)(k * p->nblocks / p->nclasses),
            .months = (uint16_t)(throw_dice(m, 3) * 6),
            .needs = throw_dice(m, 3) == 0 ? UINT64_C(1) << throw_dice(m, 3) : 0,
            .in_language = throw_dice(m, 2) == 0,
        };
        for (int i = k; i > 0 && m->classes[i - 1].block == m->classes[i].block &&
                        m->classes[i - 1].first > m->classes[i].first;
             i--) {
            struct assign_class later = m->classes[i - 1];
            m->classes[i - 1] = m->classes[i];
            m->classes[i] = later;
        }
    }
}

static void make_candidates(struct made *m, const struct shape *shape) {
    struct assign_problem *p = &m->problem;
    for (int i = 0; i < p->ncandidates; i++) {
        struct assign_candidate *who = &m->candidates[i];
        *who = (struct assign_candidate){
            .from = (int32_t)throw_dice(m, (uint32_t)shape->days),
            .skills = throw_dice(m, 8),
            .first_offer = p->noffers,
            .months = (uint16_t)(throw_dice(m, 4) * 6),
            .service = (uint16_t)throw_dice(m, (uint32_t)p->nservices),
            .ask = throw_dice(m, 4) == 0,
        };
        who->to = who->from + (int32_t)throw_dice(m, (uint32_t)shape->days * 3);
        for (int b = 0; b < p->nblocks; b++) {
            if (throw_dice(m, 3) > 0) {
                uint16_t plain = (uint16_t)throw_dice(m, 6);
                m->offers[p->noffers++] =
                    (struct assign_offer){(uint16_t)b, plain, (uint16_t)(plain + throw_dice(m, 2))};
                who->offers++;
            }
        }
        m->draw[i] = (uint32_t)i;
        uint32_t other = throw_dice(m, (uint32_t)i + 1);
        m->draw[i] = m->draw[other];
        m->draw[other] = (uint32_t)i;
    }
}

static const struct assign_problem *make(struct made *m, const struct shape *shape,
                                         uint64_t number) {
    size_t n = (size_t)shape->candidates;
    *m = (struct made){
        .classes = arena_array(arena, (size_t)shape->classes, sizeof *m->classes),
        .candidates = arena_array(arena, n, sizeof *m->candidates),
        .offers = arena_array(arena, n * (size_t)shape->blocks, sizeof *m->offers),
        .quotas = arena_array(arena, (size_t)shape->services, sizeof *m->quotas),
        .draw = arena_array(arena, n, sizeof *m->draw),
        .dice = number * 2 + 1,
    };
    m->problem = (struct assign_problem){.classes = m->classes,
                                         .nclasses = shape->classes,
                                         .nblocks = shape->blocks,
                                         .candidates = m->candidates,
                                         .ncandidates = shape->candidates,
                                         .offers = m->offers,
                                         .quotas = m->quotas,
                                         .nservices = shape->services,
                                         .draw = m->draw,
                                         .allowed = two_of_three};
    for (int s = 0; s < shape->services; s++) {
        m->quotas[s] = shape->quota == 0 ? ASSIGN_NO_QUOTA
                                         : (int32_t)throw_dice(m, (uint32_t)shape->quota + 1);
    }
    make_classes(m, shape);
    make_candidates(m, shape);
    return &m->problem;
}

/* Brute force: tries everything, candidate by candidate. */
static int largest(const struct assign_problem *p, int32_t *places, int32_t *quotas, int from) {
    if (from == p->ncandidates) {
        return 0;
    }
    int best = largest(p, places, quotas, from + 1);
    int32_t *quota = &quotas[p->candidates[from].service];
    for (int k = 0; k<p->nclasses && * quota> 0; k++) {
        if (places[k] > 0 && assign_may(p, from, k)) {
            places[k]--;
            (*quota)--;
            int with = 1 + largest(p, places, quotas, from + 1);
            places[k]++;
            (*quota)++;
            best = with > best ? with : best;
        }
    }
    return best;
}

static int by_brute_force(const struct assign_problem *p) {
    int32_t places[8] = {0};
    int32_t quotas[4] = {0};
    ck_assert(p->nclasses <= 8 && p->nservices <= 4);
    for (int k = 0; k < p->nclasses; k++) {
        places[k] = p->classes[k].places;
    }
    memcpy(quotas, p->quotas, (size_t)p->nservices * sizeof *quotas);
    return largest(p, places, quotas, 0);
}

enum { ROUNDS = 6000 };

static const struct shape small[] = {
    {7, 4, 2, 2, 2, 10, 4},
    {6, 5, 1, 3, 1, 6, 2},
    {8, 3, 3, 1, 3, 12, 0},
    {7, 6, 2, 3, 2, 4, 3},
};

START_TEST(is_the_largest_and_passes_nobody_over) {
    int blocked = 0;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct made m;
        struct assign_result result;
        const struct assign_problem *p = make(&m, &small[round % 4], round);
        assign_run(arena, p, ASSIGN_FAIR, &result);
        struct match_verdict verdict = match_judge(arena, p, result.where, false);
        ck_assert_msg(verdict.lawful, "round %d", (int)round);
        ck_assert_int_eq(result.assigned, by_brute_force(p));
        ck_assert_int_eq(verdict.assigned, result.assigned);
        ck_assert_int_eq(verdict.cut, result.assigned);
        ck_assert_int_eq(verdict.envious, 0);
        ck_assert_int_eq(verdict.blocked, result.held_back);
        blocked += verdict.blocked;
        arena_reset(arena);
    }
    ck_assert_int_gt(blocked, ROUNDS / 20); /* quotas did bind */
}
END_TEST

/* The control: without the second and third pass, places stay empty and candidates are passed over,
 * and the judge says so. */
START_TEST(judge_sees_what_each_pass_is_for) {
    int short_of = 0;
    int envious = 0;
    for (uint64_t round = 0; round < 600; round++) {
        struct made m;
        struct assign_result greedy, largest_only;
        const struct assign_problem *p = make(&m, &small[round % 4], round);
        assign_run(arena, p, ASSIGN_GREEDY, &greedy);
        struct match_verdict verdict = match_judge(arena, p, greedy.where, false);
        ck_assert(verdict.lawful);
        bool too_few = greedy.assigned < by_brute_force(p);
        ck_assert(too_few == (verdict.cut != verdict.assigned));
        short_of += too_few;
        assign_run(arena, p, ASSIGN_LARGEST, &largest_only);
        verdict = match_judge(arena, p, largest_only.where, false);
        ck_assert_int_eq(verdict.cut, verdict.assigned);
        envious += verdict.envious > 0;
        arena_reset(arena);
    }
    ck_assert_int_gt(short_of, 10);
    ck_assert_int_gt(envious, 4);
}
END_TEST

static void against_lemon(const struct shape *shape, uint64_t number) {
    struct made m;
    struct assign_result result;
    const struct assign_problem *p = make(&m, shape, number);
    assign_run(arena, p, ASSIGN_FAIR, &result);
    struct match_verdict every = match_judge(arena, p, result.where, false);
    struct match_verdict rows = match_judge(arena, p, result.where, true);
    struct lemon_problem network = match_network(arena, p);
    struct lemon_answer best = lemon_best(&network);
    ck_assert(every.lawful);
    ck_assert_int_eq(result.assigned, lemon_largest(&network));
    ck_assert_int_eq(result.assigned, best.assigned);
    ck_assert_int_eq(every.cut, result.assigned);
    ck_assert_int_eq(every.envious, 0);
    ck_assert_int_eq(every.blocked, result.held_back);
    ck_assert(rows.lawful);
    ck_assert_int_eq(rows.cut, every.cut);
    ck_assert_int_eq(rows.envious, every.envious);
    ck_assert_int_eq(rows.blocked, every.blocked);
    ck_assert_int_le(result.score, best.score);
    arena_reset(arena);
}

START_TEST(is_as_large_as_lemon_says) {
    static const struct shape large[] = {
        {300, 90, 4, 3, 5, 60, 90},    {800, 130, 3, 5, 4, 200, 60}, {500, 200, 6, 2, 4, 90, 0},
        {1500, 300, 2, 4, 3, 40, 300}, {200, 500, 5, 3, 9, 120, 80},
    };
    for (uint64_t number = 0; number < 10; number++) {
        against_lemon(&large[number % 5], number);
    }
}
END_TEST

/* FNV-1a over who got which class. */
static uint64_t mixed(uint64_t digest, const struct assign_problem *p, const int32_t *where) {
    for (int i = 0; i < p->ncandidates; i++) {
        digest = (digest ^ (uint64_t)(uint32_t)where[i]) * UINT64_C(0x100000001B3);
    }
    return digest;
}

/* A run that was exported must give the same bytes for ever: the answers are those of the first
 * release of the rule, candidate by candidate. Quotas, refused pairs and long paths are among them.
 */
START_TEST(answers_never_change_under_one_rule) {
    static const struct shape large[] = {
        {3000, 700, 3, 4, 4, 90, 500}, {2500, 900, 5, 2, 3, 60, 0}, {1200, 300, 2, 3, 4, 30, 350}};
    uint64_t digest = UINT64_C(0xCBF29CE484222325);
    int rounds = 0;
    int held_back = 0;
    for (uint64_t number = 0; number < 615; number++) {
        struct made m;
        struct assign_result result;
        const struct shape *shape = number < 600 ? &small[number % 4] : &large[number % 3];
        const struct assign_problem *p = make(&m, shape, number);
        assign_run(arena, p, ASSIGN_FAIR, &result);
        digest = mixed(digest, p, result.where);
        rounds = result.rounds > rounds ? result.rounds : rounds;
        held_back += result.held_back;
        arena_reset(arena);
    }
    ck_assert_int_gt(rounds, 5);
    ck_assert_int_gt(held_back, 100);
    ck_assert_uint_eq(digest, UINT64_C(0x6822232E45484746));
}
END_TEST

/* Nobody, nothing, no quota: no special case falls over. */
START_TEST(empty_problems_are_answered) {
    static const struct shape shapes[] = {
        {0, 3, 1, 1, 2, 5, 0}, {5, 0, 1, 1, 2, 5, 0}, {5, 3, 1, 1, 0, 5, 0}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct made m;
        struct assign_result result;
        assign_run(arena, make(&m, &shapes[i], 7), ASSIGN_FAIR, &result);
        ck_assert_int_eq(result.assigned, 0);
    }
}
END_TEST

CHECK_MAIN("matching assignment", setup, teardown, is_the_largest_and_passes_nobody_over,
           judge_sees_what_each_pass_is_for, is_as_large_as_lemon_says,
           answers_never_change_under_one_rule, empty_problems_are_answered)
