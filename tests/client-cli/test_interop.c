/* Documents of Noria under a verifier that shares no line with it (tests/interop/verify.mjs). */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/arena.h"
#include "../support/check_main.h"
#include "../support/cli_issuer.h"

static struct arena *arena;
static char script[PATH_MAX];

static void setup(void) {
    arena = issuer_copy();
}

static void teardown(void) {
    issuer_leave(arena);
}

/* The other verifier's exit code; what it says goes to "said". */
static int other(void) {
    int status = system(arena_printf(
        arena, "node %s keys/root.cosekey keys/trust.cwt keys/status-1.cwt doc.txt >said 2>&1",
        script));
    return status >> 8;
}

static const char *said(void) {
    struct span out = issuer_get(arena, "said");
    return arena_copy(arena, out.ptr, out.len);
}

START_TEST(a_document_is_valid_there_too) {
    ck_assert_msg(other() == 0, "%s", said());
    ck_assert_ptr_nonnull(strstr(said(), "\"4\":\"EL AMRANI YOUSSEF\""));
    ck_assert_ptr_nonnull(strstr(said(), "\"2\":\"AB1234567\""));
}
END_TEST

START_TEST(so_are_the_refusals) {
    struct span text = issuer_get(arena, "doc.txt");
    char *changed = arena_copy(arena, text.ptr, text.len);
    changed[200] = changed[200] == '0' ? '1' : '0';
    issuer_put("doc.txt", (struct span){changed, text.len});
    ck_assert_int_eq(other(), 1);
    issuer_put("doc.txt", text);
    ck_assert_int_eq(other(), 0); /* control */
    issuer_status(SW1_STATUS_REVOKED, 1);
    ck_assert_int_eq(other(), 1);
    ck_assert_ptr_nonnull(strstr(said(), "withdrawn"));
    issuer_status(SW1_STATUS_VALID, 0);
    ck_assert_int_eq(other(), 0);
    ck_assert_int_eq(issuer_run(cmd_keys, "rotate", "keys", "--root-dir", "root",
                                "--passphrase-file", "pass", (const char *)NULL),
                     EXIT_DONE);
    ck_assert_msg(other() == 0, "%s", said()); /* retired keys still verify */
}
END_TEST

int main(void) {
    const TTest *const tests[] = {a_document_is_valid_there_too, so_are_the_refusals, NULL};
    if (realpath("tests/interop/verify.mjs", script) == NULL) {
        return EXIT_FAILURE;
    }
    issuer_make();
    int code = check_run("interop", setup, teardown, 60, tests);
    issuer_end();
    return code;
}
