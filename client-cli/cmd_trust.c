/* noria trust: the lists that a verifier keeps, and the root key that they hang on. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/base/arena.h"
#include "http.h"
#include "keys_dir.h"
#include "output.h"
#include "session.h"
#include "trust_print.h"
#include "trust_store.h"

static const struct sw1_settings usual = {SW1_SKEW, 0};

static int refuse(const char *why, int code) {
    fprintf(stderr, "noria: %s\n", why);
    return code;
}

/* Keeps bytes in the store under a name. */
static bool keep(struct cli *cli, const struct store *store, const char *name, struct span bytes) {
    return store->folder != NULL && make_folders(cli, store->folder) &&
           write_file(keys_path(cli, store->folder, name), bytes, 0644) == OK;
}

/* A status list's file is named by its URI, so that each URI has one. */
static bool keep_status(struct cli *cli, const struct store *store, struct span bytes) {
    const struct sw1_trust *trust = sw1_verifier_keys(store->verifier);
    struct sw1_status_list list;
    uint8_t digest[32];
    if (trust == NULL || !sw1_status_read(cli->arena, bytes, trust, &list)) {
        return false;
    }
    sw1_sha256(list.uri, digest);
    return keep(cli, store,
                arena_printf(cli->arena, "status-%s.cwt", text_hex(cli->arena, digest, 8)), bytes);
}

/* An argument that nobody read: silence would look as if it had been obeyed. */
static int not_taken(struct cli *cli, const char *verb) {
    return cli_usage("trust", arena_printf(cli->arena, "%s does not take %s", verb, cli->argv[0]));
}

static int trust_show(struct cli *cli) {
    struct store store;
    if (!store_open(cli, &usual, &store)) {
        return EXIT_UNREADABLE;
    }
    if (cli->argc > 0) {
        return not_taken(cli, "show");
    }
    const struct sw1_trust *trust = sw1_verifier_keys(store.verifier);
    if (store.root == NULL || trust == NULL) {
        return refuse("there is no usable trust list; see `noria trust import`", EXIT_TRY_LATER);
    }
    trust_print(cli, store.root, trust);
    if (!cli->json) {
        printf("status lists  %d usable, %d not\n", store.status_good, store.status_bad);
    }
    return sw1_code_exit(sw1_verifier_current(store.verifier, time(NULL)));
}

/* The root that is named must be the pinned one, unless --new-root says otherwise; --sha256
 * compares it with what was told over another channel. */
static const char *check_root(struct cli *cli, const struct store *store, const char *sha256,
                              bool new_root) {
    struct span bytes;
    struct sw1_key *pinned;
    if (store->root == NULL) {
        return "give --root FILE: the root's public key, from the issuer";
    }
    if (sha256 != NULL && strcmp(sha256, root_fingerprint(cli->arena, store->root)) != 0) {
        return "the root key is not the one of that SHA-256; ask the issuer";
    }
    if (!new_root && store->folder != NULL &&
        read_file(cli->arena, keys_path(cli, store->folder, "root.cosekey"), &bytes) == OK &&
        (!sw1_key_read(cli->arena, bytes, &pinned) || !sw1_key_same(pinned, store->root))) {
        return "another root is pinned; --new-root replaces it";
    }
    return NULL;
}

static bool keep_root(struct cli *cli, const struct store *store) {
    struct span public;
    return sw1_key_write(cli->arena, store->root, false, &public) == OK &&
           keep(cli, store, "root.cosekey", public);
}

/* The lists that an import was given: files, or the trust.cwt and status*.cwt of folders. */
struct lists {
    struct cli *cli;
    struct store *store;
    struct span trust; /* ptr NULL: none */
    int statuses;
    struct span status[SW1_LISTS_MAX];
};

static int refuse_list(struct cli *cli, const char *path, const char *why, int code) {
    fprintf(stderr, "noria: %s: %s\n", text_safe(cli->arena, path), why);
    return code;
}

static bool add_list(void *context, const char *path) {
    struct lists *lists = context;
    struct span bytes;
    if (read_file(lists->cli->arena, path, &bytes) != OK) {
        return refuse_list(lists->cli, path, "cannot be read", 0) != 0;
    }
    /* Only a trust list opens as one; in whatever order they come, it is taken first. */
    if (sw1_verifier_trust(lists->store->verifier, bytes) == SW1_VALID) {
        lists->trust = bytes;
    } else if (lists->statuses < SW1_LISTS_MAX) {
        lists->status[lists->statuses++] = bytes;
    }
    return true;
}

static bool add_folder(struct lists *lists, const char *folder) {
    const char *trust = keys_path(lists->cli, folder, "trust.cwt");
    return (access(trust, F_OK) != 0 || add_list(lists, trust)) &&
           each_status(lists->cli, folder, add_list, lists);
}

/* Everything is looked at before anything is kept. */
static const char *take_lists(struct lists *lists) {
    for (int i = 0; i < lists->statuses; i++) {
        enum sw1_code code = sw1_verifier_status(lists->store->verifier, lists->status[i]);
        if (code != SW1_VALID) {
            return code == SW1_STATUS_STALE
                       ? "a status list is older than one already seen; get the newest"
                       : "a list is not of that root, is broken, or is an older trust list than "
                         "one "
                         "already seen; get the newest from the issuer";
        }
    }
    bool kept =
        lists->trust.ptr == NULL || keep(lists->cli, lists->store, "trust.cwt", lists->trust);
    for (int i = 0; kept && i < lists->statuses; i++) {
        kept = keep_status(lists->cli, lists->store, lists->status[i]);
    }
    return kept ? NULL : "the folder cannot be written";
}

/* noria trust import [--root FILE] [--sha256 HEX] [--new-root] LIST|FOLDER... */
static int trust_import(struct cli *cli) {
    struct store store;
    const char *sha256 = cli_option(cli, "sha256");
    bool new_root = cli_flag(cli, "new-root");
    if (!store_open(cli, &usual, &store)) {
        return EXIT_UNREADABLE;
    }
    const char *wrong = check_root(cli, &store, sha256, new_root);
    if (wrong != NULL) {
        return refuse(wrong, EXIT_REFUSED);
    }
    struct lists lists = {.cli = cli, .store = &store};
    for (int i = 0; i < cli->argc; i++) {
        const char *path = cli->argv[i];
        if (!(is_folder(path) ? add_folder(&lists, path) : add_list(&lists, path))) {
            return EXIT_UNREADABLE;
        }
    }
    wrong = take_lists(&lists);
    if (wrong != NULL) {
        return refuse(wrong, EXIT_REFUSED);
    }
    if (!keep_root(cli, &store)) {
        return refuse("the folder cannot be written", EXIT_UNREADABLE);
    }
    store_remember(cli, &store);
    const struct sw1_trust *trust = sw1_verifier_keys(store.verifier);
    if (trust != NULL) {
        trust_print(cli, store.root, trust);
    }
    return EXIT_DONE;
}

/* The server's file: 200, 404 when there is none, 0 without an answer. */
static int fetch(struct cli *cli, struct http *http, const char *name, struct span *bytes) {
    struct call call = {.verb = VERB_GET,
                        .path = arena_printf(cli->arena, "/.well-known/noria/%s", name),
                        .accept = "application/cwt"};
    if (http_send(http, &call) != OK) {
        return 0;
    }
    *bytes = call.reply;
    return call.status;
}

enum { FOUND = 200, NOT_FOUND = 404 };

/* status-1.cwt, status-2.cwt… up to the first that is not there. */
static int update_statuses(struct cli *cli, struct store *store, struct http *http) {
    struct span bytes;
    int answer = FOUND;
    for (int i = 1; answer == FOUND; i++) {
        answer = fetch(cli, http, arena_printf(cli->arena, "status-%d.cwt", i), &bytes);
        if (answer == FOUND && (sw1_verifier_status(store->verifier, bytes) != SW1_VALID ||
                                !keep_status(cli, store, bytes))) {
            return refuse("a status list is false, or older than one already seen", EXIT_REFUSED);
        }
    }
    return answer == NOT_FOUND ? EXIT_DONE
                               : refuse("the server does not give all its status lists; what it "
                                        "gave is kept; try again",
                                        EXIT_TRY_LATER);
}

/* noria trust update [--url URL]: the newest lists of a server, under the pinned root. */
static int trust_update(struct cli *cli) {
    struct store store;
    struct session session;
    struct http *http;
    if (session_load(cli, &session) != OK || http_new(cli->arena, session.url, NULL, &http) != OK ||
        !store_open(cli, &usual, &store)) {
        return EXIT_UNREADABLE;
    }
    if (cli->argc > 0) {
        return not_taken(cli, "update");
    }
    if (store.root == NULL) {
        return refuse("pin a root first: noria trust import --root FILE TRUST", EXIT_REFUSED);
    }
    struct span trust;
    if (fetch(cli, http, "trust.cwt", &trust) != FOUND) {
        return refuse("the server does not give its trust list", EXIT_TRY_LATER);
    }
    if (sw1_verifier_trust(store.verifier, trust) != SW1_VALID ||
        !keep(cli, &store, "trust.cwt", trust)) {
        return refuse("its trust list is not of the pinned root, or older than one already seen",
                      EXIT_REFUSED);
    }
    int code = update_statuses(cli, &store, http);
    store_remember(cli, &store);
    if (code == EXIT_DONE) {
        trust_print(cli, store.root, sw1_verifier_keys(store.verifier));
    }
    return code;
}

/* A folder that lists are copied to. */
struct target {
    struct cli *cli;
    struct store *store;
    const char *folder;
};

static bool copy_status(void *context, const char *path) {
    const struct target *to = context;
    struct span bytes;
    struct sw1_status_list list;
    if (read_file(to->cli->arena, path, &bytes) != OK) {
        return false;
    }
    return !sw1_status_read(to->cli->arena, bytes, sw1_verifier_keys(to->store->verifier), &list) ||
           write_file(keys_path(to->cli, to->folder, strrchr(path, '/') + 1), bytes, 0644) == OK;
}

/* noria trust export TO: the pinned root, the trust list and the status lists, for another
 * verifier: `noria trust import --root TO TO` there. */
static int trust_export(struct cli *cli) {
    struct store store;
    if (!store_open(cli, &usual, &store)) {
        return EXIT_UNREADABLE;
    }
    if (cli->argc != 1) {
        return cli_usage("trust", "say where to: noria trust export TO");
    }
    struct span public;
    struct span trust;
    struct target to = {cli, &store, cli->argv[0]};
    if (store.root == NULL || store.folder == NULL || sw1_verifier_keys(store.verifier) == NULL ||
        read_file(cli->arena, keys_path(cli, store.folder, "trust.cwt"), &trust) != OK) {
        return refuse("there is no trust list to export", EXIT_TRY_LATER);
    }
    bool done = sw1_key_write(cli->arena, store.root, false, &public) == OK &&
                make_folders(cli, to.folder) &&
                write_file(keys_path(cli, to.folder, "root.cosekey"), public, 0644) == OK &&
                write_file(keys_path(cli, to.folder, "trust.cwt"), trust, 0644) == OK &&
                each_status(cli, store.folder, copy_status, &to);
    return done ? EXIT_DONE : refuse("cannot write there", EXIT_UNREADABLE);
}

static const struct {
    const char *name;
    int (*run)(struct cli *cli);
} verbs[] = {{"show", trust_show},
             {"import", trust_import},
             {"update", trust_update},
             {"export", trust_export},
             {NULL, NULL}};

int cmd_trust(struct cli *cli) {
    const char *verb = cli->argc > 0 ? cli->argv[0] : "";
    for (int i = 0; verbs[i].name != NULL; i++) {
        if (strcmp(verbs[i].name, verb) == 0) {
            cli->argc--;
            cli->argv++;
            return verbs[i].run(cli);
        }
    }
    return cli_usage("trust", "say show, import, update or export");
}
