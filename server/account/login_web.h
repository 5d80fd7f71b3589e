/* login_web.h - the step between password and second factor, and the end of a log-in. */
#ifndef NORIA_LOGIN_WEB_H
#define NORIA_LOGIN_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "../http/session.h"
#include "account.h"

#define STEP_COOKIE "__Host-noria-step"

/* The step that the browser came with, of that purpose ("code", "enrol"): one row with account_id,
 * org_id, role. ERR_NOT_LOGGED_IN when there is none, it is over, or for another purpose. */
Err CHECKED step_look(struct req *req, const char *purpose, struct rows *rows);

/* The end of a log-in by page: makes the browser known, ends step and old session, opens a new
 * session (a cookie). `db`: the account, as system. */
Err CHECKED login_arrive(struct req *req, struct db *db, int64_t account);

#endif
