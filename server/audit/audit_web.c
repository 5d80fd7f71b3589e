/* audit_web.c - the log as auditors read it, and as anybody may check it. */
#include "../app.h"
#include "../http/req.h"
#include "audit.h"

enum { MAX_AGE = 5 }; /* seconds */

/* --- reading -----------------------------------------------------------------------------------
 */

struct act_filter {
    const char *act;
};
static const struct field act_fields[] = {
    {"act", F_TEXT, offsetof(struct act_filter, act), 3, 60, 0, NULL, "Act"},
    FIELD_END,
};

static Err show_newest(struct req *req, const char *name) {
    struct rows rows;
    TRY(db_run(req->db, Q_AUDIT_NEWEST_HEAD, ARGS(), &rows));
    if (rows.count > 0) {
        view_row(req->view, name, &rows, 0);
    }
    return OK;
}

static Err acts(struct req *req) {
    struct act_filter filter;
    struct page page = req_page(req);
    struct rows rows;
    TRY(query_read(req, act_fields, &filter));
    TRY(show_newest(req, "head"));
    TRY(db_run(req->db, Q_AUDIT_ACT_LIST, ARGS(arg_text("act", filter.act), ARG_PAGE(page)),
               &rows));
    req_rows(req, "acts", &page, &rows, "id");
    return OK;
}

static Err looks(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_run(req->db, Q_CANDIDATE_LOOK_LIST,
               ARGS(arg_int("candidate", req_id(req, "id")), ARG_PAGE(page)), &rows));
    view_int(req->view, "candidate_id", req_id(req, "id"));
    req_rows(req, "looks", &page, &rows, "id");
    return OK;
}

static Err export_page(struct req *req) {
    struct page page = req_page(req);
    struct rows rows;
    TRY(db_slow(req->db, Q_AUDIT_EXPORT_PAGE, ARGS(ARG_PAGE(page)), &rows));
    req_rows(req, "entries", &page, &rows, "id");
    return OK;
}

/* --- checking ----------------------------------------------------------------------------------
 */

static Err newest(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_AUDIT_NEWEST_HEAD, ARGS(), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static void show_path(struct req *req, const struct merkle_path *path) {
    struct view *list = view_list(req->view, "path");
    for (int i = 0; i < path->count; i++) {
        view_word(list, text_hex(req->arena, path->hash[i].bytes, MERKLE_HASH));
    }
}

struct span_asked {
    int64_t from, size, leaf;
};
static const struct field consistency_fields[] = {
    {"from", F_INT, offsetof(struct span_asked, from), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Leaves of the older tree"},
    {"size", F_INT, offsetof(struct span_asked, size), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Leaves of the tree"},
    FIELD_END,
};
static const struct field inclusion_fields[] = {
    {"leaf", F_INT, offsetof(struct span_asked, leaf), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Number of the leaf"},
    {"size", F_INT, offsetof(struct span_asked, size), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Leaves of the tree"},
    FIELD_END,
};

static Err consistency(struct req *req) {
    struct span_asked asked;
    struct merkle_path path;
    TRY(query_read(req, consistency_fields, &asked));
    TRY(audit_consistency(req->db, asked.from, asked.size, &path));
    view_int(req->view, "from", asked.from);
    view_int(req->view, "size", asked.size);
    show_path(req, &path);
    return OK;
}

static Err inclusion(struct req *req) {
    struct span_asked asked;
    struct merkle_path path;
    struct rows rows;
    TRY(query_read(req, inclusion_fields, &asked));
    TRY(db_one(req->db, Q_AUDIT_POSITION, ARGS(arg_int("leaf", asked.leaf)), &rows));
    TRY(audit_inclusion(req->db, rows_int(&rows, 0, "position"), asked.size, &path));
    view_row(req->view, NULL, &rows, 0);
    view_int(req->view, "size", asked.size);
    show_path(req, &path);
    return OK;
}

static Err key_file(struct req *req) {
    if (req->app->log_key == NULL) {
        return ERR_UNAVAILABLE;
    }
    req_bytes(req, "application/cwt", req->app->log_certificate, NULL, NULL, MAX_AGE);
    return OK;
}

static Err head_file(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_AUDIT_NEWEST_HEAD, ARGS(), &rows));
    struct span hex = rows_span(&rows, 0, "signed");
    char *bytes = arena_alloc(req->arena, hex.len / 2);
    if (!text_unhex(hex, bytes, hex.len / 2)) {
        return ERR_INTERNAL;
    }
    req_bytes(req, "application/cwt", (struct span){bytes, hex.len / 2}, NULL, NULL, MAX_AGE);
    return OK;
}

const struct route audit_routes[] = {
    {GET, "/audit", acts, AUDITOR | ADMIN, "audit/acts", NULL, NULL, 0, "Audit log"},
    {GET, "/audit/export", export_page, AUDITOR | ADMIN, NULL, NULL, NULL, ROUTE_API_ONLY,
     "The audit log, a page of its lines"},
    {GET, "/audit/head", newest, PUBLIC | ANYBODY, NULL, NULL, NULL, ROUTE_API_ONLY,
     "Newest signed tree head"},
    {GET, "/audit/consistency", consistency, PUBLIC | ANYBODY, NULL, NULL, NULL, ROUTE_API_ONLY,
     "Proof that the log only grew"},
    {GET, "/audit/inclusion", inclusion, ANYBODY, NULL, NULL, NULL, ROUTE_API_ONLY,
     "Proof that a leaf is in the log"},
    {GET, "/.well-known/noria/log.cwt", key_file, PUBLIC, NULL, NULL, NULL, ROUTE_RAW,
     "Key of the audit log, certified by the root"},
    {GET, "/.well-known/noria/log-head.cwt", head_file, PUBLIC, NULL, NULL, NULL, ROUTE_RAW,
     "Newest signed tree head"},
    {GET, "/candidates/:id/looks", looks, PARTNER | STAFF, "audit/looks", NULL, NULL, 0,
     "Who looked at this file"},
    ROUTE_END,
};

const struct reads audit_reads[] = {
    {acts, page_fields, NULL, 0},
    {acts, act_fields, NULL, 0},
    {looks, page_fields, NULL, 0},
    {export_page, page_fields, NULL, 0},
    {consistency, consistency_fields, NULL, 0},
    {inclusion, inclusion_fields, NULL, 0},
    READS_END,
};

const struct shows audit_shows[] = {
    {acts, "acts", SHOWS_ROWS, Q_AUDIT_ACT_LIST, NULL, 0},
    {acts, "head", SHOWS_ROW, Q_AUDIT_NEWEST_HEAD, NULL, SHOWS_SOMETIMES},
    {export_page, "entries", SHOWS_ROWS, Q_AUDIT_EXPORT_PAGE, NULL, 0},
    {newest, NULL, SHOWS_ROW, Q_AUDIT_NEWEST_HEAD, NULL, 0},
    {consistency, "from", SHOWS_INT, 0, NULL, 0},
    {consistency, "size", SHOWS_INT, 0, NULL, 0},
    {consistency, "path", SHOWS_WORDS, 0, NULL, 0},
    {inclusion, NULL, SHOWS_ROW, Q_AUDIT_POSITION, NULL, 0},
    {inclusion, "size", SHOWS_INT, 0, NULL, 0},
    {inclusion, "path", SHOWS_WORDS, 0, NULL, 0},
    {looks, "candidate_id", SHOWS_INT, 0, NULL, 0},
    {looks, "looks", SHOWS_ROWS, Q_CANDIDATE_LOOK_LIST, NULL, 0},
    SHOWS_END,
};
