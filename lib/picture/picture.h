/* picture.h - photographs and scans as grey pixels, and the QR codes in them.
 *
 * Files come from anybody: sizes are limited before pixels are allocated. */
#ifndef NORIA_PICTURE_PICTURE_H
#define NORIA_PICTURE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/err.h"
#include "../base/text.h"

struct arena;

/* Pixels of a picture at most: a 36-megapixel photograph. */
enum { PICTURE_SIDE_MAX = 12000, PICTURE_PIXELS_MAX = 40 * 1000 * 1000 };

/* Grey pixels, row by row, 0 black to 255 white. */
struct picture {
    int width;
    int height;
    uint8_t *grey;
};

enum picture_type { PICTURE_NONE, PICTURE_PNG, PICTURE_JPEG };

/* What the first bytes say. */
enum picture_type picture_type(struct span bytes);

/* Decodes a PNG or JPEG; transparent parts become white. ERR_UNREADABLE when it is broken, of
 * another type, or past the limits. */
Err CHECKED picture_read(struct arena *arena, struct span bytes, struct picture *out);

/* The texts of the QR codes found in a picture, one for each code. */
enum { QR_FOUND_MAX = 8 };
struct qr_found {
    int count;
    struct span text[QR_FOUND_MAX];
};

/* Looks for QR codes, as it is and, when there are none, at other sizes and softened; adds to
 * `found` (zeroed by the caller at first). Past QR_FOUND_MAX the others are left out. */
void qr_scan(struct arena *arena, const struct picture *picture, struct qr_found *found);

#endif
