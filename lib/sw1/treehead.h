/* treehead.h - what the audit log signs: its tree heads, with a key that signs nothing else.
 *
 * Both are COSE_Sign1 in the form of the document profile, with a typ of their own, so that neither
 * is ever taken for a document. A head: 1 iss, 6 iat, -70030 leaves, -70031 root (32 bytes), by the
 * log key. The certificate, by the root key: 1 iss, 6 iat, -70032 the log's public COSE_Key and,
 * once it was rotated, -70033 those before it: [[COSE_Key, last second it may sign at], ...]. */
#ifndef NORIA_SW1_TREEHEAD_H
#define NORIA_SW1_TREEHEAD_H

#include "cose.h"
#include "merkle.h"

#define SW1_HEAD_TYP "application/vnd.noria.treehead+cwt"
#define SW1_LOGKEY_TYP "application/vnd.noria.logkey+cwt"

enum { SW1_HEAD_MAX = 512, SW1_LOGKEYS_MAX = 32, SW1_LOGKEYS_BYTES = 8192 };

/* The keys of a log, oldest first; the last one signs now. */
struct sw1_logkeys {
    struct {
        const struct sw1_key *key;
        int64_t until; /* seconds since 1970: a later head of this key is not its log's */
    } of[SW1_LOGKEYS_MAX];
    int count;
};

struct sw1_head {
    struct span iss;
    int64_t iat; /* seconds since 1970 */
    uint64_t size;
    struct merkle_hash root;
    const struct sw1_key *by; /* who signed it, when it was read */
};

/* Signs a head. ERR_CRYPTO. */
Err CHECKED sw1_head_sign(struct arena *arena, const struct sw1_key *key,
                          const struct sw1_head *head, struct span *bytes);

/* Reads a head that one of `keys` signed in its time; false for anything else. */
bool sw1_head_read(struct arena *arena, struct span bytes, const struct sw1_logkeys *keys,
                   struct sw1_head *head);

/* A log that has had one key only. */
struct sw1_logkeys sw1_logkeys_one(const struct sw1_key *key);

/* Adds the key that signs from now on; the one before it may sign until then, so that the server
 * can go on until it is given the new one. ERR_LIMIT at SW1_LOGKEYS_MAX. */
Err CHECKED sw1_logkeys_add(struct sw1_logkeys *keys, const struct sw1_key *key, int64_t until);

/* The certificate of a log's keys (at least one), and back: false when `root` did not sign it. */
Err CHECKED sw1_logkeys_write(struct arena *arena, const struct sw1_key *root, struct span iss,
                              int64_t iat, const struct sw1_logkeys *keys, struct span *bytes);
bool sw1_logkeys_read(struct arena *arena, struct span bytes, const struct sw1_key *root,
                      struct sw1_logkeys *keys);

/* The key that signs now. */
const struct sw1_key *sw1_logkeys_newest(const struct sw1_logkeys *keys);

#endif
