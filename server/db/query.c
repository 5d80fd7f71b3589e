/* query.c - arguments to parameters, results to rows. */
#include "own.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/log.h"
#include "pgerr.h"

enum { ONCE_HASH = 32 }; /* SHA-256 */

#define CONSTRUCT(name_, kind_, number_, ptr_, size_, fields_)                                     \
    ((struct arg){(name_), (kind_), (number_), (ptr_), (size_), (fields_)})

struct arg arg_null(const char *name) {
    return CONSTRUCT(name, ARG_NULL, 0, NULL, 0, NULL);
}

struct arg arg_text(const char *name, const char *text) {
    return arg_span(name, span_of(text));
}

struct arg arg_span(const char *name, struct span text) {
    return CONSTRUCT(name, text.ptr == NULL ? ARG_NULL : ARG_TEXT, 0, text.ptr, text.len, NULL);
}

struct arg arg_int(const char *name, int64_t value) {
    return CONSTRUCT(name, value == FIELD_NONE ? ARG_NULL : ARG_INT, value, NULL, 0, NULL);
}

struct arg arg_bool(const char *name, bool value) {
    return CONSTRUCT(name, ARG_BOOL, value, NULL, 0, NULL);
}

struct arg arg_date(const char *name, date value) {
    return CONSTRUCT(name, value == DATE_NONE ? ARG_NULL : ARG_DATE, value, NULL, 0, NULL);
}

struct arg arg_bytes(const char *name, const void *bytes, size_t size) {
    return CONSTRUCT(name, bytes == NULL ? ARG_NULL : ARG_BYTES, 0, bytes, size, NULL);
}

struct arg arg_record(const struct field *fields, const void *record) {
    return CONSTRUCT("", ARG_RECORD, 0, record, 0, fields);
}

/* --- parameters ------------------------------------------------------------------------------ */

static const char *scalar_text(struct arena *arena, const struct arg *arg) {
    switch (arg->kind) {
    case ARG_TEXT:
        return arena_copy(arena, arg->ptr, arg->size);
    case ARG_INT:
        return arena_printf(arena, "%lld", (long long)arg->number);
    case ARG_BOOL:
        return arg->number != 0 ? "true" : "false";
    case ARG_DATE: {
        char *day = arena_alloc(arena, DATE_TEXT);
        date_format((date)arg->number, day);
        return day;
    }
    case ARG_BYTES:
        return arena_copy(arena, arg->ptr, arg->size);
    case ARG_NULL:
    case ARG_RECORD:
        break;
    }
    return NULL;
}

/* Fills parameter `i` from the first argument of that name. */
static bool fill(struct arena *arena, struct params *params, int i, const char *name,
                 const struct arg *args) {
    for (const struct arg *arg = args; arg != NULL && arg->name != NULL; arg++) {
        if (arg->kind == ARG_RECORD) {
            const struct field *field = field_find(arg->fields, name);
            if (field != NULL) {
                params->values[i] = field_text(arena, field, arg->ptr);
                return true;
            }
        } else if (strcmp(arg->name, name) == 0) {
            params->values[i] = scalar_text(arena, arg);
            params->formats[i] = arg->kind == ARG_BYTES;
            params->lengths[i] = arg->kind == ARG_BYTES ? (int)arg->size : 0;
            return true;
        }
    }
    return false;
}

static struct params *params_new(struct arena *arena, int count) {
    struct params *params = ARENA_NEW(arena, struct params);
    params->count = count;
    params->values = arena_array(arena, (size_t)count, sizeof *params->values);
    params->lengths = arena_array(arena, (size_t)count, sizeof *params->lengths);
    params->formats = arena_array(arena, (size_t)count, sizeof *params->formats);
    return params;
}

Err params_of(struct arena *arena, enum stmt stmt, const struct arg *args,
              const struct params **params) {
    const struct stmt_info *info = &stmt_table[stmt];
    struct params *list = params_new(arena, info->nparams);
    for (int i = 0; i < info->nparams; i++) {
        if (!fill(arena, list, i, info->params[i], args)) {
            LOG(LOG_ERROR, "parameter_missing", LOG_WORD("statement", info->name),
                LOG_WORD("parameter", info->params[i]));
            return ERR_INTERNAL;
        }
    }
    *params = list;
    return OK;
}

/* The words of noria.actor in the order in which 01_actor.sql takes them apart. No role has a bar.
 */
const struct params *params_act_as(struct db *db) {
    struct params *list = params_new(db->arena, 1);
    char today[DATE_TEXT];
    date_format(clock_today(db->pool->clock), today);
    list->values[0] =
        arena_printf(db->arena, "%lld|%lld|%s|%s", (long long)db->actor.account,
                     (long long)db->actor.org, db->actor.role == NULL ? "" : db->actor.role, today);
    return list;
}

/* Our own statements: a parameter cannot be missing. */
static const struct params *sure(struct arena *arena, enum stmt stmt, const struct arg *args) {
    const struct params *params = NULL;
    if (params_of(arena, stmt, args, &params) != OK) {
        abort();
    }
    return params;
}

const struct params *params_once(struct arena *arena, const struct db_once *once) {
    return sure(arena, Q_DB_ONCE_BEGIN,
                ARGS(arg_text("key", once->key), arg_bytes("hash", once->hash, ONCE_HASH)));
}

const struct params *params_once_end(struct arena *arena, const struct db_once *once,
                                     const struct db_answer *answer) {
    return sure(arena, Q_DB_ONCE_END,
                ARGS(arg_text("key", once->key), arg_bytes("hash", once->hash, ONCE_HASH),
                     arg_int("status", answer->status), arg_text("location", answer->location),
                     arg_text("body", answer->body)));
}

/* --- rows ------------------------------------------------------------------------------------ */

/* Types that views show differently: pg_type.dat of PostgreSQL 15. */
enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_JSON = 114,
    OID_DATE = 1082,
    OID_TIMESTAMPTZ = 1184,
    OID_NUMERIC = 1700,
    OID_JSONB = 3802
};

enum column_kind column_kind_of(Oid type) {
    switch (type) {
    case OID_BOOL:
        return COL_BOOL;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return COL_INT;
    case OID_DATE:
        return COL_DATE;
    case OID_TIMESTAMPTZ:
        return COL_TIME;
    case OID_NUMERIC:
        return COL_NUMBER;
    case OID_JSON:
    case OID_JSONB:
        return COL_JSON;
    default:
        return COL_TEXT;
    }
}

struct result {
    PGresult *pg;
    const struct column *cols;
    const int *at; /* where in the result a shown column is */
};

/* "2026-03-01 10:00:00+00" was made "2026-03-01T10:00:00Z00" by iso_times(). */
static struct span result_value(const void *impl, int row, int col) {
    const struct result *result = impl;
    int at = result->at[col];
    if (PQgetisnull(result->pg, row, at)) {
        return (struct span){NULL, 0};
    }
    struct span text = {PQgetvalue(result->pg, row, at), (size_t)PQgetlength(result->pg, row, at)};
    enum column_kind kind = result->cols[col].kind;
    if (kind == COL_BOOL) {
        return text.ptr[0] == 't' ? SPAN_LIT("true") : SPAN_LIT("false");
    }
    if (kind == COL_TIME && text.len > 19 && text.ptr[text.len - 3] == 'Z') {
        text.len -= 2;
    }
    return text;
}

/* ISO 8601 in place; the session's time zone is UTC, so every offset is +00. */
static void iso_times(PGresult *result, int col) {
    for (int row = 0; row < PQntuples(result); row++) {
        int length = PQgetlength(result, row, col);
        char *text = PQgetvalue(result, row, col);
        if (length > 19 && text[10] == ' ' && strcmp(text + length - 3, "+00") == 0) {
            text[10] = 'T';
            text[length - 3] = 'Z';
        }
    }
}

static void clear(void *result) {
    PQclear(result);
}

/* How many rows more there were than the LIMIT let through: a column `count(*) OVER () AS _all`. */
static int64_t left_out(const PGresult *result) {
    int64_t all = 0;
    int column = PQfnumber(result, "_all");
    int count = PQntuples(result);
    bool told = column >= 0 && count > 0 && text_int(span_of(PQgetvalue(result, 0, column)), &all);
    return told ? all - count : 0;
}

void rows_of(struct arena *arena, PGresult *result, struct rows *rows) {
    arena_defer(arena, clear, result);
    if (rows == NULL) {
        return;
    }
    int fields = PQnfields(result);
    int shown = 0;
    struct column *cols = arena_array(arena, (size_t)fields, sizeof *cols);
    int *at = arena_array(arena, (size_t)fields, sizeof *at);
    for (int field = 0; field < fields; field++) {
        const char *name = PQfname(result, field);
        if (name[0] == '_') {
            continue;
        }
        cols[shown] = (struct column){name, column_kind_of(PQftype(result, field))};
        at[shown] = field;
        if (cols[shown].kind == COL_TIME) {
            iso_times(result, field);
        }
        shown++;
    }
    struct result *impl = ARENA_NEW(arena, struct result);
    *impl = (struct result){result, cols, at};
    *rows = (struct rows){PQntuples(result), shown, cols, impl, result_value, left_out(result)};
}

Err result_check(struct db *db, enum stmt stmt, PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        return OK;
    }
    Err err = pgerr(result, db->faults);
    if (err == ERR_INTERNAL || err == ERR_FORBIDDEN) {
        LOG(LOG_ERROR, "statement_failed", LOG_WORD("statement", stmt_table[stmt].name),
            LOG_WORD("class", class_login(db->actor.class)));
    }
    PQclear(result);
    return err;
}
