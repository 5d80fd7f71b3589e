/* cbor.h - strict deterministic CBOR (RFC 8949 section 4.2.1).
 *
 * The reader accepts one encoding of each value and nothing else: shortest heads, definite lengths,
 * map keys sorted by their encoded bytes and unique, valid UTF-8, no floats, no undefined, no
 * simple values but false, true and null, nothing after the item. It is iterative over a flat array
 * of items with limits on depth and count that are checked before anything is allocated for them,
 * so that five bytes cannot ask for megabytes. */
#ifndef NORIA_SW1_CBOR_H
#define NORIA_SW1_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/text.h"

struct arena;

/* --- reading ---------------------------------------------------------------------------------- */

/* CBOR major types. */
enum cbor_kind {
    CBOR_UINT,  /* .arg */
    CBOR_NINT,  /* -1 - .arg */
    CBOR_BYTES, /* .bytes */
    CBOR_TEXT,  /* .bytes */
    CBOR_ARRAY, /* .arg elements follow */
    CBOR_MAP,   /* .arg pairs follow */
    CBOR_TAG,   /* number .arg; its item follows */
    CBOR_SIMPLE /* .arg 20 false, 21 true, 22 null */
};

struct cbor_item {
    enum cbor_kind kind;
    uint32_t next; /* the index after this item and all it holds */
    uint64_t arg;
    struct span bytes;   /* content of BYTES and TEXT */
    struct span encoded; /* of the whole item */
};

struct cbor_limits {
    size_t size;    /* bytes of the input */
    uint32_t items; /* data items, keys and containers included */
    uint32_t depth; /* nested containers and tags */
};

/* The items of one encoded value, in the order of their bytes; item 0 is the whole. */
struct cbor {
    const struct cbor_item *items;
    uint32_t count;
};

/* Reads all of `bytes` as one item; false when it is not strict, or past a limit. */
bool cbor_read(struct arena *arena, struct span bytes, const struct cbor_limits *limits,
               struct cbor *out);

/* The value under an integer key (or a text key) of the map at `map`; NULL when `map` is NULL or
 * not a map, or when the key is absent. */
const struct cbor_item *cbor_get(const struct cbor *doc, const struct cbor_item *map, int64_t key);
const struct cbor_item *cbor_get_text(const struct cbor *doc, const struct cbor_item *map,
                                      const char *key);

/* The first item inside a container or tag, and the sibling after an item. The caller counts. */
const struct cbor_item *cbor_first(const struct cbor_item *container);
const struct cbor_item *cbor_next(const struct cbor *doc, const struct cbor_item *item);

/* The item's value; false when it is NULL, of another kind, or outside the range. */
bool cbor_uint(const struct cbor_item *item, uint64_t max, uint64_t *value);
bool cbor_int(const struct cbor_item *item, int64_t *value);

/* The same for times and indices, where a value past `max` means the same as `max`. */
bool cbor_uint_capped(const struct cbor_item *item, int64_t max, int64_t *value);
bool cbor_bytes(const struct cbor_item *item, size_t min, size_t max, struct span *value);
bool cbor_text(const struct cbor_item *item, size_t min, size_t max, struct span *value);

/* --- writing ---------------------------------------------------------------------------------- */

enum { CBOR_WRITE_DEPTH = 6, CBOR_WRITE_PAIRS = 24 };

/* A map under way: where its pairs begin in the buffer. */
struct cbor_frame {
    size_t start[CBOR_WRITE_PAIRS + 1];
    uint32_t count;
};

/* Writes deterministic CBOR: heads are shortest, and pairs may be given in any order. Keys must be
 * distinct, at most CBOR_WRITE_PAIRS of them in a map; maps nest at most CBOR_WRITE_DEPTH deep
 * (the program aborts otherwise: both are constants of the caller). */
struct cbor_writer {
    struct buf out;
    struct arena *arena;
    uint32_t depth;
    struct cbor_frame frames[CBOR_WRITE_DEPTH];
};

void cbor_write_init(struct cbor_writer *writer, struct arena *arena, size_t cap);
void cbor_write_uint(struct cbor_writer *writer, uint64_t value);
void cbor_write_int(struct cbor_writer *writer, int64_t value);
void cbor_write_bytes(struct cbor_writer *writer, struct span bytes);
void cbor_write_text(struct cbor_writer *writer, struct span text);
void cbor_write_array(struct cbor_writer *writer, uint64_t count); /* then its elements */
void cbor_write_tag(struct cbor_writer *writer, uint64_t tag);     /* then its item */
void cbor_write_map(struct cbor_writer *writer); /* then keys and values, then end */
void cbor_write_key(struct cbor_writer *writer, int64_t key);
void cbor_write_key_text(struct cbor_writer *writer, const char *key);
void cbor_write_end(struct cbor_writer *writer);

/* What was written, once every map is ended. */
struct span cbor_written(const struct cbor_writer *writer);

#endif
