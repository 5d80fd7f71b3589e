/* decode.h - one decoder a file format; used by picture.c only. */
#ifndef NORIA_PICTURE_DECODE_H
#define NORIA_PICTURE_DECODE_H

#include "../base/arena.h"
#include "picture.h"

/* Room for the pixels; false when the size is past the limits. */
static inline bool picture_make(struct arena *arena, uint32_t width, uint32_t height,
                                struct picture *out) {
    if (width == 0 || height == 0 || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX ||
        (uint64_t)width * height > PICTURE_PIXELS_MAX) {
        return false;
    }
    *out = (struct picture){(int)width, (int)height, arena_array(arena, height, width)};
    return true;
}

/* ERR_UNREADABLE when the file is broken. */
Err CHECKED decode_png(struct arena *arena, struct span bytes, struct picture *out);
Err CHECKED decode_jpeg(struct arena *arena, struct span bytes, struct picture *out);

#endif
