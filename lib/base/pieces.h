/* pieces.h - a stretch of a file, read piece by piece: memory does not grow with its size. */
#ifndef NORIA_BASE_PIECES_H
#define NORIA_BASE_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "text.h"

/* Copy one for each pass; the file's own position does not move. */
struct pieces {
    int fd;
    int64_t at;   /* of the next byte */
    int64_t size; /* bytes left */
};

/* Reads the next bytes, 1..`cap` of them, into `room`; there must be some left. ERR_IO also when
 * the file is shorter than it was said to be. */
Err CHECKED pieces_next(struct pieces *pieces, char *room, size_t cap, struct span *piece);

#endif
