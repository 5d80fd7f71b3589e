/* commands.h - the client's command table: one row a command, one function behind it. */
#ifndef NORIA_CLIENT_COMMANDS_H
#define NORIA_CLIENT_COMMANDS_H

#include <stdbool.h>

struct arena;

/* What every command may end with; the worst of several when it does several things. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,    /* the server, or a check, says no: sending it again will not help */
    EXIT_TRY_LATER = 2,  /* cannot say: no answer, or what is needed is missing or too old */
    EXIT_UNREADABLE = 3, /* a file or image that cannot be read */
    EXIT_USAGE = 64      /* wrong command line */
};

/* What a command is given. `argv` holds its own arguments only. */
struct cli {
    struct arena *arena; /* ends with the process */
    bool json;           /* --json: machine-readable output */
    int argc;
    char **argv;
};

struct command {
    const char *name;
    const char *arguments; /* "CONTRACT-ID [field=value …]" */
    const char *summary;   /* one line */
    int (*run)(struct cli *cli);
};

/* Every command, ended by a row without a name. */
extern const struct command commands[];

/* The value of `--name VALUE` or `--name=VALUE`, taken out of the arguments; NULL when absent. */
const char *cli_option(struct cli *cli, const char *name);

/* True when `--name` was given; taken out of the arguments. */
bool cli_flag(struct cli *cli, const char *name);

/* Prints what is wrong and the command's usage line on stderr; EXIT_USAGE. */
int cli_usage(const char *command, const char *what);

/* The commands, each in its cmd_<name>.c. */
int cmd_help(struct cli *cli);
int cmd_login(struct cli *cli);
int cmd_logout(struct cli *cli);
int cmd_whoami(struct cli *cli);
int cmd_api(struct cli *cli);
int cmd_resource(struct cli *cli);
int cmd_keys(struct cli *cli);
int cmd_trust(struct cli *cli);
int cmd_verify(struct cli *cli);
int cmd_audit(struct cli *cli);
int cmd_matching(struct cli *cli);
int cmd_check(struct cli *cli);
int cmd_mrz(struct cli *cli);
int cmd_linkage(struct cli *cli);
int cmd_session(struct cli *cli);
int cmd_sample(struct cli *cli);
int cmd_demo(struct cli *cli);

#endif
