/* marks_web.c - the marking sheet of a seat, and marks in bulk. */
#include "../http/req.h"
#include "assessment.h"
#include "marks.h"

static Err seat_load(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_MARKS_SHEET_SEAT,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static void sheet_row(struct view *exercise, const struct rows *rows, int row) {
    static const char *const words[] = {"code", "label", "kind", "instructions", "safety"};
    static const char *const numbers[] = {"exercise_id", "minutes", "mine", "turn"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        view_span(exercise, words[i], rows_span(rows, row, words[i]));
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        view_int(exercise, numbers[i], rows_int(rows, row, numbers[i]));
    }
}

/* Hangs each exercise's criteria, with the reader's own points, below it. */
static void sheet_view(struct req *req, const struct rows *exercises, const struct rows *criteria) {
    struct view *list = view_list(req->view, "exercises");
    bool next = true; /* the first exercise that waits for the reader is shown open */
    for (int e = 0; e < exercises->count; e++) {
        struct view *exercise = view_item(list);
        sheet_row(exercise, exercises, e);
        struct view *lines = view_list(exercise, "criteria");
        bool given = false;
        int64_t sum = 0, most = 0;
        for (int c = 0; c < criteria->count; c++) {
            if (rows_int(criteria, c, "exercise_id") == rows_int(exercises, e, "exercise_id")) {
                view_row(view_item(lines), NULL, criteria, c);
                given = given || !rows_null(criteria, c, "mark_id");
                sum += rows_null(criteria, c, "mark_id") ? 0 : rows_int(criteria, c, "points");
                most += rows_int(criteria, c, "max_points");
            }
        }
        view_bool(exercise, "given", given);
        view_int(exercise, "sum", sum);
        view_int(exercise, "most", most);
        bool waits = !given && !rows_null(exercises, e, "turn");
        view_bool(exercise, "next", waits && next);
        next = next && !waits;
    }
}

static Err seat_get(struct req *req) {
    struct rows exercises, criteria;
    TRY(seat_load(req));
    int64_t id = req_id(req, "id");
    TRY(db_run(req->db, Q_MARKS_SHEET_EXERCISES,
               ARGS(arg_int("id", id), arg_int("reader", req->account)), &exercises));
    TRY(db_run(req->db, Q_MARKS_SHEET, ARGS(arg_int("id", id), arg_int("reader", req->account)),
               &criteria));
    sheet_view(req, &exercises, &criteria);
    return OK;
}

static Err marks_write(struct req *req, int64_t session) {
    void *marks;
    int count;
    TRY(list_read(req, "marks", mark_fields, sizeof(struct mark_row), MARKS_MAX, &marks, &count));
    if (count == 0) {
        return fault(&req->faults, "marks", ERR_REQUIRED, NULL);
    }
    const char *json = list_json(req->arena, mark_fields, sizeof(struct mark_row), marks, count);
    struct rows rows;
    TRY(db_one(req->db, Q_MARKS_ADD, ARGS(arg_int("id", session), arg_text("marks", json)), &rows));
    view_int(req->view, "given", rows_int(&rows, 0, "given"));
    return OK;
}

static Err session_marks_post(struct req *req) {
    int64_t id = req_id(req, "id");
    view_int(req->view, "id", id);
    return marks_write(req, id);
}

static Err seat_marks_post(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_MARKS_SHEET_SEAT,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    view_int(req->view, "id", req_id(req, "id"));
    return marks_write(req, rows_int(&rows, 0, "session_id"));
}

static Err session_marks_get(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(
        req->db, Q_MARKS_SEEN_LIST,
        ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account), ARG_PAGE(page)),
        &rows));
    req_rows(req, "marks", &page, &rows, "id");
    return OK;
}

static Err session_due_get(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(
        req->db, Q_MARKS_DUE_LIST,
        ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account), ARG_PAGE(page)),
        &rows));
    req_rows(req, "due", &page, &rows, "seat_id");
    return OK;
}

static Err mark_get(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_MARK_BY_ID,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err mark_correct_post(struct req *req) {
    struct mark_correction form;
    TRY(fields_read(req, mark_correction_fields, &form));
    struct rows rows;
    TRY(mark_get(req));
    TRY(db_one(req->db, Q_MARK_CORRECT,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(mark_correction_fields, &form)),
               &rows));
    view_int(req->view, "id", rows_int(&rows, 0, "id"));
    return OK;
}

enum { MARKS_BY = ASSESSOR | OFFICER };

const struct route marks_routes[] = {
    {GET, "/seats/:id", seat_get, MARKS_BY, "assessment/sheet", .title = "Marking sheet"},
    {POST, "/seats/:id/marks", seat_marks_post, MARKS_BY, .then = "/seats/:id",
     .again = "/seats/:id", .title = "Give marks to a seat"},
    {GET, "/sessions/:id/marks", session_marks_get, MARKS_BY, .flags = ROUTE_API_ONLY,
     .title = "Marks that I may see"},
    {POST, "/sessions/:id/marks", session_marks_post, MARKS_BY, .then = "/sessions/:id",
     .flags = ROUTE_API_ONLY, .title = "Give marks in bulk"},
    {GET, "/sessions/:id/due", session_due_get, MARKS_BY, .flags = ROUTE_API_ONLY,
     .title = "Marks still to be given"},
    {GET, "/marks/:id/correct", mark_get, MARKS_BY, "assessment/mark_correct",
     .flags = ROUTE_PAGE_ONLY, .title = "Correct a mark"},
    {POST, "/marks/:id/correct", mark_correct_post, MARKS_BY, .then = "/seats/:seat_id",
     .title = "Correct a mark"},
    ROUTE_END,
};

const struct reads marks_reads[] = {
    {session_marks_post, mark_fields, "marks", MARKS_MAX},
    {seat_marks_post, mark_fields, "marks", MARKS_MAX},
    {session_marks_get, page_fields, NULL, 0},
    {session_due_get, page_fields, NULL, 0},
    {mark_correct_post, mark_correction_fields, NULL, 0},
    READS_END,
};

const struct shows marks_shows[] = {
    {seat_get, NULL, SHOWS_ROW, Q_MARKS_SHEET_SEAT, NULL, 0},
    {seat_get, "exercises[].code", SHOWS_TEXT, 0, NULL, 0},
    {seat_get, "exercises[].label", SHOWS_TEXT, 0, NULL, 0},
    {seat_get, "exercises[].kind", SHOWS_TEXT, 0, NULL, 0},
    {seat_get, "exercises[].instructions", SHOWS_TEXT, 0, NULL, 0},
    {seat_get, "exercises[].safety", SHOWS_TEXT, 0, NULL, 0},
    {seat_get, "exercises[].exercise_id", SHOWS_INT, 0, NULL, 0},
    {seat_get, "exercises[].minutes", SHOWS_INT, 0, NULL, 0},
    {seat_get, "exercises[].mine", SHOWS_INT, 0, NULL, 0},
    {seat_get, "exercises[].turn", SHOWS_INT, 0, NULL, 0},
    {seat_get, "exercises[].criteria[]", SHOWS_ROW, Q_MARKS_SHEET, NULL, 0},
    {seat_get, "exercises[].given", SHOWS_BOOL, 0, NULL, 0},
    {seat_get, "exercises[].sum", SHOWS_INT, 0, NULL, 0},
    {seat_get, "exercises[].most", SHOWS_INT, 0, NULL, 0},
    {seat_get, "exercises[].next", SHOWS_BOOL, 0, NULL, 0},
    {seat_marks_post, "id", SHOWS_INT, 0, NULL, 0},
    {seat_marks_post, "given", SHOWS_INT, 0, NULL, 0},
    {session_marks_get, "marks", SHOWS_ROWS, Q_MARKS_SEEN_LIST, NULL, 0},
    {session_marks_post, "id", SHOWS_INT, 0, NULL, 0},
    {session_marks_post, "given", SHOWS_INT, 0, NULL, 0},
    {session_due_get, "due", SHOWS_ROWS, Q_MARKS_DUE_LIST, NULL, 0},
    {mark_correct_post, "id", SHOWS_INT, 0, NULL, 0},
    {mark_correct_post, NULL, SHOWS_ROW, Q_MARK_BY_ID, NULL, 0},
    SHOWS_END,
};
