#include "season.h"

#include <check.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/db/migrate.h"

enum { RACERS_MAX = 8 };

static void where(char name[64], char url[600]) {
    const char *server = getenv("NORIA_DATABASE_URL");
    ck_assert_msg(server != NULL, "run this under tools/with-postgres.sh");
    (void)snprintf(name, 64, "noria_season_%d", (int)getppid());
    (void)snprintf(url, 600, "%s%cdbname=%s", server, strchr(server, '?') == NULL ? '?' : '&',
                   name);
}

static void must(PGconn *pg, const char *sql) {
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    ck_assert_msg(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s",
                  PQerrorMessage(pg));
    PQclear(result);
}

static PGconn *connect_to(const char *url) {
    PGconn *pg = PQconnectdb(url);
    ck_assert_msg(PQstatus(pg) == CONNECTION_OK, "%s", PQerrorMessage(pg));
    return pg;
}

static void server_runs(const char *act, const char *name, const char *how) {
    char sql[200];
    (void)snprintf(sql, sizeof sql, "%s %s %s", act, name, how);
    PGconn *pg = connect_to(getenv("NORIA_DATABASE_URL"));
    must(pg, sql);
    PQfinish(pg);
}

void season_up(void) {
    char name[64];
    char url[600];
    static char functions[16384];
    where(name, url);
    (void)setenv("NORIA_SEASON_URL", url, 1);
    (void)setenv("NORIA_SEASON_NAME", name, 1);
    server_runs("DROP DATABASE IF EXISTS", name, "WITH (FORCE)");
    server_runs("CREATE DATABASE", name, "");
    ck_assert_int_eq(migrate_run(url, NULL), OK);
    FILE *file = fopen("tests/support/season.sql", "r");
    ck_assert_ptr_nonnull(file);
    functions[fread(functions, 1, sizeof functions - 1, file)] = '\0';
    (void)fclose(file);
    PGconn *pg = season_connect();
    must(pg, functions);
    must(pg, "SELECT t_season()");
    PQfinish(pg);
}

void season_down(void) {
    server_runs("DROP DATABASE", getenv("NORIA_SEASON_NAME"), "WITH (FORCE)");
}

PGconn *season_connect(void) {
    PGconn *pg = connect_to(getenv("NORIA_SEASON_URL"));
    must(pg, "SET client_min_messages = error");
    return pg;
}

long long season_number(PGconn *pg, const char *sql) {
    PGresult *result = PQexec(pg, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(pg));
    long long value = PQntuples(result) > 0 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    return value;
}

static void note_state(const PGresult *result, char state[6]) {
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    (void)snprintf(state, 6, "%s", code == NULL ? "" : code);
}

bool season_try(PGconn *pg, char state[6], const char *format, ...) {
    char sql[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    note_state(result, state);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* Reads the answer and ends the transaction; true when it was committed. */
static bool finish(PGconn *pg) {
    bool good = true;
    PGresult *result;
    while ((result = PQgetResult(pg)) != NULL) {
        ExecStatusType status = PQresultStatus(result);
        good = good && (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
        PQclear(result);
    }
    char state[6];
    return season_try(pg, state, good ? "COMMIT" : "ROLLBACK") && good;
}

static bool answered(PGconn *pg) {
    ck_assert_int_eq(PQconsumeInput(pg), 1);
    return PQisBusy(pg) == 0;
}

/* How many of the racers still run: neither answered nor waiting for another's lock. */
static long long running(PGconn *watcher, PGconn *const *pg, int count) {
    char sql[300] = "SELECT count(*) FROM unnest(ARRAY[0";
    for (int i = 0; i < count; i++) {
        if (!answered(pg[i])) {
            size_t len = strlen(sql);
            (void)snprintf(sql + len, sizeof sql - len, ",%d", PQbackendPID(pg[i]));
        }
    }
    size_t len = strlen(sql);
    (void)snprintf(sql + len, sizeof sql - len,
                   "]) p WHERE p > 0 AND cardinality(pg_blocking_pids(p)) = 0");
    return season_number(watcher, sql);
}

/* Nobody commits before all are inside: each has done what it came for, or waits for another. */
static void all_inside(PGconn *const *pg, int count) {
    static PGconn *watcher; /* one a process, as each test has its own */
    int patience = 20000;
    watcher = watcher == NULL ? season_connect() : watcher;
    while (running(watcher, pg, count) > 0) {
        ck_assert_int_gt(--patience, 0);
        (void)poll(NULL, 0, 1);
    }
}

int season_race(PGconn *const *pg, const char *const *statements, int count, const char *level) {
    struct pollfd waits[RACERS_MAX];
    bool done[RACERS_MAX] = {false};
    int committed = 0;
    ck_assert_int_le(count, RACERS_MAX);
    for (int i = 0; i < count; i++) {
        char begin[200];
        (void)snprintf(begin, sizeof begin,
                       "BEGIN ISOLATION LEVEL %s; SELECT count(*) FROM campaign;"
                       "SELECT act_as(t_id('farmer'), t_id('farm'), 'employer', '2027-01-15')",
                       level);
        must(pg[i], begin);
    }
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(PQsendQuery(pg[i], statements[i]), 1);
    }
    all_inside(pg, count);
    for (int left = count; left > 0;) {
        for (int i = 0; i < count; i++) {
            if (!done[i] && answered(pg[i])) {
                committed += finish(pg[i]);
                done[i] = true;
                left--;
            }
            waits[i] = (struct pollfd){done[i] ? -1 : PQsocket(pg[i]), POLLIN, 0};
        }
        ck_assert(left == 0 || poll(waits, (nfds_t)count, 20000) > 0);
    }
    return committed;
}
