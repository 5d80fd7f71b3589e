/* A run made again and a simulation of more candidates than a request takes are computed in the
 * background, and why a candidate has no place is answered from what the run kept.
 *
 * Servers are processes of their own, killed (kill -9) while they compute. Controls: what is kept
 * altered, a calculation that waits ended by the same call that a cancelled one refuses, the key of
 * those that wait removed. */
#include <stdio.h>
#include <string.h>

#include "server/matching/matching.h"
#include "server/routes.h"
#include "tests/server/matching/nation.h"
#include "tests/support/serve.h"
#include "tests/support/web.h"

enum { ROUNDS = 8000, SQL_MAX = 400 };

#define SIMULATION "/api/v1/campaigns/1/matching-simulation"
#define REPLAY "/api/v1/matching-runs/1/replay"
#define WAITING "SELECT count(*) FROM matching_calculation WHERE state = 'waiting'"

/* Until the number that the SQL gives is 0. */
static void wait_none(const char *sql) {
    for (int i = 0; i < ROUNDS; i++) {
        if (web_sql(sql) == 0) {
            return;
        }
        (void)web_sql("SELECT pg_sleep(0.005)");
    }
    ck_abort_msg("still %lld: %s", web_sql(sql), sql);
}

/* What waits is computed by a server that is there for that long. */
static void compute(void) {
    pid_t server = serve_again(all_jobs, NULL);
    wait_none("SELECT (SELECT count(*) FROM matching_job) + (" WAITING ")");
    serve_kill(server);
}

/* The newest calculation's path, or page. */
static const char *newest(bool api) {
    static char path[80];
    (void)snprintf(path, sizeof path, "%s/matching-calculations/%lld", api ? "/api/v1" : "",
                   web_sql("SELECT max(id) FROM matching_calculation"));
    return path;
}

static void cancel(int status, const char *word) {
    char path[100];
    (void)snprintf(path, sizeof path, "%s/cancel", newest(true));
    web_answers("POST", "auditor", path, "{}", status, word);
}

/* Past the triggers that keep a run as it is. */
static void touch(const char *what) {
    char sql[SQL_MAX];
    (void)snprintf(sql, sizeof sql,
                   "SET session_replication_role = replica; %s; RESET session_replication_role; "
                   "SELECT 1",
                   what);
    (void)web_sql(sql);
}

static void make_run(void) {
    nation_make();
    web_posts("officer", "/api/v1/campaigns/1/matching-runs", "{}", 201, "\"run_id\":1");
    web_answers("POST", "officer", REPLAY, "{}", 409, "no_result_yet");
    compute();
    web_gets("officer", "/api/v1/matching-runs/1", "\"state\":\"done\"");
}

START_TEST(a_large_run_is_run_again_in_the_background) {
    make_run();
    web_answers("POST", "employer", REPLAY, "{}", 403, "forbidden");
    web_answers("POST", "officer", "/api/v1/matching-runs/99/replay", "{}", 404, "not_found");
    web_posts("auditor", REPLAY, "{}", 202, "\"waits\":true");
    web_gets("auditor", newest(true), "\"state\":\"waiting\"");
    web_gets("auditor", newest(false), "arri\xc3\xa8re-plan");
    web_answers("POST", "officer", REPLAY, "{}", 409, "calculation_under_way");
    compute();
    web_gets("auditor", newest(true),
             "\"inputs_same\":true,\"result_same\":true,\"kept_same\":true");
    web_gets("auditor", newest(false), "noria matching replay");
    web_gets("auditor", "/matching-runs/1", newest(false));
    ck_assert_int_eq(web_sql("SELECT count(*) FROM matching_calculation"), 1);
    /* control: without its key two would wait */
    (void)web_sql("DROP INDEX calculation_under_way; SELECT 1");
    web_posts("officer", REPLAY, "{}", 202, "\"waits\":true");
    web_posts("officer", REPLAY, "{}", 202, "\"waits\":true");
    ck_assert_int_eq(web_sql(WAITING), 2);
    (void)web_sql("DELETE FROM matching_calculation WHERE state = 'waiting'; CREATE UNIQUE INDEX "
                  "calculation_under_way ON matching_calculation (campaign_id, kind, "
                  "coalesce(run_id, 0)) WHERE state = 'waiting'; SELECT 1");
}
END_TEST

START_TEST(what_a_run_kept_is_compared_too) {
    (void)web_sql("CREATE TABLE t_kept AS SELECT terms FROM matching_run WHERE id = 1; SELECT 1");
    touch("UPDATE matching_run SET terms = regexp_replace(terms, '\\nl (\\d+) (\\d+) \\d+ ', "
          "E'\\nl \\\\1 \\\\2 999 ')");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM matching_run r, t_kept k WHERE r.terms = "
                             "k.terms"),
                     0);
    web_posts("auditor", REPLAY, "{}", 202, "\"waits\":true");
    compute();
    web_gets("auditor", newest(true), "\"result_same\":true,\"kept_same\":false");
    touch("UPDATE matching_run SET terms = (SELECT terms FROM t_kept)");
}
END_TEST

/* Killed while it computes, or wherever it is, it is computed by the next. */
START_TEST(a_server_that_dies_loses_nothing) {
    web_posts("officer", REPLAY, "{}", 202, "\"waits\":true");
    for (int i = 0; i < 3; i++) {
        pid_t server = serve_again(all_jobs, NULL);
        (void)web_sql(i == 0 ? "SELECT 1" : "SELECT pg_sleep(0.02)");
        serve_kill(server);
    }
    compute();
    web_gets("auditor", newest(true), "\"result_same\":true");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM matching_calculation WHERE state <> 'done'"), 0);
}
END_TEST

#define ENDS                                                                                       \
    "SELECT calculation_replayed(max(id), true, true, true, sha256('')) FROM "                     \
    "matching_calculation"

START_TEST(one_that_nobody_waits_for_is_cancelled) {
    web_posts("officer", REPLAY, "{}", 202, "\"waits\":true");
    web_once();
    cancel(200, "\"calculation_id\"");
    cancel(409, "calculation_ended");
    web_answers("POST", "officer", "/api/v1/matching-calculations/999999/cancel", "{}", 404,
                "not_found");
    web_gets("officer", newest(true), "\"stopped_by\":\"calculation_cancelled\"");
    compute(); /* nobody takes it up */
    web_gets("officer", newest(true), "\"state\":\"stopped\"");
    /* who had computed it meanwhile keeps nothing; control: of one that waits he does */
    ck_assert_int_eq(web_sql("CREATE FUNCTION t_ends() RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
                             "PERFORM * FROM (" ENDS ") x; RETURN 1; EXCEPTION WHEN SQLSTATE "
                             "'NR001' THEN RETURN 0; END $$; SELECT t_ends()"),
                     0);
    web_posts("officer", REPLAY, "{}", 202, "\"waits\":true");
    ck_assert_int_eq(web_sql("SELECT t_ends()"), 1);
    web_gets("officer", newest(true), "\"state\":\"done\"");
}
END_TEST

START_TEST(a_simulation_is_counted_in_the_background) {
    char word[80];
    web_answers("POST", "officer", SIMULATION, "{\"days\": 61}", 422, "\"days\"");
    web_answers("POST", "officer", "/api/v1/campaigns/99/matching-simulation", "{}", 404,
                "not_found");
    web_posts("desk", SIMULATION, "{\"days\": 3}", 202, "\"waits\":true");
    web_gets("desk", SIMULATION, "\"days\":3,\"state\":\"waiting\"");
    compute();
    (void)snprintf(word, sizeof word, "\"case\":\"as_is\",\"filled\":%lld,\"more\":0",
                   web_sql("SELECT assigned FROM matching_run WHERE id = 1"));
    web_gets("desk", newest(true), word);
    web_gets("desk", "/campaigns/1/matching-simulation", newest(false));
    web_gets("desk", newest(false), "<caption>");
    /* few candidates: at once */
    (void)web_sql("CREATE TABLE t_state AS SELECT id, state FROM candidate WHERE id > 5000; UPDATE "
                  "candidate SET state = 'withdrawn' WHERE id > 5000; SELECT 1");
    web_posts("desk", SIMULATION, "{}", 201, "\"waits\":false");
    web_gets("desk", newest(true), "\"as_is\"");
    (void)web_sql("UPDATE candidate c SET state = t.state FROM t_state t WHERE t.id = c.id; SELECT "
                  "1");
}
END_TEST

START_TEST(one_that_comes_to_nothing_says_why) {
    (void)web_sql("UPDATE contract SET state = 'withdrawn'; SELECT 1");
    web_posts("officer", SIMULATION, "{}", 202, "\"waits\":true");
    compute();
    web_gets("officer", newest(true), "\"stopped_by\":\"nothing_to_match\"");
    web_gets("officer", newest(false), "class=\"notice warn\"");
    (void)web_sql("UPDATE contract SET state = 'approved'; SELECT 1");
}
END_TEST

/* A run of before answers were kept: what it keeps is filled in, and answers the same. */
START_TEST(an_older_run_is_filled_in) {
    struct web_answer before = web("GET", "/api/v1/candidates/77/matching", "officer", NULL, NULL);
    ck_assert_int_eq(before.status, 200);
    touch("DELETE FROM matching_share; UPDATE matching_run SET terms = '', kept_hash = NULL");
    (void)web_sql("INSERT INTO matching_calculation (kind, campaign_id, run_id, account_id, "
                  "org_id, role) SELECT 'kept', r.campaign_id, r.id, a.id, a.org_id, a.role FROM "
                  "matching_run r JOIN account a ON a.id = r.run_by; SELECT 1");
    web_answers("GET", "officer", "/api/v1/candidates/77/matching", NULL, 409, "answers_not_kept");
    cancel(404, "not_found"); /* nobody ordered it */
    compute();
    struct web_answer after = web("GET", "/api/v1/candidates/77/matching", "officer", NULL, NULL);
    ck_assert_int_eq(after.status, 200);
    ck_assert_str_eq(after.body, before.body);
    ck_assert_int_ge(web_sql("SELECT count(*) FROM matching_share WHERE run_id = 1"), 10);
    web_free(&before);
    web_free(&after);
    web_posts("auditor", REPLAY, "{}", 202, "\"waits\":true");
    compute();
    web_gets("auditor", newest(true), "\"kept_same\":true");
}
END_TEST

WEB_MAIN("matching/calculation", 120, a_large_run_is_run_again_in_the_background,
         what_a_run_kept_is_compared_too, a_server_that_dies_loses_nothing,
         one_that_nobody_waits_for_is_cancelled, a_simulation_is_counted_in_the_background,
         one_that_comes_to_nothing_says_why, an_older_run_is_filled_in)
