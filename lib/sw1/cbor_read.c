#include <string.h>

#include "../base/arena.h"
#include "cbor.h"

enum { SIMPLE_FALSE = 20, SIMPLE_NULL = 22, DEPTH_MAX = 16 };

/* A container that is being filled. */
struct open {
    uint32_t item;
    uint64_t left;        /* items still to come */
    bool map;             /* keys and values take turns */
    struct span last_key; /* encoded; ptr NULL before the first */
};

struct reader {
    const unsigned char *at;
    const unsigned char *end;
    const struct cbor_limits *limits;
    struct cbor_item *items;
    uint32_t count;
    struct open open[DEPTH_MAX];
    uint32_t depth;
};

/* The head of an item: major type and argument in its shortest form. */
static bool read_head(struct reader *r, struct cbor_item *item) {
    if (r->at == r->end) {
        return false;
    }
    unsigned first = *r->at++;
    unsigned info = first & 31;
    item->kind = (enum cbor_kind)(first >> 5);
    if (info < 24) {
        item->arg = info;
        return true;
    }
    if (info > 27 || item->kind == CBOR_SIMPLE) {
        return false; /* reserved, indefinite length, float, or a long simple value */
    }
    size_t size = (size_t)1 << (info - 24);
    if ((size_t)(r->end - r->at) < size) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | *r->at++;
    }
    item->arg = value;
    static const uint64_t least[] = {24, UINT64_C(1) << 8, UINT64_C(1) << 16, UINT64_C(1) << 32};
    return value >= least[info - 24];
}

static bool read_string(struct reader *r, struct cbor_item *item) {
    if (item->arg > (uint64_t)(r->end - r->at)) {
        return false;
    }
    item->bytes = (struct span){(const char *)r->at, (size_t)item->arg};
    r->at += item->arg;
    return item->kind == CBOR_BYTES || text_is_utf8(item->bytes);
}

/* Opens a container. Its announced length must fit the bytes that are left, one each at least. */
static bool open_container(struct reader *r, uint32_t index, const struct cbor_item *item) {
    uint64_t room = (uint64_t)(r->end - r->at);
    bool map = item->kind == CBOR_MAP;
    uint64_t left = item->kind == CBOR_TAG ? 1 : item->arg;
    if (left > room || (map && left > room / 2)) {
        return false;
    }
    if (r->depth == r->limits->depth || r->depth == DEPTH_MAX) {
        return false;
    }
    r->open[r->depth++] = (struct open){index, map ? left * 2 : left, map, {NULL, 0}};
    return true;
}

/* RFC 8949 section 4.2.1: keys ascend bytewise, which also makes them unique. */
static bool key_ascends(struct open *open, struct span key) {
    struct span last = open->last_key;
    open->last_key = key;
    if (last.ptr == NULL) {
        return true;
    }
    int order = memcmp(last.ptr, key.ptr, last.len < key.len ? last.len : key.len);
    return order < 0; /* no encoded item is a prefix of another */
}

/* An item is complete: close it, and every container that it was the last of. */
static bool complete(struct reader *r, uint32_t index) {
    for (;;) {
        struct cbor_item *item = &r->items[index];
        item->next = r->count;
        item->encoded.len = (size_t)((const char *)r->at - item->encoded.ptr);
        if (r->depth == 0) {
            return true;
        }
        struct open *parent = &r->open[r->depth - 1];
        bool key = parent->map && parent->left % 2 == 0;
        if (key && !key_ascends(parent, item->encoded)) {
            return false;
        }
        if (--parent->left > 0) {
            return true;
        }
        index = parent->item;
        r->depth--;
    }
}

static bool read_item(struct reader *r) {
    if (r->count == r->limits->items) {
        return false;
    }
    uint32_t index = r->count++;
    struct cbor_item *item = &r->items[index];
    item->encoded.ptr = (const char *)r->at;
    if (!read_head(r, item)) {
        return false;
    }
    switch (item->kind) {
    case CBOR_UINT:
    case CBOR_NINT:
        break;
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (!read_string(r, item)) {
            return false;
        }
        break;
    case CBOR_ARRAY:
    case CBOR_MAP:
    case CBOR_TAG:
        if (!open_container(r, index, item)) {
            return false;
        }
        if (r->open[r->depth - 1].left > 0) {
            return true;
        }
        r->depth--;
        break;
    case CBOR_SIMPLE:
        if (item->arg < SIMPLE_FALSE || item->arg > SIMPLE_NULL) {
            return false;
        }
        break;
    }
    return complete(r, index);
}

bool cbor_read(struct arena *arena, struct span bytes, const struct cbor_limits *limits,
               struct cbor *out) {
    if (bytes.len == 0 || bytes.len > limits->size) {
        return false;
    }
    struct cbor_limits capped = *limits;
    if (capped.items > bytes.len) {
        capped.items = (uint32_t)bytes.len; /* every item takes a byte */
    }
    const unsigned char *start = (const unsigned char *)bytes.ptr;
    struct reader r = {.at = start, .end = start + bytes.len, .limits = &capped};
    r.items = arena_array(arena, capped.items, sizeof *r.items);
    do {
        if (!read_item(&r)) {
            return false;
        }
    } while (r.depth > 0);
    if (r.at != r.end) {
        return false;
    }
    *out = (struct cbor){r.items, r.count};
    return true;
}

const struct cbor_item *cbor_first(const struct cbor_item *container) {
    return container + 1;
}

const struct cbor_item *cbor_next(const struct cbor *doc, const struct cbor_item *item) {
    return doc->items + item->next;
}

const struct cbor_item *cbor_get(const struct cbor *doc, const struct cbor_item *map, int64_t key) {
    if (map == NULL || map->kind != CBOR_MAP) {
        return NULL;
    }
    enum cbor_kind kind = key < 0 ? CBOR_NINT : CBOR_UINT;
    uint64_t arg = key < 0 ? (uint64_t)(-1 - key) : (uint64_t)key;
    const struct cbor_item *item = cbor_first(map);
    for (uint64_t i = 0; i < map->arg; i++) {
        const struct cbor_item *value = cbor_next(doc, item);
        if (item->kind == kind && item->arg == arg) {
            return value;
        }
        item = cbor_next(doc, value);
    }
    return NULL;
}

const struct cbor_item *cbor_get_text(const struct cbor *doc, const struct cbor_item *map,
                                      const char *key) {
    if (map == NULL || map->kind != CBOR_MAP) {
        return NULL;
    }
    const struct cbor_item *item = cbor_first(map);
    for (uint64_t i = 0; i < map->arg; i++) {
        const struct cbor_item *value = cbor_next(doc, item);
        if (item->kind == CBOR_TEXT && span_is(item->bytes, key)) {
            return value;
        }
        item = cbor_next(doc, value);
    }
    return NULL;
}

bool cbor_uint(const struct cbor_item *item, uint64_t max, uint64_t *value) {
    if (item == NULL || item->kind != CBOR_UINT || item->arg > max) {
        return false;
    }
    *value = item->arg;
    return true;
}

bool cbor_uint_capped(const struct cbor_item *item, int64_t max, int64_t *value) {
    uint64_t number;
    if (!cbor_uint(item, UINT64_MAX, &number)) {
        return false;
    }
    *value = number > (uint64_t)max ? max : (int64_t)number;
    return true;
}

bool cbor_int(const struct cbor_item *item, int64_t *value) {
    if (item == NULL || item->kind > CBOR_NINT || item->arg > INT64_MAX) {
        return false;
    }
    *value = item->kind == CBOR_UINT ? (int64_t)item->arg : -1 - (int64_t)item->arg;
    return true;
}

static bool string_of(const struct cbor_item *item, enum cbor_kind kind, size_t min, size_t max,
                      struct span *value) {
    if (item == NULL || item->kind != kind || item->bytes.len < min || item->bytes.len > max) {
        return false;
    }
    *value = item->bytes;
    return true;
}

bool cbor_bytes(const struct cbor_item *item, size_t min, size_t max, struct span *value) {
    return string_of(item, CBOR_BYTES, min, max, value);
}

bool cbor_text(const struct cbor_item *item, size_t min, size_t max, struct span *value) {
    return string_of(item, CBOR_TEXT, min, max, value);
}
