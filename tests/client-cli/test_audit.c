/* What noria audit says of an exported log over a change of the log's key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../client-cli/commands.h"
#include "../../lib/base/arena.h"
#include "../../lib/sw1/logfile.h"
#include "../support/check_main.h"
#include "../support/cli_issuer.h"

static struct arena *arena;
static struct buf file;    /* the log as it was exported so far */
static struct merkle tree; /* of its leaves */

static void setup(void) {
    arena = issuer_copy();
    tree = (struct merkle){0};
    buf_init(&file, arena, 4096);
    buf_text(&file, SW1_LOG_FIRST "\n");
}

static void teardown(void) {
    issuer_leave(arena);
}

#define RUN(...) issuer_run(__VA_ARGS__, (const char *)NULL)
#define VERIFY(...) RUN(cmd_audit, "verify", "log", __VA_ARGS__)
#define CERTIFIED "--key", "keys/log.cwt", "--root", "keys/root.cosekey"
#define CHANGE "--root-dir", "root", "--passphrase-file", "pass"

/* A leaf of `ago` seconds ago, and a head over all by the key of that file. */
static void grow(const char *key_file, int64_t ago) {
    int64_t at = time(NULL) - ago;
    struct span bytes;
    char *leaf = arena_printf(
        arena, "[%d, %lld000000, 7, 3, \"candidate.unseal\", \"candidate\", 5, \"\", {}, \"0a\"]",
        (int)tree.size + 1, (long long)at);
    struct merkle_hash hash = merkle_leaf(span_of(leaf));
    merkle_append(&tree, &hash, NULL, NULL);
    struct sw1_head head = {
        .iss = SPAN_LIT("FR:OFII"), .iat = at, .size = tree.size, .root = merkle_root(&tree)};
    ck_assert_int_eq(sw1_head_sign(arena, issuer_key(arena, key_file), &head, &bytes), OK);
    buf_printf(&file, "leaf %s\nhead %s\n", leaf, text_hex(arena, bytes.ptr, bytes.len));
    issuer_put("log", (struct span){file.ptr, file.len});
}

static bool told(const char *words) {
    struct span out = issuer_get(arena, "out");
    return memmem(out.ptr, out.len, words, strlen(words)) != NULL;
}

/* The old key signs until the server has the new one; who pinned the log follows with the root's
 * word for both, and needs it once. */
START_TEST(a_pin_follows_the_log_to_its_new_key) {
    grow("keys/log.key", 30);
    ck_assert_int_eq(VERIFY("--pin", "pin"), EXIT_USAGE); /* nothing to know the key by */
    ck_assert_int_eq(VERIFY("--pin", "pin", CERTIFIED), EXIT_DONE);
    issuer_put("old.key", issuer_get(arena, "keys/log.key"));
    ck_assert_int_eq(RUN(cmd_keys, "rotate", "keys", "--purpose", "log", CHANGE), EXIT_DONE);
    grow("old.key", 20);
    ck_assert_int_eq(VERIFY("--pin", "pin"), EXIT_DONE);
    ck_assert_int_eq(VERIFY(CERTIFIED), EXIT_DONE);
    grow("keys/log.key", 10);
    ck_assert_int_eq(VERIFY("--pin", "pin"), EXIT_REFUSED);
    ck_assert(told("--key log.cwt"));
    ck_assert_int_eq(VERIFY("--pin", "pin", CERTIFIED), EXIT_DONE);
    ck_assert_int_eq(RUN(cmd_keys, "rotate", "keys", "--purpose", "log", CHANGE), EXIT_DONE);
    ck_assert_int_eq(VERIFY("--pin", "pin", CERTIFIED), EXIT_DONE); /* three keys by now */
}
END_TEST

/* A stolen key is replaced at once: what it signs from then on is nobody's. Control: with days of
 * overlap it is taken. */
START_TEST(a_stolen_key_signs_no_longer) {
    issuer_put("old.key", issuer_get(arena, "keys/log.key"));
    grow("old.key", 30);
    struct span certified = issuer_get(arena, "keys/log.cwt");
    for (int overlap = 0; overlap < 2; overlap++) {
        issuer_put("keys/log.cwt", certified);
        issuer_put("keys/log.key", issuer_get(arena, "old.key"));
        ck_assert_int_eq(RUN(cmd_keys, "rotate", "keys", "--purpose", "log", "--overlap-days",
                             overlap ? "1" : "0", CHANGE),
                         EXIT_DONE);
        ck_assert_int_eq(VERIFY(CERTIFIED), EXIT_DONE);
        grow("old.key", -60);
        ck_assert_int_eq(VERIFY(CERTIFIED), overlap ? EXIT_DONE : EXIT_REFUSED);
    }
    ck_assert_int_eq(RUN(cmd_keys, "rotate", "keys", "--overlap-days", "31", CHANGE), EXIT_USAGE);
}
END_TEST

/* The certificate of another issuer, or of this one's next log, is not the pinned log's. */
START_TEST(a_pin_keeps_to_its_log) {
    grow("keys/log.key", 30);
    ck_assert_int_eq(VERIFY("--pin", "pin", CERTIFIED), EXIT_DONE);
    ck_assert_int_eq(remove("keys/log.key"), 0);
    ck_assert_int_eq(RUN(cmd_keys, "log", "keys", CHANGE),
                     EXIT_DONE); /* a new log, not a new key */
    ck_assert_int_eq(VERIFY("--pin", "pin", CERTIFIED), EXIT_REFUSED);
    ck_assert(told("the pinned key was never this log's"));
    ck_assert_int_eq(VERIFY("--pin", "pin"), EXIT_DONE); /* control: the log itself is whole */
    ck_assert_int_eq(remove("keys/log.cwt"), 0);
    ck_assert_int_eq(RUN(cmd_keys, "rotate", "keys", "--purpose", "log", CHANGE), EXIT_UNREADABLE);
}
END_TEST

/* As docs/man/noria-audit.1 writes it; nobody listens there. */
START_TEST(a_pin_takes_the_address_of_the_server) {
    ck_assert_int_eq(
        RUN(cmd_audit, "pin", "--pin", "pin", "--url", "http://127.0.0.1:1", CERTIFIED),
        EXIT_TRY_LATER);
    ck_assert_int_eq(RUN(cmd_audit, "pin", "--url", "http://127.0.0.1:1"), EXIT_USAGE);
}
END_TEST

/* What a document's key signs between the ceremony and the server's restart stays good. */
START_TEST(a_replaced_document_key_has_some_days_left) {
    issuer_put("old.key", issuer_get(arena, "keys/document.key"));
    for (int overlap = 1; overlap >= 0; overlap--) {
        ck_assert_int_eq(
            RUN(cmd_keys, "rotate", "keys", "--overlap-days", overlap ? "7" : "0", CHANGE),
            EXIT_DONE);
        struct sw1_claims claims = issuer_claims();
        struct span text;
        claims.iat = claims.nbf = time(NULL) + 1;
        ck_assert_int_eq(sw1_issue(arena, issuer_key(arena, "old.key"), &claims, &text), OK);
        issuer_put("late.txt", text);
        ck_assert_int_eq(RUN(cmd_verify, "late.txt", "--root", "keys/root.cosekey", "--trust",
                             "keys/trust.cwt", "--status", "keys/status-1.cwt", "--state", "state"),
                         overlap ? 0 : 1);
        issuer_put("old.key", issuer_get(arena, "keys/document.key"));
    }
    ck_assert(told("KEY_NOT_VALID_AT_IAT"));
}
END_TEST

int main(void) {
    const TTest *const tests[] = {a_pin_follows_the_log_to_its_new_key,
                                  a_stolen_key_signs_no_longer,
                                  a_pin_keeps_to_its_log,
                                  a_pin_takes_the_address_of_the_server,
                                  a_replaced_document_key_has_some_days_left,
                                  NULL};
    issuer_make();
    int code = check_run("audit", setup, teardown, 120, tests);
    issuer_end();
    return code;
}
