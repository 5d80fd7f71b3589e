#include "batch_web.h"

#include <string.h>

#include "../view/i18n.h"
#include "batch.h"
#include "desk_web.h"

/* --- which paper --------------------------------------------------------------------------------
 */

struct wish {
    const char *size;
    const char *reason; /* of the look: document_text() */
    int64_t part;
};
static const struct field wish_fields[] = {
    {"size", F_CHOICE, offsetof(struct wish, size), 0, 0, 0, paper_words, "Size of the paper"},
    {"part", F_INT, offsetof(struct wish, part), 1, 1000000, 0, NULL, "Part of the paper"},
    {"reason", F_TEXT, offsetof(struct wish, reason), 0, 200, 0, NULL, "Reason"},
    FIELD_END,
};

static Err wish_read(struct req *req, struct wish *wish, enum paper_size *size) {
    TRY(query_read(req, wish_fields, wish));
    *size = PAPER_A4;
    for (int i = 0; wish->size != NULL && paper_words[i] != NULL; i++) {
        if (strcmp(wish->size, paper_words[i]) == 0) {
            *size = (enum paper_size)i;
        }
    }
    return OK;
}

Err paper_size_read(struct req *req, enum paper_size *size) {
    struct wish wish;
    return wish_read(req, &wish, size);
}

/* --- batches ------------------------------------------------------------------------------------
 */

struct opening {
    int64_t kind;
    int64_t contract;
    bool anew;
};
static const struct field opening_fields[] = {
    {"kind", F_INT, offsetof(struct opening, kind), SW1_WORKER, SW1_RECORD, 0, NULL, "Kind"},
    {"contract", F_INT, offsetof(struct opening, contract), 1, INT64_MAX, 0, NULL, "Contract"},
    {"anew", F_BOOL, offsetof(struct opening, anew), 0, 0, 0, NULL, "Also those that have one"},
    FIELD_END,
};

static Err open_batch(struct req *req) {
    struct document_desk desk = document_desk_of(req);
    struct opening form;
    int64_t id;
    TRY(fields_read(req, opening_fields, &form));
    form.kind = form.kind == FIELD_NONE ? SW1_WORKER : form.kind;
    if (form.kind == SW1_NOTICE) { /* notices are issued contract by contract */
        return fault(&req->faults, "kind", ERR_NOT_A_CHOICE, "1, 3");
    }
    TRY(batch_open(&desk, req_id(req, "id"), form.contract, form.kind, form.anew, &id));
    view_int(req->view, "id", id);
    view_text(req->view, "location",
              arena_printf(req->arena, "/document-batches/%lld", (long long)id));
    return OK;
}

struct filter {
    int64_t campaign;
};
static const struct field filter_fields[] = {
    {"campaign", F_INT, offsetof(struct filter, campaign), 1, INT64_MAX, 0, NULL, "Campaign"},
    FIELD_END,
};

static Err list(struct req *req) {
    struct page page = req_page(req);
    struct filter filter;
    struct rows rows;
    TRY(query_read(req, filter_fields, &filter));
    TRY(db_run(req->db, Q_DOCUMENT_BATCH_LIST,
               ARGS(ARG_PAGE(page), arg_record(filter_fields, &filter)), &rows));
    req_rows(req, "batches", &page, &rows, "id");
    return OK;
}

static Err show(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_DOCUMENT_BATCH_BY_ID, ARGS(id, arg_int("size", BATCH_PAPERS)), &rows));
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    struct view *parts = view_list(req->view, "papers");
    for (int64_t i = 1; i <= rows_int(&rows, 0, "parts"); i++) {
        view_int(view_item(parts), "part", i);
    }
    TRY(db_run(req->db, Q_DOCUMENT_BATCH_REFUSED, ARGS(id), &rows));
    view_rows(req->view, "refusals", &rows, -1);
    return OK;
}

static Err resume(struct req *req) {
    int64_t id = req_id(req, "id");
    TRY(db_run(req->db, Q_DOCUMENT_BATCH_RESUME, ARGS(arg_int("id", id)), NULL));
    view_int(req->view, "id", id);
    return OK;
}

static Err papers(struct req *req) {
    struct document_desk desk = document_desk_of(req);
    struct wish wish;
    enum paper_size size;
    struct span zip;
    int64_t id = req_id(req, "id");
    TRY(wish_read(req, &wish, &size));
    int64_t part = wish.part == FIELD_NONE ? 1 : wish.part;
    TRY(batch_papers(&desk, id, part, size, tr_code, &zip));
    req_bytes(req, "application/zip", zip,
              arena_printf(req->arena, "noria-%lld-%lld.zip", (long long)id, (long long)part), NULL,
              -1);
    return OK;
}

const struct route batch_routes[] = {
    {POST, "/campaigns/:id/documents", open_batch, OFII, NULL, "/document-batches/:id",
     "/campaigns/:id/documents", 0, "Issue documents of a campaign"},
    {GET, "/document-batches", list, OFII | AUDITOR, "document/batches", NULL, NULL, 0,
     "Batches of documents"},
    {GET, "/document-batches/:id", show, OFII | AUDITOR, "document/batch", NULL, NULL, 0,
     "Batch of documents"},
    {POST, "/document-batches/:id/resume", resume, OFII, NULL, "/document-batches/:id",
     "/document-batches/:id", 0, "Go on with a batch"},
    {GET, "/document-batches/:id/papers.zip", papers, OFII, NULL, NULL, NULL, ROUTE_LOOK,
     "Paper of a batch"},
    ROUTE_END,
};

const struct reads batch_reads[] = {
    {open_batch, opening_fields, NULL, 0},
    {list, page_fields, NULL, 0},
    {list, filter_fields, NULL, 0},
    {papers, wish_fields, NULL, 0},
    READS_END,
};

const struct shows batch_shows[] = {
    {open_batch, "id", SHOWS_INT, 0, NULL, 0},
    {open_batch, "location", SHOWS_TEXT, 0, NULL, 0},
    {list, "batches", SHOWS_ROWS, Q_DOCUMENT_BATCH_LIST, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_DOCUMENT_BATCH_BY_ID, NULL, 0},
    {show, "refusals", SHOWS_ROWS, Q_DOCUMENT_BATCH_REFUSED, NULL, 0},
    {show, "papers[].part", SHOWS_INT, 0, NULL, 0},
    {show, NULL, SHOWS_ETAG, 0, NULL, 0},
    {resume, "id", SHOWS_INT, 0, NULL, 0},
    {papers, "application/zip", SHOWS_BYTES, 0, NULL, 0},
    SHOWS_END,
};
