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
    struct buf lines;  /* rows in COPY's binary format, not yet sent */
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
    TRY(run(bulk, Q_DB_ACT_AS, params_act_as(db), NULL));
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

/* COPY's binary format: PostgreSQL 15 manual, COPY, "Binary Format". Values are as the types'
 * receive functions take them, numbers in network order. */
static const char copy_head[] =
    "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* signature, flags, extension */
static const char copy_tail[2] = {'\377', '\377'};

enum { TEXT_OID = 25, DATE_EPOCH = 10957 /* 2000-01-01, where PostgreSQL counts days from */ };

static void add_number(struct buf *line, int64_t value, int bytes) {
    char out[8];
    for (int i = 0; i < bytes; i++) {
        out[i] = (char)((uint64_t)value >> (8 * (bytes - 1 - i)));
    }
    buf_add(line, out, (size_t)bytes);
}

static void add_null(struct buf *line) {
    add_number(line, -1, 4);
}

/* A value of so many bytes, its length before it. */
static void add_fixed(struct buf *line, int64_t value, int bytes) {
    add_number(line, bytes, 4);
    add_number(line, value, bytes);
}

void bulk_copy_row(struct bulk *bulk, int columns) {
    if (bulk->lines.len == 0) {
        buf_add(&bulk->lines, copy_head, sizeof(copy_head)); /* with its last NUL */
    }
    add_number(&bulk->lines, columns, 2);
}

void bulk_put(struct bulk *bulk, struct span value) {
    if (value.ptr == NULL) {
        add_null(&bulk->lines);
        return;
    }
    add_number(&bulk->lines, (int64_t)value.len, 4);
    buf_add(&bulk->lines, value.ptr, value.len);
}

void bulk_put_text(struct bulk *bulk, const char *text) {
    bulk_put(bulk, span_of(text));
}

/* The next word of "{a,\"b c\"}"; false at its end. */
static bool next_word(const char **at, struct span *word) {
    if (**at == '}' || **at == '\0') {
        return false;
    }
    bool quoted = **at == '"';
    word->ptr = *at + (quoted ? 1 : 0);
    word->len = strcspn(word->ptr, quoted ? "\"" : ",}");
    *at = word->ptr + word->len + (quoted ? 1 : 0);
    *at += **at == ',' ? 1 : 0;
    return true;
}

void bulk_put_words(struct bulk *bulk, const char *array) {
    struct buf *line = &bulk->lines;
    struct span word;
    int count = 0;
    size_t bytes = 0;
    if (array == NULL) {
        add_null(line);
        return;
    }
    for (const char *at = array + 1; next_word(&at, &word); count++) {
        bytes += 4 + word.len;
    }
    add_number(line, (int64_t)(bytes + (count == 0 ? 12 : 20)), 4);
    add_number(line, count == 0 ? 0 : 1, 4); /* dimensions */
    add_number(line, 0, 4);                  /* no NULLs */
    add_number(line, TEXT_OID, 4);
    if (count > 0) {
        add_number(line, count, 4);
        add_number(line, 1, 4); /* subscripts begin at one */
    }
    for (const char *at = array + 1; next_word(&at, &word);) {
        bulk_put(bulk, word);
    }
}

void bulk_put_bigint(struct bulk *bulk, int64_t value) {
    if (value == FIELD_NONE) {
        add_null(&bulk->lines);
    } else {
        add_fixed(&bulk->lines, value, 8);
    }
}

void bulk_put_int(struct bulk *bulk, int32_t value) {
    add_fixed(&bulk->lines, value, 4);
}

void bulk_put_bool(struct bulk *bulk, bool value) {
    add_fixed(&bulk->lines, value ? 1 : 0, 1);
}

void bulk_put_date(struct bulk *bulk, date value) {
    if (value == DATE_NONE) {
        add_null(&bulk->lines);
    } else {
        add_fixed(&bulk->lines, value - DATE_EPOCH, 4);
    }
}

Err bulk_copy(struct bulk *bulk, enum stmt stmt) {
    TRY(run(bulk, stmt, NULL, NULL));
    buf_add(&bulk->lines, copy_tail, sizeof(copy_tail));
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
