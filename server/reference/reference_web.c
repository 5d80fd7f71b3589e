#include "../http/req.h"
#include "reference.h"

static Err index_page(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_REFERENCE_SMIC_LIST, ARGS(), &rows));
    view_rows(req->view, "smic", &rows, -1);
    TRY(db_run(req->db, Q_REFERENCE_AGREEMENT_LIST, ARGS(), &rows));
    view_rows(req->view, "agreements", &rows, -1);
    TRY(db_run(req->db, Q_REFERENCE_ROME_LIST, ARGS(), &rows));
    view_rows(req->view, "occupations", &rows, -1);
    return OK;
}

static Err add_smic(struct req *req) {
    struct smic smic;
    TRY(fields_read(req, smic_fields, &smic));
    TRY(reference_add_smic(req->db, &smic));
    view_text(req->view, "location", "/references");
    return OK;
}

/* --- shortage lists
 * -------------------------------------------------------------------------------- */

struct shortage_filter {
    const char *region;
};
static const struct field shortage_filter_fields[] = {
    {"region", F_TEXT, offsetof(struct shortage_filter, region), 1, 200, 0, NULL, "Region"},
    FIELD_END,
};

static Err shortage_list(struct req *req) {
    struct page page = req_page(req);
    struct shortage_filter filter;
    struct rows rows;
    TRY(query_read(req, shortage_filter_fields, &filter));
    TRY(db_run(req->db, Q_REFERENCE_SHORTAGE_LIST,
               ARGS(ARG_PAGE(page), arg_record(shortage_filter_fields, &filter),
                    arg_date("today", req->today)),
               &rows));
    req_rows(req, "shortages", &page, &rows, "id");
    view_text(req->view, "region", filter.region);
    TRY(db_run(req->db, Q_REFERENCE_REGION_LIST, ARGS(), &rows));
    view_rows(req->view, "regions", &rows, -1);
    return OK;
}

static Err shortage_form(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_REFERENCE_REGION_LIST, ARGS(), &rows));
    view_rows(req->view, "regions", &rows, -1);
    TRY(db_run(req->db, Q_REFERENCE_ROME_LIST, ARGS(), &rows));
    view_rows(req->view, "occupations", &rows, -1);
    return OK;
}

static Err add_shortage(struct req *req) {
    struct shortage shortage;
    int64_t id = 0;
    TRY(fields_read(req, shortage_fields, &shortage));
    TRY(reference_add_shortage(req->db, &shortage, &id));
    view_int(req->view, "id", id);
    view_text(req->view, "location", "/references/shortages");
    return OK;
}

struct end {
    date to_day;
};
static const struct field end_fields[] = {
    {"to_day", F_DATE, offsetof(struct end, to_day), 0, 0, FIELD_REQUIRED, NULL, "Last day"},
    FIELD_END,
};

static Err end_shortage(struct req *req) {
    struct end end;
    TRY(fields_read(req, end_fields, &end));
    int64_t id = req_id(req, "id");
    TRY(reference_end_shortage(req->db, id, req_version(req), end.to_day));
    view_int(req->view, "id", id);
    return OK;
}

/* --- agreements
 * -------------------------------------------------------------------------------------- */

static Err countries(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_REFERENCE_COUNTRY_LIST, ARGS(), &rows));
    view_rows(req->view, "countries", &rows, -1);
    return OK;
}

static Err agreement(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_REFERENCE_AGREEMENT_BY_ID, ARGS(arg_int("id", req_id(req, "id"))),
               &rows));
    view_row(req->view, NULL, &rows, 0);
    if (!req->api) {
        view_row(req->view, "form", &rows, 0);
    }
    req_etag(req, rows_int(&rows, 0, "version"));
    return countries(req);
}

static Err add_agreement(struct req *req) {
    struct agreement record;
    int64_t id = 0;
    TRY(fields_read(req, agreement_fields, &record));
    TRY(reference_add_agreement(req->db, &record, &id));
    view_int(req->view, "id", id);
    view_text(req->view, "location",
              arena_printf(req->arena, "/references/agreements/%lld", (long long)id));
    return OK;
}

static Err edit_agreement(struct req *req) {
    struct agreement record;
    TRY(fields_read(req, agreement_fields, &record));
    int64_t id = req_id(req, "id");
    TRY(reference_edit_agreement(req->db, id, req_version(req), &record));
    view_int(req->view, "id", id);
    return OK;
}

struct commune_filter {
    const char *department, *name;
};
#define AT(member) offsetof(struct commune_filter, member)
static const struct field commune_filter_fields[] = {
    {"department", F_TEXT, AT(department), 1, 200, 0, NULL, "Department"},
    {"name", F_TEXT, AT(name), 1, 200, 0, NULL, "Name"},
    FIELD_END,
};
#undef AT

static Err communes(struct req *req) {
    struct commune_filter filter;
    TRY(query_read(req, commune_filter_fields, &filter));
    view_text(req->view, "department", filter.department);
    view_text(req->view, "name", filter.name);
    if (filter.department == NULL && filter.name == NULL) {
        (void)view_list(req->view, "communes");
        return OK;
    }
    struct rows rows;
    TRY(db_run(req->db, Q_REFERENCE_COMMUNE_SEARCH,
               ARGS(arg_record(commune_filter_fields, &filter)), &rows));
    view_rows(req->view, "communes", &rows, -1);
    return OK;
}

#define OFFICE (OFFICER | ADMIN)
#define INDEX "/references"
#define SHORTAGES "/references/shortages"
#define AGREEMENT "/references/agreements/:id"

const struct route reference_routes[] = {
    {GET, INDEX, index_page, ANYBODY, "reference/index", NULL, NULL, 0, "Reference tables"},
    {POST, "/references/smic", add_smic, OFFICE, NULL, INDEX, INDEX, 0, "Add a minimum wage"},
    {GET, SHORTAGES, shortage_list, ANYBODY, "reference/shortages", NULL, NULL, 0,
     "Shortage lists"},
    {GET, "/references/shortages/new", shortage_form, OFFICE, "reference/shortage_form", NULL, NULL,
     ROUTE_PAGE_ONLY, "Add to a shortage list"},
    {POST, SHORTAGES, add_shortage, OFFICE, NULL, SHORTAGES, "/references/shortages/new", 0,
     "Add to a shortage list"},
    {POST, "/references/shortages/:id/end", end_shortage, OFFICE, NULL, SHORTAGES, SHORTAGES,
     ROUTE_IF_MATCH, "End a row of a shortage list"},
    {GET, "/references/agreements/new", countries, OFFICE, "reference/agreement_form", NULL, NULL,
     ROUTE_PAGE_ONLY, "Add an agreement"},
    {POST, "/references/agreements", add_agreement, OFFICE, NULL, INDEX,
     "/references/agreements/new", 0, "Add an agreement"},
    {GET, AGREEMENT, agreement, OFFICE | AUDITOR, "reference/agreement_form", NULL, NULL, 0,
     "Agreement"},
    {POST, AGREEMENT, edit_agreement, OFFICE, NULL, INDEX, AGREEMENT, ROUTE_IF_MATCH,
     "Edit the agreement"},
    {GET, "/references/communes", communes, ANYBODY, "reference/communes", NULL, NULL, 0,
     "Communes"},
    ROUTE_END,
};

const struct reads reference_reads[] = {
    {add_smic, smic_fields, NULL, 0},
    {shortage_list, page_fields, NULL, 0},
    {shortage_list, shortage_filter_fields, NULL, 0},
    {add_shortage, shortage_fields, NULL, 0},
    {end_shortage, end_fields, NULL, 0},
    {add_agreement, agreement_fields, NULL, 0},
    {edit_agreement, agreement_fields, NULL, 0},
    {communes, commune_filter_fields, NULL, 0},
    READS_END,
};

const struct shows reference_shows[] = {
    {index_page, "smic", SHOWS_ROWS, Q_REFERENCE_SMIC_LIST, NULL, 0},
    {index_page, "agreements", SHOWS_ROWS, Q_REFERENCE_AGREEMENT_LIST, NULL, 0},
    {index_page, "occupations", SHOWS_ROWS, Q_REFERENCE_ROME_LIST, NULL, 0},
    {add_smic, "location", SHOWS_TEXT, 0, NULL, 0},
    {shortage_list, "shortages", SHOWS_ROWS, Q_REFERENCE_SHORTAGE_LIST, NULL, 0},
    {shortage_list, "region", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {shortage_list, "regions", SHOWS_ROWS, Q_REFERENCE_REGION_LIST, NULL, 0},
    {add_shortage, "id", SHOWS_INT, 0, NULL, 0},
    {add_shortage, "location", SHOWS_TEXT, 0, NULL, 0},
    {end_shortage, "id", SHOWS_INT, 0, NULL, 0},
    {add_agreement, "id", SHOWS_INT, 0, NULL, 0},
    {add_agreement, "location", SHOWS_TEXT, 0, NULL, 0},
    {agreement, NULL, SHOWS_ROW, Q_REFERENCE_AGREEMENT_BY_ID, NULL, 0},
    {agreement, "countries", SHOWS_ROWS, Q_REFERENCE_COUNTRY_LIST, NULL, 0},
    {agreement, NULL, SHOWS_ETAG, 0, NULL, 0},
    {edit_agreement, "id", SHOWS_INT, 0, NULL, 0},
    {communes, "department", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {communes, "name", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {communes, "communes", SHOWS_ROWS, Q_REFERENCE_COMMUNE_SEARCH, NULL, 0},
    SHOWS_END,
};
