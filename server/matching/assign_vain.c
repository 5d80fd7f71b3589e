#include "assign_vain.h"

#include <string.h>

#include "../../lib/base/arena.h"

void vain_new(struct arena *arena, const struct rows_table *table, struct vain *vain) {
    struct vain_slot *slots = arena_array(arena, VAIN_SLOTS + 1, sizeof *slots);
    size_t into_line = (uintptr_t)slots % sizeof *slots;
    vain->slots = (struct vain_slot *)((unsigned char *)slots + (sizeof *slots - into_line));
    vain->firsts = (uint32_t)(table->nfirst + 1) / VAIN_STEPS + 1;
    vain->lasts = (uint32_t)(table->nlast + 1) / VAIN_LASTS + 1;
}

void vain_add(const struct vain *vain, const struct row_key *key, int block, uint32_t set) {
    struct vain_slot *slot = vain_slot(vain, key, block, set);
    if (slot->set != set || slot->skill != key->skill || slot->months != key->months ||
        slot->block != block) {
        *slot = (struct vain_slot){
            .skill = key->skill, .set = set, .months = key->months, .block = (uint16_t)block};
    }
    /* Only steps of which the key reaches every day. */
    int firsts = (int)((key->first + 1U) / vain->firsts);
    uint8_t lasts = (uint8_t)((key->last + 1U) / vain->lasts);
    for (int i = firsts - 1; i >= 0 && slot->last[i] < lasts; i--) {
        slot->last[i] = lasts;
    }
}
