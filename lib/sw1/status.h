/* status.h - withdrawn and suspended documents as a Token Status List in CWT form, two bits an
 * entry (draft-ietf-oauth-status-list; profile, section 3). */
#ifndef NORIA_SW1_STATUS_H
#define NORIA_SW1_STATUS_H

#include "../base/err.h"
#include "cose.h"
#include "trust.h"

enum sw1_status { SW1_STATUS_VALID = 0, SW1_STATUS_REVOKED = 1, SW1_STATUS_SUSPENDED = 2 };

enum {
    SW1_STATUS_ENTRIES = 1 << 20,                   /* of a full list */
    SW1_STATUS_PACKED = SW1_STATUS_ENTRIES * 2 / 8, /* bytes: the most that a list may inflate to */
    SW1_STATUS_SIZE_MAX = 512 * 1024                /* of the signed, deflated list */
};

struct sw1_status_list {
    struct span uri; /* sub */
    int64_t exp;     /* seconds since 1970 */
    int64_t iat;
    int64_t ttl;             /* seconds; 0 when the list names none */
    struct span aggregation; /* URI, or ptr NULL */
    struct span packed;      /* 4 entries a byte, the first in the lowest bits */
};

/* Sets entry `idx` of packed bytes of SW1_STATUS_PACKED size. */
void sw1_status_set(uint8_t *packed, int64_t idx, enum sw1_status status);

/* Entry `idx` of a list of 1, 2, 4 or 8 bits an entry, as the draft packs them (the first in the
 * lowest bits); -1 past its end. */
int sw1_status_entry(struct span packed, unsigned bits, int64_t idx);

/* The same of a list of ours: two bits. */
int sw1_status_get(const struct sw1_status_list *list, int64_t idx);

/* Deflates and signs a list. ERR_CRYPTO. */
Err CHECKED sw1_status_write(struct arena *arena, const struct sw1_status_list *list,
                             const struct sw1_key *key, struct span *bytes);

/* Reads a list that a key of purpose 2 signed in its window; false otherwise. Inflates at most
 * SW1_STATUS_PACKED bytes. Age is for the verifier to judge. */
bool sw1_status_read(struct arena *arena, struct span bytes, const struct sw1_trust *trust,
                     struct sw1_status_list *list);

/* The claims alone, of a list whose signature was looked at already. */
bool sw1_status_claims(struct arena *arena, const struct cbor *doc, struct sw1_status_list *list);

#endif
