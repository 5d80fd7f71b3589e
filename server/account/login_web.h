/* login_web.h - what log-in and the set-up of a second factor share. */
#ifndef NORIA_LOGIN_WEB_H
#define NORIA_LOGIN_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "../http/session.h"
#include "account.h"
#include "deed_web.h"
#include "factor.h"

#define STEP_COOKIE "__Host-noria-step"

/* A code as typed: six digits or a recovery code. */
struct factor_form {
    const char *code;
};
extern const struct field factor_fields[];

/* The hash of the step's cookie; false without one. */
bool step_hash(const struct req *req, uint8_t hash[SESSION_HASH]);

/* The step that the browser came with, of that purpose ("code", "enrol"): one row with account_id,
 * org_id, role. ERR_NOT_LOGGED_IN when there is none, it is over, or for another purpose. */
Err CHECKED step_look(struct req *req, const char *purpose, struct rows *rows);

/* The end of a log-in by page: takes the failed attempts back, ends step and old session, opens a
 * new session (a cookie). `db`: the account, as system. */
Err CHECKED login_arrive(struct req *req, struct db *db, int64_t account);

/* What the columns `sealed` and `wrapped` hold; false when they are NULL. */
bool factor_of_row(const struct req *req, const struct rows *rows, struct factor_box *box);

/* Opens a secret. ERR_SECOND_FACTOR_KEYS when the server has no keys; ERR_CRYPTO. */
Err CHECKED factor_secret(const struct req *req, int64_t account, const struct factor_box *box,
                          uint8_t secret[FACTOR_SECRET]);

/* Makes a secret for the account and keeps it as pending. ERR_SECOND_FACTOR_KEYS. */
Err CHECKED factor_begin(struct req *req, struct db *db, int64_t account);

/* Takes a code of the account, each once; the attempt was counted before. ERR_SECOND_FACTOR_WRONG.
 */
Err CHECKED factor_take(struct req *req, struct db *db, int64_t account,
                        const struct factor_box *box, const char *code);

#endif
