/* body_store.c - a body as it arrives: in memory, or in an unlinked file that is mapped at its end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/base/arena.h"
#include "body.h"

static void close_spool(void *object) {
    (void)close(*(int *)object);
}

Err spool_failed(void) {
    return errno == ENOSPC || errno == EDQUOT ? ERR_STORAGE_FULL : ERR_IO;
}

int spool_open(struct arena *arena, const char *folder) {
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        char *name = arena_printf(arena, "%s/upload-XXXXXX", folder);
        fd = mkostemp(name, O_CLOEXEC);
        if (fd >= 0) {
            (void)unlink(name);
        }
    }
    if (fd >= 0) {
        int *kept = ARENA_NEW(arena, int);
        *kept = fd;
        arena_defer(arena, close_spool, kept);
    }
    return fd;
}

static Err spool_write(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno != EINTR) {
            return spool_failed();
        }
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
        }
    }
    return OK;
}

Err body_add(struct body *body, const char *bytes, size_t size, size_t limit) {
    if (size > limit - body->size) {
        return ERR_TOO_LARGE;
    }
    if (body->spool >= 0) {
        TRY(spool_write(body->spool, bytes, size));
    } else {
        buf_add(&body->memory, bytes, size);
    }
    body->size += size;
    return OK;
}

struct mapping {
    void *start;
    size_t size;
};

static void unmap(void *object) {
    struct mapping *mapping = object;
    (void)munmap(mapping->start, mapping->size);
}

Err body_finish(struct arena *arena, struct body *body) {
    if (body->spool < 0 || body->size == 0) {
        body->all = (struct span){body->size == 0 ? "" : body->memory.ptr, body->size};
        return OK;
    }
    void *start = mmap(NULL, body->size, PROT_READ, MAP_PRIVATE, body->spool, 0);
    if (start == MAP_FAILED) {
        return ERR_IO;
    }
    struct mapping *mapping = ARENA_NEW(arena, struct mapping);
    *mapping = (struct mapping){start, body->size};
    arena_defer(arena, unmap, mapping);
    body->mapped = start;
    body->all = (struct span){start, body->size};
    return OK;
}

void body_forget(struct body *body, const char *at) {
    if (body->mapped == NULL) {
        return;
    }
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t end = at == NULL ? body->size : (size_t)(at - body->all.ptr) / page * page;
    size_t begin = at == NULL || end < 2UL * BODY_WINDOW ? 0 : end - 2UL * BODY_WINDOW;
    (void)madvise((char *)body->mapped + begin / page * page, end - begin / page * page,
                  MADV_DONTNEED);
}
