/* direct.c - blocking connections. Their users are commands at a terminal: messages are printed. */
#include "direct.h"

#include <stdio.h>
#include <string.h>

#include "../../lib/base/log.h"
#include "pgerr.h"

static void ignore_notice(void *arg, const PGresult *notice) {
    (void)arg;
    (void)notice;
}

static Err checked(PGconn *made, PGconn **pg) {
    if (PQstatus(made) != CONNECTION_OK) {
        LOG(LOG_ERROR, "db_connect_failed");
        PQfinish(made);
        return ERR_UNAVAILABLE;
    }
    PQsetNoticeReceiver(made, ignore_notice, NULL);
    *pg = made;
    return OK;
}

Err direct_open_class(const char *url, const char *password, enum db_class class,
                      enum lane_kind kind, PGconn **pg) {
    struct arena *arena = arena_new();
    struct conninfo info;
    Err err = conninfo_for(arena, url, password, class, kind, &info);
    if (err == OK) {
        err = checked(PQconnectdbParams(info.keys, info.values, 0), pg);
    }
    arena_free(arena);
    return err;
}

Err direct_open(const char *url, PGconn **pg) {
    return checked(PQconnectdb(url), pg);
}

void direct_tell(const char *what, const PGresult *result) {
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    fprintf(stderr, "%s: %s %s%s%s\n", what, sqlstate == NULL ? "?????" : sqlstate,
            message == NULL ? "connection lost" : message, context == NULL ? "" : "\n  ",
            context == NULL ? "" : context);
}

static bool good(const PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

PGresult *direct_run(PGconn *pg, enum stmt stmt, const char *const *params) {
    const struct stmt_info *info = &stmt_table[stmt];
    PGresult *result = PQexecParams(pg, info->text, info->nparams, NULL, params, NULL, NULL, 0);
    if (good(result)) {
        return result;
    }
    direct_tell(info->name, result);
    PQclear(result);
    return NULL;
}

Err direct_do(PGconn *pg, enum stmt stmt, const char *const *params) {
    PGresult *result = direct_run(pg, stmt, params);
    PQclear(result);
    return result == NULL ? ERR_SCHEMA : OK;
}

static bool field_is(const PGresult *result, int field, const char *wanted) {
    const char *value = PQresultErrorField(result, field);
    return value != NULL && strcmp(value, wanted) == 0;
}

/* The logins are the cluster's, and their owner may take no lock on them: two databases that make
 * or alter them at once meet in the catalogue. For that PostgreSQL has no SQLSTATE of its own; the
 * function that raised it tells it from other objects made twice and from faults inside. */
static bool met_at_a_login(const PGresult *result) {
    bool altered = pgerr_is(result, "XX000") &&
                   field_is(result, PG_DIAG_SOURCE_FUNCTION, "simple_heap_update");
    bool made =
        pgerr_is(result, "42710") && field_is(result, PG_DIAG_SOURCE_FUNCTION, "CreateRole");
    bool being_made = pgerr_is(result, "23505") &&
                      field_is(result, PG_DIAG_CONSTRAINT_NAME, "pg_authid_rolname_index");
    return altered || made || being_made;
}

/* What others hold now they may not hold later. */
static Err refusal(const PGresult *result) {
    bool met_another =
        pgerr_is(result, "40P01") || pgerr_is(result, "55P03") || met_at_a_login(result);
    return met_another ? ERR_SERIALIZATION : ERR_SCHEMA;
}

Err direct_text(PGconn *pg, const char *what, const char *sql) {
    PGresult *result = PQexec(pg, sql);
    bool fine = good(result);
    if (!fine) {
        direct_tell(what, result);
        const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
        if (position != NULL) {
            fprintf(stderr, "  at character %s\n", position);
        }
    }
    Err err = fine ? OK : refusal(result);
    PQclear(result);
    return err;
}
