/* check_sql.c - every named statement against a migrated database, before anybody runs it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "direct.h"
#include "migrate.h"

/* EXPLAIN takes these only; the others (BEGIN, COPY, GRANT ...) are parsed and no more. */
static bool can_be_planned(const char *text) {
    static const char *const starts[] = {"SELECT", "INSERT", "UPDATE", "DELETE",
                                         "WITH",   "VALUES", "MERGE"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (strncasecmp(text, starts[i], strlen(starts[i])) == 0) {
            return true;
        }
    }
    return false;
}

static bool failed(const struct stmt_info *info, enum db_class class, PGresult *result) {
    bool bad = result != NULL && PQresultStatus(result) != PGRES_COMMAND_OK &&
               PQresultStatus(result) != PGRES_TUPLES_OK;
    if (bad) {
        char what[300];
        (void)snprintf(what, sizeof what, "%s: %s as %s", info->where, info->name,
                       class_login(class));
        direct_tell(what, result);
    }
    PQclear(result);
    return bad;
}

/* Planning starts the executor, which is where PostgreSQL looks at privileges. */
static bool plan_fails(PGconn *pg, const struct stmt_info *info, enum db_class class) {
    char nparams[12];
    (void)snprintf(nparams, sizeof nparams, "%d", info->nparams);
    const char *const params[] = {info->name, nparams};
    PGresult *made = direct_run(pg, Q_CHECK_SQL_EXPLAIN, params);
    if (made == NULL) {
        return true;
    }
    PGresult *plan = PQexec(pg, PQgetvalue(made, 0, 0));
    PQclear(made);
    return failed(info, class, plan);
}

static int check_class(PGconn *pg, enum db_class class) {
    int bad = 0;
    for (int i = 0; i < stmt_count; i++) {
        const struct stmt_info *info = &stmt_table[i];
        if ((info->classes & (1U << class)) == 0) {
            continue;
        }
        if (failed(info, class, PQprepare(pg, info->name, info->text, 0, NULL)) ||
            (can_be_planned(info->text) && plan_fails(pg, info, class))) {
            bad++;
        }
    }
    return bad;
}

Err migrate_count_sql(const char *url, const char *password, int *refused) {
    int bad = 0;
    for (int class = 0; class < DB_CLASSES; class ++) {
        PGconn *pg = NULL;
        TRY(direct_open_class(url, password, (enum db_class) class, LANE_WRITE, &pg));
        bad += check_class(pg, (enum db_class) class);
        PQfinish(pg);
    }
    *refused = bad;
    return OK;
}

Err migrate_check_sql(const char *url, const char *password) {
    int refused = 0;
    TRY(migrate_count_sql(url, password, &refused));
    printf("%d statements, %d refused\n", stmt_count, refused);
    return refused == 0 ? OK : ERR_SCHEMA;
}
