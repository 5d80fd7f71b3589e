/* A trust list on any bytes: as it comes (never taken, nobody signed it), and its claims as if the
 * root had signed them. */
#include <stdint.h>
#include <stdlib.h>

#include "../support/sw1_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct cbor_limits limits = {SW1_TRUST_SIZE_MAX, 2048, 5};
    static struct arena *arena;
    static struct arena *kept;
    static struct sw1_key *root;
    if (arena == NULL) {
        arena = arena_new();
        kept = arena_new();
        if (sw1_key_generate(kept, &root) != OK) {
            abort();
        }
    }
    struct span bytes = {(const char *)data, size};
    struct sw1_trust trust;
    struct cose cose;
    struct cbor claims;
    if (sw1_trust_read(arena, bytes, root, &trust)) {
        abort();
    }
    bool shaped = cose_read(arena, bytes, SW1_TRUST_TYP, &limits, &cose) == SW1_VALID;
    bool plain = !shaped && cbor_read(arena, bytes, &limits, &claims);
    if (shaped || plain) {
        (void)sw1_trust_claims(arena, shaped ? &cose.claims : &claims, &trust);
    }
    arena_reset(arena);
    return 0;
}
