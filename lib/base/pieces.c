#include "pieces.h"

#include <errno.h>
#include <unistd.h>

Err pieces_next(struct pieces *pieces, char *room, size_t cap, struct span *piece) {
    size_t want = pieces->size < (int64_t)cap ? (size_t)pieces->size : cap;
    ssize_t got;
    do {
        got = pread(pieces->fd, room, want, pieces->at);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) {
        return ERR_IO;
    }
    pieces->at += got;
    pieces->size -= got;
    *piece = (struct span){room, (size_t)got};
    return OK;
}
