#include "logs.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check_main.h"
#include "lib/base/log.h"

void __sanitizer_set_report_fd(void *fd) __attribute__((weak));

void logs_to_file(void) {
    char path[] = "/tmp/noria-log-XXXXXX";
    int own = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    int fd = mkostemp(path, O_APPEND | O_CLOEXEC);
    if (own < 0 || fd < 0 || dup2(fd, STDERR_FILENO) < 0) {
        abort();
    }
    (void)unlink(path);
    (void)close(fd);
    if (__sanitizer_set_report_fd != NULL) {
        __sanitizer_set_report_fd((void *)(intptr_t)own); // NOLINT(performance-no-int-to-ptr)
    }
    log_set_level(LOG_DEBUG);
}

static int open_log(enum logs_which which) {
    char path[600];
    (void)snprintf(path, sizeof path, "%s/log", getenv("NORIA_PG_DIR"));
    int fd = which == LOGS_OURS ? dup(STDERR_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_msg(fd >= 0, "a log cannot be read: %s", path);
    return fd;
}

static off_t size_of(int fd) {
    struct stat is;
    ck_assert_int_eq(fstat(fd, &is), 0);
    return is.st_size;
}

void logs_begin(struct logs *logs) {
    for (int which = 0; which < 2; which++) {
        int fd = open_log((enum logs_which)which);
        logs->from[which] = size_of(fd);
        (void)close(fd);
    }
}

struct span logs_text(struct arena *arena, const struct logs *logs, enum logs_which which) {
    int fd = open_log(which);
    size_t size = (size_t)(size_of(fd) - logs->from[which]);
    char *bytes = arena_alloc(arena, size + 1);
    size_t got = 0;
    while (got < size) {
        ssize_t n = pread(fd, bytes + got, size - got, logs->from[which] + (off_t)got);
        ck_assert_int_gt(n, 0);
        got += (size_t)n;
    }
    (void)close(fd);
    return (struct span){bytes, size};
}
