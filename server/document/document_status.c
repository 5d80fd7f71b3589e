/* Status lists and the server's own verifying. */
#include "../../lib/base/arena.h"
#include "../../lib/picture/picture.h"
#include "../../lib/sw1/act.h"
#include "../app.h"
#include "../db/db.h"
#include "../run/offload.h"
#include "document.h"
#include "paper.h"
#include "signer.h"

const char *status_list_uri(const struct document_desk *desk, int64_t list_no) {
    return arena_printf(desk->arena, "%s/.well-known/noria/status-%lld.cwt", desk->app->base_url,
                        (long long)list_no);
}

/* A list that is being signed, on a pool thread. */
struct signing {
    const struct document_desk *desk;
    const char *uri;
    const struct rows *entries;
    Err err;
    struct span bytes;
};

static void sign_list(void *arg) {
    struct signing *job = arg;
    struct arena *arena = job->desk->arena;
    uint8_t *packed = arena_alloc(arena, SW1_STATUS_PACKED);
    for (int i = 0; i < job->entries->count; i++) {
        sw1_status_set(packed, rows_int(job->entries, i, "idx"),
                       (enum sw1_status)rows_int(job->entries, i, "status"));
    }
    struct sw1_status_list list = {.uri = span_of(job->uri),
                                   .exp = job->desk->now + STATUS_EXP,
                                   .iat = job->desk->now,
                                   .ttl = STATUS_TTL,
                                   .packed = {(const char *)packed, SW1_STATUS_PACKED}};
    job->err =
        sw1_status_write(arena, &list, signer_status_key(job->desk->app->signer), &job->bytes);
}

Err status_list_bytes(const struct document_desk *desk, int64_t list_no, struct span *bytes) {
    const struct signer *signer = desk->app->signer;
    if (signer == NULL) {
        return ERR_UNAVAILABLE;
    }
    struct arg list = arg_int("list", list_no);
    struct rows rows;
    TRY(db_one(desk->db, Q_STATUS_VERSION, ARGS(list), &rows));
    int64_t version = rows_int(&rows, 0, "version");
    if (signer_status_get(signer, desk->arena, (int)list_no, version, desk->now, bytes)) {
        return OK;
    }
    /* Entries may be newer than the version read before them, never older. */
    TRY(db_run(desk->db, Q_STATUS_ENTRIES, ARGS(list), &rows));
    struct signing job = {.desk = desk, .uri = status_list_uri(desk, list_no), .entries = &rows};
    offload(sign_list, &job);
    TRY(job.err);
    signer_status_put(signer, (int)list_no, version, desk->now, job.bytes);
    *bytes = job.bytes;
    return OK;
}

struct verifying {
    const struct document_desk *desk;
    struct span text;
    struct span status; /* ptr NULL: none */
    struct sw1_answer *answer;
};

static void verify_text(void *arg) {
    const struct verifying *job = arg;
    struct arena *arena = job->desk->arena;
    struct sw1_verifier *verifier = signer_verifier(job->desk->app->signer, arena);
    if (job->status.ptr != NULL) {
        /* A list that is not taken shows as STATUS_MISSING. */
        (void)sw1_verifier_status(verifier, job->status);
    }
    sw1_verify(verifier, arena, job->text, job->desk->now, job->answer);
}

/* The number of our list that a text names, 0 when it names none of ours. Not yet verified: it only
 * chooses which list to fetch. */
static int64_t list_named(const struct document_desk *desk, struct span text) {
    struct sw1_claims claims;
    if (document_claims(desk->arena, text, &claims) != OK) {
        return 0;
    }
    for (int64_t list_no = 1; list_no <= SIGNER_LIST_MAX; list_no++) {
        if (span_is(claims.status_uri, status_list_uri(desk, list_no))) {
            return list_no;
        }
    }
    return 0;
}

Err document_verify(const struct document_desk *desk, struct span text, struct sw1_answer *answer) {
    struct verifying job = {.desk = desk, .text = text, .answer = answer};
    if (desk->app->signer == NULL) {
        return ERR_UNAVAILABLE;
    }
    int64_t list_no = list_named(desk, text);
    if (list_no > 0) {
        Err err = status_list_bytes(desk, list_no, &job.status);
        if (err != OK && err != ERR_NOT_FOUND) {
            return err;
        }
    }
    offload(verify_text, &job);
    return OK;
}

/* --- finding ------------------------------------------------------------------------------------
 */

struct reading {
    struct arena *arena;
    struct span bytes;
    Err err;
    struct qr_found found;
};

static void read_picture(void *arg) {
    struct reading *job = arg;
    struct picture picture;
    job->err = picture_read(job->arena, job->bytes, &picture);
    if (job->err == OK) {
        qr_scan(job->arena, &picture, &job->found);
    }
}

Err document_photo(const struct document_desk *desk, struct span bytes, struct span *text) {
    struct reading job = {.arena = desk->arena, .bytes = bytes};
    offload_heavy(read_picture, &job);
    if (job.err != OK) {
        return ERR_PICTURE;
    }
    if (job.found.count != 1) {
        return job.found.count == 0 ? ERR_NO_QR : ERR_SEVERAL_QR;
    }
    *text = job.found.text[0];
    return OK;
}

Err document_placement(const struct document_desk *desk, struct span cti, int64_t *placement) {
    struct rows rows;
    TRY(db_one(desk->db, Q_DOCUMENT_PLACEMENT, ARGS(arg_bytes("cti", cti.ptr, cti.len)), &rows));
    *placement = rows_int(&rows, 0, "placement_id");
    return OK;
}

Err document_sign_act(const struct document_desk *desk, const char *kind, struct span bytes,
                      struct span *signature) {
    return sw1_act_sign(desk->arena, signer_document_key(desk->app->signer), kind,
                        span_of(desk->app->issuer), desk->now, bytes, signature);
}
