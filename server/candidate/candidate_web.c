#include "../app.h"
#include "../http/req.h"
#include "candidate.h"

/* Shared by page and API: the lean token profile first; a page adds what its reader may see. */
static Err list(struct req *req) {
    struct candidate_filter filter;
    struct page page = req_page(req);
    struct rows rows;
    TRY(query_read(req, candidate_filter_fields, &filter));
    enum stmt stmt = db_actor(req->db)->class == DB_EMPLOYER ? Q_CANDIDATE_LIST_SHOWN
                     : filter.campaign == FIELD_NONE         ? Q_CANDIDATE_LIST
                                                             : Q_CANDIDATE_LIST_OF_CAMPAIGN;
    TRY(db_run(req->db, stmt, ARGS(ARG_PAGE(page), arg_record(candidate_filter_fields, &filter)),
               &rows));
    req_rows(req, "candidates", &page, &rows, "id");
    return OK;
}

/* What a page shows beside the profile: as much as SQL gives to the reader's login. */
static Err extras(struct req *req, struct arg id) {
    struct rows rows;
    TRY(db_run(req->db, Q_CANDIDATE_BESIDE, ARGS(id), &rows));
    if (rows.count > 0) {
        view_row(req->view, "extras", &rows, 0);
    }
    TRY(db_run(req->db, Q_CANDIDATE_CASES, ARGS(id), &rows));
    view_rows(req->view, "cases", &rows, -1);
    return OK;
}

static Err show(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CANDIDATE_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    return req->api ? OK : extras(req, id);
}

/* Held or not, cases and the service's own number: what show() leaves out under the API. */
static Err status(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CANDIDATE_BY_ID, ARGS(id), &rows));
    view_int(req->view, "id", req_id(req, "id"));
    return extras(req, id);
}

static Err new_form(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_CANDIDATE_CAMPAIGNS, ARGS(), &rows));
    view_rows(req->view, "campaigns", &rows, -1);
    return OK;
}

static Err create(struct req *req) {
    struct entry_form form;
    struct identity identity;
    struct rows rows;
    struct candidate_desk desk = {req->db,    req->arena, req->app->seal,
                                  req->today, req->now,   req_voice(req)};
    Err read = fields_read(req, entry_campaign, &form);
    Err more = fields_read(req, entry_fields, &form);
    Err who = fields_read(req, identity_fields, &identity);
    TRY(read);
    TRY(more);
    TRY(who);
    TRY(candidate_create(&desk, &form, &identity, &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

/* A form begins with the profile as it is. */
static Err edit_form(struct req *req) {
    struct rows rows;
    struct arg id = arg_int("id", req_id(req, "id"));
    TRY(db_one(req->db, Q_CANDIDATE_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    TRY(db_one(req->db, Q_CANDIDATE_FORM, ARGS(id), &rows));
    view_row(req->view, "form", &rows, 0);
    return OK;
}

static Err edit(struct req *req) {
    struct profile_form form;
    TRY(fields_read(req, candidate_profile_fields, &form));
    TRY(candidate_edit(req->db, req->arena, req_id(req, "id"), req_version(req), &form));
    view_int(req->view, "id", req_id(req, "id"));
    return OK;
}

static Err move(struct req *req, const char *state, bool with_reason) {
    struct candidate_reason why = {NULL};
    struct rows rows;
    if (with_reason) {
        TRY(fields_read(req, candidate_reason_fields, &why));
    }
    TRY(candidate_move(req->db, req_id(req, "id"), state, why.reason, &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err preselect(struct req *req) {
    return move(req, "preselected", false);
}

static Err withdraw(struct req *req) {
    return move(req, "withdrawn", true);
}

static Err reject(struct req *req) {
    return move(req, "rejected", true);
}

/* A service looks at its own people; the office says why. */
static Err identity(struct req *req) {
    struct candidate_reason why = {NULL};
    struct identity who;
    struct rows rows;
    TRY(query_read(req, candidate_look_fields, &why));
    TRY(candidate_unseal(req->db, req->arena, req->app->seal, req_id(req, "id"), why.reason, &rows,
                         &who));
    view_int(req->view, "id", rows_int(&rows, 0, "id"));
    view_span(req->view, "token", rows_span(&rows, 0, "token"));
    struct view *view = view_object(req->view, "identity");
    for (const struct field *field = identity_fields; field->name != NULL; field++) {
        view_text(view, field->name, field_text(req->arena, field, &who));
    }
    return OK;
}

static Err counts(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_slow(req->db, Q_CANDIDATE_COUNTS, ARGS(id), &rows));
    if (rows.count == 0) {
        return ERR_NOT_FOUND;
    }
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_CANDIDATE_QUOTAS, ARGS(id), &rows));
    view_rows(req->view, "services", &rows, -1);
    return OK;
}

#define SHOW "/candidates/:id"
#define EDIT "/candidates/:id/edit"
#define READERS (PARTNER | STAFF)

const struct route candidate_routes[] = {
    {GET, "/candidates", list, READERS | EMPLOYER, "candidate/list", NULL, NULL, 0, "Candidates"},
    {GET, "/candidates/new", new_form, PARTNER, "candidate/form", NULL, NULL, ROUTE_PAGE_ONLY,
     "New candidate"},
    {POST, "/candidates", create, PARTNER, NULL, SHOW, "/candidates/new", 0, "Enter a candidate"},
    {GET, SHOW, show, READERS | EMPLOYER, "candidate/show", NULL, NULL, 0, "Candidate"},
    {GET, "/candidates/:id/status", status, READERS, NULL, NULL, NULL, ROUTE_API_ONLY,
     "What holds a candidate"},
    {GET, EDIT, edit_form, PARTNER, "candidate/edit", NULL, NULL, ROUTE_PAGE_ONLY,
     "Edit the profile"},
    {POST, SHOW, edit, PARTNER, NULL, SHOW, EDIT, ROUTE_IF_MATCH, "Edit the profile"},
    {POST, "/candidates/:id/preselect", preselect, PARTNER, NULL, SHOW, SHOW, 0,
     "Preselect the candidate"},
    {POST, "/candidates/:id/withdraw", withdraw, PARTNER, NULL, SHOW, SHOW, 0,
     "Withdraw the candidate"},
    {POST, "/candidates/:id/reject", reject, PARTNER | OFFICER, NULL, SHOW, SHOW, 0,
     "Reject the candidate"},
    {GET, "/candidates/:id/identity", identity, PARTNER | OFFICER | DESK, "candidate/identity",
     NULL, NULL, ROUTE_LOOK, "Identity of the candidate"},
    {GET, "/campaigns/:id/candidates", counts, READERS, "candidate/counts", NULL, NULL, 0,
     "Candidates of the campaign"},
    ROUTE_END,
};

const struct reads candidate_reads[] = {
    {list, page_fields, NULL, 0},
    {list, candidate_filter_fields, NULL, 0},
    {create, entry_campaign, NULL, 0},
    {create, entry_fields, NULL, 0},
    {create, identity_fields, NULL, 0},
    {edit, candidate_profile_fields, NULL, 0},
    {preselect, candidate_reason_fields, NULL, 0},
    {withdraw, candidate_reason_fields, NULL, 0},
    {reject, candidate_reason_fields, NULL, 0},
    {identity, candidate_look_fields, NULL, 0},
    READS_END,
};

const struct shows candidate_shows[] = {
    {list, "candidates", SHOWS_ROWS, Q_CANDIDATE_LIST, NULL, 0},
    {list, "candidates", SHOWS_ROWS, Q_CANDIDATE_LIST_OF_CAMPAIGN, NULL, 0},
    {create, NULL, SHOWS_ROW, Q_CANDIDATE_CREATE, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_CANDIDATE_BY_ID, NULL, 0},
    {show, "extras", SHOWS_ROW, Q_CANDIDATE_BESIDE, NULL, SHOWS_SOMETIMES},
    {show, "cases", SHOWS_ROWS, Q_CANDIDATE_CASES, NULL, SHOWS_SOMETIMES},
    {show, NULL, SHOWS_ETAG, 0, NULL, 0},
    {status, "id", SHOWS_INT, 0, NULL, 0},
    {status, "extras", SHOWS_ROW, Q_CANDIDATE_BESIDE, NULL, SHOWS_SOMETIMES},
    {status, "cases", SHOWS_ROWS, Q_CANDIDATE_CASES, NULL, 0},
    {edit, "id", SHOWS_INT, 0, NULL, 0},
    {preselect, NULL, SHOWS_ROW, Q_CANDIDATE_MOVE, NULL, 0},
    {withdraw, NULL, SHOWS_ROW, Q_CANDIDATE_MOVE, NULL, 0},
    {reject, NULL, SHOWS_ROW, Q_CANDIDATE_MOVE, NULL, 0},
    {identity, "id", SHOWS_INT, 0, NULL, 0},
    {identity, "token", SHOWS_TEXT, 0, NULL, 0},
    {identity, "identity", SHOWS_RECORD, 0, identity_fields, 0},
    {counts, NULL, SHOWS_ROW, Q_CANDIDATE_COUNTS, NULL, 0},
    {counts, "services", SHOWS_ROWS, Q_CANDIDATE_QUOTAS, NULL, 0},
    SHOWS_END,
};
