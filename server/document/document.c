#include "document.h"

#include "../../lib/base/arena.h"
#include "../app.h"
#include "../candidate/candidate.h"
#include "../db/db.h"
#include "draft.h"
#include "paper.h"
#include "signer.h"

/* A list takes documents until 700,000 of its 1,048,576 indexes are taken (document_list): then a
 * draw misses two times of three, eight draws 4 times of 100, these once in 10^11. */
enum { DRAWS_MAX = 64 };

/* Writes the row; `*id` is 0 when the index was taken. */
static Err insert_person(struct draft *draft, int64_t placement, int64_t *id) {
    struct rows done;
    TRY(db_run(draft->desk->db, Q_DOCUMENT_ISSUE,
               ARGS(arg_int("placement", placement), arg_int("kind", draft->kind),
                    arg_bytes("cti", draft->cti, SW1_CTI), arg_text("number", draft->number),
                    arg_int("list_no", draft->list_no), arg_int("idx", draft->claims.status_idx),
                    arg_bytes("sealed", draft->sealed.ptr, draft->sealed.len),
                    arg_int("iat", draft->claims.iat), arg_int("exp", draft->claims.exp)),
               &done));
    *id = done.count == 1 ? rows_int(&done, 0, "id") : 0;
    return OK;
}

/* A draft that does not fit is refused with the name of the claim. */
static Err told(const struct draft *draft, Err err) {
    return err == ERR_DOCUMENT_CLAIMS && draft->wrong != NULL
               ? fault(db_faults(draft->desk->db), "", err, draft->wrong)
               : err;
}

/* The list that takes new documents. A server without keys (NORIA_KEYS) issues nothing. */
Err document_list_open(const struct document_desk *desk, int64_t *list_no) {
    struct rows rows;
    if (desk->app->signer == NULL || desk->app->seal == NULL) {
        return ERR_UNAVAILABLE;
    }
    TRY(db_one(desk->db, Q_DOCUMENT_SLOT, ARGS(), &rows));
    *list_no = rows_int(&rows, 0, "list_no");
    return OK;
}

/* What is signed about the worker of a placement: checked, drafted, the former withdrawn, kept. An
 * index that is taken is drawn again. */
static Err issue_person(const struct document_desk *desk, enum stmt check, enum sw1_kind kind,
                        int64_t placement, int64_t *id) {
    struct arg which = arg_int("placement", placement);
    struct rows subject;
    struct rows countries;
    struct draft draft = {.desk = desk, .rows = &subject, .countries = &countries, .kind = kind};
    TRY(db_run(desk->db, check, ARGS(which), NULL));
    TRY(db_one(desk->db, Q_DOCUMENT_SUBJECT, ARGS(which, arg_int("kind", kind)), &subject));
    TRY(db_run(desk->db, Q_DOCUMENT_COUNTRIES, ARGS(), &countries));
    TRY(document_list_open(desk, &draft.list_no));
    TRY(db_run(desk->db, Q_DOCUMENT_SUPERSEDE, ARGS(which, arg_int("kind", kind)), NULL));
    for (int turn = 0; turn < DRAWS_MAX; turn++) {
        TRY(told(&draft, draft_person(&draft)));
        TRY(insert_person(&draft, placement, id));
        if (*id != 0) {
            return OK;
        }
    }
    return ERR_UNAVAILABLE;
}

Err document_issue(const struct document_desk *desk, int64_t placement, int64_t *id) {
    return issue_person(desk, Q_DOCUMENT_CHECK, SW1_WORKER, placement, id);
}

Err record_issue(const struct document_desk *desk, int64_t placement, int64_t *id) {
    return issue_person(desk, Q_RECORD_CHECK, SW1_RECORD, placement, id);
}

/* --- contract notices
 * -------------------------------------------------------------------------------- */

static Err insert_notice(struct draft *draft, int64_t contract, int64_t *id) {
    struct rows done;
    TRY(db_run(draft->desk->db, Q_NOTICE_ISSUE,
               ARGS(arg_int("contract", contract), arg_bytes("cti", draft->cti, SW1_CTI),
                    arg_text("number", draft->number), arg_int("list_no", draft->list_no),
                    arg_int("idx", draft->claims.status_idx), arg_span("text", draft->text),
                    arg_int("iat", draft->claims.iat), arg_int("exp", draft->claims.exp)),
               &done));
    *id = done.count == 1 ? rows_int(&done, 0, "id") : 0;
    return OK;
}

Err notice_issue(const struct document_desk *desk, int64_t contract, int64_t *id) {
    struct arg which = arg_int("contract", contract);
    struct rows subject;
    struct draft draft = {.desk = desk, .rows = &subject, .kind = SW1_NOTICE};
    TRY(db_run(desk->db, Q_NOTICE_CHECK, ARGS(which), NULL));
    TRY(db_one(desk->db, Q_NOTICE_SUBJECT, ARGS(which), &subject));
    TRY(document_list_open(desk, &draft.list_no));
    TRY(db_run(desk->db, Q_NOTICE_SUPERSEDE, ARGS(which), NULL));
    for (int turn = 0; turn < DRAWS_MAX; turn++) {
        TRY(told(&draft, draft_notice(&draft)));
        TRY(insert_notice(&draft, contract, id));
        if (*id != 0) {
            return OK;
        }
    }
    return ERR_UNAVAILABLE;
}

/* --- showing
 * ------------------------------------------------------------------------------------------ */

Err document_text(const struct document_desk *desk, int64_t id, const char *reason,
                  struct span *text, const char **number) {
    struct rows rows;
    if (desk->app->seal == NULL) {
        return ERR_UNAVAILABLE;
    }
    bool employer = db_actor(desk->db)->class == DB_EMPLOYER;
    if (employer) {
        TRY(db_one(desk->db, Q_DOCUMENT_NOTICE_TEXT, ARGS(arg_int("id", id)), &rows));
    } else {
        TRY(db_one(desk->db, Q_DOCUMENT_TEXT, ARGS(arg_int("id", id), arg_text("reason", reason)),
                   &rows));
    }
    *number = rows_text(&rows, desk->arena, 0, "number");
    if (rows_int(&rows, 0, "kind") == SW1_NOTICE) {
        *text = rows_span(&rows, 0, "text");
        return OK;
    }
    return document_open(desk->app->seal, desk->arena, &rows, 0, text);
}

Err document_paper(const struct document_desk *desk, int64_t id, const char *number,
                   struct paper *paper) {
    struct rows rows;
    TRY(db_one(desk->db, Q_DOCUMENT_PAPER, ARGS(arg_int("id", id)), &rows));
    *paper = document_paper_of(desk, &rows, 0, number);
    return OK;
}

struct paper document_paper_of(const struct document_desk *desk, const struct rows *rows, int row,
                               const char *number) {
    return (struct paper){.number = number,
                          .commune_name = rows_text(rows, desk->arena, row, "commune_name"),
                          .rome_title = rows_text(rows, desk->arena, row, "rome_title"),
                          .return_due = rows_date(rows, row, "return_due"),
                          .base_url = desk->app->base_url,
                          .second = rows_text(rows, desk->arena, row, "second")};
}

const struct sw1_key *document_key(const struct app *app) {
    return app->signer == NULL ? NULL : signer_document_key(app->signer);
}
