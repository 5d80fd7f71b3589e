/* linkage_store.c - keeping the records of a search, and counting how often levels are seen. */
#include "linkage_store.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"

/* A larger copy; the old one stays in the arena until its end (together less than the new one). */
static void *grown(struct arena *arena, const void *old, size_t count, size_t more, size_t size) {
    void *array = arena_array(arena, more, size);
    if (count > 0) {
        memcpy(array, old, count * size);
    }
    return array;
}

static void pool_rehash(struct arena *arena, struct link_pool *pool, uint32_t slot_count) {
    pool->slots = arena_array(arena, slot_count, sizeof(uint32_t));
    pool->slot_count = slot_count;
    for (uint32_t i = 1; i < pool->count; i++) {
        uint32_t at = (uint32_t)pool->values[i].hash & (slot_count - 1);
        while (pool->slots[at] != 0) {
            at = (at + 1) & (slot_count - 1);
        }
        pool->slots[at] = i;
    }
}

struct linkage *linkage_new(struct arena *arena) {
    struct linkage *linkage = ARENA_NEW(arena, struct linkage);
    linkage->arena = arena;
    linkage->room = 1024;
    linkage->record = arena_array(arena, linkage->room, sizeof(*linkage->record));
    for (int part = 0; part < LINK_PARTS; part++) {
        struct link_pool *pool = &linkage->pool[part];
        pool->room = 64;
        pool->values = arena_array(arena, pool->room, sizeof(*pool->values));
        pool->count = 1;
        pool_rehash(arena, pool, 128);
    }
    return linkage;
}

/* The place of a value in its pool; it is added when it is new. */
static uint32_t pool_put(struct linkage *linkage, enum link_part part, struct span text) {
    struct link_pool *pool = &linkage->pool[part];
    struct link_value value;
    char spare[LINK_TEXT];
    link_value_plain(part, text, spare, &value);
    if (value.size == 0) {
        return 0;
    }
    uint32_t at = (uint32_t)value.hash & (pool->slot_count - 1);
    for (; pool->slots[at] != 0; at = (at + 1) & (pool->slot_count - 1)) {
        struct link_value *known = &pool->values[pool->slots[at]];
        if (known->size == value.size && memcmp(known->text, value.text, value.size) == 0) {
            known->count++;
            return pool->slots[at];
        }
    }
    if (pool->count == pool->room) {
        pool->room *= 2;
        pool->values =
            grown(linkage->arena, pool->values, pool->count, pool->room, sizeof(*pool->values));
    }
    uint32_t place = pool->count++;
    link_value_of(linkage->arena, part, text, &pool->values[place]);
    pool->values[place].count = 1;
    pool->slots[at] = place;
    if (pool->count * 2 > pool->slot_count) {
        pool_rehash(linkage->arena, pool, pool->slot_count * 2);
    }
    return place;
}

bool linkage_add(struct linkage *linkage, const struct span part[LINK_PARTS]) {
    if (linkage->count == LINK_RECORDS) {
        return false;
    }
    if (linkage->count == linkage->room) {
        linkage->room *= 2;
        linkage->record = grown(linkage->arena, linkage->record, linkage->count, linkage->room,
                                sizeof(*linkage->record));
    }
    for (enum link_part i = 0; i < LINK_PARTS; i++) {
        linkage->record[linkage->count][i] = pool_put(linkage, i, part[i]);
    }
    linkage->count++;
    return true;
}

uint32_t linkage_count(const struct linkage *linkage) {
    return linkage->count;
}

void linkage_values(const struct linkage *linkage, uint32_t record,
                    const struct link_value *out[LINK_PARTS]) {
    for (int part = 0; part < LINK_PARTS; part++) {
        out[part] = &linkage->pool[part].values[linkage->record[record][part]];
    }
}

/* --- counting
 * ------------------------------------------------------------------------------------- */

struct tally {
    double seen[LINK_PARTS][LINK_LEVELS];
    double swaps;
    double pairs;
};

static void tally_pair(const struct linkage *linkage, uint32_t one, uint32_t two,
                       struct tally *tally) {
    const struct link_value *a[LINK_PARTS];
    const struct link_value *b[LINK_PARTS];
    struct link_score score;
    linkage_values(linkage, one, a);
    linkage_values(linkage, two, b);
    link_compare(&link_weights_default, a, b, 0, &score);
    for (int part = 0; part < LINK_PARTS; part++) {
        if (score.level[part] < LINK_LEVELS) {
            tally->seen[part][score.level[part]]++;
        }
    }
    tally->swaps += score.swapped;
    tally->pairs++;
}

/* Shares, drawn a little towards those of the weights shipped, so that what was never seen is rare
 * and not impossible. */
static void settle(const struct tally *tally, const double prior[LINK_PARTS][LINK_LEVELS],
                   double out[LINK_PARTS][LINK_LEVELS]) {
    const double pull = 5;
    for (int part = 0; part < LINK_PARTS; part++) {
        double sum = 0;
        for (int level = 0; level < LINK_LEVELS; level++) {
            sum += tally->seen[part][level];
        }
        for (int level = 0; level < LINK_LEVELS; level++) {
            out[part][level] =
                (tally->seen[part][level] + pull * prior[part][level]) / (sum + pull);
        }
    }
}

struct place {
    uint32_t person;
    uint32_t record;
};

static int by_person(const void *a, const void *b) {
    const struct place *one = a;
    const struct place *two = b;
    return one->person != two->person  ? (one->person < two->person ? -1 : 1)
           : one->record < two->record ? -1
                                       : one->record > two->record;
}

void linkage_fit(const struct linkage *linkage, const uint32_t *person, const bool *use,
                 struct link_weights *weights) {
    enum { STRANGERS = 200000 };
    struct place *places = arena_array(linkage->arena, (size_t)linkage->count + 1, sizeof(*places));
    uint32_t used = 0;
    for (uint32_t i = 0; i < linkage->count; i++) {
        if (use[i]) {
            places[used++] = (struct place){person[i], i};
        }
    }
    qsort(places, used, sizeof(*places), by_person);
    struct tally same = {.pairs = 0};
    struct tally other = {.pairs = 0};
    for (uint32_t i = 0; i < used; i++) {
        for (uint32_t j = i + 1; j < used && places[j].person == places[i].person; j++) {
            tally_pair(linkage, places[i].record, places[j].record, &same);
        }
    }
    uint64_t state = 1; /* the same strangers each time (Knuth's MMIX generator) */
    for (int i = 0; i < STRANGERS && used > 1; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const struct place *a = &places[(state >> 33) % used];
        state = state * 6364136223846793005U + 1442695040888963407U;
        const struct place *b = &places[(state >> 33) % used];
        if (a->person != b->person) {
            tally_pair(linkage, a->record, b->record, &other);
        }
    }
    settle(&same, link_weights_default.m, weights->m);
    settle(&other, link_weights_default.u, weights->u);
    weights->swapped = link_weights_default.swapped;
}
