#include "assign_next.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "assign_rows.h"

enum {
    STEPS = 64, /* rows of a table: with more days than that, a row stands for several */
    SKILLS = 64,
    FIRST_ROOM = 8
};

/* A table of bits over all places of all rankings: a row holds who reaches every `per`-th value
 * that classes ask. Who reaches a row may still fall short of a value between it and the next. */
struct grades {
    uint64_t *bits;
    int per, rows;
};

/* Candidates of a block, best first: for classes without a language, or with one. */
struct ranking {
    int32_t *list;
    int count;
    int word; /* where its bits begin, in each row */
};

/* Whom a class was found to be able to take in this round, best first. Whoever may be taken no more
 * is passed over by all its contracts at once: `next` leads from his place towards the next who
 * may, and a place that is its own `next` is such a one. */
struct found {
    int32_t *who, *next; /* of `next` one more */
    int count, room;
    int scanned;             /* how far its ranking is gone through */
    int first, last, months; /* its rows */
};

struct next_table {
    const struct assign_problem *problem;
    struct ranking *rankings; /* by block and language */
    size_t words;             /* of a row */
    struct grades first, last, months;
    uint64_t *skill[SKILLS]; /* NULL: no class asks for it */
    uint64_t *left;          /* who may still be taken in this round, as far as is known */
    struct found *found;     /* by class */
    struct arena *arena;     /* of the round */
    bool (*may_take)(const void *arg, int candidate);
    const void *arg;
};

static struct ranking *ranking_of(const struct next_table *table, int class) {
    const struct assign_class *what = &table->problem->classes[class];
    return &table->rankings[what->block * 2 + what->in_language];
}

static int offer_score(const struct assign_offer *offer, int language) {
    return language == 1 ? offer->spoken : offer->plain;
}

/* Sorts the offers of one kind by counting: places of `at`, by block and score. Blocks that no
 * class asks for in this way stay empty. */
static void rank_one(struct next_table *table, struct arena *arena, int language, int32_t *at,
                     const int32_t *drawn) {
    const struct assign_problem *p = table->problem;
    const int cells = ASSIGN_SCORE_MAX + 2;
    memset(at, 0, (size_t)p->nblocks * (size_t)cells * sizeof *at);
    for (int o = 0; o < p->noffers; o++) {
        int score = offer_score(&p->offers[o], language);
        at[p->offers[o].block * cells + ASSIGN_SCORE_MAX - score + 1]++;
    }
    for (int b = 0; b < p->nblocks; b++) {
        struct ranking *ranking = &table->rankings[b * 2 + language];
        int32_t *start = at + (ptrdiff_t)b * cells;
        for (int score = 1; score < cells; score++) {
            start[score] += start[score - 1];
        }
        if (ranking->count < 0) { /* asked for */
            ranking->count = start[cells - 1];
            ranking->list = arena_array(arena, (size_t)ranking->count, sizeof *ranking->list);
            ranking->word = (int)table->words;
            table->words += ((size_t)ranking->count + 63) / 64;
        }
    }
    for (int d = 0; d < p->ncandidates; d++) {
        const struct assign_candidate *who = &p->candidates[drawn[d]];
        for (int o = who->first_offer; o < who->first_offer + who->offers; o++) {
            const struct assign_offer *offer = &p->offers[o];
            struct ranking *ranking = &table->rankings[offer->block * 2 + language];
            if (ranking->list != NULL) {
                int score = ASSIGN_SCORE_MAX - offer_score(offer, language);
                ranking->list[at[offer->block * cells + score]++] = drawn[d];
            }
        }
    }
}

/* Candidates in the order of the draw, then by score, block by block. */
static void rank_all(struct next_table *table, struct arena *arena) {
    const struct assign_problem *p = table->problem;
    struct arena *scratch = arena_new();
    int32_t *drawn = arena_array(scratch, (size_t)p->ncandidates, sizeof *drawn);
    int32_t *at = arena_array(scratch, (size_t)p->nblocks * (ASSIGN_SCORE_MAX + 2), sizeof *at);
    table->rankings = arena_array(arena, (size_t)p->nblocks * 2, sizeof *table->rankings);
    for (int k = 0; k < p->nclasses; k++) {
        ranking_of(table, k)->count = -1;
    }
    for (int i = 0; i < p->ncandidates; i++) {
        drawn[p->draw[i]] = i;
    }
    rank_one(table, arena, 0, at, drawn);
    rank_one(table, arena, 1, at, drawn);
    arena_free(scratch);
}

static void put_bit(uint64_t *row, size_t place) {
    row[place / 64] |= UINT64_C(1) << (place % 64);
}

static struct grades grades_new(struct arena *arena, size_t words, int values) {
    int per = values <= STEPS ? 1 : (values + STEPS - 1) / STEPS;
    int rows = (values + per - 1) / per;
    return (struct grades){arena_array(arena, (size_t)rows * words, sizeof(uint64_t)), per, rows};
}

/* `reached`: how many of the values. */
static void grades_put(const struct grades *grades, size_t words, int reached, size_t place) {
    if (reached > 0) {
        put_bit(grades->bits + (size_t)((reached - 1) / grades->per) * words, place);
    }
}

/* Who reaches a row reaches those before it. */
static void grades_spread(const struct grades *grades, size_t words) {
    for (int row = grades->rows - 1; row > 0; row--) {
        uint64_t *before = grades->bits + (size_t)(row - 1) * words;
        for (size_t w = 0; w < words; w++) {
            before[w] |= before[w + words];
        }
    }
}

static void place_put(const struct next_table *table, const struct row_key *key, uint64_t skills,
                      size_t place) {
    grades_put(&table->first, table->words, key->first, place);
    grades_put(&table->last, table->words, key->last, place);
    grades_put(&table->months, table->words, key->months, place);
    for (; skills != 0; skills &= skills - 1) {
        put_bit(table->skill[__builtin_ctzll(skills)], place);
    }
}

static void tables_fill(struct next_table *table, struct arena *arena,
                        const struct rows_table *rows) {
    const struct assign_problem *p = table->problem;
    struct arena *scratch = arena_new();
    struct row_key *keys = arena_array(scratch, (size_t)p->ncandidates, sizeof *keys);
    table->first = grades_new(arena, table->words, rows->nfirst);
    table->last = grades_new(arena, table->words, rows->nlast);
    table->months = grades_new(arena, table->words, rows->nmonths);
    for (uint64_t asked = rows->asked; asked != 0; asked &= asked - 1) {
        table->skill[__builtin_ctzll(asked)] = arena_array(arena, table->words, sizeof(uint64_t));
    }
    for (int i = 0; i < p->ncandidates; i++) {
        keys[i] = rows_key(rows, i);
    }
    for (int r = 0; r < p->nblocks * 2; r++) {
        const struct ranking *ranking = &table->rankings[r];
        for (int i = 0; i < ranking->count; i++) {
            int who = ranking->list[i];
            place_put(table, &keys[who], p->candidates[who].skills & rows->asked,
                      (size_t)ranking->word * 64 + (size_t)i);
        }
    }
    grades_spread(&table->first, table->words);
    grades_spread(&table->last, table->words);
    grades_spread(&table->months, table->words);
    arena_free(scratch);
}

/* What each class asks, as somebody who just reaches it has it. */
static void classes_fill(struct next_table *table, struct arena *arena,
                         const struct rows_table *rows) {
    const struct assign_problem *p = table->problem;
    table->found = arena_array(arena, (size_t)p->nclasses, sizeof *table->found);
    for (int k = 0; k < p->nclasses; k++) {
        const struct assign_class *what = &p->classes[k];
        struct row_key key = rows_reach(rows, what->first, what->last, what->months);
        table->found[k] = (struct found){.first = (key.first - 1) / table->first.per,
                                         .last = (key.last - 1) / table->last.per,
                                         .months = (key.months - 1) / table->months.per};
    }
}

struct next_table *next_new(struct arena *arena, const struct assign_problem *problem) {
    struct next_table *table = ARENA_NEW(arena, struct next_table);
    struct rows_table rows;
    table->problem = problem;
    rank_all(table, arena);
    struct arena *scratch = arena_new();
    rows_build(scratch, problem, &rows);
    tables_fill(table, arena, &rows);
    classes_fill(table, arena, &rows);
    arena_free(scratch);
    table->left = arena_array(arena, table->words, sizeof *table->left);
    return table;
}

void next_round(struct next_table *table, struct arena *arena,
                bool (*may_take)(const void *arg, int candidate), const void *arg) {
    table->arena = arena;
    table->may_take = may_take;
    table->arg = arg;
    memset(table->left, 0xff, table->words * sizeof *table->left);
    for (int k = 0; k < table->problem->nclasses; k++) {
        struct found *found = &table->found[k];
        found->count = found->room = found->scanned = 0;
    }
}

static void found_add(struct next_table *table, struct found *found, int who) {
    if (found->count == found->room) {
        size_t room = found->room == 0 ? FIRST_ROOM : (size_t)found->room * 2;
        int32_t *list = arena_array(table->arena, room, sizeof *list);
        int32_t *next = arena_array(table->arena, room + 1, sizeof *next);
        if (found->room > 0) {
            memcpy(list, found->who, (size_t)found->count * sizeof *list);
            memcpy(next, found->next, (size_t)(found->count + 1) * sizeof *next);
        }
        found->who = list;
        found->next = next;
        found->room = (int)room;
    }
    found->who[found->count] = who;
    found->next[found->count] = found->count;
    found->count++;
    found->next[found->count] = found->count;
}

/* The rows that a class's candidates must be in; gives how many. */
static int rows_of(const struct next_table *table, int class, const uint64_t **rows) {
    const struct found *found = &table->found[class];
    size_t from = (size_t)ranking_of(table, class)->word;
    int count = 0;
    rows[count++] = table->first.bits + (size_t)found->first * table->words + from;
    rows[count++] = table->last.bits + (size_t)found->last * table->words + from;
    rows[count++] = table->months.bits + (size_t)found->months * table->words + from;
    for (uint64_t needs = table->problem->classes[class].needs; needs != 0; needs &= needs - 1) {
        rows[count++] = table->skill[__builtin_ctzll(needs)] + from;
    }
    return count;
}

/* Finds one more for the class; false when its ranking is gone through. */
static bool find(struct next_table *table, int class) {
    struct found *found = &table->found[class];
    const struct ranking *ranking = ranking_of(table, class);
    uint64_t *left = table->left + ranking->word;
    const uint64_t *rows[3 + SKILLS];
    int nrows = rows_of(table, class, rows);
    while (found->scanned < ranking->count) {
        int w = found->scanned / 64;
        uint64_t bits = left[w] & ~UINT64_C(0) << (found->scanned % 64);
        for (int r = 0; r < nrows && bits != 0; r++) {
            bits &= rows[r][w];
        }
        for (; bits != 0; bits &= bits - 1) {
            int place = w * 64 + __builtin_ctzll(bits);
            int who = ranking->list[place];
            if (!table->may_take(table->arg, who)) {
                left[w] &= ~(bits & -bits);
            } else if (assign_may(table->problem, who, class)) {
                found->scanned = place + 1;
                found_add(table, found, who);
                return true;
            }
        }
        found->scanned = (w + 1) * 64;
    }
    return false;
}

int next_place(struct next_table *table, int class, int at) {
    const struct found *found = &table->found[class];
    for (;;) {
        while (at < found->count) {
            int next = found->next[at];
            if (next == at) {
                if (table->may_take(table->arg, found->who[at])) {
                    return at;
                }
                next = at + 1;
            }
            found->next[at] = found->next[next]; /* half the way for who comes next */
            at = next;
        }
        if (!find(table, class)) {
            return -1;
        }
    }
}

int next_who(const struct next_table *table, int class, int place) {
    return table->found[class].who[place];
}
