#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "cbor.h"

static void must(bool holds) {
    holds ? (void)0 : abort();
}

/* Writes the shortest head into `out` and gives its size. */
static size_t head_bytes(enum cbor_kind kind, uint64_t arg, unsigned char out[9]) {
    unsigned major = (unsigned)kind << 5;
    if (arg < 24) {
        out[0] = (unsigned char)(major | arg);
        return 1;
    }
    unsigned log = arg <= 0xFF ? 0 : arg <= 0xFFFF ? 1 : arg <= 0xFFFFFFFF ? 2 : 3;
    size_t size = (size_t)1 << log;
    out[0] = (unsigned char)(major | (24 + log));
    for (size_t i = 0; i < size; i++) {
        out[size - i] = (unsigned char)(arg >> (8 * i));
    }
    return size + 1;
}

static void head(struct cbor_writer *writer, enum cbor_kind kind, uint64_t arg) {
    unsigned char bytes[9];
    buf_add(&writer->out, bytes, head_bytes(kind, arg, bytes));
}

void cbor_write_init(struct cbor_writer *writer, struct arena *arena, size_t cap) {
    writer->arena = arena;
    writer->depth = 0;
    buf_init(&writer->out, arena, cap);
}

void cbor_write_uint(struct cbor_writer *writer, uint64_t value) {
    head(writer, CBOR_UINT, value);
}

void cbor_write_int(struct cbor_writer *writer, int64_t value) {
    if (value < 0) {
        head(writer, CBOR_NINT, (uint64_t)(-1 - value));
    } else {
        head(writer, CBOR_UINT, (uint64_t)value);
    }
}

void cbor_write_bytes(struct cbor_writer *writer, struct span bytes) {
    head(writer, CBOR_BYTES, bytes.len);
    buf_add(&writer->out, bytes.ptr, bytes.len);
}

void cbor_write_text(struct cbor_writer *writer, struct span text) {
    head(writer, CBOR_TEXT, text.len);
    buf_add(&writer->out, text.ptr, text.len);
}

void cbor_write_array(struct cbor_writer *writer, uint64_t count) {
    head(writer, CBOR_ARRAY, count);
}

void cbor_write_tag(struct cbor_writer *writer, uint64_t tag) {
    head(writer, CBOR_TAG, tag);
}

void cbor_write_map(struct cbor_writer *writer) {
    must(writer->depth < CBOR_WRITE_DEPTH);
    struct cbor_frame *frame = &writer->frames[writer->depth++];
    frame->count = 0;
    frame->start[0] = writer->out.len;
}

static void begin_pair(struct cbor_writer *writer) {
    struct cbor_frame *frame = &writer->frames[writer->depth - 1];
    must(frame->count < CBOR_WRITE_PAIRS);
    frame->start[frame->count++] = writer->out.len;
}

void cbor_write_key(struct cbor_writer *writer, int64_t key) {
    begin_pair(writer);
    cbor_write_int(writer, key);
}

void cbor_write_key_text(struct cbor_writer *writer, const char *key) {
    begin_pair(writer);
    cbor_write_text(writer, span_of(key));
}

/* Comparing whole pairs orders them by key: no encoded key is a prefix of another. */
static int pair_order(const char *a, size_t a_len, const char *b, size_t b_len) {
    return memcmp(a, b, a_len < b_len ? a_len : b_len);
}

/* The pairs' numbers in ascending order; true when that is the order they have already. */
static bool sort_pairs(const char *base, const struct cbor_frame *frame,
                       uint32_t order[CBOR_WRITE_PAIRS]) {
    bool sorted = true;
    for (uint32_t i = 0; i < frame->count; i++) {
        uint32_t at = i;
        size_t len = frame->start[i + 1] - frame->start[i];
        while (at > 0) {
            uint32_t before = order[at - 1];
            if (pair_order(base + frame->start[before],
                           frame->start[before + 1] - frame->start[before], base + frame->start[i],
                           len) < 0) {
                break;
            }
            order[at] = before;
            at--;
            sorted = false;
        }
        order[at] = i;
    }
    return sorted;
}

void cbor_write_end(struct cbor_writer *writer) {
    struct cbor_frame *frame = &writer->frames[--writer->depth];
    struct buf *out = &writer->out;
    size_t begin = frame->start[0];
    size_t size = out->len - begin;
    frame->start[frame->count] = out->len;

    uint32_t order[CBOR_WRITE_PAIRS] = {0};
    bool sorted = sort_pairs(out->ptr, frame, order);
    const char *copy = sorted ? NULL : arena_copy(writer->arena, out->ptr + begin, size);

    unsigned char bytes[9];
    size_t head_size = head_bytes(CBOR_MAP, frame->count, bytes);
    buf_add(out, bytes, head_size); /* makes room; the bytes are placed below */
    memmove(out->ptr + begin + head_size, out->ptr + begin, size);
    memcpy(out->ptr + begin, bytes, head_size);
    if (sorted) {
        return;
    }
    char *to = out->ptr + begin + head_size;
    for (uint32_t i = 0; i < frame->count; i++) {
        size_t from = frame->start[order[i]];
        size_t len = frame->start[order[i] + 1] - from;
        memcpy(to, copy + (from - begin), len);
        to += len;
    }
}

struct span cbor_written(const struct cbor_writer *writer) {
    return (struct span){writer->out.ptr, writer->out.len};
}
