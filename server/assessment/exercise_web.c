/* exercise_web.c - habiletes and exercises: pages and API. */
#include "../http/req.h"
#include "assessment.h"
#include "exercise.h"
#include "version.h"

static Err references_get(struct req *req, enum stmt stmt, const char *name) {
    struct reference_filter filter;
    TRY(query_read(req, reference_filter_fields, &filter));
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, stmt, ARGS(ARG_PAGE(page), arg_record(reference_filter_fields, &filter)),
               &rows));
    req_rows(req, name, &page, &rows, "id");
    return OK;
}

static const struct version_kind habilete = {"habilete", "habiletes", Q_HABILETE_BY_ID};
static const struct version_kind exercise = {"exercise", "exercises", Q_EXERCISE_BY_ID};

static Err habiletes_get(struct req *req) {
    return references_get(req, Q_HABILETE_LIST, "habiletes");
}

static Err habilete_get(struct req *req) {
    return version_load(req, &habilete);
}

static Err habilete_post(struct req *req) {
    struct habilete form;
    struct rows rows;
    TRY(fields_read(req, habilete_fields, &form));
    TRY(db_one(req->db, Q_HABILETE_NEW, ARGS(arg_record(habilete_fields, &form)), &rows));
    return version_made(req, &habilete, rows_int(&rows, 0, "id"));
}

static Err habilete_edit_post(struct req *req) {
    struct habilete form;
    struct rows rows;
    TRY(fields_read(req, habilete_fields, &form));
    TRY(db_run(req->db, Q_HABILETE_EDIT,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("version", req_version(req)),
                    arg_record(habilete_fields, &form)),
               &rows));
    if (rows.count == 0) {
        TRY(habilete_get(req));
        return ERR_STALE_EDIT;
    }
    view_int(req->view, "id", req_id(req, "id"));
    return OK;
}

static Err habilete_propose_post(struct req *req) {
    return version_propose(req, &habilete);
}

static Err habilete_drop_post(struct req *req) {
    return version_drop(req, &habilete);
}

static Err habilete_activate_post(struct req *req) {
    return version_sign(req, &habilete);
}

static Err habilete_retire_post(struct req *req) {
    return version_retire(req, &habilete);
}

static Err exercises_get(struct req *req) {
    return references_get(req, Q_EXERCISE_LIST, "exercises");
}

static Err exercise_get(struct req *req) {
    TRY(version_load(req, &exercise));
    TRY(version_list(req, Q_EXERCISE_CRITERIA, "criteria"));
    TRY(version_list(req, Q_EXERCISE_OBSERVES, "observes"));
    return version_list(req, Q_EXERCISE_FORMS, "forms");
}

static Err form_lines(struct req *req, int64_t id) {
    struct rows criteria, observes, habiletes;
    TRY(db_run(req->db, Q_EXERCISE_CRITERION_LINES, ARGS(arg_int("id", id)), &criteria));
    TRY(db_run(req->db, Q_EXERCISE_OBSERVED_LINES, ARGS(arg_int("id", id)), &observes));
    TRY(db_run(req->db, Q_HABILETE_LIST,
               ARGS(arg_int("after", 0), arg_int("limit", 200), arg_text("state", "active")),
               &habiletes));
    view_rows(req->view, "criterion_lines", &criteria, -1);
    view_rows(req->view, "observed_lines", &observes, -1);
    view_rows(req->view, "habiletes", &habiletes, -1);
    struct rows forms;
    TRY(db_run(req->db, Q_EXERCISE_FORM_LINES, ARGS(arg_int("id", id)), &forms));
    view_rows(req->view, "form_lines", &forms, -1);
    return OK;
}

static Err exercise_new_get(struct req *req) {
    return form_lines(req, 0);
}

static Err exercise_edit_get(struct req *req) {
    TRY(version_load(req, &exercise));
    return form_lines(req, req_id(req, "id"));
}

static Err parts_write(struct req *req, int64_t id) {
    void *criteria, *observes, *forms;
    int ncriteria, nobserves, nforms;
    TRY(list_read(req, "criteria", criterion_fields, sizeof(struct criterion), CRITERIA_MAX,
                  &criteria, &ncriteria));
    TRY(list_read(req, "observes", observed_fields, sizeof(struct observed), HABILETES_MAX,
                  &observes, &nobserves));
    TRY(list_read(req, "forms", exercise_form_fields, sizeof(struct exercise_form), FORMS_MAX,
                  &forms, &nforms));
    TRY(criteria_pack(&req->faults, criteria, &ncriteria));
    TRY(observed_pack(&req->faults, observes, &nobserves));
    const char *lines =
        list_json(req->arena, criterion_fields, sizeof(struct criterion), criteria, ncriteria);
    const char *observed =
        list_json(req->arena, observed_fields, sizeof(struct observed), observes, nobserves);
    const char *other =
        list_json(req->arena, exercise_form_fields, sizeof(struct exercise_form), forms, nforms);
    struct rows rows;
    TRY(db_run(req->db, Q_EXERCISE_PARTS_CLEAR, ARGS(arg_int("id", id)), &rows));
    return db_run(req->db, Q_EXERCISE_PARTS_SET,
                  ARGS(arg_int("id", id), arg_text("criteria", lines),
                       arg_text("observes", observed), arg_text("forms", other)),
                  &rows);
}

static Err exercise_post(struct req *req) {
    struct exercise form;
    struct rows rows;
    TRY(fields_read(req, exercise_fields, &form));
    TRY(db_one(req->db, Q_EXERCISE_NEW, ARGS(arg_record(exercise_fields, &form)), &rows));
    int64_t id = rows_int(&rows, 0, "id");
    TRY(parts_write(req, id));
    return version_made(req, &exercise, id);
}

static Err exercise_edit_post(struct req *req) {
    struct exercise form;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, exercise_fields, &form));
    TRY(db_run(req->db, Q_EXERCISE_EDIT,
               ARGS(arg_int("id", id), arg_int("version", req_version(req)),
                    arg_record(exercise_fields, &form)),
               &rows));
    if (rows.count == 0) {
        TRY(version_load(req, &exercise));
        return ERR_STALE_EDIT;
    }
    view_int(req->view, "id", id);
    return parts_write(req, id);
}

static Err exercise_next_post(struct req *req) {
    return version_next(req, &exercise, Q_EXERCISE_NEXT);
}

static Err exercise_propose_post(struct req *req) {
    return version_propose(req, &exercise);
}

static Err exercise_drop_post(struct req *req) {
    return version_drop(req, &exercise);
}

static Err exercise_activate_post(struct req *req) {
    return version_sign(req, &exercise);
}

static Err exercise_retire_post(struct req *req) {
    return version_retire(req, &exercise);
}

enum { READS = PARTNER | OFFICER | DESK | ASSESSOR | AUDITOR, EDITS = OFFICER | ASSESSOR };

const struct route exercise_routes[] = {
    {GET, "/habiletes", habiletes_get, READS, "assessment/habiletes", .title = "Habiletés"},
    {GET, "/habiletes/new", req_form, EDITS, "assessment/habilete_form", .flags = ROUTE_PAGE_ONLY,
     .title = "New habileté"},
    {POST, "/habiletes", habilete_post, EDITS, .then = "/habiletes/:id", .again = "/habiletes/new",
     .title = "Create a habileté, or the next version of one"},
    {GET, "/habiletes/:id", habilete_get, READS, "assessment/habilete", .title = "Habileté"},
    {GET, "/habiletes/:id/edit", habilete_get, EDITS, "assessment/habilete_form",
     .flags = ROUTE_PAGE_ONLY, .title = "Edit a draft habileté"},
    {POST, "/habiletes/:id/edit", habilete_edit_post, EDITS, .then = "/habiletes/:id",
     .flags = ROUTE_IF_MATCH, .title = "Edit a draft habileté"},
    {POST, "/habiletes/:id/propose", habilete_propose_post, OFFICER, .then = "/habiletes/:id",
     .again = "/habiletes/:id", .title = "Propose to put a habileté into effect"},
    {POST, "/habiletes/:id/drop", habilete_drop_post, OFFICER, .then = "/habiletes/:id",
     .again = "/habiletes/:id", .title = "Drop the proposal of a habileté"},
    {POST, "/habiletes/:id/activate", habilete_activate_post, OFFICER, .then = "/habiletes/:id",
     .again = "/habiletes/:id", .title = "Put a habileté into effect"},
    {POST, "/habiletes/:id/retire", habilete_retire_post, OFFICER, .then = "/habiletes/:id",
     .again = "/habiletes/:id", .title = "Retire a habileté"},
    {GET, "/exercises", exercises_get, READS, "assessment/exercises", .title = "Exercises"},
    {GET, "/exercises/new", exercise_new_get, EDITS, "assessment/exercise_form",
     .flags = ROUTE_PAGE_ONLY, .title = "New exercise"},
    {POST, "/exercises", exercise_post, EDITS, .then = "/exercises/:id", .again = "/exercises/new",
     .title = "Create an exercise"},
    {GET, "/exercises/:id", exercise_get, READS, "assessment/exercise", .title = "Exercise"},
    {GET, "/exercises/:id/edit", exercise_edit_get, EDITS, "assessment/exercise_form",
     .flags = ROUTE_PAGE_ONLY, .title = "Edit a draft exercise"},
    {POST, "/exercises/:id/edit", exercise_edit_post, EDITS, .then = "/exercises/:id",
     .flags = ROUTE_IF_MATCH, .title = "Edit a draft exercise"},
    {POST, "/exercises/:id/next", exercise_next_post, EDITS, .then = "/exercises/:id/edit",
     .again = "/exercises/:id", .title = "Make the next version of an exercise"},
    {POST, "/exercises/:id/propose", exercise_propose_post, OFFICER, .then = "/exercises/:id",
     .again = "/exercises/:id", .title = "Propose to put an exercise into effect"},
    {POST, "/exercises/:id/drop", exercise_drop_post, OFFICER, .then = "/exercises/:id",
     .again = "/exercises/:id", .title = "Drop the proposal of an exercise"},
    {POST, "/exercises/:id/activate", exercise_activate_post, OFFICER, .then = "/exercises/:id",
     .again = "/exercises/:id", .title = "Put an exercise into effect"},
    {POST, "/exercises/:id/retire", exercise_retire_post, OFFICER, .then = "/exercises/:id",
     .again = "/exercises/:id", .title = "Retire an exercise"},
    ROUTE_END,
};

const struct reads exercise_reads[] = {
    {habiletes_get, reference_filter_fields, NULL, 0},
    {habiletes_get, page_fields, NULL, 0},
    {habilete_post, habilete_fields, NULL, 0},
    {habilete_edit_post, habilete_fields, NULL, 0},
    {habilete_propose_post, version_signature_fields, NULL, 0},
    {habilete_activate_post, version_signature_fields, NULL, 0},
    {exercises_get, reference_filter_fields, NULL, 0},
    {exercises_get, page_fields, NULL, 0},
    {exercise_post, exercise_fields, NULL, 0},
    {exercise_post, criterion_fields, "criteria", CRITERIA_MAX},
    {exercise_post, observed_fields, "observes", HABILETES_MAX},
    {exercise_post, exercise_form_fields, "forms", FORMS_MAX},
    {exercise_edit_post, exercise_fields, NULL, 0},
    {exercise_edit_post, criterion_fields, "criteria", CRITERIA_MAX},
    {exercise_edit_post, observed_fields, "observes", HABILETES_MAX},
    {exercise_edit_post, exercise_form_fields, "forms", FORMS_MAX},
    {exercise_propose_post, version_signature_fields, NULL, 0},
    {exercise_activate_post, version_signature_fields, NULL, 0},
    READS_END,
};

const struct shows exercise_shows[] = {
    {habiletes_get, "habiletes", SHOWS_ROWS, Q_HABILETE_LIST, NULL, 0},
    {habilete_post, "id", SHOWS_INT, 0, NULL, 0},
    {habilete_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {habilete_get, NULL, SHOWS_ROW, Q_HABILETE_BY_ID, NULL, 0},
    {habilete_get, NULL, SHOWS_ETAG, 0, NULL, 0},
    {habilete_edit_post, "id", SHOWS_INT, 0, NULL, 0},
    {habilete_propose_post, NULL, SHOWS_ROW, Q_HABILETE_BY_ID, NULL, 0},
    {habilete_propose_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {habilete_drop_post, NULL, SHOWS_ROW, Q_HABILETE_BY_ID, NULL, 0},
    {habilete_drop_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {habilete_activate_post, NULL, SHOWS_ROW, Q_HABILETE_BY_ID, NULL, 0},
    {habilete_activate_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {habilete_retire_post, NULL, SHOWS_ROW, Q_HABILETE_BY_ID, NULL, 0},
    {habilete_retire_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {exercises_get, "exercises", SHOWS_ROWS, Q_EXERCISE_LIST, NULL, 0},
    {exercise_post, "id", SHOWS_INT, 0, NULL, 0},
    {exercise_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {exercise_get, NULL, SHOWS_ROW, Q_EXERCISE_BY_ID, NULL, 0},
    {exercise_get, "criteria", SHOWS_ROWS, Q_EXERCISE_CRITERIA, NULL, 0},
    {exercise_get, "observes", SHOWS_ROWS, Q_EXERCISE_OBSERVES, NULL, 0},
    {exercise_get, "forms", SHOWS_ROWS, Q_EXERCISE_FORMS, NULL, 0},
    {exercise_get, NULL, SHOWS_ETAG, 0, NULL, 0},
    {exercise_edit_post, "id", SHOWS_INT, 0, NULL, 0},
    {exercise_next_post, "id", SHOWS_INT, 0, NULL, 0},
    {exercise_next_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {exercise_propose_post, NULL, SHOWS_ROW, Q_EXERCISE_BY_ID, NULL, 0},
    {exercise_propose_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {exercise_drop_post, NULL, SHOWS_ROW, Q_EXERCISE_BY_ID, NULL, 0},
    {exercise_drop_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {exercise_activate_post, NULL, SHOWS_ROW, Q_EXERCISE_BY_ID, NULL, 0},
    {exercise_activate_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {exercise_retire_post, NULL, SHOWS_ROW, Q_EXERCISE_BY_ID, NULL, 0},
    {exercise_retire_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    SHOWS_END,
};
