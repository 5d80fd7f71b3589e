#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "../lib/base/version.h"
#include "resource.h"

const struct command commands[] = {
    {"login", "EMAIL [--url URL] [--days N]",
     "log in (password from the terminal, or NORIA_PASSWORD) and keep a token", cmd_login},
    {"logout", "[--url URL]", "revoke the kept token and forget it", cmd_logout},
    {"whoami", "[--url URL]", "show the server and the account in use", cmd_whoami},
    {"api",
     "GET|POST|PUT|DELETE PATH [field=value …] [field:=json …] [--file FILE] [--out FILE] [--key "
     "KEY] "
     "[--if-match ETAG] [--accept TYPE] [--url URL]",
     "call any address of the API", cmd_api},
    {"verify",
     "[FILE|-|SW1:…]… [--root FILE] [--trust FILE] [--status FILE|DIR]… [--at TIME] [--skew "
     "SECONDS] "
     "[--max-status-age AGE] [--expect-passport NUMBER] [--signature FILE] [--state DIR] "
     "[--lang fr|en|ar] [--quiet]",
     "say offline whether documents (text, PNG, JPEG, PDF) or a closing act are genuine and valid",
     cmd_verify},
    {"verify-act", "FILE [--signature FILE] [options of verify]", "verify a signed closing act",
     cmd_verify},
    {"trust",
     "show | import [--root FILE] [--sha256 HEX] [--new-root] LIST|FOLDER… | update [--url URL] | "
     "export TO   ([--state DIR])",
     "the root key and lists that documents are verified with", cmd_trust},
    {"keys",
     "init DIR --root-dir DIR [--issuer NAME] [--from DAY] [--key-days N] [--trust-days N] | "
     "rotate DIR --root-dir DIR [--purpose documents|status|log] [--overlap-days N] | "
     "retire|compromise DIR KID "
     "--root-dir "
     "DIR | renew|log DIR --root-dir DIR | show DIR | export DIR TO   (--passphrase-file FILE or "
     "--passphrase-fd N, [--root-passphrase-file FILE])",
     "make and change an issuer's keys; the root key is kept apart", cmd_keys},
    {"audit",
     "export FILE | verify FILE [--pin FILE] [--key FILE --root FILE] | pin --pin FILE [--url URL] "
     "[--key FILE --root FILE]",
     "export the audit log, check an export offline, keep a pin of its newest tree head",
     cmd_audit},
    {"check", "[--database URL]",
     "recompute every invariant over a whole database, read-only (noria-server check)", cmd_check},
    {"mrz", "[FILE|-]… | LINE LINE [LINE]",
     "read machine readable zones offline (ICAO Doc 9303): a zone, or a file of JSON objects with "
     "`lines`; says which field and digit is wrong",
     cmd_mrz},
    {"linkage",
     "FILE.csv… [--fit] [--groups OUT.csv] | --sample COUNT [--seed N] [--data DIR] | --names "
     "PAIRS.csv",
     "find records of one person in files (columns of FEBRL) and, where cluster_id says who is "
     "who, "
     "measure how well; --fit: weights from one half, measured on the other",
     cmd_linkage},
    {"matching",
     "replay FILE [--out FILE] | run|list|show|export|replay|why|simulate ID [field=value …]",
     "match candidates and contracts; run an exported matching again, offline", cmd_matching},
    {"session",
     "pack ID --out FILE | packed FILE | check FILE TOKEN present|absent|void [--document NUMBER] "
     "[--photo] [--reason TEXT] | mark FILE TOKEN CRITERION=POINTS… | import FILE   "
     "(--passphrase-file FILE or --passphrase-fd N) | list|show|results …",
     "take a test session where there is no network in a sealed file, note checks and marks, bring "
     "it back once",
     cmd_session},
    {"sample",
     "candidates|contracts COUNT [--from DAY] [--to DAY] [--service 1|2|3] [--seed N] [--data DIR]",
     "write made-up candidates or contracts as a CSV file to import", cmd_sample},
    {"demo", "--data DIR --out DIR [--url URL]",
     "play a whole campaign on a fresh server with an adjustable clock (make demo)", cmd_demo},
    {"help", "[COMMAND]", "show this, or a command's addresses", cmd_help},
    {NULL, NULL, NULL, NULL},
};

/* Takes `count` arguments out from `at` on. */
static void take(struct cli *cli, int at, int count) {
    for (int i = at; i + count < cli->argc; i++) {
        cli->argv[i] = cli->argv[i + count];
    }
    cli->argc -= count;
}

const char *cli_option(struct cli *cli, const char *name) {
    size_t length = strlen(name);
    for (int i = 0; i < cli->argc; i++) {
        const char *argument = cli->argv[i];
        if (strncmp(argument, "--", 2) != 0 || strncmp(argument + 2, name, length) != 0) {
            continue;
        }
        if (argument[2 + length] == '=') {
            take(cli, i, 1);
            return argument + 2 + length + 1;
        }
        if (argument[2 + length] == '\0' && i + 1 < cli->argc) {
            const char *value = cli->argv[i + 1];
            take(cli, i, 2);
            return value;
        }
    }
    return NULL;
}

bool cli_flag(struct cli *cli, const char *name) {
    for (int i = 0; i < cli->argc; i++) {
        if (strncmp(cli->argv[i], "--", 2) == 0 && strcmp(cli->argv[i] + 2, name) == 0) {
            take(cli, i, 1);
            return true;
        }
    }
    return false;
}

int cli_usage(const char *command, const char *what) {
    fprintf(stderr, "noria: %s\n", what);
    for (const struct command *row = commands; row->name != NULL; row++) {
        if (strcmp(row->name, command) == 0) {
            fprintf(stderr, "usage: noria %s %s\n", row->name, row->arguments);
            return EXIT_USAGE;
        }
    }
    fprintf(stderr, "usage: noria COMMAND [ARGUMENT…]; `noria help` lists the commands\n");
    return EXIT_USAGE;
}

static void help_resources(void) {
    printf("\nOn records (noria NOUN VERB [ID…] [field=value …] [field:=json …]):\n");
    for (const struct resource *row = resources; row->noun != NULL; row++) {
        printf("  %-11s %-10s %s\n", row->noun, row->verb, row->summary);
    }
}

static int help_one(const char *name) {
    bool known = false;
    for (const struct command *row = commands; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            printf("usage: noria %s %s\n  %s\n", row->name, row->arguments, row->summary);
            known = true;
        }
    }
    for (const struct resource *row = resources; row->noun != NULL; row++) {
        if (strcmp(row->noun, name) == 0) {
            printf("noria %s %s\n  %s\n  %s\n", row->noun, row->verb, row->summary, row->path);
            known = true;
        }
    }
    return known ? EXIT_DONE : cli_usage("help", "there is no such command");
}

int cmd_help(struct cli *cli) {
    if (cli->argc > 0) {
        return help_one(cli->argv[0]);
    }
    printf("noria " NORIA_VERSION " - the command line of Noria\n\n"
           "usage: noria [--json] COMMAND [ARGUMENT…]\n       noria --version\n\n");
    for (const struct command *row = commands; row->name != NULL; row++) {
        printf("  %-11s %s\n", row->name, row->summary);
    }
    help_resources();
    printf("\nThe server is --url, NORIA_URL or the one of the last login "
           "(else http://127.0.0.1:8080);\nNORIA_TOKEN overrides the kept token.\n"
           "Exit codes: 0 done or valid; 1 refused; 2 no answer or cannot say, try later;\n"
           "3 unreadable input; 64 wrong command line.\n");
    return EXIT_DONE;
}
