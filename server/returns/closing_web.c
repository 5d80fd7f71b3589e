/* The closing of a campaign: balance, what is open, two signatures, the act as a file. */
#include "../http/req.h"
#include "returns.h"

static struct returns_desk desk_of(const struct req *req) {
    return (struct returns_desk){req->db, req->arena, req->app, req->now};
}

static Err show(struct req *req) {
    struct arg id = arg_int("campaign", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CLOSING_CAMPAIGN, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_slow(req->db, Q_CLOSING_BALANCE, ARGS(id), &rows));
    view_row(req->view, "balance", &rows, 0);
    TRY(db_slow(req->db, Q_CLOSING_OPEN, ARGS(id), &rows));
    view_rows(req->view, "open", &rows, -1);
    view_bool(req->view, "ready", rows.count == 0);
    TRY(db_run(req->db, Q_CLOSING_ACT, ARGS(id), &rows));
    if (rows.count == 1) {
        view_row(req->view, "act", &rows, 0);
    }
    TRY(db_run(req->db, Q_CLOSING_REOPEN_LIST, ARGS(id), &rows));
    view_rows(req->view, "reopened", &rows, -1);
    return OK;
}

static Err sign(struct req *req) {
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(db_one(req->db, Q_CLOSING_SIGN, ARGS(arg_int("campaign", id)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err countersign(struct req *req) {
    struct returns_desk desk = desk_of(req);
    const char *sha256 = NULL;
    TRY(closing_countersign(&desk, req_id(req, "id"), &sha256));
    view_int(req->view, "id", req_id(req, "id"));
    view_text(req->view, "sha256", sha256);
    view_text(req->view, "state", "closed");
    return OK;
}

static Err act_file(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CLOSING_TEXT, ARGS(arg_int("campaign", req_id(req, "id"))), &rows));
    req_bytes(req, "application/json", rows_span(&rows, 0, "body"), "closing-act.json", NULL, -1);
    return OK;
}

static Err act_signature(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CLOSING_TEXT, ARGS(arg_int("campaign", req_id(req, "id"))), &rows));
    struct span hex = rows_span(&rows, 0, "signature");
    char *bytes = arena_alloc(req->arena, hex.len / 2);
    if (hex.ptr == NULL || !text_unhex(hex, bytes, hex.len / 2)) {
        return ERR_NOT_FOUND;
    }
    req_bytes(req, "application/cose", (struct span){bytes, hex.len / 2}, "closing-act.cose", NULL,
              -1);
    return OK;
}

static Err reopen(struct req *req) {
    struct return_reason reason;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, return_reason_fields, &reason));
    TRY(db_one(req->db, Q_REOPENED_OPEN,
               ARGS(arg_int("placement", id), arg_text("reason", reason.reason)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err settle(struct req *req) {
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(db_one(req->db, Q_REOPENED_SETTLE, ARGS(arg_int("placement", id)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define PAGE "/campaigns/:id/closing"
#define CASE "/placements/:id/case"

const struct route closing_routes[] = {
    {GET, PAGE, show, STAFF, "returns/closing", NULL, NULL, 0, "Balance and closing"},
    {POST, "/campaigns/:id/closing/sign", sign, OFFICER, NULL, PAGE, PAGE, 0,
     "Sign the closing act first"},
    {POST, "/campaigns/:id/closing/countersign", countersign, OFFICER, NULL, PAGE, PAGE, 0,
     "Countersign the closing act"},
    {GET, "/campaigns/:id/closing/act", act_file, STAFF, NULL, NULL, NULL, 0,
     "The closing act as a file"},
    {GET, "/campaigns/:id/closing/signature", act_signature, STAFF, NULL, NULL, NULL, 0,
     "The signature of the closing act"},
    {POST, "/placements/:id/reopen", reopen, OFFICER, NULL, CASE, CASE, 0, "Reopen the case"},
    {POST, "/placements/:id/settle", settle, OFFICER, NULL, CASE, CASE, 0,
     "Settle the reopened case"},
    ROUTE_END,
};
