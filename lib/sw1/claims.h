/* claims.h - what a document says: one struct, one table of rows that both reads and writes it.
 * Keys, types and meaning: document profile, section 1. */
#ifndef NORIA_SW1_CLAIMS_H
#define NORIA_SW1_CLAIMS_H

#include <stdint.h>

#include "../base/err.h"
#include "cbor.h"

enum { SW1_CTI = 16 };

/* Seconds and days lie between 1970 and the end of 9999. */
#define SW1_TIME_MAX INT64_C(253402300799)
#define SW1_DAY_MAX INT64_C(2932896)

enum sw1_kind {
    SW1_WORKER = 1, /* worker document */
    SW1_NOTICE = 2, /* contract notice: names nobody */
    SW1_RECORD = 3  /* season record */
};

/* A text that is absent has ptr NULL; a number that is absent is SW1_NONE. */
#define SW1_NONE INT64_C(-1)

struct sw1_claims {
    struct span iss;
    int64_t exp; /* seconds since 1970 */
    int64_t nbf;
    int64_t iat;
    struct span cti; /* 16 random bytes: the identity of the document */

    /* claim 169; not in a contract notice */
    struct span document_number;
    struct span full_name;   /* Latin, as in the passport's MRZ */
    struct span birth_date;  /* YYYYMMDD */
    int64_t gender;          /* 1 male, 2 female, 3 other */
    struct span nationality; /* ISO 3166-1 alpha-2 */

    int64_t status_idx;
    struct span status_uri;

    /* claim -70001 */
    int64_t kind; /* enum sw1_kind */
    struct span passport;
    struct span employer;
    int64_t siret;
    struct span commune; /* INSEE */
    struct span rome;
    int64_t first_day; /* days since 1970-01-01 */
    int64_t last_day;
    struct span authorisation;
    struct span second_name; /* in a second script */
    struct span contract;    /* serial */
    struct span campaign;
    int64_t places;        /* kind 2 */
    int64_t wage;          /* gross hourly, cents; kind 2 */
    int64_t clean_seasons; /* kind 3 */
};

/* Claims with everything absent. */
struct sw1_claims sw1_claims_none(void);

/* Reads and checks the claims of an encoded map; NULL when every row is present where its kind
 * needs it, of its type and in its range, else the name of the first row that is not. Members that
 * the profile does not name are ignored (RFC 8392 section 3). Texts lie in the document. */
const char *sw1_claims_read(const struct cbor *doc, struct sw1_claims *claims);

/* iat alone, which decides about the key before the signature is looked at; false when it is not
 * a time. */
bool sw1_claims_iat(const struct cbor *doc, int64_t *iat);

/* The same checks on claims that are to be issued; NULL or the row's name. Texts of one line
 * without control or direction characters only. */
const char *sw1_claims_check(const struct sw1_claims *claims);

/* One claim that is present, for those who show them all. */
struct sw1_shown {
    const char *name; /* "full_name": stable, also in JSON */
    bool number;      /* `value`, else `text` */
    bool binary;      /* `text` is bytes (cti) */
    bool time;        /* `value` is seconds since 1970 */
    bool day;         /* `value` is days since 1970-01-01: a birth date, too */
    int64_t value;
    struct span text;
};

/* The claim of that position; positions count from 0 to below sw1_claims_rows(). False when it is
 * absent. */
int sw1_claims_rows(void);
bool sw1_claims_show(const struct sw1_claims *claims, int position, struct sw1_shown *shown);

/* Encodes claims that were checked. */
struct span sw1_claims_write(struct arena *arena, const struct sw1_claims *claims);

#endif
