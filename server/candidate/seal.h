/* seal.h - the sealing of identities, and the keyed digests by which they are compared unopened.
 *
 * A record is sealed with XChaCha20-Poly1305 under the data key of the person it is about, which
 * the database has only wrapped (keyring.h), and bound to its row: the row's id is authenticated
 * with it, so that neither a record nor a key moved to another row opens. Digests are BLAKE2b-128
 * under a key of their own ("blind index"), made here under version 1 of it; the database keeps
 * them under a later version when that key was replaced. PostgreSQL sees none of these keys. */
#ifndef NORIA_CANDIDATE_SEAL_H
#define NORIA_CANDIDATE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../../lib/base/text.h"
#include "keyring.h"

enum { SEAL_DIGEST = 16, SEAL_OVERHEAD = 1 + 24 + 16 };

/* Appends the sealed form of `plain`: version, nonce, ciphertext, tag. `context` ("identity",
 * "document", "import") and `id` (the row's) are needed again to open it. */
void seal_put(const struct seal_key *key, const char *context, int64_t id, struct span plain,
              struct buf *out);

/* Opens, with the owner's wrapped key; the plain bytes (a NUL behind them) live in `arena` and are
 * wiped with it. ERR_CRYPTO when record or key was altered or belongs to another row, or when the
 * key is no more (`wrapped` empty). Records from before owners had keys need no `wrapped`. */
Err CHECKED seal_open(const struct seal *seal, const struct seal_owner *owner, struct span wrapped,
                      const char *context, int64_t id, struct span sealed, struct arena *arena,
                      struct span *plain);

/* Who a worker is. Texts are NULL and dates DATE_NONE when not known. */
struct identity {
    const char *surname; /* in Latin letters, as in the passport */
    const char *given_names;
    const char *native_surname; /* the same in the country's own script */
    const char *native_given_names;
    const char *father_name;
    const char *sex; /* "F" "M" "X" */
    date birth_date;
    const char *birth_place;
    const char *nationality;     /* ISO 3166-1 alpha-3, as in a passport */
    const char *document_issuer; /* same */
    const char *document_number;
    date document_expires;
    const char *mrz; /* the lines, separated by LF */
    const char *phone;
};

/* Names of the fields in forms, JSON, CSV and views. Nothing is required here: what a machine
 * readable zone says need not be typed. */
extern const struct field identity_fields[];

/* A record as compact bytes, and back (strict: ERR_CRYPTO for anything else). The texts of an
 * opened record point into `bytes`. */
void identity_pack(const struct identity *identity, struct buf *out);
Err CHECKED identity_unpack(struct span bytes, struct identity *identity);

/* Seals a worker's record under a new key of his, which comes out wrapped; and opens it, as
 * seal_open() does. */
void identity_seal(const struct seal *seal, struct arena *arena, int64_t worker,
                   const struct identity *identity, struct span *sealed,
                   uint8_t wrapped[SEAL_WRAPPED]);
Err CHECKED identity_unseal(const struct seal *seal, struct arena *arena, int64_t worker,
                            struct span wrapped, struct span sealed, struct identity *identity);

/* Digests. Passport: issuing state and number, letters and figures only, in upper case. Person: the
 * folded name (screening/names.h) and the birth date. */
void seal_passport(const struct seal *seal, const char *issuer, const char *number,
                   uint8_t digest[SEAL_DIGEST]);
void seal_person(const struct seal *seal, const char *surname, const char *given, date birth,
                 uint8_t digest[SEAL_DIGEST]);

/* The key of the hashes of what clients send (requests kept under their Idempotency-Key, files of
 * candidates): a plain hash would let who has nothing but the database confirm a guess at a
 * passport. Made from digest key 1, which is never replaced, so that a repeat is known as one. */
enum { SEAL_REQUEST_KEY = 32 };
void seal_request_key(const struct seal *seal, uint8_t key[SEAL_REQUEST_KEY]);

/* What an employer can be reached or paid by (screening/contact.h): `kind` ("phone", "iban", …) and
 * its one spelling. */
void seal_contact(const struct seal *seal, const char *kind, const char *plain,
                  uint8_t digest[SEAL_DIGEST]);

/* The digest under version `to` from the one under version `from` (1..to): hashed again with each
 * key between, so that nothing need be opened. ERR_DIGEST_KEY_UNKNOWN when the ring has no such
 * versions. */
Err CHECKED seal_digest_again(const struct seal *seal, const uint8_t digest[SEAL_DIGEST], int from,
                              int to, uint8_t again[SEAL_DIGEST]);

/* Tells the digest key of a version apart from any other: eight bytes, no secret.
 * ERR_DIGEST_KEY_UNKNOWN. */
enum { SEAL_KEY_ID = 8 };
Err CHECKED seal_digest_key_id(const struct seal *seal, int version, uint8_t id[SEAL_KEY_ID]);

/* What digest_put() and digest_seen() of 18_digest_keys.sql take of a digest under version 1: it
 * under the newest version and the one before, each behind its version and the key's id. */
enum { SEAL_SENT = 2 * (SEAL_VERSION_BYTES + SEAL_KEY_ID + SEAL_DIGEST) };
const uint8_t *seal_digest_sent(const struct seal *seal, struct arena *arena,
                                const uint8_t digest[SEAL_DIGEST]);

/* The token of a candidate: eight characters of Crockford's base 32 ("K7Q2-M9XD") and a NUL. The id
 * under a keyed permutation of 40 bits: never twice, and told apart from the id by nobody without
 * the key. `id` in 1..2^40-1. */
enum { SEAL_TOKEN = 10 };
void seal_token(const struct seal *seal, int64_t id, char token[SEAL_TOKEN]);

/* The birth date with day and month swapped; the same date when that is no other day. */
date seal_swapped(date birth);

#endif
