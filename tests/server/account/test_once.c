/* Idempotency keys are kept 30 days by the server's clock, and no longer. */
#include <stdio.h>
#include <string.h>

#include "server/http/server.h"
#include "server/privacy/privacy.h"
#include "server/run/job.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { DAY = 86400, TRIES = 4000 };

static const struct job jobs[] = {{"privacy_purge", 20, privacy_purge}, {NULL, 0, NULL}};

static void with_job(struct server_config *config) {
    config->jobs = jobs;
}

static int make(const char *name) {
    char body[200];
    (void)snprintf(body, sizeof body, "{\"kind\":\"partner\",\"name\":\"%s\",\"country\":\"MA\"}",
                   name);
    struct web_answer answer =
        web("POST", "/api/v1/orgs", "admin", "Idempotency-Key: kept-0123456789abcdef\r\n", body);
    int status = answer.status;
    web_free(&answer);
    return status;
}

static long long made(void) {
    return web_sql("SELECT count(*) FROM org WHERE name = 'Kept'");
}

static void be_day(int days) {
    char body[64];
    (void)snprintf(body, sizeof body, "{\"at\": %lld}",
                   web_sql("SELECT extract(epoch FROM now())::bigint") + (long long)days * DAY);
    struct web_answer answer = web("POST", "/api/v1/clock", "admin", NULL, body);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    web_free(&answer);
}

/* The purge of a day has been: a key of long ago is gone, too. */
static void be_purged(int days) {
    (void)web_sql(
        "INSERT INTO idempotency (account_id, key, request_hash, status, created_at) VALUES "
        "(0, 'long-ago-0123456789', 'x', 200, now() - interval '400 days'); SELECT 1");
    be_day(days);
    for (int i = 0; i < TRIES; i++) {
        if (web_sql("SELECT count(*) FROM idempotency WHERE key = 'long-ago-0123456789'") == 0) {
            return;
        }
        wire_rest(5);
    }
    ck_abort_msg("the purge does not come");
}

START_TEST(keys_are_kept_thirty_days) {
    (void)web_sql("UPDATE session SET expires_at = '2099-01-01'; "
                  "UPDATE api_token SET expires_at = '2099-01-01'; SELECT 1");
    ck_assert_int_eq(make("Kept"), 201);
    be_purged(29);
    ck_assert_int_eq(make("Kept"), 201);
    ck_assert_int_eq(made(), 1); /* control: 29 days later it is the same act */
    ck_assert_int_eq(make("Other"), 422);
    be_purged(31);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM idempotency WHERE key LIKE 'kept-%'"), 0);
    ck_assert_int_eq(make("Kept"), 201);
    ck_assert_int_eq(made(), 2);
}
END_TEST

WEB_MAIN_WITH(with_job, "keys", 60, keys_are_kept_thirty_days)
