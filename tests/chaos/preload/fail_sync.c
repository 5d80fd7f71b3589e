/* fail_sync.c - loaded before all other libraries: a sync fails as a dying disk's does. What this
 * process wrote to PostgreSQL's log since its last sync is lost with it: the old bytes are put
 * back, as the kernel does when it drops pages that it could not write. A lying disk loses the same
 * and says that all went well. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "control.h"

enum { RANGES = 64, ROOM = 16 * 1024 * 1024, PATH = 512 };

struct range {
    int fd;
    off_t at;
    size_t size;
    size_t kept; /* where its old bytes lie in `old` */
};

struct state {
    struct control *control;
    struct range range[RANGES];
    int count;
    char *old;
    size_t used;
};

static struct state state; /* process-wide: PostgreSQL's processes have one thread */

__attribute__((constructor)) static void map_control(void) {
    state.control = control_map(getenv("CHAOS_CONTROL"));
}

static int is_armed(void) {
    return state.control != NULL &&
           (atomic_load(&state.control->syncs) > 0 || atomic_load(&state.control->lies) > 0);
}

static int is_log(int fd) {
    char name[64];
    char path[PATH] = {0};
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return readlink(name, path, sizeof path - 1) > 0 && strstr(path, "/pg_wal/") != NULL;
}

/* Remembers what stands where something will be written. */
static void remember(int fd, off_t at, size_t size) {
    if (state.old == NULL) {
        void *map = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        state.old = map == MAP_FAILED ? NULL : map;
    }
    if (state.old == NULL || state.count == RANGES || size > ROOM - state.used) {
        return;
    }
    long got = syscall(SYS_pread64, fd, state.old + state.used, size, at);
    if (got == (long)size) {
        state.range[state.count++] = (struct range){fd, at, size, state.used};
        state.used += size;
    }
}

/* The newest first, as they may lie over each other. */
static void undo(int fd) {
    for (int i = state.count; i > 0; i--) {
        const struct range *range = &state.range[i - 1];
        if (range->fd == fd) {
            (void)syscall(SYS_pwrite64, fd, state.old + range->kept, range->size, range->at);
        }
    }
}

static void forget(void) {
    state.count = 0;
    state.used = 0;
}

static int sync_or_fail(int fd, long number) {
    if (!is_armed()) {
        forget();
        return (int)syscall(number, fd);
    }
    struct control *control = state.control;
    int log = is_log(fd);
    if (log && atomic_load(&control->lies) > 0) {
        atomic_fetch_add(&control->hits, 1);
        undo(fd);
        forget();
        return 0;
    }
    if (log == (atomic_load(&control->data) == 0) && control_strikes(control, &control->syncs)) {
        undo(fd);
        forget();
        errno = EIO;
        return -1;
    }
    forget();
    return (int)syscall(number, fd);
}

int fsync(int fd) {
    return sync_or_fail(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return sync_or_fail(fd, SYS_fdatasync);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    if (is_armed() && is_log(fd)) {
        remember(fd, at, size);
    }
    return syscall(SYS_pwrite64, fd, bytes, size, at);
}
