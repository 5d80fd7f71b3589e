/* Log-in, sessions, tokens, and what a page may be made to do by another site. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/web.h"

static void has(const struct web_answer *answer, const char *what) {
    ck_assert_msg(strstr(answer->all, what) != NULL, "no %s in:\n%s", what, answer->all);
}

static struct web_answer log_in(const char *email, const char *password) {
    char body[300];
    (void)snprintf(body, sizeof body, "{\"email\":\"%s\",\"password\":\"%s\"}", email, password);
    return web("POST", "/api/v1/login", NULL, NULL, body);
}

START_TEST(a_token_works_until_it_is_revoked) {
    struct web_answer answer = log_in("officer@test.example", web_password);
    ck_assert_int_eq(answer.status, 200);
    char *token = web_after(&answer, "\"token\":\"");
    ck_assert(strncmp(token, "nrt_", 4) == 0);
    char line[200];
    (void)snprintf(line, sizeof line, "Authorization: Bearer %s\r\n", token);
    struct web_answer me = web("GET", "/api/v1/me", NULL, line, NULL);
    ck_assert_int_eq(me.status, 200);
    has(&me, "\"role\":\"officer\"");
    (void)web_sql("UPDATE api_token SET revoked_at = clock_timestamp() WHERE label = 'log-in'");
    /* The cache of a loop may know it for two seconds more. */
    int status = 200;
    for (int i = 0; i < 40 && status == 200; i++) {
        struct web_answer again = web("GET", "/api/v1/me", NULL, line, NULL);
        status = again.status;
        web_free(&again);
        (void)poll(NULL, 0, 100);
    }
    ck_assert_int_eq(status, 401);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM api_token WHERE encode(token_hash, 'escape')"
                             " LIKE 'nrt_%'"),
                     0); /* hashes only */
    web_free(&answer);
    web_free(&me);
    free(token);
}
END_TEST

START_TEST(unknown_and_wrong_say_the_same) {
    struct web_answer wrong = log_in("desk@test.example", "not the password");
    struct web_answer unknown = log_in("nobody@test.example", "not the password");
    ck_assert_int_eq(wrong.status, 401);
    ck_assert_int_eq(unknown.status, 401);
    char *one = web_after(&wrong, "\"detail\":\"");
    char *two = web_after(&unknown, "\"detail\":\"");
    ck_assert_str_eq(one, two);
    free(one);
    free(two);
    web_free(&wrong);
    web_free(&unknown);
}
END_TEST

START_TEST(guessing_is_slowed_down) {
    for (int i = 0; i < 5; i++) {
        struct web_answer wrong = log_in("auditor@test.example", "not the password");
        ck_assert_int_eq(wrong.status, 401);
        web_free(&wrong);
    }
    struct web_answer right = log_in("auditor@test.example", web_password);
    ck_assert_int_eq(right.status, 401); /* even the right one, for half a minute */
    web_free(&right);
    (void)web_sql("UPDATE login_client SET rest_until = clock_timestamp() RETURNING 1");
    struct web_answer later = log_in("auditor@test.example", web_password);
    ck_assert_int_eq(later.status, 200);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM login_client l JOIN account a ON a.id = "
                             "l.account_id WHERE a.role = 'auditor'"),
                     0);
    web_free(&later);
}
END_TEST

/* Logs in by the page; the cookie's value. */
static char *page_log_in(const char *email, const char *next) {
    char body[300];
    (void)snprintf(body, sizeof body, "email=%s&password=correct+horse+battery+staple&next=%s",
                   email, next);
    struct web_answer answer = web("POST", "/login", NULL, NULL, body);
    ck_assert_int_eq(answer.status, 303);
    has(&answer, "Path=/; Secure; HttpOnly; SameSite=Lax");
    char *cookie = web_header(&answer, "Set-Cookie");
    cookie[strcspn(cookie, ";")] = '\0';
    web_free(&answer);
    return cookie;
}

START_TEST(a_page_session_from_log_in_to_log_out) {
    char line[300];
    char *cookie = page_log_in("partner@test.example", "%2Faccount");
    (void)snprintf(line, sizeof line, "Cookie: %s\r\n", cookie);
    struct web_answer page = web("GET", "/account", NULL, line, NULL);
    ck_assert_int_eq(page.status, 200);
    has(&page, "partner@test.example");
    char *csrf = web_after(&page, "name=\"csrf\" value=\"");
    (void)snprintf(line, sizeof line, "X-Bare: 1\r\nCookie: %s\r\n", cookie);
    char body[200];
    (void)snprintf(body, sizeof body, "csrf=%s&key=0123456789abcdef", csrf);
    struct web_answer out = web("POST", "/logout", NULL, line, body);
    ck_assert_int_eq(out.status, 303);
    has(&out, "Max-Age=0");
    (void)snprintf(line, sizeof line, "Cookie: %s\r\n", cookie);
    int status = 200;
    for (int i = 0; i < 40 && status == 200; i++) {
        struct web_answer again = web("GET", "/account", NULL, line, NULL);
        status = again.status;
        web_free(&again);
        (void)poll(NULL, 0, 100);
    }
    ck_assert_int_eq(status, 303);
    web_free(&page);
    web_free(&out);
    free(csrf);
    free(cookie);
}
END_TEST

START_TEST(log_in_goes_on_within_the_site_only) {
    static const char *const outside[] = {"%2F%2Fevil.example", "https%3A%2F%2Fevil.example",
                                          "%2F%5Cevil.example"};
    for (size_t i = 0; i < 3; i++) {
        char body[300];
        (void)snprintf(body, sizeof body,
                       "email=desk@test.example&password=correct+horse+battery+staple&next=%s",
                       outside[i]);
        struct web_answer answer = web("POST", "/login", NULL, NULL, body);
        has(&answer, "Location: /\r\n");
        web_free(&answer);
    }
}
END_TEST

#define FORM "kind=partner&name=Forged&country=MA&key=0123456789abcdef9"

/* A form that another site makes the browser send: the cookie comes along, the hidden value does
 * not, or the browser says where it came from. The control: the same with both right goes through.
 */
START_TEST(forged_forms_are_refused) {
    char line[400];
    char body[300];
    char *cookie = web_cookie("admin");
    char *csrf = web_csrf("admin");
    char *foreign = web_csrf("officer");
    const struct {
        const char *headers;
        const char *csrf;
        int status;
    } cases[] = {
        {"", NULL, 403},
        {"", "", 403},
        {"", foreign, 403},
        {"Sec-Fetch-Site: cross-site\r\n", csrf, 403},
        {"Sec-Fetch-Site: same-site\r\n", csrf, 403},
        {"Origin: https://evil.example\r\n", csrf, 403},
        {"Origin: null\r\n", csrf, 403},
        {"Origin: http://127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n", csrf, 303},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)snprintf(line, sizeof line, "X-Bare: 1\r\nCookie: __Host-noria=%s\r\n%s", cookie,
                       cases[i].headers);
        (void)snprintf(body, sizeof body, FORM "%s%s", cases[i].csrf == NULL ? "" : "&csrf=",
                       cases[i].csrf == NULL ? "" : cases[i].csrf);
        struct web_answer answer = web("POST", "/orgs", NULL, line, body);
        ck_assert_msg(answer.status == cases[i].status, "case %zu: %d", i, answer.status);
        web_free(&answer);
    }
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org WHERE name = 'Forged'"), 1);
    free(cookie);
    free(csrf);
    free(foreign);
}
END_TEST

START_TEST(a_cookie_is_no_credential_of_the_api) {
    char line[200];
    char *cookie = web_cookie("admin");
    (void)snprintf(line, sizeof line, "Cookie: __Host-noria=%s\r\n", cookie);
    struct web_answer answer = web("GET", "/api/v1/orgs", NULL, line, NULL);
    ck_assert_int_eq(answer.status, 401);
    web_free(&answer);
    free(cookie);
}
END_TEST

START_TEST(a_read_token_does_not_write) {
    struct web_answer made = web("POST", "/api/v1/tokens", "admin", NULL,
                                 "{\"label\":\"reader\",\"scope\":\"read\",\"days\":1}");
    ck_assert_int_eq(made.status, 200);
    char *token = web_after(&made, "\"token\":\"");
    char line[200];
    (void)snprintf(line, sizeof line, "Authorization: Bearer %s\r\n", token);
    struct web_answer read = web("GET", "/api/v1/orgs", NULL, line, NULL);
    struct web_answer write =
        web("POST", "/api/v1/orgs", NULL, line, "{\"kind\":\"partner\",\"name\":\"By reader\"}");
    ck_assert_int_eq(read.status, 200);
    ck_assert_int_eq(write.status, 403);
    web_free(&made);
    web_free(&read);
    web_free(&write);
    free(token);
}
END_TEST

START_TEST(an_account_from_making_to_disabling) {
    long long org = web_sql("SELECT id FROM org WHERE name = 'Test partner'");
    char body[400];
    (void)snprintf(body, sizeof body,
                   "{\"org_id\":%lld,\"role\":\"officer\",\"email\":\"New@Test.example\","
                   "\"name\":\"New\"}",
                   org);
    struct web_answer misfit = web("POST", "/api/v1/accounts", "admin", NULL, body);
    ck_assert_int_eq(misfit.status, 422);
    has(&misfit, "\"field\":\"role\"");
    (void)snprintf(body, sizeof body,
                   "{\"org_id\":%lld,\"role\":\"partner\",\"email\":\"New@Test.example\","
                   "\"name\":\"New\"}",
                   org);
    struct web_answer made = web("POST", "/api/v1/accounts", "admin", NULL, body);
    ck_assert_int_eq(made.status, 201);
    struct web_answer twice = web("POST", "/api/v1/accounts", "admin", NULL, body);
    ck_assert_int_eq(twice.status, 409);
    struct web_answer before = log_in("new@test.example", "!");
    ck_assert_int_eq(before.status, 401);
    char *code = web_after(&made, "\"code\":\"");
    ck_assert_ptr_nonnull(code);
    (void)snprintf(body, sizeof body, "{\"code\":\"%s\",\"password\":\"a long enough one\"}", code);
    web_posts(NULL, "/api/v1/activation", body, 200, "");
    free(code);
    web_free(&before);
    struct web_answer in = log_in("new@test.example", "a long enough one");
    ck_assert_int_eq(in.status, 200);
    char path[100];
    (void)snprintf(path, sizeof path, "/api/v1/accounts/%lld/disable",
                   web_sql("SELECT id FROM account WHERE email = 'new@test.example'"));
    struct web_answer off = web("POST", path, "admin", NULL, "{}");
    ck_assert_int_eq(off.status, 200);
    struct web_answer out = log_in("new@test.example", "a long enough one");
    ck_assert_int_eq(out.status, 401);
    web_free(&misfit);
    web_free(&made);
    web_free(&twice);
    web_free(&in);
    web_free(&off);
    web_free(&out);
}
END_TEST

WEB_MAIN("account/login", 120, a_token_works_until_it_is_revoked, unknown_and_wrong_say_the_same,
         guessing_is_slowed_down, a_page_session_from_log_in_to_log_out,
         log_in_goes_on_within_the_site_only, forged_forms_are_refused,
         a_cookie_is_no_credential_of_the_api, a_read_token_does_not_write,
         an_account_from_making_to_disabling)
