/* Whom an employer sees follows the proposals: candidate.shown_to, kept by candidate_shown(),
 * whatever moves a proposal and whoever else moves another at the same time. With the controls: the
 * trigger off, the lock off; and what a reserve was before it lapsed forgotten. */
#include <stdio.h>
#include <string.h>

#include "tests/support/check_main.h"
#include "tests/support/season.h"

enum { SQL_MAX = 600 };

static PGconn *pg;

static void setup(void) {
    pg = season_connect();
}

static void teardown(void) {
    PQfinish(pg);
}

/* A candidate with two proposals to the farm, of two contracts: `first` and the one after it. */
static long long two_proposals(long long *first) {
    char sql[SQL_MAX];
    *first =
        season_number(pg, "WITH k AS MATERIALIZED (SELECT t_contract(1) AS a, t_contract(1) AS b) "
                          "SELECT t_proposal(a) FROM k");
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO proposal (campaign_id, run_id, contract_id, org_id, candidate_id, "
        "rank, first_choice, score, result_points, experience_points, language_points, "
        "return_points, state, shown) SELECT campaign_id, run_id, (SELECT max(id) FROM "
        "contract), org_id, candidate_id, 2, false, 0, 0, 0, 0, 0, 'proposed', true FROM "
        "proposal WHERE id = %lld RETURNING id - %lld",
        *first, *first);
    ck_assert_int_eq(season_number(pg, sql), 1);
    (void)snprintf(sql, sizeof sql, "SELECT candidate_id FROM proposal WHERE id = %lld", *first);
    return season_number(pg, sql);
}

/* How many of the candidate's rows the farm's login is shown. */
static int seen(long long candidate) {
    char sql[SQL_MAX];
    (void)snprintf(sql, sizeof sql,
                   "BEGIN; SELECT act_as(t_id('farmer'), t_id('farm'), 'employer', '2027-01-15'); "
                   "SET LOCAL ROLE noria_employer; SELECT count(id) FROM candidate WHERE id = %lld",
                   candidate);
    int count = (int)season_number(pg, sql);
    (void)season_number(pg, "ROLLBACK; SELECT 1");
    return count;
}

static void state_of(long long proposal, const char *state) {
    char sql[SQL_MAX];
    (void)snprintf(sql, sizeof sql, "UPDATE proposal SET state = '%s' WHERE id = %lld RETURNING 1",
                   state, proposal);
    (void)season_number(pg, sql);
}

START_TEST(sight_follows_the_proposals) {
    long long first;
    long long candidate = two_proposals(&first);
    ck_assert_int_eq(seen(candidate), 1);
    state_of(first, "reserve");
    ck_assert_int_eq(seen(candidate), 1); /* by the other one */
    state_of(first + 1, "reserve");
    ck_assert_int_eq(seen(candidate), 0);
    state_of(first, "proposed");
    ck_assert_int_eq(seen(candidate), 1);
    state_of(first, "lapsed");
    ck_assert_int_eq(seen(candidate), 1);
    char sql[SQL_MAX];
    (void)snprintf(sql, sizeof sql, "DELETE FROM proposal WHERE id = %lld RETURNING 1", first);
    (void)season_number(pg, sql);
    ck_assert_int_eq(seen(candidate), 0);
}
END_TEST

START_TEST(control_without_the_trigger) {
    long long first;
    long long candidate = two_proposals(&first);
    (void)season_number(pg, "ALTER TABLE proposal DISABLE TRIGGER candidate_shown; SELECT 1");
    state_of(first, "reserve");
    state_of(first + 1, "reserve");
    (void)season_number(pg, "ALTER TABLE proposal ENABLE TRIGGER candidate_shown; SELECT 1");
    ck_assert_int_eq(seen(candidate), 1);
}
END_TEST

/* Two take back the two proposals at once: each sees the other's as it was. */
static int seen_after_race(const char *level) {
    PGconn *two[2] = {season_connect(), season_connect()};
    char sql[2][SQL_MAX];
    long long first;
    long long candidate = two_proposals(&first);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(sql[i], sizeof sql[i],
                       "UPDATE proposal SET state = 'reserve' WHERE id = %lld", first + i);
    }
    int held = season_race(two, (const char *const[]){sql[0], sql[1]}, 2, level);
    for (int i = 0; i < 2; i++) {
        if (held < 2) {
            state_of(first + i, "reserve"); /* who was refused tries again */
        }
        PQfinish(two[i]);
    }
    return seen(candidate);
}

static const char *const levels[] = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};

START_TEST(two_at_once_leave_nobody_shown) {
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(seen_after_race(levels[_i]), 0);
    }
}
END_TEST

START_TEST(control_without_the_lock) {
    ck_assert_int_eq(
        season_number(pg, "CREATE TABLE t_kept AS SELECT pg_get_functiondef('candidate_shown'::"
                          "regproc) AS def; SELECT count(*) FROM t_kept WHERE def LIKE '%ORDER BY "
                          "c.id FOR NO KEY UPDATE%'"),
        1);
    (void)season_number(pg, "DO $$ BEGIN EXECUTE (SELECT replace(def, 'FOR NO KEY UPDATE', '') "
                            "FROM t_kept); END $$; SELECT 1");
    int shown = seen_after_race("READ COMMITTED");
    (void)season_number(pg, "DO $$ BEGIN EXECUTE (SELECT def FROM t_kept); END $$; SELECT 1");
    (void)season_number(pg, "DROP TABLE t_kept; SELECT 1");
    ck_assert_int_eq(shown, 1);
}
END_TEST

/* A candidate who is a reserve of one contract of the farm and nothing else. */
static long long a_reserve(long long *proposal) {
    char sql[SQL_MAX];
    long long candidate = two_proposals(proposal);
    (void)snprintf(sql, sizeof sql, "DELETE FROM proposal WHERE id = %lld RETURNING 1",
                   *proposal + 1);
    (void)season_number(pg, sql);
    (void)snprintf(
        sql, sizeof sql,
        "UPDATE proposal SET state = 'reserve', shown = false WHERE id = %lld RETURNING 1",
        *proposal);
    (void)season_number(pg, sql);
    ck_assert_int_eq(seen(candidate), 0);
    return candidate;
}

static const char as_farm[] = "BEGIN; SELECT act_as(t_id('farmer'), t_id('farm'), 'employer', "
                              "'2027-01-15'); SET LOCAL ROLE noria_employer; ";

/* Rows of the proposal that the farm's login reads. */
static int farm_reads(long long proposal) {
    char sql[SQL_MAX];
    (void)snprintf(sql, sizeof sql, "%sSELECT count(*) FROM proposal WHERE id = %lld", as_farm,
                   proposal);
    int rows = (int)season_number(pg, sql);
    (void)season_number(pg, "ROLLBACK; SELECT 1");
    return rows;
}

/* Whether an answer to it is refused otherwise than to one who knows nothing of it. */
static bool farm_is_told(long long proposal) {
    char sql[SQL_MAX];
    (void)snprintf(sql, sizeof sql, "%sSELECT proposal_accept(%lld)", as_farm, proposal);
    PGresult *answer = PQexec(pg, sql);
    const char *rule = PQresultErrorField(answer, PG_DIAG_CONSTRAINT_NAME);
    ck_assert_ptr_nonnull(rule);
    bool told = strcmp(rule, "not_found") != 0;
    PQclear(answer);
    (void)season_number(pg, "ROLLBACK; SELECT 1");
    return told;
}

START_TEST(a_reserve_that_lapses_was_never_shown) {
    long long proposal;
    char sql[SQL_MAX];
    long long candidate = a_reserve(&proposal);
    state_of(proposal, "lapsed");
    ck_assert_int_eq(seen(candidate), 0);
    ck_assert_int_eq(farm_reads(proposal), 0);
    ck_assert(!farm_is_told(proposal));
    /* one that was called stays known, whatever becomes of it */
    candidate = a_reserve(&proposal);
    (void)snprintf(sql, sizeof sql,
                   "SELECT reserve_call(contract_id) FROM proposal WHERE id = %lld", proposal);
    PQclear(PQexec(pg, sql));
    ck_assert_int_eq(seen(candidate), 1);
    state_of(proposal, "lapsed");
    ck_assert_int_eq(seen(candidate), 1);
    ck_assert_int_eq(farm_reads(proposal), 1);
    ck_assert(farm_is_told(proposal));
}
END_TEST

/* As it was: what is no reserve now counts as shown. The column itself is held by its CHECK. */
START_TEST(control_with_what_it_is_now) {
    long long proposal;
    ck_assert_int_eq(
        season_number(pg, "CREATE TABLE t_kept AS SELECT pg_get_functiondef(f::regproc) AS def "
                          "FROM unnest(ARRAY['candidate_shown', 'proposal_refused_state']) f; "
                          "SELECT count(*) FROM t_kept WHERE def LIKE '%shown AND %'"),
        2);
    (void)season_number(
        pg, "ALTER POLICY proposal_employer ON proposal USING (org_id = actor_org() AND state <> "
            "'reserve'); DO $$ DECLARE d text; BEGIN FOR d IN SELECT regexp_replace(def, "
            "'([a-z][.])?shown AND ', '', 'g') FROM t_kept LOOP EXECUTE d; END LOOP; END $$; "
            "SELECT 1");
    long long candidate = a_reserve(&proposal);
    state_of(proposal, "lapsed");
    int rows = farm_reads(proposal);
    int candidates = seen(candidate);
    bool told = farm_is_told(proposal);
    (void)season_number(
        pg, "DO $$ DECLARE d text; BEGIN FOR d IN SELECT def FROM t_kept LOOP EXECUTE d; END LOOP; "
            "END $$; DROP TABLE t_kept; ALTER POLICY proposal_employer ON proposal USING (org_id = "
            "actor_org() AND shown AND state <> 'reserve' AND run_id <> ALL (ARRAY(SELECT j.run_id "
            "FROM matching_job j))); SELECT 1");
    ck_assert_int_eq(rows, 1);
    ck_assert_int_eq(candidates, 1);
    ck_assert(told);
    (void)two_proposals(&proposal);
    PGresult *refused = PQexec(pg, "UPDATE proposal SET shown = false WHERE state = 'proposed'");
    ck_assert_str_eq(PQresultErrorField(refused, PG_DIAG_CONSTRAINT_NAME), "proposal_shown");
    PQclear(refused);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("matching/shown");
    TCase *tcase = tcase_create("shown");
    tcase_set_timeout(tcase, 60);
    tcase_add_unchecked_fixture(tcase, season_up, season_down);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, sight_follows_the_proposals);
    tcase_add_test(tcase, control_without_the_trigger);
    tcase_add_loop_test(tcase, two_at_once_leave_nobody_shown, 0, 3);
    tcase_add_test(tcase, control_without_the_lock);
    tcase_add_test(tcase, a_reserve_that_lapses_was_never_shown);
    tcase_add_test(tcase, control_with_what_it_is_now);
    suite_add_tcase(suite, tcase);
    return check_end(suite);
}
