#include "cutter.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/wire.h"

enum { PAIRS = 250, CHUNK = 65536, BACKLOG = 512 };

/* Two ends: [0] who asked, [1] whom he asked. -1: a free row. */
struct pairs {
    int fd[PAIRS][2];
    int answers;
};

/* A reset instead of an orderly end. */
static void cut(int fd) {
    struct linger now = {1, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    (void)close(fd);
}

static void end_pair(int pair[2], bool hard) {
    for (int i = 0; i < 2; i++) {
        if (hard) {
            cut(pair[i]);
        } else {
            (void)close(pair[i]);
        }
        pair[i] = -1;
    }
}

static void take_one(const struct cutter *cutter, struct pairs *pairs, int listening) {
    int fd = accept(listening, NULL, NULL);
    int other = socket(cutter->to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && other >= 0 && connect(other, cutter->to, cutter->to_size) == 0) {
        for (int i = 0; i < PAIRS; i++) {
            if (pairs->fd[i][0] < 0) {
                pairs->fd[i][0] = fd;
                pairs->fd[i][1] = other;
                return;
            }
        }
    }
    (void)close(fd);
    (void)close(other);
}

/* Passes on what came in at one end of a pair. */
static void pass(const struct cutter *cutter, struct pairs *pairs, int row, int end) {
    char bytes[CHUNK];
    int *pair = pairs->fd[row];
    ssize_t got = recv(pair[end], bytes, sizeof bytes, 0);
    if (got <= 0) {
        end_pair(pair, false);
        return;
    }
    if (end == 1 && memmem(bytes, (size_t)got, cutter->mark, strlen(cutter->mark)) != NULL &&
        ++pairs->answers % cutter->every == 0) {
        (*cutter->cuts)++;
        end_pair(pair, true);
        return;
    }
    if (!wire_send(pair[1 - end], bytes, (size_t)got)) {
        end_pair(pair, false);
    }
}

static void work(const struct cutter *cutter, int listening) {
    struct pairs pairs = {.answers = 0};
    memset(pairs.fd, -1, sizeof pairs.fd);
    for (;;) {
        struct pollfd polls[1 + 2 * PAIRS];
        polls[0] = (struct pollfd){listening, POLLIN, 0};
        for (int i = 0; i < 2 * PAIRS; i++) {
            polls[1 + i] = (struct pollfd){pairs.fd[i / 2][i % 2], POLLIN, 0};
        }
        if (poll(polls, 1 + 2 * PAIRS, -1) < 0) {
            _exit(1);
        }
        for (int i = 0; i < 2 * PAIRS; i++) {
            if (polls[1 + i].revents != 0 && pairs.fd[i / 2][i % 2] == polls[1 + i].fd) {
                pass(cutter, &pairs, i / 2, i % 2);
            }
        }
        if (polls[0].revents != 0) {
            take_one(cutter, &pairs, listening);
        }
    }
}

pid_t cutter_start(const struct cutter *cutter) {
    int on = 1;
    int listening = socket(cutter->from->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(listening, 0);
    (void)setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ck_assert_int_eq(bind(listening, cutter->from, cutter->from_size), 0);
    ck_assert_int_eq(listen(listening, BACKLOG), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        work(cutter, listening);
    }
    (void)close(listening);
    return child;
}
