/* base45 on anything: what decodes must encode to the same text again. */
#include <stdint.h>
#include <stdlib.h>

#include "../../lib/base/arena.h"
#include "../../lib/sw1/base45.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct span text = {(const char *)data, size};
    struct span bytes;
    if (base45_decode(arena, text, &bytes) && !span_equal(base45_encode(arena, bytes), text)) {
        abort();
    }
    arena_free(arena);
    return 0;
}
