/* control.h - how a fault test steers the libraries that it loads into server and PostgreSQL before
 * all others: a file of a few numbers, mapped by both sides. Named by CHAOS_CONTROL. */
#ifndef NORIA_TESTS_CHAOS_CONTROL_H
#define NORIA_TESTS_CHAOS_CONTROL_H

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct control {
    _Atomic int64_t offset;      /* shift_clock: seconds added to the wall clock */
    _Atomic int64_t syncs;       /* fail_sync: the so-manieth sync from now fails; 0: none */
    _Atomic int64_t data;        /* fail_sync: of a data file, not of the log */
    _Atomic int64_t lies;        /* fail_sync: each sync of the log loses and says it did not */
    _Atomic int64_t allocations; /* fail_alloc: the so-manieth allocation fails; 0: none */
    _Atomic int64_t counted;     /* fail_alloc: allocations so far */
    _Atomic int64_t hits;        /* faults that were injected */
};

/* The mapped file; NULL without one. */
static inline struct control *control_map(const char *path) {
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    void *map = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    return map == MAP_FAILED ? NULL : map;
}

/* Counts down; true for the one that is to fail. */
static inline int control_strikes(struct control *control, _Atomic int64_t *left) {
    if (atomic_load(left) <= 0 || atomic_fetch_sub(left, 1) != 1) {
        return 0;
    }
    atomic_fetch_add(&control->hits, 1);
    return 1;
}

#endif
