/* assign.h - a maximum assignment of candidates to places, best candidates first. */
#ifndef NORIA_MATCHING_ASSIGN_H
#define NORIA_MATCHING_ASSIGN_H

#include <stdint.h>

struct arena;

/* A row of `words` 64-bit words a candidate; bit k set: may have contract k. */
struct eligibility {
    uint64_t *bits;
    int words;
    int candidates, contracts;
};

static inline uint64_t *eligible_row(const struct eligibility *all, int candidate) {
    return all->bits + (int64_t)candidate * all->words;
}

static inline int is_eligible(const struct eligibility *all, int candidate, int contract) {
    return (int)(eligible_row(all, candidate)[contract / 64] >> (contract % 64) & 1U);
}

/* Gives every candidate of `order` (best first) a contract if that is possible without taking away
 * somebody else's: by a free place, else by letting others move (augmenting paths). Serving in this
 * order makes the assignment as large as any (the served sets form a matroid).
 * `score(arg, candidate, contract)` picks among free places: higher is better.
 * out[candidate] gets the contract, or -1. Returns how many were served. */
int assign(struct arena *arena, const struct eligibility *eligible, const int *places,
           const int *order, int (*score)(const void *arg, int candidate, int contract),
           const void *arg, int *out);

#endif
