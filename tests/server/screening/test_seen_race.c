/* test_seen_race.c - two looks at a document at the same time, at all isolation levels: one
 * declares the replacement, the other shows the new document and declares nothing. Who comes later
 * knows the replacement. The controls take the bump of the worker's version away, or put a lock in
 * its place.
 */
#include <stdio.h>

#include "tests/support/check_main.h"
#include "tests/support/season.h"

enum { ROUNDS = 6, CONTROL_ROUNDS = 4 };

static const char *const levels[] = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};

#define LOOK(replaces)                                                                             \
    "SELECT act_as(t_id('officer'), t_id('office'), 'officer', '2027-01-15'); "                    \
    "SELECT document_seen_record((SELECT max(id) FROM candidate), 'medical', '2027-01-15', "       \
    "decode(md5('new'), 'hex'), true, true, " replaces ")"

/* How far the numbers of the looks have come, seen across transactions; the second begins when the
 * first has written his. */
#define NUMBERS "(SELECT 2 * last_value + is_called::int FROM document_seen_id_seq)"
#define AFTER_THE_OTHER                                                                            \
    "DO $$ BEGIN FOR i IN 1..1000000 LOOP EXIT WHEN " NUMBERS                                      \
    " <> current_setting('t.numbers')::bigint; END LOOP; END $$; "

/* Cases of a look that came after the replacement was declared. */
#define WRONG                                                                                      \
    "SELECT count(*) FROM fraud_case f JOIN document_seen s ON s.id = (f.evidence ->> "            \
    "'look')::bigint WHERE EXISTS (SELECT FROM document_seen r WHERE r.candidate_id = "            \
    "s.candidate_id AND r.replaces IS NOT NULL AND r.id < s.id)"

/* How many such cases there are; `held`: looks that were committed. */
static long long looks(const char *level, int rounds, int *held) {
    PGconn *pg[2] = {season_connect(), season_connect()};
    *held = 0;
    long long before = season_number(pg[0], WRONG);
    for (int i = 0; i < rounds; i++) {
        (void)season_number(pg[0], "SELECT t_workers(1)");
        (void)season_number(pg[1], "SELECT set_config('t.numbers', " NUMBERS "::text, false)");
        *held += season_race(
            pg, (const char *const[]){LOOK("'renewed'"), AFTER_THE_OTHER LOOK("NULL")}, 2, level);
    }
    long long wrong = season_number(pg[0], WRONG) - before;
    PQfinish(pg[0]);
    PQfinish(pg[1]);
    return wrong;
}

START_TEST(the_later_look_knows_the_replacement) {
    int held = 0;
    ck_assert_int_eq(looks(levels[_i], ROUNDS, &held), 0);
    /* above READ COMMITTED one is refused, and the server runs it again */
    ck_assert_int_ge(held, _i == 0 ? 2 * ROUNDS : ROUNDS);
}
END_TEST

/* Runs with the bump replaced by `instead`; fails when the function has no bump. */
static long long without(const char *instead, const char *level) {
    char sql[700];
    int held = 0;
    PGconn *pg = season_connect();
    (void)snprintf(
        sql, sizeof sql,
        "CREATE TABLE t_kept AS SELECT pg_get_functiondef('document_seen_record'::regproc) AS text;"
        "DO $do$ DECLARE t text := (SELECT replace(text, 'UPDATE worker w SET version = w.version "
        "+ 1 WHERE w.id = c.worker_id;', '%s') FROM t_kept); BEGIN "
        "ASSERT t <> (SELECT text FROM t_kept); EXECUTE t; END $do$; SELECT 1",
        instead);
    (void)season_number(pg, sql);
    long long wrong = looks(level, CONTROL_ROUNDS, &held);
    (void)season_number(pg, "DO $$ BEGIN EXECUTE (SELECT text FROM t_kept); END $$;"
                            "DROP TABLE t_kept; SELECT 1");
    PQfinish(pg);
    return wrong;
}

START_TEST(control_without_the_bump) {
    ck_assert_int_eq(without("", "READ COMMITTED"), CONTROL_ROUNDS);
}
END_TEST

START_TEST(control_with_a_lock_alone) {
    ck_assert_int_eq(without("PERFORM 1 FROM worker w WHERE w.id = c.worker_id FOR NO KEY UPDATE;",
                             "REPEATABLE READ"),
                     CONTROL_ROUNDS);
}
END_TEST

int main(void) {
    const struct check_rounds tests[] = {
        {the_later_look_knows_the_replacement, 3},
        {control_without_the_bump, 0},
        {control_with_a_lock_alone, 0},
        {NULL, 0},
    };
    return check_shared("seen_race", season_up, season_down, 120, tests);
}
