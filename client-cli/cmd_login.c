/* cmd_login.c - `noria login`, `logout`, `whoami`: the kept token. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../lib/base/arena.h"
#include "commands.h"
#include "output.h"
#include "session.h"

enum { SECRET_MAX = 512, DAYS_DEFAULT = 30 };

static void free_json(void *tree) {
    cJSON_Delete(tree);
}

/* From the environment, else one line of standard input, without echo on a terminal. */
static const char *ask(struct arena *arena, const char *variable, const char *prompt) {
    const char *given = getenv(variable);
    if (given != NULL) {
        return given;
    }
    struct termios kept;
    bool terminal = isatty(STDIN_FILENO) != 0 && tcgetattr(STDIN_FILENO, &kept) == 0;
    if (terminal) {
        struct termios quiet = kept;
        quiet.c_lflag &= (tcflag_t)~ECHO;
        fprintf(stderr, "%s: ", prompt);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    char *line = arena_alloc(arena, SECRET_MAX);
    if (fgets(line, SECRET_MAX, stdin) == NULL) {
        line[0] = '\0';
    }
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &kept);
        fprintf(stderr, "\n");
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

struct asked {
    const char *email;
    const char *password;
    const char *code; /* of the second factor; NULL: not asked for yet */
};

static Err request_token(struct cli *cli, struct http *http, const struct asked *asked,
                         const char *days, struct call *call) {
    cJSON *body = cJSON_CreateObject();
    arena_defer(cli->arena, free_json, body);
    cJSON_AddStringToObject(body, "email", asked->email);
    cJSON_AddStringToObject(body, "password", asked->password);
    if (asked->code != NULL) {
        cJSON_AddStringToObject(body, "code", asked->code);
    }
    cJSON_AddStringToObject(body, "label", "noria command line");
    cJSON_AddStringToObject(body, "scope", "write");
    int64_t number = DAYS_DEFAULT;
    if (days != NULL && !text_int(span_of(days), &number)) {
        return ERR_BAD_NUMBER;
    }
    cJSON_AddNumberToObject(body, "days", (double)number);
    *call = (struct call){.verb = VERB_POST, .path = "/api/v1/login"};
    call_json(cli->arena, call, body);
    return http_send(http, call);
}

/* Asks for the code of a second factor when the server says that there is one. */
static Err log_in(struct cli *cli, struct http *http, const char *days, struct call *call) {
    struct asked asked = {.email = cli->argv[0],
                          .password = ask(cli->arena, "NORIA_PASSWORD", "Password")};
    TRY(request_token(cli, http, &asked, days, call));
    const char *refused = call_ok(call) ? NULL : json_text(call->json, "code");
    if (refused == NULL || strcmp(refused, "second_factor_needed") != 0) {
        return OK;
    }
    asked.code = ask(cli->arena, "NORIA_CODE", "Code of your authenticator program");
    return request_token(cli, http, &asked, days, call);
}

int cmd_login(struct cli *cli) {
    struct session session;
    const char *days = cli_option(cli, "days");
    struct http *http;
    Err err = session_load(cli, &session);
    if (cli->argc != 1) {
        return cli_usage("login", "say the e-mail address of the account");
    }
    struct call call;
    err = err == OK ? http_new(cli->arena, session.url, NULL, &http) : err;
    err = err == OK ? log_in(cli, http, days, &call) : err;
    if (err != OK) {
        return show_failure(err, session.url);
    }
    const char *token = json_text(call.json, "token");
    if (!call_ok(&call) || token == NULL) {
        return show_answer(cli, &call);
    }
    session.email = cli->argv[0];
    session.token = token;
    session.token_id = json_int(call.json, "id");
    if (session_save(cli->arena, &session) != OK) {
        fprintf(stderr, "noria: the token cannot be kept; is the home folder writable?\n");
        return EXIT_UNREADABLE;
    }
    printf("Logged in to %s as %s.\n", session.url, session.email);
    return EXIT_DONE;
}

int cmd_logout(struct cli *cli) {
    struct session session;
    struct http *http;
    Err err = session_load(cli, &session);
    if (err == OK && session.token != NULL && session.token_id != 0) {
        const char *path =
            arena_printf(cli->arena, "/api/v1/tokens/%lld/revoke", (long long)session.token_id);
        struct call call = {.verb = VERB_POST, .path = path};
        err = http_new(cli->arena, session.url, session.token, &http);
        err = err == OK ? http_send(http, &call) : err;
        if (err != OK) {
            return show_failure(err, session.url);
        }
    }
    session_forget(cli->arena);
    printf("Logged out.\n");
    return EXIT_DONE;
}

int cmd_whoami(struct cli *cli) {
    struct session session;
    struct http *http;
    Err err = session_load(cli, &session);
    struct call call = {.verb = VERB_GET, .path = "/api/v1/me"};
    err = err == OK ? http_new(cli->arena, session.url, session.token, &http) : err;
    err = err == OK ? http_send(http, &call) : err;
    if (err != OK) {
        return show_failure(err, session.url);
    }
    if (!cli->json) {
        printf("server: %s\n", session.url);
    }
    return show_answer(cli, &call);
}
