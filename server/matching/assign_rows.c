#include "assign_rows.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"

static int by_int(const void *left, const void *right) {
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;
    return a < b ? -1 : a > b;
}

static int by_mask(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* Sorts and drops repeats; gives how many are left. */
static int distinct_ints(int32_t *list, int count) {
    qsort(list, (size_t)count, sizeof *list, by_int);
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (kept == 0 || list[kept - 1] != list[i]) {
            list[kept++] = list[i];
        }
    }
    return kept;
}

/* How many of the list are at most `value`. */
static int up_to(const int32_t *list, int count, int32_t value) {
    int low = 0;
    int high = count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (list[middle] <= value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void put_bit(uint64_t *bits, int at) {
    bits[at / 64] |= UINT64_C(1) << (at % 64);
}

/* A row for "none of the list reached", then one for each value: the classes that ask for at most
 * that. `of(class)` reads what a class asks. */
static uint64_t *threshold_rows(struct arena *arena, const struct assign_problem *problem,
                                int words, int32_t (*of)(const struct assign_class *class),
                                const int32_t *values, int count) {
    uint64_t *rows = arena_array(arena, (size_t)(count + 1) * (size_t)words, sizeof *rows);
    for (int k = 0; k < problem->nclasses; k++) {
        int from = up_to(values, count, of(&problem->classes[k]));
        put_bit(rows + (size_t)from * (size_t)words, k);
    }
    for (int row = 1; row <= count; row++) {
        for (int w = 0; w < words; w++) {
            rows[(size_t)row * (size_t)words + (size_t)w] |=
                rows[(size_t)(row - 1) * (size_t)words + (size_t)w];
        }
    }
    return rows;
}

/* Negative: who comes early enough reaches the later classes. */
static int32_t first_of(const struct assign_class *class) {
    return -class->first;
}

static int32_t last_of(const struct assign_class *class) {
    return class->last;
}

static int32_t months_of(const struct assign_class *class) {
    return class->months;
}

static int mask_at(const uint64_t *masks, int count, uint64_t mask) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (masks[middle] < mask) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The distinct sets of skills that matter here, sorted. Few: they are found by a small table of
 * those seen last before they are sorted. */
static const uint64_t *skill_masks(struct arena *arena, const struct assign_problem *problem,
                                   uint64_t all, int *count) {
    enum { SEEN = 1024 };
    uint64_t seen[SEEN];
    bool used[SEEN] = {false};
    struct arena *scratch = arena_new();
    uint64_t *list = arena_array(scratch, (size_t)problem->ncandidates, sizeof *list);
    int listed = 0;
    int kept = 0;
    for (int i = 0; i < problem->ncandidates; i++) {
        uint64_t mask = problem->candidates[i].skills & all;
        size_t slot = (size_t)((mask * UINT64_C(0x9E3779B97F4A7C15)) >> 54) % SEEN;
        if (!used[slot] || seen[slot] != mask) {
            used[slot] = true;
            seen[slot] = mask;
            list[listed++] = mask;
        }
    }
    qsort(list, (size_t)listed, sizeof *list, by_mask);
    for (int i = 0; i < listed; i++) {
        if (kept == 0 || list[kept - 1] != list[i]) {
            list[kept++] = list[i];
        }
    }
    uint64_t *masks = arena_array(arena, (size_t)kept, sizeof *masks);
    for (int i = 0; i < kept; i++) {
        masks[i] = list[i];
    }
    arena_free(scratch);
    *count = kept;
    return masks;
}

static uint64_t *skill_rows(struct arena *arena, const struct assign_problem *problem, int words,
                            const uint64_t *masks, int count) {
    uint64_t *rows = arena_array(arena, (size_t)count * (size_t)words, sizeof *rows);
    for (int m = 0; m < count; m++) {
        for (int k = 0; k < problem->nclasses; k++) {
            if ((problem->classes[k].needs & ~masks[m]) == 0) {
                put_bit(rows + (size_t)m * (size_t)words, k);
            }
        }
    }
    return rows;
}

static void blocks_find(struct arena *arena, struct rows_table *table) {
    const struct assign_problem *p = table->problem;
    int32_t *start = arena_array(arena, (size_t)p->nblocks, sizeof *start);
    int32_t *end = arena_array(arena, (size_t)p->nblocks, sizeof *end);
    for (int k = 0; k < p->nclasses; k++) {
        int block = p->classes[k].block;
        if (end[block] == 0) {
            start[block] = k;
        }
        end[block] = k + 1;
    }
    table->start = start;
    table->end = end;
}

struct class_set class_set_new(struct arena *arena, const struct rows_table *table) {
    return (struct class_set){arena_array(arena, (size_t)table->words, sizeof(uint64_t)),
                              arena_array(arena, (size_t)table->tops, sizeof(uint64_t))};
}

void class_set_empty(const struct rows_table *table, struct class_set *set) {
    memset(set->bits, 0, (size_t)table->words * sizeof *set->bits);
    memset(set->top, 0, (size_t)table->tops * sizeof *set->top);
}

void class_set_fill(const struct rows_table *table, struct class_set *set) {
    memset(set->bits, 0xff, (size_t)table->words * sizeof *set->bits);
    memset(set->top, 0xff, (size_t)table->tops * sizeof *set->top);
}

/* The distinct values of one property of the classes, sorted. */
static int values_of(const struct assign_problem *problem,
                     int32_t (*of)(const struct assign_class *class), int32_t *values) {
    for (int k = 0; k < problem->nclasses; k++) {
        values[k] = of(&problem->classes[k]);
    }
    return distinct_ints(values, problem->nclasses);
}

struct row_key rows_reach(const struct rows_table *table, int32_t from, int32_t to,
                          int32_t months) {
    return (struct row_key){.first = (uint16_t)up_to(table->first_days, table->nfirst, -from),
                            .last = (uint16_t)up_to(table->last_days, table->nlast, to),
                            .months = (uint16_t)up_to(table->months, table->nmonths, months)};
}

struct row_key rows_key(const struct rows_table *table, int candidate) {
    const struct assign_candidate *who = &table->problem->candidates[candidate];
    struct row_key key = rows_reach(table, who->from, who->to, who->months);
    key.skill = (uint32_t)mask_at(table->masks, table->nmasks, who->skills & table->asked);
    return key;
}

void rows_build(struct arena *arena, const struct assign_problem *problem,
                struct rows_table *table) {
    size_t classes = (size_t)problem->nclasses;
    int words = (problem->nclasses + 63) / 64;
    int32_t *firsts = arena_array(arena, classes, sizeof *firsts);
    int32_t *lasts = arena_array(arena, classes, sizeof *lasts);
    int32_t *months = arena_array(arena, classes, sizeof *months);
    uint64_t asked = 0;
    for (int k = 0; k < problem->nclasses; k++) {
        asked |= problem->classes[k].needs;
    }
    *table = (struct rows_table){.problem = problem,
                                 .words = words,
                                 .tops = (words + 63) / 64,
                                 .first_days = firsts,
                                 .last_days = lasts,
                                 .months = months,
                                 .asked = asked};
    table->nfirst = values_of(problem, first_of, firsts);
    table->nlast = values_of(problem, last_of, lasts);
    table->nmonths = values_of(problem, months_of, months);
    table->masks = skill_masks(arena, problem, asked, &table->nmasks);
    table->by_first = threshold_rows(arena, problem, words, first_of, firsts, table->nfirst);
    table->by_last = threshold_rows(arena, problem, words, last_of, lasts, table->nlast);
    table->by_months = threshold_rows(arena, problem, words, months_of, months, table->nmonths);
    table->by_skill = skill_rows(arena, problem, words, table->masks, table->nmasks);
    blocks_find(arena, table);
}
