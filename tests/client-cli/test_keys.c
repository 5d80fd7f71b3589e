/* What noria keys keeps from going wrong: passphrases in the open, trust lists that go back. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../client-cli/commands.h"
#include "../../lib/base/arena.h"
#include "../support/check_main.h"
#include "../support/cli_issuer.h"

static struct arena *arena;

static void setup(void) {
    arena = issuer_copy();
}

static void teardown(void) {
    issuer_leave(arena);
}

#define RUN(...) issuer_run(__VA_ARGS__, (const char *)NULL)

static struct span get(const char *name) {
    return issuer_get(arena, name);
}

static void put(const char *name, struct span content) {
    issuer_put(name, content);
}

#define CHANGE "--root-dir", "root", "--passphrase-file", "pass"

/* A passphrase comes from a file, a descriptor or systemd, never from the command line. */
START_TEST(passphrases_are_not_arguments) {
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", "--root-dir", "root", "--passphrase",
                         "correct horse battery staple"),
                     EXIT_UNREADABLE);
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", "--root-dir", "root"), EXIT_UNREADABLE);
    struct span pass = get("pass");
    ck_assert_int_eq(mkdir("credentials", 0700), 0);
    put("credentials/noria-passphrase", pass);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", "credentials", 1), 0);
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", "--root-dir", "root"), EXIT_DONE);
    ck_assert_int_eq(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    int fd = open("pass", O_RDONLY);
    char number[16];
    (void)snprintf(number, sizeof number, "%d", fd);
    ck_assert_int_eq(
        RUN(cmd_keys, "renew", "keys", "--root-dir", "root", "--passphrase-fd", number), EXIT_DONE);
    close(fd);
    /* What is sealed holds no passphrase and no private part in the clear. */
    struct span sealed = get("keys/document.key");
    ck_assert_ptr_null(memmem(sealed.ptr, sealed.len, pass.ptr, pass.len - 1));
}
END_TEST

/* A folder that was put back from a backup is not signed anew: its list may trust a stolen key. */
START_TEST(the_sequence_never_goes_back) {
    struct span old = get("keys/trust.cwt");
    char *kid = text_hex(arena, sw1_key_kid(issuer_key(arena, "keys/document.key")), SW1_KID);
    ck_assert_int_eq(RUN(cmd_keys, "compromise", "keys", kid, CHANGE), EXIT_DONE);
    struct span newest = get("keys/trust.cwt");
    put("keys/trust.cwt", old);
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", CHANGE), EXIT_UNREADABLE);
    ck_assert(span_equal(get("keys/trust.cwt"), old)); /* nothing was signed */
    put("keys/trust.cwt", newest);
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", CHANGE), EXIT_DONE);
    /* Control: without the root's memory the old list is signed again, the stolen key with it. */
    put("keys/trust.cwt", old);
    ck_assert_int_eq(unlink("root/sequence"), 0);
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", CHANGE), EXIT_DONE);
}
END_TEST

/* Whether a change told to rotate. */
static bool told_to_rotate(const char *verb, const char *kid, const char *purpose) {
    int code = kid != NULL ? RUN(cmd_keys, verb, "keys", kid, CHANGE)
                           : RUN(cmd_keys, verb, "keys", CHANGE);
    struct span out = get("out");
    const char *words = arena_printf(arena, "keys rotate --purpose %s", purpose);
    ck_assert_int_eq(code, EXIT_DONE);
    return memmem(out.ptr, out.len, words, strlen(words)) != NULL;
}

/* Whoever gives up or reports the only key learns that nothing can be signed now. */
START_TEST(the_last_key_is_missed) {
    static const char *const verbs[] = {"retire", "compromise"};
    for (int i = 0; i < 2; i++) {
        char *kid = text_hex(arena, sw1_key_kid(issuer_key(arena, "keys/document.key")), SW1_KID);
        ck_assert(told_to_rotate(verbs[i], kid, "documents"));
        ck_assert(!told_to_rotate("rotate", NULL, "documents")); /* control: there is one again */
    }
    char *kid = text_hex(arena, sw1_key_kid(issuer_key(arena, "keys/status.key")), SW1_KID);
    ck_assert(told_to_rotate("retire", kid, "status"));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {passphrases_are_not_arguments, the_sequence_never_goes_back,
                                  the_last_key_is_missed, NULL};
    issuer_make();
    int code = check_run("keys", setup, teardown, 120, tests);
    issuer_end();
    return code;
}
