/* program.h - the server as the program that is shipped, in a process of its own, on the database
 * of web_up(). */
#ifndef NORIA_TESTS_PROGRAM_H
#define NORIA_TESTS_PROGRAM_H

#include <sys/types.h>

struct program {
    pid_t pid;
    int port;
};

/* Starts `noria-server serve` beside this test program, without keys, and waits until it is ready.
 * `prepare(arg)` (NULL: nothing) runs in its process before it. */
struct program program_start(void (*prepare)(const char *arg), const char *arg);

/* Starts a command of the program ("noria-server", "seal", …, NULL) on that database. */
pid_t program_command(const char *const words[]);

/* Its exit status as wait() gives it; -1 when it does not end within `millis`, and is then killed.
 */
int program_end(const struct program *program, int millis);

#endif
