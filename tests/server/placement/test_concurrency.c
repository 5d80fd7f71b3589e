/* Races that PostgreSQL must decide, at all three isolation levels: two who together pass six
 * months in twelve (new stays, extensions, corrections, transfers, one person under two workers), a
 * stay by a derogation that is revoked meanwhile, more acceptances than places, than a quota, of
 * one place, of one proposal, of one candidate. Each has a control in which the defence is taken
 * away and the same race breaks the rule. */
#include <stdarg.h>
#include <stdio.h>

#include "lib/base/text.h"
#include "tests/support/check_main.h"
#include "tests/support/season.h"

enum { ROUNDS = 40, ROUNDS_MAX = 10000, CONTROL_ROUNDS = 15, RACERS = 4 };

/* NORIA_ROUNDS asks for more at each level (450 are in docs/measurements.md). */
static int rounds(void) {
    const char *asked = getenv("NORIA_ROUNDS");
    int64_t count = 0;
    bool good = asked != NULL && text_int(span_of(asked), &count) && count > 0;
    return good && count < ROUNDS_MAX ? (int)count : ROUNDS;
}

static const char *const levels[] = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};

/* What two connections do to one person's stays. Each alone stays below 183 days, both do not.
 * HIM is his worker, AGAIN another worker of his. What there is before: `made`. */
struct duel {
    const char *made;
    const char *acts[2];
};

#define HIM "current_setting('t.him')::bigint"
#define AGAIN "current_setting('t.again')::bigint"
#define STAY(who, days)                                                                            \
    "INSERT INTO worker_stay (worker_id, campaign_id, period) VALUES (" who                        \
    ", t_id('days_183'), '" days "')"
#define OF_HIM "WHERE worker_id = " HIM " AND lower(period) = "
#define NONE "SELECT 1"
#define TWO                                                                                        \
    STAY(HIM, "[2027-02-01,2027-04-02)") "; " STAY(HIM, "[2027-06-01,2027-07-31)") "; SELECT 1"

static const struct duel duels[] = {
    /* two new stays of 100 days */
    {NONE, {STAY(HIM, "[2027-01-01,2027-04-11)"), STAY(HIM, "[2027-06-01,2027-09-09)")}},
    /* two extensions, by 60 days each */
    {TWO,
     {"UPDATE worker_stay SET period = '[2027-02-01,2027-06-01)' " OF_HIM "'2027-02-01'",
      "UPDATE worker_stay SET period = '[2027-06-01,2027-09-29)' " OF_HIM "'2027-06-01'"}},
    /* the first day corrected, beside a new stay */
    {TWO,
     {"UPDATE worker_stay SET period = '[2026-12-03,2027-04-02)' " OF_HIM "'2027-02-01'",
      STAY(HIM, "[2027-09-15,2027-11-14)")}},
    /* a transfer: the stay is cut and goes on elsewhere, beside a new stay */
    {TWO,
     {"UPDATE worker_stay SET period = '[2027-02-01,2027-03-13)' " OF_HIM
      "'2027-02-01'; " STAY(HIM, "[2027-03-13,2027-06-01)"),
      STAY(HIM, "[2027-09-15,2027-11-14)")}},
    /* one person who was entered as two workers */
    {NONE, {STAY(HIM, "[2027-01-01,2027-04-11)"), STAY(AGAIN, "[2027-06-01,2027-09-09)")}},
};
enum { DUELS = sizeof duels / sizeof *duels };

static void know_person(PGconn *pg, long long worker, long long other) {
    char sql[200];
    (void)snprintf(
        sql, sizeof sql,
        "SELECT set_config('t.him', '%lld', false), set_config('t.again', '%lld', false)", worker,
        other);
    (void)season_number(pg, sql);
}

/* Gives how many rounds ended with both. `one_held` counts those in which exactly one held. */
static int six_months_rounds(const char *level, int count, int *one_held) {
    PGconn *pg[2] = {season_connect(), season_connect()};
    int broken = 0;
    *one_held = 0;
    for (int i = 0; i < count; i++) {
        const struct duel *duel = &duels[i % DUELS];
        char sql[100];
        long long worker = season_number(pg[0], "INSERT INTO worker DEFAULT VALUES RETURNING id");
        (void)snprintf(sql, sizeof sql, "INSERT INTO worker (person_id) VALUES (%lld) RETURNING id",
                       worker);
        long long other = season_number(pg[0], sql);
        know_person(pg[0], worker, other);
        know_person(pg[1], worker, other);
        (void)season_number(pg[0], duel->made);
        int swap = i / DUELS % 2;
        int held = season_race(pg, (const char *const[]){duel->acts[swap], duel->acts[1 - swap]}, 2,
                               level);
        broken += held == 2;
        *one_held += held == 1;
    }
    PQfinish(pg[0]);
    PQfinish(pg[1]);
    return broken;
}

START_TEST(six_months_hold) {
    int one_held = 0;
    ck_assert_int_eq(six_months_rounds(levels[_i], rounds(), &one_held), 0);
    ck_assert_int_eq(one_held, rounds());
}
END_TEST

START_TEST(control_without_the_trigger) {
    int one_held = 0;
    PGconn *pg = season_connect();
    (void)season_number(pg, "ALTER TABLE worker_stay DISABLE TRIGGER six_months; SELECT 1");
    int broken = six_months_rounds(levels[_i], CONTROL_ROUNDS, &one_held);
    (void)season_number(pg, "ALTER TABLE worker_stay ENABLE TRIGGER six_months; SELECT 1");
    PQfinish(pg);
    /* SERIALIZABLE sees some of the changes of existing stays by itself */
    ck_assert_int_ge(broken, _i == 2 ? CONTROL_ROUNDS / 2 : CONTROL_ROUNDS);
}
END_TEST

/* A lock in place of the bump (the same lock as an UPDATE takes): the second waits, and then checks
 * against its old snapshot. */
START_TEST(control_with_a_lock_alone) {
    int one_held = 0;
    PGconn *pg = season_connect();
    (void)season_number(
        pg,
        "CREATE TABLE t_kept AS SELECT pg_get_functiondef('worker_stay_check'::regproc) AS text;"
        "DO $$ BEGIN EXECUTE replace((SELECT text FROM t_kept),"
        "'UPDATE worker w SET version = w.version + 1 WHERE w.id = NEW.worker_id "
        "RETURNING w.person_id INTO person',"
        "'SELECT w.person_id INTO person FROM worker w WHERE w.id = NEW.worker_id "
        "FOR NO KEY UPDATE'); END $$; SELECT 1");
    int broken = six_months_rounds("REPEATABLE READ", CONTROL_ROUNDS, &one_held);
    (void)season_number(pg, "DO $$ BEGIN EXECUTE (SELECT text FROM t_kept); END $$;"
                            "DROP TABLE t_kept; SELECT 1");
    PQfinish(pg);
    /* all but one person under two workers, whose common row is still moved */
    ck_assert_int_ge(broken, CONTROL_ROUNDS * (DUELS - 1) / DUELS);
}
END_TEST

/* --- acceptances -------------------------------------------------------------------------------
 */

/* What four acceptances want, and how many may have it. */
struct contest {
    int contracts; /* 1: all of one contract; RACERS: each of its own */
    int places;    /* of each contract */
    int proposals; /* 1: all answer the same one */
    bool one_candidate;
    int quota; /* what the service has left; 0: enough */
    int most;
};

static const struct contest two_places = {1, 2, RACERS, false, 0, 2};
static const struct contest one_place = {1, 1, RACERS, false, 0, 1};
static const struct contest two_of_quota = {RACERS, 1, RACERS, false, 2, 2};
static const struct contest one_proposal = {1, RACERS, 1, false, 0, 1};
static const struct contest one_candidate = {RACERS, 1, RACERS, true, 0, 1};

__attribute__((format(printf, 2, 3))) static long long number(PGconn *pg, const char *format, ...) {
    char sql[500];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    return season_number(pg, sql);
}

/* The contracts are a month apart, so that one candidate's stays do not overlap. */
static void prepare(PGconn *pg, const struct contest *contest, long long proposals[RACERS]) {
    long long contract = 0;
    for (int k = 0; k < RACERS; k++) {
        if (k < contest->contracts) {
            contract = number(
                pg, "SELECT t_contract(%d, '2027-03-01'::date + %d, '2027-03-30'::date + %d)",
                contest->places, 40 * k, 40 * k);
        }
        proposals[k] = k >= contest->proposals ? proposals[0]
                                               : number(pg, "SELECT t_proposal(%lld)", contract);
        if (contest->one_candidate && k > 0) {
            (void)number(pg,
                         "UPDATE proposal SET candidate_id = (SELECT candidate_id FROM proposal "
                         "WHERE id = %lld) WHERE id = %lld RETURNING id",
                         proposals[0], proposals[k]);
        }
    }
    (void)number(pg,
                 "UPDATE campaign_service SET quota = used + %d WHERE campaign_id = "
                 "t_id('days_183') RETURNING 1",
                 contest->quota == 0 ? 1000 : contest->quota);
}

/* Gives the rounds in which more than may had it. */
static int contest_rounds(const struct contest *contest, const char *act, const char *level,
                          int count, int *given) {
    PGconn *pg[RACERS];
    int broken = 0;
    *given = 0;
    for (int k = 0; k < RACERS; k++) {
        pg[k] = season_connect();
        (void)season_number(pg[k], "SET deadlock_timeout = '5ms'; SELECT 1");
    }
    for (int i = 0; i < count; i++) {
        char text[RACERS][200];
        const char *statements[RACERS];
        long long proposals[RACERS];
        prepare(pg[0], contest, proposals);
        long long before = season_number(pg[0], "SELECT count(*) FROM placement");
        for (int k = 0; k < RACERS; k++) {
            (void)snprintf(text[k], sizeof text[k], "SELECT %s(%lld)", act, proposals[k]);
            statements[k] = text[k];
        }
        (void)season_race(pg, statements, RACERS, level);
        long long bound = season_number(pg[0], "SELECT count(*) FROM placement") - before;
        broken += bound > contest->most;
        *given += (int)bound;
    }
    for (int k = 0; k < RACERS; k++) {
        PQfinish(pg[k]);
    }
    return broken;
}

/* Every counter is the count, whatever raced. */
static void counters_agree(void) {
    PGconn *pg = season_connect();
    ck_assert_int_eq(
        season_number(pg, "SELECT count(*) FROM contract k WHERE k.taken <> (SELECT count(*) FROM "
                          "contract_place p WHERE p.contract_id = k.id AND p.placement_id IS NOT "
                          "NULL) OR k.taken <> (SELECT count(DISTINCT b.place_no) FROM placement b "
                          "WHERE b.contract_id = k.id)"),
        0);
    ck_assert_int_eq(
        season_number(pg, "SELECT used - (SELECT count(*) FROM placement) FROM campaign_service "
                          "WHERE campaign_id = t_id('days_183')"),
        0);
    PQfinish(pg);
}

/* At READ COMMITTED those who wait are refused or have it; at the others one may fail to serialize
 * and nobody is run again here, so fewer can be given, never none. */
static void hold(const struct contest *contest, int level) {
    int given = 0;
    ck_assert_int_eq(contest_rounds(contest, "proposal_accept", levels[level], rounds(), &given),
                     0);
    ck_assert_int_ge(given, level == 0 ? contest->most * rounds() : rounds());
    counters_agree();
}

START_TEST(places_hold) {
    hold(&two_places, _i);
}
END_TEST

START_TEST(a_place_is_used_once) {
    hold(&one_place, _i);
}
END_TEST

START_TEST(quotas_hold) {
    hold(&two_of_quota, _i);
}
END_TEST

START_TEST(a_proposal_is_accepted_once) {
    hold(&one_proposal, _i);
}
END_TEST

START_TEST(a_candidate_is_bound_once) {
    hold(&one_candidate, _i);
}
END_TEST

/* What counters, keys and conditional updates replace: look, then insert. Runs with the indexes
 * gone that keep a candidate and a proposal from being bound twice. */
static const struct {
    const struct contest *contest;
    const char *look; /* true when there is room, as a reader would ask */
} controls[] = {
    {&two_places, "(SELECT count(*) FROM placement b WHERE b.contract_id = o.contract_id) < 2"},
    {&one_place, "NOT EXISTS (SELECT FROM placement b WHERE b.contract_id = o.contract_id)"},
    {&two_of_quota, "(SELECT count(*) FROM placement b) < (SELECT quota FROM campaign_service "
                    "WHERE campaign_id = o.campaign_id)"},
    {&one_proposal, "NOT EXISTS (SELECT FROM placement b WHERE b.proposal_id = o.id)"},
    {&one_candidate, "NOT EXISTS (SELECT FROM placement b WHERE b.candidate_id = o.candidate_id)"},
};
enum { CONTROLS = sizeof controls / sizeof *controls };

/* Of two levels each: SERIALIZABLE needs none of these defences. */
START_TEST(control_looking_first) {
    int given = 0;
    char sql[1500];
    PGconn *pg = season_connect();
    (void)snprintf(
        sql, sizeof sql,
        "CREATE OR REPLACE FUNCTION t_look_accept(p bigint) RETURNS void LANGUAGE sql AS $$"
        "INSERT INTO placement (campaign_id, contract_id, place_no, proposal_id, candidate_id, "
        "worker_id, org_id, service_id, first_day, last_day, return_due, bound_by) "
        "SELECT o.campaign_id, o.contract_id, 1, o.id, c.id, c.worker_id, o.org_id, c.org_id, "
        "'2027-03-01', '2027-06-30', '2027-06-30', t_id('farmer') "
        "FROM proposal o JOIN candidate c ON c.id = o.candidate_id WHERE o.id = p AND %s $$;"
        "DROP INDEX IF EXISTS candidate_bound, placement_proposal; SELECT 1",
        controls[_i % CONTROLS].look);
    (void)season_number(pg, sql);
    int broken = 0;
    for (int i = 0; i < CONTROL_ROUNDS; i++) {
        (void)season_number(pg,
                            "UPDATE campaign_service SET quota = 1000000, used = (SELECT count(*) "
                            "FROM placement) WHERE campaign_id = t_id('days_183') RETURNING 1");
        broken += contest_rounds(controls[_i % CONTROLS].contest, "t_look_accept",
                                 levels[_i / CONTROLS], 1, &given);
    }
    PQfinish(pg);
    ck_assert_int_eq(broken, CONTROL_ROUNDS);
}
END_TEST

/* --- a derogation and its revocation ------------------------------------------------------------
 */

/* A stay of 200 days by a derogation, while that is revoked: the stay is refused, or listed as
 * over, or it was there first and the revocation failed to serialize. Gives the rounds in which it
 * stands, unseen, under a revoked derogation. */
static int revocation_rounds(const char *level, int count, int *stood) {
    PGconn *pg[2] = {season_connect(), season_connect()};
    int broken = 0;
    *stood = 0;
    for (int i = 0; i < count; i++) {
        char text[2][400];
        long long leave = season_number(
            pg[0],
            "SELECT t_derogation('{\"from_day\": \"2027-01-01\", \"to_day\": \"2027-12-31\", "
            "\"most_days\": 210}', ARRAY[t_workers(1)])");
        long long worker = number(
            pg[0], "SELECT worker_id FROM derogation_worker WHERE derogation_id = %lld", leave);
        (void)snprintf(text[i % 2], sizeof text[0],
                       "INSERT INTO worker_stay (worker_id, campaign_id, period) VALUES (%lld, "
                       "t_id('days_183'), '[2027-02-01,2027-08-20)')",
                       worker);
        /* it is the quicker of the two: in every other round it has something to count first */
        (void)snprintf(text[1 - i % 2], sizeof text[0],
                       "SELECT act_as(t_id('officer'), t_id('office'), 'officer', '2027-01-15'); "
                       "SELECT sum(i) FROM generate_series(1, %d) i; "
                       "SELECT derogation_revoke(%lld, '2027-02-15', 'raced with a stay')",
                       i % 4 < 2 ? 1 : 400000, leave);
        (void)season_race(pg, (const char *const[]){text[0], text[1]}, 2, level);
        long long stands =
            number(pg[0], "SELECT count(*) FROM worker_stay WHERE worker_id = %lld", worker);
        *stood += (int)stands;
        broken += stands == 1 && number(pg[0],
                                        "SELECT count(*) FROM derogation d WHERE d.id = %lld AND "
                                        "d.revoked_from IS NOT NULL AND NOT EXISTS (SELECT FROM "
                                        "derogation_over o WHERE o.derogation_id = d.id)",
                                        leave) == 1;
    }
    PQfinish(pg[0]);
    PQfinish(pg[1]);
    return broken;
}

START_TEST(nobody_is_over_unseen) {
    int stood = 0;
    ck_assert_int_eq(revocation_rounds(levels[_i], rounds(), &stood), 0);
    ck_assert_int_ge(stood, rounds() / 4); /* both come first at times */
    ck_assert(_i == 0 || stood < rounds());
}
END_TEST

/* Without the derogation's own row being moved, neither sees the other. */
START_TEST(control_without_uses) {
    int stood = 0;
    PGconn *pg = season_connect();
    (void)season_number(
        pg,
        "CREATE TABLE t_kept AS SELECT pg_get_functiondef('worker_stay_check'::regproc) AS text;"
        "DO $$ BEGIN EXECUTE replace((SELECT text FROM t_kept), 'EXIT WHEN rests_on <@ held', "
        "'EXIT'); END $$; SELECT 1");
    int broken = revocation_rounds(levels[_i], CONTROL_ROUNDS, &stood);
    (void)season_number(pg, "DO $$ BEGIN EXECUTE (SELECT text FROM t_kept); END $$;"
                            "DROP TABLE t_kept; SELECT 1");
    PQfinish(pg);
    ck_assert_int_eq(broken, CONTROL_ROUNDS);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("races");
    TCase *tcase = tcase_create("races");
    tcase_set_timeout(tcase, 3600);
    tcase_add_unchecked_fixture(tcase, season_up, season_down);
    tcase_add_loop_test(tcase, six_months_hold, 0, 3);
    tcase_add_loop_test(tcase, control_without_the_trigger, 0, 3);
    tcase_add_test(tcase, control_with_a_lock_alone);
    tcase_add_loop_test(tcase, places_hold, 0, 3);
    tcase_add_loop_test(tcase, a_place_is_used_once, 0, 3);
    tcase_add_loop_test(tcase, quotas_hold, 0, 3);
    tcase_add_loop_test(tcase, a_proposal_is_accepted_once, 0, 3);
    tcase_add_loop_test(tcase, a_candidate_is_bound_once, 0, 3);
    tcase_add_loop_test(tcase, control_looking_first, 0, 2 * CONTROLS);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("revocations");
    tcase_set_timeout(tcase, 3600);
    tcase_add_unchecked_fixture(tcase, season_up, season_down);
    tcase_add_loop_test(tcase, nobody_is_over_unseen, 0, 3);
    tcase_add_loop_test(tcase, control_without_uses, 0, 2);
    suite_add_tcase(suite, tcase);
    return check_end(suite);
}
