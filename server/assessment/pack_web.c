/* pack_web.c - packs: a session for where there is no network, and its marks brought back once. */
#include <sodium.h>
#include <stdio.h>

#include "../../lib/base/arena.h"
#include "../../lib/sw1/pack.h"
#include "../app.h"
#include "../candidate/candidate.h"
#include "../document/document.h"
#include "../http/req.h"
#include "../view/json.h"
#include "assessment.h"
#include "session.h"

#define AT(type, member) offsetof(struct type, member)

enum { PACK_MARKS_MAX = 4000 };

struct pack_clock {
    int64_t clock; /* what the device says it is now, seconds */
};
static const struct field clock_fields[] = {{"clock", F_INT, AT(pack_clock, clock), 0, INT64_MAX,
                                             FIELD_REQUIRED, NULL, "Clock of the device"},
                                            FIELD_END};

struct pack_seat {
    int64_t seat_id;
    const char *attendance;
    bool document_seen;
    bool photo_match;
    const char *reason;
    int64_t at;
};
static const char *const attendances[] = {"present", "absent", "void", NULL};
static const struct field pack_seat_fields[] = {
    {"seat_id", F_INT, AT(pack_seat, seat_id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Seat"},
    {"attendance", F_CHOICE, AT(pack_seat, attendance), 0, 0, FIELD_REQUIRED, attendances,
     "Attendance"},
    {"document_seen", F_BOOL, AT(pack_seat, document_seen), 0, 0, 0, NULL, NULL},
    {"photo_match", F_BOOL, AT(pack_seat, photo_match), 0, 0, 0, NULL, NULL},
    {"reason", F_TEXT, AT(pack_seat, reason), 3, 500, 0, NULL, "Reason"},
    {"at", F_INT, AT(pack_seat, at), 0, INT32_MAX, FIELD_REQUIRED, NULL, "Time"},
    FIELD_END};

struct pack_mark {
    int64_t seat_id;
    int64_t criterion_id;
    int64_t points;
    int64_t at;
};
static const struct field pack_mark_fields[] = {
    {"seat_id", F_INT, AT(pack_mark, seat_id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Seat"},
    {"criterion_id", F_INT, AT(pack_mark, criterion_id), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Criterion"},
    {"points", F_INT, AT(pack_mark, points), 0, 1000, FIELD_REQUIRED, NULL, "Points"},
    {"at", F_INT, AT(pack_mark, at), 0, INT32_MAX, FIELD_REQUIRED, NULL, "Time"},
    FIELD_END};

/* The seats as tokens, each with the print of its candidate's document. Every look is audited. */
static Err seats_put(struct req *req, const char *pack, struct view *content) {
    struct rows seats;
    TRY(db_run(req->db, Q_PACK_SEATS,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &seats));
    struct view *list = view_list(content, "seats");
    for (int i = 0; i < seats.count; i++) {
        struct rows look;
        struct identity who;
        char print[PACK_PRINT];
        TRY(candidate_unseal(req->db, req->arena, req->app->seal,
                             rows_int(&seats, i, "candidate_id"),
                             "print of the document for a pack", &look, &who));
        pack_print(pack, who.document_number == NULL ? "" : who.document_number, print);
        struct view *seat = view_item(list);
        view_int(seat, "id", rows_int(&seats, i, "id"));
        view_span(seat, "token", rows_span(&seats, i, "token"));
        view_span(seat, "accommodation", rows_span(&seats, i, "accommodation"));
        view_int(seat, "extra_percent", rows_int(&seats, i, "extra_percent"));
        view_text(seat, "document", print);
    }
    return OK;
}

static Err content_make(struct req *req, const char *pack, const char **text) {
    struct rows rows;
    struct buf out;
    TRY(db_one(req->db, Q_PACK_CONTENT, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    struct view *content = view_new(req->arena);
    view_text(content, "pack", pack);
    view_int(content, "issued", rows_int(&rows, 0, "now"));
    view_span(content, "profile", rows_span(&rows, 0, "content")); /* JSON as a text */
    TRY(seats_put(req, pack, content));
    buf_init(&out, req->arena, 4096);
    json_view(&out, content);
    *text = out.ptr;
    return OK;
}

static Err pack_post(struct req *req) {
    uint8_t random[(PACK_ID - 1) / 2], digest[crypto_hash_sha256_BYTES];
    const char *content, *signature;
    struct rows rows;
    const struct sw1_key *key = document_key(req->app);
    if (key == NULL) {
        return ERR_CRYPTO;
    }
    TRY(db_one(req->db, Q_PACK_SESSION, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    randombytes_buf(random, sizeof random);
    const char *pack = text_hex(req->arena, random, sizeof random);
    TRY(content_make(req, pack, &content));
    TRY(pack_sign(req->arena, key, span_of(content), &signature));
    struct span text = span_of(content);
    crypto_hash_sha256(digest, (const uint8_t *)text.ptr, text.len);
    TRY(db_one(req->db, Q_PACK_ISSUE,
               ARGS(arg_int("id", req_id(req, "id")), arg_text("pack", pack),
                    arg_bytes("digest", digest, sizeof digest)),
               &rows));
    view_text(req->view, "pack", pack);
    view_text(req->view, "content", content);
    view_text(req->view, "signature", signature);
    view_text(req->view, "kid", text_hex(req->arena, sw1_key_kid(key), SW1_KID));
    view_int(req->view, "id", req_id(req, "id"));
    return OK;
}

static Err packs_get(struct req *req) {
    struct rows session, rows;
    struct arg id = arg_int("id", req_id(req, "id"));
    TRY(db_one(req->db, Q_SESSION_BY_ID, ARGS(id, arg_int("reader", req->account)), &session));
    view_row(req->view, NULL, &session, 0);
    TRY(db_run(req->db, Q_PACK_LIST, ARGS(id, arg_int("reader", req->account)), &rows));
    view_rows(req->view, "packs", &rows, -1);
    return OK;
}

static Err pack_revoke_post(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_PACK_REVOKE, ARGS(arg_text("pack", req_word(req, "pack"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

/* A fault for each row that cannot be taken: "marks[12].at". */
static Err rows_judge(struct req *req, const struct arg *args) {
    struct rows rows;
    TRY(db_run(req->db, Q_PACK_FAULTS, args, &rows));
    for (int i = 0; i < rows.count; i++) {
        const char *name = arena_printf(
            req->arena, "%s[%lld].%s", rows_text(&rows, req->arena, i, "list"),
            (long long)rows_int(&rows, i, "place"), rows_text(&rows, req->arena, i, "field"));
        (void)fault(&req->faults, name, err_by_code(rows_text(&rows, req->arena, i, "code")),
                    rows_text(&rows, req->arena, i, "detail"));
    }
    return faults_err(&req->faults);
}

static Err pack_import_post(struct req *req) {
    struct pack_clock clock;
    void *seats, *marks;
    int nseats, nmarks;
    struct rows rows;
    TRY(fields_read(req, clock_fields, &clock));
    TRY(list_read(req, "seats", pack_seat_fields, sizeof(struct pack_seat), SESSION_SEATS_MAX,
                  &seats, &nseats));
    TRY(list_read(req, "marks", pack_mark_fields, sizeof(struct pack_mark), PACK_MARKS_MAX, &marks,
                  &nmarks));
    const struct arg *args = ARGS(
        arg_text("pack", req_word(req, "pack")),
        arg_text("seats",
                 list_json(req->arena, pack_seat_fields, sizeof(struct pack_seat), seats, nseats)),
        arg_text("marks",
                 list_json(req->arena, pack_mark_fields, sizeof(struct pack_mark), marks, nmarks)),
        arg_int("clock", clock.clock));
    TRY(rows_judge(req, args));
    TRY(db_one(req->db, Q_PACK_IMPORT, args, &rows));
    view_text(req->view, "state", "imported");
    view_int(req->view, "seats", nseats);
    view_int(req->view, "marks", rows_int(&rows, 0, "given"));
    view_int(req->view, "void_rows", rows_int(&rows, 0, "void_rows"));
    return OK;
}

enum { CARRIES = ASSESSOR | PARTNER | OFFICER };

const struct route pack_routes[] = {
    {GET, "/sessions/:id/packs", packs_get, CARRIES | AUDITOR, "assessment/packs",
     .title = "Packs of a session"},
    {POST, "/sessions/:id/packs", pack_post, CARRIES, .then = "/sessions/:id/packs",
     .flags = ROUTE_API_ONLY, .title = "Make a pack to take a session where there is no network"},
    {POST, "/packs/:pack/import", pack_import_post, CARRIES, .then = "/sessions",
     .flags = ROUTE_API_ONLY, .title = "Bring a pack back, once"},
    {POST, "/packs/:pack/revoke", pack_revoke_post, CARRIES, .then = "/sessions/:session_id/packs",
     .title = "Revoke a pack"},
    ROUTE_END,
};

const struct reads pack_reads[] = {
    {pack_import_post, clock_fields, NULL, 0},
    {pack_import_post, pack_seat_fields, "seats", SESSION_SEATS_MAX},
    {pack_import_post, pack_mark_fields, "marks", PACK_MARKS_MAX},
    READS_END,
};

const struct shows pack_shows[] = {
    {packs_get, NULL, SHOWS_ROW, Q_SESSION_BY_ID, NULL, 0},
    {packs_get, "packs", SHOWS_ROWS, Q_PACK_LIST, NULL, 0},
    {pack_post, "pack", SHOWS_TEXT, 0, NULL, 0},
    {pack_post, "content", SHOWS_TEXT, 0, NULL, 0},
    {pack_post, "signature", SHOWS_TEXT, 0, NULL, 0},
    {pack_post, "kid", SHOWS_TEXT, 0, NULL, 0},
    {pack_post, "id", SHOWS_INT, 0, NULL, 0},
    {pack_import_post, "state", SHOWS_TEXT, 0, NULL, 0},
    {pack_import_post, "seats", SHOWS_INT, 0, NULL, 0},
    {pack_import_post, "marks", SHOWS_INT, 0, NULL, 0},
    {pack_import_post, "void_rows", SHOWS_INT, 0, NULL, 0},
    {pack_revoke_post, NULL, SHOWS_ROW, Q_PACK_REVOKE, NULL, 0},
    SHOWS_END,
};
