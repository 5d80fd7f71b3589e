/* noria verify: is this document genuine and valid, offline. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../lib/base/arena.h"
#include "../lib/base/date.h"
#include "../lib/sw1/act.h"
#include "output.h"
#include "trust_store.h"
#include "verify_input.h"
#include "verify_show.h"

struct options {
    struct show show;
    struct sw1_settings settings;
    int64_t now;
    const char *passport;  /* --expect-passport */
    const char *signature; /* --signature: of an act */
};

/* Adds the THH:MM:SSZ behind the day of `text`. */
static bool add_clock(struct span text, int64_t *seconds) {
    static const struct {
        size_t at;
        int64_t below;
        int64_t unit;
    } parts[] = {{11, 24, 3600}, {14, 60, 60}, {17, 60, 1}};
    if (text.len != 20 || text.ptr[10] != 'T' || text.ptr[13] != ':' || text.ptr[16] != ':' ||
        text.ptr[19] != 'Z') {
        return false;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int64_t value = 0;
        if (!text_int((struct span){text.ptr + parts[i].at, 2}, &value) || value < 0 ||
            value >= parts[i].below) {
            return false;
        }
        *seconds += value * parts[i].unit;
    }
    return true;
}

/* Seconds since 1970, YYYY-MM-DD (its midnight) or YYYY-MM-DDTHH:MM:SSZ. */
static bool read_time(const char *text, int64_t *seconds) {
    struct span all = span_of(text);
    date day;
    if (text_int(all, seconds)) {
        return *seconds >= 0 && *seconds <= SW1_TIME_MAX;
    }
    if (all.len < 10 || !date_parse((struct span){all.ptr, 10}, &day) || day < 0) {
        return false;
    }
    *seconds = (int64_t)day * 86400;
    return all.len == 10 || add_clock(all, seconds);
}

/* A whole number of seconds, or of hours (h) or days (d). */
static bool read_duration(const char *text, int64_t *seconds) {
    struct span number = span_of(text);
    int64_t unit = 1;
    if (number.len > 1 && strchr("hd", number.ptr[number.len - 1]) != NULL) {
        unit = number.ptr[number.len - 1] == 'h' ? 3600 : 86400;
        number.len--;
    }
    if (!text_int(number, seconds) || *seconds < 0 || *seconds > 366 * INT64_C(86400)) {
        return false;
    }
    *seconds *= unit;
    return true;
}

/* NULL, or what is wrong with the command line. */
static const char *read_options(struct cli *cli, struct options *options) {
    *options = (struct options){.settings = {SW1_SKEW, 0}, .now = time(NULL)};
    const char *at = cli_option(cli, "at");
    const char *skew = cli_option(cli, "skew");
    const char *age = cli_option(cli, "max-status-age");
    options->show =
        (struct show){cli, show_language(cli_option(cli, "lang")), cli_flag(cli, "quiet")};
    options->passport = cli_option(cli, "expect-passport");
    options->signature = cli_option(cli, "signature");
    if (at != NULL && !read_time(at, &options->now)) {
        return "--at is seconds since 1970, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ";
    }
    if (skew != NULL && !read_duration(skew, &options->settings.skew)) {
        return "--skew is a number of seconds";
    }
    if (age != NULL && (!read_duration(age, &options->settings.max_status_age) ||
                        options->settings.max_status_age == 0)) {
        return "--max-status-age is a number of seconds, or of hours (12h) or days (3d)";
    }
    return NULL;
}

/* The text's own memory ends with it: a batch of any length needs that of one. */
static enum sw1_exit verify_text(const struct options *options, const struct store *store,
                                 const char *name, const struct input_text *text) {
    struct cli cli = *options->show.cli;
    cli.arena = arena_new();
    struct show show = options->show;
    show.cli = &cli;
    struct sw1_answer answer;
    sw1_verify(store->verifier, cli.arena, text->text, options->now, &answer);
    if (answer.code == SW1_VALID && options->passport != NULL) {
        answer.code = sw1_holder(&answer.claims, span_of(options->passport));
    }
    show_document(&show, name, text->line, &answer);
    arena_free(cli.arena);
    return sw1_code_exit(answer.code);
}

/* The signature's file: --signature, else the act's name with .cose for .json (as the server names
 * both), else with .cose added. */
static bool read_signature(struct cli *cli, const struct options *options, const char *name,
                           struct span *signature) {
    if (options->signature != NULL) {
        return read_file(cli->arena, options->signature, signature) == OK;
    }
    size_t len = strlen(name);
    bool json = len > 5 && strcmp(name + len - 5, ".json") == 0;
    const char *path = arena_printf(cli->arena, "%.*s.cose", (int)(json ? len - 5 : len), name);
    return read_file(cli->arena, path, signature) == OK;
}

static enum sw1_exit verify_act(const struct options *options, const struct store *store,
                                const char *name, struct span content) {
    struct cli *cli = options->show.cli;
    struct span signature;
    struct sw1_act act = {0};
    if (!read_signature(cli, options, name, &signature)) {
        show_fault(&options->show, name, INPUT_NO_SIGNATURE);
        return SW1_EXIT_UNREADABLE;
    }
    enum sw1_code code = sw1_act_verify(store->verifier, cli->arena, SW1_ACT_CLOSING, content,
                                        signature, options->now, &act);
    show_act(&options->show, name, code, act.iss, act.iat);
    return sw1_code_exit(code);
}

static enum sw1_exit verify_content(const struct options *options, const struct store *store,
                                    const char *name, const struct input *input) {
    if (input->fault != INPUT_FINE) {
        show_fault(&options->show, name, input->fault);
        return SW1_EXIT_UNREADABLE;
    }
    if (input->act) {
        return verify_act(options, store, name, input->content);
    }
    enum sw1_exit worst = SW1_EXIT_VALID;
    for (int i = 0; i < input->count; i++) {
        worst = sw1_exit_worse(worst, verify_text(options, store, name, &input->texts[i]));
    }
    return worst;
}

/* An input's pixels and bytes end with it, too. */
static enum sw1_exit verify_input(const struct options *given, const struct store *store,
                                  const char *name) {
    struct cli cli = *given->show.cli;
    cli.arena = arena_new();
    struct options options = *given;
    options.show.cli = &cli;
    struct input input;
    input_read(&cli, name, &input);
    enum sw1_exit code = verify_content(&options, store, name, &input);
    arena_free(cli.arena);
    return code;
}

int cmd_verify(struct cli *cli) {
    struct options options;
    struct store store;
    const char *wrong = read_options(cli, &options);
    if (wrong != NULL) {
        return cli_usage("verify", wrong);
    }
    if (!store_open(cli, &options.settings, &store)) {
        return EXIT_USAGE;
    }
    for (int i = 0; i < cli->argc; i++) {
        if (cli->argv[i][0] == '-' && cli->argv[i][1] != '\0') {
            return cli_usage("verify", arena_printf(cli->arena, "there is no option %s",
                                                    text_safe(cli->arena, cli->argv[i])));
        }
    }
    if (store.root == NULL) {
        fprintf(stderr,
                "noria: no root key: give --root FILE, or pin one with `noria trust import`\n");
    }
    enum sw1_exit worst = SW1_EXIT_VALID;
    for (int i = 0; i < cli->argc; i++) {
        worst = sw1_exit_worse(worst, verify_input(&options, &store, cli->argv[i]));
    }
    if (cli->argc == 0) {
        worst = verify_input(&options, &store, "-");
    }
    store_remember(cli, &store);
    return (int)worst;
}
