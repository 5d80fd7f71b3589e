/* Races over seats and marks that PostgreSQL must decide, at all three isolation levels, each with
 * a control in which the defence is taken away and the same race breaks the rule. */
#include <stdio.h>

#include "tests/support/check_main.h"
#include "tests/support/season.h"

enum { ROUNDS = 40, CONTROL_ROUNDS = 10, RACERS = 4, SEATS = 2 };

static const char *const levels[] = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};

static void up(void) {
    season_up();
    static char text[16384];
    FILE *file = fopen("tests/support/seats.sql", "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    PGconn *pg = season_connect();
    PGresult *result = PQexec(pg, text);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(pg));
    PQclear(result);
    PQfinish(pg);
}

static void owner(const char *sql) {
    char state[6];
    PGconn *pg = season_connect();
    ck_assert_msg(season_try(pg, state, "%s", sql), "%s", PQerrorMessage(pg));
    PQfinish(pg);
}

/* Four candidates race for two seats; gives the rounds in which more than two got one. */
static int seat_rounds(const char *level, int rounds, int *taken) {
    PGconn *pg[RACERS];
    int broken = 0;
    *taken = 0;
    for (int k = 0; k < RACERS; k++) {
        pg[k] = season_connect();
    }
    for (int i = 0; i < rounds; i++) {
        char sql[120], text[RACERS][160];
        const char *sent[RACERS];
        (void)snprintf(sql, sizeof sql, "SELECT t_sitting(%d)", SEATS);
        long long session = season_number(pg[0], sql);
        for (int k = 0; k < RACERS; k++) {
            (void)snprintf(text[k], sizeof text[k],
                           "INSERT INTO seat (session_id, candidate_id) VALUES (%lld, %lld)",
                           session, season_number(pg[0], "SELECT t_person()"));
            sent[k] = text[k];
        }
        int held = season_race(pg, sent, RACERS, level);
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM seat WHERE session_id = %lld",
                       session);
        ck_assert_int_eq(season_number(pg[0], sql), held);
        broken += held > SEATS;
        *taken += held;
    }
    for (int k = 0; k < RACERS; k++) {
        PQfinish(pg[k]);
    }
    return broken;
}

START_TEST(capacity_holds) {
    int taken = 0;
    ck_assert_int_eq(seat_rounds(levels[_i], ROUNDS, &taken), 0);
    /* Where waiting is not an error, both seats are taken each time. */
    ck_assert_int_ge(taken, _i == 0 ? ROUNDS * SEATS : ROUNDS);
}
END_TEST

START_TEST(control_without_the_check) {
    int taken = 0;
    owner("ALTER TABLE test_session DROP CONSTRAINT session_full");
    int broken = seat_rounds("READ COMMITTED", CONTROL_ROUNDS, &taken);
    owner("UPDATE test_session SET capacity = 100");
    owner("ALTER TABLE test_session ADD CONSTRAINT session_full CHECK (seats_taken <= capacity)");
    ck_assert_int_eq(broken, CONTROL_ROUNDS);
}
END_TEST

START_TEST(control_counting_seats) {
    int taken = 0;
    owner("CREATE TABLE t_kept AS SELECT pg_get_functiondef('seat_new'::regproc) AS text;"
          "SELECT t_count_seats()");
    int broken = seat_rounds(levels[_i], CONTROL_ROUNDS, &taken);
    owner("DO $$ BEGIN EXECUTE (SELECT text FROM t_kept); END $$; DROP TABLE t_kept");
    ck_assert_int_eq(broken, CONTROL_ROUNDS);
}
END_TEST

/* One candidate, two sessions: gives the rounds in which he got a seat in both. */
static int twin_rounds(const char *level, int rounds) {
    PGconn *pg[2] = {season_connect(), season_connect()};
    int both = 0;
    for (int i = 0; i < rounds; i++) {
        char text[2][160];
        long long person = season_number(pg[0], "SELECT t_person()");
        for (int k = 0; k < 2; k++) {
            (void)snprintf(text[k], sizeof text[k],
                           "INSERT INTO seat (session_id, candidate_id) VALUES (%lld, %lld)",
                           season_number(pg[0], "SELECT t_sitting(5)"), person);
        }
        both += season_race(pg, (const char *const[]){text[0], text[1]}, 2, level) == 2;
    }
    PQfinish(pg[0]);
    PQfinish(pg[1]);
    return both;
}

START_TEST(one_open_seat_a_person) {
    ck_assert_int_eq(twin_rounds(levels[_i], ROUNDS), 0);
}
END_TEST

START_TEST(control_without_the_index) {
    owner("DROP INDEX seat_already");
    int both = twin_rounds("READ COMMITTED", CONTROL_ROUNDS);
    owner("UPDATE seat SET open = false");
    owner("CREATE UNIQUE INDEX seat_already ON seat (candidate_id) WHERE open");
    ck_assert_int_eq(both, CONTROL_ROUNDS);
}
END_TEST

/* Two assessors begin one exercise under the first number at once: only one becomes its marker. */
static int marker_rounds(const char *level, int rounds) {
    PGconn *pg[2] = {season_connect(), season_connect()};
    int both = 0;
    for (int i = 0; i < rounds; i++) {
        char text[2][160];
        long long chair = season_number(pg[0], "SELECT t_present()");
        for (int k = 0; k < 2; k++) {
            /* different criteria of one exercise, so that the marks themselves do not meet */
            (void)snprintf(text[k], sizeof text[k], "SELECT t_mark(%lld, %d, %d)", chair, 9001 + k,
                           k);
        }
        both += season_race(pg, (const char *const[]){text[0], text[1]}, 2, level) == 2;
    }
    PQfinish(pg[0]);
    PQfinish(pg[1]);
    return both;
}

START_TEST(one_marker_a_number) {
    ck_assert_int_eq(marker_rounds(levels[_i], ROUNDS), 0);
}
END_TEST

START_TEST(control_without_the_marker_key) {
    owner("ALTER TABLE mark DROP CONSTRAINT mark_other_marker");
    int both = marker_rounds("READ COMMITTED", CONTROL_ROUNDS);
    ck_assert_int_eq(both, CONTROL_ROUNDS);
}
END_TEST

/* A seat is released while a pack of its session is sealed, either begun first: gives the rounds in
 * which the pack carries the freed seat. */
static int pack_rounds(const char *level, int rounds, int *done) {
    PGconn *pg[2] = {season_connect(), season_connect()};
    int broken = 0;
    *done = 0;
    for (int i = 0; i < rounds; i++) {
        char sql[300], release[200], seal[400];
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO seat (session_id, candidate_id) SELECT t_sitting(%d), "
                       "t_person() RETURNING id",
                       SEATS);
        long long seat = season_number(pg[0], sql);
        (void)snprintf(release, sizeof release,
                       "UPDATE seat SET attendance = 'released', reason = 'not coming' WHERE id = "
                       "%lld",
                       seat);
        (void)snprintf(
            seal, sizeof seal,
            "INSERT INTO session_pack (pack, session_id, org_id, account_id, digest) "
            "SELECT md5(t.id::text), t.session_id, t.org_id, s.lead_account, sha256('x') "
            "FROM seat t JOIN test_session s ON s.id = t.session_id WHERE t.id = %lld",
            seat);
        *done += season_race(
            pg, (const char *const[]){i % 2 == 0 ? release : seal, i % 2 == 0 ? seal : release}, 2,
            level);
        (void)snprintf(sql, sizeof sql,
                       "SELECT count(*) FROM session_pack k JOIN seat t ON t.id = ANY (k.carried) "
                       "WHERE t.id = %lld AND t.attendance = 'released'",
                       seat);
        broken += season_number(pg[0], sql) > 0;
    }
    PQfinish(pg[0]);
    PQfinish(pg[1]);
    return broken;
}

START_TEST(a_pack_carries_no_freed_seat) {
    int done = 0;
    ck_assert_int_eq(pack_rounds(levels[_i], ROUNDS, &done), 0);
    /* Where waiting is not an error, a pack that comes second goes without the seat. */
    ck_assert_int_ge(done, _i == 0 ? ROUNDS + 1 : ROUNDS);
}
END_TEST

START_TEST(control_without_the_lock_of_the_pack) {
    int done = 0;
    owner("CREATE TABLE t_kept AS SELECT pg_get_functiondef('pack_new'::regproc) AS text; "
          "SELECT 1 / count(*) FROM t_kept WHERE text LIKE '%UPDATE test_session%'; "
          "DO $$ BEGIN EXECUTE (SELECT replace(text, 'UPDATE test_session SET seats_taken = "
          "seats_taken WHERE id = NEW.session_id;', '') FROM t_kept); END $$");
    int broken = pack_rounds("READ COMMITTED", CONTROL_ROUNDS, &done);
    owner("DO $$ BEGIN EXECUTE (SELECT text FROM t_kept); END $$; DROP TABLE t_kept");
    ck_assert_int_eq(broken, CONTROL_ROUNDS);
}
END_TEST

int main(void) {
    const struct check_rounds tests[] = {
        {capacity_holds, 3},
        {one_open_seat_a_person, 3},
        {one_marker_a_number, 3},
        {a_pack_carries_no_freed_seat, 3},
        {control_counting_seats, 2},
        {control_without_the_lock_of_the_pack, 0},
        {control_without_the_check, 0},
        {control_without_the_index, 0},
        {control_without_the_marker_key, 0},
        {NULL, 0},
    };
    return check_shared("seats", up, season_down, 120, tests);
}
