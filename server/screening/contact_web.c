#include "contact.h"

#include <string.h>

#include "../app.h"
#include "../candidate/candidate.h"
#include "../http/req.h"

static Err contacts_get(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CONTACT_SHOW, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    if (!req->api) {
        view_row(req->view, "form", &rows, 0);
    }
    req_etag(req, rows_int(&rows, 0, "version"));
    return OK;
}

struct key {
    const uint8_t *sent; /* NULL: not given */
};

static struct arg key_arg(const char *name, const struct key *key) {
    return arg_bytes(name, key->sent, SEAL_SENT);
}

static void put_digest(struct req *req, const char *kind, const char *plain, struct key *key) {
    uint8_t digest[SEAL_DIGEST];
    seal_contact(req->app->seal, kind, plain, digest);
    key->sent = seal_digest_sent(req->app->seal, req->arena, digest);
}

/* The same for an employer and for who asked a candidate for money: the two are compared. */
static Err phone_digest(struct req *req, const char *phone, struct key *key) {
    char plain[CONTACT_PLAIN];
    if (phone == NULL) {
        return OK;
    }
    if (!contact_phone(phone, plain)) {
        return fault(&req->faults, "phone", ERR_WRONG_TYPE, "0-9");
    }
    put_digest(req, "phone", plain, key);
    return OK;
}

static char *lower_case(char *text) {
    for (char *c = text; *c != '\0'; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    }
    return text;
}

/* Digests of what was typed, field by field. */
static Err contact_keys(struct req *req, const struct contacts *contacts, struct key keys[4]) {
    char plain[CONTACT_PLAIN];
    TRY(phone_digest(req, contacts->phone, &keys[0]));
    if (contacts->email != NULL) {
        put_digest(req, "email", lower_case(arena_strdup(req->arena, contacts->email)), &keys[1]);
    }
    if (contacts->iban != NULL) {
        if (!contact_number(contacts->iban, plain) || !contact_iban(plain)) {
            return fault(&req->faults, "iban", ERR_BAD_IBAN, NULL);
        }
        put_digest(req, "iban", plain, &keys[2]);
    }
    if (contacts->msa != NULL) {
        if (!contact_number(contacts->msa, plain)) {
            return fault(&req->faults, "msa", ERR_WRONG_TYPE, "0-9, A-Z");
        }
        put_digest(req, "msa", plain, &keys[3]);
    }
    return OK;
}

static Err contacts_post(struct req *req) {
    struct contacts contacts;
    struct key keys[4] = {{NULL}};
    struct rows rows;
    TRY(fields_read(req, contact_fields, &contacts));
    TRY(contact_keys(req, &contacts, keys));
    Err err = db_one(req->db, Q_CONTACT_PUT,
                     ARGS(arg_int("id", req_id(req, "id")), arg_int("version", req_version(req)),
                          key_arg("phone_key", &keys[0]), key_arg("email_key", &keys[1]),
                          key_arg("iban_key", &keys[2]), key_arg("msa_key", &keys[3]),
                          arg_text("office_address", contacts.office_address)),
                     &rows);
    TRY(err == ERR_NOT_FOUND ? ERR_STALE_EDIT : err);
    view_row(req->view, NULL, &rows, 0);
    req_etag(req, rows_int(&rows, 0, "version"));
    return OK;
}

/* That he was asked, and when; what he said stands in the protected case. */
static Err fee_get(struct req *req) {
    struct arg id = arg_int("id", req_id(req, "id"));
    struct rows rows;
    TRY(db_one(req->db, Q_FEE_PLACEMENT, ARGS(id), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_FEE_ANSWERS, ARGS(id), &rows));
    view_rows(req->view, "answers", &rows, -1);
    return OK;
}

static Err fee_post(struct req *req) {
    struct fee_answer answer;
    struct key phone = {NULL};
    struct rows rows;
    TRY(fields_read(req, fee_answer_fields, &answer));
    bool told = answer.amount != FIELD_NONE || answer.payee != NULL || answer.phone != NULL ||
                answer.place != NULL;
    if (strcmp(answer.asked, "no") == 0 && told) {
        return fault(&req->faults, "asked", ERR_FEE_WITHOUT_ANSWER, NULL);
    }
    TRY(phone_digest(req, answer.phone, &phone));
    TRY(db_one(req->db, Q_FEE_RECORD,
               ARGS(arg_int("id", req_id(req, "id")), key_arg("phone_key", &phone),
                    arg_record(fee_answer_fields, &answer)),
               &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define CONTACTS "/orgs/:id/contacts"
#define FEE "/placements/:id/fee"

const struct route contact_routes[] = {
    {GET, CONTACTS, contacts_get, OFFICER | ADMIN, "screening/contacts", NULL, NULL, 0,
     "Contacts of an employer"},
    {POST, CONTACTS, contacts_post, OFFICER | ADMIN, NULL, CONTACTS, CONTACTS, ROUTE_IF_MATCH,
     "Record the contacts of an employer"},
    {GET, FEE, fee_get, OFFICER | DESK, "screening/fee", NULL, NULL, 0, "Was money asked?"},
    {POST, FEE, fee_post, OFFICER | DESK, NULL, FEE, FEE, 0, "Record what he says of money asked"},
    ROUTE_END,
};

const struct reads contact_reads[] = {
    {contacts_post, contact_fields, NULL, 0},
    {fee_post, fee_answer_fields, NULL, 0},
    READS_END,
};

const struct shows contact_shows[] = {
    {contacts_get, NULL, SHOWS_ROW, Q_CONTACT_SHOW, NULL, 0},
    {contacts_get, NULL, SHOWS_ETAG, 0, NULL, 0},
    {contacts_post, NULL, SHOWS_ROW, Q_CONTACT_PUT, NULL, 0},
    {contacts_post, NULL, SHOWS_ETAG, 0, NULL, 0},
    {fee_get, NULL, SHOWS_ROW, Q_FEE_PLACEMENT, NULL, 0},
    {fee_get, "answers", SHOWS_ROWS, Q_FEE_ANSWERS, NULL, 0},
    {fee_post, NULL, SHOWS_ROW, Q_FEE_RECORD, NULL, 0},
    SHOWS_END,
};
