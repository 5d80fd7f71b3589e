/* run.c - one statement: which connection it goes to, and what comes back. */
#include "own.h"

#include "pgerr.h"

enum { WRITE_TRIES = 5 };

/* Classes under row-level security, and whatever reads the actor's settings: these travel with the
 * statement. OFII's and the system's reads see all rows and go without (a quarter faster). */
static bool needs_actor(const struct db *db, enum stmt stmt) {
    if ((stmt_table[stmt].flags & STMT_ACTOR) != 0) {
        return true;
    }
    switch (db->actor.class) {
    case DB_EMPLOYER:
    case DB_PARTNER:
        return true;
    case DB_PUBLIC:
        return db->actor.account != 0 || db->actor.org != 0;
    case DB_OFII:
    case DB_SYSTEM:
    case DB_CLASSES:
        break;
    }
    return false;
}

static Err read_once(struct db *db, enum stmt stmt, const struct params *params,
                     PGresult **result) {
    struct call call = {.stmt = stmt, .params = params};
    if (needs_actor(db, stmt)) {
        call.act_as = params_act_as(db);
    }
    Err err = lane_read(&db->pool->lanes[db->actor.class][LANE_READ], &call, db->deadline);
    if (err != OK) {
        PQclear(call.result);
        return err;
    }
    *result = call.result;
    return OK;
}

static bool met_another(const PGresult *result) {
    return pgerr_is(result, "40001") || pgerr_is(result, "40P01");
}

/* A write outside any transaction: atomic by itself. Once it was sent, a broken connection leaves
 * its outcome unknown. */
static Err write_once(struct db *db, enum stmt stmt, const struct params *params,
                      PGresult **result) {
    struct conn *conn = NULL;
    TRY(lane_hold(&db->pool->lanes[db->actor.class][LANE_WRITE], db->deadline, &conn));
    bool was_up = conn->state == CONN_UP;
    conn->warned = false;
    PGresult *got = NULL;
    Err err = held_run(db, conn, stmt, params, &got);
    for (int tries = 1; err == OK && met_another(got) && tries < WRITE_TRIES; tries++) {
        PQclear(got);
        task_sleep(2 << tries);
        db->pool->stats.retries++;
        err = held_run(db, conn, stmt, params, &got);
    }
    bool lost = (err != OK && was_up) || (err == OK && (conn->warned || pgerr_is(got, "57P01")));
    lane_release(conn);
    if (lost) {
        PQclear(err == OK ? got : NULL);
        return ERR_OUTCOME_UNKNOWN;
    }
    TRY(err);
    *result = got;
    return OK;
}

static Err slow_once(struct db *db, enum stmt stmt, const struct params *params,
                     PGresult **result) {
    struct conn *conn = NULL;
    TRY(lane_hold(&db->pool->lanes[db->actor.class][LANE_SLOW], db->deadline, &conn));
    Err err = held_run(db, conn, stmt, params, result);
    lane_release(conn);
    return err;
}

static Err fetch(struct db *db, enum stmt stmt, const struct params *params, bool slow,
                 PGresult **result) {
    struct pool *pool = db->pool;
    pool->stats.queries++;
    if (db->tx != NULL) {
        return tx_run(db, stmt, params, result);
    }
    bool writes = (stmt_table[stmt].flags & STMT_WRITES) != 0 || pool->writes[stmt];
    if (!writes) {
        TRY(slow ? slow_once(db, stmt, params, result) : read_once(db, stmt, params, result));
        if (!pgerr_is(*result, "25006")) { /* read_only_sql_transaction */
            return OK;
        }
        PQclear(*result); /* a SELECT of a function that writes: read lanes are read-only */
        pool->writes[stmt] = true;
    }
    return write_once(db, stmt, params, result);
}

static Err run(struct db *db, enum stmt stmt, const struct arg *args, bool slow, bool single,
               struct rows *rows) {
    const struct params *params = NULL;
    PGresult *result = NULL;
    TRY(params_of(db->arena, stmt, args, &params));
    TRY(fetch(db, stmt, params, slow, &result));
    if (db->tx == NULL) {
        TRY(result_check(db, stmt, result));
    }
    struct rows all;
    rows_of(db->arena, result, &all);
    if (single && all.count != 1) {
        return ERR_NOT_FOUND;
    }
    if (rows != NULL) {
        *rows = all;
    }
    return OK;
}

Err db_run(struct db *db, enum stmt stmt, const struct arg *args, struct rows *rows) {
    return run(db, stmt, args, false, false, rows);
}

Err db_one(struct db *db, enum stmt stmt, const struct arg *args, struct rows *rows) {
    return run(db, stmt, args, false, true, rows);
}

Err db_check(struct db *db, Err so_far, enum stmt stmt, const struct arg *args) {
    struct rows rows;
    TRY(db_run(db, stmt, args, &rows));
    for (int i = 0; i < rows.count; i++) {
        Err err = err_by_code(rows_text(&rows, db->arena, i, "code"));
        (void)fault(db_faults(db), rows_text(&rows, db->arena, i, "field"),
                    err == ERR_COUNT ? ERR_INTERNAL : err,
                    rows_text(&rows, db->arena, i, "detail"));
    }
    return err_first(so_far, faults_err(db_faults(db)));
}

Err db_slow(struct db *db, enum stmt stmt, const struct arg *args, struct rows *rows) {
    return run(db, stmt, args, true, false, rows);
}
