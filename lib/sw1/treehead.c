#include "treehead.h"

#include <string.h>

#include "../base/arena.h"
#include "claims.h"

enum {
    CLAIM_ISS = 1,
    CLAIM_IAT = 6,
    CLAIM_SIZE = -70030,
    CLAIM_ROOT = -70031,
    CLAIM_KEY = -70032,
    CLAIM_OLDER = -70033,
    COSE_KEY_MAX = 200
};

static const struct cbor_limits head_limits = {SW1_HEAD_MAX, 40, 4};
static const struct cbor_limits logkeys_limits = {SW1_LOGKEYS_BYTES, 40 + 3 * SW1_LOGKEYS_MAX, 4};

static void begin(struct cbor_writer *writer, struct arena *arena, struct span iss, int64_t iat) {
    cbor_write_init(writer, arena, 256);
    cbor_write_map(writer);
    cbor_write_key(writer, CLAIM_ISS);
    cbor_write_text(writer, iss);
    cbor_write_key(writer, CLAIM_IAT);
    cbor_write_uint(writer, (uint64_t)iat);
}

/* Whether that key signed the message; its issuer and time. */
static bool signed_by(struct arena *arena, const struct cose *cose, const struct sw1_key *key,
                      struct span *iss, int64_t *iat) {
    return memcmp(cose->kid.ptr, sw1_key_kid(key), SW1_KID) == 0 && cose_verify(arena, cose, key) &&
           cbor_text(cbor_get(&cose->claims, cose->claims.items, CLAIM_ISS), 1, 100, iss) &&
           sw1_claims_iat(&cose->claims, iat);
}

/* Which of the keys signed the head, and was it good then. */
static bool signed_in_time(struct arena *arena, const struct cose *cose,
                           const struct sw1_logkeys *keys, struct sw1_head *head) {
    for (int i = 0; i < keys->count; i++) {
        if (signed_by(arena, cose, keys->of[i].key, &head->iss, &head->iat)) {
            head->by = keys->of[i].key;
            return head->iat <= keys->of[i].until;
        }
    }
    return false;
}

Err sw1_head_sign(struct arena *arena, const struct sw1_key *key, const struct sw1_head *head,
                  struct span *bytes) {
    struct cbor_writer writer;
    begin(&writer, arena, head->iss, head->iat);
    cbor_write_key(&writer, CLAIM_SIZE);
    cbor_write_uint(&writer, head->size);
    cbor_write_key(&writer, CLAIM_ROOT);
    cbor_write_bytes(&writer, (struct span){(const char *)head->root.bytes, MERKLE_HASH});
    cbor_write_end(&writer);
    return cose_sign(arena, key, SW1_HEAD_TYP, cbor_written(&writer), bytes);
}

bool sw1_head_read(struct arena *arena, struct span bytes, const struct sw1_logkeys *keys,
                   struct sw1_head *head) {
    struct cose cose;
    struct sw1_head read;
    struct span root;
    if (cose_read(arena, bytes, SW1_HEAD_TYP, &head_limits, &cose) != SW1_VALID ||
        !signed_in_time(arena, &cose, keys, &read)) {
        return false;
    }
    const struct cbor *doc = &cose.claims;
    if (!cbor_uint(cbor_get(doc, doc->items, CLAIM_SIZE), UINT64_MAX >> 2, &read.size) ||
        !cbor_bytes(cbor_get(doc, doc->items, CLAIM_ROOT), MERKLE_HASH, MERKLE_HASH, &root)) {
        return false;
    }
    memcpy(read.root.bytes, root.ptr, MERKLE_HASH);
    *head = read;
    return true;
}

static void add_newest(struct sw1_logkeys *keys, const struct sw1_key *key) {
    keys->of[keys->count].key = key;
    keys->of[keys->count++].until = INT64_MAX;
}

struct sw1_logkeys sw1_logkeys_one(const struct sw1_key *key) {
    struct sw1_logkeys keys = {.count = 0};
    add_newest(&keys, key);
    return keys;
}

Err sw1_logkeys_add(struct sw1_logkeys *keys, const struct sw1_key *key, int64_t until) {
    if (keys->count == SW1_LOGKEYS_MAX) {
        return ERR_LIMIT;
    }
    keys->of[keys->count - 1].until = until;
    add_newest(keys, key);
    return OK;
}

const struct sw1_key *sw1_logkeys_newest(const struct sw1_logkeys *keys) {
    return keys->of[keys->count - 1].key;
}

static Err write_public(struct arena *arena, struct cbor_writer *writer,
                        const struct sw1_key *key) {
    struct span public;
    TRY(sw1_key_write(arena, key, false, &public));
    cbor_write_bytes(writer, public);
    return OK;
}

Err sw1_logkeys_write(struct arena *arena, const struct sw1_key *root, struct span iss, int64_t iat,
                      const struct sw1_logkeys *keys, struct span *bytes) {
    struct cbor_writer writer;
    begin(&writer, arena, iss, iat);
    cbor_write_key(&writer, CLAIM_KEY);
    TRY(write_public(arena, &writer, sw1_logkeys_newest(keys)));
    if (keys->count > 1) {
        cbor_write_key(&writer, CLAIM_OLDER);
        cbor_write_array(&writer, (uint64_t)keys->count - 1);
    }
    for (int i = 0; i < keys->count - 1; i++) {
        cbor_write_array(&writer, 2);
        TRY(write_public(arena, &writer, keys->of[i].key));
        cbor_write_uint(&writer, (uint64_t)keys->of[i].until);
    }
    cbor_write_end(&writer);
    return cose_sign(arena, root, SW1_LOGKEY_TYP, cbor_written(&writer), bytes);
}

static bool read_public(struct arena *arena, const struct cbor_item *item,
                        const struct sw1_key **key) {
    struct span public;
    struct sw1_key *read;
    if (!cbor_bytes(item, 1, COSE_KEY_MAX, &public) || !sw1_key_read(arena, public, &read)) {
        return false;
    }
    *key = read;
    return true;
}

/* [[COSE_Key, until], ...], oldest first. */
static bool read_older(struct arena *arena, const struct cbor *doc, struct sw1_logkeys *keys) {
    const struct cbor_item *older = cbor_get(doc, doc->items, CLAIM_OLDER);
    if (older == NULL) {
        return true;
    }
    if (older->kind != CBOR_ARRAY || older->arg < 1 || older->arg >= SW1_LOGKEYS_MAX) {
        return false;
    }
    const struct cbor_item *pair = cbor_first(older);
    for (; keys->count < (int)older->arg; keys->count++) {
        if (pair->kind != CBOR_ARRAY || pair->arg != 2 ||
            !read_public(arena, cbor_first(pair), &keys->of[keys->count].key) ||
            !cbor_uint_capped(cbor_next(doc, cbor_first(pair)), SW1_TIME_MAX,
                              &keys->of[keys->count].until)) {
            return false;
        }
        pair = cbor_next(doc, pair);
    }
    return true;
}

bool sw1_logkeys_read(struct arena *arena, struct span bytes, const struct sw1_key *root,
                      struct sw1_logkeys *keys) {
    struct cose cose;
    struct span iss;
    const struct sw1_key *newest;
    int64_t iat;
    keys->count = 0;
    if (cose_read(arena, bytes, SW1_LOGKEY_TYP, &logkeys_limits, &cose) != SW1_VALID ||
        !signed_by(arena, &cose, root, &iss, &iat) ||
        !read_public(arena, cbor_get(&cose.claims, cose.claims.items, CLAIM_KEY), &newest) ||
        !read_older(arena, &cose.claims, keys)) {
        return false;
    }
    add_newest(keys, newest);
    return true;
}
