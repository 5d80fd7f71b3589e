/* analysis_web.c - analyses of jobs: pages and API. */
#include "analysis.h"

#include "../http/req.h"
#include "assessment.h"
#include "version.h"

static Err analyses_get(struct req *req) {
    struct reference_filter filter;
    TRY(query_read(req, reference_filter_fields, &filter));
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_ANALYSIS_LIST,
               ARGS(ARG_PAGE(page), arg_record(reference_filter_fields, &filter)), &rows));
    req_rows(req, "analyses", &page, &rows, "id");
    return OK;
}

static const struct version_kind kind = {"job_analysis", "analyses", Q_ANALYSIS_BY_ID};

static Err analysis_get(struct req *req) {
    TRY(version_load(req, &kind));
    TRY(version_list(req, Q_ANALYSIS_TASKS, "tasks"));
    TRY(version_list(req, Q_ANALYSIS_HABILETES, "habiletes"));
    return version_list(req, Q_ANALYSIS_PROFILES, "profiles");
}

static Err form_lines(struct req *req, int64_t id) {
    struct rows rows;
    TRY(db_run(req->db, Q_ANALYSIS_TASK_LINES, ARGS(arg_int("id", id)), &rows));
    view_rows(req->view, "task_lines", &rows, -1);
    TRY(db_run(req->db, Q_ANALYSIS_HABILETE_LINES, ARGS(arg_int("id", id)), &rows));
    view_rows(req->view, "habilete_lines", &rows, -1);
    TRY(db_run(req->db, Q_HABILETE_LIST,
               ARGS(arg_int("after", 0), arg_int("limit", 200), arg_text("state", "active")),
               &rows));
    view_rows(req->view, "choices", &rows, -1);
    return OK;
}

static Err analysis_new_get(struct req *req) {
    return form_lines(req, 0);
}

static Err analysis_edit_get(struct req *req) {
    TRY(version_load(req, &kind));
    return form_lines(req, req_id(req, "id"));
}

static Err parts_write(struct req *req, int64_t id) {
    void *tasks, *drawn;
    int ntasks, ndrawn;
    TRY(list_read(req, "tasks", analysis_task_fields, sizeof(struct analysis_task), TASKS_MAX,
                  &tasks, &ntasks));
    TRY(list_read(req, "habiletes", analysis_habilete_fields, sizeof(struct analysis_habilete),
                  DRAWN_MAX, &drawn, &ndrawn));
    tasks_pack(tasks, &ntasks);
    TRY(drawn_pack(&req->faults, drawn, &ndrawn));
    struct rows rows;
    TRY(db_run(req->db, Q_ANALYSIS_PARTS_CLEAR, ARGS(arg_int("id", id)), &rows));
    return db_run(
        req->db, Q_ANALYSIS_PARTS_SET,
        ARGS(arg_int("id", id),
             arg_text("tasks", list_json(req->arena, analysis_task_fields,
                                         sizeof(struct analysis_task), tasks, ntasks)),
             arg_text("habiletes", list_json(req->arena, analysis_habilete_fields,
                                             sizeof(struct analysis_habilete), drawn, ndrawn))),
        &rows);
}

static Err analysis_post(struct req *req) {
    struct analysis form;
    struct rows rows;
    TRY(fields_read(req, analysis_fields, &form));
    TRY(db_one(req->db, Q_ANALYSIS_NEW, ARGS(arg_record(analysis_fields, &form)), &rows));
    int64_t id = rows_int(&rows, 0, "id");
    TRY(parts_write(req, id));
    return version_made(req, &kind, id);
}

static Err analysis_edit_post(struct req *req) {
    struct analysis form;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, analysis_fields + 1, &form)); /* on the same farm */
    TRY(db_run(req->db, Q_ANALYSIS_EDIT,
               ARGS(arg_int("id", id), arg_int("version", req_version(req)),
                    arg_record(analysis_fields + 1, &form)),
               &rows));
    if (rows.count == 0) {
        TRY(version_load(req, &kind));
        return ERR_STALE_EDIT;
    }
    view_int(req->view, "id", id);
    return parts_write(req, id);
}

static Err analysis_next_post(struct req *req) {
    return version_next(req, &kind, Q_ANALYSIS_NEXT);
}

static Err analysis_propose_post(struct req *req) {
    return version_propose(req, &kind);
}

static Err analysis_drop_post(struct req *req) {
    return version_drop(req, &kind);
}

static Err analysis_activate_post(struct req *req) {
    return version_sign(req, &kind);
}

static Err analysis_retire_post(struct req *req) {
    return version_retire(req, &kind);
}

enum { SEES = OFFICER | ASSESSOR | AUDITOR | EMPLOYER, EDITS = OFFICER | ASSESSOR };

const struct route analysis_routes[] = {
    {GET, "/analyses", analyses_get, SEES, "assessment/analyses", .title = "Analyses of jobs"},
    {GET, "/analyses/new", analysis_new_get, EDITS, "assessment/analysis_form",
     .flags = ROUTE_PAGE_ONLY, .title = "New analysis of a job"},
    {POST, "/analyses", analysis_post, EDITS, .then = "/analyses/:id", .again = "/analyses/new",
     .title = "Record an analysis of a job"},
    {GET, "/analyses/:id", analysis_get, SEES, "assessment/analysis", .title = "Analysis of a job"},
    {GET, "/analyses/:id/edit", analysis_edit_get, EDITS, "assessment/analysis_form",
     .flags = ROUTE_PAGE_ONLY, .title = "Edit a draft analysis"},
    {POST, "/analyses/:id/edit", analysis_edit_post, EDITS, .then = "/analyses/:id",
     .flags = ROUTE_IF_MATCH, .title = "Edit a draft analysis"},
    {POST, "/analyses/:id/next", analysis_next_post, EDITS, .then = "/analyses/:id/edit",
     .again = "/analyses/:id", .title = "Make the next version of an analysis"},
    {POST, "/analyses/:id/propose", analysis_propose_post, OFFICER, .then = "/analyses/:id",
     .again = "/analyses/:id", .title = "Propose to put an analysis into effect"},
    {POST, "/analyses/:id/drop", analysis_drop_post, OFFICER, .then = "/analyses/:id",
     .again = "/analyses/:id", .title = "Drop the proposal of an analysis"},
    {POST, "/analyses/:id/activate", analysis_activate_post, OFFICER, .then = "/analyses/:id",
     .again = "/analyses/:id", .title = "Put a proposed analysis into effect"},
    {POST, "/analyses/:id/retire", analysis_retire_post, OFFICER, .then = "/analyses/:id",
     .again = "/analyses/:id", .title = "Retire an analysis"},
    ROUTE_END,
};

const struct reads analysis_reads[] = {
    {analyses_get, reference_filter_fields, NULL, 0},
    {analyses_get, page_fields, NULL, 0},
    {analysis_post, analysis_fields, NULL, 0},
    {analysis_post, analysis_task_fields, "tasks", TASKS_MAX},
    {analysis_post, analysis_habilete_fields, "habiletes", DRAWN_MAX},
    {analysis_edit_post, analysis_fields + 1, NULL, 0},
    {analysis_edit_post, analysis_task_fields, "tasks", TASKS_MAX},
    {analysis_edit_post, analysis_habilete_fields, "habiletes", DRAWN_MAX},
    {analysis_propose_post, version_signature_fields, NULL, 0},
    {analysis_activate_post, version_signature_fields, NULL, 0},
    READS_END,
};

const struct shows analysis_shows[] = {
    {analyses_get, "analyses", SHOWS_ROWS, Q_ANALYSIS_LIST, NULL, 0},
    {analysis_post, "id", SHOWS_INT, 0, NULL, 0},
    {analysis_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {analysis_get, NULL, SHOWS_ROW, Q_ANALYSIS_BY_ID, NULL, 0},
    {analysis_get, NULL, SHOWS_ETAG, 0, NULL, 0},
    {analysis_get, "tasks", SHOWS_ROWS, Q_ANALYSIS_TASKS, NULL, 0},
    {analysis_get, "habiletes", SHOWS_ROWS, Q_ANALYSIS_HABILETES, NULL, 0},
    {analysis_get, "profiles", SHOWS_ROWS, Q_ANALYSIS_PROFILES, NULL, 0},
    {analysis_edit_post, "id", SHOWS_INT, 0, NULL, 0},
    {analysis_next_post, "id", SHOWS_INT, 0, NULL, 0},
    {analysis_next_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {analysis_propose_post, NULL, SHOWS_ROW, Q_ANALYSIS_BY_ID, NULL, 0},
    {analysis_propose_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {analysis_drop_post, NULL, SHOWS_ROW, Q_ANALYSIS_BY_ID, NULL, 0},
    {analysis_drop_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {analysis_activate_post, NULL, SHOWS_ROW, Q_ANALYSIS_BY_ID, NULL, 0},
    {analysis_activate_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {analysis_retire_post, NULL, SHOWS_ROW, Q_ANALYSIS_BY_ID, NULL, 0},
    {analysis_retire_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    SHOWS_END,
};
