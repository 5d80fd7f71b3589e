#include "verify_pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/base/arena.h"

enum { OUTPUT_MAX = 256 * 1024 };

/* Beside this program. */
static const char *helper_path(struct arena *arena) {
    const char *given = getenv("NORIA_PDF");
    if (given != NULL) {
        return given;
    }
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    while (len > 0 && self[len - 1] != '/') {
        len--;
    }
    return arena_printf(arena, "%.*snoria-pdf", len > 0 ? (int)len : 0, self);
}

/* The PDF as a file without a name. */
static int input_file(struct span pdf) {
    int fd = memfd_create("noria-pdf", MFD_CLOEXEC);
    size_t done = 0;
    while (fd >= 0 && done < pdf.len) {
        ssize_t put = write(fd, pdf.ptr + done, pdf.len - done);
        if (put <= 0) {
            close(fd);
            return -1;
        }
        done += (size_t)put;
    }
    if (fd >= 0) {
        lseek(fd, 0, SEEK_SET);
    }
    return fd;
}

/* Starts the helper; its output comes out of `*out`. */
static bool start(struct arena *arena, int in, pid_t *child, int *out) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    const char *path = helper_path(arena);
    char *const argv[] = {arena_strdup(arena, path), NULL};
    char *const envp[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    bool started = posix_spawn(child, path, &actions, NULL, argv, envp) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    *out = ends[0];
    if (!started) {
        close(ends[0]);
    }
    return started;
}

static struct span drain(struct arena *arena, int fd) {
    struct buf all;
    buf_init(&all, arena, 4096);
    buf_add(&all, "", 0);
    char chunk[4096];
    ssize_t got;
    while (((got = read(fd, chunk, sizeof chunk)) > 0 || (got < 0 && errno == EINTR)) &&
           all.len < OUTPUT_MAX) {
        buf_add(&all, chunk, got > 0 ? (size_t)got : 0);
    }
    close(fd);
    return (struct span){all.ptr, all.len};
}

/* A hexadecimal line each. */
static void take_lines(struct arena *arena, struct span out, struct qr_found *found) {
    while (found->count < QR_FOUND_MAX) {
        const char *end = memchr(out.ptr, '\n', out.len);
        if (end == NULL) {
            return;
        }
        struct span hex = {out.ptr, (size_t)(end - out.ptr)};
        char *text = arena_alloc(arena, hex.len / 2 + 1);
        if (text_unhex(hex, text, hex.len / 2)) {
            found->text[found->count++] = (struct span){text, hex.len / 2};
        }
        out = (struct span){end + 1, out.len - hex.len - 1};
    }
}

bool pdf_scan(struct arena *arena, struct span pdf, struct qr_found *found) {
    int in = input_file(pdf);
    pid_t child;
    int out;
    bool started = in >= 0 && start(arena, in, &child, &out);
    if (in >= 0) {
        close(in);
    }
    if (!started) {
        return false;
    }
    struct span lines = drain(arena, out);
    int status;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return false;
    }
    take_lines(arena, lines, found);
    return true;
}
