#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "assign_rows.h"

enum { SAMPLE = 16384 };

struct pressed {
    uint64_t pressure; /* how much of a candidate a place can count on, in 2^-40 */
    int32_t class;
    uint16_t block;
};

static int by_pressure(const void *left, const void *right) {
    const struct pressed *a = left;
    const struct pressed *b = right;
    if (a->block != b->block) {
        return a->block - b->block;
    }
    if (a->pressure != b->pressure) {
        return a->pressure < b->pressure ? -1 : 1;
    }
    return a->class - b->class;
}

/* Every so many-th of the draw; without the rules that no table holds. */
static int sample(const struct assign_problem *problem, struct assign_candidate *list) {
    uint32_t every = (uint32_t)problem->ncandidates / SAMPLE + 1;
    int count = 0;
    for (int i = 0; i < problem->ncandidates; i++) {
        if (problem->draw[i] % every == 0) {
            list[count] = problem->candidates[i];
            list[count++].ask = false;
        }
    }
    return count;
}

/* Each candidate of the sample spreads himself over the places that he may have. */
static void press(const struct rows_table *rows, const struct class_set *all, int candidate,
                  struct pressed *list) {
    const struct assign_problem *p = rows->problem;
    struct row_walk walk;
    uint64_t places = 0;
    walk_offers(&walk, rows, candidate, all);
    for (int k = walk_next(&walk); k >= 0; k = walk_next(&walk)) {
        places += (uint64_t)p->classes[k].places;
    }
    uint64_t part = places == 0 ? 0 : (UINT64_C(1) << 40) / places;
    walk_offers(&walk, rows, candidate, all);
    for (int k = walk_next(&walk); k >= 0; k = walk_next(&walk)) {
        list[k].pressure += part;
    }
}

void assign_scarcity(const struct assign_problem *problem, int32_t *order) {
    struct arena *scratch = arena_new();
    size_t classes = (size_t)problem->nclasses;
    struct assign_problem some = *problem;
    struct assign_candidate *list = arena_array(scratch, SAMPLE + 1, sizeof *list);
    struct pressed *pressed = arena_array(scratch, classes, sizeof *pressed);
    struct rows_table rows;
    some.candidates = list;
    some.ncandidates = sample(problem, list);
    rows_build(scratch, &some, &rows);
    struct class_set all = class_set_new(scratch, &rows);
    class_set_fill(&rows, &all);
    for (int k = 0; k < problem->nclasses; k++) {
        pressed[k].class = k;
        pressed[k].block = problem->classes[k].block;
    }
    for (int i = 0; i < some.ncandidates; i++) {
        press(&rows, &all, i, pressed);
    }
    qsort(pressed, classes, sizeof *pressed, by_pressure);
    for (int k = 0; k < problem->nclasses; k++) {
        order[k] = pressed[k].class;
    }
    arena_free(scratch);
}
