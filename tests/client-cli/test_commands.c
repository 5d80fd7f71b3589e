/* The command line itself: options, fields, files, what is printed. */
#include "client-cli/commands.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client-cli/fields_arg.h"
#include "client-cli/output.h"
#include "client-cli/resource.h"
#include "client-cli/session.h"
#include "lib/base/arena.h"
#include "tests/support/check_main.h"

static struct arena *arena;
static const char *folder;

static void setup(void) {
    arena = arena_new();
    char *made = arena_strdup(arena, "/tmp/noria-cli.XXXXXX");
    folder = mkdtemp(made);
    ck_assert_ptr_nonnull(folder);
    setenv("NORIA_SESSION", arena_printf(arena, "%s/a/session.json", folder), 1);
    unsetenv("NORIA_TOKEN");
    unsetenv("NORIA_URL");
}

static void teardown(void) {
    unlink(getenv("NORIA_SESSION"));
    rmdir(arena_printf(arena, "%s/a", folder));
    unlink(arena_printf(arena, "%s/file.csv", folder));
    rmdir(folder);
    arena_free(arena);
}

/* A command line from its words. */
static struct cli line(int count, ...) {
    struct cli cli = {arena, false, count, arena_array(arena, (size_t)count + 1, sizeof(char *))};
    va_list words;
    va_start(words, count);
    for (int i = 0; i < count; i++) {
        cli.argv[i] = arena_strdup(arena, va_arg(words, const char *));
    }
    va_end(words);
    return cli;
}

START_TEST(options_are_taken_out) {
    struct cli cli = line(6, "a", "--out", "file", "--json", "--key=k", "b");
    ck_assert_str_eq(cli_option(&cli, "out"), "file");
    ck_assert_str_eq(cli_option(&cli, "key"), "k");
    ck_assert(cli_flag(&cli, "json"));
    ck_assert(!cli_flag(&cli, "json"));
    ck_assert_ptr_null(cli_option(&cli, "out"));
    ck_assert_int_eq(cli.argc, 2);
    ck_assert_str_eq(cli.argv[1], "b");
    struct cli bare = line(1, "--out");
    ck_assert_ptr_null(cli_option(&bare, "out"));
}
END_TEST

START_TEST(fields_make_a_body) {
    struct cli cli = line(3, "name=A = b", "n:=3", "list:=[\"x\"]");
    struct call call = {.verb = VERB_POST, .path = "/x"};
    ck_assert_int_eq(fields_arg(&cli, 0, &call), OK);
    ck_assert_str_eq(call.body.ptr, "{\"name\":\"A = b\",\"n\":3,\"list\":[\"x\"]}");
    ck_assert_str_eq(call.type, "application/json");
}
END_TEST

START_TEST(fields_make_a_query) {
    struct cli cli = line(2, "q=é&b", "limit:=3");
    struct call call = {.verb = VERB_GET, .path = "/x"};
    ck_assert_int_eq(fields_arg(&cli, 0, &call), OK);
    ck_assert_str_eq(call.path, "/x?q=%C3%A9%26b&limit=3");
    ck_assert_ptr_null(call.body.ptr);
}
END_TEST

START_TEST(broken_fields_are_refused) {
    static const char *const bad[] = {"word", "=x", "n:=", "n:={", ":=1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct cli cli = line(1, bad[i]);
        struct call call = {.verb = VERB_POST, .path = "/x"};
        ck_assert_int_eq(fields_arg(&cli, 0, &call), ERR_INVALID_INPUT);
    }
}
END_TEST

START_TEST(files_are_sent_with_their_type) {
    const char *path = arena_printf(arena, "%s/file.csv", folder);
    ck_assert_int_eq(write_file(path, SPAN_LIT("a,b\n"), 0600), OK);
    struct cli cli = line(3, "--file", path, "campaign_id=4");
    struct call call = {.verb = VERB_POST, .path = "/imports"};
    ck_assert_int_eq(fields_arg(&cli, 0, &call), OK);
    ck_assert_str_eq(call.type, "text/csv");
    ck_assert_str_eq(call.path, "/imports?campaign_id=4");
    ck_assert(span_is(call.body, "a,b\n"));
    struct cli missing = line(2, "--file", "/nowhere/x.csv");
    ck_assert_int_eq(fields_arg(&missing, 0, &call), ERR_IO);
    ck_assert_int_eq(write_file("/nowhere/x.csv", SPAN_LIT("x"), 0600), ERR_IO);
}
END_TEST

START_TEST(a_session_is_kept_for_its_owner_and_server_only) {
    struct cli cli = line(0);
    struct session session;
    ck_assert_int_eq(session_load(&cli, &session), OK);
    ck_assert_ptr_null(session.token);
    ck_assert_str_eq(session.url, "http://127.0.0.1:8080");
    struct session kept = {"http://one.example", "a@b.example", "secret", 7};
    ck_assert_int_eq(session_save(arena, &kept), OK);
    struct stat status;
    ck_assert_int_eq(stat(getenv("NORIA_SESSION"), &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
    ck_assert_int_eq(session_load(&cli, &session), OK);
    ck_assert_str_eq(session.token, "secret");
    ck_assert_int_eq(session.token_id, 7);
    struct cli other = line(2, "--url", "http://two.example/");
    ck_assert_int_eq(session_load(&other, &session), OK);
    ck_assert_str_eq(session.url, "http://two.example");
    ck_assert_ptr_null(session.token);
    setenv("NORIA_TOKEN", "given", 1);
    ck_assert_int_eq(session_load(&cli, &session), OK);
    ck_assert_str_eq(session.token, "given");
    session_forget(arena);
    ck_assert_int_ne(access(getenv("NORIA_SESSION"), F_OK), 0);
}
END_TEST

START_TEST(what_a_server_sends_is_safe_to_print) {
    struct buf out;
    buf_init(&out, arena, 16);
    buf_safe(&out, (struct span){"a\x1b[31m\xe2\x80\xae\xff", 10});
    ck_assert_str_eq(out.ptr, "a\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd");
}
END_TEST

static int show(int status, const char *json) {
    struct cli cli = line(0);
    cJSON *tree = cJSON_Parse(json);
    struct call call = {.status = status, .reply = span_of(json), .json = tree};
    int code = show_answer(&cli, &call);
    cJSON_Delete(tree);
    return code;
}

START_TEST(answers_have_exit_codes) {
    ck_assert_int_eq(
        show(200, "{\"id\":1,\"rows\":[{\"a\":\"é\",\"b\":null},{\"a\":2}],\"o\":{\"x\":1}}"),
        EXIT_DONE);
    ck_assert_int_eq(show(200, "[]"), EXIT_DONE);
    ck_assert_int_eq(show(404, "{}"), EXIT_REFUSED);
    ck_assert_int_eq(show(503, "{}"), EXIT_TRY_LATER);
    ck_assert_int_eq(show_failure(ERR_UNAVAILABLE, "http://x"), EXIT_TRY_LATER);
    ck_assert_int_eq(show_failure(ERR_IO, "http://x"), EXIT_UNREADABLE);
    ck_assert_int_eq(show_failure(ERR_CSRF, "http://x"), EXIT_REFUSED);
}
END_TEST

/* What show() says on standard error. */
static const char *said(int status, const char *json, int *code) {
    int kept = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    (void)fflush(stderr);
    (void)dup2(fileno(file), STDERR_FILENO);
    *code = show(status, json);
    (void)fflush(stderr);
    (void)dup2(kept, STDERR_FILENO);
    (void)close(kept);
    rewind(file);
    char *text = arena_alloc(arena, 4096);
    text[fread(text, 1, 4095, file)] = '\0';
    (void)fclose(file);
    return text;
}

/* As respond_error.c writes problems: each field with what is wrong with it. */
START_TEST(a_refusal_names_each_field_and_its_rule) {
    int code = 0;
    ck_assert_str_eq(
        said(422,
             "{\"status\":422,\"detail\":\"Mend the "
             "fields.\",\"code\":\"invalid_input\",\"errors\":["
             "{\"field\":\"first_day\",\"code\":\"required\",\"detail\":\"A value is needed.\"},"
             "{\"field\":\"places\",\"code\":\"too_large\",\"detail\":\"At most 500.\"}]}",
             &code),
        "noria: 422 Mend the fields.\n  first_day: A value is needed.\n  places: At most 500.\n");
    ck_assert_int_eq(code, EXIT_REFUSED);
    /* a fault of the whole record is its detail already */
    ck_assert_str_eq(said(409,
                          "{\"detail\":\"Not now.\",\"errors\":["
                          "{\"field\":\"\",\"code\":\"conflict\",\"detail\":\"Not now.\"}]}",
                          &code),
                     "noria: 409 Not now.\n");
}
END_TEST

START_TEST(wrong_lines_are_usage) {
    struct cli none = line(0);
    ck_assert_int_eq(cmd_api(&none), EXIT_USAGE);
    struct cli method = line(2, "get", "/x");
    ck_assert_int_eq(cmd_api(&method), EXIT_USAGE);
    struct cli verb = line(2, "campaign", "dance");
    ck_assert_int_eq(cmd_resource(&verb), EXIT_USAGE);
    struct cli noun = line(1, "campaign");
    ck_assert_int_eq(cmd_resource(&noun), EXIT_USAGE);
    struct cli id = line(3, "campaign", "show", "a=b");
    ck_assert_int_eq(cmd_resource(&id), EXIT_USAGE);
    struct cli login = line(0);
    ck_assert_int_eq(cmd_login(&login), EXIT_USAGE);
    struct cli unknown = line(1, "nonsense");
    ck_assert_int_eq(cmd_help(&unknown), EXIT_USAGE);
    struct cli help = line(0);
    ck_assert_int_eq(cmd_help(&help), EXIT_DONE);
    struct cli api = line(1, "api");
    ck_assert_int_eq(cmd_help(&api), EXIT_DONE);
}
END_TEST

START_TEST(tables_are_whole) {
    for (const struct command *row = commands; row->name != NULL; row++) {
        ck_assert(row->run != NULL && row->summary[0] != '\0' && row->arguments != NULL);
        for (const struct command *twin = row + 1; twin->name != NULL; twin++) {
            ck_assert_str_ne(row->name, twin->name);
        }
    }
    for (const struct resource *row = resources; row->noun != NULL; row++) {
        ck_assert_ptr_eq(resource_find(row->noun, row->verb), row);
        ck_assert_int_eq(row->path[0], '/');
        for (const struct command *command = commands; command->name != NULL; command++) {
            /* `noria matching` and `noria session` do some things offline and hand the rest on. */
            ck_assert(strcmp(row->noun, command->name) != 0 || command->run == cmd_matching ||
                      command->run == cmd_session);
        }
    }
    ck_assert_ptr_null(resource_find("campaign", ""));
}
END_TEST

/* "/contracts/:id/approve" as the description of the API writes it, at the start of a line. */
static const char *described(const char *path) {
    struct buf out;
    buf_init(&out, arena, 64);
    buf_text(&out, "\n  ");
    while (*path != '\0') {
        size_t length = strcspn(path, ":");
        buf_add(&out, path, length);
        path += length;
        if (*path == ':') {
            length = strcspn(path, "/");
            buf_printf(&out, "{%.*s}", (int)length - 1, path + 1);
            path += length;
        }
    }
    buf_text(&out, ":\n");
    return out.ptr;
}

START_TEST(every_address_is_one_of_the_servers) {
    struct span openapi;
    ck_assert_int_eq(read_file(arena, "docs/openapi.yaml", &openapi), OK);
    for (const struct resource *row = resources; row->noun != NULL; row++) {
        const char *at = strstr(openapi.ptr, described(row->path));
        ck_assert_msg(at != NULL, "%s %s: no %s", row->noun, row->verb, row->path);
        const char *next = strstr(at + 4, "\n  /");
        const char *method = strstr(at, row->method == VERB_GET ? "\n    get:" : "\n    post:");
        ck_assert_msg(method != NULL && (next == NULL || method < next), "%s %s", row->noun,
                      row->verb);
    }
    ck_assert_ptr_null(strstr(openapi.ptr, described("/no/:id/such")));
}
END_TEST

CHECK_MAIN("commands", setup, teardown, options_are_taken_out, fields_make_a_body,
           fields_make_a_query, broken_fields_are_refused, files_are_sent_with_their_type,
           a_session_is_kept_for_its_owner_and_server_only, what_a_server_sends_is_safe_to_print,
           answers_have_exit_codes, a_refusal_names_each_field_and_its_rule, wrong_lines_are_usage,
           tables_are_whole, every_address_is_one_of_the_servers)
