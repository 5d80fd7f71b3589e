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

/* Seals the key. ERR_CRYPTO when it has no private part, or memory for Argon2id is lacking. */
Err CHECKED sw1_keyfile_seal(struct arena *arena, const struct sw1_key *key, struct span passphrase,
                             enum sw1_hardness hardness, struct span *bytes);

/* Opens it; what was unsealed on the way is wiped. ERR_CRYPTO when the passphrase is another one or
 * the file was changed. */
Err CHECKED sw1_keyfile_open(struct arena *arena, struct span bytes, struct span passphrase,
                             struct sw1_key **key);

/* The passphrase in a file's content: its first line, at least SW1_PASSPHRASE_MIN bytes; false when
 * it is shorter, too long, or other lines follow. */
bool sw1_passphrase(struct span content, struct span *passphrase);

#endif
