#include "picture.h"

#include <string.h>

#include "decode.h"

enum picture_type picture_type(struct span bytes) {
    if (bytes.len >= 8 && memcmp(bytes.ptr, "\x89PNG\r\n\x1a\n", 8) == 0) {
        return PICTURE_PNG;
    }
    return bytes.len >= 3 && memcmp(bytes.ptr, "\xff\xd8\xff", 3) == 0 ? PICTURE_JPEG
                                                                       : PICTURE_NONE;
}

Err picture_read(struct arena *arena, struct span bytes, struct picture *out) {
    switch (picture_type(bytes)) {
    case PICTURE_PNG:
        return decode_png(arena, bytes, out);
    case PICTURE_JPEG:
        return decode_jpeg(arena, bytes, out);
    case PICTURE_NONE:
        break;
    }
    return ERR_UNREADABLE;
}
