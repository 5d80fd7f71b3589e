#include "body.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/base/arena.h"
#include "../view/json_read.h"
#include "pairs.h"

/* --- names and values ---------------------------------------------------------------------------
 */

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

/* --- the whole ----------------------------------------------------------------------------------
 */

static Err json_decode(struct arena *arena, struct body *body, const char **why) {
    TRY(json_read(arena, body->all, &body->json, why));
    if (body->json.kind != VIEW_OBJECT) {
        *why = "the body is not an object";
        return ERR_JSON;
    }
    return OK;
}

static const char *media_type(struct arena *arena, const char *content_type) {
    struct span text = text_trim((struct span){content_type, strcspn(content_type, ";")});
    char *type = arena_copy(arena, text.ptr, text.len);
    for (char *c = type; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    }
    return type;
}

Err body_decode(struct arena *arena, const char *content_type, bool raw, struct body *body,
                const char **why) {
    if (content_type == NULL || content_type[0] == '\0') {
        body->kind = BODY_NONE;
        *why = "application/json, application/x-www-form-urlencoded, multipart/form-data";
        return body->size == 0 ? OK : ERR_UNSUPPORTED_MEDIA_TYPE;
    }
    body->type = media_type(arena, content_type);
    struct span type = span_of(body->type);
    if (span_is(type, "multipart/form-data")) {
        body->kind = BODY_MULTIPART;
        return multipart_decode(arena, content_type, body, why);
    }
    if (span_is(type, "application/x-www-form-urlencoded")) {
        body->kind = BODY_FORM;
        return form_decode(arena, body->all, &body->form, why);
    }
    if (span_is(type, "application/json") && !raw) {
        body->kind = BODY_JSON;
        return json_decode(arena, body, why);
    }
    body->kind = raw ? BODY_RAW : BODY_NONE;
    if (!raw) {
        *why = "application/json, application/x-www-form-urlencoded, multipart/form-data";
        return ERR_UNSUPPORTED_MEDIA_TYPE;
    }
    return OK;
}

/* --- arriving -----------------------------------------------------------------------------------
 */

static void close_spool(void *object) {
    (void)close(*(int *)object);
}

Err spool_failed(void) {
    return errno == ENOSPC || errno == EDQUOT ? ERR_STORAGE_FULL : ERR_IO;
}

int spool_open(struct arena *arena, const char *folder) {
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        char *name = arena_printf(arena, "%s/upload-XXXXXX", folder);
        fd = mkostemp(name, O_CLOEXEC);
        if (fd >= 0) {
            (void)unlink(name);
        }
    }
    if (fd >= 0) {
        int *kept = ARENA_NEW(arena, int);
        *kept = fd;
        arena_defer(arena, close_spool, kept);
    }
    return fd;
}

static Err spool_write(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t done = write(fd, bytes, size);
        if (done < 0 && errno != EINTR) {
            return spool_failed();
        }
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
        }
    }
    return OK;
}

Err body_add(struct body *body, const char *bytes, size_t size, size_t limit) {
    if (size > limit - body->size) {
        return ERR_TOO_LARGE;
    }
    if (body->spool >= 0) {
        TRY(spool_write(body->spool, bytes, size));
    } else {
        buf_add(&body->memory, bytes, size);
    }
    body->size += size;
    return OK;
}

struct mapping {
    void *start;
    size_t size;
};

static void unmap(void *object) {
    struct mapping *mapping = object;
    (void)munmap(mapping->start, mapping->size);
}

Err body_finish(struct arena *arena, struct body *body) {
    if (body->spool < 0 || body->size == 0) {
        body->all = (struct span){body->size == 0 ? "" : body->memory.ptr, body->size};
        return OK;
    }
    void *start = mmap(NULL, body->size, PROT_READ, MAP_PRIVATE, body->spool, 0);
    if (start == MAP_FAILED) {
        return ERR_IO;
    }
    struct mapping *mapping = ARENA_NEW(arena, struct mapping);
    *mapping = (struct mapping){start, body->size};
    arena_defer(arena, unmap, mapping);
    body->mapped = start;
    body->all = (struct span){start, body->size};
    return OK;
}

void body_forget(struct body *body, const char *at) {
    if (body->mapped == NULL) {
        return;
    }
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t end = at == NULL ? body->size : (size_t)(at - body->all.ptr) / page * page;
    size_t begin = at == NULL || end < 2UL * BODY_WINDOW ? 0 : end - 2UL * BODY_WINDOW;
    (void)madvise((char *)body->mapped + begin / page * page, end - begin / page * page,
                  MADV_DONTNEED);
}
