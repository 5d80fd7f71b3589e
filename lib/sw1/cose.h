/* cose.h - COSE_Sign1 (RFC 9052 section 4.2) in the one form of the document profile: tag 18, an
 * empty unprotected header, ES256, a kid of 8 bytes and, for lists, a typ. */
#ifndef NORIA_SW1_COSE_H
#define NORIA_SW1_COSE_H

#include "../base/err.h"
#include "cbor.h"
#include "code.h"
#include "key.h"

/* A message taken apart; the spans lie in its bytes. */
struct cose {
    struct span protected; /* encoded header */
    struct span payload;
    struct span signature;
    struct span kid;
    bool es256;         /* the header names ES256 */
    struct cbor claims; /* the payload, read strictly under the same limits */
};

/* Reads a message; `typ` NULL means that the header has alg and kid only, else typ as well with
 * exactly that value. SW1_VALID, SW1_BAD_CBOR or SW1_BAD_COSE. The signature is not looked at. */
enum sw1_code cose_read(struct arena *arena, struct span bytes, const char *typ,
                        const struct cbor_limits *limits, struct cose *out);

/* True when the key signed the message. */
bool cose_verify(struct arena *arena, const struct cose *cose, const struct sw1_key *key);

/* Signs `payload` (encoded claims) with the key. */
Err CHECKED cose_sign(struct arena *arena, const struct sw1_key *key, const char *typ,
                      struct span payload, struct span *bytes);

#endif
