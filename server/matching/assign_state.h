/* assign_state.h - what the three passes of an assignment hand on to each other. Internal to it.
 *
 * A node is a class, or behind the classes the pool of those without a place who come through one
 * partner service: so to lose a place is a move like any other, and a quota counts only where a
 * path begins. */
#ifndef NORIA_MATCHING_ASSIGN_STATE_H
#define NORIA_MATCHING_ASSIGN_STATE_H

#include "assign_rows.h"

enum { NIL = -1 };

struct assign_state {
    const struct assign_problem *problem;
    struct rows_table rows;
    int32_t *node; /* by candidate */
    int32_t *used; /* by service */
    int32_t *free_places;
    struct class_set open; /* classes with a free place */
    int32_t *order;        /* offers, best score first, then the draw */
    int32_t *owner;        /* the candidates of those, in the same order */
    int rounds, repairs, held_back;
};

static inline int pool_of(const struct assign_state *s, int service) {
    return s->problem->nclasses + service;
}

static inline bool is_placed(const struct assign_state *s, int candidate) {
    return s->node[candidate] < s->problem->nclasses;
}

static inline bool has_quota(const struct assign_state *s, int service) {
    return s->used[service] < s->problem->quotas[service];
}

static inline void fill_place(struct assign_state *s, int class) {
    if (--s->free_places[class] == 0) {
        class_set_drop(&s->open, class);
    }
}

/* Offers, best score first, then the draw; beside each the candidate whose it is. */
struct ranked {
    int32_t *offer, *owner;
};

struct ranked offers_rank(struct arena *arena, const struct assign_problem *problem);

/* Fills what is left by letting others move over: the result is a maximum flow. */
void assign_paths(struct assign_state *state);

/* Deferred acceptance from the side of the classes, until nobody is passed over. */
void assign_repair(struct assign_state *state);

#endif
