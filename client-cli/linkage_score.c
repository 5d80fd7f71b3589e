/* linkage_score.c - see linkage_score.h. */
#include "linkage_score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/base/arena.h"

void link_room(struct link_input *input, size_t more) {
    size_t have = input->person == NULL ? 0 : linkage_count(input->linkage);
    struct span *person = arena_array(input->arena, have + more, sizeof(*person));
    struct span *name = arena_array(input->arena, have + more, sizeof(*name));
    for (size_t i = 0; i < have; i++) {
        person[i] = input->person[i];
        name[i] = input->name[i];
    }
    input->person = person;
    input->name = name;
}

struct named {
    struct span text;
    uint32_t record;
};

static int by_text(const void *a, const void *b) {
    const struct named *one = a;
    const struct named *two = b;
    size_t size = one->text.len < two->text.len ? one->text.len : two->text.len;
    int order = size == 0 ? 0 : memcmp(one->text.ptr, two->text.ptr, size);
    if (order == 0 && one->text.len != two->text.len) {
        return one->text.len < two->text.len ? -1 : 1;
    }
    return order != 0 ? order : one->record < two->record ? -1 : one->record > two->record;
}

const uint32_t *link_persons(struct arena *arena, const struct span *person, uint32_t count) {
    struct named *named = arena_array(arena, (size_t)count + 1, sizeof(*named));
    uint32_t *number = arena_array(arena, (size_t)count + 1, sizeof(*number));
    for (uint32_t i = 0; i < count; i++) {
        named[i] = (struct named){person[i], i};
    }
    qsort(named, count, sizeof(*named), by_text);
    uint32_t next = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool same = i > 0 && named[i].text.len > 0 && span_equal(named[i].text, named[i - 1].text);
        next += !same;
        number[named[i].record] = next;
    }
    return number;
}

void link_half(const uint32_t *person, uint32_t count, bool *use) {
    for (uint32_t i = 0; i < count; i++) {
        use[i] = ((person[i] * 2654435761U) >> 16 & 1) != 0;
    }
}

/* --- pairs
 * ---------------------------------------------------------------------------------------- */

struct member {
    uint32_t cluster;
    uint32_t person;
    bool measured;
};

static int by_cluster(const void *a, const void *b) {
    const struct member *one = a;
    const struct member *two = b;
    if (one->cluster != two->cluster) {
        return one->cluster < two->cluster ? -1 : 1;
    }
    return one->person < two->person ? -1 : one->person > two->person;
}

static int by_person(const void *a, const void *b) {
    const struct member *one = a;
    const struct member *two = b;
    return one->person < two->person ? -1 : one->person > two->person;
}

static uint64_t pairs_of(uint64_t count) {
    return count * (count - (count > 0)) / 2;
}

/* Pairs in which one at least is measured, over runs of equal members. */
static uint64_t count_runs(const struct member *member, uint32_t count, bool persons,
                           bool clusters) {
    uint64_t pairs = 0;
    for (uint32_t from = 0; from < count;) {
        uint32_t to = from;
        uint64_t left_out = 0;
        while (to < count && (!persons || member[to].person == member[from].person) &&
               (!clusters || member[to].cluster == member[from].cluster)) {
            left_out += !member[to].measured;
            to++;
        }
        pairs += pairs_of(to - from) - pairs_of(left_out);
        from = to;
    }
    return pairs;
}

void link_measure(struct arena *arena, const uint32_t *cluster, const uint32_t *person,
                  const bool *measured, uint32_t count, struct link_measure *measure) {
    struct member *member = arena_array(arena, (size_t)count + 1, sizeof(*member));
    for (uint32_t i = 0; i < count; i++) {
        member[i] = (struct member){cluster[i], person[i], measured[i]};
    }
    qsort(member, count, sizeof(*member), by_cluster);
    double found = (double)count_runs(member, count, false, true);
    double right = (double)count_runs(member, count, true, true);
    qsort(member, count, sizeof(*member), by_person);
    double truth = (double)count_runs(member, count, true, false);
    measure->pairs = (uint64_t)found;
    measure->precision = found > 0 ? right / found : 1;
    measure->recall = truth > 0 ? right / truth : 1;
    measure->f1 = found + truth > 0 ? 2 * right / (found + truth) : 1;
}

void link_print_weights(const struct link_weights *weights) {
    printf("  %-16s %-39s %s\n", "part", "m: same, near, alike, other", "u");
    for (enum link_part part = 0; part < LINK_PARTS; part++) {
        const double *m = weights->m[part];
        const double *u = weights->u[part];
        printf("  %-16s %.4f %.4f %.4f %.4f            %.5f %.5f %.5f %.5f\n", link_part_name(part),
               m[0], m[1], m[2], m[3], u[0], u[1], u[2], u[3]);
    }
}
