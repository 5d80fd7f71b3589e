/* SIGTERM to the program itself while a log-in is being checked and a transaction waits for a lock:
 * both are answered, nobody new is let in, the end is 0. The control: SIGKILL answers nobody. */
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { LOG_INS = 4, BOUND = 15000 };

static int ask(const struct program *program, const char *path, const char *who, const char *body) {
    char request[1000];
    int fd = wire_open(program->port, 0);
    ck_assert_int_ge(fd, 0);
    (void)snprintf(request, sizeof request,
                   "POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Type: application/json\r\n"
                   "Idempotency-Key: shutdown-%d-0123456789\r\nContent-Length: %zu\r\n\r\n%s",
                   path, who, (int)getpid(), strlen(body), body);
    ck_assert(wire_say(fd, request));
    return fd;
}

struct busy {
    struct program program;
    PGconn *lock; /* who keeps the transaction waiting */
    int write;
    int logins[LOG_INS];
    int idle; /* a connection between two requests */
};

static struct busy make_busy(const char *org) {
    struct busy busy = {.program = program_start(NULL, NULL)};
    char who[200];
    char body[200];
    char *token = web_token("admin");
    (void)snprintf(who, sizeof who, "Authorization: Bearer %s\r\n", token);
    free(token);
    busy.lock = PQconnectdb(web_database());
    PQclear(PQexec(busy.lock, "BEGIN"));
    PGresult *locked = PQexec(busy.lock, "LOCK TABLE org IN SHARE MODE");
    ck_assert_int_eq(PQresultStatus(locked), PGRES_COMMAND_OK);
    PQclear(locked);
    busy.idle = wire_open(busy.program.port, 0);
    (void)snprintf(body, sizeof body, "{\"kind\":\"partner\",\"name\":\"%s\",\"country\":\"MA\"}",
                   org);
    busy.write = ask(&busy.program, "/api/v1/orgs", who, body);
    for (int i = 0; i < LOG_INS; i++) {
        busy.logins[i] = ask(&busy.program, "/api/v1/login", "",
                             "{\"email\":\"nobody@x.example\",\"password\":\"not the password\"}");
    }
    for (int i = 0; i < 400; i++) { /* the transaction waits; log-ins are at most over already */
        if (web_sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1) {
            return busy;
        }
        wire_rest(5);
    }
    ck_abort_msg("the transaction does not wait");
}

static void end_busy(struct busy *busy) {
    for (int i = 0; i < LOG_INS; i++) {
        (void)close(busy->logins[i]);
    }
    (void)close(busy->write);
    (void)close(busy->idle);
}

static void must_be_shut(int port) {
    for (int64_t until = wire_now() + 2000; wire_now() < until; wire_rest(20)) {
        int fd = wire_open(port, 0);
        if (fd < 0) {
            return;
        }
        (void)close(fd);
    }
    ck_abort_msg("new connections are taken");
}

START_TEST(what_is_under_way_is_answered) {
    struct busy busy = make_busy("Answered");
    int64_t before = wire_now();
    ck_assert_int_eq(kill(busy.program.pid, SIGTERM), 0);
    must_be_shut(busy.program.port);
    ck_assert(wire_closes(busy.idle, 2000));
    ck_assert_int_eq(waitpid(busy.program.pid, NULL, WNOHANG), 0); /* it waits for the lock */
    for (int i = 0; i < LOG_INS; i++) {
        ck_assert_int_eq(wire_status(busy.logins[i], BOUND), 401);
    }
    PQfinish(busy.lock);
    ck_assert_int_eq(wire_status(busy.write, BOUND), 201);
    ck_assert_int_eq(program_end(&busy.program, BOUND), 0);
    ck_assert_int_lt(wire_now() - before, BOUND);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org WHERE name = 'Answered'"), 1);
    end_busy(&busy);
}
END_TEST

/* A lock that nobody gives back and a client that does not read do not keep it for ever. */
START_TEST(what_does_not_end_is_ended) {
    struct busy busy = make_busy("Never");
    ck_assert_int_eq(kill(busy.program.pid, SIGTERM), 0);
    int status = wire_status(busy.write, BOUND);
    ck_assert_msg(status == 503, "%d", status);
    ck_assert_int_eq(program_end(&busy.program, BOUND), 0);
    PQfinish(busy.lock);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org WHERE name = 'Never'"), 0);
    end_busy(&busy);
}
END_TEST

/* The control. */
START_TEST(a_killed_server_answers_nobody) {
    struct busy busy = make_busy("Killed");
    ck_assert_int_eq(kill(busy.program.pid, SIGKILL), 0);
    ck_assert_int_ne(program_end(&busy.program, BOUND), 0);
    PQfinish(busy.lock);
    ck_assert_int_eq(wire_status(busy.write, 2000), 0);
    end_busy(&busy);
}
END_TEST

WEB_MAIN("shutdown", 60, what_is_under_way_is_answered, what_does_not_end_is_ended,
         a_killed_server_answers_nobody)
