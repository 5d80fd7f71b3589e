/* The worker's own page: who looked at my file. */
#include "../../lib/base/clock.h"
#include "../app.h"
#include "../document/document.h"
#include "../http/req.h"
#include "../run/loop.h"
#include "own.h"
#include "privacy.h"

/* For text and photo alike; `text` is NULL with a photo. */
struct own_form {
    const char *text;
    date expires;
};
#define EXPIRES                                                                                    \
    {                                                                                              \
        "passport_expires", F_DATE, offsetof(struct own_form, expires), 0, 0, FIELD_REQUIRED,      \
            NULL, "Day on which your passport expires"                                             \
    }
/* Longer than any document, as on the verify page. */
static const struct field own_fields[] = {
    {"text", F_NOTE, offsetof(struct own_form, text), 1, 8000, FIELD_REQUIRED, NULL,
     "Text of the code"},
    EXPIRES,
    FIELD_END,
};
static const struct field own_photo_fields[] = {EXPIRES, FIELD_END};

/* No refusal leaves earlier than this (milliseconds), so that the time does not tell a wrong day
 * from a document of nobody. */
enum { REFUSAL = 100 };

static Err tell(struct req *req, struct span text, date expires) {
    int64_t begun = clock_ticks();
    static const struct db_actor system = {.class = DB_SYSTEM};
    struct document_desk desk = {req->db, req->arena, req->app, req->now};
    struct sw1_answer answer;
    struct rows looks;
    bool known = false;
    if (req->app->seal == NULL) {
        return ERR_UNAVAILABLE;
    }
    TRY(document_verify(&desk, text_trim(text), &answer));
    TRY(own_file(db_as(req->db, &system), req->arena, req->app->seal,
                 answer.shown ? answer.claims.cti : span_of(""), expires, &known, &looks));
    int64_t left = begun + REFUSAL - clock_ticks();
    if (!known && left > 0) {
        task_sleep(left);
    }
    view_text(req->view, "answer", known ? "told" : "unknown");
    view_rows(req->view, "looks", &looks, -1);
    return OK;
}

static Err ask(struct req *req) {
    struct own_form own;
    TRY(req_ask(req));
    TRY(fields_read(req, own_fields, &own));
    return tell(req, span_of(own.text), own.expires);
}

static Err ask_photo(struct req *req) {
    struct document_desk desk = {req->db, req->arena, req->app, req->now};
    struct own_form own;
    struct upload upload;
    struct span text;
    TRY(req_ask(req));
    TRY(fields_read(req, own_photo_fields, &own));
    TRY(req_upload(req, "photo", &upload));
    Err err = document_photo(&desk, upload.bytes, &text);
    return err == OK ? tell(req, text, own.expires) : fault(&req->faults, "photo", err, NULL);
}

const struct route own_routes[] = {
    {GET, "/my-file", req_form, PUBLIC, "privacy/own", NULL, NULL, ROUTE_PAGE_ONLY,
     "Who looked at my file"},
    {POST, "/my-file", ask, PUBLIC, "privacy/own", NULL, "/my-file", ROUTE_NO_TX,
     "Who looked at my file"},
    {POST, "/my-file/photo", ask_photo, PUBLIC, "privacy/own", NULL, "/my-file",
     ROUTE_NO_TX | ROUTE_UPLOAD | ROUTE_PAGE_ONLY, "Who looked at my file"},
    ROUTE_END,
};

const struct reads own_reads[] = {
    {ask, own_fields, NULL, 0},
    {ask_photo, own_photo_fields, NULL, 0},
    READS_END,
};

const struct shows own_shows[] = {
    {ask, "answer", SHOWS_TEXT, 0, NULL, 0},
    {ask, "looks", SHOWS_ROWS, Q_OWN_FILE_ANSWER, NULL, 0},
    SHOWS_END,
};
