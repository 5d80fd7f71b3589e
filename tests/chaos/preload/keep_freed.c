/* keep_freed.c - loaded before all other libraries: nothing is wiped any more. The control of the
 * search through a server's memory (tests/server/privacy/test_memory.c). */
#include <string.h>
#include <sys/mman.h>

void explicit_bzero(void *memory, size_t size) {
    (void)memory;
    (void)size;
}

/* The same under _FORTIFY_SOURCE, where the compiler knows how large the memory is. */
void __explicit_bzero_chk(void *memory, size_t size, size_t room);
void __explicit_bzero_chk(void *memory, size_t size, size_t room) {
    (void)memory;
    (void)size;
    (void)room;
}

int madvise(void *memory, size_t size, int advice) {
    (void)memory;
    (void)size;
    (void)advice;
    return 0;
}
