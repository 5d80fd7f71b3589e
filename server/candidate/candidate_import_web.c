#include "../app.h"
#include "../http/req.h"
#include "candidate_import.h"

static struct candidate_desk desk_of(struct req *req) {
    return (struct candidate_desk){req->db,    req->arena, req->app->seal,
                                   req->today, req->now,   req_voice(req)};
}

static void columns(struct view *list, const struct field *fields) {
    for (const struct field *field = fields; field->name != NULL; field++) {
        struct view *column = view_item(list);
        view_text(column, "name", field->name);
        view_text(column, "label", field->label);
        view_bool(column, "required", (field->flags & FIELD_REQUIRED) != 0);
    }
}

static Err form(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CAMPAIGN_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, "campaign", &rows, 0);
    struct view *list = view_list(req->view, "columns");
    columns(list, identity_fields);
    columns(list, entry_fields);
    return OK;
}

static Err import(struct req *req) {
    struct upload upload;
    struct candidate_import result;
    struct candidate_desk desk = desk_of(req);
    struct db_once once;
    TRY(req_once(req, &once));
    TRY(req_upload(req, "file", &upload));
    TRY(candidate_import_csv(&desk, req_id(req, "id"), upload_pieces(&upload), &once, &result));
    view_int(req->view, "import", result.id);
    view_int(req->view, "id", result.id);
    view_int(req->view, "rows_ok", result.ok);
    view_int(req->view, "rows_same", result.same);
    view_int(req->view, "rows_bad", result.bad);
    view_bool(req->view, "known", result.known);
    if (result.replayed) {
        req_replayed(req);
    }
    view_text(req->view, "location",
              arena_printf(req->arena, "/candidate-imports/%lld", (long long)result.id));
    return OK;
}

static Err show(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CANDIDATE_IMPORT_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err errors(struct req *req) {
    struct span csv;
    struct candidate_desk desk = desk_of(req);
    TRY(candidate_import_errors(&desk, req_id(req, "id"), &csv));
    req_bytes(req, "text/csv; charset=utf-8", csv, "errors.csv", NULL, -1);
    return OK;
}

#define FORM "/campaigns/:id/candidates/import"

const struct route candidate_import_routes[] = {
    {GET, FORM, form, PARTNER, "candidate/import", NULL, NULL, ROUTE_PAGE_ONLY,
     "Import candidates from a file"},
    {POST, FORM, import, PARTNER, NULL, "/candidate-imports/:import", FORM,
     ROUTE_UPLOAD | ROUTE_NO_TX | ROUTE_KEPT, "Import candidates from a file"},
    {GET, "/candidate-imports/:id", show, PARTNER | STAFF, "candidate/imported", NULL, NULL, 0,
     "Import"},
    {GET, "/candidate-imports/:id/errors.csv", errors, PARTNER, NULL, NULL, NULL, ROUTE_LOOK,
     "Rows of the file that were not taken"},
    ROUTE_END,
};

const struct shows candidate_import_shows[] = {
    {import, "import", SHOWS_INT, 0, NULL, 0},
    {import, "id", SHOWS_INT, 0, NULL, 0},
    {import, "rows_ok", SHOWS_INT, 0, NULL, 0},
    {import, "rows_same", SHOWS_INT, 0, NULL, 0},
    {import, "rows_bad", SHOWS_INT, 0, NULL, 0},
    {import, "known", SHOWS_BOOL, 0, NULL, 0},
    {import, "location", SHOWS_TEXT, 0, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_CANDIDATE_IMPORT_BY_ID, NULL, 0},
    {errors, "text/csv", SHOWS_BYTES, 0, NULL, 0},
    SHOWS_END,
};
