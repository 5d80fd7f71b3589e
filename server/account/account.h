/* account.h - organisations, the people who act for them, their passwords and API tokens.
 *
 * An account has one role and belongs to one organisation, whose kind decides under which database
 * login its requests run. Accounts are made by an administrator, who hands an activation code over
 * (good once, seven days) with which the person chooses his password; the first one by
 * `noria-server account bootstrap`. Passwords are kept as Argon2id (RFC 9106; 64 MiB, 2 passes); a
 * log-in costs the same time and says the same whether or not the address is known. */
#ifndef NORIA_ACCOUNT_H
#define NORIA_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/field.h"
#include "../http/route.h"

struct arena;

extern const struct route account_routes[];
extern const struct shows account_shows[];
extern const struct reads account_reads[];
extern const struct route login_routes[];
extern const struct shows login_shows[];
extern const struct reads login_reads[];
extern const struct route factor_routes[]; /* the second factor (factor.h) */
extern const struct shows factor_shows[];
extern const struct reads factor_reads[];
extern const struct route org_routes[];
extern const struct shows org_shows[];
extern const struct reads org_reads[];

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 200, PASSWORD_HASH = 128, TOKEN_DAYS_MAX = 400 };

struct org {
    const char *kind; /* employer, partner, ofii */
    const char *name;
    const char *country; /* ISO 3166-1 alpha-2 */
    const char *siret;   /* employers must have one */
    const char *naf;
    const char *commune; /* INSEE code */
    int64_t hectares;    /* hundredths */
    int64_t headcount;
    date active_from;
    date active_to;
};
extern const char *const org_kinds[]; /* ends with NULL */
extern const struct field org_fields[];

struct account {
    int64_t org_id;
    const char *role;
    const char *email;
    const char *name;
    const char *lang;
};
extern const struct field account_fields[];

struct login {
    const char *email;
    const char *password;
    const char *code;  /* of the second factor; a page asks for it afterwards */
    const char *label; /* of the API token that a log-in under /api/v1 gives */
    const char *scope;
    int64_t days;
    const char *next; /* where a page goes on */
};
extern const struct field login_fields[];

struct password_form {
    const char *current;
    const char *password;
};
extern const struct field password_fields[];

/* A first password, or one in the place of a forgotten one. */
struct activation_form {
    const char *code;
    const char *password;
};
extern const struct field activation_fields[];

struct token_form {
    const char *label;
    const char *scope;
    int64_t days;
};
extern const struct field token_fields[];

/* Faults of an organisation: SIRET by Luhn (La Poste's own numbers excepted), required for an
 * employer; last day not before the first. */
Err CHECKED org_check(const struct org *org, struct faults *faults);

/* ERR_NOT_A_CHOICE on "role" unless the role fits the kind of organisation: employer to employer,
 * partner to partner, assessor to partner or ofii, the others to ofii. */
Err CHECKED account_check(const char *role, const char *org_kind, struct faults *faults);

/* Argon2id of a password; runs on a pool thread, at most two at once in the process. */
Err CHECKED password_hash(const char *password, char hash[PASSWORD_HASH]);

/* True when the password belongs to the hash; with `hash` NULL false after the same time. */
bool password_matches(const char *password, const char *hash);

/* Only paths of this site: "/" when `next` is NULL or could lead elsewhere. */
const char *safe_next(const char *next);

#endif
