/* keyfile.h - a private key in a file, sealed with a passphrase.
 *
 * "NORIAK01", Argon2id operations and memory in KiB (4 bytes each, big-endian), salt (16), nonce
 * (24), then the COSE_Key with its private part under XSalsa20-Poly1305 (libsodium
 * crypto_secretbox). */
#ifndef NORIA_SW1_KEYFILE_H
#define NORIA_SW1_KEYFILE_H

#include "key.h"

enum { SW1_PASSPHRASE_MIN = 12, SW1_PASSPHRASE_MAX = 1024 };

/* How hard a passphrase is to guess: 64 MiB twice for keys that a server opens at start, 256 MiB
 * three times for the root key. */
enum sw1_hardness { SW1_SERVING, SW1_OFFLINE };

enum { SW1_STRETCH = 4 + 4 + 16 }; /* operations, memory and salt, as they stand in the file */

/* A passphrase, and what Argon2id last made of it: files of one folder share their salt, so that a
 * server stretches the passphrase once at its start and not for each key. Each file has a random
 * nonce of 24 bytes, so one box key seals many. Zero but for `passphrase` at first. */
struct sw1_lock {
    struct span passphrase;
    uint8_t how[SW1_STRETCH];
    uint8_t key[32];
    bool stretched;
};

/* Wipes what was made of the passphrase. */
void sw1_lock_wipe(struct sw1_lock *lock);

/* Seals the key, with the salt that the lock last used when that is as hard. ERR_CRYPTO when the
 * key has no private part, or memory for Argon2id is lacking. */
Err CHECKED sw1_keyfile_seal(struct arena *arena, const struct sw1_key *key, struct sw1_lock *lock,
                             enum sw1_hardness hardness, struct span *bytes);

/* Opens it; what was unsealed on the way is wiped. ERR_CRYPTO when the passphrase is another one or
 * the file was changed. */
Err CHECKED sw1_keyfile_open(struct arena *arena, struct span bytes, struct sw1_lock *lock,
                             struct sw1_key **key);

/* The passphrase in a file's content: its first line, at least SW1_PASSPHRASE_MIN bytes; false when
 * it is shorter, too long, or other lines follow. */
bool sw1_passphrase(struct span content, struct span *passphrase);

#endif
