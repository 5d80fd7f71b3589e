/* fail_alloc.c - loaded before all other libraries: the N-th allocation gives NULL. */
#include <errno.h>
#include <stddef.h>

#include "control.h"

/* glibc's own, under the names that it exports for such as us. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size);

static struct control *control; /* process-wide: set before main */

__attribute__((constructor)) static void map_control(void) {
    control = control_map(getenv("CHAOS_CONTROL"));
}

static int fails(void) {
    if (control == NULL) {
        return 0;
    }
    atomic_fetch_add_explicit(&control->counted, 1, memory_order_relaxed);
    if (!control_strikes(control, &control->allocations)) {
        return 0;
    }
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return fails() ? NULL : __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    void *got = memalign(alignment, size);
    if (got == NULL) {
        return ENOMEM;
    }
    *out = got;
    return 0;
}
