/* decode.h - one decoder a file format; used by picture.c only. */
#ifndef NORIA_PICTURE_DECODE_H
#define NORIA_PICTURE_DECODE_H

#include "picture.h"

/* Room for the pixels; false when the size is past the limits. */
bool picture_make(struct arena *arena, uint32_t width, uint32_t height, struct picture *out);

/* ERR_UNREADABLE when the file is broken. */
Err CHECKED decode_png(struct arena *arena, struct span bytes, struct picture *out);
Err CHECKED decode_jpeg(struct arena *arena, struct span bytes, struct picture *out);

#endif
