/* assign_rows.h - which classes a candidate may have, as words of 64 classes: four tables of bits
 * (first day, last day, skills, experience) are ANDed over the classes of his blocks. Internal to
 * the assignment. */
#ifndef NORIA_MATCHING_ASSIGN_ROWS_H
#define NORIA_MATCHING_ASSIGN_ROWS_H

#include <stddef.h>

#include "assign.h"

/* A set of classes: a bit a class, and above them a bit for each word that is not empty. */
struct class_set {
    uint64_t *bits, *top;
};

/* The candidate's row in each table. */
struct row_key {
    uint32_t skill;
    uint16_t first, last, months;
};

struct rows_table {
    const struct assign_problem *problem;
    int words, tops;
    const uint64_t *by_first, *by_last, *by_skill, *by_months; /* rows of `words` */
    const int32_t *first_days, *last_days, *months; /* a row each, and one for none of them */
    const uint64_t *masks;                          /* of skills */
    int nfirst, nlast, nmonths, nmasks;
    uint64_t asked;             /* all skills that any class asks */
    const int32_t *start, *end; /* by block: its classes */
};

void rows_build(struct arena *arena, const struct assign_problem *problem,
                struct rows_table *table);

struct row_key rows_key(const struct rows_table *table, int candidate);

/* Of somebody without skills who is there from one day to another with so much experience. */
struct row_key rows_reach(const struct rows_table *table, int32_t from, int32_t to, int32_t months);

struct class_set class_set_new(struct arena *arena, const struct rows_table *table);
void class_set_fill(const struct rows_table *table, struct class_set *set); /* all classes */
void class_set_empty(const struct rows_table *table, struct class_set *set);

static inline void class_set_add(struct class_set *set, int class) {
    set->bits[class / 64] |= UINT64_C(1) << (class % 64);
    set->top[class / 4096] |= UINT64_C(1) << (class / 64 % 64);
}

static inline void class_set_drop(struct class_set *set, int class) {
    uint64_t *word = &set->bits[class / 64];
    *word &= ~(UINT64_C(1) << (class % 64));
    if (*word == 0) {
        set->top[class / 4096] &= ~(UINT64_C(1) << (class / 64 % 64));
    }
}

static inline bool class_set_has(const struct class_set *set, int class) {
    return (set->bits[class / 64] >> (class % 64) & 1U) != 0;
}

/* Goes through the classes of a candidate that are in `among`, offer by offer. */
struct row_walk {
    const struct rows_table *table;
    const uint64_t *first, *last, *skill, *months;
    const struct class_set *among;
    int candidate;
    int offer, offers_end; /* both 0: one block alone */
    int at;                /* the word loaded */
    int word, word_first, word_end;
    uint64_t first_mask, last_mask;
    uint64_t bits; /* of `word`, still to come */
};

static inline void walk_block(struct row_walk *walk, int block) {
    const struct rows_table *table = walk->table;
    int start = table->start[block];
    int end = table->end[block];
    walk->word_first = start / 64;
    walk->word = walk->word_first;
    walk->word_end = start < end ? (end + 63) / 64 : 0;
    walk->first_mask = ~UINT64_C(0) << (start % 64);
    walk->last_mask = ~UINT64_C(0) >> ((64 - end % 64) % 64);
}

/* Begins with one block, where the candidate (whose key is given) has an offer. */
static inline void walk_start(struct row_walk *walk, const struct rows_table *table, int candidate,
                              const struct row_key *key, int block, const struct class_set *among) {
    size_t words = (size_t)table->words;
    *walk = (struct row_walk){.table = table,
                              .first = table->by_first + key->first * words,
                              .last = table->by_last + key->last * words,
                              .skill = table->by_skill + key->skill * words,
                              .months = table->by_months + key->months * words,
                              .among = among,
                              .candidate = candidate};
    walk_block(walk, block);
}

/* Begins with all his offers. */
static inline void walk_offers(struct row_walk *walk, const struct rows_table *table, int candidate,
                               const struct class_set *among) {
    const struct assign_candidate *who = &table->problem->candidates[candidate];
    int block = who->offers > 0 ? table->problem->offers[who->first_offer].block : 0;
    struct row_key key = rows_key(table, candidate);
    walk_start(walk, table, candidate, &key, block, among);
    walk->offer = who->first_offer;
    walk->offers_end = who->first_offer + who->offers;
    walk->word_end = who->offers > 0 ? walk->word_end : 0;
}

/* The next word of `among` that is not empty, from `word` on. */
static inline int set_word(const struct class_set *among, int word, int end) {
    while (word < end) {
        uint64_t rest = among->top[word / 64] >> (word % 64);
        if (rest != 0) {
            return word + __builtin_ctzll(rest);
        }
        word = (word / 64 + 1) * 64;
    }
    return end;
}

/* Loads the next word that has a class; false at the end. */
static inline bool walk_word(struct row_walk *walk) {
    for (;;) {
        for (int w = set_word(walk->among, walk->word, walk->word_end); w < walk->word_end;
             w = set_word(walk->among, w + 1, walk->word_end)) {
            uint64_t bits = walk->among->bits[w] & walk->first[w] & walk->last[w] & walk->skill[w] &
                            walk->months[w];
            bits &= w == walk->word_first ? walk->first_mask : ~UINT64_C(0);
            bits &= w == walk->word_end - 1 ? walk->last_mask : ~UINT64_C(0);
            if (bits != 0) {
                walk->bits = bits;
                walk->at = w;
                walk->word = w + 1;
                return true;
            }
        }
        if (++walk->offer >= walk->offers_end) {
            return false;
        }
        walk_block(walk, walk->table->problem->offers[walk->offer].block);
    }
}

/* The next class of the loaded word; -1 at its end. */
static inline int walk_class(struct row_walk *walk) {
    const struct assign_problem *problem = walk->table->problem;
    while (walk->bits != 0) {
        int class = walk->at * 64 + __builtin_ctzll(walk->bits);
        walk->bits &= walk->bits - 1;
        if (!problem->candidates[walk->candidate].ask ||
            problem->allowed(problem->arg, walk->candidate, class)) {
            return class;
        }
    }
    return -1;
}

/* The next class, over all words; -1 at the end. */
static inline int walk_next(struct row_walk *walk) {
    for (;;) {
        int class = walk_class(walk);
        if (class >= 0 || !walk_word(walk)) {
            return class;
        }
    }
}

#endif
