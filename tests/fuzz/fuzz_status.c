/* A status list on any bytes: as it comes (never taken, nobody signed it), and its claims as if a
 * status key had signed them; every entry of what could be read is looked at. */
#include <stdint.h>
#include <stdlib.h>

#include "../../lib/sw1/status_keys.h"
#include "../support/sw1_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct cbor_limits limits = {SW1_STATUS_SIZE_MAX, 64, 4};
    static struct arena *arena;
    static struct sw1_fixture fixture;
    if (arena == NULL) {
        arena = arena_new();
        sw1_fixture_init(&fixture, arena_new());
    }
    struct span bytes = {(const char *)data, size};
    struct sw1_status_list list;
    struct cose cose;
    struct cbor claims;
    if (sw1_status_read(arena, bytes, &fixture.trust, &list)) {
        abort();
    }
    bool shaped = cose_read(arena, bytes, SW1_STATUS_TYP, &limits, &cose) == SW1_VALID;
    bool plain = !shaped && cbor_read(arena, bytes, &limits, &claims);
    if ((shaped || plain) && sw1_status_claims(arena, shaped ? &cose.claims : &claims, &list)) {
        int64_t entries = (int64_t)list.packed.len * 4;
        for (int64_t i = 0; i <= entries; i += 1 + i / 8) {
            if ((sw1_status_get(&list, i) < 0) != (i == entries)) {
                abort();
            }
        }
        if (sw1_status_get(&list, INT64_MAX) != -1) {
            abort();
        }
    }
    arena_reset(arena);
    return 0;
}
