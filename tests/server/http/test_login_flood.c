/* A flood of passwords from one address, with the limit and (the control) without. An unknown
 * address costs as much as a known one, so the flood really fills the seats where passwords are
 * checked. */
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/http/server.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { ALLOWED = 5, LOOPS = 2, FLOOD = 60 };

static void limited(struct server_config *config) {
    config->attempts = ALLOWED;
}

static void behind_proxy(struct server_config *config) {
    config->attempts = ALLOWED;
    config->proxy = "127.0.0.1";
}

static int attempt(int who, const char *headers) {
    char body[200];
    (void)snprintf(body, sizeof body,
                   "{\"email\":\"nobody%d@test.example\",\"password\":\"not the password\"}", who);
    struct web_answer answer = web("POST", "/api/v1/login", NULL, headers, body);
    int status = answer.status;
    if (status == 429) {
        char *wait = web_header(&answer, "Retry-After");
        ck_assert_ptr_nonnull(wait);
        ck_assert_int_ge(strtol(wait, NULL, 10), 1);
        ck_assert_int_le(strtol(wait, NULL, 10), 60);
        free(wait);
    }
    web_free(&answer);
    return status;
}

/* Sends FLOOD wrong passwords at once; how many of them were refused, and after how many ms the
 * last one was answered. */
static int64_t flooded(int *refused) {
    static const char body[] = "{\"email\":\"a@b.example\",\"password\":\"not the password\"}";
    char request[400];
    int fds[FLOOD];
    (void)snprintf(request, sizeof request,
                   "POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                   "Idempotency-Key: flood-0123456789\r\nContent-Length: %zu\r\n\r\n%s",
                   strlen(body), body);
    for (int i = 0; i < FLOOD; i++) {
        fds[i] = wire_open(web_port(), 0);
        ck_assert_int_ge(fds[i], 0);
        ck_assert(wire_say(fds[i], request));
    }
    int64_t before = wire_now();
    *refused = 0;
    for (int i = 0; i < FLOOD; i++) {
        int status = wire_status(fds[i], 60000);
        ck_assert_msg(status == 401 || status == 429, "%d", status);
        *refused += status == 429;
        (void)close(fds[i]);
    }
    return wire_now() - before;
}

START_TEST(a_flood_is_refused_before_it_costs) {
    int refused = 0;
    (void)flooded(&refused);
    ck_assert_int_ge(refused, FLOOD - ALLOWED * LOOPS - 2);
}
END_TEST

/* The control. */
START_TEST(without_the_limit_every_password_is_looked_at) {
    int refused = 0;
    (void)flooded(&refused);
    ck_assert_int_eq(refused, 0);
}
END_TEST

START_TEST(an_office_that_knows_its_passwords_logs_in_all_morning) {
    for (int i = 0; i < 3 * ALLOWED * LOOPS; i++) {
        struct web_answer answer =
            web("POST", "/api/v1/login", NULL, NULL,
                "{\"email\":\"desk@test.example\",\"password\":\"" web_password "\"}");
        ck_assert_int_eq(answer.status, 200);
        web_free(&answer);
    }
}
END_TEST

/* Every attempt says that it is another client: a number between two texts. How many were refused.
 */
static int refused_of(const char *before, const char *after) {
    int refused = 0;
    for (int i = 0; i < 3 * ALLOWED * LOOPS; i++) {
        char line[100];
        (void)snprintf(line, sizeof line, "X-Forwarded-For: %s%d%s\r\n", before, i, after);
        refused += attempt(i, line) == 429;
    }
    return refused;
}

START_TEST(nobody_is_believed_to_be_another) {
    ck_assert_int_ge(refused_of("192.0.2.", ""), ALLOWED * LOOPS - 2);
}
END_TEST

START_TEST(the_proxy_is_believed) {
    ck_assert_int_eq(refused_of("198.51.100.", ""), 0);
}
END_TEST

START_TEST(what_a_client_told_the_proxy_is_not_believed) {
    ck_assert_int_ge(refused_of("192.0.2.", ", 203.0.113.7"), ALLOWED * LOOPS - 2);
}
END_TEST

/* A subscriber's 2^64 addresses are one. */
START_TEST(an_ipv6_network_is_one_client) {
    ck_assert_int_ge(refused_of("2001:db8:1:2::", ""), ALLOWED * LOOPS - 2);
    ck_assert_int_eq(refused_of("2001:db8:5:", "::1"), 0);
}
END_TEST

static int run(void (*change)(struct server_config *config), const TTest *const *tests) {
    web_up_with(change);
    int code = check_run("login flood", NULL, NULL, 120, tests);
    web_down();
    return code;
}

int main(void) {
    const TTest *const with[] = {an_office_that_knows_its_passwords_logs_in_all_morning,
                                 a_flood_is_refused_before_it_costs,
                                 nobody_is_believed_to_be_another, NULL};
    const TTest *const proxied[] = {the_proxy_is_believed,
                                    what_a_client_told_the_proxy_is_not_believed,
                                    an_ipv6_network_is_one_client, NULL};
    const TTest *const without[] = {without_the_limit_every_password_is_looked_at, NULL};
    int failed = run(limited, with) + run(behind_proxy, proxied) + run(NULL, without);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
