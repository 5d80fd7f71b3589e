#include "picture.h"

#include <string.h>

#include "../base/arena.h"
#include "decode.h"

enum picture_type picture_type(struct span bytes) {
    if (bytes.len >= 8 && memcmp(bytes.ptr, "\x89PNG\r\n\x1a\n", 8) == 0) {
        return PICTURE_PNG;
    }
    return bytes.len >= 3 && memcmp(bytes.ptr, "\xff\xd8\xff", 3) == 0 ? PICTURE_JPEG
                                                                       : PICTURE_NONE;
}

bool picture_make(struct arena *arena, uint32_t width, uint32_t height, struct picture *out) {
    if (width == 0 || height == 0 || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX ||
        (uint64_t)width * height > PICTURE_PIXELS_MAX) {
        return false;
    }
    *out = (struct picture){(int)width, (int)height, arena_array(arena, height, width)};
    return true;
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

/* A decimal number after white space; false when there is none or it is too large. */
static bool pgm_number(struct span bytes, size_t *at, uint32_t *number) {
    while (*at < bytes.len && (bytes.ptr[*at] == ' ' || bytes.ptr[*at] == '\n')) {
        ++*at;
    }
    size_t start = *at;
    uint32_t value = 0;
    while (*at < bytes.len && *at - start < 6 && bytes.ptr[*at] >= '0' && bytes.ptr[*at] <= '9') {
        value = value * 10 + (uint32_t)(bytes.ptr[(*at)++] - '0');
    }
    *number = value;
    return *at > start;
}

Err picture_read_pgm(struct arena *arena, struct span bytes, struct picture *out, size_t *used) {
    size_t at = 2;
    uint32_t width;
    uint32_t height;
    uint32_t most;
    if (bytes.len < 2 || memcmp(bytes.ptr, "P5", 2) != 0 || !pgm_number(bytes, &at, &width) ||
        !pgm_number(bytes, &at, &height) || !pgm_number(bytes, &at, &most) || most != 255 ||
        at == bytes.len) {
        return ERR_UNREADABLE;
    }
    at++; /* one white space before the pixels */
    if (bytes.len - at < (uint64_t)width * height || !picture_make(arena, width, height, out)) {
        return ERR_UNREADABLE;
    }
    memcpy(out->grey, bytes.ptr + at, (size_t)width * height);
    *used = at + (size_t)width * height;
    return OK;
}
