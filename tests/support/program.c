#include "program.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "web.h"
#include "wire.h"

static void become(const char *const words[]) {
    char self[4000];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 20);
    self[len < 0 ? 0 : len] = '\0';
    char *tests = strstr(self, "/tests/server/");
    if (tests == NULL) {
        _exit(2);
    }
    memcpy(tests, "/noria-server", sizeof "/noria-server");
    setenv("NORIA_DATABASE_URL", web_database(), 1);
    (void)execv(self, (char *const *)(uintptr_t)words);
    _exit(2);
}

static void be_the_server(int out) {
    if (dup2(out, STDOUT_FILENO) < 0) {
        _exit(2);
    }
    setenv("NORIA_PORT", "0", 1);
    setenv("NORIA_LOOPS", "2", 1);
    setenv("NORIA_LOG", "error", 1);
    setenv("NORIA_SECOND_FACTOR", "none", 1);
    become((const char *const[]){"noria-server", "serve", NULL});
}

pid_t program_command(const char *const words[]) {
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        become(words);
    }
    return pid;
}

struct program program_start(void (*prepare)(const char *arg), const char *arg) {
    static const char said[] = "serving on port ";
    struct program program = {0};
    char line[200];
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    program.pid = fork();
    ck_assert_int_ge(program.pid, 0);
    if (program.pid == 0) {
        unsetenv("NORIA_KEYS");
        if (prepare != NULL) {
            prepare(arg);
        }
        be_the_server(ends[1]);
    }
    (void)close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, out));
    ck_assert_msg(strncmp(line, said, sizeof said - 1) == 0, "it said: %s", line);
    program.port = (int)strtol(line + sizeof said - 1, NULL, 10);
    (void)fclose(out);
    for (int i = 0; wire_get(program.port, "/readyz") != 200; i++) {
        ck_assert_int_lt(i, 200);
        wire_rest(25);
    }
    return program;
}

int program_end(const struct program *program, int millis) {
    int status = -1;
    for (int64_t until = wire_now() + millis; wire_now() < until; wire_rest(20)) {
        if (waitpid(program->pid, &status, WNOHANG) == program->pid) {
            return status;
        }
    }
    (void)kill(program->pid, SIGKILL);
    return -1;
}
