/* main.c - the commands of noria-server. */
#include <stdio.h>
#include <string.h>

#include "../lib/base/version.h"
#include "../lib/sw1/key.h"
#include "account/account_cli.h"
#include "check.h"
#include "db/migrate.h"
#include "privacy/privacy.h"
#include "privacy/seal_cli.h"
#include "serve.h"
#include "settings.h"

enum { USAGE = 64, REFUSED = 3 };

static int migrate_command(const struct settings *settings, int argc, char **argv) {
    (void)argc;
    (void)argv;
    return migrate_run(settings->database_url, settings->database_password) == OK ? 0 : REFUSED;
}

static int check_sql_command(const struct settings *settings, int argc, char **argv) {
    (void)argc;
    (void)argv;
    return migrate_check_sql(settings->database_url, settings->database_password) == OK ? 0
                                                                                        : REFUSED;
}

static int help_command(const struct settings *settings, int argc, char **argv);

static const struct command {
    const char *name;
    int (*run)(const struct settings *settings, int argc, char **argv);
    const char *meaning;
} commands[] = {
    {"serve", serve_run, "serve until SIGTERM (--adjustable-clock: for tests and the demo)"},
    {"migrate", migrate_command, "bring the database to this program's schema"},
    {"check-sql", check_sql_command, "prepare every statement against the database"},
    {"check", check_command, "recompute every invariant over the whole database, read-only"},
    {"routes", serve_routes, "print every route and who may"},
    {"openapi", serve_openapi, "print the OpenAPI document of the routes (docs/openapi.yaml)"},
    {"account", account_command, "bootstrap EMAIL | add EMAIL ROLE ORG_ID NAME"},
    {"purge", purge_command, "delete and erase what is past its limit (--dry-run: say what)"},
    {"seal", seal_command,
     "show | rotate | rewrap | drop VERSION: keys that wrap the workers' keys; "
     "digest-key | reindex: the key of the digests"},
    {"help", help_command, "this, and the settings"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int help_command(const struct settings *settings, int argc, char **argv) {
    (void)settings;
    (void)argc;
    (void)argv;
    printf("usage: noria-server COMMAND | --version\n\n");
    for (int i = 0; i < COMMANDS; i++) {
        printf("  %-10s %s\n", commands[i].name, commands[i].meaning);
    }
    printf("\nSettings, from the environment:\n\n");
    settings_print();
    return 0;
}

int main(int argc, char **argv) {
    struct settings settings;
    if (!sw1_memory()) {
        return REFUSED;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("noria-server " NORIA_VERSION "\n");
        return 0;
    }
    if (settings_read(&settings) != OK) {
        return USAGE;
    }
    for (int i = 0; argc > 1 && i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(&settings, argc - 2, argv + 2);
        }
    }
    (void)help_command(&settings, 0, NULL);
    return USAGE;
}
