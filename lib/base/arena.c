#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { BLOCK = 64 * 1024, ALIGN = 16, SHORT = 64 };

struct block {
    struct block *next;
    size_t size; /* of `data` */
    size_t used;
    _Alignas(ALIGN) unsigned char data[];
};

struct deferred {
    struct deferred *next;
    void (*release)(void *object);
    void *object;
};

struct arena {
    struct block *first; /* kept by arena_reset */
    struct block *current;
    struct deferred *deferred;
};

static struct block *block_new(size_t size) {
    struct block *block = memory_take(sizeof *block + size);
    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

/* What was used becomes zero: requests hold identities, and memory that nobody holds any more must
 * not tell them to its next owner or to a core file. */
static void block_wipe(struct block *block) {
    explicit_bzero(block->data, block->used);
    block->used = 0;
}

struct arena *arena_new(void) {
    struct arena *arena = memory_take(sizeof *arena);
    arena->first = block_new(BLOCK - sizeof(struct block));
    arena->current = arena->first;
    arena->deferred = NULL;
    return arena;
}

void arena_reset(struct arena *arena) {
    /* The list's cells live in the arena itself, so they are read before a block goes. */
    while (arena->deferred != NULL) {
        struct deferred *deferred = arena->deferred;
        arena->deferred = deferred->next;
        deferred->release(deferred->object);
    }
    struct block *block = arena->first->next;
    while (block != NULL) {
        struct block *next = block->next;
        block_wipe(block);
        memory_drop(block);
        block = next;
    }
    arena->first->next = NULL;
    block_wipe(arena->first);
    arena->current = arena->first;
}

void arena_free(struct arena *arena) {
    if (arena == NULL) {
        return;
    }
    arena_reset(arena);
    memory_drop(arena->first);
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size) {
    if (size > SIZE_MAX / 2) {
        abort();
    }
    size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct block *block = arena->current;
    if (block->size - block->used < need) {
        size_t standard = BLOCK - sizeof(struct block);
        block->next = block_new(need > standard ? need : standard);
        block = block->next;
        arena->current = block;
    }
    void *bytes = block->data + block->used;
    block->used += need;
    return memset(bytes, 0, need);
}

void *arena_array(struct arena *arena, size_t count, size_t size) {
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total)) {
        abort();
    }
    return arena_alloc(arena, total);
}

char *arena_copy(struct arena *arena, const void *bytes, size_t size) {
    char *copy = arena_alloc(arena, size + 1);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text) {
    return text == NULL ? NULL : arena_copy(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args) {
    if (format == NULL) {
        abort();
    }
    char small[SHORT]; /* most texts: numbers, words */
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(small, sizeof small, format, args);
    if (length < 0) {
        abort();
    }
    char *text = arena_alloc(arena, (size_t)length + 1);
    if ((size_t)length < sizeof small) {
        memcpy(text, small, (size_t)length);
    } else {
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *arena, void (*release)(void *object), void *object) {
    struct deferred *deferred = arena_alloc(arena, sizeof *deferred);
    deferred->next = arena->deferred;
    deferred->release = release;
    deferred->object = object;
    arena->deferred = deferred;
}
