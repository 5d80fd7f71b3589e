/* PostgreSQL goes away and comes back while the server runs. */
#include <stdio.h>
#include <string.h>

#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { AWAY = 4000, BACK = 3000 }; /* ms; long enough for the longest back-off */

static void postgres(const char *what) {
    char command[300];
    const char *folder = getenv("NORIA_PG_DIR");
    ck_assert_ptr_nonnull(folder);
    (void)snprintf(command, sizeof command, "tools/postgres.sh %s '%s' >/dev/null", what, folder);
    ck_assert_int_eq(system(command), 0); // NOLINT(cert-env33-c)
}

static const struct {
    const char *method, *path, *role, *body;
} requests[] = {
    {"GET", "/api/v1/me", "officer", NULL},
    {"GET", "/account", "partner", NULL},
    {"GET", "/api/v1/contracts", "employer", NULL},
    {"GET", "/check?serial=A&code=B", NULL, NULL},
    {"POST", "/api/v1/orgs", "admin",
     "{\"kind\":\"partner\",\"name\":\"Away\",\"country\":\"MA\"}"},
    {"POST", "/api/v1/login", NULL,
     "{\"email\":\"desk@test.example\",\"password\":\"" web_password "\"}"},
    {"GET", "/readyz", NULL, NULL},
};
enum { REQUESTS = sizeof requests / sizeof *requests };

/* Never "not logged in", "not found" or "wrong password": nobody knows. */
static void all_say_unavailable(void) {
    for (size_t i = 0; i < REQUESTS; i++) {
        struct web_answer answer =
            web(requests[i].method, requests[i].path, requests[i].role, NULL, requests[i].body);
        char *wait = web_header(&answer, "Retry-After");
        ck_assert_msg(answer.status == 503, "%s: %d", requests[i].path, answer.status);
        ck_assert_msg(wait != NULL, "%s: no Retry-After", requests[i].path);
        free(wait);
        web_free(&answer);
    }
    ck_assert_int_eq(wire_get(web_port(), "/healthz"), 200);
}

static int64_t until_status(const char *method, const char *path, const char *role,
                            const char *body, int status) {
    int64_t before = wire_now();
    int got = 0;
    while (got != status && wire_now() - before < 20000) {
        struct web_answer answer = web(method, path, role, NULL, body);
        got = answer.status;
        ck_assert_msg(got == status || got == 503, "%s: %d", path, got);
        web_free(&answer);
        wire_rest(got == status ? 0 : 25);
    }
    return wire_now() - before;
}

static void away_and_back(const char *how) {
    char org[100];
    (void)snprintf(org, sizeof org,
                   "{\"kind\":\"partner\",\"name\":\"Back after %s\",\"country\":\"MA\"}", how);
    ck_assert_int_lt(until_status("GET", "/readyz", NULL, NULL, 200), BACK);
    long long before = web_sql("SELECT count(*) FROM org");
    postgres(how);
    (void)until_status("GET", "/readyz", NULL, NULL, 503);
    for (int64_t until = wire_now() + AWAY; wire_now() < until; wire_rest(100)) {
        all_say_unavailable();
    }
    postgres("start");
    int64_t since = wire_now();
    /* Nobody asks for anything: it gets ready by itself. */
    ck_assert_int_lt(until_status("GET", "/readyz", NULL, NULL, 200), BACK);
    ck_assert_int_lt(until_status("POST", "/api/v1/orgs", "admin", org, 201), 1000);
    for (size_t i = 0; i < REQUESTS; i++) {
        if (requests[i].role != NULL && requests[i].body == NULL) {
            (void)until_status("GET", requests[i].path, requests[i].role, NULL, 200);
        }
    }
    ck_assert_int_lt(wire_now() - since, BACK + 1000);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org"),
                     before + 1); /* what was 503 is not there */
}

/* Without a single request meanwhile: no traffic may be needed to come back. */
START_TEST(a_postgres_that_nobody_missed) {
    (void)until_status("GET", "/readyz", NULL, NULL, 200);
    postgres("stop");
    wire_rest(AWAY);
    ck_assert_int_eq(wire_get(web_port(), "/readyz"), 503);
    postgres("start");
    ck_assert_int_lt(until_status("GET", "/readyz", NULL, NULL, 200), BACK);
}
END_TEST

START_TEST(a_postgres_that_is_stopped) {
    away_and_back("stop");
}
END_TEST

START_TEST(a_postgres_that_is_killed) {
    away_and_back("kill");
}
END_TEST

/* The control: the same requests with PostgreSQL there are not 503. */
START_TEST(a_postgres_that_runs) {
    for (size_t i = 0; i < REQUESTS; i++) {
        struct web_answer answer =
            web(requests[i].method, requests[i].path, requests[i].role, NULL, requests[i].body);
        ck_assert_msg(answer.status < 500, "%s: %d", requests[i].path, answer.status);
        web_free(&answer);
    }
}
END_TEST

WEB_MAIN("restart", 120, a_postgres_that_runs, a_postgres_that_nobody_missed,
         a_postgres_that_is_stopped, a_postgres_that_is_killed)
