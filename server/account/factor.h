/* factor.h - the second factor: time-based one-time passwords (RFC 6238: SHA-1, six digits, 30
 * seconds, as every authenticator program has them) and ten recovery codes for a lost telephone.
 *
 * The secret is sealed under a key that PostgreSQL never sees; a code is taken once (the database
 * keeps the last 30 seconds whose code was taken); wrong codes count with wrong passwords towards
 * the account's rest. No database here. */
#ifndef NORIA_FACTOR_H
#define NORIA_FACTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"
#include "../candidate/candidate.h"

struct arena;

enum {
    FACTOR_SECRET = 20,  /* bytes: RFC 4226 section 4, R6 recommends 160 bits */
    FACTOR_SECONDS = 30, /* RFC 6238 section 5.2 */
    FACTOR_DRIFT = 1,    /* steps that a clock may be off, either way (same section) */
    FACTOR_CODE_MAX = 64 /* characters of what is typed, hyphens and spaces too */
};

enum {
    RECOVERY_CODES = 10,
    RECOVERY_BYTES = 20, /* 160 bits, so that a plain hash is enough (ASVS 5.0.0, 6.5.2) */
    RECOVERY_HASH = 32
};

/* A secret as the columns hold it: sealed under a data key of its own, and that key wrapped. */
struct factor_box {
    struct span sealed;
    struct span wrapped;
};

/* RFC 4648 base 32 of whole fives of bytes, in groups of `group` characters (0: in one). */
const char *base32(struct arena *arena, const uint8_t *bytes, size_t size, size_t group);

/* Draws a secret for an account and seals it, bound to the account. */
void factor_draw(const struct seal *seal, struct arena *arena, int64_t account,
                 struct factor_box *box);

/* Opens it. ERR_CRYPTO when it was altered or is another account's. */
Err CHECKED factor_open(const struct seal *seal, struct arena *arena, int64_t account,
                        const struct factor_box *box, uint8_t secret[FACTOR_SECRET]);

/* True when `code` (six digits; spaces are left out) is the secret's at `now` (seconds of the real
 * clock), FACTOR_DRIFT steps more or less; `step` is then the 30 seconds that it belongs to. */
bool totp_step(const uint8_t secret[FACTOR_SECRET], const char *code, int64_t now, int64_t *step);

/* What an authenticator program scans: otpauth://totp/… with the secret. `email` names the account
 * in the program. */
const char *totp_uri(struct arena *arena, const uint8_t secret[FACTOR_SECRET], const char *email);

/* Draws a recovery code, as it is shown ("ABCD-EFGH-…", eight fours), and its hash. */
const char *recovery_draw(struct arena *arena, uint8_t hash[RECOVERY_HASH]);

/* The hash of a recovery code as typed (case, spaces and hyphens do not count; 0, 1 and 8 are read
 * as O, I and B, which base 32 has instead); false when it is not of that form. */
bool recovery_hash(const char *typed, uint8_t hash[RECOVERY_HASH]);

#endif
