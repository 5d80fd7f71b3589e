/* factor_kept_web.h - an account's second factor where it is kept. */
#ifndef NORIA_FACTOR_KEPT_WEB_H
#define NORIA_FACTOR_KEPT_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "../http/req.h"
#include "factor.h"

/* A code as typed: six digits or a recovery code. */
struct factor_form {
    const char *code;
};
extern const struct field factor_fields[];

/* What the columns `sealed` and `wrapped` hold; false when they are NULL. */
bool factor_of_row(const struct req *req, const struct rows *rows, struct factor_box *box);

/* Opens a secret. ERR_SECOND_FACTOR_KEYS when the server has no keys; ERR_CRYPTO. */
Err CHECKED factor_secret(const struct req *req, int64_t account, const struct factor_box *box,
                          uint8_t secret[FACTOR_SECRET]);

/* Makes a secret for the account and keeps it as pending. ERR_SECOND_FACTOR_KEYS. */
Err CHECKED factor_begin(struct req *req, struct db *db, int64_t account);

/* Whether a code is of the secret in `box` now, and of which 30 seconds. ERR_SECOND_FACTOR_WRONG;
 * errors of factor_secret. */
Err CHECKED factor_code(const struct req *req, int64_t account, const struct factor_box *box,
                        const char *code, int64_t *step);

/* Takes a code of the account, each once; the attempt was counted before. ERR_SECOND_FACTOR_WRONG.
 */
Err CHECKED factor_take(struct req *req, struct db *db, int64_t account,
                        const struct factor_box *box, const char *code);

#endif
