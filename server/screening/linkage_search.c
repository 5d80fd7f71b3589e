/* linkage_search.c - duplicates in a file: blocks, comparisons, groups.
 *
 * A record has some twenty keys (the birth date and one name, the street, the number ...), each a
 * hash of values that two records of one person often share. Records under one key are a block; a
 * block of more than BLOCK_MAX records tells nothing and is left out. So the work grows with the
 * number of records, and each kind of slip leaves some other key whole. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "linkage_store.h"

enum { KEYS = 36, BLOCK_MAX = 150, BLOCK_LEAST = 8, PAIRS_EACH = 30, THREADS = 16, GROUP_MAX = 60 };

/* --- keys
 * ----------------------------------------------------------------------------------------- */

struct keys {
    int count;
    uint64_t key[KEYS];
};

static uint64_t mix(uint64_t a, uint64_t b) {
    uint64_t hash = (a ^ (b + 0x9e3779b97f4a7c15U + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdU;
    return hash ^ (hash >> 33);
}

static void add_key(struct keys *keys, uint64_t kind, const struct link_value *a,
                    const struct link_value *b) {
    if (a->size == 0 || (b != NULL && b->size == 0)) {
        return;
    }
    uint64_t key = mix(mix(kind, a->block), b == NULL ? 0 : b->block);
    for (int i = 0; i < keys->count; i++) {
        if (keys->key[i] == key) {
            return;
        }
    }
    keys->key[keys->count++] = key;
}

/* Both names, in either order; with the place or father; and with the year or the day of birth, one
 * of which a slip of the pen leaves whole. */
static void names_keys(struct keys *keys, const struct link_value *const value[LINK_PARTS]) {
    const struct link_value *given = value[LINK_GIVEN];
    const struct link_value *surname = value[LINK_SURNAME];
    if (given->size == 0 || surname->size == 0) {
        return;
    }
    bool turned = given->block > surname->block;
    struct link_value both = {.size = 1,
                              .block = mix(turned ? surname->block : given->block,
                                           turned ? given->block : surname->block)};
    add_key(keys, 64, &both, NULL);
    add_key(keys, 69, &both, value[LINK_PLACE]);
    add_key(keys, 70, &both, value[LINK_FATHER]);
    const struct link_value *birth = value[LINK_BIRTH];
    if (birth->size == 8) {
        uint32_t year;
        uint32_t day;
        memcpy(&year, birth->text, 4);
        memcpy(&day, birth->text + 4, 4);
        add_key(keys, 71, &both, &(struct link_value){.size = 1, .block = year});
        add_key(keys, 72, &both, &(struct link_value){.size = 1, .block = day});
    }
}

/* Each kind of key is a number; names stand for each other, and so do the two lines of an address.
 */
static void keys_of(const struct linkage *linkage, uint32_t record, struct keys *keys) {
    static const enum link_part alone[] = {LINK_BIRTH, LINK_ID,     LINK_DOCUMENT,
                                           LINK_PHONE, LINK_STREET, LINK_STREET_2};
    static const enum link_part with_name[] = {LINK_BIRTH, LINK_POSTCODE, LINK_PLACE, LINK_FATHER,
                                               LINK_NUMBER};
    const struct link_value *value[LINK_PARTS];
    linkage_values(linkage, record, value);
    keys->count = 0;
    for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++) {
        uint64_t kind = alone[i] == LINK_STREET_2 ? LINK_STREET : alone[i];
        add_key(keys, kind, value[alone[i]], NULL);
    }
    for (size_t i = 0; i < sizeof(with_name) / sizeof(with_name[0]); i++) {
        uint64_t kind = 32 + with_name[i];
        add_key(keys, kind, value[with_name[i]], value[LINK_GIVEN]);
        add_key(keys, kind, value[with_name[i]], value[LINK_SURNAME]);
    }
    names_keys(keys, value);
    add_key(keys, 65, value[LINK_BIRTH], value[LINK_PLACE]);
    add_key(keys, 66, value[LINK_BIRTH], value[LINK_POSTCODE]);
    add_key(keys, 67, value[LINK_PLACE], value[LINK_POSTCODE]);
    add_key(keys, 68, value[LINK_STREET], value[LINK_NUMBER]);
    add_key(keys, 68, value[LINK_STREET_2], value[LINK_NUMBER]);
}

/* --- blocks
 * --------------------------------------------------------------------------------------- */

struct entry {
    uint64_t key;
    uint32_t record;
};

/* Records by key, and for each record the blocks it is in. */
struct blocks {
    struct entry *entry; /* by key, then record; blocks of 2 to BLOCK_MAX only */
    size_t entries;
    uint32_t *start; /* of each block in `entry`, and the end */
    uint32_t *of;    /* the blocks of record i: of[first[i]] to of[first[i + 1]] */
    uint32_t *first;
};

/* Sorts by key, stable: records stay in order (least significant digit first, 11 bits a pass). */
static void sort_entries(struct arena *arena, struct entry *entry, size_t count) {
    enum { BITS = 11, PASSES = 6, SIZE = 1 << BITS };
    struct entry *other = arena_array(arena, count, sizeof(*other));
    size_t *place = arena_array(arena, SIZE, sizeof(*place));
    for (int pass = 0; pass < PASSES; pass++) {
        int shift = pass * BITS;
        memset(place, 0, SIZE * sizeof(*place));
        for (size_t i = 0; i < count; i++) {
            place[(entry[i].key >> shift) & (SIZE - 1)]++;
        }
        size_t sum = 0;
        for (int digit = 0; digit < SIZE; digit++) {
            size_t many = place[digit];
            place[digit] = sum;
            sum += many;
        }
        for (size_t i = 0; i < count; i++) {
            other[place[(entry[i].key >> shift) & (SIZE - 1)]++] = entry[i];
        }
        memcpy(entry, other, count * sizeof(*entry));
    }
}

static size_t run_of(const struct entry *entry, size_t from, size_t count) {
    size_t to = from;
    while (to < count && entry[to].key == entry[from].key) {
        to++;
    }
    return to - from;
}

/* The size up to which blocks are taken. */
static size_t largest_block(const struct entry *entry, size_t count, uint32_t records) {
    uint64_t pairs[BLOCK_MAX + 1] = {0};
    for (size_t from = 0, size; from < count; from += size) {
        size = run_of(entry, from, count);
        if (size <= BLOCK_MAX) {
            pairs[size] += size * (size - 1) / 2;
        }
    }
    uint64_t sum = 0;
    size_t largest = 1;
    while (largest < BLOCK_MAX &&
           (largest < BLOCK_LEAST || sum + pairs[largest + 1] <= (uint64_t)records * PAIRS_EACH)) {
        sum += pairs[++largest];
    }
    return largest;
}

static void blocks_make(struct arena *arena, const struct linkage *linkage, struct blocks *blocks) {
    struct keys keys;
    size_t total = 0;
    for (uint32_t i = 0; i < linkage->count; i++) {
        keys_of(linkage, i, &keys);
        total += (size_t)keys.count;
    }
    struct entry *entry = arena_array(arena, total, sizeof(*entry));
    size_t used = 0;
    for (uint32_t i = 0; i < linkage->count; i++) {
        keys_of(linkage, i, &keys);
        for (int k = 0; k < keys.count; k++) {
            entry[used++] = (struct entry){keys.key[k], i};
        }
    }
    sort_entries(arena, entry, used);
    blocks->first = arena_array(arena, (size_t)linkage->count + 1, sizeof(uint32_t));
    size_t kept = 0;
    uint32_t count = 0;
    blocks->start = arena_array(arena, used / 2 + 1, sizeof(uint32_t));
    size_t largest = largest_block(entry, used, linkage->count);
    for (size_t from = 0, size; from < used; from += size) {
        size = run_of(entry, from, used);
        if (size < 2 || size > largest) {
            continue;
        }
        blocks->start[count++] = (uint32_t)kept;
        for (size_t i = from; i < from + size; i++) {
            blocks->first[entry[i].record + 1]++;
            entry[kept++] = entry[i];
        }
    }
    blocks->start[count] = (uint32_t)kept;
    blocks->entry = entry;
    blocks->entries = kept;
    for (uint32_t i = 0; i < linkage->count; i++) {
        blocks->first[i + 1] += blocks->first[i];
    }
    uint32_t *at = arena_array(arena, linkage->count, sizeof(uint32_t));
    blocks->of = arena_array(arena, kept, sizeof(uint32_t));
    for (uint32_t block = 0; block < count; block++) {
        for (uint32_t i = blocks->start[block]; i < blocks->start[block + 1]; i++) {
            uint32_t record = entry[i].record;
            blocks->of[blocks->first[record] + at[record]++] = block;
        }
    }
}

/* --- comparisons
 * ---------------------------------------------------------------------------------- */

struct edge {
    float bits;
    uint32_t a;
    uint32_t b;
};

/* What a part may weigh at most: the value being the same, or another that is near. */
struct bounds {
    float *same[LINK_PARTS]; /* of each value */
    float near[LINK_PARTS];
};

static void bounds_make(struct arena *arena, const struct linkage *linkage,
                        const struct link_weights *weights, struct bounds *bounds) {
    for (enum link_part part = 0; part < LINK_PARTS; part++) {
        const struct link_pool *pool = &linkage->pool[part];
        bounds->same[part] = arena_array(arena, pool->count, sizeof(float));
        for (uint32_t i = 1; i < pool->count; i++) {
            double bits =
                link_bits(weights, part, LINK_SAME, pool->values[i].count / (double)linkage->count);
            bounds->same[part][i] = bits > 0 ? (float)bits : 0;
        }
        bounds->near[part] = 0;
        for (enum link_level level = LINK_NEAR; level < LINK_LEVELS; level++) {
            double bits = link_bits(weights, part, level, 0);
            bounds->near[part] = bits > bounds->near[part] ? (float)bits : bounds->near[part];
        }
    }
}

/* What one thread does: records `from` by `step`, each with the earlier ones of its blocks. */
struct work {
    const struct linkage *linkage;
    const struct blocks *blocks;
    const struct link_weights *weights;
    const struct bounds *bounds;
    double threshold;
    uint32_t from;
    uint32_t step;
    struct arena *arena;
    uint64_t compared;
    struct edge *edge;
    size_t edges;
    size_t room;
};

/* The most that a pair may score, from which values are equal alone; then with the levels of those
 * parts that are quickly compared. Most pairs of a block are out by the first look. */
static bool may_reach(const struct work *work, uint32_t a, uint32_t b) {
    static const enum link_part quick[] = {LINK_BIRTH,    LINK_ID,    LINK_DOCUMENT,
                                           LINK_POSTCODE, LINK_PHONE, LINK_NUMBER};
    const struct linkage *linkage = work->linkage;
    const uint32_t *one = linkage->record[a];
    const uint32_t *two = linkage->record[b];
    double most = 0;
    for (int part = 0; part < LINK_PARTS; part++) {
        bool crossed = part == LINK_GIVEN || part == LINK_SURNAME || part == LINK_FATHER ||
                       part == LINK_STREET || part == LINK_STREET_2;
        if (one[part] != 0 && two[part] != 0) {
            most += one[part] == two[part] || crossed ? work->bounds->same[part][one[part]]
                                                      : work->bounds->near[part];
        }
    }
    for (size_t i = 0; i < sizeof(quick) / sizeof(quick[0]) && most >= work->threshold; i++) {
        enum link_part part = quick[i];
        if (one[part] != 0 && two[part] != 0 && one[part] != two[part]) {
            enum link_level level = link_level(part, &linkage->pool[part].values[one[part]],
                                               &linkage->pool[part].values[two[part]]);
            most += link_bits(work->weights, part, level, 0) - work->bounds->near[part];
        }
    }
    return most >= work->threshold;
}

static double score_of(const struct work *work, uint32_t a, uint32_t b) {
    const struct link_value *one[LINK_PARTS];
    const struct link_value *two[LINK_PARTS];
    struct link_score score;
    linkage_values(work->linkage, a, one);
    linkage_values(work->linkage, b, two);
    link_compare(work->weights, one, two, work->linkage->count, &score);
    return score.total;
}

static void compare(struct work *work, uint32_t a, uint32_t b) {
    work->compared++;
    double bits = may_reach(work, a, b) ? score_of(work, a, b) : -1;
    if (bits < work->threshold) {
        return;
    }
    if (work->edges == work->room) {
        work->room = work->room * 2 + 1024;
        struct edge *more = arena_array(work->arena, work->room, sizeof(*more));
        if (work->edges > 0) {
            memcpy(more, work->edge, work->edges * sizeof(*more));
        }
        work->edge = more;
    }
    work->edge[work->edges++] = (struct edge){(float)bits, a, b};
}

static void *compare_all(void *arg) {
    struct work *work = arg;
    const struct blocks *blocks = work->blocks;
    /* by which record + 1 another was seen last */
    uint32_t *seen = arena_array(work->arena, work->linkage->count, sizeof(uint32_t));
    for (uint32_t a = work->from; a < work->linkage->count; a += work->step) {
        for (uint32_t k = blocks->first[a]; k < blocks->first[a + 1]; k++) {
            uint32_t block = blocks->of[k];
            for (uint32_t i = blocks->start[block]; i < blocks->start[block + 1]; i++) {
                uint32_t b = blocks->entry[i].record;
                if (b >= a) {
                    break;
                }
                if (seen[b] != a + 1) {
                    seen[b] = a + 1;
                    compare(work, a, b);
                }
            }
        }
    }
    return NULL;
}

/* --- groups
 * --------------------------------------------------------------------------------------- */

static int strongest_first(const void *a, const void *b) {
    const struct edge *one = a;
    const struct edge *two = b;
    if (one->bits != two->bits) {
        return one->bits > two->bits ? -1 : 1;
    }
    if (one->a != two->a) {
        return one->a < two->a ? -1 : 1;
    }
    return one->b < two->b ? -1 : one->b > two->b;
}

/* Groups as rings: next[i] is another record of i's group, and head[i] the least of it. */
struct groups {
    uint32_t *next;
    uint32_t *head;
    uint32_t *size; /* of the group, at its head */
};

/* Two groups are one when their records, each with each, speak for it on the whole. */
static bool may_join(const struct work *work, const struct groups *groups, uint32_t a, uint32_t b) {
    double sum = 0;
    if (groups->size[a] + groups->size[b] > GROUP_MAX) {
        return false;
    }
    uint32_t i = a;
    do {
        uint32_t j = b;
        do {
            sum += score_of(work, i, j);
            j = groups->next[j];
        } while (j != b);
        i = groups->next[i];
    } while (i != a);
    return sum / ((double)groups->size[a] * groups->size[b]) >= work->threshold;
}

static void join(struct groups *groups, uint32_t a, uint32_t b) {
    uint32_t i = b;
    do {
        groups->head[i] = a;
        i = groups->next[i];
    } while (i != b);
    uint32_t after = groups->next[a];
    groups->next[a] = groups->next[b];
    groups->next[b] = after;
    groups->size[a] += groups->size[b];
}

static void group(const struct work *work, struct link_found *found) {
    uint32_t count = work->linkage->count;
    struct groups groups = {arena_array(work->arena, count, sizeof(uint32_t)), found->cluster,
                            arena_array(work->arena, count, sizeof(uint32_t))};
    for (uint32_t i = 0; i < work->linkage->count; i++) {
        groups.next[i] = groups.head[i] = i;
        groups.size[i] = 1;
    }
    for (size_t e = 0; e < work->edges; e++) {
        uint32_t a = groups.head[work->edge[e].a];
        uint32_t b = groups.head[work->edge[e].b];
        if (a != b && may_join(work, &groups, a, b)) {
            join(&groups, a < b ? a : b, a < b ? b : a);
        }
    }
    for (uint32_t i = 0; i < work->linkage->count; i++) {
        if (groups.head[i] == i) {
            found->pairs += (uint64_t)groups.size[i] * (groups.size[i] - 1) / 2;
        }
    }
}

/* All threads' pairs in one list, the strongest first. */
static void gather(struct work work[], int threads, struct link_found *found) {
    struct work *all = &work[0];
    size_t edges = 0;
    for (int i = 0; i < threads; i++) {
        edges += work[i].edges;
        found->compared += work[i].compared;
    }
    struct edge *edge = arena_array(all->arena, edges + 1, sizeof(*edge));
    size_t used = 0;
    for (int i = 0; i < threads; i++) {
        if (work[i].edges > 0) {
            memcpy(edge + used, work[i].edge, work[i].edges * sizeof(*edge));
        }
        used += work[i].edges;
    }
    qsort(edge, edges, sizeof(*edge), strongest_first);
    all->edge = edge;
    all->edges = edges;
}

void linkage_search(struct linkage *linkage, const struct link_weights *weights, int threads,
                    struct link_found *found) {
    struct blocks blocks;
    struct bounds bounds;
    struct work work[THREADS];
    pthread_t thread[THREADS];
    struct arena *arena = arena_new(); /* what the search needs for itself */
    threads = threads < 1 ? 1 : threads > THREADS ? THREADS : threads;
    found->compared = 0;
    found->pairs = 0;
    found->cluster = arena_array(linkage->arena, (size_t)linkage->count + 1, sizeof(uint32_t));
    blocks_make(arena, linkage, &blocks);
    bounds_make(arena, linkage, weights, &bounds);
    for (int i = 0; i < threads; i++) {
        work[i] = (struct work){.linkage = linkage,
                                .blocks = &blocks,
                                .weights = weights,
                                .bounds = &bounds,
                                /* of n records, one pair in n or so is of one person */
                                .threshold = log2(linkage->count + 2.0),
                                .from = (uint32_t)i,
                                .step = (uint32_t)threads,
                                .arena = arena_new()};
        if (i > 0 && pthread_create(&thread[i], NULL, compare_all, &work[i]) != 0) {
            abort();
        }
    }
    (void)compare_all(&work[0]);
    for (int i = 1; i < threads; i++) {
        (void)pthread_join(thread[i], NULL);
    }
    gather(work, threads, found);
    group(&work[0], found);
    for (int i = 0; i < threads; i++) {
        arena_free(work[i].arena);
    }
    arena_free(arena);
}
