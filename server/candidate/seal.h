/* seal.h - the sealing of identities, and the keyed digests by which they are compared unopened.
 *
 * NORIA_KEYS/seal.key holds 64 random bytes: 32 seal (XChaCha20-Poly1305), 32 key the digests
 * (BLAKE2b-128, "blind index"). PostgreSQL never sees either. A sealed record is bound to its row:
 * the row's id is authenticated with it, so that a record moved to another row does not open. */
#ifndef NORIA_CANDIDATE_SEAL_H
#define NORIA_CANDIDATE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../../lib/base/text.h"

struct arena;
struct seal;

enum { SEAL_KEY = 64, SEAL_DIGEST = 16, SEAL_OVERHEAD = 1 + 24 + 16 };

/* Reads folder/seal.key; the keys are wiped when `arena` ends. ERR_IO when it is not there or is
 * not 64 bytes. */
Err CHECKED seal_load(struct arena *arena, const char *folder, const struct seal **seal);

/* Writes a new folder/seal.key (mode 0600) unless there is one. Without it no identity can ever be
 * read again: back it up apart from the database. */
Err CHECKED seal_create(const char *folder);

/* For tests: a seal from 64 given bytes. */
const struct seal *seal_from(struct arena *arena, const uint8_t key[SEAL_KEY]);

/* Appends the sealed form of `plain`: version, nonce, ciphertext, tag. `context` ("identity",
 * "import") and `id` (the row's) are needed again to open it. */
void seal_put(const struct seal *seal, const char *context, int64_t id, struct span plain,
              struct buf *out);

/* Opens; the plain bytes (a NUL behind them) live in `arena` and are wiped with it. ERR_CRYPTO when
 * the record was altered, belongs to another row or was sealed under another key. */
Err CHECKED seal_open(const struct seal *seal, const char *context, int64_t id, struct span sealed,
                      struct arena *arena, struct span *plain);

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

/* Digests. Passport: issuing state and number, letters and figures only, in upper case. Person: the
 * folded name (screening/names.h) and the birth date. */
void seal_passport(const struct seal *seal, const char *issuer, const char *number,
                   uint8_t digest[SEAL_DIGEST]);
void seal_person(const struct seal *seal, const char *surname, const char *given, date birth,
                 uint8_t digest[SEAL_DIGEST]);

/* The token of a candidate: eight characters of Crockford's base 32 ("K7Q2-M9XD") and a NUL. The id
 * under a keyed permutation of 40 bits: never twice, and told apart from the id by nobody without
 * the key. `id` in 1..2^40-1. */
enum { SEAL_TOKEN = 10 };
void seal_token(const struct seal *seal, int64_t id, char token[SEAL_TOKEN]);

/* The birth date with day and month swapped; the same date when that is no other day. */
date seal_swapped(date birth);

#endif
