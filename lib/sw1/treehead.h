/* treehead.h - what the audit log signs: its tree heads, with a key that signs nothing else.
 *
 * Both are COSE_Sign1 in the form of the document profile, with a typ of their own, so that neither
 * is ever taken for a document. A head: 1 iss, 6 iat, -70030 leaves, -70031 root (32 bytes), by the
 * log key. The log key's certificate: 1 iss, 6 iat, -70032 its public COSE_Key, by the root key. */
#ifndef NORIA_SW1_TREEHEAD_H
#define NORIA_SW1_TREEHEAD_H

#include "cose.h"
#include "merkle.h"

#define SW1_HEAD_TYP "application/vnd.noria.treehead+cwt"
#define SW1_LOGKEY_TYP "application/vnd.noria.logkey+cwt"

enum { SW1_HEAD_MAX = 512 };

struct sw1_head {
    struct span iss;
    int64_t iat; /* seconds since 1970 */
    uint64_t size;
    struct merkle_hash root;
};

/* Signs a head. ERR_CRYPTO. */
Err CHECKED sw1_head_sign(struct arena *arena, const struct sw1_key *key,
                          const struct sw1_head *head, struct span *bytes);

/* Reads a head that `key` signed; false for anything else. */
bool sw1_head_read(struct arena *arena, struct span bytes, const struct sw1_key *key,
                   struct sw1_head *head);

/* The certificate of a log's key, and back: false when `root` did not sign it. */
Err CHECKED sw1_logkey_write(struct arena *arena, const struct sw1_key *root, struct span iss,
                             int64_t iat, const struct sw1_key *key, struct span *bytes);
bool sw1_logkey_read(struct arena *arena, struct span bytes, const struct sw1_key *root,
                     struct sw1_key **key);

#endif
