/* cmd_api.c - `noria api METHOD PATH` and `noria NOUN VERB`: any address of the API. */
#include <stdio.h>
#include <string.h>

#include "../lib/base/arena.h"
#include "commands.h"
#include "fields_arg.h"
#include "output.h"
#include "resource.h"
#include "session.h"

/* Sends the call as the kept session and shows or keeps (--out FILE) the answer. */
static int send_and_show(struct cli *cli, const struct session *session, const char *out,
                         struct call *call) {
    struct http *http;
    Err err = http_new(cli->arena, session->url, session->token, &http);
    err = err == OK ? http_send(http, call) : err;
    if (err != OK) {
        return show_failure(err, session->url);
    }
    if (out == NULL || !call_ok(call)) {
        return show_answer(cli, call);
    }
    if (write_file(out, call->reply, 0600) != OK) {
        fprintf(stderr, "noria: %s cannot be written\n", out);
        return EXIT_UNREADABLE;
    }
    printf("%s: %zu bytes\n", out, call->reply.len);
    return EXIT_DONE;
}

/* Options, fields and the call itself, from argument `first` on. */
static int finish(struct cli *cli, const char *command, int first, struct call *call) {
    struct session session;
    const char *out = cli_option(cli, "out");
    call->key = cli_option(cli, "key");
    call->match = cli_option(cli, "if-match");
    call->accept = cli_option(cli, "accept");
    Err err = session_load(cli, &session);
    if (err == OK) {
        err = fields_arg(cli, first, call);
    }
    if (err == ERR_INVALID_INPUT) {
        return cli_usage(command, "fields are written name=text or name:=json");
    }
    if (err != OK) {
        fprintf(stderr, "noria: the file cannot be read\n");
        return EXIT_UNREADABLE;
    }
    return send_and_show(cli, &session, out, call);
}

/* Addresses outside the API are given whole. */
static bool is_raw(const char *path) {
    static const char *const starts[] = {"/api/", "/.", "/healthz", "/readyz", "/metrics"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (strncmp(path, starts[i], strlen(starts[i])) == 0) {
            return true;
        }
    }
    return false;
}

int cmd_api(struct cli *cli) {
    static const char *const verbs[] = {"GET", "POST", "PUT", "DELETE"};
    if (cli->argc < 2) {
        return cli_usage("api", "say the method and the path");
    }
    for (int i = 0; i < 4; i++) {
        if (strcmp(cli->argv[0], verbs[i]) == 0) {
            const char *path = cli->argv[1];
            const char *prefix = is_raw(path) ? "" : path[0] == '/' ? "/api/v1" : "/api/v1/";
            struct call call = {.verb = (enum verb)i,
                                .path = arena_printf(cli->arena, "%s%s", prefix, path)};
            return finish(cli, "api", 2, &call);
        }
    }
    return cli_usage("api", "the method is GET, POST, PUT or DELETE");
}

/* The row's path with each :name replaced by the next argument; NULL when one is missing. */
static const char *fill_path(struct cli *cli, const struct resource *row, int *used) {
    struct buf path;
    buf_init(&path, cli->arena, 128);
    buf_text(&path, "/api/v1");
    for (const char *c = row->path; *c != '\0';) {
        if (*c != ':') {
            buf_char(&path, *c++);
            continue;
        }
        if (*used >= cli->argc || strchr(cli->argv[*used], '=') != NULL) {
            return NULL;
        }
        buf_uri(&path, span_of(cli->argv[(*used)++]));
        c += strcspn(c, "/");
    }
    return path.ptr;
}

int cmd_resource(struct cli *cli) {
    const char *noun = cli->argv[0];
    const struct resource *row = cli->argc > 1 ? resource_find(noun, cli->argv[1]) : NULL;
    if (row == NULL) {
        cli->argc = 1;
        fprintf(stderr, "noria: say what to do with a %s:\n", noun);
        cmd_help(cli);
        return EXIT_USAGE;
    }
    int used = 2;
    const char *path = fill_path(cli, row, &used);
    if (path == NULL) {
        fprintf(stderr, "noria: an id is missing: noria %s %s takes those of %s\n", noun, row->verb,
                row->path);
        return EXIT_USAGE;
    }
    struct call call = {.verb = row->method, .path = path};
    return finish(cli, noun, used, &call);
}
