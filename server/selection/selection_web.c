/* selection_web.c - blocked criteria: pages and API. */
#include "../http/req.h"
#include "selection.h"

static const char *const criteria[] = {"sex", "age", "marital", "family", "origin", NULL};
static const char *const kinds[] = {"refuse", "flag", NULL};
static const char *const langs[] = {"fr", "en", "ar", NULL};
static const char *const states[] = {"open", "gone", "kept", NULL};

struct filter {
    const char *criterion;
    const char *state;
};
static const struct field filter_fields[] = {
    {"criterion", F_CHOICE, offsetof(struct filter, criterion), 0, 0, 0, criteria, "Criterion"},
    {"state", F_CHOICE, offsetof(struct filter, state), 0, 0, 0, states, "State"},
    FIELD_END};

struct reason {
    const char *reason;
};
static const struct field reason_fields[] = {
    {"reason", F_TEXT, offsetof(struct reason, reason), 10, 500, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END};

struct word {
    const char *lang;
    const char *phrase;
    const char *criterion;
    const char *kind;
};
static const struct field word_fields[] = {
    {"lang", F_CHOICE, offsetof(struct word, lang), 0, 0, FIELD_REQUIRED, langs, "Language"},
    {"phrase", F_TEXT, offsetof(struct word, phrase), 2, 60, FIELD_REQUIRED, NULL, "Word"},
    {"criterion", F_CHOICE, offsetof(struct word, criterion), 0, 0, FIELD_REQUIRED, criteria,
     "Criterion"},
    {"kind", F_CHOICE, offsetof(struct word, kind), 0, 0, FIELD_REQUIRED, kinds, "Effect"},
    FIELD_END};

static Err list_get(struct req *req, enum stmt stmt, const char *name) {
    struct filter filter;
    TRY(query_read(req, filter_fields, &filter));
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(
        req->db, stmt,
        ARGS(ARG_PAGE(page), arg_int("reader", req->account), arg_record(filter_fields, &filter)),
        &rows));
    req_rows(req, name, &page, &rows, "id");
    return OK;
}

static Err attempts_get(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_ATTEMPT_COUNTS, NULL, &rows));
    view_rows(req->view, "counts", &rows, -1);
    return list_get(req, Q_ATTEMPT_LIST, "attempts");
}

static Err flags_get(struct req *req) {
    return list_get(req, Q_FLAG_LIST, "flags");
}

static Err words_get(struct req *req) {
    return list_get(req, Q_WORD_LIST, "words");
}

static Err flag_keep_post(struct req *req) {
    struct reason form;
    struct rows rows, known;
    TRY(fields_read(req, reason_fields, &form));
    TRY(db_one(req->db, Q_FLAG_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &known));
    TRY(db_run(req->db, Q_FLAG_KEEP,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(reason_fields, &form)), &rows));
    if (rows.count == 0) {
        return faultf(&req->faults, "", ERR_CONFLICT, "flag:%s",
                      rows_text(&known, req->arena, 0, "state"));
    }
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err word_post(struct req *req) {
    struct word form;
    struct rows rows;
    TRY(fields_read(req, word_fields, &form));
    TRY(db_one(req->db, Q_WORD_NEW, ARGS(arg_record(word_fields, &form)), &rows));
    view_row(req->view, NULL, &rows, 0);
    view_text(req->view, "location", "/selection/words");
    return OK;
}

static Err word_retire_post(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_WORD_RETIRE, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

enum { READS = OFFICER | AUDITOR };

const struct route selection_routes[] = {
    {GET, "/selection/attempts", attempts_get, READS, "selection/attempts",
     .title = "Attempts to select by a blocked criterion"},
    {GET, "/selection/flags", flags_get, READS, "selection/flags", .title = "Criteria looked at"},
    {POST, "/selection/flags/:id/keep", flag_keep_post, OFFICER, .then = "/selection/flags",
     .again = "/selection/flags", .title = "Say that a word selects nobody"},
    {GET, "/selection/words", words_get, READS, "selection/words",
     .title = "Words of blocked criteria"},
    {POST, "/selection/words", word_post, OFFICER, .then = "/selection/words",
     .again = "/selection/words", .title = "Add a word of a blocked criterion"},
    {POST, "/selection/words/:id/retire", word_retire_post, OFFICER, .then = "/selection/words",
     .again = "/selection/words", .title = "Retire a word of a blocked criterion"},
    ROUTE_END,
};

const struct reads selection_reads[] = {
    {attempts_get, filter_fields, NULL, 0},
    {attempts_get, page_fields, NULL, 0},
    {flags_get, filter_fields, NULL, 0},
    {flags_get, page_fields, NULL, 0},
    {words_get, filter_fields, NULL, 0},
    {words_get, page_fields, NULL, 0},
    {flag_keep_post, reason_fields, NULL, 0},
    {word_post, word_fields, NULL, 0},
    READS_END,
};

const struct shows selection_shows[] = {
    {attempts_get, "counts", SHOWS_ROWS, Q_ATTEMPT_COUNTS, NULL, 0},
    {attempts_get, "attempts", SHOWS_ROWS, Q_ATTEMPT_LIST, NULL, 0},
    {flags_get, "flags", SHOWS_ROWS, Q_FLAG_LIST, NULL, 0},
    {flag_keep_post, NULL, SHOWS_ROW, Q_FLAG_KEEP, NULL, 0},
    {words_get, "words", SHOWS_ROWS, Q_WORD_LIST, NULL, 0},
    {word_post, NULL, SHOWS_ROW, Q_WORD_NEW, NULL, 0},
    {word_post, "location", SHOWS_TEXT, 0, NULL, 0},
    {word_retire_post, NULL, SHOWS_ROW, Q_WORD_RETIRE, NULL, 0},
    SHOWS_END,
};
