#include "wipe.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/memory.h"

enum { DEEP = 128 * 1024 }; /* a reader of files keeps 64 KiB on its stack */

__attribute__((noinline)) void wipe_stack(void) {
    __attribute__((uninitialized)) char below[DEEP];
    explicit_bzero(below, sizeof below);
}

/* The sanitizers have an allocator of their own, which keeps what is freed for a while. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)

/* glibc's own, under the name that it exports for such as us. */
void __libc_free(void *memory); // NOLINT(bugprone-reserved-identifier)

void free(void *memory) {
    int before = errno;
    if (memory != NULL) {
        explicit_bzero(memory, malloc_usable_size(memory));
        __libc_free(memory);
    }
    errno = before;
}

void memory_drop(void *bytes) {
    __libc_free(bytes);
}

/* The C library's would leave a copy behind wherever it moves a block to a larger place. */
void *realloc(void *memory, size_t size) {
    size_t had = memory == NULL ? 0 : malloc_usable_size(memory);
    if (memory != NULL && size == 0) {
        free(memory);
        return NULL;
    }
    if (size <= had && size >= had / 2) {
        explicit_bzero((char *)memory + size, had - size);
        return memory;
    }
    void *moved = malloc(size);
    if (moved != NULL && memory != NULL) {
        memcpy(moved, memory, had < size ? had : size);
        free(memory);
    }
    return moved;
}

#endif
