/* Hostile input against a running server: every case gets an answer below 500 (or a closed
 * connection), nothing hangs, nothing dies. Cases come from ../shared/data/abuse when it is there,
 * else from the copies in tests/data/abuse. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/support/web.h"

enum { LINE_MAX_BYTES = 1 << 20, SECONDS = 5 };

static FILE *open_case(const char *name) {
    char path[200];
    (void)snprintf(path, sizeof path, "../shared/data/abuse/%s", name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        (void)snprintf(path, sizeof path, "tests/data/abuse/%s", name);
        file = fopen(path, "r");
    }
    ck_assert_msg(file != NULL, "no %s", name);
    return file;
}

static size_t unbase64(const char *text, unsigned char *out) {
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0;
    int count = 0;
    size_t len = 0;
    for (; *text != '\0' && *text != '='; text++) {
        const char *at = strchr(alphabet, *text);
        ck_assert_ptr_nonnull(at);
        bits = bits << 6 | (unsigned)(at - alphabet);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[len++] = (unsigned char)(bits >> count);
        }
    }
    return len;
}

static const char *word(const cJSON *object, const char *name) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static void alive(void) {
    struct web_answer answer = web("GET", "/healthz", NULL, NULL, NULL);
    ck_assert_int_eq(answer.status, 200);
    web_free(&answer);
}

/* A POST of these bytes as JSON; the status. */
static int post_bytes(const unsigned char *bytes, size_t size, char code[64]) {
    char *token = web_token("admin");
    char *request = malloc(size + 1000);
    ck_assert_ptr_nonnull(request);
    int head = snprintf(request, 1000,
                        "POST /api/v1/orgs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        "Authorization: Bearer %s\r\nIdempotency-Key: abuse-%020ld\r\n"
                        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                        token, (long)clock(), size);
    memcpy(request + head, bytes, size);
    struct web_answer answer = web_raw(request, (size_t)head + size, SECONDS);
    char *found = web_after(&answer, "\"code\":\"");
    (void)snprintf(code, 64, "%s", found == NULL ? "" : found);
    int status = answer.status;
    free(found);
    web_free(&answer);
    free(request);
    free(token);
    return status;
}

/* "reject" must be called broken JSON. "accept" must be read: refused at most as a body that is no
 * object, as unknown fields, or for the reader's own published limits (duplicate names, NUL). */
START_TEST(every_json_case) {
    FILE *file = open_case("json_parsing.jsonl");
    char *line = malloc(LINE_MAX_BYTES);
    unsigned char *bytes = malloc(LINE_MAX_BYTES);
    int cases = 0;
    ck_assert(line != NULL && bytes != NULL);
    while (fgets(line, LINE_MAX_BYTES, file) != NULL) {
        cJSON *object = cJSON_Parse(line);
        char code[64];
        size_t size = unbase64(word(object, "bytes_b64"), bytes);
        int status = post_bytes(bytes, size, code);
        const char *name = word(object, "name");
        ck_assert_msg(status >= 400 && status < 500, "%s: %d", name, status);
        if (strcmp(word(object, "expect"), "reject") == 0) {
            ck_assert_msg(strcmp(code, "json") == 0, "%s: accepted (%d %s)", name, status, code);
        }
        cJSON_Delete(object);
        cases++;
    }
    ck_assert_int_ge(cases, 20);
    (void)fclose(file);
    free(line);
    free(bytes);
    alive();
}
END_TEST

START_TEST(every_raw_request) {
    FILE *file = open_case("http_requests.jsonl");
    char *line = malloc(LINE_MAX_BYTES);
    unsigned char *bytes = malloc(LINE_MAX_BYTES);
    int cases = 0;
    ck_assert(line != NULL && bytes != NULL);
    while (fgets(line, LINE_MAX_BYTES, file) != NULL) {
        cJSON *object = cJSON_Parse(line);
        size_t size = unbase64(word(object, "raw_b64"), bytes);
        struct web_answer answer = web_raw(bytes, size, SECONDS);
        ck_assert_msg(answer.status < 500 || answer.status == 501 || answer.status == 505, "%s: %d",
                      word(object, "name"), answer.status);
        web_free(&answer);
        cJSON_Delete(object);
        cases++;
    }
    ck_assert_int_ge(cases, 10);
    (void)fclose(file);
    free(line);
    free(bytes);
    alive();
}
END_TEST

static char *escape(const char *text) {
    char *out = malloc(strlen(text) * 3 + 1);
    size_t len = 0;
    ck_assert_ptr_nonnull(out);
    for (; *text != '\0'; text++) {
        static const char hex[] = "0123456789ABCDEF";
        out[len++] = '%';
        out[len++] = hex[(unsigned char)*text >> 4];
        out[len++] = hex[*text & 15];
    }
    out[len] = '\0';
    return out;
}

/* As a query, as a form value, as a JSON value: kept as sent or refused, and shown escaped. */
START_TEST(every_naughty_string) {
    FILE *file = open_case("naughty_strings.json");
    char *all = calloc(1, LINE_MAX_BYTES);
    ck_assert_ptr_nonnull(all);
    ck_assert_uint_gt(fread(all, 1, LINE_MAX_BYTES - 1, file), 0);
    (void)fclose(file);
    cJSON *list = cJSON_Parse(all);
    const cJSON *item = NULL;
    int cases = 0;
    cJSON_ArrayForEach(item, list) {
        char path[8192];
        char *value = escape(cJSON_IsString(item) ? item->valuestring : "");
        if (strlen(value) > 3000) {
            free(value);
            continue;
        }
        (void)snprintf(path, sizeof path, "/login?next=%s", value);
        struct web_answer query = web("GET", path, NULL, NULL, NULL);
        ck_assert_msg(query.status == 200 || query.status == 400, "%d: %s", query.status, path);
        (void)snprintf(path, sizeof path, "kind=employer&siret=1&name=%s", value);
        struct web_answer form = web("POST", "/orgs", "admin", NULL, path);
        ck_assert_msg(form.status == 422 || form.status == 400, "%d: %s", form.status, path);
        ck_assert_ptr_null(strstr(form.body, "<script>alert"));
        ck_assert_ptr_null(strstr(form.body, "<img src=x"));
        web_free(&query);
        web_free(&form);
        free(value);
        cases++;
    }
    ck_assert_int_ge(cases, 50);
    cJSON_Delete(list);
    free(all);
    alive();
}
END_TEST

#define HEAD "POST /orgs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

static const struct {
    const char *request;
    int status; /* 0: closed, or any 4xx */
} raw[] = {
    {"GET /a\r\n b HTTP/1.1\r\nHost: x\r\n\r\n", 0},
    {"GET / HTTP/1.1\r\n\r\n", 400}, /* no Host */
    {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n folded\r\nConnection: close\r\n\r\n", 400},
    {HEAD "Transfer-Encoding: gzip\r\n\r\n", 400},
    {HEAD "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
    {HEAD "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
    {HEAD "Content-Length: -1\r\n\r\n", 400},
    {HEAD "Content-Length: 99999999999999999999\r\n\r\n", 0},
    {HEAD "Content-Length: 2000000000\r\n\r\n", 0},
    {HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 0},
    {HEAD "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 415},
    {HEAD "Content-Type: multipart/form-data\r\nContent-Length: 1\r\n\r\nx", 0},
    {"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 0},
    {"\x16\x03\x01\x02\x01\x01", 0},
};

START_TEST(raw_requests) {
    struct web_answer answer = web_raw(raw[_i].request, strlen(raw[_i].request), SECONDS);
    ck_assert_msg(answer.status < 500 || answer.status == 505, "%s: %d", raw[_i].request,
                  answer.status);
    if (raw[_i].status != 0) {
        ck_assert_msg(answer.status == raw[_i].status, "%s: %d", raw[_i].request, answer.status);
    }
    ck_assert_msg(answer.status != 200, "%s: taken", raw[_i].request);
    web_free(&answer);
    alive();
}
END_TEST

START_TEST(a_nul_in_the_address_is_refused) {
    static const char request[] =
        "GET /healthz\0x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    struct web_answer answer = web_raw(request, sizeof request - 1, SECONDS);
    ck_assert_int_ne(answer.status, 200);
    web_free(&answer);
}
END_TEST

START_TEST(sizes_are_limited) {
    char *big = malloc(2000000);
    ck_assert_ptr_nonnull(big);
    memset(big, 'a', 1999999);
    big[1999999] = '\0';
    struct web_answer body = web("POST", "/api/v1/orgs", "admin", NULL, big);
    ck_assert_int_eq(body.status, 413);
    big[6000] = '\0';
    memcpy(big, "/orgs?a=", 8);
    struct web_answer url = web("GET", big, "admin", NULL, NULL);
    ck_assert_int_eq(url.status, 414);
    char *header = malloc(40000);
    ck_assert_ptr_nonnull(header);
    memset(header, 'b', 39999);
    memcpy(header, "X-Long: ", 8);
    memcpy(header + 39990, "\r\n\0", 3);
    struct web_answer head = web("GET", "/", NULL, header, NULL);
    ck_assert_msg(head.status == 431 || head.status == 0 || head.status == 413, "%d", head.status);
    web_free(&body);
    web_free(&url);
    web_free(&head);
    free(header);
    free(big);
    alive();
}
END_TEST

int main(void) {
    web_up();
    Suite *suite = suite_create("http/abuse");
    TCase *tcase = tcase_create("abuse");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, every_json_case);
    tcase_add_test(tcase, every_raw_request);
    tcase_add_test(tcase, every_naughty_string);
    tcase_add_loop_test(tcase, raw_requests, 0, (int)(sizeof raw / sizeof *raw));
    tcase_add_test(tcase, a_nul_in_the_address_is_refused);
    tcase_add_test(tcase, sizes_are_limited);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    web_down();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
