/* The closing of a campaign: balance, what is open, two signatures, the act as a file. */
#include "../http/req.h"
#include "../run/offload.h"
#include "../view/i18n.h"
#include "closing_paper.h"
#include "returns.h"

static const char paper_note[] =
    "The list below is the one that two persons signed. Its file and signature can be checked "
    "offline with the program noria.";

static struct returns_desk desk_of(const struct req *req) {
    return (struct returns_desk){req->db, req->arena, req->app, req->now};
}

/* What is open, each kind with its first records: rows of one kind stand together. */
static void show_open(struct view *view, const struct rows *rows) {
    struct view *list = view_list(view, "open");
    struct view *first = NULL;
    for (int i = 0; i < rows->count; i++) {
        struct span what = rows_span(rows, i, "what");
        if (i == 0 || !span_equal(what, rows_span(rows, i - 1, "what"))) {
            struct view *item = view_item(list);
            view_span(item, "what", what);
            view_int(item, "count", rows_int(rows, i, "count"));
            first = view_list(item, "first");
        }
        if (!rows_null(rows, i, "id")) {
            struct view *record = view_item(first);
            view_int(record, "id", rows_int(rows, i, "id"));
            view_span(record, "kind", rows_span(rows, i, "kind"));
        }
    }
}

static Err show(struct req *req) {
    struct arg id = arg_int("campaign", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CLOSING_CAMPAIGN, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_slow(req->db, Q_CLOSING_BALANCE, ARGS(id), &rows));
    view_row(req->view, "balance", &rows, 0);
    TRY(db_slow(req->db, Q_CLOSING_OPEN, ARGS(id), &rows));
    show_open(req->view, &rows);
    view_bool(req->view, "ready", rows.count == 0);
    TRY(db_run(req->db, Q_CLOSING_ACT, ARGS(id), &rows));
    if (rows.count == 1) {
        view_row(req->view, "act", &rows, 0);
    }
    TRY(db_run(req->db, Q_CLOSING_REOPEN_LIST, ARGS(id), &rows));
    view_rows(req->view, "reopened", &rows, -1);
    return OK;
}

static Err sign(struct req *req) {
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(db_one(req->db, Q_CLOSING_SIGN, ARGS(arg_int("campaign", id)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err countersign(struct req *req) {
    struct returns_desk desk = desk_of(req);
    const char *sha256 = NULL;
    TRY(closing_countersign(&desk, req_id(req, "id"), &sha256));
    view_int(req->view, "id", req_id(req, "id"));
    view_text(req->view, "sha256", sha256);
    view_text(req->view, "state", "closed");
    return OK;
}

static Err act_file(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CLOSING_TEXT, ARGS(arg_int("campaign", req_id(req, "id"))), &rows));
    req_bytes(req, "application/json", rows_span(&rows, 0, "body"), "closing-act.json", NULL, -1);
    return OK;
}

static Err act_signature(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CLOSING_TEXT, ARGS(arg_int("campaign", req_id(req, "id"))), &rows));
    struct span hex = rows_span(&rows, 0, "signature");
    char *bytes = arena_alloc(req->arena, hex.len / 2);
    if (hex.ptr == NULL || !text_unhex(hex, bytes, hex.len / 2)) {
        return ERR_NOT_FOUND;
    }
    req_bytes(req, "application/cose", (struct span){bytes, hex.len / 2}, "closing-act.cose", NULL,
              -1);
    return OK;
}

/* Paper is in the country's own language. */
static const char *in_french(const char *msgid) {
    return tr(LANG_FR, msgid);
}

struct drawing {
    struct arena *arena;
    struct closing_paper paper;
    Err err;
    struct span pdf;
};

static void draw(void *arg) {
    struct drawing *job = arg;
    job->err = closing_paper_pdf(job->arena, &job->paper, &job->pdf);
}

static Err act_paper(struct req *req) {
    struct arg id = arg_int("campaign", req_id(req, "id"));
    struct rows facts;
    struct rows list;
    TRY(db_run(req->db, Q_CLOSING_PAPER_FACTS, ARGS(id), &facts));
    TRY(db_slow(req->db, Q_CLOSING_PAPER_LINES, ARGS(id), &list));
    if (facts.count == 0) {
        return ERR_NOT_FOUND;
    }
    struct drawing job = {
        req->arena,
        {in_french("Closing act"), in_french(paper_note), &facts, &list, in_french},
        OK,
        {NULL, 0}};
    offload(draw, &job);
    TRY(job.err);
    req_bytes(req, "application/pdf", job.pdf, "closing-act.pdf", NULL, -1);
    return OK;
}

static Err reopen(struct req *req) {
    struct return_reason reason;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, return_reason_fields, &reason));
    TRY(db_one(req->db, Q_REOPENED_OPEN,
               ARGS(arg_int("placement", id), arg_text("reason", reason.reason)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err settle(struct req *req) {
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(db_one(req->db, Q_REOPENED_SETTLE, ARGS(arg_int("placement", id)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define PAGE "/campaigns/:id/closing"
#define CASE "/placements/:id/case"

const struct route closing_routes[] = {
    {GET, PAGE, show, STAFF, "returns/closing", NULL, NULL, 0, "Balance and closing"},
    {POST, "/campaigns/:id/closing/sign", sign, OFFICER, NULL, PAGE, PAGE, 0,
     "Sign the closing act first"},
    {POST, "/campaigns/:id/closing/countersign", countersign, OFFICER, NULL, PAGE, PAGE, 0,
     "Countersign the closing act"},
    {GET, "/campaigns/:id/closing/act", act_file, STAFF, NULL, NULL, NULL, 0,
     "The closing act as a file"},
    {GET, "/campaigns/:id/closing/signature", act_signature, STAFF, NULL, NULL, NULL, 0,
     "The signature of the closing act"},
    {GET, "/campaigns/:id/closing/paper", act_paper, STAFF, NULL, NULL, NULL, 0,
     "The closing act on paper"},
    {POST, "/placements/:id/reopen", reopen, OFFICER, NULL, CASE, CASE, 0, "Reopen the case"},
    {POST, "/placements/:id/settle", settle, OFFICER, NULL, CASE, CASE, 0,
     "Settle the reopened case"},
    ROUTE_END,
};

const struct reads closing_reads[] = {
    {reopen, return_reason_fields, NULL, 0},
    READS_END,
};

const struct shows closing_shows[] = {
    {show, NULL, SHOWS_ROW, Q_CLOSING_CAMPAIGN, NULL, 0},
    {show, "balance", SHOWS_ROW, Q_CLOSING_BALANCE, NULL, 0},
    {show, "open[].what", SHOWS_TEXT, 0, NULL, 0},
    {show, "open[].count", SHOWS_INT, 0, NULL, 0},
    {show, "open[].first[].id", SHOWS_INT, 0, NULL, 0},
    {show, "open[].first[].kind", SHOWS_TEXT, 0, NULL, 0},
    {show, "ready", SHOWS_BOOL, 0, NULL, 0},
    {show, "act", SHOWS_ROW, Q_CLOSING_ACT, NULL, SHOWS_SOMETIMES},
    {show, "reopened", SHOWS_ROWS, Q_CLOSING_REOPEN_LIST, NULL, 0},
    {sign, "id", SHOWS_INT, 0, NULL, 0},
    {sign, NULL, SHOWS_ROW, Q_CLOSING_SIGN, NULL, 0},
    {countersign, "id", SHOWS_INT, 0, NULL, 0},
    {countersign, "sha256", SHOWS_TEXT, 0, NULL, 0},
    {countersign, "state", SHOWS_TEXT, 0, NULL, 0},
    {act_file, "application/json", SHOWS_BYTES, 0, NULL, 0},
    {act_signature, "application/cose", SHOWS_BYTES, 0, NULL, 0},
    {act_paper, "application/pdf", SHOWS_BYTES, 0, NULL, 0},
    {reopen, "id", SHOWS_INT, 0, NULL, 0},
    {reopen, NULL, SHOWS_ROW, Q_REOPENED_OPEN, NULL, 0},
    {settle, "id", SHOWS_INT, 0, NULL, 0},
    {settle, NULL, SHOWS_ROW, Q_REOPENED_SETTLE, NULL, 0},
    SHOWS_END,
};
