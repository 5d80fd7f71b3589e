/* A run of more candidates than a request takes is made in the background, step by step.
 *
 * Servers are processes of their own, killed (kill -9) as soon as they have got on; whatever the
 * step, nothing is lost or doubled, nobody but the office sees a part of the run, and no second run
 * begins. Controls: a part that is stored twice or not at all, the policies and functions without
 * their look at the runs under way, the key of the runs under way removed; a cancelled run that is
 * not undone, or ends as a whole one. */
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "server/matching/matching.h"
#include "server/routes.h"
#include "tests/server/matching/nation.h"
#include "tests/support/serve.h"
#include "tests/support/web.h"

enum { KILLS = 20, ROUNDS = 4000, SQL_MAX = 800 };

#define RUNS "/api/v1/campaigns/1/matching-runs"
#define LAST "(SELECT max(id) FROM matching_run)"

/* How far the run is; grows with each step and is -1 when it is whole. */
static long long far(void) {
    return web_sql("SELECT coalesce((SELECT CASE phase WHEN 'waiting' THEN 0 WHEN 'frozen' THEN 1 "
                   "ELSE 2 + coalesce(lapsed_to, 1000000) + stored END FROM matching_job), -1)");
}

/* Waits until the run has got further than `from` (or, with -2, is whole). */
static void wait_past(long long from) {
    for (int i = 0; i < ROUNDS; i++) {
        long long now = far();
        if (now == -1 || (from != -2 && now > from)) {
            return;
        }
        (void)web_sql("SELECT pg_sleep(0.005)");
    }
    ck_abort_msg("the run stands still at %lld", far());
}

static void order(int status, const char *word) {
    web_posts("officer", RUNS, "{}", status, word);
}

/* Lets servers begin and kills each once it has made a step, until the run is whole. */
static void make_and_kill(void) {
    int cut = 0;
    for (int i = 0; i < KILLS && far() != -1; i++) {
        long long from = far();
        pid_t server = serve_again(all_jobs, NULL);
        wait_past(from);
        serve_kill(server);
        cut += far() != -1;
    }
    ck_assert_int_eq(far(), -1);
    ck_assert_int_ge(cut, 3); /* else they were not killed in the middle */
}

static long long count(const char *what) {
    char sql[SQL_MAX];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", what);
    return web_sql(sql);
}

/* Lines of the last run's result that are not exactly one proposal, and proposals that are no line.
 */
static long long astray(void) {
    return web_sql(
        "SELECT count(*) FROM (SELECT w[1]::bigint AS k, w[3]::bigint AS c FROM matching_run r, "
        "string_to_table(rtrim(r.result, E'\\n'), E'\\n') AS l, string_to_array(l, ' ') AS w "
        "WHERE r.id = " LAST ") l FULL JOIN (SELECT contract_id AS k, candidate_id AS c, count(*) "
        "AS n FROM proposal WHERE run_id = " LAST " GROUP BY 1, 2) p USING (k, c) WHERE n IS "
        "DISTINCT FROM 1 OR l.k IS NULL");
}

static const char *of_last(const char *after) {
    static char path[80];
    (void)snprintf(path, sizeof path, "/api/v1/matching-runs/%lld%s", web_sql("SELECT " LAST),
                   after);
    return path;
}

START_TEST(nothing_is_lost_and_nothing_doubled) {
    nation_make();
    for (int run = 1; run <= 2; run++) { /* the second replaces the first */
        order(201, "\"run_id\"");
        ck_assert_int_eq(far(), 0);
        make_and_kill();
        ck_assert_int_gt(count("proposal WHERE run_id = " LAST), 5000);
        ck_assert_int_eq(astray(), 0);
        ck_assert_int_eq(count("matching_part"), 0);
        ck_assert_int_eq(
            count("proposal WHERE run_id < " LAST " AND state IN ('proposed', 'reserve')"), 0);
        ck_assert_int_eq(count("audit_leaf WHERE act = 'matching.run'"), run);
    }
    web_gets("officer", of_last(""), "\"state\":\"done\"");
}
END_TEST

/* As if a part had been stored and its row had stayed; then as if it had gone and nothing been
 * stored. */
START_TEST(control_of_the_count) {
    (void)web_sql(
        "ALTER TABLE proposal DROP CONSTRAINT proposal_once; DROP INDEX proposal_live; INSERT INTO "
        "matching_job (campaign_id, run_id, account_id, org_id, role, phase, per_candidate, "
        "reserve, returns, lapsed_to) SELECT 1, r.id, a.id, a.org_id, a.role, 'storing', 3, 1, "
        "'points', NULL FROM matching_run r, account a WHERE r.id = " LAST " AND a.role = "
        "'officer'; INSERT INTO matching_part SELECT id, 1, substring(result FROM 1 FOR "
        "position(E'\\n' IN result)) FROM matching_run WHERE id = " LAST "; SELECT 1");
    pid_t server = serve_again(all_jobs, NULL);
    wait_past(-2);
    serve_kill(server);
    ck_assert_int_eq(astray(), 1);
    (void)web_sql("DELETE FROM proposal WHERE run_id = " LAST " AND (contract_id, candidate_id) = "
                  "(SELECT contract_id, candidate_id FROM proposal WHERE run_id = " LAST
                  " GROUP BY 1, 2 HAVING count(*) > 1); SELECT 1");
    ck_assert_int_eq(astray(), 1);
    (void)web_sql(
        "CREATE UNIQUE INDEX proposal_live ON proposal (contract_id, candidate_id) WHERE state IN "
        "('proposed', 'reserve', 'accepted'); ALTER TABLE proposal ADD CONSTRAINT proposal_once "
        "UNIQUE (run_id, contract_id, candidate_id); SELECT 1");
}
END_TEST

/* Orders a run and stops when a part of it is stored and a part is not. */
static void half_a_run(void) {
    order(201, "\"run_id\"");
    for (int i = 0; i < KILLS && web_sql("SELECT count(*) FROM matching_job WHERE stored > 0") == 0;
         i++) {
        pid_t server = serve_again(all_jobs, NULL);
        wait_past(far());
        serve_kill(server);
    }
    ck_assert_int_ge(count("matching_part"), 1);
    ck_assert_int_ge(count("proposal WHERE state = 'proposed' AND run_id = " LAST), 1);
}

static void finish_run(void) {
    pid_t server = serve_again(all_jobs, NULL);
    wait_past(-2);
    serve_kill(server);
}

/* A candidate who is shown nothing of earlier runs would do, too; these were shown all. */
static void forget_earlier(void) {
    (void)web_sql("DELETE FROM proposal p WHERE NOT EXISTS (SELECT FROM placement b WHERE "
                  "b.proposal_id = p.id); SELECT 1");
}

static int status_of(const char *method, const char *role, const char *path, const char *body) {
    struct web_answer answer = web(method, path, role, NULL, body);
    int status = answer.status;
    web_free(&answer);
    return status;
}

/* A path to what the first of the run's proposals is about. */
static const char *one_of(const char *what, const char *before, const char *after) {
    static char path[3][80];
    static int next;
    char sql[SQL_MAX];
    (void)snprintf(sql, sizeof sql,
                   "SELECT min(%s) FROM proposal WHERE state = 'proposed' AND run_id = " LAST,
                   what);
    next = (next + 1) % 3;
    (void)snprintf(path[next], sizeof path[next], "%s%lld%s", before, web_sql(sql), after);
    return path[next];
}

START_TEST(a_part_is_shown_to_nobody) {
    forget_earlier();
    half_a_run();
    const char *candidate = one_of("candidate_id", "/api/v1/candidates/", "");
    const char *proposal = one_of("id", "/api/v1/proposals/", "");
    const char *accept = one_of("id", "/api/v1/proposals/", "/accept");
    web_gets("employer", "/api/v1/proposals", "\"proposals\":[]");
    ck_assert_int_eq(status_of("GET", "employer", proposal, NULL), 404);
    ck_assert_int_eq(status_of("GET", "employer", candidate, NULL), 404);
    ck_assert_int_eq(status_of("POST", "employer", accept, "{}"), 404);
    ck_assert_int_eq(status_of("GET", "officer", proposal, NULL), 200);
    web_gets("officer", of_last(""), "\"state\":\"running\"");
    web_gets("officer", of_last("") + strlen("/api/v1"), "<progress");
    order(409, "matching_under_way");
    /* controls */
    (void)web_sql("CREATE TABLE t_kept AS SELECT pg_get_functiondef('run_whole'::regproc) AS def; "
                  "CREATE OR REPLACE FUNCTION run_whole(run bigint) RETURNS boolean LANGUAGE sql "
                  "STABLE AS 'SELECT true'; SELECT 1");
    ck_assert_int_eq(status_of("GET", "employer", candidate, NULL), 200);
    ck_assert_int_eq(status_of("GET", "employer", proposal, NULL), 404);
    (void)web_sql("ALTER POLICY proposal_employer ON proposal USING (org_id = actor_org() AND "
                  "shown AND state <> 'reserve'); SELECT 1");
    ck_assert_int_eq(status_of("GET", "employer", proposal, NULL), 200);
    ck_assert_int_eq(status_of("POST", "employer", accept, "{}"), 201);
    (void)web_sql(
        "ALTER POLICY proposal_employer ON proposal USING (org_id = actor_org() AND "
        "shown AND state <> 'reserve' AND run_id <> ALL (ARRAY(SELECT j.run_id FROM matching_job "
        "j))); DO $$ BEGIN EXECUTE (SELECT def FROM t_kept); END $$; DROP TABLE t_kept; "
        "SELECT 1");
    ck_assert_int_eq(status_of("GET", "employer", proposal, NULL), 404);
    finish_run();
    ck_assert_int_eq(status_of("GET", "employer", candidate, NULL), 200);
    ck_assert_int_eq(status_of("GET", "employer", proposal, NULL), 200);
}
END_TEST

/* How many lines of the last part are proposals of one of three: the withdrawn, the doubtful, the
 * one who has been here since. */
static long long stored_of_three(void) {
    return web_sql(
        "SELECT count(*) FROM t_line l JOIN proposal p ON p.run_id = " LAST
        " AND p.contract_id = l.contract AND p.candidate_id = l.candidate WHERE l.n <= 3");
}

/* Stops in the middle, lets three of the last part become unfit, and goes on. */
static void three_become_unfit(void) {
    forget_earlier();
    half_a_run();
    (void)web_sql(
        "DROP TABLE IF EXISTS t_line; CREATE TABLE t_line AS SELECT row_number() OVER () AS n, "
        "min(w[1]::bigint) AS contract, w[3]::bigint AS candidate FROM (SELECT lines FROM "
        "matching_part ORDER BY no DESC LIMIT 1) p, string_to_table(rtrim(lines, E'\\n'), E'\\n') "
        "AS l, string_to_array(l, ' ') AS w GROUP BY w[3]; "
        "UPDATE candidate SET state = 'withdrawn' WHERE id = (SELECT candidate FROM t_line WHERE n "
        "= 1); INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, "
        "due_on) SELECT 'mrz_check_digit', 'serious', true, false, candidate, today() FROM t_line "
        "WHERE n = 2; INSERT INTO worker_stay (worker_id, campaign_id, period, source) SELECT "
        "candidate, 1, daterange(today() - 104, today() + 59), 'told' FROM t_line WHERE n = 3; "
        "SELECT 1");
    finish_run();
}

START_TEST(who_became_unfit_meanwhile_is_dropped) {
    three_become_unfit();
    ck_assert_int_eq(stored_of_three(), 0);
    ck_assert_int_ge(web_sql("SELECT dropped FROM matching_run ORDER BY id DESC LIMIT 1"), 3);
    ck_assert_int_eq(web_sql("SELECT proposed + reserve - dropped - (SELECT count(*) FROM proposal "
                             "p WHERE p.run_id = r.id) FROM matching_run r ORDER BY id DESC LIMIT "
                             "1"),
                     0);
    /* control: the questions at storing time answered with yes */
    ck_assert_int_eq(
        web_sql("CREATE TABLE t_def AS SELECT replace(replace(replace(def, 'c.state = "
                "''preselected''', 'true'), 'candidate_held(c.id)', 'false'), 's.at > "
                "j.created_at', 'false') AS def FROM pg_get_functiondef('matching_propose'"
                "::regproc) AS def; SELECT (def LIKE '%true AND NOT false%' AND def LIKE "
                "'%c.worker_id AND false%')::int FROM t_def"),
        1);
    (void)web_sql("DO $$ BEGIN EXECUTE (SELECT def FROM t_def); END $$; SELECT 1");
    three_become_unfit();
    ck_assert_int_eq(stored_of_three(), 3);
}
END_TEST

/* A run whose second part cannot be stored, whatever is tried. */
static void half_a_run_for_ever(void) {
    forget_earlier();
    half_a_run();
    (void)web_sql("CREATE FUNCTION t_never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
                  "EXCEPTION 'never'; END $$; CREATE TRIGGER t_never BEFORE INSERT ON proposal FOR "
                  "EACH ROW EXECUTE FUNCTION t_never(); SELECT 1");
    ck_assert_int_ge(count("candidate WHERE shown_to IS NOT NULL"), 1);
}

static void let_it_store(void) {
    (void)web_sql("DROP FUNCTION t_never() CASCADE; SELECT 1");
}

static void cancel(int status, const char *word) {
    web_answers("POST", "officer", of_last("/cancel"), "{}", status, word);
}

START_TEST(a_run_that_fails_for_ever_can_be_cancelled) {
    half_a_run_for_ever();
    const char *proposal = one_of("id", "/api/v1/proposals/", "");
    const char *candidate = one_of("candidate_id", "/api/v1/candidates/", "");
    web_gets("officer", of_last("") + strlen("/api/v1"), "/cancel\"");
    ck_assert_int_eq(status_of("POST", "employer", of_last("/cancel"), "{}"), 403);
    ck_assert_int_eq(status_of("POST", "officer", "/api/v1/matching-runs/999999/cancel", "{}"),
                     404);
    web_once();
    cancel(200, "\"campaign_id\":1");
    cancel(409, "matching_not_under_way");
    web_gets("officer", of_last(""), "\"state\":\"cancelling\"");
    order(409, "matching_under_way");
    finish_run();
    web_gets("officer", of_last(""), "\"stopped_by\":\"matching_cancelled\"");
    ck_assert_int_eq(count("proposal WHERE run_id = " LAST " AND (shown OR state <> 'lapsed')"), 0);
    ck_assert_int_eq(count("candidate c WHERE shown_to IS NOT NULL AND NOT EXISTS (SELECT FROM "
                           "placement p WHERE p.candidate_id = c.id)"),
                     0);
    ck_assert_int_eq(count("matching_part"), 0);
    ck_assert_int_eq(count("audit_leaf WHERE act = 'matching.cancel'"), 1);
    ck_assert_int_eq(status_of("GET", "employer", proposal, NULL), 404);
    ck_assert_int_eq(status_of("GET", "employer", candidate, NULL), 404);
    cancel(409, "matching_not_under_way");
    let_it_store();
    order(201, "\"run_id\""); /* and stands in nobody's way */
    finish_run();
    web_gets("officer", of_last(""), "\"state\":\"done\"");
    ck_assert_int_eq(astray(), 0);
    cancel(409, "matching_not_under_way");
}
END_TEST

/* Without what undoes it the employer is shown the part. */
START_TEST(control_of_the_cancelling) {
    ck_assert_int_eq(
        web_sql("CREATE TABLE t_kept AS SELECT pg_get_functiondef('matching_undo'::regproc) AS "
                "def; SELECT count(*) FROM t_kept WHERE def LIKE '%SET state = ''lapsed''%' AND "
                "def LIKE '%shown = false%'"),
        1);
    half_a_run_for_ever();
    const char *proposal = one_of("id", "/api/v1/proposals/", "");
    (void)web_sql("DO $$ BEGIN EXECUTE (SELECT replace(replace(def, 'shown = false', 'shown = "
                  "p.shown'), '''lapsed''', 'p.state') FROM t_kept); END $$; SELECT 1");
    cancel(200, "\"campaign_id\":1");
    finish_run();
    ck_assert_int_eq(status_of("GET", "employer", proposal, NULL), 200);
    (void)web_sql("DO $$ BEGIN EXECUTE (SELECT def FROM t_kept); END $$; DROP TABLE t_kept; "
                  "SELECT 1");
    let_it_store();
}
END_TEST

/* The step that ends a run meets a cancelling that is not committed yet; gives whether the run is
 * whole and cancelled at once. */
static bool ends_all_the_same(void) {
    (void)web_sql("INSERT INTO matching_job (campaign_id, run_id, account_id, org_id, role, phase, "
                  "per_candidate, reserve, returns, lapsed_to) SELECT 1, r.id, a.id, a.org_id, "
                  "a.role, 'storing', 3, 1, 'points', NULL FROM matching_run r, account a WHERE "
                  "r.id = " LAST " AND a.role = 'officer'; SELECT 1");
    PGconn *officer = PQconnectdb(web_database());
    PGconn *server = PQconnectdb(web_database());
    PQclear(PQexec(officer, "BEGIN; INSERT INTO matching_cancel (run_id, account_id) SELECT "
                            "run_id, account_id FROM matching_job"));
    ck_assert_int_eq(PQtransactionStatus(officer), PQTRANS_INTRANS);
    ck_assert_int_eq(PQsendQuery(server, "SELECT matching_step(" LAST ", 5000)"), 1);
    for (int i = 0; i < ROUNDS && PQisBusy(server) &&
                    count("pg_stat_activity WHERE query LIKE 'SELECT matching_step%' AND "
                          "wait_event_type = 'Lock'") == 0;
         i++) {
        ck_assert_int_eq(PQconsumeInput(server), 1);
    }
    PQclear(PQexec(officer, "COMMIT"));
    PQclear(PQgetResult(server));
    PQfinish(officer);
    PQfinish(server);
    return count("matching_cancel") == 1 && count("matching_job") == 0;
}

START_TEST(a_run_is_whole_or_cancelled) {
    ck_assert(!ends_all_the_same());
    finish_run();
    web_gets("officer", of_last(""), "\"stopped_by\":\"matching_cancelled\"");
    /* control */
    (void)web_sql("ALTER TABLE matching_cancel DROP CONSTRAINT matching_cancel_run_id_fkey; SELECT "
                  "1");
    ck_assert(ends_all_the_same());
    (void)web_sql("DELETE FROM matching_cancel; ALTER TABLE matching_cancel ADD CONSTRAINT "
                  "matching_cancel_run_id_fkey FOREIGN KEY (run_id) REFERENCES matching_job "
                  "(run_id); SELECT 1");
}
END_TEST

START_TEST(a_campaign_without_places_stops_its_run) {
    (void)web_sql("UPDATE contract SET state = 'filled', taken = 0; SELECT 1");
    order(201, "\"run_id\"");
    finish_run();
    web_gets("officer", of_last(""), "\"stopped_by\":\"nothing_to_match\"");
    web_answers("POST", "officer", of_last("/replay"), "{}", 409, "no_result_yet");
    order(201, "\"run_id\""); /* and stands in nobody's way */
    /* control: without the key two runs at once */
    (void)web_sql("ALTER TABLE matching_job DROP CONSTRAINT matching_under_way; SELECT 1");
    order(201, "\"run_id\"");
    ck_assert_int_eq(count("matching_job"), 2);
}
END_TEST

WEB_MAIN("matching/job", 120, nothing_is_lost_and_nothing_doubled, control_of_the_count,
         a_part_is_shown_to_nobody, a_run_that_fails_for_ever_can_be_cancelled,
         control_of_the_cancelling, a_run_is_whole_or_cancelled,
         who_became_unfit_meanwhile_is_dropped, a_campaign_without_places_stops_its_run)
