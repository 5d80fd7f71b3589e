/* test_import_race.c - one person entered in two campaigns at the same moment, by a file in one of
 * them at least: who comes later is known as the same worker, or a case says that he may be. The
 * controls take the locks of the last look away, and the look at workers. */
#include <stdio.h>

#include "tests/support/check_main.h"
#include "tests/support/season.h"

enum { ROUNDS = 4 };

/* What the server does for an import of one row, up to the last look, and the last look; and for a
 * single entry. Ids are the test's own: drawing them is a transaction of its own. */
static const char functions[] =
    "CREATE SEQUENCE t_person;"
    "CREATE FUNCTION t_act() RETURNS void LANGUAGE sql AS $$"
    "  SELECT act_as(t_id('officer'), t_id('service'), 'partner', '2027-01-15') $$;"
    "CREATE FUNCTION t_key(kind text, person bigint) RETURNS bytea LANGUAGE sql AS $$"
    "  SELECT decode(md5(kind || person), 'hex') $$;"
    "CREATE FUNCTION t_take(camp text, person bigint, entry bigint) RETURNS bigint"
    "  LANGUAGE plpgsql AS $$ DECLARE batch bigint; BEGIN PERFORM t_act();"
    "  INSERT INTO import_batch (campaign_id, org_id, kind, file_hash, account_id) VALUES "
    "(t_id(camp),"
    "    t_id('service'), 'candidate', sha256(t_key('file', entry)), t_id('officer'))"
    "    RETURNING id INTO batch;"
    "  PERFORM candidate_import_begin(t_id(camp));"
    "  INSERT INTO candidate_stage (row_no, worker_id, candidate_id, token, passport_key, "
    "person_key,"
    "    swapped_key, sealed, wrapped, experience_months, languages, permits, habiletes,"
    "    available_from, available_to, fee_asked) VALUES (2, entry, entry, 'TTTT-' || "
    "left(entry::text, 1) || right(entry::text, 3),"
    "    t_key('passport', person), t_key('person', person), t_key('person', person),"
    "    convert_to(repeat('s', 60), 'UTF8'), convert_to(repeat('k', 74), 'UTF8'), 0, '{}', '{}', "
    "'{}',"
    "    '2027-03-01', '2027-09-30', false);"
    "  PERFORM candidate_import_take(batch, t_id(camp), false, now()); RETURN batch; END $$;"
    "CREATE FUNCTION t_import(camp text, person bigint, entry bigint) RETURNS bigint LANGUAGE sql "
    "AS $$"
    "  SELECT candidate_screen_import(t_take(camp, person, entry), t_id(camp), entry, entry) $$;"
    "CREATE FUNCTION t_enter(camp text, person bigint) RETURNS void LANGUAGE plpgsql AS $$"
    "  DECLARE d record; BEGIN PERFORM t_act();"
    "  SELECT * INTO d FROM candidate_begin(t_id(camp), t_key('passport', person), t_key('person', "
    "person));"
    "  INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, passport_key, person_key,"
    "    swapped_key, available_from, available_to, consent_at, entered_by) VALUES (d.candidate_id,"
    "    t_id(camp), t_id('service'), d.worker_id, 'SSSS-' || lpad(d.candidate_id::text, 4, '0'),"
    "    t_key('passport', person), t_key('person', person), t_key('person', person), '2027-03-01',"
    "    '2027-09-30', now(), t_id('officer'));"
    "  PERFORM candidate_screen(d.candidate_id, NULL, NULL, NULL); END $$;"
    "SELECT 1";

/* Two workers of one passport and person, and nothing says so. */
#define UNSEEN                                                                                     \
    "SELECT count(*) FROM candidate a JOIN candidate b ON b.passport_key = a.passport_key AND "    \
    "b.person_key = a.person_key AND b.id > a.id WHERE a.worker_id <> b.worker_id AND NOT EXISTS " \
    "(SELECT FROM fraud_case f WHERE f.candidate_id IN (a.id, b.id) AND f.other_candidate_id IN "  \
    "(a.id, b.id))"
#define ENTRIES "SELECT count(*) FROM candidate"
#define CASES "SELECT count(*) FROM fraud_case WHERE rule = 'same_passport'"

#define IMPORT(campaign, id)                                                                       \
    "SELECT t_import('" campaign "', (SELECT last_value FROM t_person), "                          \
    "(SELECT last_value FROM t_person) + " id ")"
#define ENTER "SELECT t_enter('calendar_months', (SELECT last_value FROM t_person))"

static void up(void) {
    season_up();
    PGconn *pg = season_connect();
    (void)season_number(pg, functions);
    PQfinish(pg);
}

/* Rounds of an import and of `other`, neither committed before the other is done or waits; how many
 * persons went unseen. */
static long long unseen(const char *other) {
    PGconn *pg[2] = {season_connect(), season_connect()};
    long long entries = season_number(pg[0], ENTRIES);
    long long before = season_number(pg[0], UNSEEN);
    for (int i = 0; i < ROUNDS; i++) {
        (void)season_number(pg[0], "SELECT nextval('t_person')");
        int held = season_race(pg, (const char *const[]){IMPORT("days_183", "700000000"), other}, 2,
                               "READ COMMITTED");
        ck_assert_int_eq(held, 2);
    }
    ck_assert_int_eq(season_number(pg[0], ENTRIES) - entries, 2 * ROUNDS);
    long long count = season_number(pg[0], UNSEEN) - before;
    PQfinish(pg[0]);
    PQfinish(pg[1]);
    return count;
}

static const char *const others[] = {IMPORT("calendar_months", "800000000"), ENTER};

START_TEST(two_campaigns_at_once_are_seen) {
    ck_assert_int_eq(unseen(others[_i]), 0);
}
END_TEST

START_TEST(an_entry_need_not_wait_for_an_import_and_its_last_look_sees_it) {
    PGconn *importer = season_connect();
    PGconn *service = season_connect();
    long long cases = season_number(service, CASES);
    (void)season_number(importer, "BEGIN; SELECT 1");
    long long batch = season_number(importer, "SELECT t_take('days_183', 0, 900000000)");
    (void)season_number(service, "SELECT t_enter('calendar_months', 0)");
    ck_assert_int_eq(season_number(service, CASES), cases);
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "SELECT candidate_screen_import(%lld, t_id('days_183'), 900000000, 900000000)",
                   batch);
    ck_assert_int_eq(season_number(importer, sql), 1);
    (void)season_number(importer, "COMMIT; SELECT 1");
    ck_assert_int_eq(season_number(service, CASES), cases + 1);
    PQfinish(importer);
    PQfinish(service);
}
END_TEST

/* The rounds with `gone` taken out of a function, which must have it. */
static long long without(const char *function, const char *gone, const char *other) {
    char sql[700];
    PGconn *pg = season_connect();
    (void)snprintf(
        sql, sizeof sql,
        "CREATE TABLE t_kept AS SELECT pg_get_functiondef('%s'::regproc) AS text;"
        "DO $do$ DECLARE t text := (SELECT replace(text, $gone$%s$gone$, '') FROM t_kept);"
        "BEGIN ASSERT t <> (SELECT text FROM t_kept); EXECUTE t; END $do$; SELECT 1",
        function, gone);
    (void)season_number(pg, sql);
    long long count = unseen(other);
    (void)season_number(pg, "DO $$ BEGIN EXECUTE (SELECT text FROM t_kept); END $$;"
                            "DROP TABLE t_kept; SELECT 1");
    PQfinish(pg);
    return count;
}

START_TEST(control_imports_without_the_lock) {
    ck_assert_int_eq(
        without("candidate_screen_import",
                "PERFORM pg_advisory_xact_lock(hashtextextended('candidate look', 0));", others[0]),
        ROUNDS);
}
END_TEST

START_TEST(control_entries_without_the_lock) {
    ck_assert_int_eq(
        without("candidate_begin",
                "PERFORM pg_advisory_xact_lock_shared(hashtextextended('candidate look', 0));",
                others[1]),
        ROUNDS);
}
END_TEST

START_TEST(control_without_the_look_at_workers) {
    ck_assert_int_eq(
        without("candidate_screen_import", " OR o.worker_id <> f.worker_id", others[0]), ROUNDS);
}
END_TEST

int main(void) {
    const struct check_rounds tests[] = {
        {two_campaigns_at_once_are_seen, 2},
        {an_entry_need_not_wait_for_an_import_and_its_last_look_sees_it, 0},
        {control_imports_without_the_lock, 0},
        {control_entries_without_the_lock, 0},
        {control_without_the_look_at_workers, 0},
        {NULL, 0},
    };
    return check_shared("import_race", up, season_down, 120, tests);
}
