#include <string.h>

#include "../http/req.h"
#include "screening.h"

static Err list(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_CERTIFICATE_CANDIDATE, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_CERTIFICATE_LIST, ARGS(id), &rows));
    view_rows(req->view, "certificates", &rows, -1);
    TRY(db_run(req->db, Q_CERTIFICATE_ISSUER_LIST, ARGS(), &rows));
    view_rows(req->view, "issuers", &rows, -1);
    return OK;
}

static Err record(struct req *req) {
    struct certificate certificate;
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(fields_read(req, certificate_fields, &certificate));
    if (certificate.last_day < certificate.first_day) {
        return fault(&req->faults, "last_day", ERR_ENDS_BEFORE_START, NULL);
    }
    if (certificate.scan != NULL && strspn(certificate.scan, "0123456789abcdef") != 64) {
        return fault(&req->faults, "scan", ERR_WRONG_TYPE, "0-9, a-f");
    }
    TRY(db_one(req->db, Q_CERTIFICATE_RECORD,
               ARGS(arg_int("candidate", id), arg_record(certificate_fields, &certificate)),
               &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err issuers(struct req *req) {
    struct rows rows;
    TRY(db_run(req->db, Q_CERTIFICATE_ISSUER_LIST, ARGS(), &rows));
    view_rows(req->view, "issuers", &rows, -1);
    return OK;
}

static Err add_issuer(struct req *req) {
    struct certificate_issuer issuer;
    struct rows rows;
    TRY(fields_read(req, certificate_issuer_fields, &issuer));
    TRY(db_one(req->db, Q_CERTIFICATE_ISSUER_ADD,
               ARGS(arg_record(certificate_issuer_fields, &issuer)), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define PAGE "/candidates/:id/certificates"
#define ISSUERS "/cases/issuers"

const struct route certificate_routes[] = {
    {GET, PAGE, list, PARTNER | STAFF, "screening/certificates", NULL, NULL, 0, "Certificates"},
    {POST, PAGE, record, PARTNER | OFFICER, NULL, PAGE, PAGE, 0, "Record a certificate"},
    {GET, ISSUERS, issuers, PARTNER | STAFF, "screening/issuers", NULL, NULL, 0,
     "Issuers of certificates"},
    {POST, ISSUERS, add_issuer, OFFICER, NULL, ISSUERS, ISSUERS, 0, "Add an issuer"},
    ROUTE_END,
};

const struct reads certificate_reads[] = {
    {record, certificate_fields, NULL, 0},
    {add_issuer, certificate_issuer_fields, NULL, 0},
    READS_END,
};

const struct shows certificate_shows[] = {
    {list, NULL, SHOWS_ROW, Q_CERTIFICATE_CANDIDATE, NULL, 0},
    {list, "certificates", SHOWS_ROWS, Q_CERTIFICATE_LIST, NULL, 0},
    {list, "issuers", SHOWS_ROWS, Q_CERTIFICATE_ISSUER_LIST, NULL, 0},
    {record, NULL, SHOWS_ROW, Q_CERTIFICATE_RECORD, NULL, 0},
    {record, "id", SHOWS_INT, 0, NULL, 0},
    {issuers, "issuers", SHOWS_ROWS, Q_CERTIFICATE_ISSUER_LIST, NULL, 0},
    {add_issuer, NULL, SHOWS_ROW, Q_CERTIFICATE_ISSUER_ADD, NULL, 0},
    SHOWS_END,
};
