/* Setting up a second factor: by who is logged in, after his password (and the code of the factor
 * he has); or between password and session, by an account without one whose role needs one. */
#include <sodium.h>
#include <time.h>

#include "../app.h"
#include "../document/document.h"
#include "../http/req.h"
#include "../run/offload.h"
#include "deed_web.h"
#include "factor_kept_web.h"
#include "login_web.h"

/* Who sets it up. */
struct owner {
    int64_t account;
    struct db *db; /* the account, as system */
    bool first;    /* in the middle of a log-in: no session yet */
};

static Err find_owner(struct req *req, struct owner *owner) {
    struct rows rows;
    if (req->account != 0) {
        *owner = (struct owner){req->account, own_system(req), false};
        return OK;
    }
    TRY(step_look(req, "enrol", &rows));
    owner->account = rows_int(&rows, 0, "account_id");
    owner->first = true;
    owner->db = as_system(req, owner->account, rows_int(&rows, 0, "org_id"),
                          role_bit(rows_text(&rows, req->arena, 0, "role")));
    return OK;
}

/* The account's state and, when one is shown, the pending secret. */
static Err look(struct req *req, const struct owner *owner, struct rows *rows,
                struct factor_box *box, bool *pending) {
    TRY(db_one(owner->db, Q_FACTOR_STATE, ARGS(arg_int("account", owner->account)), rows));
    *pending = factor_of_row(req, rows, box);
    return OK;
}

/* --- the page -----------------------------------------------------------------------------------
 */

static Err factor_get(struct req *req) {
    struct owner owner;
    struct rows rows;
    struct factor_box box;
    bool pending = false;
    uint8_t secret[FACTOR_SECRET];
    TRY(find_owner(req, &owner));
    TRY(look(req, &owner, &rows, &box, &pending));
    view_bool(req->view, "first", owner.first);
    view_bool(req->view, "pending", pending);
    view_row(req->view, "factor", &rows, 0);
    if (pending) {
        TRY(factor_secret(req, owner.account, &box, secret));
        view_text(req->view, "secret", base32(req->arena, secret, sizeof secret, 4));
        sodium_memzero(secret, sizeof secret);
    }
    return OK;
}

struct drawing {
    struct arena *arena;
    struct span text;
    Err err;
    struct span png;
};

static void draw(void *arg) {
    struct drawing *job = arg;
    struct qr qr;
    job->err = qr_make_bytes(job->arena, job->text, &qr);
    if (job->err == OK) {
        job->err = qr_png(job->arena, &qr, &job->png);
    }
}

static Err qr_get(struct req *req) {
    struct owner owner;
    struct rows rows;
    struct factor_box box;
    bool pending = false;
    uint8_t secret[FACTOR_SECRET];
    TRY(find_owner(req, &owner));
    TRY(look(req, &owner, &rows, &box, &pending));
    if (!pending) {
        return ERR_NOT_FOUND;
    }
    TRY(factor_secret(req, owner.account, &box, secret));
    const char *email = rows_text(&rows, req->arena, 0, "email");
    struct drawing job = {.arena = req->arena,
                          .text = span_of(totp_uri(req->arena, secret, email))};
    sodium_memzero(secret, sizeof secret);
    offload(draw, &job);
    TRY(job.err);
    req_bytes(req, "image/png", job.png, NULL, NULL, -1);
    return OK;
}

/* --- beginning, by who is logged in -------------------------------------------------------------
 */

struct begin_form {
    const char *current;
    const char *code; /* of the factor that is replaced */
};

static const struct field begin_fields[] = {
    {"current_password", F_TEXT, offsetof(struct begin_form, current), 1, PASSWORD_MAX,
     FIELD_REQUIRED | FIELD_EXACT, NULL, "Current password"},
    {"code", F_TEXT, offsetof(struct begin_form, code), 1, FACTOR_CODE_MAX, 0, NULL, "Code"},
    FIELD_END,
};

/* Changing what opens the account asks for all that opens it now (ASVS 5.0.0, 7.5.1); each try
 * counts towards the account's rest. */
static Err begin_post(struct req *req) {
    struct begin_form form;
    struct rows known;
    struct factor_box box;
    struct db *db = own_system(req);
    TRY(fields_read(req, begin_fields, &form));
    TRY(password_said(req, form.current, &known));
    if (factor_of_row(req, &known, &box)) {
        if (form.code == NULL) {
            return fault(&req->faults, "code", ERR_REQUIRED, NULL);
        }
        Err err = factor_take(req, db, req->account, &box, form.code);
        if (err != OK) {
            return err == ERR_SECOND_FACTOR_WRONG ? fault(&req->faults, "code", err, NULL) : err;
        }
    }
    TRY(db_run(db, Q_ACCOUNT_ARRIVED, ARGS(arg_int("id", req->account)), NULL));
    return factor_begin(req, db, req->account);
}

/* --- proving it ---------------------------------------------------------------------------------
 */

/* Ten codes into the view, and their hashes, in hexadecimal with commas. */
static const char *draw_codes(struct req *req) {
    struct buf hashes;
    struct view *list = view_list(req->view, "codes");
    buf_init(&hashes, req->arena, RECOVERY_CODES * (RECOVERY_HASH * 2 + 1) + 1);
    for (int i = 0; i < RECOVERY_CODES; i++) {
        uint8_t hash[RECOVERY_HASH];
        view_text(view_item(list), "code", recovery_draw(req->arena, hash));
        buf_printf(&hashes, "%s%s", i == 0 ? "" : ",", text_hex(req->arena, hash, sizeof hash));
    }
    return hashes.ptr;
}

static Err confirm(struct req *req, const struct owner *owner, const struct factor_box *box,
                   int64_t step) {
    uint8_t own[SESSION_HASH] = {0};
    bool session = !owner->first && secret_hash("", req_get_cookie(req, SESSION_COOKIE), own);
    struct deed deed = {.req = req, .db = owner->db, .stmt = Q_FACTOR_CONFIRM};
    deed.args = ARGS(arg_int("account", owner->account), arg_int("step", step),
                     arg_bytes("sealed", box->sealed.ptr, box->sealed.len),
                     arg_bool("first", owner->first), arg_text("hashes", draw_codes(req)),
                     session ? arg_bytes("own", own, sizeof own) : arg_null("own"));
    deed.ends_sessions = true;
    return deed_do(&deed, NULL);
}

static Err factor_post(struct req *req) {
    struct factor_form form;
    struct owner owner;
    struct rows rows;
    struct factor_box box;
    bool pending = false;
    uint8_t secret[FACTOR_SECRET];
    int64_t step = 0;
    TRY(fields_read(req, factor_fields, &form));
    TRY(find_owner(req, &owner));
    TRY(req_attempt(req));
    TRY(look(req, &owner, &rows, &box, &pending));
    if (!pending) {
        return ERR_SECOND_FACTOR_OVER;
    }
    TRY(factor_secret(req, owner.account, &box, secret));
    bool right = totp_step(secret, form.code, (int64_t)time(NULL), &step);
    sodium_memzero(secret, sizeof secret);
    if (!right) {
        return fault(&req->faults, "code", ERR_SECOND_FACTOR_WRONG, NULL);
    }
    req_attempt_was_right(req);
    Err err = confirm(req, &owner, &box, step);
    if (err == ERR_NOT_FOUND) {
        return ERR_SECOND_FACTOR_OVER;
    }
    TRY(err);
    return owner.first ? login_arrive(req, owner.db, owner.account) : OK;
}

/* --- by an administrator ------------------------------------------------------------------------
 */

static Err remove_post(struct req *req) {
    int64_t id = req_id(req, "id");
    if (id == req->account) {
        return fault(&req->faults, "", ERR_CONFLICT, "own account");
    }
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_FACTOR_REMOVE};
    deed.args = ARGS(arg_int("account", id));
    deed.ends_sessions = true;
    TRY(deed_do(&deed, NULL));
    view_int(req->view, "id", id);
    return OK;
}

const struct route factor_routes[] = {
    {GET, "/second-factor", factor_get, PUBLIC, "account/factor", NULL, NULL, ROUTE_PAGE_ONLY,
     "Second factor"},
    {GET, "/second-factor/qr.png", qr_get, PUBLIC, NULL, NULL, NULL, ROUTE_PAGE_ONLY,
     "Second factor, QR code"},
    {POST, "/second-factor/begin", begin_post, ANYBODY, NULL, "/second-factor", "/second-factor",
     ROUTE_NO_TX | ROUTE_PAGE_ONLY, "Set up a second factor"},
    {POST, "/second-factor", factor_post, PUBLIC, "account/recovery", NULL, "/second-factor",
     ROUTE_NO_TX | ROUTE_PAGE_ONLY, "Recovery codes"},
    {POST, "/accounts/:id/second-factor/remove", remove_post, ADMIN, NULL, "/accounts/:id", NULL,
     ROUTE_NO_TX, "Remove an account's second factor"},
    ROUTE_END,
};

const struct reads factor_reads[] = {
    {begin_post, begin_fields, NULL, 0},
    {factor_post, factor_fields, NULL, 0},
    READS_END,
};

const struct shows factor_shows[] = {
    {remove_post, "id", SHOWS_INT, 0, NULL, 0},
    SHOWS_END,
};
