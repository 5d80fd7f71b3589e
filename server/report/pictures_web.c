/* pictures_web.c - a campaign to look at: places, ways of the candidates, scores, answers, returns.
 */
#include "../http/req.h"
#include "picture.h"
#include "report.h"

static Err campaign_of(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_REPORT_CAMPAIGN, ARGS(arg_int("campaign", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err rows_of(struct req *req, enum stmt stmt, struct rows *rows) {
    TRY(campaign_of(req));
    return db_slow(req->db, stmt, ARGS(arg_int("campaign", req_id(req, "id"))), rows);
}

static int row_of(const struct rows *rows, const char *department) {
    for (int i = 0; i < rows->count; i++) {
        if (span_is(rows_span(rows, i, "code"), department)) {
            return i;
        }
    }
    return -1;
}

static Err places(struct req *req) {
    struct rows rows;
    TRY(rows_of(req, Q_PICTURE_PLACES, &rows));
    view_rows(req->view, "departments", &rows, -1);
    struct view *tiles = view_list(req->view, "tiles");
    for (const struct tile *tile = picture_tiles; tile->department != NULL; tile++) {
        int row = row_of(&rows, tile->department);
        struct view *item = view_item(tiles);
        view_text(item, "code", tile->department);
        view_int(item, "x", tile->column * 50);
        view_int(item, "y", tile->row * 50);
        view_int(item, "level", row < 0 ? 0 : rows_int(&rows, row, "level"));
        if (row >= 0) {
            view_span(item, "department", rows_span(&rows, row, "name"));
            view_int(item, "places", rows_int(&rows, row, "places"));
        }
    }
    return OK;
}

static const char *const funnel_steps[] = {"entered",  "preselected", "tested",   "passed",
                                           "proposed", "bound",       "departed", "home"};
enum { FUNNEL_STEPS = sizeof funnel_steps / sizeof funnel_steps[0] };

static Err funnel(struct req *req) {
    struct rows rows;
    TRY(rows_of(req, Q_PICTURE_FUNNEL, &rows));
    struct view *services = view_list(req->view, "services");
    for (int i = 0; i < rows.count; i++) {
        struct view *service = view_item(services);
        view_span(service, "service", rows_span(&rows, i, "name"));
        struct view *steps = view_list(service, "steps");
        for (int k = 0; k < FUNNEL_STEPS; k++) {
            int64_t count = rows_int(&rows, i, funnel_steps[k]);
            struct view *step = view_item(steps);
            view_text(step, "step", funnel_steps[k]);
            view_int(step, "count", count);
            view_int(step, "share", picture_share(count, rows_int(&rows, i, "entered")));
        }
    }
    return OK;
}

static void show_columns(struct view *view, const struct picture *picture) {
    struct picture_part parts[PICTURE_BINS * PICTURE_KINDS];
    int n = picture_columns(picture, parts);
    struct view *columns = view_list(view, "columns");
    for (int i = 0; i < n; i++) {
        struct view *column = view_item(columns);
        view_int(column, "x", parts[i].x);
        view_int(column, "y", parts[i].y);
        view_int(column, "width", parts[i].width);
        view_int(column, "height", parts[i].height);
        view_text(column, "kind", picture->kind[parts[i].kind]);
        view_int(column, "count", parts[i].count);
    }
}

/* The row's counts of each kind, under the kinds' names. */
static void count_row(struct picture *picture, int bin, const struct rows *rows, int row) {
    for (int kind = 0; bin >= 0 && bin < picture->bins && kind < picture->kinds; kind++) {
        picture->count[bin][kind] += rows_int(rows, row, picture->kind[kind]);
    }
}

/* The table beside the picture: a line a tenth, with the kinds' counts as members. */
static void tenths(struct view *view, const struct picture *picture) {
    struct view *lines = view_list(view, "tenths");
    for (int bin = 0; bin < picture->bins; bin++) {
        struct view *line = view_item(lines);
        view_int(line, "from", bin * 10);
        view_int(line, "to", bin * 10 + 10);
        for (int kind = 0; kind < picture->kinds; kind++) {
            view_int(line, picture->kind[kind], picture->count[bin][kind]);
        }
    }
}

static const char *const score_kinds[] = {"passed", "below_floor", "failed"};

static bool same_profile(const struct rows *rows, int a, int b) {
    return rows_int(rows, a, "profile_id") == rows_int(rows, b, "profile_id") &&
           rows_int(rows, a, "pass_total") == rows_int(rows, b, "pass_total") &&
           rows_int(rows, a, "max_total") == rows_int(rows, b, "max_total");
}

static Err scores(struct req *req) {
    struct rows rows;
    TRY(rows_of(req, Q_PICTURE_SCORES, &rows));
    struct view *profiles = view_list(req->view, "profiles");
    for (int first = 0, i = 0; first < rows.count; first = i) {
        struct picture picture = {.bins = 10, .kinds = 3, .kind = score_kinds};
        for (i = first; i < rows.count && same_profile(&rows, first, i); i++) {
            count_row(&picture, (int)rows_int(&rows, i, "bin"), &rows, i);
        }
        struct view *profile = view_item(profiles);
        int64_t pass = rows_int(&rows, first, "pass_total");
        int64_t max = rows_int(&rows, first, "max_total");
        view_span(profile, "code", rows_span(&rows, first, "code"));
        view_span(profile, "label", rows_span(&rows, first, "label"));
        view_int(profile, "version", rows_int(&rows, first, "version"));
        view_int(profile, "pass_total", pass);
        view_int(profile, "max_total", max);
        view_int(profile, "line", picture_share(pass, max) * PICTURE_WIDTH / 1000);
        show_columns(profile, &picture);
        tenths(profile, &picture);
    }
    return OK;
}

static const char *const choice_kinds[] = {"accepted", "proposed", "refused", "reserve"};

static Err choices(struct req *req) {
    struct rows rows, reasons;
    struct picture picture = {.bins = 10, .kinds = 4, .kind = choice_kinds};
    TRY(rows_of(req, Q_PICTURE_CHOICES, &rows));
    TRY(db_slow(req->db, Q_PICTURE_REFUSALS, ARGS(arg_int("campaign", req_id(req, "id"))),
                &reasons));
    for (int i = 0; i < rows.count; i++) {
        count_row(&picture, (int)rows_int(&rows, i, "bin"), &rows, i);
    }
    view_bool(req->view, "any", rows.count > 0);
    show_columns(req->view, &picture);
    tenths(req->view, &picture);
    struct view *list = view_list(req->view, "reasons");
    for (int i = 0; i < reasons.count; i++) {
        struct view *reason = view_item(list);
        int64_t count = rows_int(&reasons, i, "count");
        view_span(reason, "reason", rows_span(&reasons, i, "reason"));
        view_int(reason, "count", count);
        view_int(reason, "share", picture_share(count, rows_int(&reasons, 0, "count")));
    }
    return OK;
}

enum { GAPS = 4 };

static const char *const return_kinds[] = {"verified", "declared", "excepted", "missing"};

static Err weeks(struct req *req) {
    struct rows rows;
    TRY(rows_of(req, Q_PICTURE_RETURNS, &rows));
    view_rows(req->view, "weeks", &rows, -1);
    if (rows.count == 0) {
        return OK;
    }
    struct picture picture = {.bins = 1, .kinds = 4, .kind = return_kinds};
    int last = (int)rows_int(&rows, rows.count - 1, "week");
    picture.bins = last < PICTURE_BINS ? last + 1 : PICTURE_BINS;
    for (int i = 0; i < rows.count; i++) {
        int week = (int)rows_int(&rows, i, "week");
        count_row(&picture, week < PICTURE_BINS ? week : PICTURE_BINS - 1, &rows, i);
    }
    view_span(req->view, "first_week", rows_span(&rows, 0, "monday"));
    view_span(req->view, "last_week", rows_span(&rows, rows.count - 1, "monday"));
    show_columns(req->view, &picture);
    return OK;
}

/* How far apart the two marks are, in tenths; the last line is all that are further. */
static void show_gaps(struct view *view, const int64_t gaps[GAPS], int64_t all) {
    struct view *list = view_list(view, "gaps");
    for (int apart = 0; apart < GAPS; apart++) {
        struct view *gap = view_item(list);
        view_int(gap, "apart", apart);
        view_bool(gap, "or_more", apart == GAPS - 1);
        view_int(gap, "count", gaps[apart]);
        view_int(gap, "share", picture_share(gaps[apart], all));
    }
}

static Err markers(struct req *req) {
    struct rows rows;
    int64_t gaps[GAPS] = {0};
    int64_t all = 0;
    int64_t most = 0;
    TRY(rows_of(req, Q_PICTURE_MARKERS, &rows));
    for (int i = 0; i < rows.count; i++) {
        int64_t count = rows_int(&rows, i, "count");
        most = count > most ? count : most;
    }
    struct view *cells = view_list(req->view, "cells");
    for (int i = 0; i < rows.count; i++) {
        int64_t first = rows_int(&rows, i, "first");
        int64_t second = rows_int(&rows, i, "second");
        int64_t count = rows_int(&rows, i, "count");
        int64_t apart = first > second ? first - second : second - first;
        struct view *cell = view_item(cells);
        view_int(cell, "first", first);
        view_int(cell, "second", second);
        view_int(cell, "count", count);
        view_int(cell, "x", first * 50);
        view_int(cell, "y", (9 - second) * 50);
        view_int(cell, "level", 1 + picture_share(count, most) / 201);
        gaps[apart < GAPS ? apart : GAPS - 1] += count;
        all += count;
    }
    show_gaps(req->view, gaps, all);
    return OK;
}

const struct route picture_routes[] = {
    {GET, "/campaigns/:id/pictures/places", places, STAFF, "report/places", NULL, NULL, 0,
     "Places by department"},
    {GET, "/campaigns/:id/pictures/funnel", funnel, STAFF, "report/funnel", NULL, NULL, 0,
     "From entry to return"},
    {GET, "/campaigns/:id/pictures/scores", scores, STAFF, "report/scores", NULL, NULL, 0,
     "Test scores"},
    {GET, "/campaigns/:id/pictures/markers", markers, STAFF, "report/markers", NULL, NULL, 0,
     "Agreement between markers"},
    {GET, "/campaigns/:id/pictures/choices", choices, STAFF, "report/choices", NULL, NULL, 0,
     "Answers to proposals"},
    {GET, "/campaigns/:id/pictures/returns", weeks, STAFF, "report/weeks", NULL, NULL, 0,
     "Returns by week"},
    ROUTE_END,
};

const struct shows picture_shows[] = {
    {places, NULL, SHOWS_ROW, Q_REPORT_CAMPAIGN, NULL, 0},
    {places, "departments", SHOWS_ROWS, Q_PICTURE_PLACES, NULL, 0},
    {places, "tiles[].code", SHOWS_TEXT, 0, NULL, 0},
    {places, "tiles[].x", SHOWS_INT, 0, NULL, 0},
    {places, "tiles[].y", SHOWS_INT, 0, NULL, 0},
    {places, "tiles[].level", SHOWS_INT, 0, NULL, 0},
    {places, "tiles[].department", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {places, "tiles[].places", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {funnel, NULL, SHOWS_ROW, Q_REPORT_CAMPAIGN, NULL, 0},
    {funnel, "services[].service", SHOWS_TEXT, 0, NULL, 0},
    {funnel, "services[].steps[].step", SHOWS_TEXT, 0, NULL, 0},
    {funnel, "services[].steps[].count", SHOWS_INT, 0, NULL, 0},
    {funnel, "services[].steps[].share", SHOWS_INT, 0, NULL, 0},
    {scores, NULL, SHOWS_ROW, Q_REPORT_CAMPAIGN, NULL, 0},
    {scores, "profiles[].code", SHOWS_TEXT, 0, NULL, 0},
    {scores, "profiles[].label", SHOWS_TEXT, 0, NULL, 0},
    {scores, "profiles[].version", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].pass_total", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].max_total", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].line", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].columns[].x", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].columns[].y", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].columns[].width", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].columns[].height", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].columns[].kind", SHOWS_TEXT, 0, NULL, 0},
    {scores, "profiles[].columns[].count", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].tenths[].from", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].tenths[].to", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].tenths[].passed", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].tenths[].below_floor", SHOWS_INT, 0, NULL, 0},
    {scores, "profiles[].tenths[].failed", SHOWS_INT, 0, NULL, 0},
    {markers, NULL, SHOWS_ROW, Q_REPORT_CAMPAIGN, NULL, 0},
    {markers, "cells[].first", SHOWS_INT, 0, NULL, 0},
    {markers, "cells[].second", SHOWS_INT, 0, NULL, 0},
    {markers, "cells[].count", SHOWS_INT, 0, NULL, 0},
    {markers, "cells[].x", SHOWS_INT, 0, NULL, 0},
    {markers, "cells[].y", SHOWS_INT, 0, NULL, 0},
    {markers, "cells[].level", SHOWS_INT, 0, NULL, 0},
    {markers, "gaps[].apart", SHOWS_INT, 0, NULL, 0},
    {markers, "gaps[].or_more", SHOWS_BOOL, 0, NULL, 0},
    {markers, "gaps[].count", SHOWS_INT, 0, NULL, 0},
    {markers, "gaps[].share", SHOWS_INT, 0, NULL, 0},
    {choices, NULL, SHOWS_ROW, Q_REPORT_CAMPAIGN, NULL, 0},
    {choices, "any", SHOWS_BOOL, 0, NULL, 0},
    {choices, "columns[].x", SHOWS_INT, 0, NULL, 0},
    {choices, "columns[].y", SHOWS_INT, 0, NULL, 0},
    {choices, "columns[].width", SHOWS_INT, 0, NULL, 0},
    {choices, "columns[].height", SHOWS_INT, 0, NULL, 0},
    {choices, "columns[].kind", SHOWS_TEXT, 0, NULL, 0},
    {choices, "columns[].count", SHOWS_INT, 0, NULL, 0},
    {choices, "tenths[].from", SHOWS_INT, 0, NULL, 0},
    {choices, "tenths[].to", SHOWS_INT, 0, NULL, 0},
    {choices, "tenths[].accepted", SHOWS_INT, 0, NULL, 0},
    {choices, "tenths[].proposed", SHOWS_INT, 0, NULL, 0},
    {choices, "tenths[].refused", SHOWS_INT, 0, NULL, 0},
    {choices, "tenths[].reserve", SHOWS_INT, 0, NULL, 0},
    {choices, "reasons[].reason", SHOWS_TEXT, 0, NULL, 0},
    {choices, "reasons[].count", SHOWS_INT, 0, NULL, 0},
    {choices, "reasons[].share", SHOWS_INT, 0, NULL, 0},
    {weeks, NULL, SHOWS_ROW, Q_REPORT_CAMPAIGN, NULL, 0},
    {weeks, "weeks", SHOWS_ROWS, Q_PICTURE_RETURNS, NULL, 0},
    {weeks, "first_week", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {weeks, "last_week", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {weeks, "columns", SHOWS_JSON, 0, NULL, SHOWS_SOMETIMES},
    {weeks, "columns[].x", SHOWS_INT, 0, NULL, 0},
    {weeks, "columns[].y", SHOWS_INT, 0, NULL, 0},
    {weeks, "columns[].width", SHOWS_INT, 0, NULL, 0},
    {weeks, "columns[].height", SHOWS_INT, 0, NULL, 0},
    {weeks, "columns[].kind", SHOWS_TEXT, 0, NULL, 0},
    {weeks, "columns[].count", SHOWS_INT, 0, NULL, 0},
    SHOWS_END,
};
