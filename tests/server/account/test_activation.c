/* First and forgotten passwords, and sessions that their person sees (OWASP
 * ASVS 5.0.0, 6.1.2, 6.4.1, 6.4.3, 7.1.2, 7.5.2), each protection with its control. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/web.h"

static int status_of(const char *method, const char *path, const char *role, const char *headers,
                     const char *body) {
    struct web_answer answer = web(method, path, role, headers, body);
    int status = answer.status;
    web_free(&answer);
    return status;
}

static int log_in(const char *who, const char *password) {
    char body[300];
    (void)snprintf(body, sizeof body, "{\"email\":\"%s@test.example\",\"password\":\"%s\"}", who,
                   password);
    return status_of("POST", "/api/v1/login", NULL, NULL, body);
}

static long long id_of(const char *who) {
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT id FROM account WHERE email = '%s@test.example'", who);
    return web_sql(sql);
}

/* An administrator makes an account; its code. */
static char *made(const char *who) {
    char body[300];
    (void)snprintf(body, sizeof body,
                   "{\"org_id\":%lld,\"role\":\"desk\",\"email\":\"%s@test.example\",\"name\":"
                   "\"Person %s\"}",
                   web_sql("SELECT id FROM org WHERE name = 'Test OFII'"), who, who);
    struct web_answer answer = web("POST", "/api/v1/accounts", "admin", NULL, body);
    ck_assert_msg(answer.status == 201, "%s", answer.all);
    char *code = web_after(&answer, "\"code\":\"");
    ck_assert_ptr_nonnull(code);
    web_free(&answer);
    return code;
}

static void choose(const char *code, const char *password, int status, const char *wanted) {
    char body[300];
    (void)snprintf(body, sizeof body, "{\"code\":\"%s\",\"password\":\"%s\"}", code, password);
    web_posts(NULL, "/api/v1/activation", body, status, wanted);
}

START_TEST(v6_4_1_a_first_password_is_the_persons_own) {
    web_posts("admin", "/api/v1/accounts",
              "{\"org_id\":1,\"role\":\"desk\",\"email\":\"a@test.example\",\"name\":\"A\","
              "\"password\":\"chosen by another\"}",
              422, "unknown_field");
    char *code = made("novice");
    ck_assert_uint_eq(strlen(code), 39);
    ck_assert_int_eq(log_in("novice", code), 401); /* the code is no password */
    ck_assert_int_eq(log_in("novice", "!"), 401);
    choose("AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "trombone lattice", 422,
           "activation_unknown");
    choose(code, "too short", 422, "too_short");
    choose(code, "trombone lattice", 200, "");
    ck_assert_int_eq(log_in("novice", "trombone lattice"), 200);
    choose(code, "moulin cerise nord", 422, "activation_unknown"); /* once */
    ck_assert_int_eq(log_in("novice", "moulin cerise nord"), 401);
    free(code);
    code = made("late");
    char sql[300];
    (void)snprintf(sql, sizeof sql,
                   "UPDATE activation SET expires_at = clock_timestamp() WHERE account_id = %lld",
                   id_of("late"));
    (void)web_sql(sql);
    choose(code, "trombone lattice", 422, "activation_unknown");
    (void)web_sql("UPDATE activation SET expires_at = expires_at + interval '1 minute'");
    choose(code, "trombone lattice", 200, ""); /* the control */
    free(code);
}
END_TEST

/* Sent again with its key, as after an answer that was lost, it is done; with another it is not. */
START_TEST(an_activation_sent_again_is_done_once) {
    char *code = made("again");
    char body[200];
    (void)snprintf(body, sizeof body, "{\"code\":\"%s\",\"password\":\"trombone lattice\"}", code);
    static const char key[] = "Idempotency-Key: activation-0123456789\r\n";
    static const char other[] = "Idempotency-Key: activation-9876543210\r\n";
    ck_assert_int_eq(status_of("POST", "/api/v1/activation", NULL, key, body), 200);
    ck_assert_int_eq(status_of("POST", "/api/v1/activation", NULL, key, body), 200);
    ck_assert_int_eq(status_of("POST", "/api/v1/activation", NULL, other, body), 422);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'account.activate' AND "
                             "object_id = (SELECT id FROM account WHERE email = "
                             "'again@test.example')"),
                     1);
    free(code);
}
END_TEST

START_TEST(v6_1_2_and_6_2_11_words_around_the_person_are_no_password) {
    char *code = made("genevieve");
    choose(code, "genevieve-2026", 422, "password_context");
    choose(code, "football2026!", 422, "password_common");
    choose(code, "trombone lattice", 200, ""); /* the control */
    char *other = made("hildegard");
    choose(other, "genevieve figue nord", 200, ""); /* another's name is no word of his */
    free(other);
    free(code);
}
END_TEST

/* The administrator begins it, learns no password, and a second factor stays. */
START_TEST(v6_4_3_a_reset_ends_what_was_and_keeps_the_factor) {
    web_account("forgot", "desk", "Test OFII");
    char path[100];
    (void)web_sql("INSERT INTO account_factor (account_id, sealed, wrapped, on_since) SELECT id, "
                  "'x', decode(repeat('00', 74), 'hex'), now() FROM account WHERE email = "
                  "'forgot@test.example'");
    ck_assert_int_eq(status_of("GET", "/api/v1/me", "forgot", NULL, NULL), 200);
    (void)snprintf(path, sizeof path, "/api/v1/accounts/%lld/activation", id_of("forgot"));
    ck_assert_int_eq(status_of("POST", path, "officer", NULL, "{}"), 403);
    struct web_answer answer = web("POST", path, "admin", NULL, "{}");
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    char *code = web_after(&answer, "\"code\":\"");
    web_free(&answer);
    ck_assert_int_eq(status_of("GET", "/api/v1/me", "forgot", NULL, NULL), 401);
    ck_assert_int_eq(status_of("GET", "/account", "forgot", NULL, NULL), 303);
    ck_assert_int_eq(log_in("forgot", web_password), 401);
    choose(code, "trombone lattice", 200, "");
    char body[200];
    (void)snprintf(body, sizeof body,
                   "{\"email\":\"forgot@test.example\",\"password\":\"trombone lattice\"}");
    web_posts(NULL, "/api/v1/login", body, 401, "second_factor_needed");
    (void)web_sql("DELETE FROM account_factor"); /* the control */
    ck_assert_int_eq(log_in("forgot", "trombone lattice"), 200);
    (void)snprintf(path, sizeof path, "/api/v1/accounts/%lld/activation", id_of("admin"));
    ck_assert_int_eq(status_of("POST", path, "admin", NULL, "{}"), 409);
    free(code);
}
END_TEST

/* Logs in by the page as a client; its cookie. */
static char *session_of(const char *who, const char *client) {
    char headers[200];
    char body[200];
    (void)snprintf(headers, sizeof headers, "X-Bare: 1\r\nUser-Agent: %s\r\n", client);
    (void)snprintf(body, sizeof body, "email=%s@test.example&password=correct+horse+battery+staple",
                   who);
    struct web_answer answer = web("POST", "/login", NULL, headers, body);
    ck_assert_msg(answer.status == 303, "%s", answer.all);
    char *cookie = web_header(&answer, "Set-Cookie");
    ck_assert_ptr_nonnull(cookie);
    cookie[strcspn(cookie, ";")] = '\0';
    web_free(&answer);
    return cookie;
}

static int shown(const char *cookie) {
    char line[200];
    (void)snprintf(line, sizeof line, "Cookie: %s\r\n", cookie);
    return status_of("GET", "/account", NULL, line, NULL);
}

static long long session_id(const char *cookie) {
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT id FROM session WHERE token_hash = sha256('%s')",
                   strchr(cookie, '=') + 1);
    return web_sql(sql);
}

START_TEST(v7_5_2_a_person_sees_his_sessions_and_ends_each) {
    web_account("many", "desk", "Test OFII");
    char *here =
        session_of("many", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko Firefox/128.0");
    char *away =
        session_of("many", "Mozilla/5.0 (iPhone; CPU iPhone OS 17) CriOS/126 Safari/604.1");
    web_gets("many", "/account", "Firefox, Linux");
    web_gets("many", "/account", "Chrome, iOS");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM session WHERE client LIKE '%128%'"), 0);
    char path[100];
    (void)snprintf(path, sizeof path, "/account/sessions/%lld/end", session_id(away));
    ck_assert_int_eq(status_of("POST", path, "officer", NULL, ""), 404); /* not his */
    ck_assert_int_eq(shown(away), 200);
    ck_assert_int_eq(status_of("POST", path, "many", NULL, ""), 303);
    ck_assert_int_eq(shown(away), 303);
    ck_assert_int_eq(shown(here), 200); /* the control */
    free(away);
    free(here);
}
END_TEST

static void *enter(void *nothing) {
    free(session_of("crowd", "x"));
    return nothing;
}

static long long open_of_crowd(void) {
    pthread_t threads[4]; /* a fifth under way would make the account rest */
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, enter, NULL), 0);
    }
    for (int i = 0; i < 4; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    return web_sql("SELECT count(*) FROM session s JOIN account a ON a.id = s.account_id WHERE "
                   "a.email = 'crowd@test.example'");
}

START_TEST(v7_1_2_ten_sessions_stand_side_by_side) {
    web_account("crowd", "desk", "Test OFII");
    char *first = session_of("crowd", "x");
    (void)web_sql("UPDATE session SET seen_at = seen_at - interval '1 hour'");
    for (int i = 0; i < 10; i++) {
        free(session_of("crowd", "x"));
    }
    ck_assert_int_eq(shown(first), 303); /* the fixture's own went before it */
    ck_assert_int_eq(open_of_crowd(), 10);
    (void)web_sql("ALTER TABLE session DISABLE TRIGGER session_limit"); /* the control */
    ck_assert_int_gt(open_of_crowd(), 10);
    (void)web_sql("ALTER TABLE session ENABLE TRIGGER session_limit");
    free(first);
}
END_TEST

WEB_MAIN("activation and sessions", 120, v6_4_1_a_first_password_is_the_persons_own,
         an_activation_sent_again_is_done_once,
         v6_1_2_and_6_2_11_words_around_the_person_are_no_password,
         v6_4_3_a_reset_ends_what_was_and_keeps_the_factor,
         v7_5_2_a_person_sees_his_sessions_and_ends_each, v7_1_2_ten_sessions_stand_side_by_side)
