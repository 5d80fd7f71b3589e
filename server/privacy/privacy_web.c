#include "../app.h"
#include "../candidate/candidate.h"
#include "../document/document.h"
#include "../http/req.h"
#include "privacy.h"

static Err list(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_PRIVACY_REQUEST_LIST, ARGS(ARG_PAGE(page)), &rows));
    req_rows(req, "requests", &page, &rows, "id");
    return OK;
}

static Err show(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_PRIVACY_REQUEST_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err new_form(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CANDIDATE_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err record(struct req *req) {
    struct privacy_form form;
    int64_t id = 0;
    TRY(fields_read(req, privacy_fields, &form));
    TRY(privacy_record(req->db, req_id(req, "id"), &form, &id));
    view_int(req->view, "request", id);
    view_text(req->view, "location",
              arena_printf(req->arena, "/privacy/requests/%lld", (long long)id));
    return OK;
}

static Err decide(struct req *req) {
    struct privacy_answer answer;
    const char *state = NULL;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, privacy_answer_fields, &answer));
    TRY(privacy_decide(req->db, id, answer.reason, &state));
    view_int(req->view, "id", id);
    view_text(req->view, "state", state);
    return OK;
}

/* --- the file of a person -----------------------------------------------------------------------
 */

static Err put_identity(struct req *req, const struct rows *rows) {
    struct identity who;
    TRY(identity_unseal(req->app->seal, req->arena, rows_int(rows, 0, "worker_id"),
                        rows_bytes(rows, req->arena, 0, "wrapped"),
                        rows_bytes(rows, req->arena, 0, "sealed"), &who));
    struct view *view = view_object(req->view, "identity");
    for (const struct field *field = identity_fields; field->name != NULL; field++) {
        view_text(view, field->name, field_text(req->arena, field, &who));
    }
    return OK;
}

static Err put_documents(struct req *req, struct arg id) {
    struct rows rows;
    struct view *list = view_list(req->view, "documents");
    TRY(db_run(req->db, Q_PRIVACY_DOCUMENTS, ARGS(id), &rows));
    view_left_out(req->view, rows.left_out);
    for (int i = 0; i < rows.count; i++) {
        struct span text;
        struct view *item = view_item(list);
        TRY(document_open(req->app->seal, req->arena, &rows, i, &text));
        view_int(item, "id", rows_int(&rows, i, "id"));
        view_span(item, "text", text);
    }
    return OK;
}

/* Everything: what the register says goes to the person, who looked at it, and what was sealed. */
static Err file(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows about;
    struct rows rows;
    TRY(db_one(req->db, Q_PRIVACY_REQUEST_BY_ID, ARGS(id), &about));
    TRY(db_run(req->db, Q_PRIVACY_EXPORT, ARGS(id, arg_bool("fields", !req->api)), &rows));
    view_int(req->view, "id", req_id(req, "id"));
    view_span(req->view, "token", rows_span(&about, 0, "token"));
    view_rows(req->view, "tables", &rows, -1);
    TRY(db_run(req->db, Q_CANDIDATE_LOOK_ALL,
               ARGS(arg_int("candidate", rows_int(&about, 0, "candidate_id"))), &rows));
    view_rows(req->view, "looks", &rows, -1);
    TRY(db_run(req->db, Q_PRIVACY_SEALED, ARGS(id), &rows));
    TRY(rows.count > 0 ? put_identity(req, &rows) : OK);
    return put_documents(req, id);
}

/* --- limits -------------------------------------------------------------------------------------
 */

static Err limits(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_PRIVACY_LIMITS, ARGS(), &rows));
    view_rows(req->view, "limits", &rows, -1);
    TRY(db_slow(req->db, Q_PRIVACY_HELD, ARGS(), &rows));
    view_rows(req->view, "due", &rows, -1);
    TRY(db_slow(req->db, Q_PURGE_COUNTS, ARGS(), &rows));
    view_rows(req->view, "past", &rows, -1);
    return OK;
}

static Err set_limit(struct req *req) {
    struct privacy_limit limit;
    struct rows rows;
    TRY(fields_read(req, privacy_limit_fields, &limit));
    /* A path has no space: "30-days" is "30 days". */
    char *code = arena_strdup(req->arena, req_word(req, "code"));
    for (char *c = code; *c != '\0'; c++) {
        *c = *c == '-' ? ' ' : *c;
    }
    TRY(db_run(req->db, Q_PRIVACY_LIMIT_EDIT,
               ARGS(arg_text("code", code), arg_int("version", req_version(req)),
                    arg_record(privacy_limit_fields, &limit)),
               &rows));
    if (rows.count == 0) {
        TRY(db_one(req->db, Q_PRIVACY_LIMIT_BY_CODE, ARGS(arg_text("code", code)), &rows));
        return ERR_STALE_EDIT;
    }
    req_etag(req, rows_int(&rows, 0, "version"));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define OFFICE (OFFICER | ADMIN)
#define SHOW "/privacy/requests/:id"
#define LIMITS "/privacy/limits"
#define NEW "/candidates/:id/request"

const struct route privacy_routes[] = {
    {GET, "/privacy/requests", list, STAFF, "privacy/list", NULL, NULL, 0,
     "Requests about personal data"},
    {GET, SHOW, show, STAFF, "privacy/show", NULL, NULL, 0, "Request about personal data"},
    {GET, NEW, new_form, OFFICE | DESK, "privacy/form", NULL, NULL, ROUTE_PAGE_ONLY,
     "Record a request about personal data"},
    {POST, NEW, record, OFFICE | DESK, NULL, "/privacy/requests/:request", NEW, 0,
     "Record a request about personal data"},
    {POST, "/privacy/requests/:id/answer", decide, OFFICE, NULL, SHOW, SHOW, 0,
     "Answer a request about personal data"},
    {GET, "/privacy/requests/:id/file", file, OFFICE | DESK, "privacy/file", NULL, NULL, ROUTE_LOOK,
     "Everything held on a person"},
    {GET, LIMITS, limits, STAFF, "privacy/limits", NULL, NULL, 0, "How long data are kept"},
    {POST, "/privacy/limits/:code", set_limit, ADMIN, NULL, LIMITS, LIMITS, ROUTE_IF_MATCH,
     "Set how long data are kept"},
    ROUTE_END,
};

const struct reads privacy_reads[] = {
    {list, page_fields, NULL, 0},
    {record, privacy_fields, NULL, 0},
    {decide, privacy_answer_fields, NULL, 0},
    {set_limit, privacy_limit_fields, NULL, 0},
    READS_END,
};

const struct shows privacy_shows[] = {
    {list, "requests", SHOWS_ROWS, Q_PRIVACY_REQUEST_LIST, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_PRIVACY_REQUEST_BY_ID, NULL, 0},
    {record, "request", SHOWS_INT, 0, NULL, 0},
    {record, "location", SHOWS_TEXT, 0, NULL, 0},
    {decide, "id", SHOWS_INT, 0, NULL, 0},
    {decide, "state", SHOWS_TEXT, 0, NULL, 0},
    {file, "id", SHOWS_INT, 0, NULL, 0},
    {file, "token", SHOWS_TEXT, 0, NULL, 0},
    {file, "tables", SHOWS_ROWS, Q_PRIVACY_EXPORT, NULL, 0},
    {file, "looks", SHOWS_ROWS, Q_CANDIDATE_LOOK_ALL, NULL, 0},
    {file, "identity", SHOWS_RECORD, 0, identity_fields, SHOWS_SOMETIMES},
    {file, "left_out", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {file, "documents[].id", SHOWS_INT, 0, NULL, 0},
    {file, "documents[].text", SHOWS_TEXT, 0, NULL, 0},
    {limits, "limits", SHOWS_ROWS, Q_PRIVACY_LIMITS, NULL, 0},
    {limits, "due", SHOWS_ROWS, Q_PRIVACY_HELD, NULL, 0},
    {limits, "past", SHOWS_ROWS, Q_PURGE_COUNTS, NULL, 0},
    {set_limit, NULL, SHOWS_ROW, Q_PRIVACY_LIMIT_EDIT, NULL, 0},
    {set_limit, NULL, SHOWS_ETAG, 0, NULL, 0},
    SHOWS_END,
};
