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

static const char *const reasons[] = {"mistyped", "misinformed", "not_held", NULL};
const struct field step_correction_fields[] = {{"reason", F_CHOICE, AT(step_correction, reason), 0,
                                                0, FIELD_REQUIRED, reasons, "Why it is corrected"},
                                               FIELD_END};

/* The entry of the path's :id as it stands now, and all that it was. */
static Err entries_load(struct req *req, enum stmt stmt, struct rows *rows) {
    TRY(db_run(req->db, stmt,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), rows));
    if (rows->count == 0) {
        return ERR_NOT_FOUND;
    }
    view_row(req->view, NULL, rows, rows->count - 1);
    view_rows(req->view, "entries", rows, -1);
    if (!req->api) {
        view_row(req->view, "form", rows, rows->count - 1);
    }
    return OK;
}

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

static Err diagnosis_get(struct req *req) {
    struct rows rows;
    return entries_load(req, Q_DIAGNOSIS_ENTRIES, &rows);
}

static Err diagnosis_post(struct req *req) {
    struct diagnosis form;
    struct rows rows;
    Err read = fields_read(req, diagnosis_fields, &form);
    TRY(db_check(req->db, read, Q_DIAGNOSIS_FAULTS, ARGS(arg_record(diagnosis_fields, &form))));
    TRY(db_one(
        req->db, Q_DIAGNOSIS_NEW,
        ARGS(arg_int("wrong", FIELD_NONE), arg_null("reason"), arg_record(diagnosis_fields, &form)),
        &rows));
    view_row(req->view, NULL, &rows, 0);
    view_text(req->view, "location", "/diagnoses");
    return OK;
}

static Err diagnosis_correct_post(struct req *req) {
    struct diagnosis form;
    struct step_correction why;
    struct rows rows;
    Err read = fields_read(req, step_correction_fields, &why);
    read = err_first(fields_read(req, diagnosis_fields + 1, &form), read); /* the same employer */
    const struct arg *args =
        ARGS(arg_int("wrong", req_id(req, "id")), arg_null("siret"),
             arg_record(diagnosis_fields + 1, &form), arg_record(step_correction_fields, &why));
    TRY(db_check(req->db, read, Q_DIAGNOSIS_FAULTS, args));
    TRY(db_one(req->db, Q_DIAGNOSIS_NEW, args, &rows));
    view_row(req->view, NULL, &rows, 0);
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

static Err meeting_get(struct req *req) {
    struct rows rows;
    return entries_load(req, Q_MEETING_ENTRIES, &rows);
}

static Err meeting_post(struct req *req) {
    struct session_meeting form;
    struct rows rows;
    Err read = fields_read(req, meeting_fields, &form);
    const struct arg *args =
        ARGS(arg_int("session", req_id(req, "id")), arg_int("wrong", FIELD_NONE),
             arg_null("reason"), arg_record(meeting_fields, &form));
    TRY(db_check(req->db, read, Q_MEETING_FAULTS, args));
    TRY(db_one(req->db, Q_MEETING_NEW, args, &rows));
    view_int(req->view, "id", req_id(req, "id"));
    view_int(req->view, "meeting_id", rows_int(&rows, 0, "meeting_id"));
    return OK;
}

static Err meeting_correct_post(struct req *req) {
    struct session_meeting form;
    struct step_correction why;
    struct rows rows;
    TRY(db_run(req->db, Q_MEETING_ENTRIES,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    if (rows.count == 0) {
        return ERR_NOT_FOUND;
    }
    Err read = fields_read(req, step_correction_fields, &why);
    read = err_first(fields_read(req, meeting_fields, &form), read);
    const struct arg *args = ARGS(
        arg_int("session", rows_int(&rows, 0, "session_id")), arg_int("wrong", req_id(req, "id")),
        arg_record(meeting_fields, &form), arg_record(step_correction_fields, &why));
    TRY(db_check(req->db, read, Q_MEETING_FAULTS, args));
    TRY(db_one(req->db, Q_MEETING_NEW, args, &rows));
    view_row(req->view, NULL, &rows, 0);
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
    {GET, "/diagnoses/:id", diagnosis_get, READS, "assessment/diagnosis", .title = "Diagnosis"},
    {POST, "/diagnoses/:id/correct", diagnosis_correct_post, DIAGNOSES, .then = "/diagnoses/:id",
     .again = "/diagnoses/:id", .title = "Correct a diagnosis"},
    {GET, "/sessions/:id/meetings", meetings_get, RUNS | AUDITOR, "assessment/meetings",
     .title = "Information meetings of a session"},
    {POST, "/sessions/:id/meetings", meeting_post, RUNS, .then = "/sessions/:id/meetings",
     .again = "/sessions/:id/meetings", .title = "Record an information meeting"},
    {GET, "/meetings/:id", meeting_get, RUNS | AUDITOR, "assessment/meeting",
     .title = "Information meeting"},
    {POST, "/meetings/:id/correct", meeting_correct_post, RUNS, .then = "/meetings/:meeting_id",
     .again = "/meetings/:id", .title = "Correct an information meeting"},
    ROUTE_END,
};

const struct reads steps_reads[] = {
    {diagnoses_get, filter_fields, NULL, 0},
    {diagnoses_get, page_fields, NULL, 0},
    {diagnosis_post, diagnosis_fields, NULL, 0},
    {diagnosis_correct_post, diagnosis_fields + 1, NULL, 0},
    {diagnosis_correct_post, step_correction_fields, NULL, 0},
    {meeting_post, meeting_fields, NULL, 0},
    {meeting_correct_post, meeting_fields, NULL, 0},
    {meeting_correct_post, step_correction_fields, NULL, 0},
    READS_END,
};

const struct shows steps_shows[] = {
    {diagnoses_get, "diagnoses", SHOWS_ROWS, Q_DIAGNOSIS_LIST, NULL, 0},
    {diagnosis_get, NULL, SHOWS_ROW, Q_DIAGNOSIS_ENTRIES, NULL, 0},
    {diagnosis_get, "entries", SHOWS_ROWS, Q_DIAGNOSIS_ENTRIES, NULL, 0},
    {diagnosis_correct_post, NULL, SHOWS_ROW, Q_DIAGNOSIS_NEW, NULL, 0},
    {meeting_get, NULL, SHOWS_ROW, Q_MEETING_ENTRIES, NULL, 0},
    {meeting_get, "entries", SHOWS_ROWS, Q_MEETING_ENTRIES, NULL, 0},
    {meeting_correct_post, NULL, SHOWS_ROW, Q_MEETING_NEW, NULL, 0},
    {diagnosis_post, NULL, SHOWS_ROW, Q_DIAGNOSIS_NEW, NULL, 0},
    {diagnosis_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {meetings_get, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {meetings_get, "meetings", SHOWS_ROWS, Q_MEETING_LIST, NULL, 0},
    {meeting_post, "id", SHOWS_INT, 0, NULL, 0},
    {meeting_post, "meeting_id", SHOWS_INT, 0, NULL, 0},
    SHOWS_END,
};
