/* held.c - one statement on a connection that is held for it. */
#include "own.h"

Err held_run(struct db *db, struct conn *conn, enum stmt stmt, const struct params *params,
             PGresult **result) {
    struct call call = {.stmt = stmt, .params = params};
    if (conn->state != CONN_UP) {
        return ERR_UNAVAILABLE;
    }
    conn_prepare(conn, Q_DB_ACT_AS, &call);
    conn_prepare(conn, stmt, &call);
    conn_send(conn, STEP_SET, Q_DB_ACT_AS, params_act_as(db), &call);
    conn_send(conn, STEP_CALL, stmt, params, &call);
    Err err = lane_finish(conn, &call, db->deadline);
    if (err != OK) {
        PQclear(call.result);
        return err;
    }
    *result = call.result;
    return OK;
}
