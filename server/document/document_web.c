#include "../app.h"
#include "../run/offload.h"
#include "../view/i18n.h"
#include "batch_web.h"
#include "desk_web.h"
#include "paper.h"
#include "qr.h"
#include "signer.h"

/* --- lists and pages
 * ------------------------------------------------------------------------------ */

static const char *const states[] = {"valid", "suspended", "revoked", NULL};

struct filter {
    int64_t campaign;
    int64_t kind;
    int64_t placement;
    int64_t contract;
    const char *state;
    const char *number;
};
static const struct field filter_fields[] = {
    {"campaign", F_INT, offsetof(struct filter, campaign), 1, INT64_MAX, 0, NULL, "Campaign"},
    {"kind", F_INT, offsetof(struct filter, kind), 1, 3, 0, NULL, "Kind"},
    {"placement", F_INT, offsetof(struct filter, placement), 1, INT64_MAX, 0, NULL, "Placement"},
    {"contract", F_INT, offsetof(struct filter, contract), 1, INT64_MAX, 0, NULL, "Contract"},
    {"state", F_CHOICE, offsetof(struct filter, state), 0, 0, 0, states, "State"},
    {"number", F_TEXT, offsetof(struct filter, number), 1, 20, 0, NULL, "Number of the document"},
    FIELD_END,
};

static Err list(struct req *req) {
    struct page page = req_page(req);
    struct filter filter;
    struct rows rows;
    TRY(query_read(req, filter_fields, &filter));
    TRY(db_run(req->db, Q_DOCUMENT_LIST, ARGS(ARG_PAGE(page), arg_record(filter_fields, &filter)),
               &rows));
    req_rows(req, "documents", &page, &rows, "id");
    view_text(req->view, "state", filter.state);
    view_text(req->view, "number", filter.number);
    return OK;
}

static Err show(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_DOCUMENT_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    return OK;
}

static Err waiting(struct req *req) {
    struct rows rows;
    int64_t campaign = req_id(req, "id");
    TRY(db_one(req->db, Q_DOCUMENT_WAITING, ARGS(arg_int("campaign", campaign)), &rows));
    view_row(req->view, NULL, &rows, 0);
    view_int(req->view, "campaign", campaign);
    return OK;
}

/* --- the document itself
 * ---------------------------------------------------------------------------- */

/* Drawing costs milliseconds: off the loop. */
struct drawing {
    struct arena *arena;
    struct span text;
    struct paper paper;
    enum paper_size size;
    Err err;
    struct span bytes;
};

static void draw_paper(void *arg) {
    struct drawing *job = arg;
    job->err = papers_pdf(job->arena, job->size, &job->paper, 1, &job->bytes);
}

struct document_look {
    const char *reason;
};
static const struct field look_fields[] = {
    {"reason", F_TEXT, offsetof(struct document_look, reason), 1, 200, 0, NULL, "Reason"},
    FIELD_END,
};

static Err look(struct req *req, struct drawing *job, const char **number) {
    struct document_desk desk = document_desk_of(req);
    struct document_look why;
    TRY(query_read(req, look_fields, &why));
    job->arena = req->arena;
    return document_text(&desk, req_id(req, "id"), why.reason, &job->text, number);
}

static const char *file_name(struct req *req, const char *number, const char *end) {
    return arena_printf(req->arena, "noria-%s.%s", number, end);
}

static Err show_text(struct req *req) {
    struct drawing job = {0};
    const char *number;
    TRY(look(req, &job, &number));
    req_bytes(req, "text/plain; charset=us-ascii", job.text, file_name(req, number, "txt"), NULL,
              -1);
    return OK;
}

static Err show_qr(struct req *req) {
    struct drawing job = {0};
    const char *number;
    struct span png;
    TRY(look(req, &job, &number));
    TRY(qr_drawn(req->arena, qr_make, job.text, &png));
    req_bytes(req, "image/png", png, NULL, NULL, -1);
    return OK;
}

static Err show_pdf(struct req *req) {
    struct document_desk desk = document_desk_of(req);
    struct drawing job = {0};
    const char *number;
    TRY(paper_size_read(req, &job.size));
    TRY(look(req, &job, &number));
    TRY(document_paper(&desk, req_id(req, "id"), number, &job.paper));
    job.paper.text = job.text;
    job.paper.say = tr_code;
    offload(draw_paper, &job);
    TRY(job.err);
    req_bytes(req, "application/pdf", job.bytes, file_name(req, number, "pdf"), NULL, -1);
    return OK;
}

/* --- issuing
 * ------------------------------------------------------------------------------------------ */

static Err created(struct req *req, int64_t id) {
    view_int(req->view, "id", id);
    view_text(req->view, "location", arena_printf(req->arena, "/documents/%lld", (long long)id));
    return OK;
}

static Err issue(struct req *req) {
    struct document_desk desk = document_desk_of(req);
    int64_t id;
    TRY(document_issue(&desk, req_id(req, "id"), &id));
    return created(req, id);
}

static Err issue_notice(struct req *req) {
    struct document_desk desk = document_desk_of(req);
    int64_t id;
    TRY(notice_issue(&desk, req_id(req, "id"), &id));
    return created(req, id);
}

static Err issue_record(struct req *req) {
    struct document_desk desk = document_desk_of(req);
    int64_t id;
    TRY(record_issue(&desk, req_id(req, "id"), &id));
    return created(req, id);
}

/* --- settings of the office
 * ----------------------------------------------------------------------------- */

struct settings {
    int64_t day_limit;
    int64_t record_years;
};
static const struct field setting_fields[] = {
    {"day_limit", F_INT, offsetof(struct settings, day_limit), 1, 1000000, FIELD_REQUIRED, NULL,
     "Documents that one officer may issue in a day"},
    {"record_years", F_INT, offsetof(struct settings, record_years), 1, 50, FIELD_REQUIRED, NULL,
     "Years for which a season record is valid"},
    FIELD_END,
};

static Err settings(struct req *req) {
    struct rows rows;
    int64_t version = 0;
    TRY(db_run(req->db, Q_DOCUMENT_SETTING_LIST, ARGS(), &rows));
    for (int i = 0; i < rows.count; i++) {
        view_int(req->view, rows_text(&rows, req->arena, i, "code"), rows_int(&rows, i, "value"));
        version += rows_int(&rows, i, "version");
    }
    view_int(req->view, "version", version);
    req_etag(req, version);
    TRY(db_one(req->db, Q_DOCUMENT_USED, ARGS(), &rows));
    view_int(req->view, "used", rows_int(&rows, 0, "used"));
    return OK;
}

static Err settings_put(struct req *req) {
    struct settings form;
    struct rows rows;
    TRY(fields_read(req, setting_fields, &form));
    TRY(db_one(req->db, Q_DOCUMENT_SETTING_PUT,
               ARGS(arg_int("version", req_version(req)), arg_record(setting_fields, &form)),
               &rows));
    return rows_bool(&rows, 0, "current") ? settings(req) : ERR_STALE_EDIT;
}

/* --- changes of state
 * ---------------------------------------------------------------------------------- */

struct change {
    const char *ground;
    const char *reason;
};
/* Grave grounds need two persons: table document_ground. */
static const char *const grounds[] = {"wrong_data", "lost",          "stolen", "season_changed",
                                      "other",      "forged_papers", "fraud",  "employer_excluded",
                                      NULL};
static const struct field revoke_fields[] = {
    {"ground", F_CHOICE, offsetof(struct change, ground), 0, 0, FIELD_REQUIRED, grounds, "Ground"},
    {"reason", F_TEXT, offsetof(struct change, reason), 3, 500, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END,
};
static const struct field change_fields[] = {
    {"reason", F_TEXT, offsetof(struct change, reason), 3, 500, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END,
};

/* Runs the statement of a change; when it took no row, says which state stood in the way. */
static Err change(struct req *req, enum stmt stmt) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct change form;
    struct rows rows;
    TRY(fields_read(req, change_fields, &form));
    TRY(db_run(req->db, stmt, ARGS(id, arg_record(change_fields, &form)), &rows));
    if (rows.count == 1) {
        view_row(req->view, NULL, &rows, 0);
        return OK;
    }
    TRY(db_one(req->db, Q_DOCUMENT_STATE, ARGS(id), &rows));
    return faultf(&req->faults, "", ERR_CONFLICT, "document:%s",
                  rows_text(&rows, req->arena, 0, "state"));
}

static Err revoke(struct req *req) {
    struct change form;
    struct rows rows;
    TRY(fields_read(req, revoke_fields, &form));
    TRY(db_one(req->db, Q_DOCUMENT_REVOKE,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(revoke_fields, &form)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err suspend(struct req *req) {
    return change(req, Q_DOCUMENT_SUSPEND);
}

static Err restore(struct req *req) {
    return change(req, Q_DOCUMENT_RESTORE);
}

enum {
    READERS = OFII | AUDITOR | ADMIN | PARTNER | EMPLOYER,
    HOLDERS = OFII | PARTNER | EMPLOYER /* employers: contract notices only */
};

const struct route document_routes[] = {
    {GET, "/documents", list, READERS, "document/list", NULL, NULL, 0, "Documents"},
    {GET, "/documents/:id", show, READERS, "document/show", NULL, NULL, 0, "Document"},
    {GET, "/documents/:id/text", show_text, HOLDERS, NULL, NULL, NULL, ROUTE_LOOK,
     "Signed text of a document"},
    {GET, "/documents/:id/qr.png", show_qr, HOLDERS, NULL, NULL, NULL, ROUTE_LOOK,
     "QR code of a document"},
    {GET, "/documents/:id/pdf", show_pdf, HOLDERS, NULL, NULL, NULL, ROUTE_LOOK,
     "A document on paper"},
    {POST, "/placements/:id/document", issue, OFII, NULL, "/documents/:id", NULL, 0,
     "Issue a worker document"},
    {POST, "/contracts/:id/notice", issue_notice, OFII, NULL, "/documents/:id", NULL, 0,
     "Issue a contract notice"},
    {POST, "/placements/:id/record", issue_record, OFII, NULL, "/documents/:id", NULL, 0,
     "Issue a season record"},
    {GET, "/campaigns/:id/documents", waiting, OFII, "document/campaign", NULL, NULL, 0,
     "Worker documents of this campaign"},
    {GET, "/documents/settings", settings, STAFF, "document/settings", NULL, NULL, 0,
     "Settings of the documents"},
    {POST, "/documents/settings", settings_put, ADMIN, NULL, "/documents/settings",
     "/documents/settings", ROUTE_IF_MATCH, "Change the settings of the documents"},
    {POST, "/documents/:id/revoke", revoke, OFII, NULL, "/documents/:id", "/documents/:id", 0,
     "Withdraw this document"},
    {POST, "/documents/:id/suspend", suspend, OFII, NULL, "/documents/:id", "/documents/:id", 0,
     "Suspend this document"},
    {POST, "/documents/:id/restore", restore, OFII, NULL, "/documents/:id", "/documents/:id", 0,
     "Restore this document"},
    ROUTE_END,
};

const struct reads document_reads[] = {
    {list, page_fields, NULL, 0},      {list, filter_fields, NULL, 0},
    {show_text, look_fields, NULL, 0}, {show_qr, look_fields, NULL, 0},
    {show_pdf, look_fields, NULL, 0},  {settings_put, setting_fields, NULL, 0},
    {revoke, revoke_fields, NULL, 0},  {suspend, change_fields, NULL, 0},
    {restore, change_fields, NULL, 0}, READS_END,
};

const struct shows document_shows[] = {
    {list, "documents", SHOWS_ROWS, Q_DOCUMENT_LIST, NULL, 0},
    {list, "state", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {list, "number", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {show, NULL, SHOWS_ROW, Q_DOCUMENT_BY_ID, NULL, 0},
    {show, NULL, SHOWS_ETAG, 0, NULL, 0},
    {show_text, "text/plain", SHOWS_BYTES, 0, NULL, 0},
    {show_qr, "image/png", SHOWS_BYTES, 0, NULL, 0},
    {show_pdf, "application/pdf", SHOWS_BYTES, 0, NULL, 0},
    {issue, "id", SHOWS_INT, 0, NULL, 0},
    {issue, "location", SHOWS_TEXT, 0, NULL, 0},
    {issue_notice, "id", SHOWS_INT, 0, NULL, 0},
    {issue_notice, "location", SHOWS_TEXT, 0, NULL, 0},
    {issue_record, "id", SHOWS_INT, 0, NULL, 0},
    {issue_record, "location", SHOWS_TEXT, 0, NULL, 0},
    {waiting, NULL, SHOWS_ROW, Q_DOCUMENT_WAITING, NULL, 0},
    {waiting, "campaign", SHOWS_INT, 0, NULL, 0},
    {settings, "day_limit", SHOWS_INT, 0, NULL, 0},
    {settings, "record_years", SHOWS_INT, 0, NULL, 0},
    {settings, "used", SHOWS_INT, 0, NULL, 0},
    {settings, "version", SHOWS_INT, 0, NULL, 0},
    {settings, NULL, SHOWS_ETAG, 0, NULL, 0},
    {settings_put, "day_limit", SHOWS_INT, 0, NULL, 0},
    {settings_put, "record_years", SHOWS_INT, 0, NULL, 0},
    {settings_put, "used", SHOWS_INT, 0, NULL, 0},
    {settings_put, "version", SHOWS_INT, 0, NULL, 0},
    {settings_put, NULL, SHOWS_ETAG, 0, NULL, 0},
    {revoke, NULL, SHOWS_ROW, Q_DOCUMENT_REVOKE, NULL, 0},
    {suspend, NULL, SHOWS_ROW, Q_DOCUMENT_SUSPEND, NULL, 0},
    {restore, NULL, SHOWS_ROW, Q_DOCUMENT_RESTORE, NULL, 0},
    SHOWS_END,
};
