#include "ask.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "tests/support/wire.h"

enum { ANSWER_MAX = 256 * 1024 };

/* Whole: head, and as much as its Content-Length says. */
static bool is_whole(const char *bytes, size_t len, const char **body) {
    const char *end = strstr(bytes, "\r\n\r\n");
    const char *length = strcasestr(bytes, "\r\nContent-Length: ");
    int64_t size = 0;
    if (end == NULL) {
        return false;
    }
    *body = end + 4;
    if (length == NULL || length > end) {
        return true;
    }
    length += strlen("\r\nContent-Length: ");
    struct span digits = {length, strcspn(length, "\r")};
    return text_int(digits, &size) && (int64_t)(len - (size_t)(*body - bytes)) >= size;
}

int ask_send(struct rig *rig, struct arena *into, const struct question *question) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)rig->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval limit = {question->patience / 1000, question->patience % 1000 * 1000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const char *key =
        question->key == NULL ? "" : arena_printf(into, "Idempotency-Key: %s\r\n", question->key);
    const char *head = arena_printf(
        into,
        "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nAccept: "
        "application/json\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%sConnection: "
        "close\r\n\r\n",
        question->method, question->path, rig->port, rig->token,
        question->type == NULL ? "application/json" : question->type, question->body.len, key);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to) != 0) {
        (void)close(fd);
        return -1;
    }
    /* What is refused early may close before all is sent: its answer is there all the same. */
    (void)(wire_send(fd, head, strlen(head)) &&
           wire_send(fd, question->body.ptr, question->body.len));
    return fd;
}

void ask_answer(struct arena *into, int fd, struct question *question) {
    char *bytes = arena_alloc(into, ANSWER_MAX + 1);
    int64_t until = clock_ticks() + question->patience;
    size_t len = 0;
    question->status = 0;
    question->answer = "";
    while (fd >= 0 && len < ANSWER_MAX) {
        struct pollfd ready = {fd, POLLIN, 0};
        int64_t left = until - clock_ticks();
        ssize_t got = left > 0 && poll(&ready, 1, (int)left) == 1
                          ? recv(fd, bytes + len, ANSWER_MAX - len, 0)
                          : 0;
        if (got <= 0) {
            break;
        }
        len += (size_t)got;
        if (is_whole(bytes, len, &question->answer)) {
            int64_t status = 0;
            question->status =
                len > 12 && text_int((struct span){bytes + 9, 3}, &status) ? (int)status : 0;
            break;
        }
    }
    if (fd >= 0) {
        (void)close(fd);
    }
}

void ask(struct rig *rig, struct arena *into, struct question *question) {
    ask_answer(into, ask_send(rig, into, question), question);
}
