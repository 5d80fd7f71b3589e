#include "../http/req.h"
#include "contract.h"

enum { LINES = 8 }; /* empty lines for rooms that a page offers */

/* --- lists
 * -------------------------------------------------------------------------------------------- */

static const char *const states[] = {"draft",     "submitted", "approved", "refused",
                                     "withdrawn", "filled",    NULL};

struct filter {
    int64_t campaign;
    const char *state;
};
static const struct field filter_fields[] = {
    {"campaign", F_INT, offsetof(struct filter, campaign), 1, INT64_MAX, 0, NULL, "Campaign"},
    {"state", F_CHOICE, offsetof(struct filter, state), 0, 0, 0, states, "State"},
    FIELD_END,
};

static Err list(struct req *req) {
    struct page page = req_page(req);
    struct filter filter;
    struct rows rows;
    TRY(query_read(req, filter_fields, &filter));
    TRY(db_run(req->db, Q_CONTRACT_LIST, ARGS(ARG_PAGE(page), arg_record(filter_fields, &filter)),
               &rows));
    req_rows(req, "contracts", &page, &rows, "id");
    view_text(req->view, "state", filter.state);
    return OK;
}

static Err queue(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_CONTRACT_QUEUE, ARGS(ARG_PAGE(page), arg_date("today", req->today)),
               &rows));
    req_rows(req, "contracts", &page, &rows, "after");
    return OK;
}

/* --- one contract
 * -------------------------------------------------------------------------------------- */

static Err show_lists(struct req *req, struct arg id) {
    struct rows rows;
    TRY(db_run(req->db, Q_CONTRACT_ROOM_LIST, ARGS(id), &rows));
    view_rows(req->view, "rooms", &rows, -1);
    TRY(db_run(req->db, Q_CONTRACT_SITE_LIST, ARGS(id), &rows));
    view_rows(req->view, "sites", &rows, -1);
    return OK;
}

static Err show(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CONTRACT_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    return show_lists(req, id);
}

/* What an officer decides on: the contract, and whether a fraud case stands in the way. */
static Err decision(struct req *req) {
    struct rows rows;
    TRY(show(req));
    TRY(db_one(req->db, Q_CONTRACT_HOLD, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

/* --- the form
 * ------------------------------------------------------------------------------------------- */

/* Lines of the form: the rooms (or sites) there are, then empty ones. A refused form brings its own
 * lines, so they hang where what was typed hangs. */
static void fill_lines(struct view *form, const char *name, const struct rows *rows, int lines) {
    struct view *list = view_list(form, name);
    for (int i = 0; i < lines || i < rows->count; i++) {
        struct view *line = view_item(list);
        view_int(line, "n", i);
        view_int(line, "number", i + 1);
        if (i < rows->count) {
            view_row(line, NULL, rows, i);
        }
    }
}

static Err fill_choices(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_CONTRACT_ROME_LIST, ARGS(), &rows));
    view_rows(req->view, "occupations", &rows, -1);
    TRY(db_run(req->db, Q_CONTRACT_PROFILE_LIST, ARGS(), &rows));
    view_rows(req->view, "profiles", &rows, -1);
    return OK;
}

static Err new_form(struct req *req) {
    struct rows rows;
    struct rows none = {0};
    TRY(db_one(req->db, Q_CAMPAIGN_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, "campaign", &rows, 0);
    struct view *form = view_object(req->view, "form");
    fill_lines(form, "rooms", &none, LINES);
    fill_lines(form, "sites", &none, 3);
    return fill_choices(req);
}

static Err edit_form(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CONTRACT_TERMS, ARGS(id), &rows));
    struct view *form = view_object(req->view, "form");
    view_row(form, NULL, &rows, 0);
    view_int(req->view, "id", rows_int(&rows, 0, "id"));
    view_int(req->view, "version", rows_int(&rows, 0, "version"));
    req_etag(req, rows_int(&rows, 0, "version"));
    TRY(db_run(req->db, Q_CONTRACT_ROOM_LIST, ARGS(id), &rows));
    fill_lines(form, "rooms", &rows, LINES);
    TRY(db_run(req->db, Q_CONTRACT_SITE_LIST, ARGS(id), &rows));
    fill_lines(form, "sites", &rows, 3);
    return fill_choices(req);
}

/* Reads everything; OK also with faults, which contract_create() and contract_edit() tell together
 * with those of the rules. */
static Err read_form(struct req *req, struct contract_form *form) {
    void *rooms = NULL;
    void *sites = NULL;
    Err terms = fields_read(req, contract_fields, &form->terms);
    Err room = list_read(req, "rooms", contract_room_fields, sizeof *form->rooms,
                         CONTRACT_ROOMS_MAX, &rooms, &form->room_count);
    Err site = list_read(req, "sites", contract_site_fields, sizeof *form->sites,
                         CONTRACT_SITES_MAX, &sites, &form->site_count);
    form->rooms = rooms;
    form->sites = sites;
    Err read = err_first(terms, err_first(room, site));
    return req->faults.count > 0 ? OK : read;
}

static Err create(struct req *req) {
    struct contract_form form = {0};
    int64_t id = 0;
    TRY(read_form(req, &form));
    TRY(contract_create(req->db, req->arena, req_id(req, "id"), &form, &id));
    view_int(req->view, "contract", id);
    view_int(req->view, "id", id);
    view_text(req->view, "location", arena_printf(req->arena, "/contracts/%lld", (long long)id));
    return OK;
}

static Err edit(struct req *req) {
    struct contract_form form = {0};
    int64_t id = req_id(req, "id");
    TRY(read_form(req, &form));
    TRY(contract_edit(req->db, req->arena, id, req_version(req), &form));
    view_int(req->view, "id", id);
    return OK;
}

/* --- acts
 * ------------------------------------------------------------------------------------------------
 */

static Err done(struct req *req, const char *state) {
    view_int(req->view, "id", req_id(req, "id"));
    view_text(req->view, "state", state);
    return OK;
}

static Err submit(struct req *req) {
    TRY(contract_submit(req->db, req->arena, req_id(req, "id")));
    return done(req, "submitted");
}

static Err approve(struct req *req) {
    TRY(contract_approve(req->db, req_id(req, "id")));
    return done(req, "approved");
}

struct with_reason {
    const char *reason;
};
static const struct field reason_fields[] = {
    {"reason", F_NOTE, offsetof(struct with_reason, reason), 5, 1000, FIELD_REQUIRED, NULL,
     "Reason"},
    FIELD_END,
};

static Err refuse(struct req *req) {
    struct with_reason form;
    TRY(fields_read(req, reason_fields, &form));
    TRY(contract_refuse(req->db, req_id(req, "id"), form.reason));
    return done(req, "refused");
}

static Err withdraw(struct req *req) {
    struct with_reason form;
    TRY(fields_read(req, reason_fields, &form));
    TRY(contract_withdraw(req->db, req_id(req, "id"), form.reason));
    return done(req, "withdrawn");
}

#define SHOW "/contracts/:id"
#define NEW "/campaigns/:id/contracts/new"
#define EDIT "/contracts/:id/edit"
#define SEES (STAFF | EMPLOYER | PARTNER)

const struct route contract_routes[] = {
    {GET, "/contracts", list, SEES, "contract/list", NULL, NULL, 0, "Contracts"},
    {GET, "/contracts/queue", queue, STAFF, "contract/queue", NULL, NULL, 0,
     "Contracts that wait for a decision"},
    {GET, NEW, new_form, EMPLOYER, "contract/form", NULL, NULL, ROUTE_PAGE_ONLY, "New contract"},
    {POST, "/campaigns/:id/contracts", create, EMPLOYER, NULL, "/contracts/:contract", NEW, 0,
     "Write a contract"},
    {GET, SHOW, show, SEES, "contract/show", NULL, NULL, 0, "Contract"},
    {GET, EDIT, edit_form, EMPLOYER, "contract/form", NULL, NULL, ROUTE_PAGE_ONLY,
     "Edit the contract"},
    {POST, SHOW, edit, EMPLOYER, NULL, SHOW, EDIT, ROUTE_IF_MATCH, "Edit the contract"},
    {POST, "/contracts/:id/submit", submit, EMPLOYER | OFFICER, NULL, SHOW, SHOW, 0,
     "Submit the contract"},
    {GET, "/contracts/:id/decision", decision, STAFF, "contract/decision", NULL, NULL, 0,
     "Decide on the contract"},
    {POST, "/contracts/:id/approve", approve, OFFICER, NULL, "/contracts/queue",
     "/contracts/:id/decision", 0, "Approve the contract"},
    {POST, "/contracts/:id/refuse", refuse, OFFICER, NULL, "/contracts/queue",
     "/contracts/:id/decision", 0, "Refuse the contract"},
    {POST, "/contracts/:id/withdraw", withdraw, EMPLOYER | OFFICER, NULL, SHOW, SHOW, 0,
     "Withdraw the contract"},
    ROUTE_END,
};

const struct reads contract_reads[] = {
    {list, page_fields, NULL, 0},
    {queue, page_fields, NULL, 0},
    {list, filter_fields, NULL, 0},
    {create, contract_fields, NULL, 0},
    {create, contract_room_fields, "rooms", CONTRACT_ROOMS_MAX},
    {create, contract_site_fields, "sites", CONTRACT_SITES_MAX},
    {edit, contract_fields, NULL, 0},
    {edit, contract_room_fields, "rooms", CONTRACT_ROOMS_MAX},
    {edit, contract_site_fields, "sites", CONTRACT_SITES_MAX},
    {refuse, reason_fields, NULL, 0},
    {withdraw, reason_fields, NULL, 0},
    READS_END,
};

const struct shows contract_shows[] = {
    {list, "contracts", SHOWS_ROWS, Q_CONTRACT_LIST, NULL, 0},
    {list, "state", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {queue, "contracts", SHOWS_ROWS, Q_CONTRACT_QUEUE, NULL, 0},
    {create, "contract", SHOWS_INT, 0, NULL, 0},
    {create, "id", SHOWS_INT, 0, NULL, 0},
    {create, "location", SHOWS_TEXT, 0, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_CONTRACT_BY_ID, NULL, 0},
    {show, "rooms", SHOWS_ROWS, Q_CONTRACT_ROOM_LIST, NULL, 0},
    {show, "sites", SHOWS_ROWS, Q_CONTRACT_SITE_LIST, NULL, 0},
    {show, NULL, SHOWS_ETAG, 0, NULL, 0},
    {edit, "id", SHOWS_INT, 0, NULL, 0},
    {submit, "id", SHOWS_INT, 0, NULL, 0},
    {submit, "state", SHOWS_TEXT, 0, NULL, 0},
    {decision, NULL, SHOWS_ROW, Q_CONTRACT_BY_ID, NULL, 0},
    {decision, "rooms", SHOWS_ROWS, Q_CONTRACT_ROOM_LIST, NULL, 0},
    {decision, "sites", SHOWS_ROWS, Q_CONTRACT_SITE_LIST, NULL, 0},
    {decision, NULL, SHOWS_ROW, Q_CONTRACT_HOLD, NULL, 0},
    {decision, NULL, SHOWS_ETAG, 0, NULL, 0},
    {approve, "id", SHOWS_INT, 0, NULL, 0},
    {approve, "state", SHOWS_TEXT, 0, NULL, 0},
    {refuse, "id", SHOWS_INT, 0, NULL, 0},
    {refuse, "state", SHOWS_TEXT, 0, NULL, 0},
    {withdraw, "id", SHOWS_INT, 0, NULL, 0},
    {withdraw, "state", SHOWS_TEXT, 0, NULL, 0},
    SHOWS_END,
};
