/* deed_web.h - one statement in a transaction of the system, with its audit leaf: how log-in,
 * sessions, tokens and factors are written. */
#ifndef NORIA_DEED_WEB_H
#define NORIA_DEED_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "../http/req.h"
#include "account.h"

/* An account under the system's login, which alone may read hashes, sessions and tokens. */
struct db *as_system(const struct req *req, int64_t account, int64_t org, unsigned role);

/* Who asks, under the system's login. */
struct db *own_system(const struct req *req);

struct deed {
    struct req *req;
    struct db *db;
    enum stmt stmt;
    const struct arg *args;
    bool ends_sessions; /* somebody may not come in any more */
    struct rows rows;
    struct db_answer answer;
};

/* One row, or ERR_NOT_FOUND and nothing done. `once` (or NULL) with a key makes a repeat
 * ERR_IDEMPOTENCY_REPLAY: what was answered is not kept. Errors of db_tx. */
Err CHECKED deed_do(struct deed *deed, const struct db_once *once);

/* The same under the request's key, for an act whose answer its path tells: sent again it is OK,
 * without rows and without being done again. Also the error of req_once. */
Err CHECKED deed_once(struct deed *deed);

/* The account of the path that an administrator acts on: never his own, whose ways in he would
 * close or open for himself. A fault of ERR_CONFLICT. */
Err CHECKED account_of_another(struct req *req, int64_t *id);

/* Who is logged in says his password again: counts the attempt as a log-in's and compares. `known`
 * is the row of account_attempt_own. A fault on "current_password". */
Err CHECKED password_said(struct req *req, const char *password, struct rows *known);

/* Who tries to log in, as login_attempt() and login_arrived() of 02_accounts.sql take it: the hash
 * of the cookie by which an account knows a browser again (NULL without one), and the network's. */
#define DEVICE_COOKIE "__Host-noria-device"
struct arg arg_device(const struct req *req);
struct arg arg_network(const struct req *req);
#define ARG_CLIENT(req) arg_device(req), arg_network(req)

/* All that opens the account was right: its client's failures are forgotten, and with `browser` it
 * is known from now on, by a cookie that says nothing but random bits (half a year). */
Err CHECKED account_arrived(struct req *req, int64_t account, bool browser);

/* Makes an API token of the account that `db` acts for; the view gets its secret. `once` as above.
 */
Err CHECKED token_make(struct req *req, struct db *db, const struct token_form *form,
                       const struct db_once *once);

#endif
