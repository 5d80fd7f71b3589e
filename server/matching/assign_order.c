/* assign_order.c - who may have a place of a class, and who comes before whom. */
#include "../../lib/base/arena.h"
#include "assign_state.h"

int assign_score(const struct assign_problem *problem, int candidate, int class) {
    const struct assign_candidate *who = &problem->candidates[candidate];
    const struct assign_class *what = &problem->classes[class];
    for (int o = who->first_offer; o < who->first_offer + who->offers; o++) {
        if (problem->offers[o].block == what->block) {
            return what->in_language ? problem->offers[o].spoken : problem->offers[o].plain;
        }
    }
    return -1;
}

bool assign_may(const struct assign_problem *problem, int candidate, int class) {
    const struct assign_candidate *who = &problem->candidates[candidate];
    const struct assign_class *what = &problem->classes[class];
    return who->from <= what->first && who->to >= what->last && who->months >= what->months &&
           (what->needs & ~who->skills) == 0 && assign_score(problem, candidate, class) >= 0 &&
           (!who->ask || problem->allowed(problem->arg, candidate, class));
}

uint64_t assign_priority(const struct assign_problem *problem, int candidate, int class) {
    return (uint64_t)(uint32_t)assign_score(problem, candidate, class) << 32 |
           (UINT32_MAX - problem->draw[candidate]);
}

static int best_of(const struct assign_offer *offer) {
    return offer->plain > offer->spoken ? offer->plain : offer->spoken;
}

/* Offers by score, those of one score by the draw: a counting sort over candidates in the order of
 * the draw. */
struct ranked offers_rank(struct arena *arena, const struct assign_problem *problem) {
    const struct assign_problem *p = problem;
    struct arena *scratch = arena_new();
    int32_t *drawn = arena_array(scratch, (size_t)p->ncandidates, sizeof *drawn);
    int32_t *at = arena_array(scratch, ASSIGN_SCORE_MAX + 2, sizeof *at);
    struct ranked ranked = {arena_array(arena, (size_t)p->noffers, sizeof(int32_t)),
                            arena_array(arena, (size_t)p->noffers, sizeof(int32_t))};
    for (int i = 0; i < p->ncandidates; i++) {
        drawn[p->draw[i]] = i;
    }
    for (int o = 0; o < p->noffers; o++) {
        at[ASSIGN_SCORE_MAX - best_of(&p->offers[o]) + 1]++;
    }
    for (int score = 1; score <= ASSIGN_SCORE_MAX + 1; score++) {
        at[score] += at[score - 1];
    }
    for (int d = 0; d < p->ncandidates; d++) {
        const struct assign_candidate *who = &p->candidates[drawn[d]];
        for (int o = who->first_offer; o < who->first_offer + who->offers; o++) {
            int32_t next = at[ASSIGN_SCORE_MAX - best_of(&p->offers[o])]++;
            ranked.offer[next] = o;
            ranked.owner[next] = drawn[d];
        }
    }
    arena_free(scratch);
    return ranked;
}
