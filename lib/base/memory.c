#include "memory.h"

#include <stdlib.h>

#include "log.h"

_Noreturn void memory_lacking(void) {
    LOG(LOG_ERROR, "out_of_memory"); /* allocates nothing */
    abort();
}

void *memory_take(size_t size) {
    void *bytes = size == 0 ? NULL : malloc(size);
    if (bytes == NULL && size > 0) {
        memory_lacking();
    }
    return bytes;
}

void *memory_again(void *bytes, size_t size) {
    if (size == 0) {
        free(bytes);
        return NULL;
    }
    void *more = realloc(bytes, size);
    if (more == NULL) {
        memory_lacking();
    }
    return more;
}

void memory_give(void *bytes) {
    free(bytes);
}

__attribute__((weak)) void memory_drop(void *bytes) {
    free(bytes);
}
