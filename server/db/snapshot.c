#include "snapshot.h"

#include "direct.h"

struct snapshot {
    PGconn *pg;
};

static void finish(void *object) {
    const struct snapshot *snapshot = object;
    PQfinish(snapshot->pg);
}

Err snapshot_open(struct arena *arena, const char *url, const struct snapshot **snapshot) {
    struct snapshot *made = ARENA_NEW(arena, struct snapshot);
    TRY(direct_open(url, &made->pg));
    arena_defer(arena, finish, made);
    TRY(direct_do(made->pg, Q_CHECK_BEGIN, NULL));
    *snapshot = made;
    return OK;
}

Err snapshot_run(const struct snapshot *snapshot, struct arena *arena, enum stmt stmt,
                 const struct arg *args, struct rows *rows) {
    const struct params *params;
    TRY(params_of(arena, stmt, args, &params));
    PGresult *result = direct_run(snapshot->pg, stmt, params->values);
    if (result == NULL) {
        return ERR_SCHEMA;
    }
    rows_of(arena, result, rows);
    return OK;
}

Err snapshot_count(const struct snapshot *snapshot, const char *what, const char *sql,
                   int64_t *count) {
    PGresult *result = PQexec(snapshot->pg, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        direct_tell(what, result);
        PQclear(result);
        return ERR_SCHEMA;
    }
    bool read = text_int(span_of(PQgetvalue(result, 0, 0)), count);
    PQclear(result);
    return read ? OK : ERR_SCHEMA;
}
