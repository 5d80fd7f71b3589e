#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "assign_next.h"
#include "plan.h"
#include "score.h"

struct pick {
    int32_t contract, candidate;
    enum match_kind kind;
    bool first_choice;
    uint64_t priority;
};

/* Whom a round may take. */
enum round { ROUND_PROPOSED, ROUND_RESERVE_2, ROUND_WAITING, ROUND_SETTLED };

struct run {
    struct arena *arena;
    const struct match_input *input;
    struct match_plan plan;
    struct next_table *next;
    enum round round;
    int32_t *turns;    /* the contracts that still take, by id */
    int32_t *at;       /* by contract: how far it went through its candidates in this round */
    int32_t *have;     /* by contract */
    int32_t *for_whom; /* by candidate: the contracts that he is proposed for */
    uint8_t *times;    /* by candidate */
    uint8_t *waits;    /* by candidate: contracts that he is a reserve of */
    struct match_first *firsts; /* by candidate */
    struct pick *picks;
    int npicks;
};

static bool settled(const struct run *run, int candidate) {
    return run->firsts[candidate].contract != MATCH_NONE;
}

static bool may_take(const void *arg, int candidate) {
    const struct run *run = arg;
    enum round round = run->round;
    int most = run->input->per_candidate;
    return round == ROUND_RESERVE_2 || (round == ROUND_PROPOSED && run->times[candidate] < most) ||
           (round >= ROUND_WAITING && run->waits[candidate] < most &&
            settled(run, candidate) == (round == ROUND_SETTLED));
}

static void pick(struct run *run, int contract, int candidate, enum match_kind kind, bool first) {
    const struct match_contract *what = &run->input->contracts[contract];
    struct match_points points;
    (void)match_score(run->input, candidate, what->block, what->language != MATCH_NONE, &points);
    uint64_t tie = UINT32_MAX - run->plan.problem.draw[candidate];
    bool lead = run->input->returns_first && run->input->candidates[candidate].returns > 0;
    bool waiting = run->input->rule >= MATCH_RULE_3 && kind == MATCH_RESERVE &&
                   !settled(run, candidate); /* called before those who have a place */
    run->picks[run->npicks++] = (struct pick){contract, candidate, kind, first,
                                              (uint64_t)waiting << 63 | (uint64_t)lead << 62 |
                                                  (uint64_t)match_total(&points) << 32 | tie};
    run->have[contract]++;
    if (first) {
        run->firsts[candidate] = (struct match_first){contract, kind == MATCH_NAMED};
    }
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

/* The contract's next candidate who may still be proposed; none at the end. */
static int next_for(struct run *run, int contract) {
    int class = run->plan.class_of[contract];
    for (;;) {
        int place = next_place(run->next, class, run->at[contract]);
        if (place < 0) {
            return MATCH_NONE;
        }
        run->at[contract] = place + 1;
        int c = next_who(run->next, class, place);
        if (!is_proposed(run, c, contract)) {
            return c;
        }
    }
}

/* Turn after turn, each contract takes its next best, so that no contract skims the others. One
 * that finds nobody has no more turns: nobody becomes free again. */
static void propose(struct run *run, int per_place, enum round round) {
    const struct match_input *input = run->input;
    struct arena *scratch = arena_new();
    int taking = 0;
    run->round = round;
    next_round(run->next, scratch, may_take, run);
    for (int k = 0; k < input->ncontracts; k++) {
        run->at[k] = 0;
        run->turns[taking++] = k;
    }
    while (taking > 0) {
        int still = 0;
        for (int t = 0; t < taking; t++) {
            int k = run->turns[t];
            int c = run->have[k] < input->contracts[k].places * per_place ? next_for(run, k)
                                                                          : MATCH_NONE;
            if (c != MATCH_NONE) {
                pick(run, k, c, round == ROUND_PROPOSED ? MATCH_PROPOSED : MATCH_RESERVE, false);
                run->turns[still++] = k;
            }
        }
        taking = still;
    }
    arena_free(scratch);
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
    run->turns = arena_array(run->arena, contracts, sizeof *run->turns);
    run->at = arena_array(run->arena, contracts, sizeof *run->at);
    run->have = arena_array(run->arena, contracts, sizeof *run->have);
    run->times = arena_array(run->arena, candidates, sizeof *run->times);
    run->waits = arena_array(run->arena, candidates, sizeof *run->waits);
    run->firsts = arena_array(run->arena, candidates, sizeof *run->firsts);
    for (size_t i = 0; i < candidates; i++) {
        run->firsts[i].contract = MATCH_NONE;
    }
    run->for_whom =
        arena_array(run->arena, candidates * (size_t)input->per_candidate, sizeof *run->for_whom);
    run->picks = arena_array(run->arena, most, sizeof *run->picks);
}

/* By class: the lowest priority with which a place of it was got; UINT64_MAX: nobody got one. */
static const uint64_t *lowest(const struct run *run, const int32_t *where) {
    const struct assign_problem *problem = &run->plan.problem;
    uint64_t *low = arena_array(run->arena, (size_t)problem->nclasses, sizeof *low);
    memset(low, 0xff, (size_t)problem->nclasses * sizeof *low);
    for (int i = 0; i < problem->ncandidates; i++) {
        if (where[i] != ASSIGN_NOBODY) {
            uint64_t priority = assign_priority(problem, i, where[i]);
            low[where[i]] = priority < low[where[i]] ? priority : low[where[i]];
        }
    }
    return low;
}

static const struct match_cut_off *cut_offs(const struct run *run, const int32_t *where) {
    const struct match_input *in = run->input;
    const uint64_t *low = lowest(run, where);
    struct match_cut_off *list = arena_array(run->arena, (size_t)in->ncontracts, sizeof *list);
    for (int k = 0; k < in->ncontracts; k++) {
        int class = run->plan.class_of[k];
        int points = low[class] == UINT64_MAX ? MATCH_NONE : (int)(low[class] >> 32);
        bool returns = points >= PLAN_RETURN_LEAD;
        list[k] =
            (struct match_cut_off){class, returns ? points - PLAN_RETURN_LEAD : points, returns};
    }
    return list;
}

static const int32_t *places_used(const struct run *run, const struct assign_result *result) {
    const struct match_input *in = run->input;
    int32_t *used = arena_array(run->arena, (size_t)in->nservices, sizeof *used);
    for (int s = 0; s < in->nservices; s++) {
        used[s] = result->used[s] + (in->services[s].left - run->plan.problem.quotas[s]);
    }
    return used;
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
    run.next = next_new(arena, &run.plan.problem);
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
                                    .cut_offs = cut_offs(&run, result.where),
                                    .firsts = run.firsts,
                                    .used = places_used(&run, &result),
                                    .assigned = result.assigned + run.plan.named,
                                    .named = run.plan.named,
                                    .proposed = proposed,
                                    .reserve = run.npicks - proposed,
                                    .held_back = result.held_back};
    for (int k = 0; k < input->ncontracts; k++) {
        output->places += input->contracts[k].places;
    }
}
