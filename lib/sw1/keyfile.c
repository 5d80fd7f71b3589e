#include "keyfile.h"

#include <sodium.h>
#include <string.h>

#include "../base/arena.h"

static const char magic[8] = "NORIAK01";

enum {
    AT_OPERATIONS = sizeof magic,
    AT_MEMORY = AT_OPERATIONS + 4,
    AT_SALT = AT_MEMORY + 4,
    AT_NONCE = AT_SALT + crypto_pwhash_SALTBYTES,
    AT_BOX = AT_NONCE + crypto_secretbox_NONCEBYTES,
    PLAIN_MAX = 256,
    OPERATIONS_MAX = 8,
    MEMORY_MAX = 1024 * 1024 /* KiB: a false file cannot ask for more */
};

static void put_number(uint8_t *to, uint32_t number) {
    for (int i = 0; i < 4; i++) {
        to[i] = (uint8_t)(number >> (24 - 8 * i));
    }
}

static uint32_t get_number(const uint8_t *from) {
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

_Static_assert((int)SW1_STRETCH == (int)AT_NONCE - (int)AT_OPERATIONS, "the head's middle");
_Static_assert(sizeof((struct sw1_lock *)0)->key == crypto_secretbox_KEYBYTES, "a box key");

void sw1_lock_wipe(struct sw1_lock *lock) {
    sodium_memzero(lock->key, sizeof lock->key);
    lock->stretched = false;
}

/* Makes the lock's key that of a file with this head. */
static bool stretch(struct sw1_lock *lock, const uint8_t *head) {
    uint32_t operations = get_number(head + AT_OPERATIONS);
    uint32_t memory = get_number(head + AT_MEMORY);
    if (lock->stretched && memcmp(lock->how, head + AT_OPERATIONS, SW1_STRETCH) == 0) {
        return true;
    }
    lock->stretched = sodium_init() >= 0 && operations >= 1 && operations <= OPERATIONS_MAX &&
                      memory <= MEMORY_MAX &&
                      crypto_pwhash(lock->key, sizeof lock->key, lock->passphrase.ptr,
                                    lock->passphrase.len, head + AT_SALT, operations,
                                    (size_t)memory * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
    memcpy(lock->how, head + AT_OPERATIONS, SW1_STRETCH);
    return lock->stretched;
}

Err sw1_keyfile_seal(struct arena *arena, const struct sw1_key *key, struct sw1_lock *lock,
                     enum sw1_hardness hardness, struct span *bytes) {
    struct span plain;
    TRY(sw1_key_write(arena, key, true, &plain));
    uint8_t *out = arena_alloc(arena, AT_BOX + crypto_secretbox_MACBYTES + plain.len);
    bool offline = hardness == SW1_OFFLINE;
    memcpy(out, magic, sizeof magic);
    put_number(out + AT_OPERATIONS, offline ? 3 : 2);
    put_number(out + AT_MEMORY, offline ? 256 * 1024 : 64 * 1024);
    randombytes_buf(out + AT_SALT, AT_BOX - AT_SALT);
    if (lock->stretched && memcmp(lock->how, out + AT_OPERATIONS, AT_SALT - AT_OPERATIONS) == 0) {
        memcpy(out + AT_OPERATIONS, lock->how, SW1_STRETCH);
    }
    bool done =
        stretch(lock, out) && crypto_secretbox_easy(out + AT_BOX, (const uint8_t *)plain.ptr,
                                                    plain.len, out + AT_NONCE, lock->key) == 0;
    sodium_memzero((void *)(uintptr_t)plain.ptr, plain.len);
    if (done) {
        *bytes = (struct span){(const char *)out, AT_BOX + crypto_secretbox_MACBYTES + plain.len};
    }
    return done ? OK : ERR_CRYPTO;
}

Err sw1_keyfile_open(struct arena *arena, struct span bytes, struct sw1_lock *lock,
                     struct sw1_key **key) {
    const uint8_t *in = (const uint8_t *)bytes.ptr;
    if (bytes.len < AT_BOX + crypto_secretbox_MACBYTES || bytes.len > AT_BOX + PLAIN_MAX ||
        memcmp(in, magic, sizeof magic) != 0) {
        return ERR_CRYPTO;
    }
    uint8_t plain[PLAIN_MAX];
    size_t size = bytes.len - AT_BOX - crypto_secretbox_MACBYTES;
    bool done = stretch(lock, in) &&
                crypto_secretbox_open_easy(plain, in + AT_BOX, bytes.len - AT_BOX, in + AT_NONCE,
                                           lock->key) == 0 &&
                sw1_key_read(arena, (struct span){(const char *)plain, size}, key);
    sodium_memzero(plain, sizeof plain);
    return done ? OK : ERR_CRYPTO;
}

bool sw1_passphrase(struct span content, struct span *passphrase) {
    if (content.len > 0 && content.ptr[content.len - 1] == '\n') {
        content.len--;
    }
    if (content.len < SW1_PASSPHRASE_MIN || content.len > SW1_PASSPHRASE_MAX ||
        memchr(content.ptr, '\n', content.len) != NULL) {
        return false;
    }
    *passphrase = content;
    return true;
}
