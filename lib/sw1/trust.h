/* trust.h - the list of keys that may sign, signed by the offline root key (profile, section 2). */
#ifndef NORIA_SW1_TRUST_H
#define NORIA_SW1_TRUST_H

#include "../base/err.h"
#include "cose.h"

#define SW1_TRUST_TYP "application/vnd.noria.trustlist+cwt"

enum { SW1_TRUST_KEYS_MAX = 64, SW1_TRUST_SIZE_MAX = 16 * 1024 };

enum sw1_purpose { SW1_FOR_DOCUMENTS = 1, SW1_FOR_STATUS = 2 };
enum sw1_key_state { SW1_ACTIVE = 0, SW1_RETIRED = 1, SW1_COMPROMISED = 2 };

struct sw1_trust_key {
    struct sw1_key *key;
    enum sw1_purpose purpose;
    int64_t not_before; /* seconds since 1970; what it signed outside its window is refused */
    int64_t not_after;
    enum sw1_key_state state;
};

struct sw1_trust {
    struct span iss;
    int64_t exp;
    int64_t iat;
    int64_t sequence;
    int count;
    struct sw1_trust_key keys[SW1_TRUST_KEYS_MAX];
};

/* Signs a list. ERR_CRYPTO. */
Err CHECKED sw1_trust_write(struct arena *arena, const struct sw1_trust *trust,
                            const struct sw1_key *root, struct span *bytes);

/* Reads a list that `root` signed, every key checked (a point of the curve, its own kid, no kid
 * twice); false otherwise. Age and sequence are for the verifier to judge. */
bool sw1_trust_read(struct arena *arena, struct span bytes, const struct sw1_key *root,
                    struct sw1_trust *trust);

/* The claims alone, of a list whose signature was looked at already. */
bool sw1_trust_claims(struct arena *arena, const struct cbor *doc, struct sw1_trust *trust);

/* The key of that kid, or NULL. */
const struct sw1_trust_key *sw1_trust_find(const struct sw1_trust *trust, struct span kid);

/* May that key have signed something of this purpose at `iat`? SW1_VALID, SW1_KEY_WRONG_PURPOSE,
 * SW1_KEY_COMPROMISED or SW1_KEY_NOT_VALID_AT_IAT. */
enum sw1_code sw1_trust_allows(const struct sw1_trust_key *key, enum sw1_purpose purpose,
                               int64_t iat);

#endif
