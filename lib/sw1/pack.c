#include "pack.h"

#include <sodium.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/text.h"

static const char magic[8] = "NORIAP01";
static const char context[] = "noria-pack-1\n";

enum {
    AT_SALT = sizeof magic,
    AT_HEADER = AT_SALT + crypto_pwhash_SALTBYTES,
    AT_BOX = AT_HEADER + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES
};
/* Fixed, so that a changed file cannot ask for less or more. */
#define OPERATIONS crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE

static bool key_of(struct span passphrase, const uint8_t *salt,
                   uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES]) {
    return sodium_init() >= 0 && crypto_pwhash(key, crypto_secretstream_xchacha20poly1305_KEYBYTES,
                                               passphrase.ptr, passphrase.len, salt, OPERATIONS,
                                               MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

Err pack_seal(struct arena *arena, struct span passphrase, struct span plain, struct span *bytes) {
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    size_t size = AT_BOX + plain.len + OVERHEAD;
    uint8_t *out = arena_alloc(arena, size);
    memcpy(out, magic, sizeof magic);
    randombytes_buf(out + AT_SALT, crypto_pwhash_SALTBYTES);
    bool done =
        plain.len <= PACK_PLAIN_MAX && key_of(passphrase, out + AT_SALT, key) &&
        crypto_secretstream_xchacha20poly1305_init_push(&state, out + AT_HEADER, key) == 0 &&
        crypto_secretstream_xchacha20poly1305_push(
            &state, out + AT_BOX, NULL, (const uint8_t *)plain.ptr, plain.len, out, AT_BOX,
            crypto_secretstream_xchacha20poly1305_TAG_FINAL) == 0;
    sodium_memzero(key, sizeof key);
    sodium_memzero(&state, sizeof state);
    if (!done) {
        return ERR_CRYPTO;
    }
    *bytes = (struct span){(const char *)out, size};
    return OK;
}

Err pack_open(struct arena *arena, struct span passphrase, struct span bytes, struct span *plain) {
    crypto_secretstream_xchacha20poly1305_state state;
    uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
    const uint8_t *in = (const uint8_t *)bytes.ptr;
    uint8_t tag = 0;
    if (bytes.len < AT_BOX + OVERHEAD || bytes.len > AT_BOX + OVERHEAD + PACK_PLAIN_MAX ||
        memcmp(in, magic, sizeof magic) != 0) {
        return ERR_UNREADABLE;
    }
    size_t size = bytes.len - AT_BOX - OVERHEAD;
    uint8_t *out = arena_alloc(arena, size + 1);
    bool done = key_of(passphrase, in + AT_SALT, key) &&
                crypto_secretstream_xchacha20poly1305_init_pull(&state, in + AT_HEADER, key) == 0 &&
                crypto_secretstream_xchacha20poly1305_pull(&state, out, NULL, &tag, in + AT_BOX,
                                                           bytes.len - AT_BOX, in, AT_BOX) == 0 &&
                tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    sodium_memzero(key, sizeof key);
    sodium_memzero(&state, sizeof state);
    if (!done) {
        return ERR_CRYPTO;
    }
    out[size] = '\0';
    *plain = (struct span){(const char *)out, size};
    return OK;
}

void pack_print(const char *pack, const char *number, char print[PACK_PRINT]) {
    static const char hex[] = "0123456789abcdef";
    uint8_t digest[crypto_generichash_BYTES_MIN];
    char plain[64];
    size_t len = 0;
    for (; *number != '\0' && len < sizeof plain; number++) {
        char c = *number;
        c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            plain[len++] = c;
        }
    }
    crypto_generichash(digest, sizeof digest, (const uint8_t *)plain, len, (const uint8_t *)pack,
                       PACK_ID - 1);
    for (int i = 0; i < PACK_PRINT - 1; i++) {
        print[i] = hex[(digest[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15];
    }
    print[PACK_PRINT - 1] = '\0';
}

static struct span message_of(struct arena *arena, struct span content) {
    char *text = arena_alloc(arena, sizeof context - 1 + content.len);
    memcpy(text, context, sizeof context - 1);
    memcpy(text + sizeof context - 1, content.ptr, content.len);
    return (struct span){text, sizeof context - 1 + content.len};
}

Err pack_sign(struct arena *arena, const struct sw1_key *key, struct span content,
              const char **signature) {
    uint8_t bytes[SW1_SIGNATURE];
    TRY(sw1_key_sign(key, message_of(arena, content), bytes));
    *signature = text_hex(arena, bytes, sizeof bytes);
    return OK;
}

bool pack_signed(struct arena *arena, const struct sw1_key *key, struct span content,
                 struct span signature) {
    uint8_t bytes[SW1_SIGNATURE];
    return text_unhex(signature, bytes, sizeof bytes) &&
           sw1_key_verify(key, message_of(arena, content), bytes);
}
