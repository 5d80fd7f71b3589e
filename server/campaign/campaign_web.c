#include "../http/req.h"
#include "campaign.h"

static Err list(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_CAMPAIGN_LIST, ARGS(ARG_PAGE(page)), &rows));
    req_rows(req, "campaigns", &page, &rows, "id");
    return OK;
}

static Err show(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CAMPAIGN_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    TRY(db_run(req->db, Q_CAMPAIGN_CONTRACT_COUNTS, ARGS(id), &rows));
    view_rows(req->view, "contracts", &rows, -1);
    return OK;
}

/* The page of the office and of the services: with quotas, and what a form offers. */
static Err services(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CAMPAIGN_BY_ID, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_CAMPAIGN_SERVICE_LIST, ARGS(id), &rows));
    view_rows(req->view, "services", &rows, -1);
    return OK;
}

static Err service_new_form(struct req *req) {
    struct rows rows;
    TRY(services(req));
    TRY(db_run(req->db, Q_CAMPAIGN_PARTNER_LIST, ARGS(), &rows));
    view_rows(req->view, "partners", &rows, -1);
    TRY(db_run(req->db, Q_CAMPAIGN_AGREEMENT_LIST, ARGS(), &rows));
    view_rows(req->view, "agreements", &rows, -1);
    return OK;
}

static Err service_edit_form(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct arg org = arg_int("org_id", req_id(req, "org_id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CAMPAIGN_SERVICE_BY_ORG, ARGS(id, org), &rows));
    view_row(req->view, NULL, &rows, 0);
    view_row(req->view, "form", &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    TRY(db_run(req->db, Q_CAMPAIGN_SERVICE_AGREEMENTS, ARGS(id, org), &rows));
    view_rows(req->view, "agreements", &rows, -1);
    return OK;
}

/* The values that a form begins with. */
static void fill_form(struct req *req, const struct campaign *campaign) {
    struct view *form = view_object(req->view, "form");
    for (const struct field *field = campaign_fields; field->name != NULL; field++) {
        view_text(form, field->name, field_text(req->arena, field, campaign));
    }
}

static Err new_form(struct req *req) {
    struct campaign campaign = {.season = date_civil(req->today).year + 1,
                                .first_day = DATE_NONE,
                                .last_day = DATE_NONE,
                                .candidates_per_place = FIELD_NONE,
                                .decision_days = FIELD_NONE,
                                .checkin_days = FIELD_NONE,
                                .travel_days = FIELD_NONE,
                                .notice_days = FIELD_NONE,
                                .mrs_validity_days = FIELD_NONE,
                                .non_return_after_days = FIELD_NONE,
                                .document_days = FIELD_NONE};
    campaign_defaults(&campaign);
    fill_form(req, &campaign);
    return OK;
}

static Err edit_form(struct req *req) {
    struct campaign campaign;
    struct rows rows;
    TRY(db_one(req->db, Q_CAMPAIGN_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    fields_load(req->arena, campaign_fields, &rows, 0, &campaign);
    fill_form(req, &campaign);
    return OK;
}

/* OK also with faults, which campaign_create() and campaign_edit() tell with those of the rules. */
static Err read_form(struct req *req, struct campaign *campaign) {
    Err read = fields_read(req, campaign_fields, campaign);
    return req->faults.count > 0 ? OK : read;
}

static Err create(struct req *req) {
    struct campaign campaign;
    int64_t id = 0;
    TRY(read_form(req, &campaign));
    TRY(campaign_create(req->db, &campaign, &id));
    view_int(req->view, "id", id);
    view_text(req->view, "location", arena_printf(req->arena, "/campaigns/%lld", (long long)id));
    return OK;
}

static Err edit(struct req *req) {
    struct campaign campaign;
    TRY(read_form(req, &campaign));
    int64_t id = req_id(req, "id");
    TRY(campaign_edit(req->db, id, req_version(req), &campaign));
    view_int(req->view, "id", id);
    return OK;
}

static Err show_service(struct req *req, int64_t id, int64_t org_id) {
    view_int(req->view, "id", id);
    view_int(req->view, "org_id", org_id);
    return OK;
}

static Err add_service(struct req *req) {
    struct campaign_service service;
    TRY(fields_read(req, campaign_service_fields, &service));
    int64_t id = req_id(req, "id");
    TRY(campaign_add_service(req->db, id, &service));
    return show_service(req, id, service.org_id);
}

static Err edit_service(struct req *req) {
    struct campaign_service service;
    TRY(fields_read(req, campaign_service_fields + 1, &service)); /* the path names the service */
    int64_t id = req_id(req, "id");
    service.org_id = req_id(req, "org_id");
    TRY(campaign_edit_service(req->db, id, req_version(req), &service));
    return show_service(req, id, service.org_id);
}

static Err advance(struct req *req, const char *state) {
    int64_t id = req_id(req, "id");
    TRY(campaign_advance(req->db, id, state));
    view_int(req->view, "id", id);
    view_text(req->view, "state", state);
    return OK;
}

static Err open_it(struct req *req) {
    return advance(req, "open");
}

static Err begin_matching(struct req *req) {
    return advance(req, "matching");
}

static Err begin_season(struct req *req) {
    return advance(req, "season");
}

static Err begin_returns(struct req *req) {
    return advance(req, "returns");
}

#define OFFICE (OFFICER | ADMIN)
#define SHOW "/campaigns/:id"
#define SERVICE "/campaigns/:id/services/:org_id"

const struct route campaign_routes[] = {
    {GET, "/campaigns", list, ANYBODY, "campaign/list", NULL, NULL, 0, "Campaigns"},
    {GET, "/campaigns/new", new_form, OFFICE, "campaign/form", NULL, NULL, ROUTE_PAGE_ONLY,
     "New campaign"},
    {POST, "/campaigns", create, OFFICE, NULL, SHOW, "/campaigns/new", 0, "Create a campaign"},
    {GET, SHOW, show, ANYBODY, "campaign/show", NULL, NULL, 0, "Campaign"},
    {GET, "/campaigns/:id/edit", edit_form, OFFICE, "campaign/form", NULL, NULL, ROUTE_PAGE_ONLY,
     "Edit the campaign"},
    {POST, SHOW, edit, OFFICE, NULL, SHOW, "/campaigns/:id/edit", ROUTE_IF_MATCH,
     "Edit the campaign"},
    {GET, "/campaigns/:id/services", services, STAFF | PARTNER, "campaign/services", NULL, NULL, 0,
     "Partner services of the campaign"},
    {GET, "/campaigns/:id/services/new", service_new_form, OFFICE, "campaign/service_form", NULL,
     NULL, ROUTE_PAGE_ONLY, "Add a partner service"},
    {POST, "/campaigns/:id/services", add_service, OFFICE, NULL, "/campaigns/:id/services",
     "/campaigns/:id/services/new", 0, "Add a partner service"},
    {GET, SERVICE "/edit", service_edit_form, OFFICE, "campaign/service_form", NULL, NULL,
     ROUTE_PAGE_ONLY, "Set a partner service's quota"},
    {POST, SERVICE, edit_service, OFFICE, NULL, "/campaigns/:id/services", SERVICE "/edit",
     ROUTE_IF_MATCH, "Set a partner service's quota"},
    {POST, "/campaigns/:id/open", open_it, OFFICE, NULL, SHOW, SHOW, 0, "Open the campaign"},
    {POST, "/campaigns/:id/matching", begin_matching, OFFICE, NULL, SHOW, SHOW, 0,
     "Begin matching"},
    {POST, "/campaigns/:id/season", begin_season, OFFICE, NULL, SHOW, SHOW, 0, "Begin the season"},
    {POST, "/campaigns/:id/returns", begin_returns, OFFICE, NULL, SHOW, SHOW, 0,
     "Begin the returns"},
    ROUTE_END,
};

const struct reads campaign_reads[] = {
    {list, page_fields, NULL, 0},
    {create, campaign_fields, NULL, 0},
    {edit, campaign_fields, NULL, 0},
    {add_service, campaign_service_fields, NULL, 0},
    {edit_service, campaign_service_fields + 1, NULL, 0},
    READS_END,
};

const struct shows campaign_shows[] = {
    {list, "campaigns", SHOWS_ROWS, Q_CAMPAIGN_LIST, NULL, 0},
    {create, "id", SHOWS_INT, 0, NULL, 0},
    {create, "location", SHOWS_TEXT, 0, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_CAMPAIGN_BY_ID, NULL, 0},
    {show, "contracts", SHOWS_ROWS, Q_CAMPAIGN_CONTRACT_COUNTS, NULL, 0},
    {show, NULL, SHOWS_ETAG, 0, NULL, 0},
    {edit, "id", SHOWS_INT, 0, NULL, 0},
    {services, NULL, SHOWS_ROW, Q_CAMPAIGN_BY_ID, NULL, 0},
    {services, "services", SHOWS_ROWS, Q_CAMPAIGN_SERVICE_LIST, NULL, 0},
    {add_service, "id", SHOWS_INT, 0, NULL, 0},
    {add_service, "org_id", SHOWS_INT, 0, NULL, 0},
    {edit_service, "id", SHOWS_INT, 0, NULL, 0},
    {edit_service, "org_id", SHOWS_INT, 0, NULL, 0},
    {open_it, "id", SHOWS_INT, 0, NULL, 0},
    {open_it, "state", SHOWS_TEXT, 0, NULL, 0},
    {begin_matching, "id", SHOWS_INT, 0, NULL, 0},
    {begin_matching, "state", SHOWS_TEXT, 0, NULL, 0},
    {begin_season, "id", SHOWS_INT, 0, NULL, 0},
    {begin_season, "state", SHOWS_TEXT, 0, NULL, 0},
    {begin_returns, "id", SHOWS_INT, 0, NULL, 0},
    {begin_returns, "state", SHOWS_TEXT, 0, NULL, 0},
    SHOWS_END,
};
