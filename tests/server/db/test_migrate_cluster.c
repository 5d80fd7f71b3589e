/* Databases of one cluster share the class logins, and may be migrated at the same time. Each clash
 * is made to happen: somebody holds a login until the migrations stand behind him. */
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "../../../server/db/migrate.h"
#include "db_main.h"
#include "embed.h"

enum { DATABASES = 6, TEXT = 4000, URL = 700 };

struct run {
    char url[URL];
    const char *password;
    const struct embedded *files;
    size_t count;
    int tries;
    Err err;
};

static void migrate(void *arg) {
    struct run *run = arg;
    run->err = migrate_run_files(run->url, run->password, run->files, run->count, run->tries);
}

static void must(PGconn *pg, const char *sql) {
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    ck_assert_msg(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s", sql,
                  PQresultErrorMessage(result));
    PQclear(result);
}

/* Those of the test's own. */
static void drop_logins(void) {
    PGconn *pg = PQconnectdb(fixture_url());
    must(pg, "DO $$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ "
             "'^(many|more)_' LOOP EXECUTE format('DROP ROLE %I', r); END LOOP; END $$");
    PQfinish(pg);
}

static PGconn *holding(const char *url, const char *sql) {
    PGconn *pg = PQconnectdb(url);
    must(pg, sql);
    return pg;
}

/* So many sessions of databases like `name` stand behind the holder. */
static void wait_behind(PGconn *holder, const char *name, int count) {
    char sql[TEXT];
    bool waiting = false;
    PGconn *pg = PQconnectdb(fixture_url()); /* as the holder's transaction sees one moment only */
    (void)snprintf(sql, sizeof sql,
                   "SELECT pg_sleep(0.005), count(*) >= %d FROM pg_stat_activity WHERE datname "
                   "LIKE '%s' AND %d = ANY (pg_blocking_pids(pid))",
                   count, name, PQbackendPID(holder));
    for (int i = 0; !waiting && i < 2000; i++) {
        PGresult *seen = PQexec(pg, sql);
        waiting = PQntuples(seen) == 1 && PQgetvalue(seen, 0, 1)[0] == 't';
        PQclear(seen);
    }
    PQfinish(pg);
    ck_assert_msg(waiting, "nobody waits for the login that is held");
}

/* --- made at once ------------------------------------------------------------------------------
 */

/* The statement of 0001_accounts.sql that makes the logins, with names of the test's own. */
static struct embedded logins(struct arena *arena, const char *name, const char *prefix) {
    const struct embedded *file = embedded_files;
    while (strcmp(file->name, "migrations/0001_accounts.sql") != 0) {
        file++;
    }
    const char *end = strstr((const char *)file->data, "CREATE EXTENSION");
    ck_assert_ptr_nonnull(end);
    struct buf text;
    buf_init(&text, arena, TEXT);
    for (const char *at = (const char *)file->data; at < end; at++) {
        bool login = strncmp(at, "'noria_", strlen("'noria_")) == 0;
        buf_text(&text, login ? prefix : "");
        at += login ? strlen("'noria_") : 0;
        buf_char(&text, *at);
    }
    ck_assert_ptr_nonnull(strstr(text.ptr, prefix));
    return (struct embedded){name, (const unsigned char *)text.ptr, strlen(text.ptr)};
}

/* All databases at once; how many came through. They begin with a login that is being made, whose
 * maker then thinks better of it: one of them makes it, the others stand behind that one. */
static int migrate_all(const struct embedded *files, size_t count, const char *first, int tries) {
    struct run runs[DATABASES];
    uv_thread_t threads[DATABASES];
    char sql[TEXT];
    int good = 0;
    (void)snprintf(sql, sizeof sql, "BEGIN; CREATE ROLE %s", first);
    PGconn *maker = holding(fixture_url(), sql);
    for (int i = 0; i < DATABASES; i++) {
        runs[i] = (struct run){"", "correct horse", files, count, tries, ERR_INTERNAL};
        (void)snprintf(runs[i].url, URL, "%s&dbname=noria_many_%d", fixture_url(), i);
        ck_assert_int_eq(uv_thread_create(&threads[i], migrate, &runs[i]), 0);
    }
    wait_behind(maker, "noria_many_%", 2);
    must(maker, "ROLLBACK");
    PQfinish(maker);
    for (int i = 0; i < DATABASES; i++) {
        uv_thread_join(&threads[i]);
        ck_assert(runs[i].err == OK || runs[i].err == ERR_UNAVAILABLE);
        good += runs[i].err == OK;
    }
    return good;
}

static void many(const char *before, const char *after) {
    char sql[TEXT];
    PGconn *pg = PQconnectdb(fixture_url());
    for (int i = 0; i < DATABASES; i++) {
        (void)snprintf(sql, sizeof sql, "%s noria_many_%d%s", before, i, after);
        must(pg, sql);
    }
    PQfinish(pg);
}

START_TEST(many_databases_make_the_logins_at_once) {
    struct arena *arena = arena_new();
    const struct embedded files[] = {logins(arena, "migrations/0001_one.sql", "'many_"),
                                     logins(arena, "migrations/0002_two.sql", "'more_")};
    many("CREATE DATABASE", "");
    /* the control: nothing is tried again, and who stood behind the one that made it has failed */
    ck_assert_int_lt(migrate_all(files, 1, "many_employer", 1), DATABASES);
    ck_assert_int_eq(migrate_all(files, 2, "more_employer", MIGRATE_TRIES), DATABASES);
    many("DROP DATABASE", " WITH (FORCE)");
    drop_logins();
    arena_free(arena);
}
END_TEST

/* --- altered, and made between look and act ------------------------------------------------------
 */

/* One migration of the empty database, and what it meets: `then` while it stands behind `first`. */
static Err meets(const struct run *wanted, const char *url, const char *first, const char *then) {
    struct run run = *wanted;
    uv_thread_t thread;
    PGconn *pg = holding(url, first);
    ck_assert_int_eq(uv_thread_create(&thread, migrate, &run), 0);
    wait_behind(pg, "noria_db_%", 1);
    must(pg, then);
    uv_thread_join(&thread);
    PQfinish(pg);
    return run.err;
}

START_TEST(a_login_that_another_alters_is_tried_again) {
    static const char first[] = "BEGIN; ALTER ROLE noria_public NOCREATEDB";
    struct run run = {"", "correct horse", NULL, 0, MIGRATE_TRIES, OK};
    (void)snprintf(run.url, URL, "%s", fixture_make_empty());
    ck_assert_int_eq(meets(&run, fixture_url(), first, "COMMIT"), OK);
    run.tries = 1; /* the control */
    ck_assert_int_eq(meets(&run, fixture_url(), first, "COMMIT"), ERR_UNAVAILABLE);
    fixture_drop_empty();
}
END_TEST

START_TEST(a_login_made_between_look_and_act_is_tried_again) {
    static const char text[] =
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'many_late') THEN "
        "PERFORM pg_advisory_xact_lock(77); CREATE ROLE many_late; END IF; END $$";
    static const char made[] =
        "BEGIN; CREATE ROLE many_late; COMMIT; SELECT pg_advisory_unlock(77)";
    const struct embedded file = {"migrations/0001_late.sql", (const unsigned char *)text,
                                  sizeof text - 1};
    struct run run = {"", NULL, &file, 1, 1, OK};
    (void)snprintf(run.url, URL, "%s", fixture_make_empty());
    static const char first[] = "SELECT pg_advisory_lock(77)";
    ck_assert_int_eq(meets(&run, run.url, first, made), ERR_UNAVAILABLE); /* the control */
    drop_logins();
    run.tries = MIGRATE_TRIES;
    ck_assert_int_eq(meets(&run, run.url, first, made), OK);
    drop_logins();
    fixture_drop_empty();
}
END_TEST

DB_MAIN("migrate_cluster", many_databases_make_the_logins_at_once,
        a_login_that_another_alters_is_tried_again,
        a_login_made_between_look_and_act_is_tried_again)
