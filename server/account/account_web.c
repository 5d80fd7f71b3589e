#include <string.h>

#include "../http/req.h"
#include "../http/session.h"
#include "account.h"
#include "deed_web.h"
#include "factor.h"
#include "weak.h"

enum { LANG_SECONDS = 365 * 24 * 3600 };

/* --- language -----------------------------------------------------------------------------------
 */

static const char *const lang_choices[] = {"fr", "en", "ar", NULL};

struct lang_form {
    const char *lang;
};

static const struct field lang_fields[] = {
    {"lang", F_CHOICE, offsetof(struct lang_form, lang), 0, 0, FIELD_REQUIRED, lang_choices,
     "Language"},
    FIELD_END,
};

struct back_form {
    const char *back;
};

static const struct field back_fields[] = {
    {"back", F_TEXT, offsetof(struct back_form, back), 1, 500, 0, NULL, "Page"},
    FIELD_END,
};

static Err language_post(struct req *req) {
    struct lang_form form;
    struct back_form back;
    TRY(fields_read(req, lang_fields, &form));
    TRY(fields_read(req, back_fields, &back));
    req_cookie(req, LANG_COOKIE, form.lang, LANG_SECONDS);
    view_text(req->view, "location", safe_next(back.back));
    return OK;
}

/* --- my account ---------------------------------------------------------------------------------
 */

static Err me_get(struct req *req) {
    struct rows rows;
    TRY(db_one(own_system(req), Q_ACCOUNT_ME, ARGS(arg_int("id", req->account)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err browsers_get(struct req *req) {
    struct rows rows;
    TRY(db_run(own_system(req), Q_BROWSER_LIST,
               ARGS(arg_int("account", req->account), arg_device(req)), &rows));
    view_rows(req->view, "browsers", &rows, -1);
    return OK;
}

static Err account_get(struct req *req) {
    struct rows me;
    struct rows tokens;
    struct rows sessions;
    uint8_t own[SESSION_HASH] = {0};
    struct db *db = own_system(req);
    TRY(db_one(db, Q_ACCOUNT_ME, ARGS(arg_int("id", req->account)), &me));
    TRY(db_run(db, Q_TOKEN_LIST, ARGS(arg_int("account_id", req->account)), &tokens));
    (void)secret_hash("", req_get_cookie(req, SESSION_COOKIE), own);
    TRY(db_run(db, Q_SESSION_OPEN_LIST,
               ARGS(arg_int("account", req->account), arg_bytes("own", own, sizeof own)),
               &sessions));
    view_rows(req->view, "sessions", &sessions, -1);
    view_row(req->view, "account", &me, 0);
    view_rows(req->view, "tokens", &tokens, -1);
    return browsers_get(req);
}

/* A new password, by what is known of who takes it: columns email, name, org_name. */
static Err password_of_person(struct req *req, const char *password, const struct rows *rows) {
    return password_weak(req->arena, password, rows_text(rows, req->arena, 0, "email"),
                         rows_text(rows, req->arena, 0, "name"),
                         rows_text(rows, req->arena, 0, "org_name"), &req->faults);
}

static Err password_post(struct req *req) {
    struct password_form form;
    struct rows known;
    char hash[PASSWORD_HASH];
    struct db *db = own_system(req);
    TRY(fields_read(req, password_fields, &form));
    TRY(password_said(req, form.current, &known));
    TRY(password_of_person(req, form.password, &known));
    TRY(password_hash(form.password, hash));
    struct deed deed = {.req = req, .db = db, .stmt = Q_ACCOUNT_SET_PASSWORD};
    deed.args = ARGS(arg_int("id", req->account), arg_text("hash", hash), arg_device(req));
    deed.ends_sessions = true;
    TRY(deed_do(&deed, NULL));
    return account_arrived(req, req->account, false);
}

static Err session_end_post(struct req *req) {
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_SESSION_END_OWN};
    deed.args = ARGS(arg_int("id", req_id(req, "id")));
    deed.ends_sessions = true;
    return deed_once(&deed);
}

/* Its session goes on: what is forgotten is that it may try passwords when strangers may not. */
static Err browser_forget_post(struct req *req) {
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_BROWSER_FORGET};
    deed.args = ARGS(arg_int("id", req_id(req, "id")));
    TRY(deed_once(&deed));
    view_int(req->view, "id", req_id(req, "id"));
    return OK;
}

static Err browsers_forget_post(struct req *req) {
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_BROWSER_FORGET_ALL};
    deed.args = ARGS();
    TRY(deed_once(&deed));
    view_int(req->view, "known", 0);
    return OK;
}

static Err tokens_get(struct req *req) {
    struct rows rows;
    TRY(db_run(own_system(req), Q_TOKEN_LIST, ARGS(arg_int("account_id", req->account)), &rows));
    view_rows(req->view, "tokens", &rows, -1);
    return OK;
}

static Err token_post(struct req *req) {
    struct token_form form;
    struct db_once once;
    TRY(fields_read(req, token_fields, &form));
    TRY(req_once(req, &once));
    return token_make(req, own_system(req), &form, &once);
}

static Err token_revoke_post(struct req *req) {
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_TOKEN_REVOKE};
    deed.args = ARGS(arg_int("id", req_id(req, "id")));
    deed.ends_sessions = true;
    TRY(deed_once(&deed));
    view_int(req->view, "id", req_id(req, "id"));
    return OK;
}

/* --- accounts, by an administrator --------------------------------------------------------------
 */

struct account_filter {
    int64_t org_id;
};
static const struct field filter_fields[] = {
    {"org_id", F_INT, offsetof(struct account_filter, org_id), 1, INT64_MAX, 0, NULL,
     "Organisation"},
    FIELD_END,
};

static Err accounts_get(struct req *req) {
    struct rows rows;
    struct page page = req_page(req);
    struct account_filter filter;
    TRY(query_read(req, filter_fields, &filter));
    TRY(db_run(req->db, Q_ACCOUNT_LIST, ARGS(ARG_PAGE(page), arg_record(filter_fields, &filter)),
               &rows));
    req_rows(req, "accounts", &page, &rows, "id");
    return OK;
}

static Err account_new_get(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_ORG_LIST,
               ARGS(arg_int("after", 0), arg_int("limit", 1000), arg_null("kind")), &rows));
    view_rows(req->view, "orgs", &rows, -1);
    return OK;
}

static Err account_show_get(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_ACCOUNT_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    return OK;
}

/* An activation code into the view; its hash. */
static struct arg draw_code(struct req *req) {
    uint8_t *hash = arena_alloc(req->arena, RECOVERY_HASH);
    view_text(req->view, "code", recovery_draw(req->arena, hash));
    return arg_bytes("code", hash, RECOVERY_HASH);
}

static Err account_create_post(struct req *req) {
    struct account form;
    struct rows kind;
    struct db_once once;
    TRY(fields_read(req, account_fields, &form));
    TRY(req_once(req, &once));
    if (db_one(req->db, Q_ORG_KIND, ARGS(arg_int("id", form.org_id)), &kind) != OK) {
        return fault(&req->faults, "org_id", ERR_UNKNOWN_REFERENCE, NULL);
    }
    TRY(account_check(form.role, rows_text(&kind, req->arena, 0, "kind"), &req->faults));
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_ACCOUNT_CREATE};
    deed.args = ARGS(arg_record(account_fields, &form), arg_null("hash"), draw_code(req));
    TRY(deed_do(&deed, &once));
    view_row(req->view, NULL, &deed.rows, 0);
    return OK;
}

static Err set_disabled(struct req *req, bool disabled) {
    int64_t id;
    TRY(account_of_another(req, &id));
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_ACCOUNT_DISABLE};
    deed.args = ARGS(arg_int("id", id), arg_bool("disabled", disabled));
    deed.ends_sessions = disabled;
    TRY(deed_once(&deed));
    view_int(req->view, "id", id);
    return OK;
}

static Err account_disable_post(struct req *req) {
    return set_disabled(req, true);
}

static Err account_enable_post(struct req *req) {
    return set_disabled(req, false);
}

static Err account_reset_post(struct req *req) {
    int64_t id;
    TRY(account_of_another(req, &id));
    struct db_once once;
    TRY(req_once(req, &once));
    struct deed deed = {.req = req, .db = own_system(req), .stmt = Q_ACCOUNT_RESET};
    deed.args = ARGS(arg_int("id", id), draw_code(req));
    deed.ends_sessions = true;
    TRY(deed_do(&deed, &once));
    view_row(req->view, NULL, &deed.rows, 0);
    return OK;
}

/* --- the first password, by who has the code ----------------------------------------------------
 */

/* The act, by nobody, once a key: sent again after an answer that was lost it is done already. */
static Err activate(struct req *req, const uint8_t code[RECOVERY_HASH], const char *hash) {
    struct deed deed = {.req = req, .db = as_system(req, 0, 0, PUBLIC), .stmt = Q_ACTIVATION_USE};
    deed.args = ARGS(arg_bytes("code", code, RECOVERY_HASH), arg_text("hash", hash));
    Err err = deed_once(&deed);
    return err == ERR_NOT_FOUND ? fault(&req->faults, "code", ERR_ACTIVATION_UNKNOWN, NULL) : err;
}

static Err activation_post(struct req *req) {
    struct activation_form form;
    struct rows rows;
    char hash[PASSWORD_HASH];
    uint8_t code[RECOVERY_HASH];
    TRY(fields_read(req, activation_fields, &form));
    TRY(req_attempt(req));
    if (!recovery_hash(form.code, code)) {
        return fault(&req->faults, "code", ERR_ACTIVATION_UNKNOWN, NULL);
    }
    Err found = db_one(as_system(req, 0, 0, PUBLIC), Q_ACTIVATION_LOOK,
                       ARGS(arg_bytes("code", code, sizeof code)), &rows);
    if (found == ERR_NOT_FOUND) {
        return activate(req, code, "!"); /* nothing to do, or done with this key */
    }
    TRY(found);
    req_attempt_was_right(req);
    TRY(password_of_person(req, form.password, &rows));
    TRY(password_hash(form.password, hash));
    return activate(req, code, hash);
}

const struct route account_routes[] = {
    {POST, "/language", language_post, PUBLIC, NULL, NULL, NULL, ROUTE_NO_TX | ROUTE_PAGE_ONLY,
     "Choose the language"},
    {GET, "/me", me_get, ANYBODY, NULL, NULL, NULL, ROUTE_API_ONLY, "Who am I"},
    {GET, "/account", account_get, ANYBODY, "account/mine", NULL, NULL, ROUTE_PAGE_ONLY,
     "My account"},
    {POST, "/account/password", password_post, ANYBODY, NULL, "/login", "/account", ROUTE_NO_TX,
     "Change my password"},
    {POST, "/account/sessions/:id/end", session_end_post, ANYBODY, NULL, "/account", NULL,
     ROUTE_NO_TX | ROUTE_KEPT | ROUTE_PAGE_ONLY, "End a session"},
    {GET, "/account/browsers", browsers_get, ANYBODY, NULL, NULL, NULL, ROUTE_API_ONLY,
     "My known browsers"},
    {POST, "/account/browsers/forget", browsers_forget_post, ANYBODY, NULL, "/account", NULL,
     ROUTE_NO_TX | ROUTE_KEPT, "Forget all known browsers"},
    {POST, "/account/browsers/:id/forget", browser_forget_post, ANYBODY, NULL, "/account", NULL,
     ROUTE_NO_TX | ROUTE_KEPT, "Forget a known browser"},
    {GET, "/activation", req_form, PUBLIC, "account/activation", NULL, NULL, ROUTE_PAGE_ONLY,
     "Choose a password"},
    {POST, "/activation", activation_post, PUBLIC, NULL, "/login", "/activation",
     ROUTE_NO_TX | ROUTE_KEPT, "Choose a password"},
    {GET, "/tokens", tokens_get, ANYBODY, NULL, NULL, NULL, ROUTE_API_ONLY, "My API tokens"},
    {POST, "/tokens", token_post, ANYBODY, "account/token", NULL, "/account", ROUTE_NO_TX,
     "Create an API token"},
    {POST, "/tokens/:id/revoke", token_revoke_post, ANYBODY, NULL, "/account", "/account",
     ROUTE_NO_TX | ROUTE_KEPT, "Revoke an API token"},
    {GET, "/accounts", accounts_get, ADMIN | AUDITOR, "account/list", NULL, NULL, 0, "Accounts"},
    {GET, "/accounts/new", account_new_get, ADMIN, "account/form", NULL, NULL, ROUTE_PAGE_ONLY,
     "New account"},
    {POST, "/accounts", account_create_post, ADMIN, "account/handed", NULL, "/accounts/new",
     ROUTE_NO_TX, "Create an account"},
    {GET, "/accounts/:id", account_show_get, ADMIN | AUDITOR, "account/show", NULL, NULL, 0,
     "Account"},
    {POST, "/accounts/:id/disable", account_disable_post, ADMIN, NULL, "/accounts/:id", NULL,
     ROUTE_NO_TX | ROUTE_KEPT, "Disable an account"},
    {POST, "/accounts/:id/enable", account_enable_post, ADMIN, NULL, "/accounts/:id", NULL,
     ROUTE_NO_TX | ROUTE_KEPT, "Enable an account"},
    {POST, "/accounts/:id/activation", account_reset_post, ADMIN, "account/handed", NULL,
     "/accounts/:id", ROUTE_NO_TX, "New activation code"},
    ROUTE_END,
};

const struct reads account_reads[] = {
    {language_post, lang_fields, NULL, 0},
    {language_post, back_fields, NULL, 0},
    {password_post, password_fields, NULL, 0},
    {token_post, token_fields, NULL, 0},
    {accounts_get, page_fields, NULL, 0},
    {accounts_get, filter_fields, NULL, 0},
    {account_create_post, account_fields, NULL, 0},
    {activation_post, activation_fields, NULL, 0},
    READS_END,
};

const struct shows account_shows[] = {
    {me_get, NULL, SHOWS_ROW, Q_ACCOUNT_ME, NULL, 0},
    {browsers_get, "browsers", SHOWS_ROWS, Q_BROWSER_LIST, NULL, 0},
    {browser_forget_post, "id", SHOWS_INT, 0, NULL, 0},
    {browsers_forget_post, "known", SHOWS_INT, 0, NULL, 0},
    {tokens_get, "tokens", SHOWS_ROWS, Q_TOKEN_LIST, NULL, 0},
    {token_post, NULL, SHOWS_ROW, Q_TOKEN_CREATE, NULL, 0},
    {token_post, "token", SHOWS_TEXT, 0, NULL, 0},
    {token_revoke_post, "id", SHOWS_INT, 0, NULL, 0},
    {accounts_get, "accounts", SHOWS_ROWS, Q_ACCOUNT_LIST, NULL, 0},
    {account_create_post, NULL, SHOWS_ROW, Q_ACCOUNT_CREATE, NULL, 0},
    {account_show_get, NULL, SHOWS_ROW, Q_ACCOUNT_BY_ID, NULL, 0},
    {account_show_get, NULL, SHOWS_ETAG, 0, NULL, 0},
    {account_disable_post, "id", SHOWS_INT, 0, NULL, 0},
    {account_enable_post, "id", SHOWS_INT, 0, NULL, 0},
    {account_create_post, "code", SHOWS_TEXT, 0, NULL, 0},
    {account_reset_post, NULL, SHOWS_ROW, Q_ACCOUNT_RESET, NULL, 0},
    {account_reset_post, "code", SHOWS_TEXT, 0, NULL, 0},
    SHOWS_END,
};
