#include "cose.h"

#include "../base/arena.h"

enum { HEADER_ALG = 1, HEADER_KID = 4, HEADER_TYP = 16, ALG_ES256 = -7, TAG_SIGN1 = 18 };

/* The protected header: exactly alg, kid and, when asked for, typ. */
static enum sw1_code read_header(struct arena *arena, const char *typ, struct cose *out) {
    static const struct cbor_limits limits = {128, 8, 2};
    struct cbor header;
    if (out->protected.len == 0) {
        return SW1_BAD_COSE;
    }
    if (!cbor_read(arena, out->protected, &limits, &header)) {
        return SW1_BAD_CBOR;
    }
    const struct cbor_item *map = header.items;
    if (map->kind != CBOR_MAP || map->arg != (typ == NULL ? 2 : 3)) {
        return SW1_BAD_COSE;
    }
    const struct cbor_item *alg = cbor_get(&header, map, HEADER_ALG);
    if (alg == NULL || (alg->kind > CBOR_NINT && alg->kind != CBOR_TEXT)) {
        return SW1_BAD_COSE;
    }
    int64_t number = 0;
    out->es256 = cbor_int(alg, &number) && number == ALG_ES256;
    if (!cbor_bytes(cbor_get(&header, map, HEADER_KID), SW1_KID, SW1_KID, &out->kid)) {
        return SW1_BAD_COSE;
    }
    struct span named;
    if (typ != NULL &&
        (!cbor_text(cbor_get(&header, map, HEADER_TYP), 1, 64, &named) || !span_is(named, typ))) {
        return SW1_BAD_COSE;
    }
    /* Another algorithm's signature has another size; that is for the key to refuse. */
    return out->es256 && out->signature.len != SW1_SIGNATURE ? SW1_BAD_COSE : SW1_VALID;
}

enum sw1_code cose_read(struct arena *arena, struct span bytes, const char *typ,
                        const struct cbor_limits *limits, struct cose *out) {
    struct cbor doc;
    if (!cbor_read(arena, bytes, limits, &doc)) {
        return SW1_BAD_CBOR;
    }
    const struct cbor_item *tag = doc.items;
    if (tag->kind != CBOR_TAG || tag->arg != TAG_SIGN1) {
        return SW1_BAD_COSE;
    }
    const struct cbor_item *array = cbor_first(tag);
    if (array->kind != CBOR_ARRAY || array->arg != 4) {
        return SW1_BAD_COSE;
    }
    const struct cbor_item *protected = cbor_first(array);
    const struct cbor_item *unprotected = cbor_next(&doc, protected);
    const struct cbor_item *payload = cbor_next(&doc, unprotected);
    const struct cbor_item *signature = cbor_next(&doc, payload);
    if (!cbor_bytes(protected, 0, 128, &out->protected) || unprotected->kind != CBOR_MAP ||
        unprotected->arg != 0 || !cbor_bytes(payload, 0, limits->size, &out->payload) ||
        !cbor_bytes(signature, 0, 1024, &out->signature)) {
        return SW1_BAD_COSE;
    }
    enum sw1_code code = read_header(arena, typ, out);
    if (code != SW1_VALID) {
        return code;
    }
    return cbor_read(arena, out->payload, limits, &out->claims) ? SW1_VALID : SW1_BAD_CBOR;
}

/* What is signed: ["Signature1", protected, external_aad = h'', payload] (RFC 9052 section 4.4). */
static struct span to_be_signed(struct arena *arena, struct span protected, struct span payload) {
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, payload.len + protected.len + 32);
    cbor_write_array(&writer, 4);
    cbor_write_text(&writer, SPAN_LIT("Signature1"));
    cbor_write_bytes(&writer, protected);
    cbor_write_bytes(&writer, SPAN_LIT(""));
    cbor_write_bytes(&writer, payload);
    return cbor_written(&writer);
}

bool cose_verify(struct arena *arena, const struct cose *cose, const struct sw1_key *key) {
    return cose->es256 && cose->signature.len == SW1_SIGNATURE &&
           sw1_key_verify(key, to_be_signed(arena, cose->protected, cose->payload),
                          (const uint8_t *)cose->signature.ptr);
}

static struct span header_of(struct arena *arena, const struct sw1_key *key, const char *typ) {
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 64);
    cbor_write_map(&writer);
    cbor_write_key(&writer, HEADER_ALG);
    cbor_write_int(&writer, ALG_ES256);
    cbor_write_key(&writer, HEADER_KID);
    cbor_write_bytes(&writer, (struct span){(const char *)sw1_key_kid(key), SW1_KID});
    if (typ != NULL) {
        cbor_write_key(&writer, HEADER_TYP);
        cbor_write_text(&writer, span_of(typ));
    }
    cbor_write_end(&writer);
    return cbor_written(&writer);
}

Err cose_sign(struct arena *arena, const struct sw1_key *key, const char *typ, struct span payload,
              struct span *bytes) {
    struct span protected = header_of(arena, key, typ);
    uint8_t signature[SW1_SIGNATURE];
    TRY(sw1_key_sign(key, to_be_signed(arena, protected, payload), signature));
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, payload.len + protected.len + SW1_SIGNATURE + 32);
    cbor_write_tag(&writer, TAG_SIGN1);
    cbor_write_array(&writer, 4);
    cbor_write_bytes(&writer, protected);
    cbor_write_map(&writer);
    cbor_write_end(&writer);
    cbor_write_bytes(&writer, payload);
    cbor_write_bytes(&writer, (struct span){(const char *)signature, SW1_SIGNATURE});
    *bytes = cbor_written(&writer);
    return OK;
}
