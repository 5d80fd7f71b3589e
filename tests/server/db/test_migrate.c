#include "../../../server/db/migrate.h"

#include <libpq-fe.h>
#include <string.h>

#include "../../../server/db/direct.h"
#include "db_main.h"
#include "embed.h"

/* A copy of the embedded files that a test may change. */
static struct embedded *copy_files(struct arena *arena, size_t more) {
    struct embedded *files = arena_array(arena, embedded_count + more, sizeof *files);
    memcpy(files, embedded_files, embedded_count * sizeof *files);
    return files;
}

static size_t index_of(const char *name) {
    for (size_t i = 0; i < embedded_count; i++) {
        if (strcmp(embedded_files[i].name, name) == 0) {
            return i;
        }
    }
    ck_abort_msg("no such file");
    return 0;
}

/* The file with a comment added. */
static struct embedded edited(struct arena *arena, const struct embedded *file) {
    char *text = arena_printf(arena, "%s\n-- edited\n", (const char *)file->data);
    return (struct embedded){file->name, (const unsigned char *)text, strlen(text)};
}

START_TEST(a_second_run_changes_nothing) {
    int64_t applied = owner(Q_TEST_APPLIED, NULL);
    ck_assert_int_gt(applied, 5);
    ck_assert_int_eq(migrate_run(fixture_url(), NULL), OK);
    ck_assert_int_eq(owner(Q_TEST_APPLIED, NULL), applied);
    ck_assert_int_eq(owner(Q_TEST_APPLIED_LATE, NULL), 0);
    ck_assert_int_eq(migrate_check(fixture_url(), NULL), OK);
}
END_TEST

START_TEST(an_edited_file_is_refused) {
    struct arena *arena = arena_new();
    struct embedded *files = copy_files(arena, 0);
    size_t i = index_of("migrations/0001_accounts.sql");
    files[i] = edited(arena, &files[i]);
    ck_assert_int_eq(migrate_run_files(fixture_url(), NULL, files, embedded_count, 1), ERR_SCHEMA);
    ck_assert_int_eq(migrate_check_files(fixture_url(), NULL, files, embedded_count), ERR_SCHEMA);
    arena_free(arena);
}
END_TEST

/* A replaceable file may change: the server refuses until the next migration. */
START_TEST(a_changed_replaceable_file_needs_a_run) {
    struct arena *arena = arena_new();
    struct embedded *files = copy_files(arena, 0);
    size_t i = index_of("migrations/replaceable/01_actor.sql");
    files[i] = edited(arena, &files[i]);
    ck_assert_int_eq(migrate_check_files(fixture_url(), NULL, files, embedded_count), ERR_SCHEMA);
    ck_assert_int_eq(migrate_run_files(fixture_url(), NULL, files, embedded_count, 1), OK);
    ck_assert_int_eq(migrate_check_files(fixture_url(), NULL, files, embedded_count), OK);
    ck_assert_int_eq(migrate_check(fixture_url(), NULL), ERR_SCHEMA);
    ck_assert_int_eq(migrate_run(fixture_url(), NULL), OK);
    ck_assert_int_eq(migrate_check(fixture_url(), NULL), OK);
    arena_free(arena);
}
END_TEST

START_TEST(an_older_program_is_refused) {
    struct arena *arena = arena_new();
    struct embedded *files = copy_files(arena, 1);
    static const char text[] = "CREATE TABLE later (id bigint)";
    files[embedded_count] = (struct embedded){"migrations/9999_later.sql",
                                              (const unsigned char *)text, sizeof text - 1};
    size_t count = embedded_count + 1;
    ck_assert_int_eq(migrate_check_files(fixture_url(), NULL, files, count), ERR_SCHEMA);
    ck_assert_int_eq(migrate_run_files(fixture_url(), NULL, files, count, 1), OK);
    ck_assert_int_eq(migrate_check_files(fixture_url(), NULL, files, count), OK);
    ck_assert_int_eq(migrate_check(fixture_url(), NULL), ERR_SCHEMA);
    ck_assert_int_eq(migrate_run(fixture_url(), NULL), ERR_SCHEMA);
    (void)owner(Q_TEST_FORGET_LATER, NULL);
    ck_assert_int_eq(migrate_check(fixture_url(), NULL), OK);
    arena_free(arena);
}
END_TEST

START_TEST(a_broken_file_leaves_nothing) {
    struct arena *arena = arena_new();
    struct embedded *files = copy_files(arena, 1);
    static const char text[] = "CREATE TABLE half (id bigint); SELECT 1 / 0";
    files[embedded_count] =
        (struct embedded){"migrations/9999_half.sql", (const unsigned char *)text, sizeof text - 1};
    Err err = migrate_run_files(fixture_url(), NULL, files, embedded_count + 1, 1);
    ck_assert_int_eq(err, ERR_SCHEMA);
    ck_assert_int_eq(owner(Q_TEST_TABLE_EXISTS, "half"), 0);
    ck_assert_int_eq(owner(Q_TEST_TABLE_EXISTS, "thing"), 1);
    ck_assert_int_eq(migrate_check(fixture_url(), NULL), OK);
    arena_free(arena);
}
END_TEST

START_TEST(passwords_are_kept_as_scram) {
    ck_assert_int_eq(migrate_run(fixture_url(), "correct horse"), OK);
    ck_assert_int_eq(owner(Q_TEST_SCRAM_LOGINS, NULL), DB_CLASSES);
}
END_TEST

START_TEST(values_stay_out_of_the_servers_log) {
    ck_assert_int_eq(owner(Q_TEST_LOG_SETTINGS, NULL), 4);
}
END_TEST

/* Without superuser: some settings are not his to make, the rest is. */
START_TEST(a_plain_owner_can_migrate) {
    const char *url = fixture_make_empty();
    ck_assert_int_eq(migrate_check(url, NULL), ERR_SCHEMA);
    ck_assert_int_eq(migrate_run(url, "correct horse"), OK);
    ck_assert_int_eq(migrate_check(url, NULL), OK);
    fixture_drop_empty();
}
END_TEST

struct migrator {
    const char *url;
    Err err;
};

static void migrate(void *arg) {
    struct migrator *migrator = arg;
    migrator->err = migrate_run(migrator->url, NULL);
}

/* Without the advisory lock the second meets tables that the first is making. */
START_TEST(two_migrations_at_once_wait_for_each_other) {
    struct migrator migrators[3];
    uv_thread_t threads[3];
    const char *url = fixture_make_empty();
    for (int i = 0; i < 3; i++) {
        migrators[i] = (struct migrator){url, ERR_INTERNAL};
        ck_assert_int_eq(uv_thread_create(&threads[i], migrate, &migrators[i]), 0);
    }
    for (int i = 0; i < 3; i++) {
        uv_thread_join(&threads[i]);
        ck_assert_int_eq(migrators[i].err, OK);
    }
    fixture_drop_empty();
}
END_TEST

/* --- while a server works ----------------------------------------------------------------------
 */

struct run {
    int tries;
    Err err;
};

static void replace_all(void *arg) {
    struct run *run = arg;
    run->err = migrate_run_files(fixture_url(), NULL, embedded_files, embedded_count, run->tries);
}

static PGconn *begin_with(const char *sql) {
    PGconn *pg = PQconnectdb(fixture_url());
    PGresult *begun = PQexec(pg, sql);
    ck_assert_int_eq(PQresultStatus(begun), PGRES_COMMAND_OK);
    PQclear(begun);
    return pg;
}

/* The migration stands at a lock that another holds. */
static void wait_until_it_waits(PGconn *pg) {
    bool waits = false;
    for (int i = 0; !waits && i < 2000; i++) {
        PGresult *seen =
            PQexec(pg, "SELECT pg_sleep(0.005) FROM (SELECT count(*) AS n FROM pg_locks "
                       "WHERE NOT granted AND database = (SELECT oid FROM pg_database "
                       "WHERE datname = current_database())) l WHERE l.n > 0");
        waits = PQntuples(seen) > 0;
        PQclear(seen);
    }
    ck_assert(waits);
}

/* As a request that reads one table, then another which the migration has locked before the first:
 * one of the two is broken off. Here it is the migration, which looks first. */
static Err met_by_a_request(int tries) {
    struct run run = {tries, ERR_INTERNAL};
    uv_thread_t thread;
    PGconn *pg = begin_with("SET deadlock_timeout = '1min'; BEGIN; LOCK TABLE worker_stay IN ROW "
                            "EXCLUSIVE MODE");
    ck_assert_int_eq(uv_thread_create(&thread, replace_all, &run), 0);
    wait_until_it_waits(pg);
    PGresult *got = PQexec(pg, "LOCK TABLE account IN ROW EXCLUSIVE MODE");
    ck_assert_int_eq(PQresultStatus(got), PGRES_COMMAND_OK);
    PQclear(got);
    PQclear(PQexec(pg, "COMMIT"));
    uv_thread_join(&thread);
    PQfinish(pg);
    return run.err;
}

START_TEST(a_deadlock_with_a_request_is_tried_again) {
    ck_assert_int_eq(met_by_a_request(MIGRATE_TRIES), OK);
    ck_assert_int_eq(met_by_a_request(1), ERR_UNAVAILABLE);   /* the control */
    ck_assert_int_eq(migrate_check(fixture_url(), NULL), OK); /* and nothing half done */
}
END_TEST

/* A report that reads for long: the migration lets go after two seconds, so that who queued behind
 * it gets through before the report is at its end. */
START_TEST(nobody_waits_long_behind_a_migration_that_waits) {
    struct run run = {2, ERR_INTERNAL};
    uv_thread_t thread;
    PGconn *report = begin_with("BEGIN; LOCK TABLE worker_stay IN ACCESS SHARE MODE");
    PGconn *reader = begin_with("SET statement_timeout = '6s'");
    ck_assert_int_eq(uv_thread_create(&thread, replace_all, &run), 0);
    wait_until_it_waits(reader);
    PGresult *got = PQexec(reader, "SELECT count(*) FROM worker_stay");
    ck_assert_int_eq(PQresultStatus(got), PGRES_TUPLES_OK); /* its report is still open */
    PQclear(got);
    uv_thread_join(&thread);
    ck_assert_int_eq(run.err, ERR_UNAVAILABLE);
    PQfinish(report);
    PQfinish(reader);
    ck_assert_int_eq(migrate_run(fixture_url(), NULL), OK);
}
END_TEST

/* The tests' own statements hold two that are wrong until the database changes. */
START_TEST(check_sql_finds_what_a_class_may_not_do) {
    int before = 0, after = 0;
    ck_assert_int_eq(migrate_count_sql(fixture_url(), NULL, &before), OK);
    (void)owner(Q_TEST_GRANT_SECRET, NULL);
    ck_assert_int_eq(migrate_count_sql(fixture_url(), NULL, &after), OK);
    ck_assert_int_eq(after, before - 1);
    (void)owner(Q_TEST_MAKE_LATER, NULL);
    ck_assert_int_eq(migrate_count_sql(fixture_url(), NULL, &after), OK);
    ck_assert_int_eq(after, before - 2);
}
END_TEST

static void check_settings(struct one *one) {
    struct rows rows;
    ck_assert_int_eq(db_one(ofii(one), Q_TEST_SETTINGS, ARGS(), &rows), OK);
    ck_assert_str_eq(rows_text(&rows, one->arena, 0, "zone"), "UTC");
    ck_assert_str_eq(rows_text(&rows, one->arena, 0, "login"), "noria_ofii");
    ck_assert_str_eq(rows_text(&rows, one->arena, 0, "app"), "noria_ofii.read");
}

START_TEST(sessions_are_set_up_for_their_lane) {
    struct bed bed = {0};
    bed_run(&bed, 1, check_settings);
}
END_TEST

DB_MAIN("migrate", a_second_run_changes_nothing, an_edited_file_is_refused,
        a_changed_replaceable_file_needs_a_run, an_older_program_is_refused,
        a_broken_file_leaves_nothing, passwords_are_kept_as_scram,
        values_stay_out_of_the_servers_log, check_sql_finds_what_a_class_may_not_do,
        sessions_are_set_up_for_their_lane, a_plain_owner_can_migrate,
        two_migrations_at_once_wait_for_each_other, a_deadlock_with_a_request_is_tried_again,
        nobody_waits_long_behind_a_migration_that_waits)
