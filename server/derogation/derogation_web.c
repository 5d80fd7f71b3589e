#include <string.h>

#include "../http/req.h"
#include "derogation.h"

static Err list(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_DEROGATION_LIST, ARGS(ARG_PAGE(page)), &rows));
    req_rows(req, "derogations", &page, &rows, "id");
    return OK;
}

static Err show(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_DEROGATION_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_DEROGATION_WORKER_LIST, ARGS(id), &rows));
    view_rows(req->view, "workers", &rows, -1);
    TRY(db_run(req->db, Q_DEROGATION_OVER_LIST, ARGS(id), &rows));
    view_rows(req->view, "over", &rows, -1);
    view_bool(req->view, "has_over", rows.count > 0);
    return OK;
}

static Err form(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_DEROGATION_CAMPAIGNS, ARGS(), &rows));
    view_rows(req->view, "campaigns", &rows, -1);
    TRY(db_run(req->db, Q_DEROGATION_DEPARTMENTS, ARGS(), &rows));
    view_rows(req->view, "departments", &rows, -1);
    return OK;
}

static Err propose(struct req *req) {
    struct derogation derogation;
    int64_t id = 0;
    Err read = fields_read(req, derogation_fields, &derogation);
    if (read != OK && req->faults.count == 0) {
        return read;
    }
    TRY(derogation_propose(req->db, &derogation, &id));
    view_int(req->view, "id", id);
    view_text(req->view, "location", arena_printf(req->arena, "/derogations/%lld", (long long)id));
    return OK;
}

struct signature {
    const char *sha256; /* of the text that the signer was shown */
};
static const struct field signature_fields[] = {
    {"sha256", F_TEXT, offsetof(struct signature, sha256), 64, 64, FIELD_REQUIRED, NULL,
     "Hash of the text"},
    FIELD_END,
};

static Err sign(struct req *req) {
    struct signature signature;
    struct rows rows;
    TRY(fields_read(req, signature_fields, &signature));
    if (strspn(signature.sha256, "0123456789abcdef") != 64) {
        return fault(&req->faults, "sha256", ERR_DEROGATION_OTHER_TEXT, NULL);
    }
    TRY(db_one(req->db, Q_DEROGATION_SIGN,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(signature_fields, &signature)),
               &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err revoke(struct req *req) {
    struct derogation_end end;
    struct rows rows;
    TRY(fields_read(req, derogation_end_fields, &end));
    TRY(db_one(req->db, Q_DEROGATION_REVOKE,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(derogation_end_fields, &end)),
               &rows));
    view_int(req->view, "id", req_id(req, "id"));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define INDEX "/derogations"
#define FORM "/derogations/new"
#define SHOW "/derogations/:id"

const struct route derogation_routes[] = {
    {GET, INDEX, list, STAFF, "derogation/list", NULL, NULL, 0, "Derogations from six months"},
    {GET, FORM, form, OFFICER, "derogation/form", NULL, NULL, ROUTE_PAGE_ONLY,
     "Enter a derogation"},
    {POST, INDEX, propose, OFFICER, NULL, SHOW, FORM, 0, "Enter a derogation"},
    {GET, SHOW, show, STAFF, "derogation/show", NULL, NULL, 0, "Derogation"},
    {POST, "/derogations/:id/sign", sign, OFFICER, NULL, SHOW, SHOW, 0, "Sign the derogation"},
    {POST, "/derogations/:id/revoke", revoke, OFFICER, NULL, SHOW, SHOW, 0,
     "Revoke the derogation"},
    ROUTE_END,
};

const struct reads derogation_reads[] = {
    {list, page_fields, NULL, 0},
    {propose, derogation_fields, NULL, 0},
    {sign, signature_fields, NULL, 0},
    {revoke, derogation_end_fields, NULL, 0},
    READS_END,
};

const struct shows derogation_shows[] = {
    {list, "derogations", SHOWS_ROWS, Q_DEROGATION_LIST, NULL, 0},
    {propose, "id", SHOWS_INT, 0, NULL, 0},
    {propose, "location", SHOWS_TEXT, 0, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_DEROGATION_BY_ID, NULL, 0},
    {show, "workers", SHOWS_ROWS, Q_DEROGATION_WORKER_LIST, NULL, 0},
    {show, "over", SHOWS_ROWS, Q_DEROGATION_OVER_LIST, NULL, 0},
    {show, "has_over", SHOWS_BOOL, 0, NULL, 0},
    {sign, NULL, SHOWS_ROW, Q_DEROGATION_SIGN, NULL, 0},
    {revoke, "id", SHOWS_INT, 0, NULL, 0},
    {revoke, NULL, SHOWS_ROW, Q_DEROGATION_REVOKE, NULL, 0},
    SHOWS_END,
};
