#include "privacy.h"

#include <stddef.h>

#include "../../lib/base/arena.h"
#include "../db/db.h"
#include "../run/job.h"

enum { CHUNK = 100, RUN_CHUNKS = 50, DAY = 86400 };

static const char *const kinds[] = {"access", "erasure", NULL};
static const char *const ways[] = {"passport", "document", "service", NULL};

const struct field privacy_fields[] = {
    {"kind", F_CHOICE, offsetof(struct privacy_form, kind), 0, 0, FIELD_REQUIRED, kinds,
     "What is asked for"},
    {"received_on", F_DATE, offsetof(struct privacy_form, received_on), 0, 0, FIELD_REQUIRED, NULL,
     "Received on"},
    {"identified", F_CHOICE, offsetof(struct privacy_form, identified), 0, 0, FIELD_REQUIRED, ways,
     "How it is known who asks"},
    FIELD_END,
};

const struct field privacy_answer_fields[] = {
    {"reason", F_TEXT, offsetof(struct privacy_answer, reason), 10, 500, FIELD_REQUIRED, NULL,
     "What the person is told"},
    FIELD_END,
};

const struct field privacy_limit_fields[] = {
    {"days", F_INT, offsetof(struct privacy_limit, days), 1, 36500, 0, NULL, "Days"},
    {"source", F_TEXT, offsetof(struct privacy_limit, source), 10, 300, FIELD_REQUIRED, NULL,
     "Source"},
    FIELD_END,
};

Err privacy_record(struct db *db, int64_t candidate, const struct privacy_form *form, int64_t *id) {
    struct rows rows;
    TRY(db_one(db, Q_PRIVACY_RECORD,
               ARGS(arg_int("candidate", candidate), arg_record(privacy_fields, form)), &rows));
    *id = rows_int(&rows, 0, "id");
    return OK;
}

Err privacy_decide(struct db *db, int64_t id, const char *reason, const char **state) {
    struct rows rows;
    TRY(db_one(db, Q_PRIVACY_DECIDE, ARGS(arg_int("id", id), arg_text("reason", reason)), &rows));
    *state = span_is(rows_span(&rows, 0, "state"), "done") ? "done" : "refused";
    return OK;
}

/* --- the purge ----------------------------------------------------------------------------------
 */

struct step {
    struct db *db;
    const struct purge *purge;
    struct purge next; /* when the transaction is committed */
};

static Err erase_chunk(void *arg) {
    struct step *step = arg;
    struct rows rows;
    TRY(db_one(step->db, Q_PURGE_WORKERS,
               ARGS(arg_int("after", step->purge->after), arg_int("most", CHUNK)), &rows));
    step->next = *step->purge;
    step->next.after = rows_int(&rows, 0, "last");
    step->next.erased += rows_int(&rows, 0, "erased");
    step->next.held += rows_int(&rows, 0, "held");
    return OK;
}

static Err purge_rest(void *arg) {
    struct step *step = arg;
    struct rows rows;
    TRY(db_one(step->db, Q_PURGE_REST, ARGS(), &rows));
    step->next.rest += rows_int(&rows, 0, "gone");
    step->next.ended = true;
    return OK;
}

Err purge_some(struct db *db, struct purge *purge) {
    struct step step = {db, purge, *purge};
    TRY(db_tx(db, NULL, erase_chunk, &step, NULL, NULL));
    *purge = step.next;
    if (purge->after == 0) {
        TRY(db_tx(db, NULL, purge_rest, &step, NULL, NULL));
        *purge = step.next;
    }
    return OK;
}

/* memory: the day that is done, and where the workers of this one are. */
Err privacy_purge(const struct job_desk *desk) {
    int64_t today = desk->now / DAY;
    struct purge purge = {.after = desk->memory[1]};
    for (int i = 0; desk->memory[0] != today && i < RUN_CHUNKS; i++) {
        TRY(purge_some(desk->db, &purge));
        desk->memory[1] = purge.after;
        if (purge.ended) {
            desk->memory[0] = today;
        }
    }
    return OK;
}
