/* Writes that manage their own transactions (ROUTE_NO_TX), which the check of every other write
 * (web_once) passes over: each is kept under its key, or a secret that is told once, or says here
 * why there is nothing to double. */
#include <stdio.h>
#include <string.h>

#include "server/http/route.h"
#include "server/routes.h"
#include "tests/support/once.h"
#include "tests/support/web.h"

enum { TEXT = 300 };

#define KEY "Idempotency-Key: replay-0123456789abcdef\r\n"

static const struct {
    const char *path, *why;
} decided[] = {
    {"/account/sessions/:id/end", "kept: an_act_is_not_done_again"},
    {"/account/browsers/:id/forget", "kept: an_act_is_not_done_again"},
    {"/account/browsers/forget", "kept: an_act_is_not_done_again"},
    {"/tokens/:id/revoke", "kept: an_act_is_not_done_again"},
    {"/accounts/:id/disable", "kept: an_act_is_not_done_again"},
    {"/accounts/:id/enable", "kept: an_act_is_not_done_again"},
    {"/accounts/:id/second-factor/remove", "kept: an_act_is_not_done_again"},
    {"/activation", "kept: test_activation"},
    {"/campaigns/:id/candidates/import", "kept: test_candidate_web, test_kill_acts"},
    {"/tokens", "a secret: a_secret_is_told_once"},
    {"/accounts", "a secret: a_secret_is_told_once"},
    {"/accounts/:id/activation", "a secret: a_secret_is_told_once"},
    {"/account/password", "ends what could ask again: a_password_is_changed_once"},
    {"/second-factor/begin", "draws the one secret that is pending anew"},
    {"/second-factor", "nothing is pending after it; a code is taken once (test_factor)"},
    {"/login", "each log-in is a session or token of its own; its password is never hashed fast"},
    {"/login/code", "a code is taken once (test_factor)"},
    {"/logout", "ends what could ask again"},
    {"/language", "a cookie"},
    {"/verify", "a question"},
    {"/verify/photo", "a question"},
    {"/my-file", "a question, which counts each time"},
    {"/my-file/photo", "a question, which counts each time"},
};
enum { DECIDED = sizeof decided / sizeof *decided };

START_TEST(each_is_decided) {
    int found = 0;
    for (int t = 0; all_routes[t] != NULL; t++) {
        for (const struct route *route = all_routes[t]; route->path != NULL; route++) {
            bool known = false;
            bool kept = false;
            for (int i = 0; i < DECIDED; i++) {
                bool same = strcmp(decided[i].path, route->path) == 0;
                known = known || same;
                kept = kept || (same && strncmp(decided[i].why, "kept", 4) == 0);
            }
            bool own = route->method != GET && (route->flags & ROUTE_NO_TX) != 0;
            ck_assert_msg(!own || known, "%s: what does its key do?", route->path);
            ck_assert_msg(!own || kept == ((route->flags & ROUTE_KEPT) != 0), "%s: ROUTE_KEPT",
                          route->path);
            found += own;
        }
    }
    ck_assert_int_eq(found, DECIDED);
}
END_TEST

static long long id_of(const char *who) {
    char sql[TEXT];
    (void)snprintf(sql, sizeof sql, "SELECT id FROM account WHERE email = '%s@test.example'", who);
    return web_sql(sql);
}

/* An act of a path with a number (0: without), what it changes (0 before, 1 after), and what undoes
 * it. */
struct act {
    const char *role, *before, *after, *done, *undo;
    long long id;
};

static void act_once(const struct act *act) {
    char path[TEXT + 40];
    char number[32] = "";
    if (act->id != 0) {
        (void)snprintf(number, sizeof number, "%lld/", act->id);
    }
    (void)snprintf(path, sizeof path, "/api/v1/%s/%s%s", act->before, number, act->after);
    ck_assert_int_eq(web_sql(act->done), 0);
    struct web_answer first = web("POST", path, act->role, KEY, "{}");
    ck_assert_msg(first.status == 200, "%s", first.all);
    ck_assert_int_eq(web_sql(act->done), 1);
    (void)web_sql(act->undo);
    struct web_answer same = web("POST", path, act->role, KEY, "{}");
    struct web_answer other = web("POST", path, act->role, KEY, "{} ");
    once_judge(path, &first, &same, &other);
    ck_assert_int_eq(web_sql(act->done), 0);
    struct web_answer bare = web("POST", path, act->role, "Idempotency-Key: \r\n", "{}");
    ck_assert_msg(strstr(bare.body, "idempotency_key_needed") != NULL, "%s", bare.all);
    ck_assert_int_eq(web_sql(act->done), 0);
    web_free(&bare);
    web_free(&other);
    web_free(&same);
    web_free(&first);
    (void)web_sql("DELETE FROM idempotency; SELECT 1"); /* control: without it all is done again */
    struct web_answer again = web("POST", path, act->role, KEY, "{}");
    ck_assert_msg(again.status == 200, "%s", again.all);
    web_free(&again);
    ck_assert_int_eq(web_sql(act->done), 1);
    (void)web_sql("DELETE FROM idempotency; SELECT 1");
}

/* A browser that the account knows, under a number that stays. */
#define KNOWN                                                                                      \
    "INSERT INTO login_client (id, client, account_id, expires_at) OVERRIDING SYSTEM VALUE "       \
    "SELECT 9000, sha256('spare'), id, now() + interval '1 day' FROM " TOLD " RETURNING id"
#define FORGOTTEN "SELECT 1 - count(*) FROM login_client WHERE id = 9000"

#define TOLD "account WHERE email = 'told@test.example'"

START_TEST(an_act_is_not_done_again) {
    web_account("told", "desk", "Test OFII");
    long long told = id_of("told");
    long long token = web_sql(
        "INSERT INTO api_token (account_id, token_hash, label, scope, expires_at) SELECT id, "
        "sha256('spare'), 'spare', 'read', now() + interval '1 day' FROM " TOLD " RETURNING id");
    const struct act acts[] = {
        {"told", "tokens", "revoke",
         "SELECT count(revoked_at) FROM api_token WHERE label = 'spare'",
         "UPDATE api_token SET revoked_at = NULL WHERE label = 'spare'; SELECT 1", token},
        {"told", "account/browsers", "forget", FORGOTTEN, KNOWN, 9000},
        {"told", "account/browsers", "forget", FORGOTTEN, KNOWN, 0},
        {"admin", "accounts", "disable", "SELECT count(disabled_at) FROM " TOLD,
         "UPDATE account SET disabled_at = NULL; SELECT 1", told},
        {"admin", "accounts", "enable", "SELECT count(*) - count(disabled_at) FROM " TOLD,
         "UPDATE account SET disabled_at = now() WHERE email = 'told@test.example'; SELECT 1",
         told},
        {"admin", "accounts", "second-factor/remove", "SELECT 1 - count(*) FROM account_factor",
         "INSERT INTO account_factor (account_id, sealed, wrapped, on_since) SELECT id, 'x', "
         "decode(repeat('00', 74), 'hex'), now() FROM " TOLD,
         told},
    };
    (void)web_sql(acts[5].undo);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        if (strcmp(acts[i].undo, KNOWN) == 0) {
            (void)web_sql(KNOWN);
        }
        act_once(&acts[i]);
    }
}
END_TEST

/* A page's form sent twice, as by a double click. */
START_TEST(a_session_is_ended_once) {
    char path[TEXT];
    char body[TEXT];
    char *csrf = web_csrf("officer");
    (void)snprintf(path, sizeof path, "/account/sessions/%lld/end",
                   web_sql("INSERT INTO session (token_hash, account_id, expires_at) SELECT "
                           "sha256('spare'), id, now() + interval '1 hour' FROM account WHERE "
                           "email = 'officer@test.example' RETURNING id"));
    (void)snprintf(body, sizeof body, "csrf=%s&key=replay-0123456789abcdef", csrf);
    free(csrf);
    for (int i = 0; i < 2; i++) {
        struct web_answer answer = web("POST", path, "officer", "X-Bare: 1\r\n", body);
        ck_assert_msg(answer.status == 303, "%s", answer.all);
        ck_assert((strstr(answer.all, "Idempotency-Replayed: true") != NULL) == (i == 1));
        web_free(&answer);
    }
    (void)web_sql("DELETE FROM idempotency; SELECT 1"); /* control */
    struct web_answer answer = web("POST", path, "officer", "X-Bare: 1\r\n", body);
    ck_assert_msg(answer.status == 404, "%s", answer.all);
    web_free(&answer);
}
END_TEST

/* The answer holds a secret, and so is not kept: who lost it asks for another. */
static void tell_once(const char *path, const char *body, const char *other, const char *count) {
    struct web_answer first = web("POST", path, "admin", KEY, body);
    long long made = web_sql(count);
    ck_assert_msg(first.status / 100 == 2, "%s", first.all);
    web_answers("POST", "admin", path, body, first.status, ""); /* control: another key */
    ck_assert_int_eq(web_sql(count), made + 1);
    for (int i = 0; i < 2; i++) {
        struct web_answer again = web("POST", path, "admin", KEY, i == 0 ? body : other);
        ck_assert_msg(again.status == (i == 0 ? 409 : 422) &&
                          strstr(again.body, i == 0 ? "\"idempotency_replay\""
                                                    : "\"idempotency_mismatch\"") != NULL,
                      "%s", again.all);
        web_free(&again);
    }
    ck_assert_int_eq(web_sql(count), made + 1);
    web_free(&first);
    (void)web_sql("DELETE FROM idempotency; SELECT 1");
}

START_TEST(a_secret_is_told_once) {
    char path[TEXT];
    char body[TEXT];
    tell_once("/api/v1/tokens", "{\"label\":\"once\",\"scope\":\"read\",\"days\":1}",
              "{\"label\":\"other\",\"scope\":\"read\",\"days\":1}",
              "SELECT count(*) FROM api_token WHERE label IN ('once', 'other')");
    web_account("reset", "desk", "Test OFII");
    (void)snprintf(path, sizeof path, "/api/v1/accounts/%lld/activation", id_of("reset"));
    tell_once(path, "{}", "{} ", "SELECT count(*) FROM audit_leaf WHERE act = 'account.reset'");
    (void)snprintf(
        body, sizeof body,
        "{\"org_id\":%lld,\"role\":\"desk\",\"email\":\"new@test.example\",\"name\":\"N\"}",
        web_sql("SELECT id FROM org WHERE name = 'Test OFII'"));
    struct web_answer first = web("POST", "/api/v1/accounts", "admin", KEY, body);
    struct web_answer again = web("POST", "/api/v1/accounts", "admin", KEY, body);
    struct web_answer control = web("POST", "/api/v1/accounts", "admin", NULL, body);
    ck_assert_msg(first.status == 201, "%s", first.all);
    ck_assert_msg(strstr(again.body, "\"idempotency_replay\"") != NULL, "%s", again.all);
    ck_assert_msg(control.status == 422 || control.status == 409, "%s", control.all);
    ck_assert_ptr_null(strstr(control.body, "\"idempotency_replay\""));
    web_free(&control);
    web_free(&again);
    web_free(&first);
}
END_TEST

START_TEST(a_password_is_changed_once) {
    static const char body[] = "{\"current_password\":\"correct horse battery staple\","
                               "\"password\":\"trombone lattice\"}";
    web_account("changes", "desk", "Test OFII");
    struct web_answer first = web("POST", "/api/v1/account/password", "changes", KEY, body);
    struct web_answer again = web("POST", "/api/v1/account/password", "changes", KEY, body);
    ck_assert_msg(first.status == 200, "%s", first.all);
    ck_assert_msg(again.status == 401, "%s", again.all);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'account.password'"), 1);
    /* no digest of a password that is quick to try is kept */
    ck_assert_int_eq(web_sql("SELECT count(*) FROM idempotency i JOIN account a ON a.id = "
                             "i.account_id WHERE a.email = 'changes@test.example'"),
                     0);
    web_free(&again);
    web_free(&first);
}
END_TEST

WEB_MAIN("replays", 60, each_is_decided, an_act_is_not_done_again, a_session_is_ended_once,
         a_secret_is_told_once, a_password_is_changed_once)
