/* Manual pages and completions against the tables of the programs: nothing that a person can type
 * is missing from them. Run from the repository's root. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "../../client-cli/commands.h"
#include "../../client-cli/output.h"
#include "../../lib/base/arena.h"
#include "../../lib/sw1/code.h"
#include "../support/check_main.h"

static struct arena *arena;

static void setup(void) {
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

/* A whole file as a string; NULL when there is none. */
static const char *text_of(const char *path) {
    struct span content = {0};
    return read_file(arena, path, &content) == OK ? arena_copy(arena, content.ptr, content.len)
                                                  : NULL;
}

static const char *must_text(const char *path) {
    const char *text = text_of(path);
    ck_assert_msg(text != NULL, "%s cannot be read", path);
    return text;
}

/* The command's own page, else that of noria. */
static const char *page_of(const char *command) {
    const char *name = strcmp(command, "verify-act") == 0 ? "verify" : command;
    const char *own = text_of(arena_printf(arena, "docs/man/noria-%s.1", name));
    return own != NULL ? own : must_text("docs/man/noria.1");
}

/* True when `text` holds `word`, and not as a part of a longer word. */
static bool says(const char *text, const char *word) {
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t len = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        bool begins = at == text || strchr(letters, at[-1]) == NULL;
        if (begins && (at[len] == '\0' || strchr(letters, at[len]) == NULL)) {
            return true;
        }
    }
    return false;
}

/* Copies the word at `text`, letters and dashes. */
static const char *word_at(const char *text) {
    return arena_copy(arena, text, strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-"));
}

START_TEST(every_command_has_its_lines) {
    const char *noria = must_text("docs/man/noria.1");
    const char *bash = must_text("docs/completions/noria.bash");
    const char *zsh = must_text("docs/completions/_noria");
    int count = 0;
    for (const struct command *row = commands; row->name != NULL; row++) {
        ck_assert_msg(strstr(noria, arena_printf(arena, ".It Cm %s", row->name)) != NULL,
                      "noria.1 does not name %s", row->name);
        ck_assert_msg(says(bash, row->name), "noria.bash does not know %s", row->name);
        const char *plain = arena_printf(arena, "\n        '%s:", row->name);
        const char *quoted = arena_printf(arena, "\n        \"%s:", row->name);
        ck_assert_msg(strstr(zsh, plain) != NULL || strstr(zsh, quoted) != NULL,
                      "_noria does not offer %s", row->name);
        count++;
    }
    ck_assert_int_gt(count, 10);
    ck_assert(!says(bash, "verif")); /* control */
}
END_TEST

/* What bash offers for the last word of a line. */
static const char *offered(const char *line) {
    const char *script =
        arena_printf(arena,
                     "bash -c 'source docs/completions/noria.bash; read -ra COMP_WORDS <<<\"%s\"; "
                     "[[ \"%s\" != *\\  ]] || COMP_WORDS+=(\"\"); "
                     "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _noria; echo \"${COMPREPLY[*]}\"'",
                     line, line);
    static char answer[4096];
    FILE *pipe = popen(script, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t length = fread(answer, 1, sizeof answer - 1, pipe);
    ck_assert_int_eq(pclose(pipe), 0);
    answer[length > 0 ? length - 1 : 0] = '\0';
    return answer;
}

/* Verbs where a verb stands, options after a dash, files elsewhere. */
START_TEST(bash_offers_what_can_stand_there) {
    ck_assert_str_eq(offered("./noria keys "),
                     "init rotate retire compromise renew log show export");
    ck_assert_str_eq(offered("./noria keys ro"), "rotate");
    ck_assert_str_eq(offered("./noria keys rotate --purpose "), "documents status log");
    ck_assert_str_eq(offered("./noria trust import README"), "README.md");
    ck_assert_str_eq(offered("./noria verify README"), "README.md");
    ck_assert_str_eq(offered("./noria verify --max"), "--max-status-age");
    ck_assert_str_eq(offered("./noria aud"), "audit");
    ck_assert_str_eq(offered("./noria nothing_like_it"), "");
}
END_TEST

START_TEST(every_option_of_the_usage_lines) {
    const char *bash = must_text("docs/completions/noria.bash");
    const char *zsh = must_text("docs/completions/_noria");
    int count = 0;
    for (const struct command *row = commands; row->name != NULL; row++) {
        const char *page = page_of(row->name);
        const char *at = row->arguments;
        while ((at = strstr(at, "--")) != NULL) {
            at += 2;
            const char *option = word_at(at);
            ck_assert_msg(says(page, arena_printf(arena, "Fl Fl %s", option)),
                          "no page says --%s of noria %s", option, row->name);
            option = arena_printf(arena, "--%s", option);
            ck_assert_msg(says(bash, option), "noria.bash does not know %s", option);
            ck_assert_msg(says(zsh, option), "_noria does not know %s", option);
            count++;
        }
    }
    ck_assert_int_gt(count, 30);
}
END_TEST

/* Words of the source between `before` and a quotation mark, looked for in the pages after `form`.
 */
static int look_for(const char *source, const char *before, const char *form, const char *pages) {
    int count = 0;
    for (const char *at = strstr(source, before); at != NULL; at = strstr(at, before)) {
        at += strlen(before);
        const char *word = arena_copy(arena, at, strcspn(at, "\""));
        const char *wanted = arena_printf(arena, "%s%s", form, word);
        ck_assert_msg(says(pages, wanted), "no page says %s", wanted);
        count++;
    }
    return count;
}

static const char *all_pages(void) {
    static const char *const names[] = {"noria.1",       "noria-verify.1", "noria-audit.1",
                                        "noria-keys.1",  "noria-trust.1",  "noria-demo.1",
                                        "noria-server.8"};
    const char *all = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *page = must_text(arena_printf(arena, "docs/man/%s", names[i]));
        ck_assert_msg(strstr(page, ".Sh EXIT STATUS") != NULL, "%s has no exit status", names[i]);
        all = arena_printf(arena, "%s%s", all, page);
    }
    return all;
}

/* Also those that no usage line names. */
START_TEST(every_option_that_the_source_reads) {
    const char *pages = all_pages();
    DIR *dir = opendir("client-cli");
    const struct dirent *entry;
    int count = 0;
    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);
        if (len < 3 || strcmp(entry->d_name + len - 2, ".c") != 0) {
            continue;
        }
        const char *source = must_text(arena_printf(arena, "client-cli/%s", entry->d_name));
        count += look_for(source, "cli_option(cli, \"", "Fl Fl ", pages);
        count += look_for(source, "cli_flag(cli, \"", "Fl Fl ", pages);
        count += look_for(source, "cli_flag(&cli, \"", "Fl Fl ", pages);
        count += look_for(source, "option_days(cli, \"", "Fl Fl ", pages);
        count += look_for(source, "read_number(cli, \"", "Fl Fl ", pages);
        count += look_for(source, "read_day(cli, \"", "Fl Fl ", pages);
        count += look_for(source, "getenv(\"", "Ev ", pages);
    }
    closedir(dir);
    ck_assert_int_gt(count, 40);
}
END_TEST

START_TEST(every_answer_of_a_verifier) {
    const char *page = must_text("docs/man/noria-verify.1");
    for (int code = 0; code < SW1_CODES; code++) {
        const char *name = sw1_code_name((enum sw1_code)code);
        const char *line = strstr(page, arena_printf(arena, ".It %s\n", name));
        ck_assert_msg(line != NULL, "noria-verify.1 does not name %s", name);
        const char *end = strchr(strchr(line, '\n') + 1, '\n');
        const char *exit = arena_printf(arena, "(%d).", (int)sw1_code_exit((enum sw1_code)code));
        ck_assert_msg(strncmp(end - 4, exit, 4) == 0, "%s does not end with %s", name, exit);
    }
}
END_TEST

START_TEST(every_command_and_setting_of_the_server) {
    const char *page = must_text("docs/man/noria-server.8");
    const char *source = must_text("server/main.c");
    const char *rows = strstr(source, "} commands[] = {");
    ck_assert_ptr_nonnull(rows);
    ck_assert_int_gt(look_for(rows, "    {\"", ".It Cm ", page), 5);
    ck_assert_int_gt(look_for(must_text("server/settings.c"), "{\"NORIA_", ".It Ev NORIA_", page),
                     8);
}
END_TEST

CHECK_MAIN("manual", setup, teardown, every_command_has_its_lines, bash_offers_what_can_stand_there,
           every_option_of_the_usage_lines, every_option_that_the_source_reads,
           every_answer_of_a_verifier, every_command_and_setting_of_the_server)
