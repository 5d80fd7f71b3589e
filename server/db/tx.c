/* tx.c - one transaction around an act, once only, tried again when it met another. */
#include "bulk.h"
#include "own.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/log.h"
#include "pgerr.h"

enum { TX_TRIES = 6 }; /* the first, and five more */

struct tx {
    struct conn *conn;
    const struct db_once *once; /* NULL when the act has no key */
    bool begun;
    Err failed; /* the first refusal: PostgreSQL takes nothing but ROLLBACK after it */
};

/* BEGIN, the actor and the key: in the same flush as the first statement. Statements are prepared
 * before, because each Parse comes with a Sync. */
static void send_frame(struct db *db, struct tx *tx, struct call *call) {
    if (tx->begun) {
        return;
    }
    struct conn *conn = tx->conn;
    conn_prepare(conn, Q_DB_BEGIN, call);
    conn_prepare(conn, Q_DB_ACT_AS, call);
    if (tx->once != NULL) {
        conn_prepare(conn, Q_DB_ONCE_BEGIN, call);
    }
    conn_send(conn, STEP_SET, Q_DB_BEGIN, NULL, call);
    conn_send(conn, STEP_SET, Q_DB_ACT_AS, params_act_as(db), call);
    if (tx->once != NULL) {
        conn_send(conn, STEP_SET, Q_DB_ONCE_BEGIN, params_once(db->arena, tx->once), call);
    }
    tx->begun = true;
}

/* The frame if it is still to come, `stmt`, and COMMIT when `last`. */
static Err send_group(struct db *db, struct tx *tx, enum stmt stmt, const struct params *params,
                      bool last, struct call *call) {
    struct conn *conn = tx->conn;
    if (conn->state != CONN_UP) {
        return ERR_UNAVAILABLE;
    }
    conn_prepare(conn, stmt, call);
    if (last) {
        conn_prepare(conn, Q_DB_COMMIT, call);
    }
    send_frame(db, tx, call);
    conn_send(conn, last ? STEP_SET : STEP_CALL, stmt, params, call);
    if (last && stmt != Q_DB_COMMIT) {
        conn_send(conn, STEP_CALL, Q_DB_COMMIT, NULL, call);
    }
    return lane_finish(conn, call, db->deadline);
}

Err tx_run(struct db *db, enum stmt stmt, const struct params *params, PGresult **result) {
    struct tx *tx = db->tx;
    if (tx->failed != OK) {
        return tx->failed;
    }
    struct call call = {.stmt = stmt, .params = params};
    tx->failed = send_group(db, tx, stmt, params, false, &call);
    if (tx->failed != OK) {
        PQclear(call.result);
        return tx->failed;
    }
    tx->failed = result_check(db, stmt, call.result);
    if (tx->failed == OK) {
        *result = call.result;
    }
    return tx->failed;
}

/* --- the end --------------------------------------------------------------------------------- */

/* Commits with the answer. Whatever breaks from here on leaves the outcome unknown. */
static Err commit(struct db *db, struct tx *tx, const struct db_answer *answer) {
    struct call call = {.stmt = Q_DB_COMMIT};
    if (!tx->begun && tx->once == NULL) {
        return OK; /* nothing was asked of the database */
    }
    if (tx->conn->state != CONN_UP) {
        return ERR_UNAVAILABLE;
    }
    tx->conn->warned = false;
    Err err = tx->once != NULL
                  ? send_group(db, tx, Q_DB_ONCE_END, params_once_end(db->arena, tx->once, answer),
                               true, &call)
                  : send_group(db, tx, Q_DB_COMMIT, NULL, false, &call);
    if (err != OK || tx->conn->warned) {
        PQclear(call.result);
        return ERR_OUTCOME_UNKNOWN;
    }
    bool rolled_back = strcmp(PQcmdStatus(call.result), "ROLLBACK") == 0;
    err = result_check(db, Q_DB_COMMIT, call.result);
    if (err != OK) {
        return err == ERR_UNAVAILABLE ? ERR_OUTCOME_UNKNOWN : err;
    }
    PQclear(call.result);
    tx->begun = false;
    return rolled_back ? ERR_INTERNAL : OK;
}

/* Goes out without waiting: the connection's next user comes behind it in the pipeline. */
static void roll_back(struct tx *tx) {
    if (!tx->begun || tx->conn->state != CONN_UP) {
        return;
    }
    conn_prepare(tx->conn, Q_DB_ROLLBACK, NULL);
    conn_send(tx->conn, STEP_SET, Q_DB_ROLLBACK, NULL, NULL);
    conn_sync(tx->conn, NULL);
}

/* The answer stored under the key: OK, ERR_NOT_FOUND or ERR_IDEMPOTENCY_MISMATCH. */
static Err stored_answer(struct db *db, struct conn *conn, const struct db_once *once,
                         struct db_answer *answer) {
    PGresult *result = NULL;
    struct rows rows;
    TRY(held_run(db, conn, Q_DB_ONCE_ANSWER, params_once(db->arena, once), &result));
    TRY(result_check(db, Q_DB_ONCE_ANSWER, result));
    rows_of(db->arena, result, &rows);
    if (rows.count == 0) {
        return ERR_NOT_FOUND;
    }
    if (!rows_bool(&rows, 0, "same")) {
        return ERR_IDEMPOTENCY_MISMATCH;
    }
    answer->status = (int)rows_int(&rows, 0, "status");
    answer->location = rows_text(&rows, db->arena, 0, "location");
    answer->body = rows_text(&rows, db->arena, 0, "body");
    return OK;
}

Err db_stored(struct db *db, const struct db_once *once, struct db_answer *answer) {
    struct conn *conn = NULL;
    TRY(lane_hold(&db->pool->lanes[db->actor.class][LANE_WRITE], db->deadline, &conn));
    Err err = stored_answer(db, conn, once, answer);
    lane_release(conn);
    return err;
}

/* After a refusal: a request with the same key may have been done, also while this one ran and was
 * refused for that very reason. */
static Err replay(struct db *db, struct tx *tx, Err err, struct db_answer *answer, bool *replayed) {
    if (tx->once == NULL || err == ERR_SERIALIZATION || err == ERR_OUTCOME_UNKNOWN) {
        return err;
    }
    if (tx->conn->state != CONN_UP) {
        return err == ERR_IDEMPOTENCY_REPLAY ? ERR_UNAVAILABLE : err;
    }
    Err stored = stored_answer(db, tx->conn, tx->once, answer);
    if (stored == ERR_NOT_FOUND) { /* a replay of what was then rolled back: try again */
        return err == ERR_IDEMPOTENCY_REPLAY ? ERR_SERIALIZATION : err;
    }
    *replayed = stored == OK;
    return stored; /* when it cannot be told, the refusal is not the last word either */
}

static Err attempt(struct db *db, const struct db_once *once, Err (*act)(void *arg), void *arg,
                   struct db_answer *answer, bool *replayed) {
    struct tx tx = {.once = once};
    size_t faults = db->faults == NULL ? 0 : db->faults->count;
    TRY(lane_hold(&db->pool->lanes[db->actor.class][LANE_WRITE], db->deadline, &tx.conn));
    db->tx = &tx;
    Err err = act(arg);
    db->tx = NULL;
    err = tx.failed != OK ? tx.failed : err;
    if (err == OK) {
        err = commit(db, &tx, answer);
    }
    if (err != OK) {
        roll_back(&tx);
        err = replay(db, &tx, err, answer, replayed);
    }
    lane_release(tx.conn);
    if (db->faults != NULL && (err == OK || err == ERR_SERIALIZATION)) {
        db->faults->count = faults; /* they belong to a try that did not count */
    }
    return err;
}

/* Grows from about 5 ms, and differs between the two that met. */
static int64_t back_off(int tries) {
    unsigned noise = (unsigned)(uv_hrtime() >> 10);
    return (5 << tries) + (int64_t)(noise % (5U << tries));
}

Err db_tx(struct db *db, const struct db_once *once, Err (*act)(void *arg), void *arg,
          struct db_answer *answer, bool *replayed) {
    struct db_answer ignored = {200, NULL, NULL};
    bool repeated = false;
    if (db->tx != NULL) {
        LOG(LOG_ERROR, "nested_transaction");
        return ERR_INTERNAL;
    }
    once = once != NULL && once->key != NULL ? once : NULL;
    answer = answer != NULL ? answer : &ignored;
    db->pool->stats.transactions++;
    Err err = attempt(db, once, act, arg, answer, &repeated);
    for (int tries = 1; err == ERR_SERIALIZATION && tries < TX_TRIES; tries++) {
        db->pool->stats.retries++;
        task_sleep(back_off(tries));
        err = attempt(db, once, act, arg, answer, &repeated);
    }
    if (replayed != NULL) {
        *replayed = repeated;
    }
    return err;
}
