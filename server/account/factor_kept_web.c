/* factor_kept_web.c - an account's second factor where it is kept: begun, opened, a code taken
 * once. */
#include "factor_kept_web.h"

#include <sodium.h>
#include <time.h>

#include "../app.h"
#include "deed_web.h"

const struct field factor_fields[] = {
    {"code", F_TEXT, offsetof(struct factor_form, code), 1, FACTOR_CODE_MAX, FIELD_REQUIRED, NULL,
     "Code"},
    FIELD_END,
};

bool factor_of_row(const struct req *req, const struct rows *rows, struct factor_box *box) {
    *box = (struct factor_box){rows_bytes(rows, req->arena, 0, "sealed"),
                               rows_bytes(rows, req->arena, 0, "wrapped")};
    return box->sealed.ptr != NULL;
}

Err factor_secret(const struct req *req, int64_t account, const struct factor_box *box,
                  uint8_t secret[FACTOR_SECRET]) {
    if (req->app->seal == NULL) {
        return ERR_SECOND_FACTOR_KEYS;
    }
    return factor_open(req->app->seal, req->arena, account, box, secret);
}

Err factor_code(const struct req *req, int64_t account, const struct factor_box *box,
                const char *code, int64_t *step) {
    uint8_t secret[FACTOR_SECRET];
    TRY(factor_secret(req, account, box, secret));
    bool right = totp_step(secret, code, (int64_t)time(NULL), step);
    sodium_memzero(secret, sizeof secret);
    return right ? OK : ERR_SECOND_FACTOR_WRONG;
}

static Err take_recovery(struct req *req, struct db *db, int64_t account, const uint8_t *hash) {
    struct deed deed = {.req = req, .db = db, .stmt = Q_RECOVERY_TAKE};
    deed.args = ARGS(arg_int("account", account), arg_bytes("hash", hash, RECOVERY_HASH));
    Err err = deed_do(&deed, NULL);
    return err == ERR_NOT_FOUND ? ERR_SECOND_FACTOR_WRONG : err;
}

Err factor_take(struct req *req, struct db *db, int64_t account, const struct factor_box *box,
                const char *code) {
    uint8_t hash[RECOVERY_HASH];
    int64_t step = 0;
    if (recovery_hash(code, hash)) {
        return take_recovery(req, db, account, hash);
    }
    TRY(factor_code(req, account, box, code, &step));
    struct deed deed = {.req = req, .db = db, .stmt = Q_FACTOR_TAKE};
    deed.args = ARGS(arg_int("account", account), arg_int("step", step),
                     arg_bytes("sealed", box->sealed.ptr, box->sealed.len));
    Err err = deed_do(&deed, NULL);
    return err == ERR_NOT_FOUND ? ERR_SECOND_FACTOR_WRONG : err;
}

Err factor_begin(struct req *req, struct db *db, int64_t account) {
    struct factor_box box;
    if (req->app->seal == NULL) {
        return ERR_SECOND_FACTOR_KEYS;
    }
    factor_draw(req->app->seal, req->arena, account, &box);
    struct deed deed = {.req = req, .db = db, .stmt = Q_FACTOR_BEGIN};
    deed.args =
        ARGS(arg_int("account", account), arg_bytes("sealed", box.sealed.ptr, box.sealed.len),
             arg_bytes("wrapped", box.wrapped.ptr, box.wrapped.len));
    return deed_do(&deed, NULL);
}
