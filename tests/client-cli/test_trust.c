/* noria trust, as a person runs it, and that nothing else of a verifier touches the network. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../client-cli/commands.h"
#include "../../client-cli/trust_store.h"
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
#define VERIFY(...)                                                                                \
    RUN(cmd_verify, "--root", "keys", "--trust", "keys", "--state", "state", "--status", "keys",   \
        __VA_ARGS__)
#define CHANGE "--root-dir", "root", "--passphrase-file", "pass"

static const char *printed(void) {
    struct span out = issuer_get(arena, "out");
    return arena_copy(arena, out.ptr, out.len);
}

#define PRINTED(text) ck_assert_msg(strstr(printed(), (text)) != NULL, "%s", printed())

static struct span get(const char *name) {
    return issuer_get(arena, name);
}

START_TEST(a_root_is_pinned) {
    ck_assert_int_eq(RUN(cmd_trust, "show", "--state", "s"), EXIT_TRY_LATER);
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "s", "keys/trust.cwt"), EXIT_REFUSED);
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "s", "--root", "keys", "--sha256", "00",
                         "keys/trust.cwt"),
                     EXIT_REFUSED);
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "s", "--root", "keys", "keys/trust.cwt",
                         "keys/status-1.cwt"),
                     EXIT_DONE);
    ck_assert_int_eq(RUN(cmd_trust, "show", "--state", "s"), EXIT_DONE);
    PRINTED("status lists  1 usable, 0 not");
    ck_assert_int_eq(RUN(cmd_trust, "update", "--state", "s", "https://elsewhere.example"),
                     EXIT_USAGE); /* not the usual server's lists instead */
    ck_assert_int_eq(RUN(cmd_trust, "show", "--state", "s", "--everything"), EXIT_USAGE);
    ck_assert_int_eq(RUN(cmd_verify, "--state", "s", "doc.txt"), 0); /* needs nothing else */
    ck_assert_int_eq(RUN(cmd_keys, "init", "k2", "--root-dir", "r2", "--passphrase-file", "pass"),
                     EXIT_DONE);
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "s", "--root", "k2", "k2/trust.cwt"),
                     EXIT_REFUSED);
    PRINTED("another root is pinned");
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "s", "k2/trust.cwt"), EXIT_REFUSED);
    ck_assert_int_eq(
        RUN(cmd_trust, "import", "--state", "s", "--root", "k2", "--new-root", "k2/trust.cwt"),
        EXIT_DONE);
    ck_assert_int_eq(RUN(cmd_trust, "dance"), EXIT_USAGE);
}
END_TEST

/* By a USB stick: what one verifier exports, another imports, and needs nothing else. */
START_TEST(lists_travel_on_a_stick) {
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "s", "--root", "keys", "keys"), EXIT_DONE);
    ck_assert_int_eq(RUN(cmd_trust, "export", "--state", "s", "stick"), EXIT_DONE);
    ck_assert(span_equal(get("stick/root.cosekey"), get("keys/root.cosekey")));
    ck_assert(span_equal(get("stick/trust.cwt"), get("keys/trust.cwt")));
    ck_assert_int_eq(RUN(cmd_verify, "--state", "there", "doc.txt"), 2); /* control: nothing yet */
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "there", "stick"), EXIT_REFUSED);
    PRINTED("--root"); /* a root is not believed because it lies beside the lists */
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "there", "--root", "stick", "stick"),
                     EXIT_DONE);
    ck_assert_int_eq(RUN(cmd_verify, "--state", "there", "doc.txt"), 0);

    /* Newer lists of the same root follow; the older stick is then refused, and changes nothing. */
    issuer_status(SW1_STATUS_REVOKED, 1);
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", CHANGE), EXIT_DONE);
    ck_assert_int_eq(
        RUN(cmd_trust, "import", "--state", "there", "keys/status-1.cwt", "keys/trust.cwt"),
        EXIT_DONE); /* in any order */
    ck_assert_int_eq(RUN(cmd_verify, "--state", "there", "doc.txt"), 1);
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "there", "stick"), EXIT_REFUSED);
    ck_assert_int_eq(RUN(cmd_verify, "--state", "there", "doc.txt"), 1);
    PRINTED("REVOKED");
    /* A broken list beside good ones: none is kept. */
    issuer_put("keys/status-2.cwt", SPAN_LIT("broken"));
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "new", "--root", "keys", "keys"),
                     EXIT_REFUSED);
    ck_assert_int_ne(access("new/trust.cwt", F_OK), 0);
    ck_assert_int_eq(RUN(cmd_trust, "import", "--state", "new", "--root", "keys", "absent"),
                     EXIT_UNREADABLE);
    ck_assert_int_eq(RUN(cmd_trust, "export", "--state", "empty", "stick"), EXIT_TRY_LATER);
}
END_TEST

/* Two verifiers that share a folder: what the slower one writes does not forget what the other saw.
 */
START_TEST(what_was_seen_is_not_forgotten) {
    struct cli cli = {.arena = arena};
    char *argv[] = {(char[]){"--root"},  (char[]){"keys"},  (char[]){"--trust"},  (char[]){"keys"},
                    (char[]){"--state"}, (char[]){"state"}, (char[]){"--status"}, (char[]){"keys"}};
    cli.argc = 8;
    cli.argv = argv;
    struct store slow;
    static const struct sw1_settings settings = {SW1_SKEW, 0};
    ck_assert(store_open(&cli, &settings, &slow)); /* has seen the first lists */
    struct span old = get("keys/status-1.cwt");
    ck_assert_int_eq(VERIFY("doc.txt"), 0);
    ck_assert_int_eq(system("cp -r state before"), 0);
    issuer_status(SW1_STATUS_REVOKED, 1);
    ck_assert_int_eq(VERIFY("doc.txt"), 1); /* the other sees newer ones */
    store_remember(&cli, &slow);
    issuer_put("keys/status-1.cwt", old);
    ck_assert_int_eq(VERIFY("doc.txt"), 2);
    PRINTED("STATUS_STALE");
    /* Control: had the slower one written only what it saw itself, the old list would pass. */
    ck_assert_int_eq(system("cp before/seen-* state/"), 0);
    ck_assert_int_eq(VERIFY("doc.txt"), 0);
}
END_TEST

/* --- the network
 * --------------------------------------------------------------------------------------------- */

/* From here on the kernel kills the process that asks for a socket. */
static bool forbid_sockets(void) {
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* The real program, two folders up from this test, without sockets; its exit status, or 128 and
 * the signal. */
static int run_cut_off(const char *const *words) {
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert(len > 0);
    self[len] = '\0';
    char *tests = strstr(self, "/tests/client-cli/");
    ck_assert_ptr_nonnull(tests);
    *tests = '\0';
    char *argv[16] = {arena_printf(arena, "%s/noria", self)};
    for (int i = 0; words[i] != NULL; i++) {
        argv[i + 1] = arena_strdup(arena, words[i]);
    }
    pid_t child = fork();
    if (child == 0) {
        if (freopen("out", "w", stdout) == NULL || dup2(STDOUT_FILENO, STDERR_FILENO) < 0 ||
            !forbid_sockets()) {
            _exit(99);
        }
        execv(argv[0], argv);
        _exit(98);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

START_TEST(only_update_touches_the_network) {
    struct span text = get("doc.txt");
    issuer_png(arena, "doc.png", &text, 1, 4);
    issuer_put("zone", SPAN_LIT("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
                                "L898902C36UTO7408122F1204159ZE184226B<<<<<10\n"));
    static const char *const offline[][12] = {
        {"trust", "import", "--state", "s", "--root", "keys", "keys"},
        {"trust", "show", "--state", "s"},
        {"trust", "export", "--state", "s", "stick"},
        {"verify", "--state", "s", "doc.txt"},
        {"--json", "verify", "--state", "s", "--lang", "ar", "doc.png"},
        {"mrz", "zone"},
    };
    for (size_t i = 0; i < sizeof offline / sizeof *offline; i++) {
        ck_assert_msg(run_cut_off(offline[i]) == 0, "%s: %s", offline[i][0], printed());
    }
    /* Control: the same cut kills the one command that asks a server. */
    static const char *const online[] = {
        "trust", "update", "--state", "s", "--url", "http://127.0.0.1:9", NULL};
    ck_assert_int_eq(run_cut_off(online), 128 + SIGSYS);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {a_root_is_pinned, lists_travel_on_a_stick,
                                  what_was_seen_is_not_forgotten, only_update_touches_the_network,
                                  NULL};
    issuer_make();
    int code = check_run("trust", setup, teardown, 120, tests);
    issuer_end();
    return code;
}
