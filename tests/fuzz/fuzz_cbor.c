/* The strict CBOR reader on anything: what it accepts, written again item by item through the
 * sorting writer, must be the same bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "../../lib/base/arena.h"
#include "../../lib/sw1/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes an item and what it holds; gives the one after it. Maps keep their order: they were
 * checked to be sorted, and may be larger than the writer's. */
static const struct cbor_item *rewrite(struct cbor_writer *out, const struct cbor *doc,
                                       const struct cbor_item *item) {
    uint64_t inside = 0;
    switch (item->kind) {
    case CBOR_UINT:
        cbor_write_uint(out, item->arg);
        break;
    case CBOR_BYTES:
        cbor_write_bytes(out, item->bytes);
        break;
    case CBOR_TEXT:
        cbor_write_text(out, item->bytes);
        break;
    case CBOR_ARRAY:
        cbor_write_array(out, item->arg);
        inside = item->arg;
        break;
    case CBOR_TAG:
        cbor_write_tag(out, item->arg);
        inside = 1;
        break;
    case CBOR_NINT:
    case CBOR_SIMPLE:
    case CBOR_MAP:
        buf_add(&out->out, item->encoded.ptr, item->encoded.len);
        return cbor_next(doc, item);
    }
    const struct cbor_item *at = cbor_first(item);
    for (uint64_t i = 0; i < inside; i++) {
        at = rewrite(out, doc, at);
    }
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct cbor_limits limits = {4300, 192, 6};
    struct arena *arena = arena_new();
    struct span bytes = {(const char *)data, size};
    struct cbor doc;
    if (cbor_read(arena, bytes, &limits, &doc)) {
        struct cbor_writer out;
        cbor_write_init(&out, arena, size);
        if (rewrite(&out, &doc, doc.items) != doc.items + doc.count ||
            !span_equal(cbor_written(&out), bytes)) {
            abort();
        }
        for (uint32_t i = 0; i < doc.count; i++) {
            int64_t number;
            (void)cbor_int(&doc.items[i], &number);
            (void)cbor_get(&doc, &doc.items[i], 1);
            (void)cbor_get_text(&doc, &doc.items[i], "idx");
        }
    }
    arena_free(arena);
    return 0;
}
