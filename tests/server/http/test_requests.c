/* What every request has: headers, refusals, exactly-once writes, versions, forms shown again. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "server/app.h"
#include "tests/support/web.h"

static void has(const struct web_answer *answer, const char *what) {
    ck_assert_msg(strstr(answer->all, what) != NULL, "no %s in:\n%s", what, answer->all);
}

START_TEST(pages_are_locked_down) {
    struct web_answer answer = web("GET", "/", NULL, NULL, NULL);
    ck_assert_int_eq(answer.status, 200);
    has(&answer, "Content-Security-Policy: default-src 'none'");
    has(&answer, "X-Content-Type-Options: nosniff");
    has(&answer, "Referrer-Policy: no-referrer");
    has(&answer, "Cache-Control: no-store");
    has(&answer, "X-Request-Id: ");
    ck_assert_ptr_null(strstr(answer.all, "Server:"));
    web_free(&answer);
}
END_TEST

START_TEST(static_files_are_cached) {
    struct web_answer answer = web("GET", "/static/style.css", NULL, NULL, NULL);
    ck_assert_int_eq(answer.status, 200);
    has(&answer, "Cache-Control: public, max-age=");
    char *etag = web_header(&answer, "ETag");
    char line[128];
    (void)snprintf(line, sizeof line, "If-None-Match: %s\r\n", etag);
    web_free(&answer);
    answer = web("GET", "/static/style.css", NULL, line, NULL);
    ck_assert_int_eq(answer.status, 304);
    ck_assert_uint_eq(answer.body_len, 0);
    web_free(&answer);
    answer = web("GET", "/static/../migrations/0001_accounts.sql", NULL, NULL, NULL);
    ck_assert_int_eq(answer.status, 404);
    web_free(&answer);
    free(etag);
}
END_TEST

static const struct {
    const char *method;
    const char *path;
    const char *role;
    int status;
} refused[] = {
    {"GET", "/nope", NULL, 404},
    {"GET", "/orgs/", "admin", 404},
    {"GET", "//orgs", "admin", 404},
    {"GET", "/orgs/999999999", "admin", 404},
    {"GET", "/orgs/99999999999999999999", "admin", 404},
    {"GET", "/orgs/-1", "admin", 404},
    {"GET", "/orgs/%31", "admin", 404},
    {"GET", "/orgs", NULL, 303},
    {"GET", "/api/v1/orgs", NULL, 401},
    {"GET", "/api/v1/orgs", "employer", 403},
    {"GET", "/orgs?kind=%", "admin", 400},
    {"GET", "/orgs?kind=%00", "admin", 400},
    {"GET", "/orgs?kind=%ff", "admin", 400},
    {"DELETE", "/orgs", "admin", 405},
    {"POST", "/healthz", NULL, 405},
    {"TRACE", "/", NULL, 405},
    {"OPTIONS", "/", NULL, 405},
    {"BREW", "/", NULL, 405},
};

START_TEST(refusals) {
    struct web_answer answer =
        web(refused[_i].method, refused[_i].path, refused[_i].role, NULL, NULL);
    ck_assert_msg(answer.status == refused[_i].status, "%s %s: %d", refused[_i].method,
                  refused[_i].path, answer.status);
    if (answer.status == 405) {
        has(&answer, "Allow: ");
    }
    web_free(&answer);
}
END_TEST

START_TEST(head_is_get_without_body) {
    struct web_answer answer = web("HEAD", "/", NULL, NULL, NULL);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_eq(answer.body_len, 0);
    web_free(&answer);
}
END_TEST

START_TEST(a_write_is_done_once) {
    const char *key = "Idempotency-Key: done-once-0123456789\r\n";
    const char *body = "{\"kind\":\"partner\",\"name\":\"Once\",\"country\":\"MA\"}";
    struct web_answer first = web("POST", "/api/v1/orgs", "admin", key, body);
    struct web_answer second = web("POST", "/api/v1/orgs", "admin", key, body);
    ck_assert_int_eq(first.status, 201);
    ck_assert_int_eq(second.status, 201);
    ck_assert_str_eq(first.body, second.body);
    has(&second, "Idempotency-Replayed: true");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org WHERE name = 'Once'"), 1);
    struct web_answer other = web("POST", "/api/v1/orgs", "admin", key,
                                  "{\"kind\":\"partner\",\"name\":\"Other\",\"country\":\"MA\"}");
    ck_assert_int_eq(other.status, 422);
    has(&other, "\"code\":\"idempotency_mismatch\"");
    /* The control: another key does it again. */
    struct web_answer again = web("POST", "/api/v1/orgs", "admin", NULL, body);
    ck_assert_int_eq(again.status, 201);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org WHERE name = 'Once'"), 2);
    web_free(&first);
    web_free(&second);
    web_free(&other);
    web_free(&again);
}
END_TEST

/* Appends a text behind its length, as requests are hashed. */
static size_t put(uint8_t *to, const char *text) {
    uint64_t size = strlen(text);
    memcpy(to, &size, sizeof size);
    memcpy(to + sizeof size, text, size);
    return sizeof size + size;
}

static long long kept(const uint8_t hash[32]) {
    char hex[65];
    char sql[160];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM idempotency WHERE request_hash = decode('%s', 'hex')",
                   sodium_bin2hex(hex, sizeof hex, hash, 32));
    return web_sql(sql);
}

/* Control: with the server's key the same bytes give what is kept. */
START_TEST(what_was_sent_is_confirmed_by_no_plain_hash) {
    static const char path[] = "/api/v1/orgs";
    static const char body[] = "{\"kind\":\"partner\",\"name\":\"Guessed\",\"country\":\"MA\"}";
    uint8_t bytes[400];
    uint8_t hash[32];
    struct web_answer answer = web("POST", path, "admin", NULL, body);
    ck_assert_int_eq(answer.status, 201);
    web_free(&answer);
    size_t size = put(bytes, "POST");
    size += put(bytes + size, path);
    size += put(bytes + size, body);
    crypto_hash_sha256(hash, bytes, size);
    ck_assert_int_eq(kept(hash), 0);
    crypto_generichash(hash, sizeof hash, bytes, size, NULL, 0);
    ck_assert_int_eq(kept(hash), 0);
    crypto_generichash(hash, sizeof hash, bytes, size, web_app()->request_key, 32);
    ck_assert_int_eq(kept(hash), 1);
}
END_TEST

START_TEST(a_write_needs_a_key) {
    static const char *const keys[] = {"Idempotency-Key: short\r\n", "Idempotency-Key: \r\n",
                                       "Idempotency-Key: 0123456789abcdef/../\r\n"};
    for (size_t i = 0; i < 3; i++) {
        struct web_answer answer =
            web("POST", "/api/v1/orgs", "admin", keys[i],
                "{\"kind\":\"partner\",\"name\":\"Keyless\",\"country\":\"MA\"}");
        ck_assert_int_eq(answer.status, 400);
        has(&answer, "idempotency_key_needed");
        web_free(&answer);
    }
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org WHERE name = 'Keyless'"), 0);
}
END_TEST

START_TEST(faults_name_their_fields) {
    struct web_answer answer =
        web("POST", "/api/v1/orgs", "admin", "Accept-Language: en\r\n",
            "{\"kind\":\"farm\",\"country\":\"FRA\",\"siret\":\"12345678901234\",\"extra\":1}");
    ck_assert_int_eq(answer.status, 422);
    has(&answer, "application/problem+json");
    has(&answer, "{\"field\":\"kind\",\"code\":\"not_a_choice\"");
    has(&answer, "{\"field\":\"name\",\"code\":\"required\"");
    has(&answer, "{\"field\":\"country\",\"code\":\"too_long\"");
    web_free(&answer);
}
END_TEST

START_TEST(a_refused_form_is_shown_again) {
    struct web_answer answer = web("POST", "/orgs", "admin", NULL,
                                   "kind=employer&name=%3Cb%3E%22Ferme&siret=12345678901234");
    ck_assert_int_eq(answer.status, 422);
    has(&answer, "text/html");
    has(&answer, "value=\"&lt;b&gt;&quot;Ferme\"");
    has(&answer, "value=\"12345678901234\"");
    has(&answer, "role=\"alert\"");
    ck_assert_ptr_null(strstr(answer.body, "<b>\"Ferme"));
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org WHERE siret = '12345678901234'"), 0);
    web_free(&answer);
}
END_TEST

START_TEST(a_form_goes_on_where_its_row_says) {
    struct web_answer answer =
        web("POST", "/orgs", "admin", NULL, "kind=partner&name=Form%20org&country=TN");
    ck_assert_int_eq(answer.status, 303);
    char *location = web_header(&answer, "Location");
    ck_assert(strncmp(location, "/orgs/", 6) == 0);
    struct web_answer page = web("GET", location, "admin", NULL, NULL);
    ck_assert_int_eq(page.status, 200);
    has(&page, "Form org");
    web_free(&page);
    web_free(&answer);
    free(location);
}
END_TEST

START_TEST(edits_carry_the_version_they_saw) {
    struct web_answer made = web("POST", "/api/v1/orgs", "admin", NULL,
                                 "{\"kind\":\"partner\",\"name\":\"Edited\",\"country\":\"MA\"}");
    char *location = web_header(&made, "Location");
    const char *body = "{\"kind\":\"partner\",\"name\":\"Edited twice\",\"country\":\"MA\"}";
    struct web_answer read = web("GET", location, "admin", NULL, NULL);
    has(&read, "ETag: \"1\"");
    struct web_answer none = web("POST", location, "admin", NULL, body);
    struct web_answer good = web("POST", location, "admin", "If-Match: \"1\"\r\n", body);
    struct web_answer stale = web("POST", location, "admin", "If-Match: \"1\"\r\n", body);
    struct web_answer same = web("GET", location, "admin", "If-None-Match: \"2\"\r\n", NULL);
    ck_assert_int_eq(none.status, 428);
    ck_assert_int_eq(good.status, 200);
    ck_assert_int_eq(stale.status, 412);
    ck_assert_int_eq(same.status, 304);
    web_free(&made);
    web_free(&read);
    web_free(&none);
    web_free(&good);
    web_free(&stale);
    web_free(&same);
    free(location);
}
END_TEST

START_TEST(lists_come_in_pages) {
    (void)web_sql("INSERT INTO org (kind, name) SELECT 'partner', 'Paged ' || n FROM "
                  "generate_series(1, 5) n");
    struct web_answer first = web("GET", "/api/v1/orgs?limit=3&kind=partner", "admin", NULL, NULL);
    char *link = web_header(&first, "Link");
    ck_assert_ptr_nonnull(link);
    ck_assert_ptr_nonnull(strstr(link, "rel=\"next\""));
    ck_assert_ptr_nonnull(strstr(link, "kind=partner"));
    link[strcspn(link, ">")] = '\0';
    struct web_answer second = web("GET", link + 1, "admin", NULL, NULL);
    ck_assert_int_eq(second.status, 200);
    char *one = web_after(&first, "\"name\":\"");
    char *two = web_after(&second, "\"name\":\"");
    ck_assert_str_ne(one, two);
    free(one);
    free(two);
    free(link);
    web_free(&first);
    web_free(&second);
}
END_TEST

START_TEST(three_languages) {
    struct web_answer ar = web("GET", "/login", NULL, "Accept-Language: ar-MA,fr;q=0.5\r\n", NULL);
    struct web_answer en = web("GET", "/login", NULL, "Cookie: __Host-lang=en\r\n", NULL);
    has(&ar, "<html lang=\"ar\" dir=\"rtl\">");
    has(&en, "<html lang=\"en\" dir=\"ltr\">");
    has(&en, "Log in");
    struct web_answer set = web("POST", "/language", NULL, NULL, "lang=ar&back=%2F%2Fevil.example");
    ck_assert_int_eq(set.status, 303);
    has(&set, "Set-Cookie: __Host-lang=ar; Path=/; Secure; HttpOnly; SameSite=Lax");
    has(&set, "Location: /\r\n");
    web_free(&ar);
    web_free(&en);
    web_free(&set);
}
END_TEST

START_TEST(the_clock_moves_for_administrators) {
    struct web_answer no = web("POST", "/api/v1/clock", "officer", NULL, "{\"at\":1790000000}");
    struct web_answer yes = web("POST", "/api/v1/clock", "admin", NULL, "{\"at\":1790000000}");
    ck_assert_int_eq(no.status, 403);
    ck_assert_int_eq(yes.status, 200);
    struct web_answer now = web("GET", "/api/v1/clock", "officer", NULL, NULL);
    has(&now, "\"at\":17900000");
    /* Sessions live in real time: nobody was logged out. */
    struct web_answer me = web("GET", "/account", "officer", NULL, NULL);
    ck_assert_int_eq(me.status, 200);
    web_free(&no);
    web_free(&yes);
    web_free(&now);
    web_free(&me);
}
END_TEST

START_TEST(health_and_metrics_tell_no_one) {
    struct web_answer metrics = web("GET", "/metrics", NULL, NULL, NULL);
    ck_assert_int_eq(metrics.status, 200);
    has(&metrics, "noria_requests_total{");
    has(&metrics, "noria_request_seconds_bucket{le=\"+Inf\"}");
    ck_assert_ptr_null(strstr(metrics.body, "test.example"));
    web_free(&metrics);
}
END_TEST

int main(void) {
    web_up();
    Suite *suite = suite_create("http/requests");
    TCase *tcase = tcase_create("requests");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, pages_are_locked_down);
    tcase_add_test(tcase, static_files_are_cached);
    tcase_add_loop_test(tcase, refusals, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tcase, head_is_get_without_body);
    tcase_add_test(tcase, a_write_is_done_once);
    tcase_add_test(tcase, what_was_sent_is_confirmed_by_no_plain_hash);
    tcase_add_test(tcase, a_write_needs_a_key);
    tcase_add_test(tcase, faults_name_their_fields);
    tcase_add_test(tcase, a_refused_form_is_shown_again);
    tcase_add_test(tcase, a_form_goes_on_where_its_row_says);
    tcase_add_test(tcase, edits_carry_the_version_they_saw);
    tcase_add_test(tcase, lists_come_in_pages);
    tcase_add_test(tcase, three_languages);
    tcase_add_test(tcase, the_clock_moves_for_administrators);
    tcase_add_test(tcase, health_and_metrics_tell_no_one);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    web_down();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
