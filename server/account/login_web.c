/* Log-in: the password, then the second factor where the account has one or its role needs one,
 * then a session (page) or a token (API). Between the two there is no session: only a step, ten
 * minutes long, that opens the form for the code or, for a role that needs a factor and an account
 * without, its set-up. */
#include "login_web.h"
#include "../app.h"
#include "../http/req.h"
#include "../http/session.h"
#include "deed_web.h"
#include "factor_kept_web.h"

enum { LOGIN_TOKEN_DAYS = 30, STEP_SECONDS = 600 };

struct next_form {
    const char *next;
};

static const struct field next_fields[] = {
    {"next", F_TEXT, offsetof(struct next_form, next), 1, 500, 0, NULL, "Next page"},
    FIELD_END,
};

/* --- the step between password and code ---------------------------------------------------------
 */

/* Of the step's cookie; false without one. */
static bool step_hash(const struct req *req, uint8_t hash[SESSION_HASH]) {
    return secret_hash("", req_get_cookie(req, STEP_COOKIE), hash);
}

static Err step_open(struct req *req, struct db *db, int64_t account, const char *purpose) {
    uint8_t hash[SESSION_HASH];
    const char *secret = secret_new(req->arena, "", hash);
    struct deed deed = {.req = req, .db = db, .stmt = Q_STEP_OPEN};
    deed.args = ARGS(arg_bytes("hash", hash, sizeof hash), arg_int("account", account),
                     arg_text("purpose", purpose));
    TRY(deed_do(&deed, NULL));
    req_cookie(req, STEP_COOKIE, secret, STEP_SECONDS);
    return OK;
}

static Err step_close(struct req *req, struct db *db) {
    uint8_t hash[SESSION_HASH];
    if (step_hash(req, hash)) {
        TRY(db_run(db, Q_STEP_CLOSE, ARGS(arg_bytes("hash", hash, sizeof hash)), NULL));
        req_cookie(req, STEP_COOKIE, NULL, 0);
    }
    return OK;
}

/* --- a session ----------------------------------------------------------------------------------
 */

/* Ends the session that the browser came with, whosever it is. */
static Err close_session(struct req *req, struct db *db) {
    uint8_t hash[SESSION_HASH];
    if (!secret_hash("", req_get_cookie(req, SESSION_COOKIE), hash)) {
        return OK;
    }
    struct deed deed = {.req = req, .db = db, .stmt = Q_SESSION_DELETE, .ends_sessions = true};
    deed.args = ARGS(arg_bytes("hash", hash, sizeof hash));
    Err err = deed_do(&deed, NULL);
    return err == ERR_NOT_FOUND ? OK : err;
}

Err login_arrive(struct req *req, struct db *db, int64_t account) {
    uint8_t hash[SESSION_HASH];
    TRY(close_session(req, db));
    const char *secret = secret_new(req->arena, "", hash);
    struct deed deed = {.req = req, .db = db, .stmt = Q_SESSION_CREATE};
    deed.args = ARGS(arg_bytes("hash", hash, sizeof hash), arg_int("account_id", account),
                     arg_text("client", req_client(req)));
    TRY(deed_do(&deed, NULL));
    req_cookie(req, SESSION_COOKIE, secret, SESSION_SECONDS);
    TRY(account_arrived(req, account, true));
    return step_close(req, db);
}

/* --- the password -------------------------------------------------------------------------------
 */

static Err login_get(struct req *req) {
    view_text(req->view, "next", safe_next(req_query(req, "next")));
    return OK;
}

/* An account whose password was right. */
struct arrival {
    int64_t account;
    unsigned role;
    struct db *db; /* the account, as system */
    bool has_factor;
    bool must_enrol; /* has none, and its role needs one (NORIA_SECOND_FACTOR) */
    struct factor_box box;
};

/* The row of account_attempt or step_attempt. */
static void read_arrival(struct req *req, const struct rows *rows, struct arrival *arrival) {
    arrival->account = rows_int(rows, 0, "id");
    arrival->role = role_bit(rows_text(rows, req->arena, 0, "role"));
    arrival->db = as_system(req, arrival->account, rows_int(rows, 0, "org_id"), arrival->role);
    arrival->has_factor = factor_of_row(req, rows, &arrival->box);
    arrival->must_enrol = !arrival->has_factor && (req->app->factor_roles & arrival->role) != 0;
}

static Err check_password(struct req *req, const struct login *form, struct arrival *arrival) {
    struct deed attempt = {.req = req, .stmt = Q_ACCOUNT_ATTEMPT};
    attempt.db = as_system(req, 0, 0, PUBLIC);
    attempt.args = ARGS(arg_text("email", form->email), ARG_CLIENT(req));
    Err found = deed_do(&attempt, NULL);
    if (found != OK && found != ERR_NOT_FOUND) {
        return found;
    }
    bool known = found == OK && !rows_bool(&attempt.rows, 0, "resting");
    const char *hash = known ? rows_text(&attempt.rows, req->arena, 0, "password_hash") : NULL;
    if (!password_matches(form->password, hash)) {
        return ERR_BAD_CREDENTIALS;
    }
    read_arrival(req, &attempt.rows, arrival);
    return OK;
}

/* A page goes on to the code, to the set-up of a factor, or in. */
static Err page_goes_on(struct req *req, const struct arrival *arrival, const char *next) {
    if (!arrival->has_factor && !arrival->must_enrol) {
        view_text(req->view, "location", safe_next(next));
        return login_arrive(req, arrival->db, arrival->account);
    }
    TRY(close_session(req, arrival->db));
    TRY(step_open(req, arrival->db, arrival->account, arrival->has_factor ? "code" : "enrol"));
    if (arrival->must_enrol) {
        view_text(req->view, "location", "/second-factor");
        return factor_begin(req, arrival->db, arrival->account);
    }
    struct buf to;
    buf_init(&to, req->arena, 128);
    buf_text(&to, "/login/code?next=");
    buf_uri(&to, span_of(safe_next(next)));
    view_text(req->view, "location", to.ptr);
    return OK;
}

static Err api_goes_on(struct req *req, const struct arrival *arrival, const struct login *form) {
    if (arrival->must_enrol) {
        return ERR_SECOND_FACTOR_ENROL;
    }
    if (arrival->has_factor) {
        TRY(form->code == NULL ? ERR_SECOND_FACTOR_NEEDED : OK);
        TRY(factor_take(req, arrival->db, arrival->account, &arrival->box, form->code));
    }
    TRY(account_arrived(req, arrival->account, false));
    struct token_form token = {form->label == NULL ? "log-in" : form->label,
                               form->scope == NULL ? "write" : form->scope,
                               form->days == FIELD_NONE ? LOGIN_TOKEN_DAYS : form->days};
    return token_make(req, arrival->db, &token, NULL);
}

static Err login_post(struct req *req) {
    struct login form;
    struct arrival arrival;
    TRY(fields_read(req, login_fields, &form));
    TRY(req_attempt(req));
    TRY(check_password(req, &form, &arrival));
    Err err = req->api ? api_goes_on(req, &arrival, &form) : page_goes_on(req, &arrival, form.next);
    if (err != ERR_SECOND_FACTOR_WRONG) {
        req_attempt_was_right(req);
    }
    return err;
}

/* --- the code -----------------------------------------------------------------------------------
 */

Err step_look(struct req *req, const char *purpose, struct rows *rows) {
    uint8_t hash[SESSION_HASH];
    if (!step_hash(req, hash)) {
        return ERR_NOT_LOGGED_IN;
    }
    Err err = db_one(as_system(req, 0, 0, PUBLIC), Q_STEP_LOOK,
                     ARGS(arg_bytes("hash", hash, sizeof hash)), rows);
    if (err == ERR_NOT_FOUND) {
        return ERR_NOT_LOGGED_IN;
    }
    TRY(err);
    return span_is(rows_span(rows, 0, "purpose"), purpose) ? OK : ERR_NOT_LOGGED_IN;
}

static Err code_get(struct req *req) {
    struct rows rows;
    struct next_form form;
    TRY(step_look(req, "code", &rows));
    TRY(query_read(req, next_fields, &form));
    if (form.next != NULL) {
        view_text(req->view, "next", safe_next(form.next));
    }
    return OK;
}

static Err code_post(struct req *req) {
    struct factor_form form;
    struct next_form next;
    struct arrival arrival;
    uint8_t hash[SESSION_HASH];
    TRY(fields_read(req, factor_fields, &form));
    TRY(fields_read(req, next_fields, &next));
    TRY(req_attempt(req));
    struct deed attempt = {.req = req, .stmt = Q_STEP_ATTEMPT};
    attempt.db = as_system(req, 0, 0, PUBLIC);
    attempt.args = ARGS(arg_bytes("hash", hash, sizeof hash), ARG_CLIENT(req));
    Err found = step_hash(req, hash) ? deed_do(&attempt, NULL) : ERR_NOT_FOUND;
    if (found != OK) {
        return found == ERR_NOT_FOUND ? ERR_NOT_LOGGED_IN : found;
    }
    if (rows_bool(&attempt.rows, 0, "resting")) {
        return ERR_SECOND_FACTOR_WRONG;
    }
    read_arrival(req, &attempt.rows, &arrival);
    TRY(factor_take(req, arrival.db, arrival.account, &arrival.box, form.code));
    req_attempt_was_right(req);
    view_text(req->view, "location", safe_next(next.next));
    return login_arrive(req, arrival.db, arrival.account);
}

static Err logout_post(struct req *req) {
    TRY(close_session(req, own_system(req)));
    req_cookie(req, SESSION_COOKIE, NULL, 0);
    return OK;
}

const struct route login_routes[] = {
    {GET, "/login", login_get, PUBLIC, "account/login", NULL, NULL, ROUTE_PAGE_ONLY, "Log in"},
    {POST, "/login", login_post, PUBLIC, NULL, NULL, "/login", ROUTE_NO_TX, "Log in"},
    {GET, "/login/code", code_get, PUBLIC, "account/code", NULL, NULL, ROUTE_PAGE_ONLY,
     "Second factor"},
    {POST, "/login/code", code_post, PUBLIC, NULL, NULL, "/login/code",
     ROUTE_NO_TX | ROUTE_PAGE_ONLY, "Second factor"},
    {POST, "/logout", logout_post, ANYBODY, NULL, "/", NULL, ROUTE_NO_TX | ROUTE_PAGE_ONLY,
     "Log out"},
    ROUTE_END,
};

const struct reads login_reads[] = {
    {login_post, login_fields, NULL, 0},
    {code_get, next_fields, NULL, 0},
    {code_post, factor_fields, NULL, 0},
    {code_post, next_fields, NULL, 0},
    READS_END,
};

const struct shows login_shows[] = {
    {login_post, NULL, SHOWS_ROW, Q_TOKEN_CREATE, NULL, 0},
    {login_post, "token", SHOWS_TEXT, 0, NULL, 0},
    SHOWS_END,
};
