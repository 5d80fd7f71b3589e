#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "plan.h"
#include "score.h"

/* Candidates of a block, best first: [0] for contracts without a language, [1] with one. Whoever a
 * round may take no more is passed over by all contracts at once: `next` leads from his place
 * towards the next who may be taken, and a place that is its own `next` is such a one. */
struct ranking {
    int32_t *list;
    int32_t *next; /* count + 1 */
    int count;
};

struct pick {
    int32_t contract, candidate;
    enum match_kind kind;
    bool first_choice;
    uint64_t priority;
};

struct run {
    struct arena *arena;
    const struct match_input *input;
    struct match_plan plan;
    struct ranking *rankings; /* by block and language */
    int32_t *at;              /* by contract: how far its ranking is gone through */
    int32_t *have;            /* by contract */
    int32_t *for_whom;        /* by candidate: the contracts that he is proposed for */
    uint8_t *times;           /* by candidate */
    uint8_t *waits;           /* by candidate: contracts that he is a reserve of */
    bool *settled;            /* by candidate: he has a first choice */
    struct pick *picks;
    int npicks;
};

static struct ranking *ranking_of(const struct run *run, int contract) {
    const struct match_contract *what = &run->input->contracts[contract];
    return &run->rankings[what->block * 2 + (what->language != MATCH_NONE)];
}

static int offer_score(const struct assign_offer *offer, int language) {
    return language == 1 ? offer->spoken : offer->plain;
}

/* Candidates in the order of the draw, then by score, block by block: a counting sort. */
static void rank_all(struct run *run) {
    const struct assign_problem *p = &run->plan.problem;
    int32_t *drawn = arena_array(run->arena, (size_t)p->ncandidates, sizeof *drawn);
    size_t cells = (size_t)p->nblocks * (ASSIGN_SCORE_MAX + 2);
    int32_t *at = arena_array(run->arena, cells, sizeof *at);
    run->rankings = arena_array(run->arena, (size_t)p->nblocks * 2, sizeof *run->rankings);
    for (int i = 0; i < p->ncandidates; i++) {
        drawn[p->draw[i]] = i;
    }
    for (int language = 0; language < 2; language++) {
        memset(at, 0, cells * sizeof *at);
        for (int o = 0; o < p->noffers; o++) {
            int score = offer_score(&p->offers[o], language);
            at[p->offers[o].block * (ASSIGN_SCORE_MAX + 2) + ASSIGN_SCORE_MAX - score + 1]++;
        }
        for (int b = 0; b < p->nblocks; b++) {
            int32_t *start = at + b * (ASSIGN_SCORE_MAX + 2);
            for (int score = 1; score <= ASSIGN_SCORE_MAX + 1; score++) {
                start[score] += start[score - 1];
            }
            int count = start[ASSIGN_SCORE_MAX + 1];
            run->rankings[b * 2 + language] = (struct ranking){
                arena_array(run->arena, (size_t)count, sizeof(int32_t)),
                arena_array(run->arena, (size_t)count + 1, sizeof(int32_t)), count};
        }
        for (int d = 0; d < p->ncandidates; d++) {
            const struct assign_candidate *who = &p->candidates[drawn[d]];
            for (int o = who->first_offer; o < who->first_offer + who->offers; o++) {
                int block = p->offers[o].block;
                int score = offer_score(&p->offers[o], language);
                int32_t *next = &at[block * (ASSIGN_SCORE_MAX + 2) + ASSIGN_SCORE_MAX - score];
                run->rankings[block * 2 + language].list[(*next)++] = drawn[d];
            }
        }
    }
}

/* Whom a round may take. */
enum round { ROUND_PROPOSED, ROUND_RESERVE_2, ROUND_WAITING, ROUND_SETTLED };

static bool may_take(const struct run *run, int candidate, enum round round) {
    int most = run->input->per_candidate;
    return round == ROUND_RESERVE_2 || (round == ROUND_PROPOSED && run->times[candidate] < most) ||
           (round >= ROUND_WAITING && run->waits[candidate] < most &&
            run->settled[candidate] == (round == ROUND_SETTLED));
}

static void pick(struct run *run, int contract, int candidate, enum match_kind kind, bool first) {
    const struct match_contract *what = &run->input->contracts[contract];
    struct match_points points;
    (void)match_score(run->input, candidate, what->block, what->language != MATCH_NONE, &points);
    uint64_t tie = UINT32_MAX - run->plan.problem.draw[candidate];
    bool lead = run->input->returns_first && run->input->candidates[candidate].returns > 0;
    bool waiting = run->input->rule >= MATCH_RULE_3 && kind == MATCH_RESERVE &&
                   !run->settled[candidate]; /* called before those who have a place */
    run->picks[run->npicks++] = (struct pick){contract, candidate, kind, first,
                                              (uint64_t)waiting << 63 | (uint64_t)lead << 62 |
                                                  (uint64_t)match_total(&points) << 32 | tie};
    run->have[contract]++;
    run->settled[candidate] = run->settled[candidate] || first;
    if (kind == MATCH_RESERVE && run->waits[candidate] < UINT8_MAX) { /* rule 2 knows no limit */
        run->waits[candidate]++;
    } else if (kind != MATCH_RESERVE) {
        int most = run->input->per_candidate;
        run->for_whom[(int64_t)candidate * most + run->times[candidate]++] = contract;
    }
}

/* A class's first choices go to its contracts in turn, the best first. */
struct member {
    int32_t candidate, class;
    uint64_t priority;
};

static int by_class(const void *left, const void *right) {
    const struct member *a = left;
    const struct member *b = right;
    if (a->class != b->class) {
        return a->class - b->class;
    }
    return a->priority > b->priority ? -1 : a->priority < b->priority;
}

static void deal(struct run *run, const int32_t *where, int assigned) {
    const struct match_plan *plan = &run->plan;
    struct member *list = arena_array(run->arena, (size_t)assigned, sizeof *list);
    int32_t *left = arena_array(run->arena, (size_t)run->input->ncontracts, sizeof *left);
    memcpy(left, plan->open, (size_t)run->input->ncontracts * sizeof *left);
    int n = 0;
    for (int i = 0; i < run->input->ncandidates; i++) {
        if (where[i] != ASSIGN_NOBODY) {
            list[n++] = (struct member){i, where[i], assign_priority(&plan->problem, i, where[i])};
        }
    }
    qsort(list, (size_t)n, sizeof *list, by_class);
    int turn = 0;
    for (int i = 0; i < n; i++) {
        int class = list[i].class;
        int from = plan->class_from[class];
        int size = plan->class_from[class + 1] - from;
        turn = i == 0 || list[i - 1].class != class ? 0 : turn;
        while (left[plan->sorted[from + turn % size]] == 0) {
            turn++;
        }
        int contract = plan->sorted[from + turn++ % size];
        left[contract]--;
        pick(run, contract, list[i].candidate, MATCH_PROPOSED, true);
    }
}

static bool is_proposed(const struct run *run, int candidate, int contract) {
    const int32_t *list = &run->for_whom[(int64_t)candidate * run->input->per_candidate];
    for (int i = 0; i < run->times[candidate]; i++) {
        if (list[i] == contract) {
            return true;
        }
    }
    return false;
}

/* The first place from `at` on whose candidate the round may take; `count` when there is none. Who
 * is found taken up stays so until the round ends. */
static int place_from(const struct run *run, const struct ranking *ranking, int at,
                      enum round round) {
    while (at < ranking->count) {
        int next = ranking->next[at];
        if (next == at) {
            if (may_take(run, ranking->list[at], round)) {
                return at;
            }
            next = at + 1;
        }
        ranking->next[at] = ranking->next[next]; /* half the way for who comes next */
        at = next;
    }
    return ranking->count;
}

/* The next candidate of the contract's ranking who may still be proposed; none at the end. */
static int next_for(struct run *run, int contract, enum round round) {
    const struct ranking *ranking = ranking_of(run, contract);
    int class = run->plan.class_of[contract];
    for (;;) {
        int place = place_from(run, ranking, run->at[contract], round);
        if (place == ranking->count) {
            run->at[contract] = place;
            return MATCH_NONE;
        }
        run->at[contract] = place + 1;
        int c = ranking->list[place];
        if (assign_may(&run->plan.problem, c, class) && !is_proposed(run, c, contract)) {
            return c;
        }
    }
}

/* Round after round, each contract takes its next best, so that no contract skims the others. */
static void propose(struct run *run, int per_place, enum round round) {
    const struct match_input *input = run->input;
    memset(run->at, 0, (size_t)input->ncontracts * sizeof *run->at);
    for (int r = 0; r < run->plan.problem.nblocks * 2; r++) {
        for (int i = 0; i <= run->rankings[r].count; i++) {
            run->rankings[r].next[i] = i;
        }
    }
    for (bool more = true; more;) {
        more = false;
        for (int k = 0; k < input->ncontracts; k++) {
            int c = run->have[k] < input->contracts[k].places * per_place ? next_for(run, k, round)
                                                                          : MATCH_NONE;
            if (c != MATCH_NONE) {
                pick(run, k, c, round == ROUND_PROPOSED ? MATCH_PROPOSED : MATCH_RESERVE, false);
                more = true;
            }
        }
    }
}

static int by_contract(const void *left, const void *right) {
    const struct pick *a = left;
    const struct pick *b = right;
    static const int order[] = {[MATCH_NAMED] = 0, [MATCH_PROPOSED] = 1, [MATCH_RESERVE] = 2};
    if (a->contract != b->contract) {
        return a->contract - b->contract;
    }
    if (a->kind != b->kind) {
        return order[a->kind] - order[b->kind];
    }
    return a->priority > b->priority ? -1 : a->priority < b->priority;
}

static const struct match_proposal *written(struct run *run) {
    const struct match_input *in = run->input;
    struct match_proposal *list = arena_array(run->arena, (size_t)run->npicks, sizeof *list);
    qsort(run->picks, (size_t)run->npicks, sizeof *run->picks, by_contract);
    for (int i = 0; i < run->npicks; i++) {
        const struct pick *from = &run->picks[i];
        const struct match_contract *what = &in->contracts[from->contract];
        bool same = i > 0 && run->picks[i - 1].contract == from->contract;
        struct match_proposal *to = &list[i];
        *to = (struct match_proposal){.contract = what->id,
                                      .candidate = in->candidates[from->candidate].id,
                                      .rank = same ? list[i - 1].rank + 1 : 1,
                                      .first_choice = from->first_choice,
                                      .kind = from->kind};
        (void)match_score(in, from->candidate, what->block, what->language != MATCH_NONE,
                          &to->points);
        to->score = match_total(&to->points);
    }
    return list;
}

static void start(struct run *run, const uint8_t seed[MATCH_SEED]) {
    const struct match_input *input = run->input;
    size_t candidates = (size_t)input->ncandidates;
    size_t contracts = (size_t)input->ncontracts;
    size_t most = 0;
    plan_make(run->arena, input, seed, &run->plan);
    for (int k = 0; k < input->ncontracts; k++) {
        most += (size_t)input->contracts[k].places *
                (size_t)(input->per_place + input->reserve_per_place);
    }
    run->at = arena_array(run->arena, contracts, sizeof *run->at);
    run->have = arena_array(run->arena, contracts, sizeof *run->have);
    run->times = arena_array(run->arena, candidates, sizeof *run->times);
    run->waits = arena_array(run->arena, candidates, sizeof *run->waits);
    run->settled = arena_array(run->arena, candidates, sizeof *run->settled);
    run->for_whom =
        arena_array(run->arena, candidates * (size_t)input->per_candidate, sizeof *run->for_whom);
    run->picks = arena_array(run->arena, most, sizeof *run->picks);
}

void match_run(struct arena *arena, const struct match_input *input, const uint8_t seed[MATCH_SEED],
               struct match_output *output) {
    struct run run = {.arena = arena, .input = input};
    struct assign_result result;
    start(&run, seed);
    assign_run(arena, &run.plan.problem, ASSIGN_FAIR, &result);
    for (int i = 0; i < input->ncandidates; i++) {
        if (run.plan.named_for[i] != MATCH_NONE) {
            pick(&run, run.plan.named_for[i], i, MATCH_NAMED, true);
        }
    }
    deal(&run, result.where, result.assigned);
    rank_all(&run);
    propose(&run, input->per_place, ROUND_PROPOSED);
    int proposed = run.npicks;
    memset(run.have, 0, (size_t)input->ncontracts * sizeof *run.have);
    if (input->rule == MATCH_RULE_2) {
        propose(&run, input->reserve_per_place, ROUND_RESERVE_2);
    } else {
        propose(&run, input->reserve_per_place, ROUND_WAITING);
        propose(&run, input->reserve_per_place, ROUND_SETTLED);
    }
    *output = (struct match_output){.list = written(&run),
                                    .count = run.npicks,
                                    .assigned = result.assigned + run.plan.named,
                                    .named = run.plan.named,
                                    .proposed = proposed,
                                    .reserve = run.npicks - proposed,
                                    .held_back = result.held_back};
    for (int k = 0; k < input->ncontracts; k++) {
        output->places += input->contracts[k].places;
    }
}
