/* Setting up a second factor: by who is logged in, after his password (and the code of the factor
 * he has); or between password and session, by an account without one whose role needs one. */
#include <sodium.h>

#include "../app.h"
#include "../document/document.h"
#include "../http/req.h"
#include "deed_web.h"
#include "factor_kept_web.h"
#include "login_web.h"

/* Who sets it up, and how far he is. */
struct owner {
    int64_t account;
    struct db *db; /* the account, as system */
    bool first;    /* in the middle of a log-in: no session yet */
    bool pending;  /* a secret is shown and not yet proved: */
    struct rows state;
    struct factor_box box;
};

static Err find_owner(struct req *req, struct owner *owner) {
    struct rows step;
    owner->first = req->account == 0;
    if (owner->first) {
        TRY(step_look(req, "enrol", &step));
        owner->account = rows_int(&step, 0, "account_id");
        owner->db = as_system(req, owner->account, rows_int(&step, 0, "org_id"),
                              role_bit(rows_text(&step, req->arena, 0, "role")));
    } else {
        owner->account = req->account;
        owner->db = own_system(req);
    }
    TRY(db_one(owner->db, Q_FACTOR_STATE, ARGS(arg_int("account", owner->account)), &owner->state));
    owner->pending = factor_of_row(req, &owner->state, &owner->box);
    return OK;
}

/* --- the page -----------------------------------------------------------------------------------
 */

static Err factor_get(struct req *req) {
    struct owner owner;
    uint8_t secret[FACTOR_SECRET];
    TRY(find_owner(req, &owner));
    view_bool(req->view, "first", owner.first);
    view_bool(req->view, "pending", owner.pending);
    view_row(req->view, "factor", &owner.state, 0);
    if (owner.pending) {
        TRY(factor_secret(req, owner.account, &owner.box, secret));
        view_text(req->view, "secret", base32(req->arena, secret, sizeof secret, 4));
        sodium_memzero(secret, sizeof secret);
    }
    return OK;
}

static Err qr_get(struct req *req) {
    struct owner owner;
    struct span png;
    uint8_t secret[FACTOR_SECRET];
    TRY(find_owner(req, &owner));
    if (!owner.pending) {
        return ERR_NOT_FOUND;
    }
    TRY(factor_secret(req, owner.account, &owner.box, secret));
    const char *email = rows_text(&owner.state, req->arena, 0, "email");
    const char *uri = totp_uri(req->arena, secret, email);
    sodium_memzero(secret, sizeof secret);
    TRY(qr_drawn(req->arena, qr_make_bytes, span_of(uri), &png));
    req_bytes(req, "image/png", png, NULL, NULL, -1);
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
 * counts as a log-in's does. */
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
    TRY(account_arrived(req, req->account, false));
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

static Err confirm(struct req *req, const struct owner *owner, int64_t step) {
    uint8_t own[SESSION_HASH] = {0};
    bool session = !owner->first && secret_hash("", req_get_cookie(req, SESSION_COOKIE), own);
    struct deed deed = {.req = req, .db = owner->db, .stmt = Q_FACTOR_CONFIRM};
    deed.args = ARGS(arg_int("account", owner->account), arg_int("step", step),
                     arg_bytes("sealed", owner->box.sealed.ptr, owner->box.sealed.len),
                     arg_bool("first", owner->first), arg_text("hashes", draw_codes(req)),
                     session ? arg_bytes("own", own, sizeof own) : arg_null("own"));
    deed.ends_sessions = true;
    Err err = deed_do(&deed, NULL);
    return err == ERR_NOT_FOUND ? ERR_SECOND_FACTOR_OVER : err;
}

static Err factor_post(struct req *req) {
    struct factor_form form;
    struct owner owner;
    int64_t step = 0;
    TRY(fields_read(req, factor_fields, &form));
    TRY(find_owner(req, &owner));
    TRY(req_attempt(req));
    if (!owner.pending) {
        return ERR_SECOND_FACTOR_OVER;
    }
    Err right = factor_code(req, owner.account, &owner.box, form.code, &step);
    if (right == ERR_SECOND_FACTOR_WRONG) {
        return fault(&req->faults, "code", right, NULL);
    }
    TRY(right);
    req_attempt_was_right(req);
    TRY(confirm(req, &owner, step));
    return owner.first ? login_arrive(req, owner.db, owner.account) : OK;
}

/* --- by an administrator ------------------------------------------------------------------------
 */

static Err remove_post(struct req *req) {
    int64_t id;
    TRY(account_of_another(req, &id));
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_FACTOR_REMOVE};
    deed.args = ARGS(arg_int("account", id));
    deed.ends_sessions = true;
    TRY(deed_once(&deed));
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
     ROUTE_NO_TX | ROUTE_KEPT, "Remove an account's second factor"},
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
