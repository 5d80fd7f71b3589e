/* arena.h - one memory region a request: everything allocated in it ends with it.
 *
 * Blocks of 64 KiB are taken as needed. Allocation cannot fail: on true exhaustion the process
 * aborts, so sizes that a client controls are limited before they get here.
 * What was allocated is wiped when the arena is reset or freed.
 * An arena belongs to one thread at a time. */
#ifndef NORIA_BASE_ARENA_H
#define NORIA_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new, empty arena. Never NULL. */
struct arena *arena_new(void);

/* Runs the deferred functions, last registered first, and frees everything. NULL is allowed. */
void arena_free(struct arena *arena);

/* As arena_free, but keeps the first block so that the arena can be used again. */
void arena_reset(struct arena *arena);

/* `size` bytes, set to zero, aligned for any type. `size` 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` elements of `size` bytes, set to zero; aborts when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy of `size` bytes followed by a NUL. */
char *arena_copy(struct arena *arena, const void *bytes, size_t size);

/* A copy of a C string; NULL gives NULL. */
char *arena_strdup(struct arena *arena, const char *text);

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* `release(object)` runs when the arena is reset or freed: owns PGresult, cJSON trees, secrets. */
void arena_defer(struct arena *arena, void (*release)(void *object), void *object);

/* One zeroed object of a type. */
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
