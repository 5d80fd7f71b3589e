#include "../app.h"
#include "../candidate/candidate.h"
#include "../http/req.h"
#include "placement.h"

enum { FACTS_MAX = 5000 };

struct placement_filter {
    int64_t campaign;
    int64_t contract;
    const char *state;
};

#define AT(member) offsetof(struct placement_filter, member)
static const struct field filter_fields[] = {
    {"campaign", F_INT, AT(campaign), 1, INT64_MAX, 0, NULL, "Campaign"},
    {"contract", F_INT, AT(contract), 1, INT64_MAX, 0, NULL, "Contract"},
    {"state", F_TEXT, AT(state), 1, 30, 0, NULL, "State"},
    FIELD_END,
};
#undef AT

static Err list(struct req *req) {
    struct placement_filter filter;
    struct page page = req_page(req);
    struct rows rows;
    TRY(query_read(req, filter_fields, &filter));
    TRY(db_run(req->db, Q_PLACEMENT_LIST, ARGS(arg_record(filter_fields, &filter), ARG_PAGE(page)),
               &rows));
    req_rows(req, "placements", &page, &rows, "id");
    view_text(req->view, "state", filter.state);
    return OK;
}

static Err show(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_PLACEMENT_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_PLACEMENT_FACT_LIST, ARGS(id), &rows));
    view_rows(req->view, "facts", &rows, -1);
    TRY(db_run(req->db, Q_PLACEMENT_NEXT, ARGS(id), &rows));
    view_rows(req->view, "next", &rows, -1);
    return OK;
}

struct placement_look {
    const char *reason;
};
static const struct field look_fields[] = {
    {"reason", F_TEXT, offsetof(struct placement_look, reason), 1, 200, 0, NULL, "Reason"},
    FIELD_END,
};

/* A look: the leaf is written in the same transaction, the answer sent after it is committed. */
static Err identity(struct req *req) {
    struct rows placement;
    struct identity who;
    int64_t id = req_id(req, "id");
    struct placement_look why;
    TRY(query_read(req, look_fields, &why));
    TRY(db_one(req->db, Q_PLACEMENT_BY_ID, ARGS(arg_int("id", id)), &placement));
    TRY(placement_identity(req->db, req->arena, req_app(req)->seal, id,
                           why.reason == NULL ? "placement" : why.reason, &who));
    view_row(req->view, NULL, &placement, 0);
    struct view *shown = view_object(req->view, "identity");
    for (const struct field *field = identity_fields; field->name != NULL; field++) {
        view_text(shown, field->name, field_text(req->arena, field, &who));
    }
    return OK;
}

static Err record(struct req *req) {
    struct placement_fact fact;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, fact_fields, &fact));
    TRY(db_one(req->db, Q_PLACEMENT_RECORD,
               ARGS(arg_int("placement", id), arg_record(fact_fields, &fact)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err record_many(struct req *req) {
    void *array = NULL;
    int count = 0;
    struct rows rows;
    TRY(list_read(req, "facts", fact_row_fields, sizeof(struct placement_fact), FACTS_MAX, &array,
                  &count));
    const char *json =
        list_json(req->arena, fact_row_fields, sizeof(struct placement_fact), array, count);
    TRY(db_one(req->db, Q_PLACEMENT_RECORD_MANY,
               ARGS(arg_int("campaign", req_id(req, "id")), arg_text("facts", json)), &rows));
    view_int(req->view, "id", req_id(req, "id"));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err stays(struct req *req) {
    struct arg id = arg_int("candidate", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_STAY_CANDIDATE, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_STAY_LIST, ARGS(id), &rows));
    view_rows(req->view, "stays", &rows, -1);
    return OK;
}

/* The office sees what was corrected as well. */
static Err stays_office(struct req *req) {
    struct rows rows;
    struct arg id = arg_int("candidate", req_id(req, "id"));
    TRY(stays(req));
    TRY(db_one(req->db, Q_STAY_VERSION, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    TRY(db_run(req->db, Q_STAY_CORRECTION_LIST, ARGS(id), &rows));
    view_rows(req->view, "corrections", &rows, -1);
    return OK;
}

static Err stay_correct(struct req *req) {
    struct stay_days days;
    struct rows rows;
    TRY(fields_read(req, stay_days_fields, &days));
    TRY(db_one(req->db, Q_STAY_CORRECT,
               ARGS(arg_int("candidate", req_id(req, "id")),
                    arg_int("stay", req_id(req, "stay_id")), arg_int("version", req_version(req)),
                    arg_record(stay_days_fields, &days)),
               &rows));
    view_int(req->view, "id", req_id(req, "id"));
    return OK;
}

static Err stay_add(struct req *req) {
    struct known_stay stay;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, known_stay_fields, &stay));
    TRY(db_one(req->db, Q_STAY_RECORD,
               ARGS(arg_int("candidate", id), arg_record(known_stay_fields, &stay)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define STATERS (EMPLOYER | PARTNER | OFFICER | DESK)

const struct route placement_routes[] = {
    {GET, "/placements", list, EMPLOYER | PARTNER | STAFF, "placement/list", NULL, NULL, 0,
     "Placements"},
    {GET, "/placements/:id", show, EMPLOYER | PARTNER | STAFF, "placement/show", NULL, NULL, 0,
     "Placement"},
    {GET, "/placements/:id/identity", identity, STATERS, "placement/identity", NULL, NULL,
     ROUTE_LOOK, "Identity of the worker"},
    {POST, "/placements/:id/facts", record, STATERS, NULL, "/placements/:id", "/placements/:id", 0,
     "Record a fact"},
    {POST, "/campaigns/:id/facts", record_many, STATERS, NULL, NULL, NULL, ROUTE_API_ONLY,
     "Record many facts"},
    {GET, "/candidates/:id/stays", stays, PARTNER | STAFF, "placement/stays", NULL, NULL, 0,
     "Stays in France"},
    {POST, "/candidates/:id/stays", stay_add, PARTNER | OFFICER | DESK, NULL,
     "/candidates/:id/stays", "/candidates/:id/stays", 0, "Record an earlier stay"},
    {GET, "/candidates/:id/corrections", stays_office, STAFF, "placement/corrections", NULL, NULL,
     0, "Corrections of the stays"},
    {POST, "/candidates/:id/stays/:stay_id/correct", stay_correct, OFFICER, NULL,
     "/candidates/:id/corrections", "/candidates/:id/corrections", ROUTE_IF_MATCH,
     "Correct the days of a stay"},
    ROUTE_END,
};

const struct reads placement_reads[] = {
    {list, page_fields, NULL, 0},
    {list, filter_fields, NULL, 0},
    {identity, look_fields, NULL, 0},
    {record, fact_fields, NULL, 0},
    {record_many, fact_row_fields, "facts", FACTS_MAX},
    {stay_correct, stay_days_fields, NULL, 0},
    {stay_add, known_stay_fields, NULL, 0},
    READS_END,
};

const struct shows placement_shows[] = {
    {list, "placements", SHOWS_ROWS, Q_PLACEMENT_LIST, NULL, 0},
    {list, "state", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {show, NULL, SHOWS_ROW, Q_PLACEMENT_BY_ID, NULL, 0},
    {show, "facts", SHOWS_ROWS, Q_PLACEMENT_FACT_LIST, NULL, 0},
    {show, "next", SHOWS_ROWS, Q_PLACEMENT_NEXT, NULL, 0},
    {identity, NULL, SHOWS_ROW, Q_PLACEMENT_BY_ID, NULL, 0},
    {identity, "identity", SHOWS_RECORD, 0, identity_fields, 0},
    {record, "id", SHOWS_INT, 0, NULL, 0},
    {record, NULL, SHOWS_ROW, Q_PLACEMENT_RECORD, NULL, 0},
    {record_many, "id", SHOWS_INT, 0, NULL, 0},
    {record_many, NULL, SHOWS_ROW, Q_PLACEMENT_RECORD_MANY, NULL, 0},
    {stays, NULL, SHOWS_ROW, Q_STAY_CANDIDATE, NULL, 0},
    {stays, "stays", SHOWS_ROWS, Q_STAY_LIST, NULL, 0},
    {stay_add, "id", SHOWS_INT, 0, NULL, 0},
    {stay_add, NULL, SHOWS_ROW, Q_STAY_RECORD, NULL, 0},
    {stays_office, NULL, SHOWS_ROW, Q_STAY_CANDIDATE, NULL, 0},
    {stays_office, NULL, SHOWS_ROW, Q_STAY_VERSION, NULL, 0},
    {stays_office, NULL, SHOWS_ETAG, 0, NULL, 0},
    {stays_office, "stays", SHOWS_ROWS, Q_STAY_LIST, NULL, 0},
    {stays_office, "corrections", SHOWS_ROWS, Q_STAY_CORRECTION_LIST, NULL, 0},
    {stay_correct, "id", SHOWS_INT, 0, NULL, 0},
    SHOWS_END,
};
