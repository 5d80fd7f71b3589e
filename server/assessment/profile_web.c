/* profile_web.c - job profiles: pages and API. */
#include "../http/req.h"
#include "assessment.h"
#include "profile.h"
#include "version.h"

static Err profiles_get(struct req *req) {
    struct reference_filter filter;
    TRY(query_read(req, reference_filter_fields, &filter));
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_PROFILE_LIST,
               ARGS(ARG_PAGE(page), arg_record(reference_filter_fields, &filter)), &rows));
    req_rows(req, "profiles", &page, &rows, "id");
    return OK;
}

static const struct version_kind kind = {"profile", "profiles", Q_PROFILE_BY_ID};

static Err profile_get(struct req *req) {
    TRY(version_load(req, &kind));
    TRY(version_list(req, Q_PROFILE_LINES, "exercises"));
    TRY(version_list(req, Q_PROFILE_CRITERIA, "criteria"));
    TRY(version_list(req, Q_PROFILE_CALIBRATION, "calibrations"));
    return version_list(req, Q_PROFILE_UNSEEN, "unseen");
}

static Err form_choices(struct req *req, int64_t id) {
    struct rows lines, choices, analyses;
    TRY(db_run(req->db, Q_PROFILE_FORM_LINES, ARGS(arg_int("id", id)), &lines));
    TRY(db_run(req->db, Q_PROFILE_EXERCISE_CHOICES, NULL, &choices));
    view_rows(req->view, "lines", &lines, -1);
    TRY(db_run(req->db, Q_ANALYSIS_CHOICES, NULL, &analyses));
    view_rows(req->view, "choices", &choices, -1);
    view_rows(req->view, "analyses", &analyses, -1);
    return OK;
}

static Err profile_new_get(struct req *req) {
    return form_choices(req, 0);
}

static Err profile_edit_get(struct req *req) {
    TRY(version_load(req, &kind));
    return form_choices(req, req_id(req, "id"));
}

static Err lines_write(struct req *req, int64_t id) {
    void *lines;
    int count;
    TRY(list_read(req, "exercises", profile_line_fields, sizeof(struct profile_line),
                  PROFILE_LINES_MAX, &lines, &count));
    TRY(profile_pack(&req->faults, lines, &count));
    const char *json =
        list_json(req->arena, profile_line_fields, sizeof(struct profile_line), lines, count);
    TRY(db_run(req->db, Q_PROFILE_LINES_CLEAR, ARGS(arg_int("id", id)), NULL));
    return db_run(req->db, Q_PROFILE_LINES_SET, ARGS(arg_int("id", id), arg_text("lines", json)),
                  NULL);
}

static Err profile_post(struct req *req) {
    struct profile form;
    struct rows rows;
    TRY(fields_read(req, profile_fields, &form));
    TRY(db_one(req->db, Q_PROFILE_NEW, ARGS(arg_record(profile_fields, &form)), &rows));
    int64_t id = rows_int(&rows, 0, "id");
    TRY(lines_write(req, id));
    return version_made(req, &kind, id);
}

static Err profile_edit_post(struct req *req) {
    struct profile form;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, profile_fields, &form));
    TRY(db_run(req->db, Q_PROFILE_EDIT,
               ARGS(arg_int("id", id), arg_int("version", req_version(req)),
                    arg_record(profile_fields, &form)),
               &rows));
    if (rows.count == 0) {
        TRY(version_load(req, &kind));
        return ERR_STALE_EDIT;
    }
    view_int(req->view, "id", id);
    return lines_write(req, id);
}

static Err profile_next_post(struct req *req) {
    return version_next(req, &kind, Q_PROFILE_NEXT);
}

static Err profile_propose_post(struct req *req) {
    return version_propose(req, &kind);
}

static Err profile_drop_post(struct req *req) {
    return version_drop(req, &kind);
}

static Err profile_activate_post(struct req *req) {
    return version_sign(req, &kind);
}

static Err profile_retire_post(struct req *req) {
    return version_retire(req, &kind);
}

enum { EDITS = OFFICER | ASSESSOR };

const struct route profile_routes[] = {
    {GET, "/profiles", profiles_get, EMPLOYER | PARTNER | OFFICER | DESK | ASSESSOR | AUDITOR,
     "assessment/profiles", .title = "Job profiles"},
    {GET, "/profiles/new", profile_new_get, EDITS, "assessment/profile_form",
     .flags = ROUTE_PAGE_ONLY, .title = "New job profile"},
    {POST, "/profiles", profile_post, EDITS, .then = "/profiles/:id", .again = "/profiles/new",
     .title = "Create a job profile"},
    {GET, "/profiles/:id", profile_get, EMPLOYER | PARTNER | OFFICER | DESK | ASSESSOR | AUDITOR,
     "assessment/profile", .title = "Job profile"},
    {GET, "/profiles/:id/edit", profile_edit_get, EDITS, "assessment/profile_form",
     .flags = ROUTE_PAGE_ONLY, .title = "Edit a draft profile"},
    {POST, "/profiles/:id/edit", profile_edit_post, EDITS, .then = "/profiles/:id",
     .flags = ROUTE_IF_MATCH, .title = "Edit a draft profile"},
    {POST, "/profiles/:id/next", profile_next_post, EDITS, .then = "/profiles/:id/edit",
     .again = "/profiles/:id", .title = "Make the next version of a profile"},
    {POST, "/profiles/:id/propose", profile_propose_post, OFFICER, .then = "/profiles/:id",
     .again = "/profiles/:id", .title = "Propose to put a profile version into effect"},
    {POST, "/profiles/:id/drop", profile_drop_post, OFFICER, .then = "/profiles/:id",
     .again = "/profiles/:id", .title = "Drop the proposal of a profile version"},
    {POST, "/profiles/:id/activate", profile_activate_post, OFFICER, .then = "/profiles/:id",
     .again = "/profiles/:id", .title = "Put a profile version into effect"},
    {POST, "/profiles/:id/retire", profile_retire_post, OFFICER, .then = "/profiles/:id",
     .again = "/profiles/:id", .title = "Retire a profile version"},
    ROUTE_END,
};

const struct reads profile_reads[] = {
    {profiles_get, reference_filter_fields, NULL, 0},
    {profiles_get, page_fields, NULL, 0},
    {profile_post, profile_fields, NULL, 0},
    {profile_post, profile_line_fields, "exercises", PROFILE_LINES_MAX},
    {profile_edit_post, profile_fields, NULL, 0},
    {profile_edit_post, profile_line_fields, "exercises", PROFILE_LINES_MAX},
    {profile_propose_post, version_signature_fields, NULL, 0},
    {profile_activate_post, version_signature_fields, NULL, 0},
    READS_END,
};

const struct shows profile_shows[] = {
    {profiles_get, "profiles", SHOWS_ROWS, Q_PROFILE_LIST, NULL, 0},
    {profile_post, "id", SHOWS_INT, 0, NULL, 0},
    {profile_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {profile_get, NULL, SHOWS_ROW, Q_PROFILE_BY_ID, NULL, 0},
    {profile_get, "exercises", SHOWS_ROWS, Q_PROFILE_LINES, NULL, 0},
    {profile_get, "criteria", SHOWS_ROWS, Q_PROFILE_CRITERIA, NULL, 0},
    {profile_get, "calibrations", SHOWS_ROWS, Q_PROFILE_CALIBRATION, NULL, 0},
    {profile_get, "unseen", SHOWS_ROWS, Q_PROFILE_UNSEEN, NULL, 0},
    {profile_get, NULL, SHOWS_ETAG, 0, NULL, 0},
    {profile_edit_post, "id", SHOWS_INT, 0, NULL, 0},
    {profile_next_post, "id", SHOWS_INT, 0, NULL, 0},
    {profile_next_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {profile_propose_post, NULL, SHOWS_ROW, Q_PROFILE_BY_ID, NULL, 0},
    {profile_propose_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {profile_drop_post, NULL, SHOWS_ROW, Q_PROFILE_BY_ID, NULL, 0},
    {profile_drop_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {profile_activate_post, NULL, SHOWS_ROW, Q_PROFILE_BY_ID, NULL, 0},
    {profile_activate_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {profile_retire_post, NULL, SHOWS_ROW, Q_PROFILE_BY_ID, NULL, 0},
    {profile_retire_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    SHOWS_END,
};
