/* pairs.c - names and values of forms and queries. */
#include "pairs.h"

#include <string.h>

#include "../../lib/base/arena.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static Err decode(struct arena *arena, struct span text, struct span *out, const char **why) {
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            bool whole = text.len - i > 2;
            int high = whole ? hex_digit(text.ptr[i + 1]) : -1;
            int low = whole ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                *why = "a broken percent-escape";
                return ERR_BAD_REQUEST;
            }
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (c == '\0') {
            *why = "a NUL character";
            return ERR_BAD_REQUEST;
        }
        bytes[len++] = c;
    }
    *out = (struct span){bytes, len};
    if (!text_is_utf8(*out)) {
        *why = "text that is not UTF-8";
        return ERR_BAD_REQUEST;
    }
    return OK;
}

static Err add_pair(struct arena *arena, struct pairs *pairs, struct span name, struct span value,
                    const char **why) {
    if (pairs->count >= PAIRS_MAX || name.len > NAME_MAX_BYTES) {
        *why = "too many or too long names";
        return ERR_BAD_REQUEST;
    }
    if (pairs->count == pairs->cap) {
        int cap = pairs->cap == 0 ? 16 : pairs->cap * 2;
        struct pair *list = arena_array(arena, (size_t)cap, sizeof *list);
        if (pairs->count > 0) {
            memcpy(list, pairs->list, (size_t)pairs->count * sizeof *list);
        }
        pairs->list = list;
        pairs->cap = cap;
    }
    pairs->list[pairs->count++] = (struct pair){arena_copy(arena, name.ptr, name.len), value};
    return OK;
}

Err form_decode(struct arena *arena, struct span text, struct pairs *pairs, const char **why) {
    for (size_t at = 0; at < text.len;) {
        const char *start = text.ptr + at;
        const char *end = memchr(start, '&', text.len - at);
        size_t len = end == NULL ? text.len - at : (size_t)(end - start);
        const char *equal = memchr(start, '=', len);
        size_t name_len = equal == NULL ? len : (size_t)(equal - start);
        struct span name = {NULL, 0};
        struct span value = {"", 0};
        at += len + 1;
        if (len == 0) {
            continue;
        }
        TRY(decode(arena, (struct span){start, name_len}, &name, why));
        if (equal != NULL) {
            TRY(decode(arena, (struct span){equal + 1, len - name_len - 1}, &value, why));
        }
        TRY(add_pair(arena, pairs, name, value, why));
    }
    return OK;
}

const struct pair *pairs_find(const struct pairs *pairs, const char *name) {
    for (int i = 0; i < pairs->count; i++) {
        if (strcmp(pairs->list[i].name, name) == 0) {
            return &pairs->list[i];
        }
    }
    return NULL;
}

int pairs_times(const struct pairs *pairs, const char *name) {
    int times = 0;
    for (int i = 0; i < pairs->count; i++) {
        times += strcmp(pairs->list[i].name, name) == 0;
    }
    return times;
}

Err pairs_add(struct arena *arena, struct pairs *pairs, struct span name, struct span value,
              const char **why) {
    if (!text_is_utf8(name) || !text_is_utf8(value) || memchr(value.ptr, 0, value.len) != NULL) {
        *why = "a NUL character or text that is not UTF-8";
        return ERR_BAD_REQUEST;
    }
    return add_pair(arena, pairs, name, value, why);
}
