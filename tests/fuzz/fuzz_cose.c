/* A signed document on any bytes: its shape, its header, its claims. The claims are read as if the
 * signature held, so that the code behind it is reached without signing; what they hold, written
 * again, must be read as the same. */
#include <stdint.h>
#include <stdlib.h>

#include "../support/sw1_fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every claim comes back from the writer as it was. */
static void write_again(struct arena *arena, const struct sw1_claims *claims) {
    static const struct cbor_limits limits = {4300, 192, 6};
    struct cbor doc;
    struct sw1_claims back;
    if (!cbor_read(arena, sw1_claims_write(arena, claims), &limits, &doc) ||
        sw1_claims_read(&doc, &back) != NULL) {
        abort();
    }
    for (int i = 0; i < sw1_claims_rows(); i++) {
        struct sw1_shown a;
        struct sw1_shown b;
        bool shown = sw1_claims_show(claims, i, &a);
        if (shown != sw1_claims_show(&back, i, &b) ||
            (shown && (a.number ? a.value != b.value : !span_equal(a.text, b.text)))) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct cbor_limits limits = {4300, 192, 6};
    static struct arena *arena;
    static struct arena *kept;
    static struct sw1_key *key; /* signed none of it */
    if (arena == NULL) {
        arena = arena_new();
        kept = arena_new();
        if (sw1_key_generate(kept, &key) != OK) {
            abort();
        }
    }
    struct span bytes = {(const char *)data, size};
    struct cose cose;
    struct sw1_claims claims;
    if (cose_read(arena, bytes, NULL, &limits, &cose) == SW1_VALID) {
        if (sw1_claims_read(&cose.claims, &claims) == NULL) {
            write_again(arena, &claims);
        }
        /* The signature alone costs more than all else: one input of 16. */
        if (cose.signature.len > 0 && cose.signature.ptr[0] % 16 == 0 &&
            cose_verify(arena, &cose, key)) {
            abort();
        }
    }
    arena_reset(arena);
    return 0;
}
