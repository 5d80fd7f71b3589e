#include "../http/req.h"
#include "report.h"

/* The queue of each role; auditors and administrators share one. */
static const struct {
    unsigned role;
    enum stmt queue;
} queues[] = {
    {EMPLOYER, Q_HOME_EMPLOYER}, {PARTNER, Q_HOME_PARTNER},   {OFFICER, Q_HOME_OFFICER},
    {DESK, Q_HOME_DESK},         {ASSESSOR, Q_HOME_ASSESSOR}, {AUDITOR, Q_HOME_AUDITOR},
    {ADMIN, Q_HOME_AUDITOR},
};

static Err home(struct req *req) {
    struct rows rows;
    for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++) {
        if (queues[i].role != req->role) {
            continue;
        }
        TRY(db_run(req->db, queues[i].queue, ARGS(), &rows));
        view_rows(req->view, "queue", &rows, -1);
        TRY(db_run(req->db, Q_HOME_CAMPAIGN_LIST, ARGS(), &rows));
        view_rows(req->view, "campaigns", &rows, -1);
        view_bool(req->view, "inside", true);
    }
    return OK;
}

static Err counters(struct req *req) {
    struct arg id = arg_int("campaign", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_REPORT_CAMPAIGN, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_slow(req->db, Q_REPORT_COUNTERS, ARGS(id), &rows));
    view_row(req->view, "counters", &rows, 0);
    TRY(db_slow(req->db, Q_CLOSING_BALANCE, ARGS(id), &rows));
    view_row(req->view, "balance", &rows, 0);
    TRY(db_slow(req->db, Q_REPORT_STATES, ARGS(id), &rows));
    view_rows(req->view, "states", &rows, -1);
    TRY(db_slow(req->db, Q_REPORT_SERVICES, ARGS(id), &rows));
    view_rows(req->view, "services", &rows, -1);
    return OK;
}

struct unsealing_filter {
    int64_t candidate;
};

static const struct field unsealing_fields[] = {
    {"candidate", F_INT, offsetof(struct unsealing_filter, candidate), 1, INT64_MAX, 0, NULL,
     "Candidate"},
    FIELD_END,
};

static Err unsealings(struct req *req) {
    struct unsealing_filter filter;
    struct page page = req_page(req);
    struct rows rows;
    TRY(query_read(req, unsealing_fields, &filter));
    TRY(db_run(req->db, Q_UNSEALING_LIST,
               ARGS(arg_int("candidate", filter.candidate), ARG_PAGE(page)), &rows));
    req_rows(req, "unsealings", &page, &rows, "id");
    return OK;
}

const struct route report_routes[] = {
    {GET, "/", home, PUBLIC | ANYBODY, "report/home", NULL, NULL, 0, "My work"},
    {GET, "/campaigns/:id/counters", counters, STAFF, "report/counters", NULL, NULL, 0,
     "Counters and balance"},
    {GET, "/unsealings", unsealings, AUDITOR | OFFICER | ADMIN, "report/unsealings", NULL, NULL, 0,
     "Unsealings"},
    ROUTE_END,
};

const struct reads report_reads[] = {
    {unsealings, page_fields, NULL, 0},
    {unsealings, unsealing_fields, NULL, 0},
    READS_END,
};

const struct shows report_shows[] = {
    {home, "queue", SHOWS_ROWS, Q_HOME_ASSESSOR, NULL, SHOWS_SOMETIMES},
    {home, "queue", SHOWS_ROWS, Q_HOME_AUDITOR, NULL, SHOWS_SOMETIMES},
    {home, "queue", SHOWS_ROWS, Q_HOME_DESK, NULL, SHOWS_SOMETIMES},
    {home, "queue", SHOWS_ROWS, Q_HOME_EMPLOYER, NULL, SHOWS_SOMETIMES},
    {home, "queue", SHOWS_ROWS, Q_HOME_OFFICER, NULL, SHOWS_SOMETIMES},
    {home, "queue", SHOWS_ROWS, Q_HOME_PARTNER, NULL, SHOWS_SOMETIMES},
    {home, "campaigns", SHOWS_ROWS, Q_HOME_CAMPAIGN_LIST, NULL, SHOWS_SOMETIMES},
    {home, "inside", SHOWS_BOOL, 0, NULL, SHOWS_SOMETIMES},
    {counters, NULL, SHOWS_ROW, Q_REPORT_CAMPAIGN, NULL, 0},
    {counters, "counters", SHOWS_ROW, Q_REPORT_COUNTERS, NULL, 0},
    {counters, "balance", SHOWS_ROW, Q_CLOSING_BALANCE, NULL, 0},
    {counters, "states", SHOWS_ROWS, Q_REPORT_STATES, NULL, 0},
    {counters, "services", SHOWS_ROWS, Q_REPORT_SERVICES, NULL, 0},
    {unsealings, "unsealings", SHOWS_ROWS, Q_UNSEALING_LIST, NULL, 0},
    SHOWS_END,
};
