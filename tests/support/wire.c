#include "wire.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t wire_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void wire_rest(int millis) {
    (void)poll(NULL, 0, millis);
}

int wire_open(int port, int window) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && window > 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    }
    if (fd >= 0 && connect(fd, (const void *)&address, sizeof address) != 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

bool wire_send(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool wire_say(int fd, const char *text) {
    return wire_send(fd, text, strlen(text));
}

/* One recv; -1 when nothing came in time, 0 at the end (or a reset). */
static ssize_t take(int fd, int64_t until, char *bytes, size_t size) {
    struct pollfd poller = {fd, POLLIN, 0};
    int64_t left = until - wire_now();
    if (poll(&poller, 1, left < 0 ? 0 : (int)left) <= 0) {
        return -1;
    }
    ssize_t got = recv(fd, bytes, size, 0);
    return got < 0 ? 0 : got;
}

size_t wire_read(int fd, int millis, char *text, size_t size) {
    int64_t until = wire_now() + millis;
    char bytes[16384];
    size_t all = 0;
    ssize_t got = 0;
    while ((got = take(fd, until, bytes, sizeof bytes)) > 0) {
        size_t room = text == NULL || all + 1 >= size ? 0 : size - 1 - all;
        if (room > 0) {
            memcpy(text + all, bytes, (size_t)got < room ? (size_t)got : room);
        }
        all += (size_t)got;
    }
    if (text != NULL) {
        text[all < size ? all : size - 1] = '\0';
    }
    return all;
}

int wire_status(int fd, int millis) {
    int64_t until = wire_now() + millis;
    char line[200];
    size_t len = 0;
    while (len + 1 < sizeof line && take(fd, until, line + len, 1) > 0 && line[len] != '\n') {
        len++;
    }
    line[len] = '\0';
    return strncmp(line, "HTTP/1.1 ", 9) == 0 ? (int)strtol(line + 9, NULL, 10) : 0;
}

bool wire_closes(int fd, int millis) {
    int64_t until = wire_now() + millis;
    char bytes[16384];
    ssize_t got = 1;
    while (got > 0) {
        got = take(fd, until, bytes, sizeof bytes);
    }
    return got == 0;
}

void wire_vanish(int fd) {
    const struct linger reset = {1, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    (void)close(fd);
}

static int open_get(int port, const char *path) {
    char request[400];
    int fd = wire_open(port, 0);
    (void)snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
    if (fd >= 0) {
        (void)wire_say(fd, request);
    }
    return fd;
}

int wire_get(int port, const char *path) {
    int fd = open_get(port, path);
    int status = fd < 0 ? 0 : wire_status(fd, 10000);
    (void)close(fd);
    return status;
}

long wire_metric(int port, const char *name) {
    static const size_t room = 1 << 20;
    char line[100];
    char *text = malloc(room);
    int fd = open_get(port, "/metrics");
    if (text == NULL || fd < 0) {
        free(text);
        return -1;
    }
    (void)wire_read(fd, 10000, text, room);
    (void)close(fd);
    (void)snprintf(line, sizeof line, "\n%s ", name);
    const char *at = strstr(text, line);
    long value = at == NULL ? -1 : strtol(at + strlen(line), NULL, 10);
    free(text);
    return value;
}
