#include "../document/document.h"
#include "../http/req.h"
#include "returns.h"

enum { EVIDENCE_MAX = 5000 };

struct due_filter {
    int64_t campaign;
    bool overdue;
};

#define AT(member) offsetof(struct due_filter, member)
static const struct field due_fields[] = {
    {"campaign", F_INT, AT(campaign), 1, INT64_MAX, 0, NULL, "Campaign"},
    {"overdue", F_BOOL, AT(overdue), 0, 0, 0, NULL, "Overdue only"},
    FIELD_END,
};
#undef AT

static struct returns_desk desk_of(const struct req *req) {
    return (struct returns_desk){req->db, req->arena, req->app, req->now};
}

/* The desk's page: look somebody up, and who is expected. */
static Err due(struct req *req) {
    struct due_filter filter;
    struct page page = req_page(req);
    struct rows rows;
    TRY(query_read(req, due_fields, &filter));
    TRY(db_run(req->db, Q_RETURN_DUE_LIST, ARGS(arg_record(due_fields, &filter), ARG_PAGE(page)),
               &rows));
    req_rows(req, "returns", &page, &rows, "id");
    view_bool(req->view, "overdue", filter.overdue);
    return OK;
}

static Err found(struct req *req, const struct return_lookup *lookup) {
    struct returns_desk desk = desk_of(req);
    int64_t placement = 0;
    const char *found_by = NULL;
    TRY(return_find(&desk, lookup, &placement, &found_by));
    view_int(req->view, "id", placement);
    view_int(req->view, "placement_id", placement);
    view_text(req->view, "found_by", found_by);
    return OK;
}

static Err lookup(struct req *req) {
    struct return_lookup lookup;
    TRY(fields_read(req, return_lookup_fields, &lookup));
    return found(req, &lookup);
}

static Err lookup_photo(struct req *req) {
    struct document_desk documents = {req->db, req->arena, req->app, req->now};
    struct upload upload;
    struct span text;
    TRY(req_upload(req, "photo", &upload));
    Err read = document_photo(&documents, upload.bytes, &text);
    if (read != OK) {
        return fault(&req->faults, "photo", read, NULL);
    }
    struct return_lookup lookup = {.text = arena_copy(req->arena, text.ptr, text.len)};
    return found(req, &lookup);
}

static Err show(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_RETURN_PLACEMENT, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_RETURN_EVIDENCE_LIST, ARGS(id), &rows));
    view_rows(req->view, "evidence", &rows, -1);
    return OK;
}

/* What only the office sees. */
static Err show_case(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(show(req));
    TRY(db_run(req->db, Q_RETURN_EXCEPTION_LIST, ARGS(id), &rows));
    view_rows(req->view, "exceptions", &rows, -1);
    TRY(db_run(req->db, Q_NON_RETURN_LIST, ARGS(id), &rows));
    view_rows(req->view, "non_returns", &rows, -1);
    return OK;
}

static Err add_evidence(struct req *req) {
    struct return_evidence evidence;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, return_evidence_fields, &evidence));
    TRY(db_one(req->db, Q_RETURN_EVIDENCE_ADD,
               ARGS(arg_int("placement", id), arg_record(return_evidence_fields, &evidence)),
               &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    TRY(db_one(req->db, Q_RETURN_STATE, ARGS(arg_int("id", id)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err add_evidence_many(struct req *req) {
    void *array = NULL;
    int count = 0;
    struct rows rows;
    size_t size = sizeof(struct return_evidence);
    TRY(list_read(req, "evidence", return_evidence_row_fields, size, EVIDENCE_MAX, &array, &count));
    const char *json = list_json(req->arena, return_evidence_row_fields, size, array, count);
    TRY(db_one(req->db, Q_RETURN_EVIDENCE_MANY,
               ARGS(arg_int("campaign", req_id(req, "id")), arg_text("evidence", json)), &rows));
    if (rows_int(&rows, 0, "recorded") != count) {
        return fault(&req->faults, "evidence", ERR_NOT_FOUND, NULL);
    }
    view_int(req->view, "id", req_id(req, "id"));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err add_exception(struct req *req) {
    struct return_exception exception;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, return_exception_fields, &exception));
    TRY(db_one(req->db, Q_EXCEPTION_RECORD,
               ARGS(arg_int("placement", id), arg_record(return_exception_fields, &exception)),
               &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err decide_exception(struct req *req, bool accepted) {
    struct rows rows;
    TRY(db_one(req->db, Q_EXCEPTION_DECIDE,
               ARGS(arg_int("id", req_id(req, "id")), arg_bool("accepted", accepted)), &rows));
    view_int(req->view, "id", req_id(req, "id"));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err confirm_exception(struct req *req) {
    return decide_exception(req, true);
}

static Err reject_exception(struct req *req) {
    return decide_exception(req, false);
}

static Err propose_non_return(struct req *req) {
    struct return_reason reason;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, return_reason_fields, &reason));
    TRY(db_one(req->db, Q_NON_RETURN_PROPOSE,
               ARGS(arg_int("placement", id), arg_text("reason", reason.reason)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err decide_non_return(struct req *req) {
    struct return_reason answer;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, non_return_decision_fields, &answer));
    TRY(db_one(req->db, Q_NON_RETURN_DECIDE,
               ARGS(arg_int("placement", id), arg_text("decision", answer.decision),
                    arg_text("reason", answer.reason)),
               &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err settings(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_RETURNS_SETTING_LIST, ARGS(), &rows));
    view_rows(req->view, "settings", &rows, -1);
    return OK;
}

#define DESKS (PARTNER | OFFICER | DESK)
#define PAGE "/placements/:id/return"
#define CASE "/placements/:id/case"

const struct route returns_routes[] = {
    {GET, "/returns", due, PARTNER | STAFF, "returns/due", NULL, NULL, 0, "Returns"},
    {POST, "/returns/lookup", lookup, DESKS, NULL, "/placements/:placement_id/return", "/returns",
     0, "Find a worker at the desk"},
    {POST, "/returns/photo", lookup_photo, DESKS, NULL, "/placements/:placement_id/return",
     "/returns", ROUTE_UPLOAD, "Find a worker by a photo of the code"},
    {GET, PAGE, show, PARTNER | STAFF, "returns/show", NULL, NULL, 0, "Return of the worker"},
    {GET, CASE, show_case, STAFF, "returns/case", NULL, NULL, 0, "Exceptions and non-return"},
    {POST, "/placements/:id/evidence", add_evidence, DESKS, NULL, PAGE, PAGE, 0,
     "Record evidence of the return"},
    {POST, "/campaigns/:id/evidence", add_evidence_many, DESKS, NULL, NULL, NULL, ROUTE_API_ONLY,
     "Record evidence of many returns"},
    {POST, "/placements/:id/exceptions", add_exception, OFII, NULL, CASE, CASE, 0,
     "Record an exception"},
    {POST, "/exceptions/:id/confirm", confirm_exception, OFII, NULL,
     "/placements/:placement_id/case", "/returns", 0, "Confirm the exception"},
    {POST, "/exceptions/:id/reject", reject_exception, OFII, NULL, "/placements/:placement_id/case",
     "/returns", 0, "Reject the exception"},
    {POST, "/placements/:id/non-return", propose_non_return, OFFICER, NULL, CASE, CASE, 0,
     "Propose a non-return"},
    {POST, "/placements/:id/non-return/decide", decide_non_return, OFFICER, NULL, CASE, CASE, 0,
     "Decide on a non-return"},
    {GET, "/returns/settings", settings, STAFF, "returns/settings", NULL, NULL, 0,
     "Settings of the returns"},
    ROUTE_END,
};

const struct reads returns_reads[] = {
    {due, page_fields, NULL, 0},
    {due, due_fields, NULL, 0},
    {lookup, return_lookup_fields, NULL, 0},
    {add_evidence, return_evidence_fields, NULL, 0},
    {add_evidence_many, return_evidence_row_fields, "evidence", EVIDENCE_MAX},
    {add_exception, return_exception_fields, NULL, 0},
    {propose_non_return, return_reason_fields, NULL, 0},
    {decide_non_return, non_return_decision_fields, NULL, 0},
    READS_END,
};

const struct shows returns_shows[] = {
    {due, "returns", SHOWS_ROWS, Q_RETURN_DUE_LIST, NULL, 0},
    {due, "overdue", SHOWS_BOOL, 0, NULL, 0},
    {lookup, "id", SHOWS_INT, 0, NULL, 0},
    {lookup, "placement_id", SHOWS_INT, 0, NULL, 0},
    {lookup, "found_by", SHOWS_TEXT, 0, NULL, 0},
    {lookup_photo, "id", SHOWS_INT, 0, NULL, 0},
    {lookup_photo, "placement_id", SHOWS_INT, 0, NULL, 0},
    {lookup_photo, "found_by", SHOWS_TEXT, 0, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_RETURN_PLACEMENT, NULL, 0},
    {show, "evidence", SHOWS_ROWS, Q_RETURN_EVIDENCE_LIST, NULL, 0},
    {show_case, NULL, SHOWS_ROW, Q_RETURN_PLACEMENT, NULL, 0},
    {show_case, "evidence", SHOWS_ROWS, Q_RETURN_EVIDENCE_LIST, NULL, 0},
    {show_case, "exceptions", SHOWS_ROWS, Q_RETURN_EXCEPTION_LIST, NULL, 0},
    {show_case, "non_returns", SHOWS_ROWS, Q_NON_RETURN_LIST, NULL, 0},
    {add_evidence, "id", SHOWS_INT, 0, NULL, 0},
    {add_evidence, NULL, SHOWS_ROW, Q_RETURN_EVIDENCE_ADD, NULL, 0},
    {add_evidence, NULL, SHOWS_ROW, Q_RETURN_STATE, NULL, 0},
    {add_evidence_many, "id", SHOWS_INT, 0, NULL, 0},
    {add_evidence_many, NULL, SHOWS_ROW, Q_RETURN_EVIDENCE_MANY, NULL, 0},
    {add_exception, "id", SHOWS_INT, 0, NULL, 0},
    {add_exception, NULL, SHOWS_ROW, Q_EXCEPTION_RECORD, NULL, 0},
    {confirm_exception, "id", SHOWS_INT, 0, NULL, 0},
    {confirm_exception, NULL, SHOWS_ROW, Q_EXCEPTION_DECIDE, NULL, 0},
    {reject_exception, NULL, SHOWS_ROW, Q_EXCEPTION_DECIDE, NULL, 0},
    {reject_exception, "id", SHOWS_INT, 0, NULL, 0},
    {propose_non_return, "id", SHOWS_INT, 0, NULL, 0},
    {propose_non_return, NULL, SHOWS_ROW, Q_NON_RETURN_PROPOSE, NULL, 0},
    {decide_non_return, "id", SHOWS_INT, 0, NULL, 0},
    {decide_non_return, NULL, SHOWS_ROW, Q_NON_RETURN_DECIDE, NULL, 0},
    {settings, "settings", SHOWS_ROWS, Q_RETURNS_SETTING_LIST, NULL, 0},
    SHOWS_END,
};
