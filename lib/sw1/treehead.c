#include "treehead.h"

#include <string.h>

#include "../base/arena.h"
#include "claims.h"

enum { CLAIM_ISS = 1, CLAIM_IAT = 6, CLAIM_SIZE = -70030, CLAIM_ROOT = -70031, CLAIM_KEY = -70032 };

static const struct cbor_limits limits = {SW1_HEAD_MAX, 40, 4};

static void begin(struct cbor_writer *writer, struct arena *arena, struct span iss, int64_t iat) {
    cbor_write_init(writer, arena, 256);
    cbor_write_map(writer);
    cbor_write_key(writer, CLAIM_ISS);
    cbor_write_text(writer, iss);
    cbor_write_key(writer, CLAIM_IAT);
    cbor_write_uint(writer, (uint64_t)iat);
}

/* A message of that kind by that key, with its issuer and time. */
static bool open_signed(struct arena *arena, struct span bytes, const char *typ,
                        const struct sw1_key *key, struct cose *cose, struct span *iss,
                        int64_t *iat) {
    return cose_read(arena, bytes, typ, &limits, cose) == SW1_VALID &&
           memcmp(cose->kid.ptr, sw1_key_kid(key), SW1_KID) == 0 && cose_verify(arena, cose, key) &&
           cbor_text(cbor_get(&cose->claims, cose->claims.items, CLAIM_ISS), 1, 100, iss) &&
           sw1_claims_iat(&cose->claims, iat);
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

bool sw1_head_read(struct arena *arena, struct span bytes, const struct sw1_key *key,
                   struct sw1_head *head) {
    struct cose cose;
    struct sw1_head read;
    struct span root;
    if (!open_signed(arena, bytes, SW1_HEAD_TYP, key, &cose, &read.iss, &read.iat)) {
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

Err sw1_logkey_write(struct arena *arena, const struct sw1_key *root, struct span iss, int64_t iat,
                     const struct sw1_key *key, struct span *bytes) {
    struct cbor_writer writer;
    struct span public;
    TRY(sw1_key_write(arena, key, false, &public));
    begin(&writer, arena, iss, iat);
    cbor_write_key(&writer, CLAIM_KEY);
    cbor_write_bytes(&writer, public);
    cbor_write_end(&writer);
    return cose_sign(arena, root, SW1_LOGKEY_TYP, cbor_written(&writer), bytes);
}

bool sw1_logkey_read(struct arena *arena, struct span bytes, const struct sw1_key *root,
                     struct sw1_key **key) {
    struct cose cose;
    struct span iss;
    struct span public;
    int64_t iat;
    return open_signed(arena, bytes, SW1_LOGKEY_TYP, root, &cose, &iss, &iat) &&
           cbor_bytes(cbor_get(&cose.claims, cose.claims.items, CLAIM_KEY), 1, 200, &public) &&
           sw1_key_read(arena, public, key);
}
