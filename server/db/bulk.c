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
    bool copying;
    struct buf line; /* rows of COPY's text format, not yet sent */
};

/* Rows are sent in pieces of about this many bytes. */
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

static Err run(struct bulk *bulk, enum stmt stmt, const struct params *params, PGresult **out) {
    if (bulk->pg == NULL) {
        return ERR_UNAVAILABLE;
    }
    const struct stmt_info *info = &stmt_table[stmt];
    PGresult *result = params == NULL || params->count == 0
                           ? PQexecParams(bulk->pg, info->text, 0, NULL, NULL, NULL, NULL, 0)
                           : PQexecParams(bulk->pg, info->text, params->count, NULL,
                                          (const char *const *)params->values, params->lengths,
                                          params->formats, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COPY_IN) {
        PQclear(result);
        return OK;
    }
    TRY(result_check(bulk->db, stmt, result));
    if (out != NULL) {
        *out = result;
    } else {
        PQclear(result);
    }
    return OK;
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
    buf_init(&bulk->line, db->arena, PIECE + PIECE / 4);
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

/* --- COPY ---------------------------------------------------------------------------------------
 */

Err bulk_copy_begin(struct bulk *bulk, enum stmt stmt) {
    TRY(run(bulk, stmt, NULL, NULL));
    bulk->copying = true;
    return OK;
}

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

static Err send_piece(struct bulk *bulk) {
    int sent = PQputCopyData(bulk->pg, bulk->line.ptr, (int)bulk->line.len);
    bulk->line.len = 0;
    return sent == 1 ? OK : ERR_UNAVAILABLE;
}

Err bulk_copy_row(struct bulk *bulk, const struct span *values, int count) {
    for (int i = 0; i < count; i++) {
        if (i > 0) {
            buf_char(&bulk->line, '\t');
        }
        add_value(&bulk->line, values[i]);
    }
    buf_char(&bulk->line, '\n');
    return bulk->line.len >= PIECE ? send_piece(bulk) : OK;
}

Err bulk_copy_end(struct bulk *bulk) {
    bulk->copying = false;
    if (bulk->line.len > 0) {
        TRY(send_piece(bulk));
    }
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
