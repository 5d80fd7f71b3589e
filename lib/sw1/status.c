#include "status.h"

#include <zlib.h>

#include "../base/arena.h"
#include "claims.h"
#include "status_keys.h"

enum { CLAIM_SUB = 2, CLAIM_EXP = 4, CLAIM_IAT = 6, BITS = 2, PER_BYTE = 8 / BITS };

void sw1_status_set(uint8_t *packed, int64_t idx, enum sw1_status status) {
    unsigned shift = (unsigned)(idx % PER_BYTE) * BITS;
    packed[idx / PER_BYTE] =
        (uint8_t)((packed[idx / PER_BYTE] & ~(3U << shift)) | (unsigned)status << shift);
}

int sw1_status_entry(struct span packed, unsigned bits, int64_t idx) {
    unsigned per_byte = 8 / bits;
    if ((uint64_t)idx / per_byte >= packed.len) {
        return -1;
    }
    unsigned byte = (unsigned char)packed.ptr[(uint64_t)idx / per_byte];
    return (int)(byte >> ((unsigned)((uint64_t)idx % per_byte) * bits) & ((1U << bits) - 1));
}

int sw1_status_get(const struct sw1_status_list *list, int64_t idx) {
    return sw1_status_entry(list->packed, BITS, idx);
}

static bool deflate_all(struct arena *arena, struct span in, struct span *out) {
    uLongf size = compressBound(in.len);
    Bytef *bytes = arena_alloc(arena, size);
    bool done = compress2(bytes, &size, (const Bytef *)in.ptr, in.len, Z_BEST_COMPRESSION) == Z_OK;
    *out = (struct span){(const char *)bytes, size};
    return done;
}

/* One whole zlib stream and nothing after it, of at most SW1_STATUS_PACKED bytes. */
static bool inflate_all(struct arena *arena, struct span in, struct span *out) {
    Bytef *bytes = arena_alloc(arena, SW1_STATUS_PACKED);
    uLongf size = SW1_STATUS_PACKED;
    uLong used = in.len;
    if (uncompress2(bytes, &size, (const Bytef *)in.ptr, &used) != Z_OK || used != in.len) {
        return false;
    }
    *out = (struct span){(const char *)bytes, size};
    return true;
}

Err sw1_status_write(struct arena *arena, const struct sw1_status_list *list,
                     const struct sw1_key *key, struct span *bytes) {
    struct span lst;
    bool deflated = deflate_all(arena, list->packed, &lst);
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, lst.len + 512);
    cbor_write_map(&writer);
    cbor_write_key(&writer, CLAIM_SUB);
    cbor_write_text(&writer, list->uri);
    cbor_write_key(&writer, CLAIM_EXP);
    cbor_write_uint(&writer, (uint64_t)list->exp);
    cbor_write_key(&writer, CLAIM_IAT);
    cbor_write_uint(&writer, (uint64_t)list->iat);
    cbor_write_key(&writer, SW1_CLAIM_TTL);
    cbor_write_uint(&writer, (uint64_t)list->ttl);
    cbor_write_key(&writer, SW1_CLAIM_STATUS_LIST);
    cbor_write_map(&writer);
    cbor_write_key_text(&writer, SW1_STATUS_BITS);
    cbor_write_uint(&writer, BITS);
    cbor_write_key_text(&writer, SW1_STATUS_LST);
    cbor_write_bytes(&writer, lst);
    if (list->aggregation.ptr != NULL) {
        cbor_write_key_text(&writer, SW1_STATUS_AGGREGATION);
        cbor_write_text(&writer, list->aggregation);
    }
    cbor_write_end(&writer);
    cbor_write_end(&writer);
    return deflated ? cose_sign(arena, key, SW1_STATUS_TYP, cbor_written(&writer), bytes)
                    : ERR_CRYPTO;
}

/* A time or duration under `key`. */
static bool read_time(const struct cbor *doc, int64_t key, int64_t *value) {
    return cbor_uint_capped(cbor_get(doc, doc->items, key), SW1_TIME_MAX, value);
}

bool sw1_status_claims(struct arena *arena, const struct cbor *doc, struct sw1_status_list *list) {
    *list = (struct sw1_status_list){0};
    const struct cbor_item *map = cbor_get(doc, doc->items, SW1_CLAIM_STATUS_LIST);
    const struct cbor_item *ttl = cbor_get(doc, doc->items, SW1_CLAIM_TTL);
    const struct cbor_item *more = cbor_get_text(doc, map, SW1_STATUS_AGGREGATION);
    uint64_t bits;
    struct span lst;
    return cbor_text(cbor_get(doc, doc->items, CLAIM_SUB), 1, SIZE_MAX, &list->uri) &&
           !text_has_forbidden(list->uri, false) && /* it is remembered as a line of a file */
           read_time(doc, CLAIM_EXP, &list->exp) && read_time(doc, CLAIM_IAT, &list->iat) &&
           (ttl == NULL || read_time(doc, SW1_CLAIM_TTL, &list->ttl)) &&
           (more == NULL || cbor_text(more, 1, SIZE_MAX, &list->aggregation)) &&
           cbor_uint(cbor_get_text(doc, map, SW1_STATUS_BITS), BITS, &bits) && bits == BITS &&
           cbor_bytes(cbor_get_text(doc, map, SW1_STATUS_LST), 1, SIZE_MAX, &lst) &&
           inflate_all(arena, lst, &list->packed);
}

bool sw1_status_read(struct arena *arena, struct span bytes, const struct sw1_trust *trust,
                     struct sw1_status_list *list) {
    static const struct cbor_limits limits = {SW1_STATUS_SIZE_MAX, 64, 4};
    struct cose cose;
    int64_t iat;
    if (cose_read(arena, bytes, SW1_STATUS_TYP, &limits, &cose) != SW1_VALID ||
        !sw1_claims_iat(&cose.claims, &iat)) {
        return false;
    }
    const struct sw1_trust_key *key = sw1_trust_find(trust, cose.kid);
    if (key == NULL || sw1_trust_allows(key, SW1_FOR_STATUS, iat) != SW1_VALID ||
        !cose_verify(arena, &cose, key->key)) {
        return false;
    }
    return sw1_status_claims(arena, &cose.claims, list);
}
