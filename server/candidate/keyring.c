/* keyring.c - data keys: drawn, wrapped, opened, wrapped anew. */
#include "keyring_own.h"

#include <sodium.h>
#include <string.h>

enum { NONCE = 24, KEY = 32, TAG = 16 };
_Static_assert(SEAL_WRAPPED == SEAL_VERSION_BYTES + NONCE + KEY + TAG, "wrapped key");
_Static_assert(sizeof(struct seal_key) == KEY, "data key");

const struct seal_ring *seal_ring(const struct seal *seal, int version) {
    for (int i = seal->count - 1; i >= 0; i--) {
        if (seal->rings[i].version == version) {
            return &seal->rings[i];
        }
    }
    return NULL;
}

int seal_digest_version(const struct seal *seal) {
    return 1 + seal->digests;
}

int seal_versions(const struct seal *seal, int versions[SEAL_VERSIONS]) {
    for (int i = 0; i < seal->count; i++) {
        versions[i] = seal->rings[i].version;
    }
    return seal->count;
}

size_t seal_bound(const char *context, int64_t id, int version, uint8_t out[SEAL_BOUND]) {
    size_t size = strnlen(context, 48);
    memcpy(out, context, size);
    out[size++] = 0;
    for (int i = 7; i >= 0; i--) {
        out[size++] = (uint8_t)((uint64_t)id >> (8 * i));
    }
    if (version != 0) {
        out[size++] = (uint8_t)(version >> 8);
        out[size++] = (uint8_t)version;
    }
    return size;
}

/* Wraps under the newest wrapping key. */
static void wrap(const struct seal *seal, const struct seal_owner *owner,
                 const struct seal_key *key, const uint8_t nonce[NONCE],
                 uint8_t wrapped[SEAL_WRAPPED]) {
    const struct seal_ring *ring = &seal->rings[seal->count - 1];
    uint8_t bound[SEAL_BOUND];
    size_t size = seal_bound(owner->kind, owner->id, ring->version, bound);
    wrapped[0] = (uint8_t)(ring->version >> 8);
    wrapped[1] = (uint8_t)ring->version;
    memcpy(wrapped + SEAL_VERSION_BYTES, nonce, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped + SEAL_VERSION_BYTES + NONCE, NULL,
                                               key->bytes, KEY, bound, size, NULL, nonce,
                                               ring->key);
}

void seal_key_new(const struct seal *seal, const struct seal_owner *owner, struct seal_key *key,
                  uint8_t wrapped[SEAL_WRAPPED]) {
    uint8_t drawn[KEY + NONCE]; /* one call to the kernel: an import draws one a row */
    randombytes_buf(drawn, sizeof drawn);
    memcpy(key->bytes, drawn, KEY);
    wrap(seal, owner, key, drawn + KEY, wrapped);
    sodium_memzero(drawn, sizeof drawn);
}

Err seal_key_open(const struct seal *seal, const struct seal_owner *owner, struct span wrapped,
                  struct seal_key *key) {
    const uint8_t *at = (const uint8_t *)wrapped.ptr;
    if (wrapped.len != SEAL_WRAPPED) {
        return ERR_CRYPTO;
    }
    int version = at[0] << 8 | at[1];
    const struct seal_ring *ring = seal_ring(seal, version);
    if (ring == NULL) {
        return ERR_CRYPTO;
    }
    uint8_t bound[SEAL_BOUND];
    size_t size = seal_bound(owner->kind, owner->id, version, bound);
    const uint8_t *nonce = at + SEAL_VERSION_BYTES;
    int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        key->bytes, NULL, NULL, nonce + NONCE, KEY + TAG, bound, size, nonce, ring->key);
    return opened == 0 ? OK : ERR_CRYPTO;
}

Err seal_wrap_again(const struct seal *seal, const struct seal_owner *owner, struct span wrapped,
                    uint8_t again[SEAL_WRAPPED]) {
    struct seal_key key;
    uint8_t nonce[NONCE];
    TRY(seal_key_open(seal, owner, wrapped, &key));
    randombytes_buf(nonce, sizeof nonce);
    wrap(seal, owner, &key, nonce, again);
    seal_key_wipe(&key);
    return OK;
}

void seal_key_wipe(struct seal_key *key) {
    sodium_memzero(key, sizeof *key);
}
