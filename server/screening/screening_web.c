#include "../app.h"
#include "../http/req.h"
#include "screening.h"

/* The queue: what is open, most urgent first, with the counts by rule. */
static Err queue(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    struct case_filter filter;
    TRY(query_read(req, case_filter_fields, &filter));
    TRY(db_run(req->db, Q_CASE_QUEUE, ARGS(ARG_PAGE(page)), &rows));
    req_rows(req, "cases", &page, &rows, "after");
    TRY(db_slow(req->db, Q_CASE_COUNTS, ARGS(arg_int("campaign", filter.campaign)), &rows));
    view_rows(req->view, "counts", &rows, -1);
    TRY(db_run(req->db, Q_CASE_CAMPAIGNS, ARGS(), &rows));
    view_rows(req->view, "campaigns", &rows, -1);
    return OK;
}

static Err list(struct req *req) {
    struct page page = req_page(req);
    struct case_filter filter;
    struct rows rows;
    TRY(query_read(req, case_filter_fields, &filter));
    TRY(db_run(req->db, Q_CASE_LIST, ARGS(ARG_PAGE(page), arg_record(case_filter_fields, &filter)),
               &rows));
    req_rows(req, "cases", &page, &rows, "id");
    return OK;
}

/* What the rule means and asks for, from the program's own table. */
static void explain(struct req *req, const char *code) {
    const struct rule *rule = rule_find(code);
    if (rule != NULL) {
        view_text(req->view, "meaning", rule->meaning);
        view_text(req->view, "action", rule->action);
    }
}

static Err show(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CASE_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    explain(req, rows_text(&rows, req->arena, 0, "rule"));
    TRY(db_run(req->db, Q_CASE_EVIDENCE, ARGS(id), &rows));
    view_rows(req->view, "facts", &rows, -1);
    TRY(db_run(req->db, Q_CASE_ENTRIES, ARGS(id), &rows));
    view_rows(req->view, "entries", &rows, -1);
    view_bool(req->view, "is_pair", rows.count == 2);
    TRY(db_run(req->db, Q_CASE_LIKENESS, ARGS(id), &rows));
    view_rows(req->view, "likeness", &rows, -1);
    TRY(db_run(req->db, Q_CASE_LIKENESS_TOTAL, ARGS(id), &rows));
    if (rows.count > 0) {
        view_row(req->view, NULL, &rows, 0);
    }
    TRY(db_run(req->db, Q_CASE_CONTRACT, ARGS(id), &rows));
    view_rows(req->view, "contracts", &rows, -1);
    return OK;
}

static Err take(struct req *req) {
    struct rows rows;
    struct arg id = arg_int("id", req_id(req, "id"));
    TRY(db_run(req->db, Q_CASE_TAKE, ARGS(id), &rows));
    if (rows.count == 0) {
        TRY(db_one(req->db, Q_CASE_BY_ID, ARGS(id), &rows));
        return ERR_CONFLICT;
    }
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

/* The rules that see more than one entry or contract: each new finding becomes a case. */
static Err screen(struct req *req) {
    struct screening_campaign which;
    struct rows rows;
    TRY(fields_read(req, screening_campaign_fields, &which));
    TRY(db_one(req->db, Q_CASE_SCREEN, ARGS(arg_record(screening_campaign_fields, &which)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err compare(struct req *req) {
    return case_compare(req->db, req->arena, req->app->seal, req_id(req, "id"));
}

static Err settle(struct req *req) {
    struct case_verdict verdict;
    struct rows rows;
    TRY(fields_read(req, case_verdict_fields, &verdict));
    TRY(db_one(req->db, Q_CASE_SETTLE,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(case_verdict_fields, &verdict)),
               &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err rules(struct req *req) {
    struct rows rows;
    struct view *table = view_list(req->view, "rules");
    for (const struct rule *rule = screening_rules; rule->code != NULL; rule++) {
        struct view *row = view_item(table);
        view_text(row, "code", rule->code);
        view_text(row, "severity", severity_name(rule->severity));
        view_bool(row, "blocking", rule->blocking);
        view_bool(row, "second_person", rule->second_person);
        view_int(row, "due_days", rule->due_days);
        view_text(row, "meaning", rule->meaning);
        view_text(row, "action", rule->action);
    }
    TRY(db_run(req->db, Q_SCREENING_SETTINGS, ARGS(), &rows));
    view_rows(req->view, "settings", &rows, -1);
    return OK;
}

static Err set_value(struct req *req) {
    struct screening_value setting;
    struct rows rows;
    struct arg code = arg_text("code", req_word(req, "code"));
    TRY(fields_read(req, screening_value_fields, &setting));
    TRY(db_run(req->db, Q_SCREENING_SET,
               ARGS(code, arg_int("version", req_version(req)),
                    arg_record(screening_value_fields, &setting)),
               &rows));
    if (rows.count == 0) {
        TRY(db_one(req->db, Q_SCREENING_SETTING_BY_CODE, ARGS(code), &rows));
        return ERR_STALE_EDIT;
    }
    req_etag(req, rows_int(&rows, 0, "version"));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define SHOW "/cases/:id"
#define READERS (OFFICER | AUDITOR)

const struct route screening_routes[] = {
    {GET, "/cases", queue, READERS, "screening/queue", NULL, NULL, 0, "Cases"},
    {GET, "/cases/all", list, READERS, "screening/list", NULL, NULL, 0, "All cases"},
    {GET, "/cases/rules", rules, READERS, "screening/rules", NULL, NULL, 0, "Rules of screening"},
    {POST, "/cases/screen", screen, OFFICER, NULL, "/cases", "/cases", 0, "Screen the campaign"},
    {GET, SHOW, show, READERS, "screening/show", NULL, NULL, 0, "Case"},
    {POST, "/cases/:id/take", take, OFFICER, NULL, SHOW, SHOW, 0, "Take the case"},
    {POST, "/cases/:id/compare", compare, OFFICER, NULL, SHOW, SHOW, 0, "Compare the two entries"},
    {POST, "/cases/:id/settle", settle, OFFICER, NULL, SHOW, SHOW, 0, "Settle the case"},
    {POST, "/cases/rules/:code", set_value, OFFICER, NULL, "/cases/rules", "/cases/rules",
     ROUTE_IF_MATCH, "Change a threshold"},
    ROUTE_END,
};

const struct reads screening_reads[] = {
    {queue, page_fields, NULL, 0},
    {queue, case_filter_fields, NULL, 0},
    {list, page_fields, NULL, 0},
    {list, case_filter_fields, NULL, 0},
    {screen, screening_campaign_fields, NULL, 0},
    {settle, case_verdict_fields, NULL, 0},
    {set_value, screening_value_fields, NULL, 0},
    READS_END,
};

const struct shows screening_shows[] = {
    {queue, "cases", SHOWS_ROWS, Q_CASE_QUEUE, NULL, 0},
    {queue, "counts", SHOWS_ROWS, Q_CASE_COUNTS, NULL, 0},
    {queue, "campaigns", SHOWS_ROWS, Q_CASE_CAMPAIGNS, NULL, 0},
    {list, "cases", SHOWS_ROWS, Q_CASE_LIST, NULL, 0},
    {rules, "rules[].code", SHOWS_TEXT, 0, NULL, 0},
    {rules, "rules[].severity", SHOWS_TEXT, 0, NULL, 0},
    {rules, "rules[].blocking", SHOWS_BOOL, 0, NULL, 0},
    {rules, "rules[].second_person", SHOWS_BOOL, 0, NULL, 0},
    {rules, "rules[].due_days", SHOWS_INT, 0, NULL, 0},
    {rules, "rules[].meaning", SHOWS_TEXT, 0, NULL, 0},
    {rules, "rules[].action", SHOWS_TEXT, 0, NULL, 0},
    {rules, "settings", SHOWS_ROWS, Q_SCREENING_SETTINGS, NULL, 0},
    {screen, NULL, SHOWS_ROW, Q_CASE_SCREEN, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_CASE_BY_ID, NULL, 0},
    {show, "meaning", SHOWS_TEXT, 0, NULL, 0},
    {show, "action", SHOWS_TEXT, 0, NULL, 0},
    {show, "facts", SHOWS_ROWS, Q_CASE_EVIDENCE, NULL, 0},
    {show, "entries", SHOWS_ROWS, Q_CASE_ENTRIES, NULL, 0},
    {show, "is_pair", SHOWS_BOOL, 0, NULL, 0},
    {show, "likeness", SHOWS_ROWS, Q_CASE_LIKENESS, NULL, 0},
    {show, "contracts", SHOWS_ROWS, Q_CASE_CONTRACT, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_CASE_LIKENESS_TOTAL, NULL, SHOWS_SOMETIMES},
    {show, NULL, SHOWS_ETAG, 0, NULL, 0},
    {take, NULL, SHOWS_ROW, Q_CASE_TAKE, NULL, 0},
    {settle, NULL, SHOWS_ROW, Q_CASE_SETTLE, NULL, 0},
    {set_value, NULL, SHOWS_ROW, Q_SCREENING_SET, NULL, 0},
    {set_value, NULL, SHOWS_ETAG, 0, NULL, 0},
    SHOWS_END,
};
