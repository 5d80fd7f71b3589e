/* appeal_web.c - appeals against a result, incidents and accommodation: pages and API. */
#include "../../lib/base/arena.h"
#include "../http/req.h"
#include "appeal.h"
#include "assessment.h"
#include "session_web.h"

#define AT(type, member) offsetof(struct type, member)

static const char *const grounds[] = {"procedure", "arithmetics", "accommodation", NULL};
static const char *const outcomes[] = {"uphold", "re_mark", "re_sit", NULL};
static const char *const states[] = {"filed", "decided", NULL};
static const char *const incidents[] = {"kit_broken", "interrupted",    "noise", "power",
                                        "illness",    "exercise_known", "other", NULL};
static const char *const effects[] = {"noted", "void", NULL};
static const char *const accommodations[] = {"extra_time",    "large_print", "read_aloud", "seated",
                                             "own_equipment", "quiet_room",  "breaks",     NULL};

static const struct field appeal_fields[] = {
    {"ground", F_CHOICE, AT(appeal_form, ground), 0, 0, FIELD_REQUIRED, grounds, "Ground"},
    {"note", F_NOTE, AT(appeal_form, note), 10, 1000, FIELD_REQUIRED, NULL, "What went wrong"},
    FIELD_END};
static const struct field decision_fields[] = {
    {"outcome", F_CHOICE, AT(appeal_decision, outcome), 0, 0, FIELD_REQUIRED, outcomes, "Decision"},
    {"reason", F_NOTE, AT(appeal_decision, reason), 10, 1000, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END};
static const struct field filter_fields[] = {
    {"state", F_CHOICE, AT(appeal_filter, state), 0, 0, 0, states, "State"}, FIELD_END};
static const struct field incident_fields[] = {
    {"seat_id", F_INT, AT(incident_form, seat_id), 1, INT64_MAX, 0, NULL, "Seat"},
    {"kind", F_CHOICE, AT(incident_form, kind), 0, 0, FIELD_REQUIRED, incidents, "Kind"},
    {"effect", F_CHOICE, AT(incident_form, effect), 0, 0, FIELD_REQUIRED, effects, "Effect"},
    {"note", F_TEXT, AT(incident_form, note), 10, 500, FIELD_REQUIRED, NULL, "What happened"},
    FIELD_END};
static const struct field accommodation_fields[] = {
    {"accommodation", F_CHOICE, AT(accommodation_form, accommodation), 0, 0, 0, accommodations,
     "Accommodation"},
    {"extra_percent", F_INT, AT(accommodation_form, extra_percent), 1, 100, 0, NULL,
     "More time, in percent"},
    FIELD_END};

static Err appeals_get(struct req *req) {
    struct appeal_filter filter;
    TRY(query_read(req, filter_fields, &filter));
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_APPEAL_LIST, ARGS(ARG_PAGE(page), arg_record(filter_fields, &filter)),
               &rows));
    req_rows(req, "appeals", &page, &rows, "id");
    return OK;
}

static Err appeal_get(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_APPEAL_BY_ID,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err seat_read(struct req *req, struct rows *rows) {
    TRY(db_one(req->db, Q_SEAT_BY_ID,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), rows));
    view_row(req->view, NULL, rows, 0);
    return OK;
}

static Err seat_load(struct req *req) {
    struct rows rows;
    return seat_read(req, &rows);
}

static Err appeal_post(struct req *req) {
    struct appeal_form form;
    struct rows rows;
    TRY(fields_read(req, appeal_fields, &form));
    TRY(db_one(req->db, Q_APPEAL_FILE,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(appeal_fields, &form)), &rows));
    int64_t id = rows_int(&rows, 0, "id");
    view_int(req->view, "id", id);
    view_text(req->view, "location", arena_printf(req->arena, "/appeals/%lld", (long long)id));
    return OK;
}

static Err appeal_decide_post(struct req *req) {
    struct appeal_decision form;
    struct rows rows;
    TRY(fields_read(req, decision_fields, &form));
    TRY(appeal_get(req));
    TRY(db_one(req->db, Q_APPEAL_DECIDE,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(decision_fields, &form)), &rows));
    view_text(req->view, "state", "decided");
    view_text(req->view, "outcome", form.outcome);
    view_int(req->view, "remark_session", rows_int(&rows, 0, "remark_session"));
    return OK;
}

static Err incidents_get(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows, seats;
    TRY(session_load(req, req_id(req, "id")));
    TRY(db_run(req->db, Q_INCIDENT_LIST, ARGS(id), &rows));
    TRY(db_run(req->db, Q_SESSION_PRESENT, ARGS(id), &seats));
    view_rows(req->view, "incidents", &rows, -1);
    view_rows(req->view, "seats", &seats, -1);
    return OK;
}

static Err incident_post(struct req *req) {
    struct incident_form form;
    struct rows rows;
    TRY(fields_read(req, incident_fields, &form));
    TRY(db_one(req->db, Q_INCIDENT_NEW,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(incident_fields, &form)), &rows));
    view_int(req->view, "id", req_id(req, "id"));
    view_int(req->view, "incident_id", rows_int(&rows, 0, "id"));
    return OK;
}

static Err accommodation_post(struct req *req) {
    struct accommodation_form form;
    struct rows rows;
    TRY(fields_read(req, accommodation_fields, &form));
    TRY(db_run(req->db, Q_SEAT_ACCOMMODATE,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("version", req_version(req)),
                    arg_record(accommodation_fields, &form)),
               &rows));
    if (rows.count == 0) {
        TRY(seat_read(req, &rows));
        return span_is(rows_span(&rows, 0, "attendance"), "expected")
                   ? ERR_STALE_EDIT
                   : fault(&req->faults, "", ERR_ACCOMMODATION_LATE, NULL);
    }
    req_etag(req, rows_int(&rows, 0, "version"));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

enum {
    FILES = PARTNER | OFFICER,
    SEES = PARTNER | OFFICER | ASSESSOR | AUDITOR,
    DECIDES = OFFICER | ASSESSOR,
    RUNS = OFFICER | PARTNER | ASSESSOR
};

const struct route appeal_routes[] = {
    {GET, "/appeals", appeals_get, SEES, "assessment/appeals", .title = "Appeals"},
    {GET, "/appeals/:id", appeal_get, SEES, "assessment/appeal", .title = "Appeal"},
    {POST, "/appeals/:id/decide", appeal_decide_post, DECIDES, .then = "/appeals/:id",
     .again = "/appeals/:id", .title = "Decide on an appeal"},
    {GET, "/seats/:id/appeal", seat_load, FILES, "assessment/appeal_form", .flags = ROUTE_PAGE_ONLY,
     .title = "File an appeal"},
    {POST, "/seats/:id/appeal", appeal_post, FILES, .then = "/appeals/:id",
     .again = "/seats/:id/appeal", .title = "File an appeal"},
    {POST, "/seats/:id/accommodation", accommodation_post, RUNS, .then = "/sessions/:session_id",
     .again = "/seats/:id/check", .flags = ROUTE_IF_MATCH,
     .title = "Record an accommodation, without its reason"},
    {GET, "/sessions/:id/incidents", incidents_get, SEES, "assessment/incidents",
     .title = "Incidents of a session"},
    {POST, "/sessions/:id/incidents", incident_post, RUNS, .then = "/sessions/:id/incidents",
     .again = "/sessions/:id/incidents", .title = "Record an incident"},
    ROUTE_END,
};

const struct reads appeal_reads[] = {
    {appeals_get, filter_fields, NULL, 0},
    {appeals_get, page_fields, NULL, 0},
    {appeal_post, appeal_fields, NULL, 0},
    {appeal_decide_post, decision_fields, NULL, 0},
    {incident_post, incident_fields, NULL, 0},
    {accommodation_post, accommodation_fields, NULL, 0},
    READS_END,
};

const struct shows appeal_shows[] = {
    {appeals_get, "appeals", SHOWS_ROWS, Q_APPEAL_LIST, NULL, 0},
    {appeal_get, NULL, SHOWS_ROW, Q_APPEAL_BY_ID, NULL, 0},
    {appeal_decide_post, NULL, SHOWS_ROW, Q_APPEAL_BY_ID, NULL, 0},
    {appeal_decide_post, "state", SHOWS_TEXT, 0, NULL, 0},
    {appeal_decide_post, "outcome", SHOWS_TEXT, 0, NULL, 0},
    {appeal_decide_post, "remark_session", SHOWS_INT, 0, NULL, 0},
    {appeal_post, "id", SHOWS_INT, 0, NULL, 0},
    {appeal_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {accommodation_post, NULL, SHOWS_ROW, Q_SEAT_ACCOMMODATE, NULL, 0},
    {accommodation_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {incidents_get, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {incidents_get, "incidents", SHOWS_ROWS, Q_INCIDENT_LIST, NULL, 0},
    {incidents_get, "seats", SHOWS_ROWS, Q_SESSION_PRESENT, NULL, 0},
    {incident_post, "id", SHOWS_INT, 0, NULL, 0},
    {incident_post, "incident_id", SHOWS_INT, 0, NULL, 0},
    SHOWS_END,
};
