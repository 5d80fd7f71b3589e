/* Log-out, revocation and disabling count at once on every loop, though each remembers a session
 * for two seconds; what SQL changes past the server counts within these. Connections kept alive
 * stay with their loop: among sixteen, both loops have some (else once in 32,768 runs nothing is
 * proven for the second). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { CONNECTIONS = 16, LATENCY = 2000, SLACK = 500 };

static int fds[CONNECTIONS];

static void open_all(void) {
    for (int i = 0; i < CONNECTIONS; i++) {
        fds[i] = wire_open(web_port(), 0);
        ck_assert_int_ge(fds[i], 0);
    }
}

static void close_all(void) {
    for (int i = 0; i < CONNECTIONS; i++) {
        (void)close(fds[i]);
    }
}

/* A request on a connection that stays open: its status; the body is read as far as it goes. */
static int ask(int fd, const char *line, const char *who, const char *body) {
    char text[65536];
    char request[1000];
    (void)snprintf(request, sizeof request,
                   "%s HTTP/1.1\r\nHost: x\r\n%sContent-Type: application/json\r\n"
                   "Idempotency-Key: revoke-%lld-0123456789\r\nContent-Length: %zu\r\n\r\n%s",
                   line, who, (long long)wire_now(), strlen(body), body);
    ck_assert(wire_say(fd, request));
    int status = wire_status(fd, 10000);
    (void)wire_read(fd, 5, text, sizeof text);
    return status;
}

static int look(int fd, const char *who) {
    return ask(fd, "GET /api/v1/me", who, "");
}

static void all_know(const char *who) {
    for (int i = 0; i < CONNECTIONS; i++) {
        ck_assert_int_eq(look(fds[i], who), 200);
    }
}

/* From `since` on no loop may let it in for longer than LATENCY. */
static void all_forget(const char *who, int64_t since) {
    for (int i = 0; i < CONNECTIONS; i++) {
        while (look(fds[i], who) != 401) {
            ck_assert_int_lt(wire_now() - since, LATENCY + SLACK);
        }
    }
    for (int i = 0; i < CONNECTIONS; i++) {
        ck_assert_int_eq(look(fds[i], who), 401);
    }
}

static void none_knows(const char *who) {
    for (int i = 0; i < CONNECTIONS; i++) {
        ck_assert_int_eq(look(fds[i], who), 401);
    }
}

/* A new token of the officer's; its number. */
static long long new_token(char who[200]) {
    struct web_answer made = web("POST", "/api/v1/tokens", "officer", NULL,
                                 "{\"label\":\"gone soon\",\"scope\":\"read\",\"days\":1}");
    ck_assert_int_eq(made.status, 200);
    char *token = web_after(&made, "\"token\":\"");
    ck_assert_ptr_nonnull(token);
    (void)snprintf(who, 200, "Authorization: Bearer %s\r\n", token);
    free(token);
    web_free(&made);
    return web_sql("SELECT max(id) FROM api_token");
}

static void bearer(const char *role, char who[200]) {
    char *token = web_token(role);
    (void)snprintf(who, 200, "Authorization: Bearer %s\r\n", token);
    free(token);
}

START_TEST(a_revoked_token_is_refused) {
    char gone[200];
    char stays[200];
    char line[100];
    long long id = new_token(gone);
    bearer("officer", stays);
    open_all();
    all_know(gone);
    all_know(stays);
    (void)snprintf(line, sizeof line, "POST /api/v1/tokens/%lld/revoke", id);
    ck_assert_int_eq(ask(fds[0], line, stays, "{}"), 200);
    none_knows(gone);
    all_know(stays); /* the control */
    close_all();
}
END_TEST

/* The control of the tests above: where nobody tells the loops, they do remember. */
START_TEST(an_account_disabled_by_sql_is_refused_soon) {
    char who[200];
    (void)new_token(who);
    open_all();
    all_know(who);
    (void)web_sql("UPDATE account SET disabled_at = clock_timestamp() WHERE role = 'officer'");
    all_forget(who, wire_now());
    (void)web_sql("UPDATE account SET disabled_at = NULL WHERE role = 'officer'");
    all_know(who); /* what kept it out was the account */
    close_all();
}
END_TEST

START_TEST(an_account_disabled_by_an_administrator_is_refused) {
    char who[200];
    char admin[200];
    char line[100];
    (void)new_token(who);
    bearer("admin", admin);
    open_all();
    all_know(who);
    all_know(admin);
    (void)snprintf(line, sizeof line, "POST /api/v1/accounts/%lld/disable",
                   web_sql("SELECT id FROM account WHERE role = 'officer'"));
    ck_assert_int_eq(ask(fds[0], line, admin, "{}"), 200);
    none_knows(who);
    all_know(admin); /* the control */
    close_all();
}
END_TEST

static int page(int fd, const char *cookie) {
    char who[200];
    (void)snprintf(who, sizeof who, "Cookie: __Host-noria=%s\r\n", cookie);
    return ask(fd, "GET /account", who, "");
}

START_TEST(a_session_that_was_closed_is_refused) {
    char request[1000];
    char body[300];
    char *cookie = web_cookie("desk");
    char *csrf = web_csrf("desk");
    open_all();
    for (int i = 0; i < CONNECTIONS; i++) {
        ck_assert_int_eq(page(fds[i], cookie), 200);
    }
    (void)snprintf(body, sizeof body, "csrf=%s&key=0123456789abcdef", csrf);
    (void)snprintf(
        request, sizeof request,
        "POST /logout HTTP/1.1\r\nHost: x\r\nCookie: __Host-noria=%s\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
        cookie, strlen(body), body);
    ck_assert(wire_say(fds[0], request));
    ck_assert_int_eq(wire_status(fds[0], 10000), 303);
    (void)wire_read(fds[0], 20, NULL, 0);
    for (int i = 0; i < CONNECTIONS; i++) {
        ck_assert_int_eq(page(fds[i], cookie), 303); /* to the log-in */
    }
    web_session("desk");
    ck_assert_int_eq(page(fds[1], cookie), 200); /* the control */
    close_all();
    free(cookie);
    free(csrf);
}
END_TEST

WEB_MAIN("revocation", 60, a_revoked_token_is_refused, an_account_disabled_by_sql_is_refused_soon,
         a_session_that_was_closed_is_refused, an_account_disabled_by_an_administrator_is_refused)
