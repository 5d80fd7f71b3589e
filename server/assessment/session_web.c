/* session_web.c - sessions and seats: pages and API. */
#include "session_web.h"

#include "../http/req.h"
#include "assessment.h"
#include "session.h"

static Err sessions_get(struct req *req) {
    struct session_filter filter;
    TRY(query_read(req, session_filter_fields, &filter));
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_SESSION_LIST,
               ARGS(ARG_PAGE(page), arg_record(session_filter_fields, &filter)), &rows));
    req_rows(req, "sessions", &page, &rows, "id");
    return OK;
}

static Err session_form_get(struct req *req) {
    struct rows campaigns, profiles;
    TRY(db_run(req->db, Q_SESSION_CHOICES_CAMPAIGN, NULL, &campaigns));
    TRY(db_run(req->db, Q_SESSION_CHOICES_PROFILE, NULL, &profiles));
    view_rows(req->view, "campaigns", &campaigns, -1);
    view_rows(req->view, "profiles", &profiles, -1);
    return OK;
}

static Err session_post(struct req *req) {
    struct session_form form;
    TRY(fields_read(req, session_fields, &form));
    struct rows rows;
    TRY(db_one(req->db, Q_SESSION_NEW, ARGS(arg_record(session_fields, &form)), &rows));
    int64_t id = rows_int(&rows, 0, "id");
    view_int(req->view, "id", id);
    view_text(req->view, "location", arena_printf(req->arena, "/sessions/%lld", (long long)id));
    return OK;
}

Err session_load(struct req *req, int64_t id) {
    struct rows rows;
    TRY(db_one(req->db, Q_SESSION_BY_ID, ARGS(arg_int("id", id), arg_int("reader", req->account)),
               &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err session_get(struct req *req) {
    int64_t id = req_id(req, "id");
    struct rows seats, waits;
    TRY(session_load(req, id));
    TRY(db_run(req->db, Q_SESSION_SEATS, ARGS(arg_int("id", id), arg_int("reader", req->account)),
               &seats));
    TRY(db_run(req->db, Q_SESSION_ADJUDICATIONS, ARGS(arg_int("id", id)), &waits));
    view_rows(req->view, "seats", &seats, -1);
    view_rows(req->view, "waiting", &waits, -1);
    return OK;
}

static Err session_eligible_get(struct req *req) {
    int64_t id = req_id(req, "id");
    struct page page = req_page(req);
    struct rows rows;
    TRY(session_load(req, id));
    TRY(db_run(req->db, Q_SESSION_ELIGIBLE, ARGS(arg_int("id", id), ARG_PAGE(page)), &rows));
    req_rows(req, "candidates", &page, &rows, "id");
    return OK;
}

static Err session_seats_post(struct req *req) {
    int64_t id = req_id(req, "id");
    void *tokens;
    int count;
    TRY(list_read(req, "seats", seat_token_fields, sizeof(struct seat_token), SESSION_SEATS_MAX,
                  &tokens, &count));
    if (count == 0) {
        return fault(&req->faults, "seats", ERR_REQUIRED, NULL);
    }
    const char *json =
        list_json(req->arena, seat_token_fields, sizeof(struct seat_token), tokens, count);
    struct rows rows;
    TRY(db_one(req->db, Q_SESSION_TAKE_SEATS, ARGS(arg_int("id", id), arg_text("tokens", json)),
               &rows));
    view_int(req->view, "id", id);
    view_int(req->view, "taken", rows_int(&rows, 0, "taken"));
    return OK;
}

/* A change of state with one statement, which gives no row when the state is another one. */
static Err session_step(struct req *req, enum stmt stmt) {
    int64_t id = req_id(req, "id");
    TRY(session_load(req, id));
    struct rows rows;
    TRY(db_run(req->db, stmt, ARGS(arg_int("id", id)), &rows));
    if (rows.count == 0) {
        struct view_value state;
        bool known = view_get(req->view, "state", &state);
        return faultf(&req->faults, "", ERR_CONFLICT, "session:%.*s",
                      known ? (int)state.text.len : 0, known ? state.text.ptr : "");
    }
    view_span(req->view, "state", rows_span(&rows, 0, "state"));
    return OK;
}

static Err session_start_post(struct req *req) {
    return session_step(req, Q_SESSION_START);
}

static Err session_end_post(struct req *req) {
    return session_step(req, Q_SESSION_END);
}

static Err checks_write(struct req *req, int64_t session, const void *checks, int count) {
    const char *json =
        list_json(req->arena, seat_check_fields, sizeof(struct seat_check), checks, count);
    struct rows rows;
    TRY(db_one(req->db, Q_SESSION_CHECK_SEATS,
               ARGS(arg_int("id", session), arg_text("seats", json)), &rows));
    view_int(req->view, "checked", rows_int(&rows, 0, "checked"));
    return OK;
}

static Err session_attendance_post(struct req *req) {
    int64_t id = req_id(req, "id");
    void *checks;
    int count;
    TRY(list_read(req, "seats", seat_check_fields, sizeof(struct seat_check), SESSION_SEATS_MAX,
                  &checks, &count));
    if (count == 0) {
        return fault(&req->faults, "seats", ERR_REQUIRED, NULL);
    }
    view_int(req->view, "id", id);
    return checks_write(req, id, checks, count);
}

/* Compares the first two marks everywhere and notes where a third marker is needed. */
static Err session_compare_post(struct req *req) {
    int64_t id = req_id(req, "id");
    struct judgement found;
    TRY(session_take(req->db, req->arena, id));
    TRY(session_judge(req->db, req->arena, id, &found));
    const char *json = list_json(req->arena, judged_wait_fields, sizeof(struct judged_wait),
                                 found.waits, found.nwaits);
    struct rows rows;
    const char *seats = list_json(req->arena, seat_number_fields, sizeof(struct seat_number),
                                  found.borderline, found.nborderline);
    TRY(db_one(req->db, Q_SESSION_ADJUDICATE,
               ARGS(arg_int("id", id), arg_text("parts", json), arg_text("seats", seats)), &rows));
    TRY(db_run(req->db, Q_SESSION_ADJUDICATIONS, ARGS(arg_int("id", id)), &rows));
    view_int(req->view, "id", id);
    view_int(req->view, "missing", found.missing);
    view_int(req->view, "second_marks_needed", found.nborderline);
    view_int(req->view, "third_marks_needed", found.nwaits);
    view_rows(req->view, "waiting", &rows, -1);
    return OK;
}

static Err results_write(struct req *req, int64_t id, const struct judgement *found) {
    const char *seats = list_json(req->arena, judged_seat_fields, sizeof(struct judged_seat),
                                  found->seats, found->nseats);
    const char *parts = list_json(req->arena, judged_part_fields, sizeof(struct judged_part),
                                  found->parts, found->nparts);
    struct rows rows;
    TRY(db_one(req->db, Q_SESSION_RESULTS,
               ARGS(arg_int("id", id), arg_text("results", seats), arg_text("parts", parts)),
               &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err session_close_post(struct req *req) {
    int64_t id = req_id(req, "id");
    struct judgement found;
    TRY(session_take(req->db, req->arena, id));
    TRY(session_judge(req->db, req->arena, id, &found));
    TRY(session_closable(req->db, &found));
    TRY(results_write(req, id, &found));
    struct rows rows;
    TRY(db_one(req->db, Q_SESSION_CLOSE, ARGS(arg_int("id", id)), &rows));
    view_int(req->view, "id", id);
    view_text(req->view, "state", "closed");
    return OK;
}

static Err session_results_get(struct req *req) {
    int64_t id = req_id(req, "id");
    struct page page = req_page(req);
    struct rows rows;
    TRY(session_load(req, id));
    TRY(db_run(req->db, Q_RESULT_LIST, ARGS(arg_int("id", id), ARG_PAGE(page)), &rows));
    req_rows(req, "results", &page, &rows, "seat_id");
    return OK;
}

/* Judges a closed session's marks again and compares with what was stored. */
static Err session_recompute_get(struct req *req) {
    int64_t id = req_id(req, "id");
    struct judgement found;
    struct rows stored;
    TRY(session_load(req, id));
    TRY(db_run(req->db, Q_RESULT_ALL, ARGS(arg_int("id", id)), &stored));
    TRY(session_judge(req->db, req->arena, id, &found));
    struct view *different = view_list(req->view, "different");
    int count = session_differences(req->arena, &stored, &found, different, view_word);
    view_int(req->view, "checked", stored.count);
    view_int(req->view, "differing", count);
    return OK;
}

static Err seat_get(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_SEAT_BY_ID,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    return OK;
}

static Err seat_check_post(struct req *req) {
    struct seat_check check;
    struct rows rows;
    TRY(fields_read(req, seat_check_fields + 1, &check)); /* the path names the seat */
    TRY(db_one(req->db, Q_SEAT_BY_ID,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    check.seat_id = req_id(req, "id");
    int64_t session = rows_int(&rows, 0, "session_id");
    view_int(req->view, "id", check.seat_id);
    view_int(req->view, "session_id", session);
    return checks_write(req, session, &check, 1);
}

static Err seat_act(struct req *req, enum stmt stmt, const char *reason) {
    struct rows rows;
    TRY(db_run(req->db, stmt, ARGS(arg_int("id", req_id(req, "id")), arg_text("reason", reason)),
               &rows));
    if (rows.count == 0) {
        TRY(seat_get(req)); /* 404 for a seat that is not there, before saying more */
        return fault(&req->faults, "", ERR_CONFLICT, NULL);
    }
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err seat_release_post(struct req *req) {
    struct seat_reason form;
    TRY(fields_read(req, seat_reason_fields, &form));
    return seat_act(req, Q_SEAT_RELEASE, form.reason);
}

static Err seat_second_check_post(struct req *req) {
    return seat_act(req, Q_SEAT_SECOND_CHECK, NULL);
}

enum {
    PLANS = OFFICER | PARTNER | ASSESSOR,
    WATCHES = OFFICER | DESK | PARTNER | ASSESSOR | AUDITOR,
    CHECKS = OFFICER | DESK | PARTNER | ASSESSOR,
    JUDGES = OFFICER | ASSESSOR | PARTNER /* who leads the session, or an officer */
};

const struct route assessment_routes[] = {
    {GET, "/sessions", sessions_get, WATCHES, "assessment/sessions", .title = "Test sessions"},
    {GET, "/sessions/new", session_form_get, PLANS, "assessment/session_form",
     .flags = ROUTE_PAGE_ONLY, .title = "Plan a test session"},
    {POST, "/sessions", session_post, PLANS, .then = "/sessions/:id", .again = "/sessions/new",
     .title = "Plan a test session"},
    {GET, "/sessions/:id", session_get, WATCHES, "assessment/session", .title = "Test session"},
    {GET, "/sessions/:id/eligible", session_eligible_get, PLANS, "assessment/eligible",
     .title = "Candidates who can take a seat"},
    {POST, "/sessions/:id/seats", session_seats_post, PLANS, .then = "/sessions/:id",
     .again = "/sessions/:id/eligible", .title = "Give seats to candidates"},
    {POST, "/sessions/:id/start", session_start_post, PLANS, .then = "/sessions/:id",
     .again = "/sessions/:id", .title = "Start a session"},
    {POST, "/sessions/:id/attendance", session_attendance_post, CHECKS, .then = "/sessions/:id",
     .again = "/sessions/:id", .title = "Record attendance and identity checks"},
    {POST, "/sessions/:id/end", session_end_post, PLANS, .then = "/sessions/:id",
     .again = "/sessions/:id", .title = "End a session's exercises"},
    {POST, "/sessions/:id/compare", session_compare_post, JUDGES, .then = "/sessions/:id",
     .again = "/sessions/:id", .title = "Compare the two marks"},
    {POST, "/sessions/:id/close", session_close_post, JUDGES, .then = "/sessions/:id/results",
     .again = "/sessions/:id", .title = "Close a session and compute the results"},
    {GET, "/sessions/:id/results", session_results_get, WATCHES, "assessment/results",
     .title = "Results of a session"},
    {GET, "/sessions/:id/recompute", session_recompute_get, OFFICER | ASSESSOR | AUDITOR,
     "assessment/recompute", .title = "Recompute the results from the marks"},
    {GET, "/seats/:id/check", seat_get, CHECKS, "assessment/seat_check",
     .title = "Identity check at the seat"},
    {POST, "/seats/:id/check", seat_check_post, CHECKS, .then = "/sessions/:session_id",
     .again = "/seats/:id/check", .title = "Record the identity check"},
    {POST, "/seats/:id/second-check", seat_second_check_post, CHECKS,
     .then = "/sessions/:session_id", .again = "/seats/:id/check",
     .title = "Record a second identity check"},
    {POST, "/seats/:id/release", seat_release_post, PLANS, .then = "/sessions/:session_id",
     .again = "/seats/:id/check", .title = "Release a seat"},
    ROUTE_END,
};

const struct reads assessment_reads[] = {
    {sessions_get, session_filter_fields, NULL, 0},
    {sessions_get, page_fields, NULL, 0},
    {session_post, session_fields, NULL, 0},
    {session_eligible_get, page_fields, NULL, 0},
    {session_seats_post, seat_token_fields, "seats", SESSION_SEATS_MAX},
    {session_attendance_post, seat_check_fields, "seats", SESSION_SEATS_MAX},
    {session_results_get, page_fields, NULL, 0},
    {seat_check_post, seat_check_fields + 1, NULL, 0},
    {seat_release_post, seat_reason_fields, NULL, 0},
    READS_END,
};

const struct shows assessment_shows[] = {
    {sessions_get, "sessions", SHOWS_ROWS, Q_SESSION_LIST, NULL, 0},
    {session_post, "id", SHOWS_INT, 0, NULL, 0},
    {session_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {session_get, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {session_get, "seats", SHOWS_ROWS, Q_SESSION_SEATS, NULL, 0},
    {session_get, "waiting", SHOWS_ROWS, Q_SESSION_ADJUDICATIONS, NULL, 0},
    {session_eligible_get, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {session_eligible_get, "candidates", SHOWS_ROWS, Q_SESSION_ELIGIBLE, NULL, 0},
    {session_seats_post, "id", SHOWS_INT, 0, NULL, 0},
    {session_seats_post, "taken", SHOWS_INT, 0, NULL, 0},
    {session_start_post, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {session_start_post, "state", SHOWS_TEXT, 0, NULL, 0},
    {session_attendance_post, "id", SHOWS_INT, 0, NULL, 0},
    {session_attendance_post, "checked", SHOWS_INT, 0, NULL, 0},
    {session_end_post, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {session_end_post, "state", SHOWS_TEXT, 0, NULL, 0},
    {session_compare_post, "id", SHOWS_INT, 0, NULL, 0},
    {session_compare_post, "missing", SHOWS_INT, 0, NULL, 0},
    {session_compare_post, "second_marks_needed", SHOWS_INT, 0, NULL, 0},
    {session_compare_post, "third_marks_needed", SHOWS_INT, 0, NULL, 0},
    {session_compare_post, "waiting", SHOWS_ROWS, Q_SESSION_ADJUDICATIONS, NULL, 0},
    {session_close_post, NULL, SHOWS_ROW, Q_SESSION_RESULTS, NULL, 0},
    {session_close_post, "id", SHOWS_INT, 0, NULL, 0},
    {session_close_post, "state", SHOWS_TEXT, 0, NULL, 0},
    {session_results_get, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {session_results_get, "results", SHOWS_ROWS, Q_RESULT_LIST, NULL, 0},
    {session_recompute_get, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {session_recompute_get, "checked", SHOWS_INT, 0, NULL, 0},
    {session_recompute_get, "differing", SHOWS_INT, 0, NULL, 0},
    {session_recompute_get, "different", SHOWS_WORDS, 0, NULL, 0},
    {seat_get, NULL, SHOWS_ROW, Q_SEAT_BY_ID, NULL, 0},
    {seat_get, NULL, SHOWS_ETAG, 0, NULL, 0},
    {seat_check_post, "id", SHOWS_INT, 0, NULL, 0},
    {seat_check_post, "session_id", SHOWS_INT, 0, NULL, 0},
    {seat_check_post, "checked", SHOWS_INT, 0, NULL, 0},
    {seat_second_check_post, NULL, SHOWS_ROW, Q_SEAT_SECOND_CHECK, NULL, 0},
    {seat_release_post, NULL, SHOWS_ROW, Q_SEAT_RELEASE, NULL, 0},
    SHOWS_END,
};
