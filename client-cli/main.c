/* main.c - `noria`: finds the command's row and runs it. */
#include <stdio.h>
#include <string.h>

#include "../lib/base/arena.h"
#include "../lib/base/version.h"
#include "../lib/sw1/key.h"
#include "commands.h"
#include "resource.h"

static int run(struct cli *cli, const char *name) {
    for (const struct command *row = commands; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            if (cli_flag(cli, "help")) {
                cli->argc = 1;
                cli->argv[0] = cli->argv[-1];
                return cmd_help(cli);
            }
            return row->run(cli);
        }
    }
    for (const struct resource *row = resources; row->noun != NULL; row++) {
        if (strcmp(row->noun, name) == 0) {
            cli->argc++;
            cli->argv--;
            return cmd_resource(cli);
        }
    }
    return cli_usage(name, "there is no such command");
}

int main(int argc, char **argv) {
    struct cli cli = {arena_new(), false, argc - 1, argv + 1};
    cli.json = cli_flag(&cli, "json");
    int code;
    if (!sw1_memory()) {
        code = EXIT_TRY_LATER;
    } else if (cli.argc == 0) {
        code = cli_usage("", "say what to do");
    } else if (strcmp(cli.argv[0], "--version") == 0) {
        printf("noria " NORIA_VERSION "\n");
        code = EXIT_DONE;
    } else if (strcmp(cli.argv[0], "--help") == 0) {
        cli.argc = 0;
        code = cmd_help(&cli);
    } else {
        const char *name = cli.argv[0];
        cli.argc--;
        cli.argv++;
        code = run(&cli, name);
    }
    arena_free(cli.arena);
    return code;
}
