/* bench_idle PORT CONNECTIONS PID: opens the connections, asks /healthz once on each, keeps them,
 * and prints the resident memory of the process before and after, in KiB. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 20000 };

static long number(const char *text, long max) {
    char *end = NULL;
    long value = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || value < 1 || value > max) {
        fprintf(stderr, "bench_idle: not a number up to %ld: %s\n", max, text);
        exit(64);
    }
    return value;
}

static long resident(long pid) {
    char path[64];
    char line[256];
    long kib = -1;
    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "VmRSS: %ld kB", &kib) == 1) {
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return kib;
}

static int connect_to(long port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("bench_idle: connect");
        exit(1);
    }
    return fd;
}

static void ask(int fd) {
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char answer[4096];
    if (write(fd, request, sizeof request - 1) != (ssize_t)sizeof request - 1 ||
        read(fd, answer, sizeof answer) <= 0 || strncmp(answer, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "bench_idle: no 200 from /healthz\n");
        exit(1);
    }
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: bench_idle PORT CONNECTIONS PID\n");
        return 64;
    }
    static int fds[CONNECTIONS_MAX];
    long port = number(argv[1], 65535);
    long count = number(argv[2], CONNECTIONS_MAX);
    long pid = number(argv[3], 1L << 30);
    long before = resident(pid);
    for (long i = 0; i < count; i++) {
        fds[i] = connect_to(port);
        ask(fds[i]);
    }
    printf("%ld %ld\n", before, resident(pid));
    for (long i = 0; i < count; i++) {
        close(fds[i]);
    }
    return 0;
}
