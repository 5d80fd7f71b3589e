/* Clients that are slow, idle, gone or greedy, against a server with short deadlines; then the same
 * slow clients against the usual ones, which is the control: there they are still served. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "server/http/server.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

/* Slower than the sweep that enforces them, faster than the usual ones. */
enum {
    SHORT = 1500,
    SWEEP = 1000,
    SLACK = 2500,
    PATIENCE = SHORT + SWEEP + SLACK,
    BYTE_EVERY = 50
};

static void short_deadlines(struct server_config *config) {
    config->limits =
        (struct server_limits){.read = SHORT, .upload = SHORT, .write = SHORT, .idle = SHORT};
}

static void must_serve(void) {
    int64_t before = wire_now();
    ck_assert_int_eq(wire_get(web_port(), "/healthz"), 200);
    ck_assert_int_lt(wire_now() - before, 1500);
}

/* A byte at a time until the server has enough; milliseconds, or PATIENCE when it never had. */
static int64_t drip(const char *start) {
    int fd = wire_open(web_port(), 0);
    int64_t began = wire_now();
    int bytes = 0;
    ck_assert_int_ge(fd, 0);
    ck_assert(wire_say(fd, start));
    while (wire_now() - began < PATIENCE && wire_say(fd, "a") && !wire_closes(fd, BYTE_EVERY)) {
        if (++bytes % 10 == 0) {
            must_serve();
        }
    }
    (void)close(fd);
    int64_t took = wire_now() - began;
    return took < PATIENCE ? took : PATIENCE;
}

#define POST_HEAD "POST /login HTTP/1.1\r\nHost: x\r\n"
#define FORM_TYPE "Content-Type: application/x-www-form-urlencoded\r\n"

static const char *const slow[] = {
    "GET /",                                            /* the first line */
    "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",     /* a header */
    POST_HEAD FORM_TYPE "Content-Length: 1000\r\n\r\n", /* a body */
    NULL,                                               /* an upload; made below */
};
enum { SLOW = sizeof slow / sizeof *slow };

static int64_t drip_case(int index) {
    char upload[500];
    char *token = web_token("partner");
    (void)snprintf(upload, sizeof upload,
                   "POST /api/v1/campaigns/1/candidates/import HTTP/1.1\r\nHost: x\r\n"
                   "Authorization: Bearer %s\r\nContent-Type: text/csv\r\n"
                   "Content-Length: 100000\r\n\r\n",
                   token);
    free(token);
    return drip(slow[index] == NULL ? upload : slow[index]);
}

START_TEST(a_slow_client_is_cut_at_the_deadline) {
    int64_t took = drip_case(_i);
    ck_assert_msg(took >= SHORT - 100 && took < PATIENCE, "case %d: %d ms", _i, (int)took);
    must_serve();
}
END_TEST

/* The control. */
START_TEST(a_slow_client_is_served_under_the_usual_deadlines) {
    ck_assert_int_eq(drip_case(_i), PATIENCE);
}
END_TEST

static bool idle_is_closed(void) {
    int fd = wire_open(web_port(), 0);
    ck_assert(wire_say(fd, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
    ck_assert_int_eq(wire_status(fd, 5000), 200);
    bool closed = wire_closes(fd, PATIENCE);
    (void)close(fd);
    return closed;
}

START_TEST(an_idle_connection_is_closed) {
    ck_assert(idle_is_closed());
}
END_TEST

START_TEST(an_idle_connection_stays_under_the_usual_deadlines) {
    ck_assert(!idle_is_closed());
}
END_TEST

/* Asks for much and reads nothing; true when the server lets go of it. */
static bool reader_is_cut(void) {
    static const char ask[] = "GET /api/v1/openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";
    enum { TIMES = 200 };
    int fd = wire_open(web_port(), 2048);
    ck_assert_int_ge(fd, 0);
    for (int i = 0; i < TIMES; i++) {
        ck_assert(wire_say(fd, ask));
    }
    wire_rest(PATIENCE);
    must_serve();
    bool cut = !wire_say(fd, ask) || !wire_say(fd, ask);
    wire_vanish(fd);
    return cut;
}

START_TEST(who_does_not_read_is_cut) {
    ck_assert(reader_is_cut());
}
END_TEST

START_TEST(who_does_not_read_is_waited_for_under_the_usual_deadlines) {
    ck_assert(!reader_is_cut());
}
END_TEST

/* --- clients that vanish
 * ------------------------------------------------------------------------ */

static int open_files(void) {
    char path[64];
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)getppid()); /* the server */
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count;
}

static void vanish_after(const char *sent) {
    int fd = wire_open(web_port(), 0);
    ck_assert_int_ge(fd, 0);
    (void)wire_say(fd, sent);
    wire_vanish(fd);
}

static bool at_rest(void) {
    long connections = wire_metric(web_port(), "noria_connections"); /* this one, too */
    return connections == 1 && wire_metric(web_port(), "noria_requests_active") == 1 &&
           wire_metric(web_port(), "noria_db_waiting") == 0;
}

static void wait_for_rest(void) {
    int64_t until = wire_now() + 15000;
    while (!at_rest()) {
        ck_assert_msg(wire_now() < until, "connections or requests were left over");
        wire_rest(50);
    }
}

START_TEST(who_vanishes_leaves_nothing_behind) {
    char upload[600];
    char *token = web_token("partner");
    (void)snprintf(upload, sizeof upload,
                   "POST /api/v1/campaigns/1/candidates/import HTTP/1.1\r\nHost: x\r\n"
                   "Authorization: Bearer %s\r\nContent-Type: text/csv\r\n"
                   "Content-Length: 200000000\r\n\r\nname,and,so,on\r\n",
                   token);
    const char *const left[] = {
        "GET / HT",
        "GET / HTTP/1.1\r\nHost: x\r\nX-Half: a",
        POST_HEAD FORM_TYPE "Content-Length: 100\r\n\r\nemail=",
        POST_HEAD FORM_TYPE "Content-Length: 39\r\n\r\nemail=nobody%40test.example&password=abc",
        "GET /verify HTTP/1.1\r\nHost: x\r\n\r\n",
        upload};
    wait_for_rest();
    int before = open_files();
    for (int i = 0; i < 240; i++) {
        vanish_after(left[(size_t)i % (sizeof left / sizeof *left)]);
    }
    must_serve();
    wait_for_rest();
    /* Each kind leaves 40 if it leaves one each time; connections to PostgreSQL come and go by less
     * than a lane. */
    ck_assert_int_le(open_files(), before + 20);
    free(token);
}
END_TEST

/* --- too much of something
 * ---------------------------------------------------------------------- */

static int form_of(int names) {
    char *body = calloc((size_t)names + 1, 8);
    ck_assert_ptr_nonnull(body);
    for (int i = 0; i < names; i++) {
        (void)snprintf(body + (size_t)i * 8, 9, "a%05d=&", i);
    }
    struct web_answer answer = web("POST", "/login", NULL, "X-Bare: 1\r\n", body);
    int status = answer.status;
    web_free(&answer);
    free(body);
    return status;
}

START_TEST(a_form_has_so_many_names_and_no_more) {
    ck_assert_int_eq(form_of(1990), 422);
    ck_assert_int_eq(form_of(2010), 400);
}
END_TEST

static int headers_of(int count) {
    char *lines = calloc((size_t)count + 1, 16);
    ck_assert_ptr_nonnull(lines);
    for (int i = 0; i < count; i++) {
        (void)snprintf(lines + (size_t)i * 16, 17, "X-H%05d: abcd\r\n", i);
    }
    struct web_answer answer = web("GET", "/healthz", NULL, lines, NULL);
    int status = answer.status;
    web_free(&answer);
    free(lines);
    return status;
}

START_TEST(a_request_has_so_many_headers_and_no_more) {
    ck_assert_int_eq(headers_of(50), 200);
    ck_assert_int_eq(headers_of(2000), 431);
    must_serve();
}
END_TEST

static int address_of(size_t size) {
    char *path = calloc(1, size + 1);
    ck_assert_ptr_nonnull(path);
    memset(path, 'a', size);
    memcpy(path, "/login?next=", 12);
    struct web_answer answer = web("GET", path, NULL, NULL, NULL);
    int status = answer.status;
    web_free(&answer);
    free(path);
    return status;
}

START_TEST(an_address_is_so_long_and_no_longer) {
    ck_assert_int_eq(address_of(URL_MAX), 200);
    ck_assert_int_eq(address_of(URL_MAX + 1), 414);
}
END_TEST

static int body_of(size_t size) {
    char *body = calloc(1, size + 1);
    ck_assert_ptr_nonnull(body);
    memset(body, ' ', size);
    body[0] = '{';
    body[size - 1] = '}';
    struct web_answer answer = web("POST", "/api/v1/orgs", "admin", NULL, body);
    int status = answer.status;
    web_free(&answer);
    free(body);
    return status;
}

START_TEST(a_body_is_so_large_and_no_larger) {
    ck_assert_int_eq(body_of(BODY_MAX), 422);
    ck_assert_int_eq(body_of((size_t)BODY_MAX + 1), 413);
    ck_assert_int_eq(body_of((size_t)DISCARD_MAX + 1), 413);
    must_serve();
}
END_TEST

/* Under the usual deadlines: none of them is closed meanwhile. */
START_TEST(among_idle_connections_a_request_is_served) {
    enum { IDLE = 1500 };
    static int fds[IDLE];
    for (int i = 0; i < IDLE; i++) {
        fds[i] = wire_open(web_port(), 0);
        ck_assert_int_ge(fds[i], 0);
    }
    must_serve();
    struct web_answer page = web("GET", "/account", "partner", NULL, NULL);
    ck_assert_int_eq(page.status, 200);
    web_free(&page);
    ck_assert_int_gt(wire_metric(web_port(), "noria_connections"), IDLE);
    ck_assert(wire_say(fds[IDLE - 1], "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"));
    ck_assert_int_eq(wire_status(fds[IDLE - 1], 2000), 200);
    for (int i = 0; i < IDLE; i++) {
        (void)close(fds[i]);
    }
    wait_for_rest();
}
END_TEST

/* --- two servers, one after the other
 * ------------------------------------------------------------ */

static int run(TCase *tcase, void (*change)(struct server_config *config)) {
    Suite *suite = suite_create("limits");
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    web_up_with(change);
    srunner_run_all(runner, CK_NORMAL);
    web_down();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed;
}

int main(void) {
    TCase *cut = tcase_create("short");
    tcase_add_loop_test(cut, a_slow_client_is_cut_at_the_deadline, 0, SLOW);
    tcase_add_test(cut, an_idle_connection_is_closed);
    tcase_add_test(cut, who_does_not_read_is_cut);
    tcase_add_test(cut, who_vanishes_leaves_nothing_behind);
    TCase *usual = tcase_create("usual");
    tcase_add_loop_test(usual, a_slow_client_is_served_under_the_usual_deadlines, 0, SLOW);
    tcase_add_test(usual, an_idle_connection_stays_under_the_usual_deadlines);
    tcase_add_test(usual, who_does_not_read_is_waited_for_under_the_usual_deadlines);
    tcase_add_test(usual, a_form_has_so_many_names_and_no_more);
    tcase_add_test(usual, a_request_has_so_many_headers_and_no_more);
    tcase_add_test(usual, an_address_is_so_long_and_no_longer);
    tcase_add_test(usual, a_body_is_so_large_and_no_larger);
    tcase_add_test(usual, among_idle_connections_a_request_is_served);
    int failed = run(cut, short_deadlines) + run(usual, NULL);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
