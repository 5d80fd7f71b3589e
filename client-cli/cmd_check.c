/* `noria check`: what `noria-server check` does, under the name that people look for. It asks the
 * database and not the server, so it is the server program that has the driver and the checks; this
 * one finds it beside itself, or in PATH, and becomes it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/arena.h"
#include "commands.h"

enum { PATH_ROOM = 4096 };

/* The program of that name in this one's folder; the bare name, for PATH, when it is not there. */
static const char *beside(struct arena *arena, const char *name) {
    char own[PATH_ROOM];
    ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
    if (size <= 0) {
        return name;
    }
    own[size] = '\0';
    char *slash = strrchr(own, '/');
    if (slash == NULL) {
        return name;
    }
    *slash = '\0';
    const char *path = arena_printf(arena, "%s/%s", own, name);
    return access(path, X_OK) == 0 ? path : name;
}

int cmd_check(struct cli *cli) {
    const char *database = cli_option(cli, "database");
    if (cli->argc > 0) {
        return cli_usage("check", "it takes no other argument");
    }
    if (database != NULL && setenv("NORIA_DATABASE_URL", database, 1) != 0) {
        return cli_usage("check", "the address of the database cannot be used");
    }
    const char *program = beside(cli->arena, "noria-server");
    char *const arguments[] = {(char[]){"noria-server"}, (char[]){"check"}, NULL};
    (void)execvp(program, arguments);
    fprintf(stderr,
            "noria: noria-server, which does this, was not found beside noria or in PATH: %s\n",
            strerror(errno));
    return EXIT_TRY_LATER;
}
