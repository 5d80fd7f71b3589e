/* keyring.h - the keys outside the database: NORIA_KEYS/seal.key.
 *
 * It holds the wrapping keys, one a version, the key of the tokens and those of the digests. Each
 * worker (and each error file of an import) has a data key of its own, 256 random bits, that seals
 * what is known of him; the database keeps it only wrapped: XChaCha20-Poly1305 under the newest
 * wrapping key, bound to whose it is and to the version. So a wrapping key is replaced without
 * opening a record (seal_wrap_again), and a record whose wrapped key is gone is gone.
 *
 * Three forms of the file: 64 bytes, as `noria keys init` makes it (wrapping key 1, digest key 1,
 * which is the tokens' too); "NSK1", digest key 1, then for each version two bytes of number and 32
 * of key, and a checksum (BLAKE2b-128), once it was rotated; and "NSK2", once it has more digest
 * keys: these stand behind the first, after a byte that counts them. */
#ifndef NORIA_CANDIDATE_KEYRING_H
#define NORIA_CANDIDATE_KEYRING_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"

struct arena;
struct seal;

enum {
    SEAL_FIRST = 64,                 /* bytes of the file as it is made */
    SEAL_VERSION_BYTES = 2,          /* a wrapped key begins with its wrapping key's version */
    SEAL_WRAPPED = 2 + 24 + 32 + 16, /* version, nonce, key, tag */
    SEAL_VERSIONS = 32,              /* wrapping keys that a file may hold */
    SEAL_DIGEST_KEYS = 32            /* digest keys beyond the first */
};

/* Whose a data key is: "worker" and his id, "import" and the batch's. */
struct seal_owner {
    const char *kind;
    int64_t id;
};

/* An open data key. Wipe it with seal_key_wipe(). */
struct seal_key {
    uint8_t bytes[32];
};

/* Reads folder/seal.key; the keys are wiped when `arena` ends. ERR_IO when it is not there or has
 * neither form. */
Err CHECKED seal_load(struct arena *arena, const char *folder, const struct seal **seal);

/* Writes a new folder/seal.key (mode 0600) unless there is one. Without it no identity can ever be
 * read again: back it up apart from the database. */
Err CHECKED seal_create(const char *folder);

/* Adds a wrapping key to the file, in the place of which a crash leaves the old or the new file;
 * `version` gets its number. ERR_LIMIT at SEAL_VERSIONS; ERR_IO. Servers take it at their start. */
Err CHECKED seal_rotate(const char *folder, int *version);

/* Takes a wrapping key out of the file: whatever is still wrapped with it (older backups) is
 * unreadable from then on. ERR_NOT_FOUND when there is none of that number or it is the newest. */
Err CHECKED seal_drop(const char *folder, int version);

/* Adds a digest key to the file, as seal_rotate() does; `version` gets its number. No digest key is
 * ever taken out: a digest under version v is the one under v - 1 hashed again. */
Err CHECKED seal_rotate_digests(const char *folder, int *version);

/* The newest digest key's number, from 1. */
int seal_digest_version(const struct seal *seal);

/* Versions in the ring, oldest first; how many. The last one wraps. */
int seal_versions(const struct seal *seal, int versions[SEAL_VERSIONS]);

/* For tests: a seal from 64 given bytes. */
const struct seal *seal_from(struct arena *arena, const uint8_t bytes[SEAL_FIRST]);

/* Draws a data key for its owner; `wrapped` is what the database keeps. */
void seal_key_new(const struct seal *seal, const struct seal_owner *owner, struct seal_key *key,
                  uint8_t wrapped[SEAL_WRAPPED]);

/* Opens a wrapped key. ERR_CRYPTO when it was altered, is another's, or its version is not in the
 * file as this process loaded it. */
Err CHECKED seal_key_open(const struct seal *seal, const struct seal_owner *owner,
                          struct span wrapped, struct seal_key *key);

/* The same data key under the newest wrapping key; no record is opened. ERR_CRYPTO. */
Err CHECKED seal_wrap_again(const struct seal *seal, const struct seal_owner *owner,
                            struct span wrapped, uint8_t again[SEAL_WRAPPED]);

void seal_key_wipe(struct seal_key *key);

#endif
