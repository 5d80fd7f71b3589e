#include "seal.h"

#include <sodium.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../screening/screening.h"
#include "keyring_own.h"

enum { DIRECT = 1, VERSION = 2, NONCE = 24, TAG = 16 };
_Static_assert(SEAL_OVERHEAD == 1 + NONCE + TAG, "seal overhead");
_Static_assert(crypto_shorthash_KEYBYTES <= 32, "token key");

void seal_put(const struct seal_key *key, const char *context, int64_t id, struct span plain,
              struct buf *out) {
    static const uint8_t room[256];
    size_t total = SEAL_OVERHEAD + plain.len;
    size_t start = out->len;
    for (size_t left = total; left > 0;) {
        size_t step = left < sizeof(room) ? left : sizeof(room);
        buf_add(out, room, step);
        left -= step;
    }
    uint8_t *at = (uint8_t *)out->ptr + start;
    uint8_t bound[SEAL_BOUND];
    size_t bound_size = seal_bound(context, id, 0, bound);
    at[0] = VERSION;
    randombytes_buf(at + 1, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(at + 1 + NONCE, NULL, (const uint8_t *)plain.ptr,
                                               plain.len, bound, bound_size, NULL, at + 1,
                                               key->bytes);
}

struct secret {
    void *bytes;
    size_t size;
};

static void wipe_secret(void *object) {
    struct secret *secret = object;
    sodium_memzero(secret->bytes, secret->size);
}

/* The key that a record was sealed under: its owner's; of records from before owners had keys (they
 * begin with DIRECT), wrapping key 1 itself. */
static Err key_of(const struct seal *seal, const struct seal_owner *owner, struct span wrapped,
                  uint8_t version, struct seal_key *key) {
    const struct seal_ring *first = seal_ring(seal, 1);
    if (version == VERSION) {
        return seal_key_open(seal, owner, wrapped, key);
    }
    if (version != DIRECT || first == NULL) {
        return ERR_CRYPTO;
    }
    memcpy(key->bytes, first->key, sizeof key->bytes);
    return OK;
}

Err seal_open(const struct seal *seal, const struct seal_owner *owner, struct span wrapped,
              const char *context, int64_t id, struct span sealed, struct arena *arena,
              struct span *plain) {
    const uint8_t *at = (const uint8_t *)sealed.ptr;
    struct seal_key key;
    if (sealed.len < SEAL_OVERHEAD) {
        return ERR_CRYPTO;
    }
    TRY(key_of(seal, owner, wrapped, at[0], &key));
    size_t size = sealed.len - SEAL_OVERHEAD;
    struct secret *secret = ARENA_NEW(arena, struct secret);
    *secret = (struct secret){arena_alloc(arena, size + 1), size + 1};
    arena_defer(arena, wipe_secret, secret);
    uint8_t bound[SEAL_BOUND];
    size_t bound_size = seal_bound(context, id, 0, bound);
    int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(secret->bytes, NULL, NULL,
                                                            at + 1 + NONCE, sealed.len - 1 - NONCE,
                                                            bound, bound_size, at + 1, key.bytes);
    seal_key_wipe(&key);
    if (opened != 0) {
        return ERR_CRYPTO;
    }
    *plain = (struct span){secret->bytes, size};
    return OK;
}

/* Keyed BLAKE2b over a kind and parts, each ended by NUL so that parts cannot run into each other.
 */
static void digest_parts(const struct seal *seal, const char *const parts[],
                         uint8_t digest[SEAL_DIGEST]) {
    crypto_generichash_state state;
    crypto_generichash_init(&state, seal->blind, sizeof(seal->blind), SEAL_DIGEST);
    for (int i = 0; parts[i] != NULL; i++) {
        crypto_generichash_update(&state, (const uint8_t *)parts[i], strlen(parts[i]) + 1);
    }
    crypto_generichash_final(&state, digest, SEAL_DIGEST);
    sodium_memzero(&state, sizeof(state));
}

void seal_request_key(const struct seal *seal, uint8_t key[SEAL_REQUEST_KEY]) {
    static const uint8_t purpose[] = "noria request hash";
    crypto_generichash(key, SEAL_REQUEST_KEY, purpose, sizeof purpose, seal->blind,
                       sizeof seal->blind);
}

/* Letters and figures in upper case; the rest (spaces, hyphens, filler) vanishes. */
static void plain_number(const char *text, char out[64]) {
    size_t used = 0;
    for (; text != NULL && *text != '\0' && used < 63; text++) {
        char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 32) : *text;
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            out[used++] = c;
        }
    }
    out[used] = '\0';
}

void seal_passport(const struct seal *seal, const char *issuer, const char *number,
                   uint8_t digest[SEAL_DIGEST]) {
    char state[64];
    char plain[64];
    plain_number(issuer, state);
    plain_number(number, plain);
    digest_parts(seal, (const char *const[]){"passport", state, plain, NULL}, digest);
}

void seal_person(const struct seal *seal, const char *surname, const char *given, date birth,
                 uint8_t digest[SEAL_DIGEST]) {
    char key[NAMES_KEY];
    char day[DATE_TEXT];
    names_key(span_of(surname), span_of(given), key);
    date_format(birth, day);
    digest_parts(seal, (const char *const[]){"person", key, day, NULL}, digest);
}

void seal_contact(const struct seal *seal, const char *kind, const char *plain,
                  uint8_t digest[SEAL_DIGEST]) {
    digest_parts(seal, (const char *const[]){"contact", kind, plain, NULL}, digest);
}

/* From version `from` on to version `to`, both in the ring. */
static void hash_again(const struct seal *seal, int from, int to, uint8_t digest[SEAL_DIGEST]) {
    for (int version = from + 1; version <= to; version++) {
        const uint8_t *key = seal->digest[version - 2];
        uint8_t before[SEAL_DIGEST];
        memcpy(before, digest, sizeof before);
        crypto_generichash(digest, SEAL_DIGEST, before, sizeof before, key, sizeof seal->digest[0]);
    }
}

Err seal_digest_again(const struct seal *seal, const uint8_t digest[SEAL_DIGEST], int from, int to,
                      uint8_t again[SEAL_DIGEST]) {
    if (from < 1 || from > to || to > seal_digest_version(seal)) {
        return ERR_DIGEST_KEY_UNKNOWN;
    }
    memcpy(again, digest, SEAL_DIGEST);
    hash_again(seal, from, to, again);
    return OK;
}

static void key_id(const struct seal *seal, int version, uint8_t id[SEAL_KEY_ID]) {
    uint8_t digest[SEAL_DIGEST];
    digest_parts(seal, (const char *const[]){"key id", NULL}, digest);
    hash_again(seal, 1, version, digest);
    memcpy(id, digest, SEAL_KEY_ID);
}

Err seal_digest_key_id(const struct seal *seal, int version, uint8_t id[SEAL_KEY_ID]) {
    if (version < 1 || version > seal_digest_version(seal)) {
        return ERR_DIGEST_KEY_UNKNOWN;
    }
    key_id(seal, version, id);
    return OK;
}

const uint8_t *seal_digest_sent(const struct seal *seal, struct arena *arena,
                                const uint8_t digest[SEAL_DIGEST]) {
    uint8_t *sent = arena_alloc(arena, SEAL_SENT);
    int newest = seal_digest_version(seal);
    uint8_t *at = sent;
    for (int i = 0; i < 2; i++) {
        int version = newest > i ? newest - i : newest;
        *at++ = (uint8_t)(version >> 8);
        *at++ = (uint8_t)version;
        key_id(seal, version, at);
        at += SEAL_KEY_ID;
        memcpy(at, digest, SEAL_DIGEST);
        hash_again(seal, 1, version, at);
        at += SEAL_DIGEST;
    }
    return sent;
}

/* Six rounds of a Feistel network over two halves of 20 bits, SipHash-2-4 as the round function: a
 * permutation, so distinct ids give distinct tokens. */
void seal_token(const struct seal *seal, int64_t id, char token[SEAL_TOKEN]) {
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint32_t left = (uint32_t)((uint64_t)id >> 20) & 0xFFFFF;
    uint32_t right = (uint32_t)(uint64_t)id & 0xFFFFF;
    for (uint8_t round = 0; round < 6; round++) {
        const uint8_t in[5] = {'t', round, (uint8_t)(right >> 16), (uint8_t)(right >> 8),
                               (uint8_t)right};
        uint8_t out[crypto_shorthash_BYTES];
        crypto_shorthash(out, in, sizeof(in), seal->blind);
        uint32_t mixed = (uint32_t)out[0] << 12 | (uint32_t)out[1] << 4 | (out[2] & 0xFU);
        uint32_t next = left ^ mixed;
        left = right;
        right = next;
    }
    uint64_t value = (uint64_t)left << 20 | right;
    for (int i = 0; i < 8; i++) {
        token[i < 4 ? i : i + 1] = letters[value >> (35 - 5 * i) & 31];
    }
    token[4] = '-';
    token[9] = '\0';
}

date seal_swapped(date birth) {
    struct civil civil = date_civil(birth);
    struct civil swapped = {civil.year, civil.day, civil.month};
    return civil_exists(swapped) ? date_of(swapped) : birth;
}
