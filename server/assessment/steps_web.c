/* steps_web.c - diagnoses and information meetings: pages and API. */
#include "steps.h"

#include "../../lib/base/arena.h"
#include "../http/req.h"
#include "assessment.h"
#include "session_web.h"

#define AT(type, member) offsetof(struct type, member)

static const char *const sources[] = {"visit", "meeting", "call", "letter", NULL};
static const char *const findings[] = {"simulation", "other_means", "later", NULL};

static const struct field diagnosis_fields[] = {
    {"siret", F_DIGITS, AT(diagnosis, siret), 14, 14, FIELD_REQUIRED, NULL,
     "SIRET of the employer"},
    {"rome", F_TEXT, AT(diagnosis, rome), 5, 5, FIELD_REQUIRED, NULL, "ROME code"},
    {"held_on", F_DATE, AT(diagnosis, held_on), 0, 0, FIELD_REQUIRED, NULL, "Day"},
    {"posts", F_INT, AT(diagnosis, posts), 1, 5000, FIELD_REQUIRED, NULL, "Posts to fill"},
    {"source", F_CHOICE, AT(diagnosis, source), 0, 0, FIELD_REQUIRED, sources, "Source"},
    {"finding", F_CHOICE, AT(diagnosis, finding), 0, 0, FIELD_REQUIRED, findings, "Finding"},
    FIELD_END};
static const struct field filter_fields[] = {
    {"rome", F_TEXT, AT(diagnosis_filter, rome), 5, 5, 0, NULL, "ROME code"}, FIELD_END};
static const struct field meeting_fields[] = {
    {"held_on", F_DATE, AT(session_meeting, held_on), 0, 0, FIELD_REQUIRED, NULL, "Day"},
    {"site", F_TEXT, AT(session_meeting, site), 1, 200, FIELD_REQUIRED, NULL, "Site"},
    {"came", F_INT, AT(session_meeting, came), 0, 1000, FIELD_REQUIRED, NULL,
     "Candidates who came"},
    {"employer_there", F_BOOL, AT(session_meeting, employer_there), 0, 0, 0, NULL,
     "An employer took part"},
    FIELD_END};

static Err diagnoses_get(struct req *req) {
    struct diagnosis_filter filter;
    TRY(query_read(req, filter_fields, &filter));
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(
        req->db, Q_DIAGNOSIS_LIST,
        ARGS(ARG_PAGE(page), arg_int("reader", req->account), arg_record(filter_fields, &filter)),
        &rows));
    req_rows(req, "diagnoses", &page, &rows, "id");
    return OK;
}

static Err diagnosis_post(struct req *req) {
    struct diagnosis form;
    struct rows rows;
    TRY(fields_read(req, diagnosis_fields, &form));
    TRY(db_one(req->db, Q_DIAGNOSIS_NEW, ARGS(arg_record(diagnosis_fields, &form)), &rows));
    view_row(req->view, NULL, &rows, 0);
    view_text(req->view, "location", "/diagnoses");
    return OK;
}

static Err meetings_get(struct req *req) {
    struct rows rows;
    TRY(session_load(req, req_id(req, "id")));
    TRY(db_run(req->db, Q_MEETING_LIST,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    view_rows(req->view, "meetings", &rows, -1);
    return OK;
}

static Err meeting_post(struct req *req) {
    struct session_meeting form;
    struct rows rows;
    TRY(fields_read(req, meeting_fields, &form));
    TRY(db_one(req->db, Q_MEETING_NEW,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(meeting_fields, &form)), &rows));
    view_int(req->view, "id", req_id(req, "id"));
    view_int(req->view, "meeting_id", rows_int(&rows, 0, "id"));
    return OK;
}

enum {
    DIAGNOSES = OFFICER | ASSESSOR,
    READS = OFFICER | ASSESSOR | AUDITOR | EMPLOYER,
    RUNS = OFFICER | PARTNER | ASSESSOR
};

const struct route steps_routes[] = {
    {GET, "/diagnoses", diagnoses_get, READS, "assessment/diagnoses", .title = "Diagnoses"},
    {GET, "/diagnoses/new", req_form, DIAGNOSES, "assessment/diagnosis_form",
     .flags = ROUTE_PAGE_ONLY, .title = "Record a diagnosis"},
    {POST, "/diagnoses", diagnosis_post, DIAGNOSES, .then = "/diagnoses", .again = "/diagnoses/new",
     .title = "Record a diagnosis"},
    {GET, "/sessions/:id/meetings", meetings_get, RUNS | AUDITOR, "assessment/meetings",
     .title = "Information meetings of a session"},
    {POST, "/sessions/:id/meetings", meeting_post, RUNS, .then = "/sessions/:id/meetings",
     .again = "/sessions/:id/meetings", .title = "Record an information meeting"},
    ROUTE_END,
};

const struct reads steps_reads[] = {
    {diagnoses_get, filter_fields, NULL, 0},
    {diagnoses_get, page_fields, NULL, 0},
    {diagnosis_post, diagnosis_fields, NULL, 0},
    {meeting_post, meeting_fields, NULL, 0},
    READS_END,
};

const struct shows steps_shows[] = {
    {diagnoses_get, "diagnoses", SHOWS_ROWS, Q_DIAGNOSIS_LIST, NULL, 0},
    {diagnosis_post, NULL, SHOWS_ROW, Q_DIAGNOSIS_NEW, NULL, 0},
    {diagnosis_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {meetings_get, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {meetings_get, "meetings", SHOWS_ROWS, Q_MEETING_LIST, NULL, 0},
    {meeting_post, "id", SHOWS_INT, 0, NULL, 0},
    {meeting_post, "meeting_id", SHOWS_INT, 0, NULL, 0},
    SHOWS_END,
};
