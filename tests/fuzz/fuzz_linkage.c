/* fuzz_linkage.c - any bytes as two values of every part: no crash, the same level both ways, a
 * value the same as itself, and a likeness between 0 and 1. */
#include <stdint.h>
#include <stdlib.h>

#include "../../lib/base/arena.h"
#include "../../server/screening/linkage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct span one = {(const char *)data, size / 2};
    struct span two = {(const char *)data + size / 2, size - size / 2};
    double alike = names_likeness(one, two);
    bool bad = !(alike >= 0 && alike <= 1);
    for (enum link_part part = 0; part < LINK_PARTS; part++) {
        struct link_value a;
        struct link_value b;
        link_value_of(arena, part, one, &a);
        link_value_of(arena, part, two, &b);
        bad = bad || link_level(part, &a, &b) != link_level(part, &b, &a);
        bad = bad || (a.size > 0 && link_level(part, &a, &a) != LINK_SAME);
    }
    if (bad) {
        abort();
    }
    arena_free(arena);
    return 0;
}
