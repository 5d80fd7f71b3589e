#include "own.h"

#include "../../lib/base/arena.h"
#include "../candidate/candidate.h"
#include "../db/db.h"

struct question {
    struct db *db;
    struct arena *arena;
    const struct seal *seal;
    struct span cti;
    date expires;
    bool known;
    struct rows looks;
};

static bool is_his(const struct question *asked, const struct rows *found) {
    struct span sealed = rows_bytes(found, asked->arena, 0, "sealed");
    struct identity who;
    return sealed.ptr != NULL &&
           identity_unseal(asked->seal, asked->arena, rows_int(found, 0, "worker_id"),
                           rows_bytes(found, asked->arena, 0, "wrapped"), sealed, &who) == OK &&
           who.document_expires != DATE_NONE && who.document_expires == asked->expires;
}

static Err ask(void *arg) {
    struct question *asked = arg;
    struct rows found;
    TRY(db_one(asked->db, Q_OWN_FILE_TRY, ARGS(arg_bytes("cti", asked->cti.ptr, asked->cti.len)),
               &found));
    asked->known = is_his(asked, &found);
    return db_run(asked->db, Q_OWN_FILE_ANSWER,
                  ARGS(arg_int("worker", rows_int(&found, 0, "worker_id")),
                       arg_int("candidate", rows_int(&found, 0, "candidate_id")),
                       arg_bool("correct", asked->known)),
                  &asked->looks);
}

Err own_file(struct db *db, struct arena *arena, const struct seal *seal, struct span cti,
             date expires, bool *known, struct rows *looks) {
    struct question asked = {
        .db = db, .arena = arena, .seal = seal, .cti = cti, .expires = expires};
    TRY(db_tx(db, NULL, ask, &asked, NULL, NULL));
    *known = asked.known;
    *looks = asked.looks;
    return OK;
}
