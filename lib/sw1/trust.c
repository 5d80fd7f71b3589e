#include "trust.h"

#include <string.h>

#include "../base/arena.h"
#include "claims.h"

enum {
    CLAIM_ISS = 1,
    CLAIM_EXP = 4,
    CLAIM_IAT = 6,
    CLAIM_SEQUENCE = -70010,
    CLAIM_KEYS = -70011,
    KEY_PURPOSE = -70012,
    KEY_NOT_BEFORE = -70013,
    KEY_NOT_AFTER = -70014,
    KEY_STATE = -70015
};

static void write_uint(struct cbor_writer *writer, int64_t key, int64_t value) {
    cbor_write_key(writer, key);
    cbor_write_uint(writer, (uint64_t)value);
}

Err sw1_trust_write(struct arena *arena, const struct sw1_trust *trust, const struct sw1_key *root,
                    struct span *bytes) {
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 1024);
    cbor_write_map(&writer);
    cbor_write_key(&writer, CLAIM_ISS);
    cbor_write_text(&writer, trust->iss);
    write_uint(&writer, CLAIM_EXP, trust->exp);
    write_uint(&writer, CLAIM_IAT, trust->iat);
    write_uint(&writer, CLAIM_SEQUENCE, trust->sequence);
    cbor_write_key(&writer, CLAIM_KEYS);
    cbor_write_array(&writer, (uint64_t)trust->count);
    for (int i = 0; i < trust->count; i++) {
        const struct sw1_trust_key *key = &trust->keys[i];
        cbor_write_map(&writer);
        sw1_key_write_members(&writer, key->key);
        write_uint(&writer, KEY_PURPOSE, key->purpose);
        write_uint(&writer, KEY_NOT_BEFORE, key->not_before);
        write_uint(&writer, KEY_NOT_AFTER, key->not_after);
        write_uint(&writer, KEY_STATE, key->state);
        cbor_write_end(&writer);
    }
    cbor_write_end(&writer);
    return cose_sign(arena, root, SW1_TRUST_TYP, cbor_written(&writer), bytes);
}

static bool read_uint(const struct cbor *doc, const struct cbor_item *map, int64_t key, int64_t max,
                      int64_t *value) {
    uint64_t number;
    if (!cbor_uint(cbor_get(doc, map, key), (uint64_t)max, &number)) {
        return false;
    }
    *value = (int64_t)number;
    return true;
}

static bool read_time(const struct cbor *doc, const struct cbor_item *map, int64_t key,
                      int64_t *value) {
    return cbor_uint_capped(cbor_get(doc, map, key), SW1_TIME_MAX, value);
}

static bool read_key(struct arena *arena, const struct cbor *doc, const struct cbor_item *map,
                     struct sw1_trust_key *out) {
    int64_t purpose;
    int64_t state;
    struct span secret;
    if (!sw1_key_read_item(arena, doc, map, &out->key) ||
        !read_uint(doc, map, KEY_PURPOSE, SW1_FOR_STATUS, &purpose) || purpose == 0 ||
        !read_time(doc, map, KEY_NOT_BEFORE, &out->not_before) ||
        !read_time(doc, map, KEY_NOT_AFTER, &out->not_after) ||
        !read_uint(doc, map, KEY_STATE, SW1_COMPROMISED, &state) ||
        cbor_bytes(cbor_get(doc, map, -4), 0, SIZE_MAX, &secret)) {
        return false; /* -4 would be a private key in a public list */
    }
    out->purpose = (enum sw1_purpose)purpose;
    out->state = (enum sw1_key_state)state;
    return true;
}

static bool read_keys(struct arena *arena, const struct cbor *doc, struct sw1_trust *trust) {
    const struct cbor_item *array = cbor_get(doc, doc->items, CLAIM_KEYS);
    if (array == NULL || array->kind != CBOR_ARRAY || array->arg > SW1_TRUST_KEYS_MAX) {
        return false;
    }
    const struct cbor_item *item = cbor_first(array);
    for (uint64_t i = 0; i < array->arg; i++) {
        struct sw1_trust_key key;
        if (!read_key(arena, doc, item, &key)) {
            return false;
        }
        struct span kid = {(const char *)sw1_key_kid(key.key), SW1_KID};
        if (sw1_trust_find(trust, kid) != NULL) {
            return false;
        }
        trust->keys[trust->count++] = key;
        item = cbor_next(doc, item);
    }
    return true;
}

bool sw1_trust_read(struct arena *arena, struct span bytes, const struct sw1_key *root,
                    struct sw1_trust *trust) {
    static const struct cbor_limits limits = {SW1_TRUST_SIZE_MAX, 2048, 5};
    struct cose cose;
    if (cose_read(arena, bytes, SW1_TRUST_TYP, &limits, &cose) != SW1_VALID ||
        memcmp(cose.kid.ptr, sw1_key_kid(root), SW1_KID) != 0 || !cose_verify(arena, &cose, root)) {
        return false;
    }
    return sw1_trust_claims(arena, &cose.claims, trust);
}

bool sw1_trust_claims(struct arena *arena, const struct cbor *doc, struct sw1_trust *trust) {
    *trust = (struct sw1_trust){0};
    return cbor_text(cbor_get(doc, doc->items, CLAIM_ISS), 1, 100, &trust->iss) &&
           read_time(doc, doc->items, CLAIM_EXP, &trust->exp) &&
           read_time(doc, doc->items, CLAIM_IAT, &trust->iat) &&
           read_uint(doc, doc->items, CLAIM_SEQUENCE, INT64_MAX, &trust->sequence) &&
           read_keys(arena, doc, trust);
}

const struct sw1_trust_key *sw1_trust_find(const struct sw1_trust *trust, struct span kid) {
    for (int i = 0; i < trust->count; i++) {
        if (memcmp(kid.ptr, sw1_key_kid(trust->keys[i].key), SW1_KID) == 0) {
            return &trust->keys[i];
        }
    }
    return NULL;
}

enum sw1_code sw1_trust_allows(const struct sw1_trust_key *key, enum sw1_purpose purpose,
                               int64_t iat) {
    if (key->purpose != purpose) {
        return SW1_KEY_WRONG_PURPOSE;
    }
    if (key->state == SW1_COMPROMISED) {
        return SW1_KEY_COMPROMISED;
    }
    return iat < key->not_before || iat > key->not_after ? SW1_KEY_NOT_VALID_AT_IAT : SW1_VALID;
}
