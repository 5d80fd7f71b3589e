/* plan.h - a run's inputs as a problem of assignment: contracts that ask for the same become
 * classes, scores become offers, the named are placed beforehand. */
#ifndef NORIA_MATCHING_PLAN_H
#define NORIA_MATCHING_PLAN_H

#include "engine.h"

/* Above every score: a clean return counts for more, where the campaign says so. */
enum { PLAN_RETURN_LEAD = MATCH_SCORE_MAX + 1 };

struct match_plan {
    const struct match_input *input;
    struct assign_problem problem;
    int32_t *class_of;   /* by contract */
    int32_t *sorted;     /* contracts by class, those of a class by id */
    int32_t *class_from; /* by class: its first in `sorted`; one more at the end */
    int32_t *open;       /* by contract: places left after the named */
    int32_t *named_for;  /* by candidate: the contract where he is placed as named, or MATCH_NONE */
    int named;
    bool *barred; /* by contract: some pair of it is refused */
};

/* Fills `input->people` (offers, ask) too. */
void plan_make(struct arena *arena, const struct match_input *input, const uint8_t seed[MATCH_SEED],
               struct match_plan *plan);

/* Positions in the input by id; MATCH_NONE when there is none. */
int plan_contract(const struct match_input *input, int64_t id);
int plan_candidate(const struct match_input *input, int64_t id);

#endif
