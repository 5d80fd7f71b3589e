/* assign_vain.h - a memory of those who looked through a set of classes in vain, so that nobody who
 * may have less than they is asked to look again. Internal to the assignment.
 *
 * Whoever comes as late or later, leaves as early or earlier and has the same skills and experience
 * may have no class of a block that the first one may not. So while a set only shrinks, one failure
 * speaks for many. The memory is of a fixed size and may forget; it never errs. */
#ifndef NORIA_MATCHING_ASSIGN_VAIN_H
#define NORIA_MATCHING_ASSIGN_VAIN_H

#include "assign_rows.h"

struct arena;

enum { VAIN_SLOTS = 1 << 14, VAIN_STEPS = 52, VAIN_LASTS = 255 };

/* Those of one block, skills and experience who looked through one set: a line of memory. */
struct vain_slot {
    uint32_t skill;
    uint32_t set; /* 0: empty */
    uint16_t months, block;
    uint8_t last[VAIN_STEPS]; /* by step of first days: the steps of last days that are covered */
};

struct vain {
    struct vain_slot *slots;
    uint32_t firsts, lasts; /* rows in a step */
};

void vain_new(struct arena *arena, const struct rows_table *table, struct vain *vain);

static inline struct vain_slot *vain_slot(const struct vain *vain, const struct row_key *key,
                                          int block, uint32_t set) {
    uint64_t mixed = ((uint64_t)key->skill << 32 | (uint64_t)block << 16 | key->months) ^
                     (uint64_t)set * UINT64_C(0xD6E8FEB86659FD93);
    return &vain->slots[(mixed * UINT64_C(0x9E3779B97F4A7C15)) >> 50];
}

/* Whether somebody who may have as much in the block looked through the set in vain. */
static inline bool vain_is(const struct vain *vain, const struct row_key *key, int block,
                           uint32_t set) {
    const struct vain_slot *slot = vain_slot(vain, key, block, set);
    return slot->set == set && slot->skill == key->skill && slot->months == key->months &&
           slot->block == block && slot->last[key->first / vain->firsts] > key->last / vain->lasts;
}

/* Remembers that the set (a number that the caller gives, not 0) holds nothing for this key. */
void vain_add(const struct vain *vain, const struct row_key *key, int block, uint32_t set);

#endif
