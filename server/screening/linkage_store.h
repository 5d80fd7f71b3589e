/* linkage_store.h - the records of a search: each distinct value is kept once. For linkage_*.c
 * only.
 */
#ifndef NORIA_SCREENING_LINKAGE_STORE_H
#define NORIA_SCREENING_LINKAGE_STORE_H

#include "linkage.h"

/* The distinct values of one part, and a table to find them in. */
struct link_pool {
    struct link_value *values; /* [0] is the empty one */
    uint32_t count;
    uint32_t room;
    uint32_t *slots; /* open addressing; 0: free */
    uint32_t slot_count;
};

struct linkage {
    struct arena *arena;
    struct link_pool pool[LINK_PARTS];
    uint32_t (*record)[LINK_PARTS]; /* places in the pools */
    uint32_t count;
    uint32_t room;
};

/* The values of a record. */
void linkage_values(const struct linkage *linkage, uint32_t record,
                    const struct link_value *out[LINK_PARTS]);

#endif
