#include "seen.h"

#include "../app.h"
#include "../candidate/candidate.h"
#include "../http/req.h"

static Err documents(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_SEEN_CANDIDATE, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_DOCUMENT_SEEN_LIST, ARGS(id), &rows));
    view_rows(req->view, "seen", &rows, -1);
    return OK;
}

static Err record_document(struct req *req) {
    struct document_seen seen;
    struct rows rows;
    uint8_t digest[SEAL_DIGEST];
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, document_seen_fields, &seen));
    seal_passport(req->app->seal, seen.document_issuer, seen.document_number, digest);
    const uint8_t *sent = seal_digest_sent(req->app->seal, req->arena, digest);
    TRY(db_one(req->db, Q_DOCUMENT_SEEN_RECORD,
               ARGS(arg_int("id", id), arg_bytes("document", sent, SEAL_SENT),
                    arg_record(document_seen_fields, &seen)),
               &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err work(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_WORK_SEEN_PLACEMENT, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_WORK_SEEN_LIST, ARGS(id), &rows));
    view_rows(req->view, "seen", &rows, -1);
    return OK;
}

static Err record_work(struct req *req) {
    struct work_seen seen;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, work_seen_fields, &seen));
    TRY(db_one(req->db, Q_WORK_SEEN_RECORD,
               ARGS(arg_int("id", id), arg_record(work_seen_fields, &seen)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define DOCUMENTS "/candidates/:id/documents-seen"
#define WORK "/placements/:id/work-seen"

const struct route seen_routes[] = {
    {GET, DOCUMENTS, documents, PARTNER | STAFF, "screening/documents_seen", NULL, NULL, 0,
     "Documents shown on the way"},
    {POST, DOCUMENTS, record_document, PARTNER | OFFICER | DESK, NULL, DOCUMENTS, DOCUMENTS, 0,
     "Record the document that was shown"},
    {GET, WORK, work, OFFICER | DESK, "screening/work_seen", NULL, NULL, 0,
     "Where the work was seen"},
    {POST, WORK, record_work, OFFICER | DESK, NULL, WORK, WORK, 0,
     "Record where the work was seen"},
    ROUTE_END,
};

const struct reads seen_reads[] = {
    {record_document, document_seen_fields, NULL, 0},
    {record_work, work_seen_fields, NULL, 0},
    READS_END,
};

const struct shows seen_shows[] = {
    {documents, NULL, SHOWS_ROW, Q_SEEN_CANDIDATE, NULL, 0},
    {documents, "seen", SHOWS_ROWS, Q_DOCUMENT_SEEN_LIST, NULL, 0},
    {record_document, "id", SHOWS_INT, 0, NULL, 0},
    {record_document, NULL, SHOWS_ROW, Q_DOCUMENT_SEEN_RECORD, NULL, 0},
    {work, NULL, SHOWS_ROW, Q_WORK_SEEN_PLACEMENT, NULL, 0},
    {work, "seen", SHOWS_ROWS, Q_WORK_SEEN_LIST, NULL, 0},
    {record_work, "id", SHOWS_INT, 0, NULL, 0},
    {record_work, NULL, SHOWS_ROW, Q_WORK_SEEN_RECORD, NULL, 0},
    SHOWS_END,
};
