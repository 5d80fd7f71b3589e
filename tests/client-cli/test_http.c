/* Calls against a scripted server in a child process: what is sent, and what is tried again. */
#include "client-cli/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "tests/support/check_main.h"

enum { REQUEST_MAX = 8192, PORT_FIRST = 21000, PORT_LAST = 21999 };

static struct arena *arena;
static int port;
static int listener;
static int seen[2]; /* pipe: what the server read */
static pid_t child;

/* A free port below the ephemeral range. */
static void listen_somewhere(void) {
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (port = PORT_FIRST + getpid() % 500; port <= PORT_LAST; port++) {
        address.sin_port = htons((uint16_t)port);
        if (bind(listener, (struct sockaddr *)&address, sizeof address) == 0) {
            ck_assert_int_eq(listen(listener, 64), 0);
            return;
        }
    }
    ck_abort_msg("no free port");
}

/* Answers one connection after another with the texts, then repeats the last. NULL closes without
 * an answer. */
static void serve(const char *const *answers, int count) {
    for (int i = 0;; i++) {
        int fd = accept(listener, NULL, NULL);
        char request[REQUEST_MAX];
        ssize_t got = read(fd, request, sizeof request);
        const char *answer = answers[i < count ? i : count - 1];
        if (got > 0 && write(seen[1], request, (size_t)got) != got) {
            _exit(1);
        }
        if (answer != NULL && write(fd, answer, strlen(answer)) < 0) {
            _exit(1);
        }
        close(fd);
    }
}

static void start(const char *const *answers, int count) {
    listen_somewhere();
    ck_assert_int_eq(pipe(seen), 0);
    child = fork();
    if (child == 0) {
        serve(answers, count);
    }
    close(seen[1]);
}

/* Stops the server and gives everything that it read. */
static const char *stop(void) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(listener);
    char *all = arena_alloc(arena, 65536);
    size_t length = 0;
    ssize_t got;
    while ((got = read(seen[0], all + length, 65535 - length)) > 0) {
        length += (size_t)got;
    }
    close(seen[0]);
    return all;
}

static struct http *client(void) {
    struct http *http;
    ck_assert_int_eq(
        http_new(arena, arena_printf(arena, "http://127.0.0.1:%d", port), "secret", &http), OK);
    return http;
}

static void setup(void) {
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

#define HEAD "Connection: close\r\n"
#define DONE                                                                                       \
    "HTTP/1.1 201 Created\r\n" HEAD "Content-Type: application/json\r\nETag: \"3\"\r\n"            \
    "Location: /contracts/12\r\nContent-Length: 9\r\n\r\n{\"id\":12}"
#define BUSY "HTTP/1.1 503 Busy\r\n" HEAD "Content-Length: 0\r\n\r\n"

static int times(const char *text, const char *part) {
    int count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

START_TEST(a_write_carries_token_key_and_body) {
    static const char *const answers[] = {DONE};
    start(answers, 1);
    struct call call = {.verb = VERB_POST, .path = "/api/v1/contracts", .match = "\"2\""};
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "crop", "Pommes");
    call_json(arena, &call, body);
    cJSON_Delete(body);
    ck_assert_int_eq(http_send(client(), &call), OK);
    const char *read = stop();
    ck_assert(call_ok(&call));
    ck_assert_int_eq(call.status, 201);
    ck_assert_str_eq(call.location, "/contracts/12");
    ck_assert_str_eq(call.etag, "\"3\"");
    ck_assert_int_eq(json_int(call.json, "id"), 12);
    ck_assert_int_eq(json_int(call.json, "other"), 0);
    ck_assert_ptr_null(json_text(call.json, "id"));
    ck_assert_ptr_nonnull(strstr(read, "POST /api/v1/contracts HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(read, "Authorization: Bearer secret\r\n"));
    ck_assert_ptr_nonnull(strstr(read, "If-Match: \"2\"\r\n"));
    ck_assert_ptr_nonnull(strstr(read, "{\"crop\":\"Pommes\"}"));
    ck_assert_uint_eq(strlen(call.key), 32);
    ck_assert_ptr_nonnull(strstr(read, call.key));
}
END_TEST

START_TEST(a_read_carries_no_key) {
    static const char *const answers[] = {DONE};
    start(answers, 1);
    struct call call = {.verb = VERB_GET, .path = "/x", .token = "other"};
    ck_assert_int_eq(http_send(client(), &call), OK);
    const char *read = stop();
    ck_assert_ptr_null(strstr(read, "Idempotency-Key"));
    ck_assert_ptr_nonnull(strstr(read, "Authorization: Bearer other\r\n"));
}
END_TEST

START_TEST(busy_and_broken_are_tried_again_under_one_key) {
    static const char *const answers[] = {BUSY, NULL, DONE};
    start(answers, 3);
    struct call call = {.verb = VERB_POST, .path = "/x"};
    ck_assert_int_eq(http_send(client(), &call), OK);
    const char *read = stop();
    ck_assert_int_eq(call.status, 201);
    ck_assert_int_eq(times(read, "POST /x"), 3);
    ck_assert_int_eq(times(read, call.key), 3);
}
END_TEST

START_TEST(a_refusal_is_not_tried_again) {
    static const char *const answers[] = {"HTTP/1.1 422 No\r\n" HEAD
                                          "Content-Type: application/problem+json\r\n"
                                          "Content-Length: 12\r\n\r\n{\"code\":\"x\"}"};
    start(answers, 1);
    struct call call = {.verb = VERB_POST, .path = "/x"};
    ck_assert_int_eq(http_send(client(), &call), OK);
    const char *read = stop();
    ck_assert_int_eq(call.status, 422);
    ck_assert(!call_ok(&call));
    ck_assert_str_eq(json_text(call.json, "code"), "x");
    ck_assert_int_eq(times(read, "POST /x"), 1);
}
END_TEST

START_TEST(many_calls_each_get_their_own_answer) {
    static const char *const answers[] = {DONE};
    start(answers, 1);
    enum { MANY = 100 };
    struct call *calls = arena_array(arena, MANY, sizeof *calls);
    for (int i = 0; i < MANY; i++) {
        calls[i] = (struct call){.verb = VERB_POST, .path = arena_printf(arena, "/n/%d", i)};
    }
    ck_assert_int_eq(http_send_all(client(), calls, MANY, 8), OK);
    const char *read = stop();
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(calls[i].status, 201);
        ck_assert_int_eq(times(read, arena_printf(arena, "POST /n/%d ", i)), 1);
    }
}
END_TEST

START_TEST(nobody_there_is_unavailable) {
    listen_somewhere();
    close(listener);
    struct call call = {.verb = VERB_GET, .path = "/x"};
    ck_assert_int_eq(http_send(client(), &call), ERR_UNAVAILABLE);
    ck_assert_int_eq(call.status, 0);
}
END_TEST

CHECK_MAIN("http", setup, teardown, a_write_carries_token_key_and_body, a_read_carries_no_key,
           busy_and_broken_are_tried_again_under_one_key, a_refusal_is_not_tried_again,
           many_calls_each_get_their_own_answer, nobody_there_is_unavailable)
