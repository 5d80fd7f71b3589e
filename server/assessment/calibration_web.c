/* calibration_web.c - calibration of a draft profile: pages and API. */
#include "../../lib/base/arena.h"
#include "../http/req.h"
#include "assessment.h"
#include "calibration.h"

static Err calibrations_get(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_CALIBRATION_LIST, ARGS(ARG_PAGE(page)), &rows));
    req_rows(req, "calibrations", &page, &rows, "id");
    return OK;
}

static Err calibration_new_get(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_CALIBRATION_CHOICES, NULL, &rows));
    view_rows(req->view, "profiles", &rows, -1);
    view_bool(req->view, "any", rows.count > 0);
    return OK;
}

static Err calibration_post(struct req *req) {
    struct calibration_form form;
    struct rows rows;
    TRY(fields_read(req, calibration_fields, &form));
    TRY(db_one(req->db, Q_CALIBRATION_NEW, ARGS(arg_record(calibration_fields, &form)), &rows));
    int64_t id = rows_int(&rows, 0, "id");
    view_int(req->view, "id", id);
    view_text(req->view, "location", arena_printf(req->arena, "/calibrations/%lld", (long long)id));
    return OK;
}

static Err calibration_load(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows, exercises;
    TRY(db_one(req->db, Q_CALIBRATION_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_CALIBRATION_EXERCISES, ARGS(id), &exercises));
    view_rows(req->view, "exercises", &exercises, -1);
    return OK;
}

static Err calibration_get(struct req *req) {
    return calibration_load(req);
}

/* The panel's single lines: for who enters them, never for the employer. */
static Err calibration_scores_get(struct req *req) {
    struct rows lines;
    TRY(calibration_load(req));
    TRY(db_run(req->db, Q_CALIBRATION_LINES, ARGS(arg_int("id", req_id(req, "id"))), &lines));
    view_rows(req->view, "lines", &lines, -1);
    return OK;
}

static Err wrong_state(struct req *req) {
    struct view_value state;
    bool known = view_get(req->view, "state", &state);
    return faultf(&req->faults, "", ERR_CONFLICT, "calibration:%.*s",
                  known ? (int)state.text.len : 0, known ? state.text.ptr : "");
}

static Err calibration_scores_post(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    void *scores;
    int count;
    struct rows rows;
    TRY(calibration_load(req));
    TRY(list_read(req, "scores", panel_score_fields, sizeof(struct panel_score), SCORES_MAX,
                  &scores, &count));
    TRY(panel_pack(&req->faults, scores, &count));
    TRY(db_run(req->db, Q_CALIBRATION_REOPEN, ARGS(id), &rows));
    if (rows.count == 0) {
        return wrong_state(req);
    }
    TRY(db_run(req->db, Q_CALIBRATION_CLEAR, ARGS(id), NULL));
    TRY(db_run(req->db, Q_CALIBRATION_CLEAR_EXERCISES, ARGS(id), NULL));
    const char *json =
        list_json(req->arena, panel_score_fields, sizeof(struct panel_score), scores, count);
    TRY(db_one(req->db, Q_CALIBRATION_SET, ARGS(id, arg_text("scores", json)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

/* The quantiles of one exercise, or of the weighted totals with exercise 0. Rows are sorted by
 * worker. */
static int values_of(const struct rows *rows, int64_t exercise, int64_t *values) {
    int count = 0;
    int64_t worker = 0;
    for (int i = 0; i < rows->count; i++) {
        int64_t points = rows_int(rows, i, "points");
        if (exercise == 0) {
            count += rows_int(rows, i, "worker_no") != worker;
            worker = rows_int(rows, i, "worker_no");
            values[count - 1] += points * rows_int(rows, i, "weight");
        } else if (rows_int(rows, i, "exercise_id") == exercise) {
            values[count++] = points;
        }
    }
    return count;
}

static struct quantiles quantiles_in(struct arena *arena, const struct rows *rows,
                                     int64_t exercise) {
    int64_t *values = arena_array(arena, (size_t)rows->count + 1, sizeof *values);
    int count = values_of(rows, exercise, values);
    return count == 0 ? (struct quantiles){0, 0} : quantiles_of(values, count);
}

static Err calibration_propose_post(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows panel, exercises, rows;
    TRY(calibration_load(req));
    TRY(db_run(req->db, Q_CALIBRATION_PANEL, ARGS(id), &panel));
    TRY(db_run(req->db, Q_CALIBRATION_EXERCISES, ARGS(id), &exercises));
    struct panel_exercise *parts =
        arena_array(req->arena, (size_t)exercises.count + 1, sizeof *parts);
    for (int i = 0; i < exercises.count; i++) {
        parts[i].exercise_id = rows_int(&exercises, i, "exercise_id");
        struct quantiles q = quantiles_in(req->arena, &panel, parts[i].exercise_id);
        parts[i].median = q.median;
        parts[i].p25 = q.p25;
    }
    struct quantiles total = quantiles_in(req->arena, &panel, 0);
    char median[MONEY_TEXT], p25[MONEY_TEXT];
    money_format(total.median, median);
    money_format(total.p25, p25);
    const char *json =
        list_json(req->arena, panel_exercise_fields, sizeof *parts, parts, exercises.count);
    TRY(db_run(req->db, Q_CALIBRATION_PROPOSE,
               ARGS(id, arg_text("exercises", json), arg_text("total_median", median),
                    arg_text("total_p25", p25), arg_int("pass_total", total.p25 / 100)),
               &rows));
    if (rows.count == 0) {
        return wrong_state(req);
    }
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err calibration_sign_post(struct req *req) {
    struct rows rows;
    TRY(calibration_load(req));
    TRY(db_one(req->db, Q_CALIBRATION_SIGN, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_span(req->view, "state", rows_span(&rows, 0, "state"));
    return OK;
}

static Err calibration_drop_post(struct req *req) {
    struct rows rows;
    TRY(calibration_load(req));
    TRY(db_run(req->db, Q_CALIBRATION_DROP, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    return rows.count == 0 ? wrong_state(req) : OK;
}

enum { SEES = OFFICER | ASSESSOR | AUDITOR | EMPLOYER, SETS = OFFICER | ASSESSOR };

const struct route calibration_routes[] = {
    {GET, "/calibrations", calibrations_get, SEES, "assessment/calibrations",
     .title = "Calibrations"},
    {GET, "/calibrations/new", calibration_new_get, SETS, "assessment/calibration_form",
     .flags = ROUTE_PAGE_ONLY, .title = "Calibrate a profile"},
    {POST, "/calibrations", calibration_post, SETS, .then = "/calibrations/:id",
     .again = "/calibrations/new", .title = "Calibrate a profile"},
    {GET, "/calibrations/:id", calibration_get, SEES, "assessment/calibration",
     .title = "Calibration"},
    {GET, "/calibrations/:id/scores", calibration_scores_get, SETS, "assessment/calibration_scores",
     .title = "Scores of the panel"},
    {POST, "/calibrations/:id/scores", calibration_scores_post, SETS, .then = "/calibrations/:id",
     .again = "/calibrations/:id/scores", .title = "Set the panel's scores"},
    {POST, "/calibrations/:id/propose", calibration_propose_post, SETS, .then = "/calibrations/:id",
     .again = "/calibrations/:id", .title = "Propose a threshold"},
    {POST, "/calibrations/:id/sign", calibration_sign_post, ASSESSOR | EMPLOYER,
     .then = "/calibrations/:id", .again = "/calibrations/:id",
     .title = "Sign a proposed threshold"},
    {POST, "/calibrations/:id/drop", calibration_drop_post, SETS, .then = "/calibrations/:id",
     .again = "/calibrations/:id", .title = "Drop a calibration"},
    ROUTE_END,
};

const struct reads calibration_reads[] = {
    {calibrations_get, page_fields, NULL, 0},
    {calibration_post, calibration_fields, NULL, 0},
    {calibration_scores_post, panel_score_fields, "scores", SCORES_MAX},
    READS_END,
};

const struct shows calibration_shows[] = {
    {calibrations_get, "calibrations", SHOWS_ROWS, Q_CALIBRATION_LIST, NULL, 0},
    {calibration_post, "id", SHOWS_INT, 0, NULL, 0},
    {calibration_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {calibration_get, NULL, SHOWS_ROW, Q_CALIBRATION_BY_ID, NULL, 0},
    {calibration_get, "exercises", SHOWS_ROWS, Q_CALIBRATION_EXERCISES, NULL, 0},
    {calibration_scores_get, NULL, SHOWS_ROW, Q_CALIBRATION_BY_ID, NULL, 0},
    {calibration_scores_get, "exercises", SHOWS_ROWS, Q_CALIBRATION_EXERCISES, NULL, 0},
    {calibration_scores_get, "lines", SHOWS_ROWS, Q_CALIBRATION_LINES, NULL, 0},
    {calibration_scores_post, NULL, SHOWS_ROW, Q_CALIBRATION_BY_ID, NULL, 0},
    {calibration_scores_post, "exercises", SHOWS_ROWS, Q_CALIBRATION_EXERCISES, NULL, 0},
    {calibration_scores_post, NULL, SHOWS_ROW, Q_CALIBRATION_SET, NULL, 0},
    {calibration_propose_post, NULL, SHOWS_ROW, Q_CALIBRATION_PROPOSE, NULL, 0},
    {calibration_propose_post, NULL, SHOWS_ROW, Q_CALIBRATION_BY_ID, NULL, 0},
    {calibration_propose_post, "exercises", SHOWS_ROWS, Q_CALIBRATION_EXERCISES, NULL, 0},
    {calibration_sign_post, NULL, SHOWS_ROW, Q_CALIBRATION_BY_ID, NULL, 0},
    {calibration_sign_post, "state", SHOWS_TEXT, 0, NULL, 0},
    {calibration_sign_post, "exercises", SHOWS_ROWS, Q_CALIBRATION_EXERCISES, NULL, 0},
    {calibration_drop_post, NULL, SHOWS_ROW, Q_CALIBRATION_BY_ID, NULL, 0},
    {calibration_drop_post, "exercises", SHOWS_ROWS, Q_CALIBRATION_EXERCISES, NULL, 0},
    SHOWS_END,
};
