/* keyring_own.h - what a seal is, for keyring.c, keyring_file.c and seal.c alone. */
#ifndef NORIA_CANDIDATE_KEYRING_OWN_H
#define NORIA_CANDIDATE_KEYRING_OWN_H

#include "keyring.h"

struct seal {
    uint8_t blind[32]; /* of tokens, and digest key 1 */
    int digests;       /* further digest keys: versions 2 and on */
    uint8_t digest[SEAL_DIGEST_KEYS][32];
    int count; /* of `rings`, at least 1, in the order of their versions */
    struct seal_ring {
        int version; /* 1..65535 */
        uint8_t key[32];
    } rings[SEAL_VERSIONS];
};

/* The wrapping key of a version, NULL when the ring has none. */
const struct seal_ring *seal_ring(const struct seal *seal, int version);

/* What is authenticated beside what is sealed: `context`, NUL, the id in network order, and the
 * wrapping key's version unless 0. `context` of at most 48 bytes. */
enum { SEAL_BOUND = 64 };
size_t seal_bound(const char *context, int64_t id, int version, uint8_t out[SEAL_BOUND]);

#endif
