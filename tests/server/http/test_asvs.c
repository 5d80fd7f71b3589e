/* Rules of OWASP ASVS 5.0.0, levels 1 and 2, each test named by the requirement's number:
 * passwords, sessions, cookies, headers, forged requests, redirects, message structure, uploads,
 * access. The table in SECURITY.md says which others apply and where they are tested. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "server/app.h"
#include "server/http/server.h"
#include "tests/support/web.h"

static void has(const struct web_answer *answer, const char *what) {
    ck_assert_msg(strcasestr(answer->all, what) != NULL, "no %s in:\n%s", what, answer->all);
}

static void lacks(const struct web_answer *answer, const char *what) {
    ck_assert_msg(strcasestr(answer->all, what) == NULL, "%s in:\n%s", what, answer->all);
}

static int status_of(const char *method, const char *path, const char *role, const char *headers,
                     const char *body) {
    struct web_answer answer = web(method, path, role, headers, body);
    int status = answer.status;
    web_free(&answer);
    return status;
}

static int log_in(const char *password) {
    char body[600];
    (void)snprintf(body, sizeof body, "{\"email\":\"asvs@test.example\",\"password\":\"%s\"}",
                   password);
    return status_of("POST", "/api/v1/login", NULL, NULL, body);
}

/* Changes the password of the account "asvs", which ends its sessions. */
static int change(const char *current, const char *password) {
    char body[1200];
    web_session("asvs");
    (void)web_sql("UPDATE api_token SET revoked_at = NULL WHERE label = 'test'");
    (void)snprintf(body, sizeof body, "{\"current_password\":\"%s\",\"password\":\"%s\"}", current,
                   password);
    int status = 0;
    for (int i = 0; i < 40 && (status == 0 || status == 401); i++) {
        status = status_of("POST", "/api/v1/account/password", "asvs", NULL, body);
        (void)poll(NULL, 0, status == 401 ? 100 : 0); /* another loop may not know yet */
    }
    return status;
}

/* --- V6 passwords -------------------------------------------------------------------------------
 */

START_TEST(v6_2_1_passwords_are_long_enough) {
    web_account("asvs", "desk", "Test OFII");
    ck_assert_int_eq(change(web_password, "eleven char"), 422);
    ck_assert_int_eq(change(web_password, "twelve chars"), 200);
    ck_assert_int_eq(change("twelve chars", web_password), 200);
}
END_TEST

START_TEST(v6_2_3_a_change_needs_the_current_password) {
    ck_assert_int_eq(change("not the current one", "another long one"), 422);
    ck_assert_int_eq(change("", "another long one"), 422);
    ck_assert_int_eq(log_in(web_password), 200);
}
END_TEST

START_TEST(v6_2_5_any_composition_is_taken) {
    static const char *const kinds[] = {"trombone lattice", "86051937264418", "كلمة سر طويلة جدا",
                                        "!?#;,.:&%*+-"};
    const char *current = web_password;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        ck_assert_int_eq(change(current, kinds[i]), 200);
        current = kinds[i];
    }
    ck_assert_int_eq(change(current, web_password), 200);
}
END_TEST

START_TEST(v6_2_6_and_7_fields_mask_and_let_helpers_paste) {
    struct web_answer page = web("GET", "/login", NULL, NULL, NULL);
    has(&page, "name=\"password\" type=\"password\" autocomplete=\"current-password\"");
    lacks(&page, "onpaste");
    lacks(&page, "readonly");
    web_free(&page);
}
END_TEST

START_TEST(v6_2_8_passwords_are_compared_as_they_were_sent) {
    ck_assert_int_eq(change(web_password, " Spaces Around It "), 200);
    ck_assert_int_eq(log_in(" Spaces Around It "), 200); /* the control */
    ck_assert_int_eq(log_in("Spaces Around It"), 401);
    ck_assert_int_eq(log_in(" spaces around it "), 401);
    ck_assert_int_eq(log_in(" Spaces Around It"), 401);
    ck_assert_int_eq(change(" Spaces Around It ", web_password), 200);
}
END_TEST

START_TEST(v6_2_9_long_passwords_are_taken_whole) {
    char most[201];
    for (int i = 0; i < 200; i++) {
        most[i] = "moulin cerise "[i % 14];
    }
    most[199] = 'p';
    most[200] = '\0';
    ck_assert_int_eq(change(web_password, most), 200);
    most[199] = 'q';
    ck_assert_int_eq(log_in(most), 401); /* the last character counts */
    most[199] = 'p';
    ck_assert_int_eq(change(most, web_password), 200);
}
END_TEST

START_TEST(v6_3_2_there_are_no_default_accounts) {
    ck_assert_int_eq(web_sql("SELECT count(*) FROM account WHERE email NOT LIKE '%@test.example'"),
                     0);
}
END_TEST

/* --- V7 sessions --------------------------------------------------------------------------------
 */

/* Logs in by the page with a cookie (or none); gives the new one. */
static char *page_log_in(const char *cookie) {
    char line[200] = "";
    if (cookie != NULL) {
        (void)snprintf(line, sizeof line, "Cookie: %s\r\n", cookie);
    }
    char headers[300];
    (void)snprintf(headers, sizeof headers, "X-Bare: 1\r\n%s", line);
    char body[300];
    struct web_answer form = web("GET", "/login", NULL, line, NULL);
    char *csrf = web_after(&form, "name=\"csrf\" value=\"");
    (void)snprintf(body, sizeof body,
                   "email=asvs@test.example&password=correct+horse+battery+staple&csrf=%s&key="
                   "0123456789abcdefa",
                   csrf == NULL ? "" : csrf);
    struct web_answer answer = web("POST", "/login", NULL, headers, body);
    ck_assert_msg(answer.status == 303, "%s", answer.all);
    char *set = web_header(&answer, "Set-Cookie");
    ck_assert_ptr_nonnull(set);
    set[strcspn(set, ";")] = '\0';
    free(csrf);
    web_free(&form);
    web_free(&answer);
    return set;
}

static int shown(const char *cookie) {
    char line[200];
    (void)snprintf(line, sizeof line, "Cookie: %s\r\n", cookie);
    return status_of("GET", "/account", NULL, line, NULL);
}

START_TEST(v7_2_3_session_tokens_are_random_and_kept_as_hashes) {
    char *one = page_log_in(NULL);
    char *two = page_log_in(NULL);
    const char *secret = strchr(one, '=') + 1;
    ck_assert_str_ne(one, two);
    ck_assert_uint_ge(strlen(secret), 43); /* 256 bits in base64url */
    char sql[300];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM session WHERE encode(token_hash, 'escape') LIKE '%%%s%%'",
                   secret);
    ck_assert_int_eq(web_sql(sql), 0);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM session WHERE token_hash = sha256('%s')",
                   secret);
    ck_assert_int_eq(web_sql(sql), 1);
    free(one);
    free(two);
}
END_TEST

START_TEST(v7_2_4_a_log_in_makes_a_new_session_and_ends_the_old_one) {
    char *old = page_log_in(NULL);
    char *other = page_log_in(NULL); /* the control: elsewhere, it stays */
    ck_assert_int_eq(shown(old), 200);
    char *new = page_log_in(old);
    ck_assert_str_ne(old, new);
    ck_assert_int_eq(shown(new), 200);
    ck_assert_int_eq(shown(old), 303);
    ck_assert_int_eq(shown(other), 200);
    free(old);
    free(other);
    free(new);
}
END_TEST

START_TEST(v7_3_1_and_2_sessions_end_after_idleness_and_after_half_a_day) {
    static const char *const ends[] = {"seen_at = clock_timestamp() - interval '2 hours 1 second'",
                                       "expires_at = clock_timestamp()",
                                       "seen_at = clock_timestamp() - interval '1 hour'"};
    for (int i = 0; i < 3; i++) {
        char *cookie = page_log_in(NULL);
        char sql[300];
        (void)snprintf(sql, sizeof sql, "UPDATE session SET %s WHERE token_hash = sha256('%s')",
                       ends[i], strchr(cookie, '=') + 1);
        (void)web_sql(sql);
        ck_assert_int_eq(shown(cookie), i < 2 ? 303 : 200); /* the last is the control */
        free(cookie);
    }
    ck_assert_int_eq(web_sql("SELECT count(*) FROM session WHERE expires_at > clock_timestamp() + "
                             "interval '12 hours' AND account_id = (SELECT id FROM account WHERE "
                             "email = 'asvs@test.example')"),
                     0);
}
END_TEST

START_TEST(v7_4_3_a_new_password_ends_other_sessions) {
    char *cookie = page_log_in(NULL);
    ck_assert_int_eq(shown(cookie), 200);
    ck_assert_int_eq(change(web_password, "another long one"), 200);
    ck_assert_int_eq(shown(cookie), 303);
    ck_assert_int_eq(change("another long one", web_password), 200);
    free(cookie);
}
END_TEST

START_TEST(v7_4_4_every_page_has_the_way_out) {
    static const char *const pages[] = {"/", "/account", "/campaigns", "/references"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct web_answer page = web("GET", pages[i], "officer", NULL, NULL);
        has(&page, "action=\"/logout\"");
        web_free(&page);
    }
}
END_TEST

/* --- V3 the browser's side ----------------------------------------------------------------------
 */

START_TEST(v3_3_1_to_4_cookies_are_locked_to_the_host) {
    struct web_answer answer = web("POST", "/login", NULL, NULL,
                                   "email=asvs@test.example&password=correct+horse+battery+staple");
    char *cookie = web_header(&answer, "Set-Cookie");
    static const char *const parts[] = {"__Host-noria=", "; Path=/", "; Secure", "; HttpOnly",
                                        "; SameSite=Lax"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ck_assert_msg(strstr(cookie, parts[i]) != NULL, "no %s in %s", parts[i], cookie);
    }
    ck_assert_ptr_null(strcasestr(cookie, "domain="));
    free(cookie);
    web_free(&answer);
}
END_TEST

/* A page, an API answer, an error, a static file, a redirection and a download. */
START_TEST(v3_4_1_to_6_every_answer_has_the_headers) {
    static const char *const paths[] = {"/",
                                        "/api/v1/campaigns",
                                        "/nope",
                                        "/api/v1/me",
                                        "/static/style.css",
                                        "/orgs",
                                        "/campaigns",
                                        "/.well-known/noria/root.cosekey"};
    static const char *const wanted[] = {
        "Strict-Transport-Security: max-age=31536000; includeSubDomains",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct web_answer answer = web("GET", paths[i], i % 2 == 0 ? NULL : "desk",
                                       "Origin: https://evil.example\r\n", NULL);
        for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
            has(&answer, wanted[k]);
        }
        lacks(&answer, "Access-Control-Allow-Origin"); /* 3.4.2 */
        web_free(&answer);
    }
}
END_TEST

START_TEST(v3_5_1_forged_requests_are_refused) {
    static const struct {
        const char *headers;
        int status;
    } cases[] = {{"X-Bare: 1\r\n", 403},
                 {"Sec-Fetch-Site: cross-site\r\n", 403},
                 {"Sec-Fetch-Site: same-site\r\n", 403},
                 {"Origin: https://evil.example\r\n", 403},
                 {"Origin: http://127.0.0.1.evil.example\r\n", 403},
                 {"Sec-Fetch-Site: same-origin\r\n", 200}}; /* the control */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(
            status_of("POST", "/tokens", "auditor", cases[i].headers, "label=x&scope=read&days=1"),
            cases[i].status);
    }
}
END_TEST

/* A Host that is another's changes nothing that is sent back. */
START_TEST(v3_7_2_nobody_is_redirected_elsewhere) {
    static const char *const next[] = {"//evil.example", "https://evil.example", "/%5Cevil.example",
                                       "%2F%2Fevil.example", "javascript:alert(1)"};
    for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
        char body[300];
        (void)snprintf(body, sizeof body,
                       "email=asvs@test.example&password=correct+horse+battery+staple&next=%s",
                       next[i]);
        struct web_answer answer = web("POST", "/login", NULL, NULL, body);
        char *location = web_header(&answer, "Location");
        ck_assert_msg(location != NULL && strcmp(location, "/") == 0, "%s", answer.all);
        free(location);
        web_free(&answer);
    }
    static const char request[] = "GET /orgs HTTP/1.1\r\nHost: evil.example\r\n"
                                  "X-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n";
    struct web_answer answer = web_raw(request, sizeof request - 1, 10);
    ck_assert_int_eq(answer.status, 303);
    lacks(&answer, "evil.example");
    web_free(&answer);
}
END_TEST

/* --- V4 messages --------------------------------------------------------------------------------
 */

START_TEST(v4_1_1_answers_say_what_they_are) {
    struct web_answer page = web("GET", "/login", NULL, NULL, NULL);
    struct web_answer data = web("GET", "/api/v1/me", "desk", NULL, NULL);
    has(&page, "Content-Type: text/html; charset=utf-8");
    has(&data, "Content-Type: application/json");
    web_free(&page);
    web_free(&data);
}
END_TEST

static int raw_status(const char *headers) {
    char request[500];
    (void)snprintf(request, sizeof request,
                   "POST /language HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n0\r\n\r\n",
                   headers);
    struct web_answer answer = web_raw(request, strlen(request), 10);
    int status = answer.status;
    web_free(&answer);
    return status;
}

START_TEST(v4_2_1_a_message_has_one_length) {
    ck_assert_int_eq(raw_status("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
    ck_assert_int_eq(raw_status("Content-Length: 5\r\nContent-Length: 6\r\n"), 400);
    ck_assert_int_eq(raw_status("Host: b\r\nContent-Length: 5\r\n"), 400); /* two hosts */
    ck_assert_int_ne(raw_status("Content-Length: 5\r\n"), 400);            /* the control */
}
END_TEST

/* --- V5 uploads ---------------------------------------------------------------------------------
 */

static struct web_answer upload(const char *name, const char *type, const char *bytes) {
    char body[1000];
    (void)snprintf(body, sizeof body,
                   "--cut\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"%s\"\r\n"
                   "Content-Type: %s\r\n\r\n%s\r\n--cut--\r\n",
                   name, type, bytes);
    return web("POST", "/api/v1/verify/photo", NULL,
               "Content-Type: multipart/form-data; boundary=cut\r\n", body);
}

/* Neither a name nor a stated type makes a picture of what is none; no name becomes a path. */
START_TEST(v5_2_2_and_5_3_2_contents_decide_and_names_do_not) {
    static const char *const names[] = {"a.png", "../../etc/passwd", "a.php", "a.png%00.jpg"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct web_answer answer = upload(names[i], "image/png", "<?php echo 1; ?>");
        ck_assert_msg(answer.status / 100 == 4, "%s: %s", names[i], answer.all);
        lacks(&answer, "passwd");
        web_free(&answer);
    }
}
END_TEST

/* --- V8 access ----------------------------------------------------------------------------------
 */

START_TEST(v8_2_2_anothers_record_is_not_there) {
    long long foreign = web_sql("INSERT INTO api_token (account_id, token_hash, label, scope, "
                                "expires_at) SELECT id, sha256('foreign'), 'foreign', 'write', "
                                "clock_timestamp() + interval '1 day' FROM account WHERE role = "
                                "'admin' LIMIT 1 RETURNING id");
    char path[100];
    (void)snprintf(path, sizeof path, "/api/v1/tokens/%lld/revoke", foreign);
    ck_assert_int_eq(status_of("POST", path, "desk", NULL, "{}"), 404);
    ck_assert_int_eq(status_of("POST", path, "admin", NULL, "{}"), 200); /* the control */
}
END_TEST

/* Behind TLS, as a real server is. */
static void behind_tls(struct server_config *config) {
    static struct app app;
    app = *config->app;
    app.base_url = "https://127.0.0.1";
    config->app = &app;
}

WEB_MAIN_WITH(behind_tls, "OWASP ASVS 5.0.0", 120, v6_2_1_passwords_are_long_enough,
              v6_2_3_a_change_needs_the_current_password, v6_2_5_any_composition_is_taken,
              v6_2_6_and_7_fields_mask_and_let_helpers_paste,
              v6_2_8_passwords_are_compared_as_they_were_sent,
              v6_2_9_long_passwords_are_taken_whole, v6_3_2_there_are_no_default_accounts,
              v7_2_3_session_tokens_are_random_and_kept_as_hashes,
              v7_2_4_a_log_in_makes_a_new_session_and_ends_the_old_one,
              v7_3_1_and_2_sessions_end_after_idleness_and_after_half_a_day,
              v7_4_3_a_new_password_ends_other_sessions, v7_4_4_every_page_has_the_way_out,
              v3_3_1_to_4_cookies_are_locked_to_the_host, v3_4_1_to_6_every_answer_has_the_headers,
              v3_5_1_forged_requests_are_refused, v3_7_2_nobody_is_redirected_elsewhere,
              v4_1_1_answers_say_what_they_are, v4_2_1_a_message_has_one_length,
              v5_2_2_and_5_3_2_contents_decide_and_names_do_not,
              v8_2_2_anothers_record_is_not_there)
