/* noria session where there is no network: what is noted in a sealed pack, and what is refused. */
#include "client-cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client-cli/output.h"
#include "lib/base/arena.h"
#include "lib/sw1/pack.h"
#include "tests/support/check_main.h"

static struct arena *arena;
static const char *file, *secret;
static const char id[] = "00112233445566778899aabbccddeeff";

static void prepare(void) {
    arena = arena_new();
    char print[PACK_PRINT];
    struct span sealed;
    file = arena_printf(arena, "/tmp/noria-session-%d.pack", (int)getpid());
    secret = arena_printf(arena, "/tmp/noria-session-%d.pass", (int)getpid());
    pack_print(id, "AB123456", print);
    const char *text =
        arena_printf(arena,
                     "{\"pack\":\"%s\",\"signature\":\"\",\"kid\":\"\",\"content\":\"{\\\"pack\\\":"
                     "\\\"%s\\\",\\\"profile\\\":\\\""
                     "{\\\\\\\"exercises\\\\\\\":[{\\\\\\\"label\\\\\\\":\\\\\\\"E\\\\\\\","
                     "\\\\\\\"criteria\\\\\\\":[{\\\\\\\"id\\\\\\\":7,"
                     "\\\\\\\"max\\\\\\\":12,\\\\\\\"label\\\\\\\":\\\\\\\"C\\\\\\\","
                     "\\\\\\\"anchors\\\\\\\":\\\\\\\"\\\\\\\"}]}]}\\\","
                     "\\\"seats\\\":[{\\\"id\\\":5,\\\"token\\\":\\\"K7Q2-M9XD\\\","
                     "\\\"accommodation\\\":\\\"\\\",\\\"document\\\":\\\"%s\\\"}]}\","
                     "\"seats\":[],\"marks\":[]}",
                     id, id, print);
    ck_assert_int_eq(pack_seal(arena, span_of("a long passphrase"), span_of(text), &sealed), OK);
    ck_assert_int_eq(write_file(file, sealed, 0600), OK);
    ck_assert_int_eq(write_file(secret, span_of("a long passphrase\n"), 0600), OK);
    (void)setenv("XDG_STATE_HOME", "/nonexistent", 1);
}

static void clean(void) {
    (void)unlink(file);
    (void)unlink(secret);
    arena_free(arena);
}

/* Runs `noria session` with words between spaces; FILE and PASS stand for the two files. */
static int run(const char *words) {
    char *argv[24];
    char *line = arena_printf(arena, "%s", words);
    struct cli cli = {.arena = arena, .argv = argv};
    for (char *rest = NULL, *word = strtok_r(line, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        const char *given = strcmp(word, "FILE") == 0   ? file
                            : strcmp(word, "PASS") == 0 ? secret
                                                        : word;
        argv[cli.argc++] = arena_printf(arena, "%s", given);
    }
    argv[cli.argc] = NULL;
    return cmd_session(&cli);
}

static const char *inside(void) {
    struct span bytes, plain;
    ck_assert_int_eq(read_file(arena, file, &bytes), OK);
    ck_assert_int_eq(pack_open(arena, span_of("a long passphrase"), bytes, &plain), OK);
    return plain.ptr;
}

START_TEST(checks_and_marks_are_noted) {
    ck_assert_int_eq(
        run("check FILE K7Q2-M9XD present --document AB-123456 --photo --passphrase-file PASS"),
        EXIT_DONE);
    ck_assert_ptr_nonnull(
        strstr(inside(), "\"attendance\":\"present\",\"document_seen\":true,\"photo_match\":true"));
    ck_assert_int_eq(run("mark FILE K7Q2-M9XD 7=11 --passphrase-file PASS"), EXIT_DONE);
    ck_assert_int_eq(run("mark FILE K7Q2-M9XD 7=12 --passphrase-file PASS"), EXIT_DONE);
    ck_assert_ptr_nonnull(strstr(inside(), "\"criterion_id\":7,\"points\":12"));
    ck_assert_ptr_null(strstr(inside(), "\"points\":11")); /* the newest counts */
    ck_assert_int_eq(run("packed FILE --passphrase-file PASS"), EXIT_DONE);
}
END_TEST

START_TEST(what_does_not_fit_is_refused) {
    const char *before = inside();
    ck_assert_int_eq(
        run("check FILE K7Q2-M9XD present --document AB123457 --photo --passphrase-file PASS"),
        EXIT_REFUSED);
    ck_assert_int_eq(run("check FILE K7Q2-M9XD present --document AB123456 --passphrase-file PASS"),
                     EXIT_REFUSED);
    ck_assert_int_eq(run("check FILE XXXX-XXXX absent --passphrase-file PASS"), EXIT_REFUSED);
    ck_assert_int_eq(run("check FILE K7Q2-M9XD late --passphrase-file PASS"), EXIT_USAGE);
    ck_assert_int_eq(run("mark FILE K7Q2-M9XD 7=13 --passphrase-file PASS"), EXIT_REFUSED);
    ck_assert_int_eq(run("mark FILE K7Q2-M9XD 8=1 --passphrase-file PASS"), EXIT_REFUSED);
    ck_assert_int_eq(run("mark FILE XXXX-XXXX 7=1 --passphrase-file PASS"), EXIT_REFUSED);
    ck_assert_int_eq(run("mark FILE K7Q2-M9XD seven --passphrase-file PASS"), EXIT_USAGE);
    ck_assert_str_eq(inside(), before);
}
END_TEST

START_TEST(the_passphrase_is_never_an_argument) {
    ck_assert_int_eq(run("packed FILE --passphrase secretsecret"), EXIT_USAGE);
    ck_assert_int_eq(run("packed FILE"), EXIT_USAGE);
    ck_assert_int_eq(write_file(secret, span_of("another passphrase\n"), 0600), OK);
    ck_assert_int_eq(run("packed FILE --passphrase-file PASS"), EXIT_REFUSED);
    ck_assert_int_eq(run("mark FILE K7Q2-M9XD 7=1 --passphrase-file PASS"), EXIT_REFUSED);
    ck_assert_int_eq(write_file(secret, span_of("short\n"), 0600), OK);
    ck_assert_int_eq(run("packed FILE --passphrase-file PASS"), EXIT_UNREADABLE);
}
END_TEST

CHECK_MAIN_FOR("noria session", prepare, clean, 60, checks_and_marks_are_noted,
               what_does_not_fit_is_refused, the_passphrase_is_never_an_argument)
