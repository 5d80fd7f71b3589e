/* What anybody may ask: is this document genuine, and the lists to find that out alone. */
#include <string.h>

#include "../app.h"
#include "desk_web.h"
#include "signer.h"

/* --- the verify page
 * --------------------------------------------------------------------------------- */

static const char *stamp(struct arena *arena, int64_t seconds) {
    char day[DATE_TEXT];
    date_format((date)(seconds / 86400), day);
    return arena_strdup(arena, day);
}

static void show_claims(struct req *req, const struct sw1_claims *claims) {
    struct view *view = view_object(req->view, "claims");
    for (int i = 0; i < sw1_claims_rows(); i++) {
        struct sw1_shown shown;
        if (!sw1_claims_show(claims, i, &shown) || shown.binary) {
            continue;
        }
        if (shown.time) {
            view_text(view, shown.name, stamp(req->arena, shown.value));
        } else if (shown.day) {
            view_text(view, shown.name, stamp(req->arena, shown.value * 86400));
        } else if (shown.number) {
            view_int(view, shown.name, shown.value);
        } else {
            view_span(view, shown.name, shown.text);
        }
    }
}

static Err answer(struct req *req, struct span text) {
    struct document_desk desk = document_desk_of(req);
    struct sw1_answer answer;
    TRY(document_verify(&desk, text, &answer));
    view_text(req->view, "code", sw1_code_name(answer.code));
    view_bool(req->view, "valid", answer.code == SW1_VALID);
    view_int(req->view, "exit", sw1_code_exit(answer.code));
    if (answer.shown) {
        show_claims(req, &answer.claims);
    }
    return OK;
}

struct question {
    const char *text;
};
/* Longer than any document: the answer to a longer one is the verifier's TOO_LONG. */
static const struct field question_fields[] = {
    {"text", F_NOTE, offsetof(struct question, text), 1, 8000, FIELD_REQUIRED, NULL,
     "Text of the code"},
    FIELD_END,
};

static Err verify(struct req *req) {
    struct question question;
    TRY(req_ask(req));
    TRY(fields_read(req, question_fields, &question));
    return answer(req, span_of(question.text));
}

static Err verify_photo(struct req *req) {
    struct document_desk desk = document_desk_of(req);
    struct upload upload;
    struct span text;
    TRY(req_ask(req));
    TRY(req_upload(req, "photo", &upload));
    Err err = document_photo(&desk, upload.bytes, &text);
    return err == OK ? answer(req, text) : fault(&req->faults, "photo", err, NULL);
}

/* --- what verifiers fetch
 * ------------------------------------------------------------------------------ */

enum { MAX_AGE = 300 }; /* seconds */

static Err serve(struct req *req, const char *type, struct span bytes) {
    uint8_t digest[32];
    sw1_sha256(bytes, digest);
    req_bytes(req, type, bytes, NULL, text_hex(req->arena, digest, 8), MAX_AGE);
    return OK;
}

static Err root_key(struct req *req) {
    if (req->app->signer == NULL) {
        return ERR_UNAVAILABLE;
    }
    return serve(req, "application/cose-key", signer_root(req->app->signer));
}

static Err trust_list(struct req *req) {
    if (req->app->signer == NULL) {
        return ERR_UNAVAILABLE;
    }
    return serve(req, "application/cwt", signer_trust(req->app->signer));
}

/* "status-12.cwt" */
static bool list_number(const char *file, int64_t *number) {
    static const char before[] = "status-";
    static const char after[] = ".cwt";
    struct span name = span_of(file);
    size_t around = sizeof before - 1 + sizeof after - 1;
    if (name.len <= around || memcmp(name.ptr, before, sizeof before - 1) != 0 ||
        memcmp(name.ptr + name.len - (sizeof after - 1), after, sizeof after - 1) != 0) {
        return false;
    }
    struct span digits = {name.ptr + sizeof before - 1, name.len - around};
    return digits.ptr[0] != '0' && text_int(digits, number) && *number > 0 && *number < 1000;
}

static Err status_list(struct req *req) {
    struct document_desk desk = document_desk_of(req);
    int64_t number;
    struct span bytes;
    if (!list_number(req_word(req, "file"), &number)) {
        return ERR_NOT_FOUND;
    }
    TRY(status_list_bytes(&desk, number, &bytes));
    return serve(req, "application/statuslist+cwt", bytes);
}

const struct route verify_routes[] = {
    {GET, "/verify", req_form, PUBLIC, "document/verify", NULL, NULL, ROUTE_PAGE_ONLY,
     "Verify a document"},
    {POST, "/verify", verify, PUBLIC, "document/verify", NULL, "/verify", ROUTE_NO_TX,
     "Verify a document"},
    {POST, "/verify/photo", verify_photo, PUBLIC, "document/verify", NULL, "/verify",
     ROUTE_NO_TX | ROUTE_UPLOAD, "Verify a photo"},
    {GET, "/.well-known/noria/root.cosekey", root_key, PUBLIC, NULL, NULL, NULL, ROUTE_RAW,
     "Root key of the trust list"},
    {GET, "/.well-known/noria/trust.cwt", trust_list, PUBLIC, NULL, NULL, NULL, ROUTE_RAW,
     "Trust list"},
    {GET, "/.well-known/noria/:file", status_list, PUBLIC, NULL, NULL, NULL, ROUTE_RAW,
     "Status list"},
    ROUTE_END,
};

const struct reads verify_reads[] = {
    {verify, question_fields, NULL, 0},
    READS_END,
};

const struct shows verify_shows[] = {
    {verify, "code", SHOWS_TEXT, 0, NULL, 0},
    {verify, "valid", SHOWS_BOOL, 0, NULL, 0},
    {verify, "exit", SHOWS_INT, 0, NULL, 0},
    {verify, "claims", SHOWS_JSON, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.kind", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.iss", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.exp", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.nbf", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.iat", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.document_number", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.full_name", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.birth_date", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.gender", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.nationality", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.status_idx", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.status_uri", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.passport", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.employer", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.siret", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.commune", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.rome", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.first_day", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.last_day", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.authorisation", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.second_name", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.contract", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.campaign", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.places", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.wage", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify, "claims.clean_seasons", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "code", SHOWS_TEXT, 0, NULL, 0},
    {verify_photo, "valid", SHOWS_BOOL, 0, NULL, 0},
    {verify_photo, "exit", SHOWS_INT, 0, NULL, 0},
    {verify_photo, "claims", SHOWS_JSON, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.kind", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.iss", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.exp", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.nbf", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.iat", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.document_number", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.full_name", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.birth_date", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.gender", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.nationality", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.status_idx", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.status_uri", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.passport", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.employer", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.siret", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.commune", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.rome", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.first_day", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.last_day", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.authorisation", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.second_name", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.contract", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.campaign", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.places", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.wage", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {verify_photo, "claims.clean_seasons", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    SHOWS_END,
};
