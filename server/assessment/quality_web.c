/* quality_web.c - agreement between markers, their drift, pass rates per item and site. */
#include <stdlib.h>

#include "../../lib/base/arena.h"
#include "../http/req.h"
#include "agreement.h"
#include "assessment.h"

struct quality_filter {
    const char *profile;
};
static const struct field filter_fields[] = {
    {"profile", F_TEXT, offsetof(struct quality_filter, profile), 2, 32, 0, NULL, "Profile"},
    FIELD_END};

/* "0.8049" of 8049. */
static const char *decimal(struct arena *arena, int64_t value, int64_t one, int digits) {
    int64_t size = value < 0 ? -value : value;
    return arena_printf(arena, "%s%lld.%0*lld", value < 0 ? "-" : "", (long long)(size / one),
                        digits, (long long)(size % one));
}

/* A pair that met too seldom is told without its figures. */
static void pair_tell(struct req *req, struct view *list, const struct rows *rows, int row,
                      const struct agreement *agreement) {
    struct view *pair = view_item(list);
    int64_t met = agreement_pairs(agreement);
    int kappa = 0;
    view_int(pair, "marker_a", rows_int(rows, row, "marker_a"));
    view_int(pair, "marker_b", rows_int(rows, row, "marker_b"));
    view_span(pair, "name_a", rows_span(rows, row, "name_a"));
    view_span(pair, "name_b", rows_span(rows, row, "name_b"));
    view_bool(pair, "hidden", met < AGREEMENT_FEWEST);
    if (met < AGREEMENT_FEWEST) {
        return;
    }
    view_int(pair, "pairs", met);
    view_text(pair, "mean_gap", decimal(req->arena, agreement_gap(agreement), 100, 2));
    if (agreement_kappa(agreement, &kappa)) {
        view_text(pair, "kappa", decimal(req->arena, kappa, AGREEMENT_ONE, 4));
    }
}

static void read_cells(const char *at, struct agreement *agreement) {
    while (*at != '\0') {
        char *end;
        long a = strtol(at, &end, 10);
        long b = strtol(end, &end, 10);
        agreement->times[a][b] = strtol(end, &end, 10);
        at = end;
    }
}

static Err pairs_tell(struct req *req, const char *profile) {
    struct rows rows;
    TRY(db_slow(req->db, Q_QUALITY_PAIRS, ARGS(arg_text("profile", profile)), &rows));
    struct view *list = view_list(req->view, "pairs");
    view_left_out(req->view, rows.left_out);
    for (int i = 0; i < rows.count; i++) {
        struct agreement agreement = {.gap = rows_int(&rows, i, "gap")};
        read_cells(rows_text(&rows, req->arena, i, "cells"), &agreement);
        pair_tell(req, list, &rows, i, &agreement);
    }
    return OK;
}

static Err drift_tell(struct req *req, const char *profile) {
    struct rows rows;
    TRY(db_slow(req->db, Q_QUALITY_DRIFT, ARGS(arg_text("profile", profile)), &rows));
    struct view *list = view_list(req->view, "drift");
    view_left_out(req->view, rows.left_out);
    for (int i = 0; i < rows.count; i++) {
        struct view *item = view_item(list);
        int64_t times = rows_int(&rows, i, "times");
        view_int(item, "marker", rows_int(&rows, i, "marker"));
        view_span(item, "name", rows_span(&rows, i, "name"));
        view_span(item, "month", rows_span(&rows, i, "month"));
        view_bool(item, "hidden", times < AGREEMENT_FEWEST);
        if (times >= AGREEMENT_FEWEST) {
            view_int(item, "marks", times);
            view_text(item, "gap", decimal(req->arena, rows_int(&rows, i, "gap") / times, 100, 2));
        }
    }
    return OK;
}

static Err items_tell(struct req *req, const char *profile) {
    struct rows rows;
    TRY(db_slow(req->db, Q_QUALITY_ITEMS, ARGS(arg_text("profile", profile)), &rows));
    struct view *list = view_list(req->view, "items");
    view_left_out(req->view, rows.left_out);
    for (int i = 0; i < rows.count; i++) {
        struct view *item = view_item(list);
        int64_t seats = rows_int(&rows, i, "seats"), fewest = rows_int(&rows, i, "fewest");
        bool leaked = rows_bool(&rows, i, "leaked");
        view_span(item, "exercise", rows_span(&rows, i, "exercise"));
        view_bool(item, "first", /* of its exercise */
                  i == 0 || !span_equal(rows_span(&rows, i, "exercise"),
                                        rows_span(&rows, i - 1, "exercise")));
        view_span(item, "criterion", rows_span(&rows, i, "criterion"));
        view_span(item, "form", rows_span(&rows, i, "form"));
        view_span(item, "site", rows_span(&rows, i, "site"));
        view_bool(item, "hidden", seats < fewest);
        if (seats >= fewest) {
            view_int(item, "seats", seats);
            view_int(item, "percent", rows_int(&rows, i, "reached") * 100 / seats);
            view_bool(item, "alarm", leaked);
        }
    }
    view_int(req->view, "alarms", rows.count == 0 ? 0 : rows_int(&rows, 0, "alarms"));
    return OK;
}

static Err quality_get(struct req *req) {
    struct quality_filter filter;
    struct rows rows;
    TRY(query_read(req, filter_fields, &filter));
    TRY(db_run(req->db, Q_QUALITY_PROFILES, NULL, &rows));
    view_rows(req->view, "profiles", &rows, -1);
    if (filter.profile == NULL) {
        return OK;
    }
    view_text(req->view, "profile", filter.profile);
    TRY(pairs_tell(req, filter.profile));
    TRY(drift_tell(req, filter.profile));
    return items_tell(req, filter.profile);
}

/* --- the figures of the bench: proposed by one person, taken by another ------------------------
 */

struct setting_change {
    int64_t value;
    const char *reason;
};
static const struct field change_fields[] = {
    {"value", F_INT, offsetof(struct setting_change, value), 0, 1000, FIELD_REQUIRED, NULL,
     "Value"},
    {"reason", F_TEXT, offsetof(struct setting_change, reason), 10, 500, FIELD_REQUIRED, NULL,
     "Reason"},
    FIELD_END};

struct setting_decision {
    const char *outcome;
};
static const char *const outcomes[] = {"take", "drop", NULL};
static const struct field decision_fields[] = {{"outcome", F_CHOICE,
                                                offsetof(struct setting_decision, outcome), 0, 0,
                                                FIELD_REQUIRED, outcomes, "Outcome"},
                                               FIELD_END};

static Err settings_get(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_ASSESSMENT_SETTINGS, NULL, &rows));
    view_rows(req->view, "settings", &rows, -1);
    TRY(db_run(req->db, Q_ASSESSMENT_CHANGES, NULL, &rows));
    view_rows(req->view, "changes", &rows, -1);
    return OK;
}

static Err setting_propose(struct req *req) {
    struct setting_change change;
    struct rows rows;
    TRY(fields_read(req, change_fields, &change));
    TRY(db_one(req->db, Q_ASSESSMENT_PROPOSE,
               ARGS(arg_text("code", req_word(req, "code")), arg_int("version", req_version(req)),
                    arg_record(change_fields, &change)),
               &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err setting_decide(struct req *req) {
    struct setting_decision decision;
    struct rows rows;
    TRY(fields_read(req, decision_fields, &decision));
    TRY(db_one(req->db, Q_ASSESSMENT_DECIDE,
               ARGS(arg_int("id", req_id(req, "id")), arg_record(decision_fields, &decision)),
               &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define SETTINGS "/quality/settings"

const struct route quality_routes[] = {
    {GET, "/quality", quality_get, OFFICER | AUDITOR, "assessment/quality",
     .title = "Quality of the tests"},
    {GET, SETTINGS, settings_get, OFFICER | AUDITOR, "assessment/settings",
     .title = "Figures of the tests"},
    {POST, "/quality/settings/:code", setting_propose, OFFICER, NULL, SETTINGS, SETTINGS,
     ROUTE_IF_MATCH, "Propose another figure"},
    {POST, "/quality/changes/:id", setting_decide, OFFICER, NULL, SETTINGS, SETTINGS, 0,
     "Take or drop a proposed figure"},
    ROUTE_END,
};

const struct reads quality_reads[] = {
    {quality_get, filter_fields, NULL, 0},
    {setting_propose, change_fields, NULL, 0},
    {setting_decide, decision_fields, NULL, 0},
    READS_END,
};

const struct shows quality_shows[] = {
    {quality_get, "profiles", SHOWS_ROWS, Q_QUALITY_PROFILES, NULL, 0},
    {quality_get, "profile", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "pairs", SHOWS_JSON, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "pairs[].marker_a", SHOWS_INT, 0, NULL, 0},
    {quality_get, "pairs[].marker_b", SHOWS_INT, 0, NULL, 0},
    {quality_get, "pairs[].name_a", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {quality_get, "pairs[].name_b", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {quality_get, "pairs[].hidden", SHOWS_BOOL, 0, NULL, 0},
    {quality_get, "pairs[].pairs", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "pairs[].mean_gap", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "pairs[].kappa", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "drift", SHOWS_JSON, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "drift[].marker", SHOWS_INT, 0, NULL, 0},
    {quality_get, "drift[].name", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {quality_get, "drift[].month", SHOWS_TEXT, 0, NULL, 0},
    {quality_get, "drift[].hidden", SHOWS_BOOL, 0, NULL, 0},
    {quality_get, "drift[].marks", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "drift[].gap", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "items", SHOWS_JSON, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "items[].exercise", SHOWS_TEXT, 0, NULL, 0},
    {quality_get, "items[].first", SHOWS_BOOL, 0, NULL, 0},
    {quality_get, "items[].criterion", SHOWS_TEXT, 0, NULL, 0},
    {quality_get, "items[].form", SHOWS_TEXT, 0, NULL, 0},
    {quality_get, "items[].site", SHOWS_TEXT, 0, NULL, 0},
    {quality_get, "items[].hidden", SHOWS_BOOL, 0, NULL, 0},
    {quality_get, "items[].seats", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "items[].percent", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "items[].alarm", SHOWS_BOOL, 0, NULL, SHOWS_SOMETIMES},
    {quality_get, "alarms", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {settings_get, "settings", SHOWS_ROWS, Q_ASSESSMENT_SETTINGS, NULL, 0},
    {settings_get, "changes", SHOWS_ROWS, Q_ASSESSMENT_CHANGES, NULL, 0},
    {setting_propose, NULL, SHOWS_ROW, Q_ASSESSMENT_PROPOSE, NULL, 0},
    {setting_decide, NULL, SHOWS_ROW, Q_ASSESSMENT_DECIDE, NULL, 0},
    SHOWS_END,
};
