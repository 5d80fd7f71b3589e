#include "assign.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "assign_state.h"

enum { AHEAD = 8 }; /* offers stand by score, their candidates anywhere in memory */

/* Everybody in turn gets the first class of the offer that is open. Classes stand by first day, and
 * the earliest that he can still reach is the one that the fewest others can. */
static int greedy(struct assign_state *s) {
    const struct assign_problem *p = s->problem;
    struct arena *scratch = arena_new();
    struct ranked ranked = offers_rank(scratch, p);
    int assigned = 0;
    for (int n = 0; n < p->noffers; n++) {
        if (n + AHEAD < p->noffers) {
            __builtin_prefetch(&p->candidates[ranked.owner[n + AHEAD]]);
            __builtin_prefetch(&p->offers[ranked.offer[n + AHEAD]]);
        }
        int offer = ranked.offer[n];
        int candidate = ranked.owner[n];
        int service = p->candidates[candidate].service;
        if (is_placed(s, candidate) || !has_quota(s, service)) {
            continue;
        }
        struct row_walk walk;
        struct row_key key = rows_key(&s->rows, candidate);
        walk_start(&walk, &s->rows, candidate, &key, p->offers[offer].block, &s->open);
        int class = walk_next(&walk);
        if (class >= 0) {
            s->node[candidate] = class;
            s->used[service]++;
            fill_place(s, class);
            assigned++;
        }
    }
    arena_free(scratch);
    return assigned;
}

static void start(struct arena *arena, struct assign_state *s) {
    const struct assign_problem *p = s->problem;
    size_t n = (size_t)p->ncandidates;
    rows_build(arena, p, &s->rows);
    s->node = arena_array(arena, n, sizeof *s->node);
    s->used = arena_array(arena, (size_t)p->nservices, sizeof *s->used);
    s->free_places = arena_array(arena, (size_t)p->nclasses, sizeof *s->free_places);
    s->open = class_set_new(arena, &s->rows);
    for (int i = 0; i < p->ncandidates; i++) {
        s->node[i] = pool_of(s, p->candidates[i].service);
    }
    for (int k = 0; k < p->nclasses; k++) {
        s->free_places[k] = p->classes[k].places;
        if (p->classes[k].places > 0) {
            class_set_add(&s->open, k);
        }
    }
}

void assign_run(struct arena *arena, const struct assign_problem *problem, enum assign_step step,
                struct assign_result *result) {
    struct assign_state s = {.problem = problem};
    start(arena, &s);
    int first = greedy(&s);
    if (step >= ASSIGN_LARGEST) {
        assign_paths(&s);
    }
    if (step >= ASSIGN_FAIR) {
        assign_repair(&s);
    }
    *result = (struct assign_result){.where = s.node,
                                     .used = s.used,
                                     .greedy = first,
                                     .rounds = s.rounds,
                                     .repairs = s.repairs,
                                     .held_back = s.held_back};
    for (int i = 0; i < problem->ncandidates; i++) {
        if (is_placed(&s, i)) {
            result->assigned++;
            result->score += assign_score(problem, i, s.node[i]);
        } else {
            s.node[i] = ASSIGN_NOBODY;
        }
    }
}
