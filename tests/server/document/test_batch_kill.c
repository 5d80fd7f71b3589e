/* A server that is killed (kill -9) in the middle of a batch loses nothing and doubles nothing.
 *
 * Servers are processes of their own, killed one after the other as soon as they have issued some;
 * the last one is let finish. Control: with what keeps a placement from two documents taken away
 * and the items told to be undone, the same count notices doubles. */
#include <stdio.h>

#include "kit.h"
#include "lib/base/arena.h"
#include "server/routes.h"
#include "tests/support/serve.h"

enum { PLACEMENTS = 1200, KILLS = 5, ROUNDS_MAX = 2000 };

static void kill_server(pid_t server) {
    serve_kill(server);
    /* Its lease runs out: what 15 seconds of waiting would do. */
    (void)web_sql("UPDATE document_batch SET lease_until = clock_timestamp() - interval '1 second' "
                  "WHERE state = 'running'");
}

static long long issued_so_far(void) {
    return web_sql("SELECT issued FROM document_batch ORDER BY id DESC LIMIT 1");
}

/* Waits until that many are issued, or the batch is done. */
static void wait_for(long long wanted) {
    for (int i = 0; i < ROUNDS_MAX; i++) {
        if (issued_so_far() >= wanted ||
            web_sql("SELECT (state = 'done')::int FROM document_batch ORDER BY id DESC LIMIT 1") ==
                1) {
            return;
        }
        (void)web_sql("SELECT pg_sleep(0.005)");
    }
    ck_abort_msg("the batch stands still at %lld", issued_so_far());
}

static long long doubled(void) {
    return web_sql(
        "SELECT count(*) FROM (SELECT FROM document WHERE kind = 1 AND state <> 'revoked' "
        "GROUP BY placement_id HAVING count(*) > 1) d");
}

START_TEST(nothing_is_lost_and_nothing_doubled) {
    int cut = 0;
    new_placements(PLACEMENTS, "ready");
    struct web_answer answer = call("POST", "officer", "{}", "/api/v1/campaigns/%lld/documents",
                                    web_sql("SELECT t_id('campaign')"));
    ck_assert_msg(answer.status == 201, "%s", answer.all);
    web_free(&answer);
    for (int i = 0; i < KILLS; i++) {
        pid_t server = serve_again(all_jobs, NULL);
        wait_for(issued_so_far() + 1);
        kill_server(server);
        cut += issued_so_far() < PLACEMENTS;
    }
    ck_assert_int_ge(cut, 1); /* else nothing was killed in the middle */
    pid_t last = serve_again(all_jobs, NULL);
    wait_for(PLACEMENTS + 1);
    ck_assert_int_eq(issued_so_far(), PLACEMENTS);
    ck_assert_int_eq(doubled(), 0);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM document WHERE kind = 1"), PLACEMENTS);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM document_batch_item i JOIN document d ON d.id = "
                             "i.document_id AND d.placement_id = i.placement_id"),
                     PLACEMENTS);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'document.issue'"),
                     PLACEMENTS);
    ck_assert_int_eq(web_sql("SELECT used FROM document_quota"), PLACEMENTS);
    ck_assert_int_eq(web_sql("SELECT issued FROM status_list"), PLACEMENTS);
    /* Control: a batch that forgot what it had done would double. */
    (void)web_sql(
        "DROP INDEX document_current; ALTER TABLE document_batch_item DROP CONSTRAINT "
        "batch_item_once; CREATE OR REPLACE FUNCTION document_refusal(p placement, "
        "which_kind int, anew boolean DEFAULT false) RETURNS text LANGUAGE sql STABLE AS 'SELECT "
        "NULL::text'; UPDATE "
        "document_setting SET value = 100000 WHERE code = 'day_limit'; UPDATE "
        "document_batch_item SET state = 'waiting', document_id = NULL; UPDATE "
        "document_batch SET state = 'waiting', issued = 0, ended_at = NULL, runner = NULL, "
        "lease_until = NULL");
    wait_for(PLACEMENTS + 1);
    ck_assert_int_eq(doubled(), PLACEMENTS);
    kill_server(last);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {nothing_is_lost_and_nothing_doubled, NULL};
    return kit_run_with(NULL, "batch_kill", tests);
}
