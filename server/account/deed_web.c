#include "deed_web.h"

#include "../http/session.h"

enum { DEVICE_SECONDS = 180 * 86400 };

struct db *as_system(const struct req *req, int64_t account, int64_t org, unsigned role) {
    struct db_actor *actor = ARENA_NEW(req->arena, struct db_actor);
    *actor = (struct db_actor){DB_SYSTEM, account, org, role_word(role)};
    return db_as(req->db, actor);
}

struct db *own_system(const struct req *req) {
    return as_system(req, req->account, req->org, req->role);
}

static Err deed_act(void *arg) {
    struct deed *deed = arg;
    deed->answer = (struct db_answer){200, NULL, NULL};
    return db_one(deed->db, deed->stmt, deed->args, &deed->rows);
}

Err deed_do(struct deed *deed, const struct db_once *once) {
    static const struct db_once none = {NULL, NULL};
    bool replayed = false;
    Err err =
        db_tx(deed->db, once == NULL ? &none : once, deed_act, deed, &deed->answer, &replayed);
    if (deed->ends_sessions) { /* whatever became of it: the outcome may be unknown */
        req_sessions_changed(deed->req);
    }
    TRY(err);
    return replayed ? ERR_IDEMPOTENCY_REPLAY : OK;
}

Err deed_once(struct deed *deed) {
    struct db_once once;
    TRY(req_once(deed->req, &once));
    Err err = deed_do(deed, &once);
    if (err == ERR_IDEMPOTENCY_REPLAY) {
        req_replayed(deed->req);
        return OK;
    }
    return err;
}

Err account_of_another(struct req *req, int64_t *id) {
    *id = req_id(req, "id");
    return *id == req->account ? fault(&req->faults, "", ERR_CONFLICT, "own account") : OK;
}

struct arg arg_device(const struct req *req) {
    uint8_t *hash = arena_alloc(req->arena, SESSION_HASH);
    bool sent = secret_hash("", req_get_cookie(req, DEVICE_COOKIE), hash);
    return sent ? arg_bytes("device", hash, SESSION_HASH) : arg_null("device");
}

struct arg arg_network(const struct req *req) {
    uint8_t *hash = arena_alloc(req->arena, NETWORK_HASH);
    req_network(req, hash);
    return arg_bytes("network", hash, NETWORK_HASH);
}

Err account_arrived(struct req *req, int64_t account, bool browser) {
    uint8_t hash[SESSION_HASH];
    const char *secret = secret_new(req->arena, "", hash);
    struct deed deed = {.req = req, .stmt = Q_ACCOUNT_ARRIVED};
    deed.db = as_system(req, 0, 0, PUBLIC);
    deed.args = ARGS(arg_int("id", account), ARG_CLIENT(req),
                     browser ? arg_bytes("fresh", hash, sizeof hash) : arg_null("fresh"));
    TRY(deed_do(&deed, NULL));
    if (browser) {
        bool fresh = rows_bool(&deed.rows, 0, "fresh");
        req_cookie(req, DEVICE_COOKIE, fresh ? secret : req_get_cookie(req, DEVICE_COOKIE),
                   DEVICE_SECONDS);
    }
    return OK;
}

Err token_make(struct req *req, struct db *db, const struct token_form *form,
               const struct db_once *once) {
    uint8_t hash[SESSION_HASH];
    const char *secret = secret_new(req->arena, TOKEN_PREFIX, hash);
    struct deed deed = {.req = req, .db = db, .stmt = Q_TOKEN_CREATE};
    deed.args = ARGS(arg_bytes("hash", hash, sizeof hash), arg_record(token_fields, form));
    TRY(deed_do(&deed, once));
    view_row(req->view, NULL, &deed.rows, 0);
    view_text(req->view, "token", secret);
    return OK;
}

Err password_said(struct req *req, const char *password, struct rows *known) {
    struct deed attempt = {.req = req, .db = own_system(req), .stmt = Q_ACCOUNT_ATTEMPT_OWN};
    attempt.args = ARGS(arg_int("id", req->account), ARG_CLIENT(req));
    TRY(req_attempt(req));
    TRY(deed_do(&attempt, NULL));
    *known = attempt.rows;
    bool resting = rows_bool(known, 0, "resting");
    const char *hash = rows_text(known, req->arena, 0, "password_hash");
    if (!password_matches(password, resting ? NULL : hash)) {
        return fault(&req->faults, "current_password", ERR_WRONG_PASSWORD, NULL);
    }
    req_attempt_was_right(req);
    return OK;
}
