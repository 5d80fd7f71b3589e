/* bulk.c - COPY and its transaction on a connection of its own, from a pool thread. Blocking calls:
 * COPY cannot travel in a pipeline, and a large import shall not share a lane. */
#include "bulk.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/log.h"
#include "direct.h"
#include "pgerr.h"

struct bulk {
    struct db *db;
    const struct db_once *once; /* NULL when there is no key */
    PGconn *pg;
    bool warned;
    enum stmt started; /* by bulk_start() */
    struct buf lines;  /* rows in COPY's text format, not yet sent */
};

/* What is sent at a time, and the room that the first rows get. */
enum { PIECE = 64 * 1024 };

struct bulk *bulk_new(struct db *db, const struct db_once *once) {
    struct bulk *bulk = ARENA_NEW(db->arena, struct bulk);
    bulk->db = db;
    bulk->once = once != NULL && once->key != NULL ? once : NULL;
    return bulk;
}

static void on_notice(void *arg, const PGresult *notice) {
    struct bulk *bulk = arg;
    if (pgerr_is(notice, "01000") || pgerr_is(notice, "57P01")) {
        bulk->warned = true;
    }
}

static Err start(struct bulk *bulk, enum stmt stmt, const struct params *params) {
    static const struct params none;
    const struct params *p = params == NULL ? &none : params;
    bulk->started = stmt;
    bool sent = bulk->pg != NULL &&
                PQsendQueryParams(bulk->pg, stmt_table[stmt].text, p->count, NULL,
                                  (const char *const *)p->values, p->lengths, p->formats, 0) == 1;
    return sent ? OK : ERR_UNAVAILABLE;
}

/* The only result of what was started. */
static Err finish(struct bulk *bulk, PGresult **out) {
    PGresult *result = PQgetResult(bulk->pg);
    if (PQresultStatus(result) == PGRES_COPY_IN) {
        PQclear(result);
        return OK;
    }
    for (PGresult *more = PQgetResult(bulk->pg); more != NULL; more = PQgetResult(bulk->pg)) {
        PQclear(more);
    }
    TRY(result_check(bulk->db, bulk->started, result));
    if (out != NULL) {
        *out = result;
    } else {
        PQclear(result);
    }
    return OK;
}

static Err run(struct bulk *bulk, enum stmt stmt, const struct params *params, PGresult **out) {
    TRY(start(bulk, stmt, params));
    return finish(bulk, out);
}

static Err begin(struct bulk *bulk) {
    struct db *db = bulk->db;
    TRY(run(bulk, Q_DB_BEGIN, NULL, NULL));
    TRY(run(bulk, Q_DB_ACT_AS, params_act_as(db->arena, &db->actor, clock_today(db->pool->clock)),
            NULL));
    return bulk->once == NULL
               ? OK
               : run(bulk, Q_DB_ONCE_BEGIN, params_once(db->arena, bulk->once), NULL);
}

Err bulk_begin(struct bulk *bulk) {
    struct db *db = bulk->db;
    TRY(direct_open_class(db->pool->url, db->pool->password, db->actor.class, LANES, &bulk->pg));
    PQsetNoticeReceiver(bulk->pg, on_notice, bulk);
    buf_init(&bulk->lines, db->arena, PIECE);
    Err err = begin(bulk);
    if (err != OK) {
        bulk_abort(bulk);
    }
    return err;
}

Err bulk_run(struct bulk *bulk, enum stmt stmt, const struct arg *args, struct rows *rows) {
    const struct params *params = NULL;
    PGresult *result = NULL;
    TRY(params_of(bulk->db->arena, stmt, args, &params));
    TRY(run(bulk, stmt, params, &result));
    rows_of(bulk->db->arena, result, rows);
    return OK;
}

Err bulk_start(struct bulk *bulk, enum stmt stmt, const struct arg *args) {
    const struct params *params = NULL;
    TRY(params_of(bulk->db->arena, stmt, args, &params));
    return start(bulk, stmt, params);
}

Err bulk_wait(struct bulk *bulk, struct rows *rows) {
    PGresult *result = NULL;
    TRY(finish(bulk, &result));
    rows_of(bulk->db->arena, result, rows);
    return OK;
}

/* --- COPY ---------------------------------------------------------------------------------------
 */

/* COPY's text format: PostgreSQL 15 manual, COPY, "Text Format". */
static void add_value(struct buf *line, struct span value) {
    if (value.ptr == NULL) {
        buf_text(line, "\\N");
        return;
    }
    size_t from = 0;
    for (size_t i = 0; i < value.len; i++) {
        const char *escape = NULL;
        switch (value.ptr[i]) {
        case '\\':
            escape = "\\\\";
            break;
        case '\t':
            escape = "\\t";
            break;
        case '\n':
            escape = "\\n";
            break;
        case '\r':
            escape = "\\r";
            break;
        default:
            continue;
        }
        buf_add(line, value.ptr + from, i - from);
        buf_text(line, escape);
        from = i + 1;
    }
    buf_add(line, value.ptr + from, value.len - from);
}

void bulk_copy_row(struct bulk *bulk, const struct span *values, int count) {
    for (int i = 0; i < count; i++) {
        if (i > 0) {
            buf_char(&bulk->lines, '\t');
        }
        add_value(&bulk->lines, values[i]);
    }
    buf_char(&bulk->lines, '\n');
}

Err bulk_copy(struct bulk *bulk, enum stmt stmt) {
    TRY(run(bulk, stmt, NULL, NULL));
    for (size_t at = 0; at < bulk->lines.len; at += PIECE) {
        size_t size = bulk->lines.len - at < PIECE ? bulk->lines.len - at : PIECE;
        if (PQputCopyData(bulk->pg, bulk->lines.ptr + at, (int)size) != 1) {
            return ERR_UNAVAILABLE;
        }
    }
    bulk->lines.len = 0;
    if (PQputCopyEnd(bulk->pg, NULL) != 1) {
        return ERR_UNAVAILABLE;
    }
    Err err = OK;
    for (PGresult *result = PQgetResult(bulk->pg); result != NULL; result = PQgetResult(bulk->pg)) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK && err == OK) {
            err = pgerr(result, bulk->db->faults);
        }
        PQclear(result);
    }
    return err;
}

/* --- the end ------------------------------------------------------------------------------------
 */

void bulk_abort(struct bulk *bulk) {
    PQfinish(bulk->pg); /* the server rolls back */
    bulk->pg = NULL;
}

static Err commit(struct bulk *bulk) {
    PGresult *result = NULL;
    bulk->warned = false;
    Err err = run(bulk, Q_DB_COMMIT, NULL, &result);
    if (err == ERR_UNAVAILABLE || PQstatus(bulk->pg) != CONNECTION_OK || bulk->warned) {
        PQclear(result);
        return ERR_OUTCOME_UNKNOWN;
    }
    TRY(err);
    bool rolled_back = strcmp(PQcmdStatus(result), "ROLLBACK") == 0;
    PQclear(result);
    return rolled_back ? ERR_INTERNAL : OK;
}

Err bulk_commit(struct bulk *bulk, const struct db_answer *answer) {
    Err err = OK;
    if (bulk->once != NULL) {
        err = run(bulk, Q_DB_ONCE_END, params_once_end(bulk->db->arena, bulk->once, answer), NULL);
    }
    if (err == OK) {
        err = commit(bulk);
    }
    bulk_abort(bulk);
    return err;
}
