#include "calculation.h"

#include "../../lib/base/arena.h"
#include "../db/db.h"
#include "../http/req.h"

/* What was ordered, and where to look. */
static void ordered(struct req *req, const struct calculation *made) {
    view_int(req->view, "calculation_id", made->id);
    view_int(req->view, "id", made->id);
    view_bool(req->view, "waits", made->waits);
    view_text(req->view, "location",
              arena_printf(req->arena, "/matching-calculations/%lld", (long long)made->id));
}

static Err replay(struct req *req) {
    struct calculation made;
    TRY(calculation_replay(req->db, req->arena, req_id(req, "id"), &made));
    ordered(req, &made);
    return OK;
}

static Err suppose(struct req *req) {
    struct calculation_terms terms;
    struct calculation made;
    TRY(fields_read(req, calculation_fields, &terms));
    TRY(calculation_suppose(req->db, req->arena, req_id(req, "id"), terms.days, &made));
    ordered(req, &made);
    return OK;
}

static Err list(struct req *req) {
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(db_one(req->db, Q_MATCHING_STATE, ARGS(arg_int("campaign", id)), &rows));
    TRY(db_run(req->db, Q_CALCULATION_LIST, ARGS(arg_int("campaign", id)), &rows));
    view_int(req->view, "campaign_id", id);
    view_rows(req->view, "simulations", &rows, -1);
    return OK;
}

static Err show(struct req *req) {
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(db_one(req->db, Q_CALCULATION_BY_ID, ARGS(arg_int("id", id)), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_CALCULATION_CASES, ARGS(arg_int("id", id)), &rows));
    view_rows(req->view, "cases", &rows, -1);
    return OK;
}

static Err cancel(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CALCULATION_CANCEL, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define CALCULATION "/matching-calculations/:id"
#define MADE "/matching-calculations/:calculation_id"
#define SIMULATION "/campaigns/:id/matching-simulation"

const struct route calculation_routes[] = {
    {POST, "/matching-runs/:id/replay", replay, STAFF, NULL, MADE, "/matching-runs/:id", 0,
     "Run a matching run again"},
    {GET, SIMULATION, list, STAFF, "matching/suppose", NULL, NULL, 0,
     "How many places would be filled if"},
    {POST, SIMULATION, suppose, STAFF, NULL, MADE, SIMULATION, 0,
     "Count how many places would be filled if"},
    {GET, CALCULATION, show, STAFF, "matching/calculation", NULL, NULL, 0,
     "A calculation about matching"},
    {POST, "/matching-calculations/:id/cancel", cancel, STAFF, NULL, MADE, CALCULATION, 0,
     "Cancel a calculation that waits"},
    ROUTE_END,
};

const struct reads calculation_reads[] = {
    {suppose, calculation_fields, NULL, 0},
    READS_END,
};

const struct shows calculation_shows[] = {
    {replay, "calculation_id", SHOWS_INT, 0, NULL, 0},
    {replay, "id", SHOWS_INT, 0, NULL, 0},
    {replay, "waits", SHOWS_BOOL, 0, NULL, 0},
    {replay, "location", SHOWS_TEXT, 0, NULL, 0},
    {suppose, "calculation_id", SHOWS_INT, 0, NULL, 0},
    {suppose, "id", SHOWS_INT, 0, NULL, 0},
    {suppose, "waits", SHOWS_BOOL, 0, NULL, 0},
    {suppose, "location", SHOWS_TEXT, 0, NULL, 0},
    {list, "campaign_id", SHOWS_INT, 0, NULL, 0},
    {list, "simulations", SHOWS_ROWS, Q_CALCULATION_LIST, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_CALCULATION_BY_ID, NULL, 0},
    {show, "cases", SHOWS_ROWS, Q_CALCULATION_CASES, NULL, 0},
    {cancel, NULL, SHOWS_ROW, Q_CALCULATION_CANCEL, NULL, 0},
    SHOWS_END,
};
