#include "../http/req.h"
#include "account.h"

struct org_filter {
    const char *kind;
};
static const struct field filter_fields[] = {
    {"kind", F_CHOICE, offsetof(struct org_filter, kind), 0, 0, 0, org_kinds, "Kind"},
    FIELD_END,
};

static Err orgs_get(struct req *req) {
    struct org_filter filter;
    struct rows rows;
    struct page page = req_page(req);
    TRY(query_read(req, filter_fields, &filter));
    TRY(db_run(req->db, Q_ORG_LIST, ARGS(ARG_PAGE(page), arg_record(filter_fields, &filter)),
               &rows));
    req_rows(req, "orgs", &page, &rows, "id");
    return OK;
}

static Err org_show_get(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_ORG_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    if (!req->api) {
        view_row(req->view, "form", &rows, 0);
    }
    req_etag(req, rows_int(&rows, 0, "version"));
    return OK;
}

/* Faults of the reading and of the rules are told together. */
static Err read_org(struct req *req, struct org *org) {
    Err read = fields_read(req, org_fields, org);
    return err_first(read, org_check(org, &req->faults));
}

static Err org_create_post(struct req *req) {
    struct org org;
    struct rows rows;
    TRY(read_org(req, &org));
    TRY(db_one(req->db, Q_ORG_CREATE, ARGS(arg_record(org_fields, &org)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err org_update_post(struct req *req) {
    struct org org;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(read_org(req, &org));
    TRY(db_one(req->db, Q_ORG_BY_ID, ARGS(arg_int("id", id)), &rows));
    if (!span_is(rows_span(&rows, 0, "kind"), org.kind)) {
        return fault(&req->faults, "kind", ERR_NOT_A_CHOICE,
                     rows_text(&rows, req->arena, 0, "kind"));
    }
    Err err = db_one(
        req->db, Q_ORG_UPDATE,
        ARGS(arg_int("id", id), arg_int("version", req_version(req)), arg_record(org_fields, &org)),
        &rows);
    TRY(err == ERR_NOT_FOUND ? ERR_STALE_EDIT : err);
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    return OK;
}

const struct route org_routes[] = {
    {GET, "/orgs", orgs_get, STAFF, "account/orgs", NULL, NULL, 0, "Organisations"},
    {GET, "/orgs/new", req_form, ADMIN, "account/org_form", NULL, NULL, ROUTE_PAGE_ONLY,
     "New organisation"},
    {POST, "/orgs", org_create_post, ADMIN, NULL, "/orgs/:id", "/orgs/new", 0,
     "Create an organisation"},
    {GET, "/orgs/:id", org_show_get, STAFF, "account/org", NULL, NULL, 0, "Organisation"},
    {POST, "/orgs/:id", org_update_post, ADMIN, NULL, "/orgs/:id", "/orgs/:id", ROUTE_IF_MATCH,
     "Change an organisation"},
    ROUTE_END,
};

const struct reads org_reads[] = {
    {orgs_get, page_fields, NULL, 0},
    {orgs_get, filter_fields, NULL, 0},
    {org_create_post, org_fields, NULL, 0},
    {org_update_post, org_fields, NULL, 0},
    READS_END,
};

const struct shows org_shows[] = {
    {orgs_get, "orgs", SHOWS_ROWS, Q_ORG_LIST, NULL, 0},
    {org_create_post, NULL, SHOWS_ROW, Q_ORG_CREATE, NULL, 0},
    {org_show_get, NULL, SHOWS_ROW, Q_ORG_BY_ID, NULL, 0},
    {org_show_get, NULL, SHOWS_ETAG, 0, NULL, 0},
    {org_update_post, NULL, SHOWS_ROW, Q_ORG_UPDATE, NULL, 0},
    {org_update_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    SHOWS_END,
};
