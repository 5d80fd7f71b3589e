/* An import, a matching and the disabling of an account whose server is killed (kill -9) while they
 * are at work leave nothing half done; sent again with its key to the next server each is done,
 * once, whatever is sent after.
 *
 * The act is stopped in its middle by a lock on the audit log: everything it does is done by then,
 * and nothing is committed. Control: with the memory of keys (and of files, and of the disabling)
 * emptied, the same request does it all again, and the count notices. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/serve.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { ROWS = 400, BODY = 100000, PATIENCE = 30000, TRIES = 6000, KILLS = 3 };

struct act {
    const char *role;
    const char *path;
    const char *type;
    const char *body;
    const char *other; /* another body */
    long long made;    /* what `count` gives when it is done once */
    const char *count;
};

static char file[BODY];

static void make_season(void) {
    size_t len = (size_t)snprintf(
        file, BODY,
        "surname,given_names,birth_date,sex,nationality,document_issuer,document_number,"
        "document_expires,available_from,available_to,consent\r\n");
    for (int i = 0; i < ROWS; i++) {
        len +=
            (size_t)snprintf(file + len, BODY - len,
                             "BEN%c%c%c,ALI,1990-%02d-%02d,M,MAR,MAR,KA%06d,2035-01-01,2027-01-01,"
                             "2027-12-31,1\r\n",
                             'A' + i % 26, 'A' + i / 26, 'A' + i % 7, 1 + i % 12, 1 + i % 28, i);
    }
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES ('K-2027', "
        "2027, 'Kill', '2027-01-15', '2027-12-31', 'matching'); "
        "INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT 1, id, 1000 FROM org "
        "WHERE kind = 'partner'; ALTER TABLE contract DISABLE TRIGGER USER; "
        "INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, "
        "last_day, rome, crop, tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on) "
        "SELECT 1, id, 'K-1', 'AAAAAA', 'approved', 50, '2027-02-01', '2027-05-31', 'A1401', "
        "'apples', 'picking', '84007', 35, 13, '2027-01-01', '2027-02-01' FROM org WHERE kind = "
        "'employer'; INSERT INTO contract_place (contract_id, campaign_id, place_no) SELECT 1, 1, "
        "g FROM generate_series(1, 50) g; SELECT 1");
}

static int send_act(int port, const struct act *act, const char *key) {
    static char request[BODY + 1000];
    char *token = web_token(act->role);
    int fd = wire_open(port, 0);
    ck_assert_int_ge(fd, 0);
    (void)snprintf(request, sizeof request,
                   "POST /api/v1/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                   "Idempotency-Key: %s\r\nContent-Type: %s\r\nConnection: close\r\n"
                   "Content-Length: %zu\r\n\r\n%s",
                   act->path, token, key, act->type, strlen(act->body), act->body);
    free(token);
    ck_assert(wire_say(fd, request));
    return fd;
}

/* Sends it and waits for the answer, which is kept up to its body. */
static void do_act(int port, const struct act *act, const char *key, char *text, size_t size) {
    int fd = send_act(port, act, key);
    (void)wire_read(fd, PATIENCE, text, size);
    (void)close(fd);
    ck_assert_msg(strncmp(text, "HTTP/1.1 20", 11) == 0, "%s", text);
}

static void wait_until(const char *sql, long long wanted) {
    for (int i = 0; i < TRIES; i++) {
        if (web_sql(sql) == wanted) {
            return;
        }
        wire_rest(5);
    }
    ck_abort_msg("never %lld: %s", wanted, sql);
}

#define WAITING                                                                                    \
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'audit_leaf'::regclass"

/* Killed while everything is done and nothing committed. */
static void kill_in_the_middle(const struct act *act, const char *key) {
    int port;
    PGconn *pg = PQconnectdb(web_database());
    pid_t server = serve_again(NULL, &port);
    PQclear(PQexec(pg, "BEGIN; LOCK TABLE audit_leaf IN EXCLUSIVE MODE"));
    int fd = send_act(port, act, key);
    wait_until(WAITING, 1);
    serve_kill(server);
    (void)close(fd);
    PQclear(PQexec(pg, "ROLLBACK"));
    PQfinish(pg);
    wait_until("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "usename LIKE 'noria%' AND state <> 'idle' AND pid <> pg_backend_pid()",
               0);
}

static void killed_and_resumed(const struct act *act, const char *key) {
    static char first[4000];
    static char again[4000];
    char other[64];
    int port;
    int left = 0;
    for (int i = 0; i < KILLS; i++) {
        kill_in_the_middle(act, key);
        long long made = web_sql(act->count);
        ck_assert_msg(made == 0 || made == act->made, "%s: %lld left", act->path, made);
        left += made == 0;
    }
    ck_assert_int_ge(left, 1); /* else nothing was killed in the middle */
    pid_t server = serve_again(NULL, &port);
    do_act(port, act, key, first, sizeof first);
    ck_assert_int_eq(web_sql(act->count), act->made);
    serve_kill(server);
    server = serve_again(NULL, &port);
    do_act(port, act, key, again, sizeof again);
    ck_assert_str_eq(strstr(first, "\r\n\r\n"), strstr(again, "\r\n\r\n"));
    ck_assert_int_eq(web_sql(act->count), act->made);
    /* the key is of that request alone */
    struct act changed = *act;
    changed.body = act->other;
    int fd = send_act(port, &changed, key);
    (void)wire_read(fd, PATIENCE, again, sizeof again);
    (void)close(fd);
    ck_assert_msg(strstr(again, "idempotency_mismatch") != NULL, "%s", again);
    ck_assert_int_eq(web_sql(act->count), act->made);
    /* control */
    (void)web_sql("DELETE FROM idempotency; UPDATE import_batch SET file_hash = "
                  "sha256(convert_to(id::text, 'UTF8')); UPDATE account SET disabled_at = NULL; "
                  "SELECT 1");
    (void)snprintf(other, sizeof other, "%s-another", key);
    do_act(port, act, other, again, sizeof again);
    ck_assert_int_eq(web_sql(act->count), 2 * act->made);
    serve_kill(server);
}

START_TEST(an_import_is_done_once) {
    make_season();
    killed_and_resumed(&(struct act){"partner", "campaigns/1/candidates/import", "text/csv", file,
                                     "surname\r\nX\r\n", ROWS,
                                     "SELECT count(*) FROM candidate c JOIN worker_identity i ON "
                                     "i.worker_id = c.worker_id"},
                       "kill-import-0123456789");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM import_batch"), 2);
}
END_TEST

START_TEST(a_matching_is_done_once) {
    (void)web_sql("UPDATE candidate SET state = 'preselected'; DELETE FROM fraud_case; SELECT 1");
    killed_and_resumed(&(struct act){"officer", "campaigns/1/matching-runs", "application/json",
                                     "{}", "{\"per_candidate\": 2}", 1,
                                     "SELECT count(*) FROM matching_run"},
                       "kill-matching-0123456789");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM proposal p WHERE p.state = 'proposed' AND "
                             "p.run_id <> (SELECT max(id) FROM matching_run)"),
                     0);
}
END_TEST

/* It manages its own transaction, as all writes under the system's login do (test_replay). */
START_TEST(an_account_is_disabled_once) {
    char path[60];
    (void)snprintf(path, sizeof path, "accounts/%lld/disable",
                   web_sql("SELECT id FROM account WHERE email = 'desk@test.example'"));
    killed_and_resumed(
        &(struct act){"admin", path, "application/json", "{}", "{} ", 1,
                      "SELECT count(*) FROM audit_leaf WHERE act = 'account.disable'"},
        "kill-disable-0123456789");
}
END_TEST

WEB_MAIN("killed acts", 120, an_import_is_done_once, a_matching_is_done_once,
         an_account_is_disabled_once)
