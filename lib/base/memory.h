/* memory.h - memory that is there, or the end of the process. */
#ifndef NORIA_BASE_MEMORY_H
#define NORIA_BASE_MEMORY_H

#include <stddef.h>

/* What a process does that has no memory left: a word of why in the log, then abort(). */
_Noreturn void memory_lacking(void);

/* As malloc, realloc and free, but never NULL except for a size of 0. For lib/base itself, and for
 * libraries that let us say where their memory comes from. */
void *memory_take(size_t size);
void *memory_again(void *bytes, size_t size);
void memory_give(void *bytes);

/* As free, for what its owner has wiped himself: the server's free() wipes all that there is room
 * for (server/run/wipe.h), which for a block of an arena would be mostly what nobody touched. */
void memory_drop(void *bytes);

#endif
