/* Pictures on any bytes: decoding, and the looking for QR codes in what was decoded. The decoders
 * and the scanner are libraries; the limits, the scaling and the handling of their failures are
 * ours. */
#include <stdint.h>

#include "../../lib/base/arena.h"
#include "../../lib/picture/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SMALL = 64 * 1024 }; /* pixels: larger ones only cost time */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct picture picture;
    struct qr_found found = {0};
    if (picture_read(arena, (struct span){(const char *)data, size}, &picture) == OK &&
        picture.width * picture.height <= SMALL) {
        qr_scan(arena, &picture, &found);
    }
    arena_free(arena);
    return 0;
}
