/* noria trust: the lists that a verifier keeps, and the root key that they hang on. */
#include <stdio.h>
#include <string.h>
#include <time.h>

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

static int trust_show(struct cli *cli) {
    struct store store;
    if (!store_open(cli, &usual, &store)) {
        return EXIT_UNREADABLE;
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

/* noria trust import [--root FILE] [--sha256 HEX] [--new-root] TRUST [STATUS...] */
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
    for (int i = 0; i < cli->argc; i++) {
        struct span bytes;
        if (read_file(cli->arena, cli->argv[i], &bytes) != OK) {
            return refuse("a list cannot be read", EXIT_UNREADABLE);
        }
        bool trust = sw1_verifier_trust(store.verifier, bytes) == SW1_VALID;
        bool kept = trust ? keep(cli, &store, "trust.cwt", bytes)
                          : sw1_verifier_status(store.verifier, bytes) == SW1_VALID &&
                                keep_status(cli, &store, bytes);
        if (!kept) {
            return refuse("a list is not of that root, or older than one already seen",
                          EXIT_REFUSED);
        }
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

/* The server's file; false when it does not answer. */
static bool fetch(struct cli *cli, struct http *http, const char *name, struct span *bytes) {
    struct call call = {.verb = VERB_GET,
                        .path = arena_printf(cli->arena, "/.well-known/noria/%s", name),
                        .accept = "application/cwt"};
    if (http_send(http, &call) != OK || !call_ok(&call)) {
        return false;
    }
    *bytes = call.reply;
    return true;
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
    if (store.root == NULL) {
        return refuse("pin a root first: noria trust import --root FILE TRUST", EXIT_REFUSED);
    }
    struct span trust;
    if (!fetch(cli, http, "trust.cwt", &trust)) {
        return refuse("the server does not give its trust list", EXIT_TRY_LATER);
    }
    if (sw1_verifier_trust(store.verifier, trust) != SW1_VALID ||
        !keep(cli, &store, "trust.cwt", trust)) {
        return refuse("its trust list is not of the pinned root, or older than one already seen",
                      EXIT_REFUSED);
    }
    struct span status;
    for (int i = 1; fetch(cli, http, arena_printf(cli->arena, "status-%d.cwt", i), &status); i++) {
        if (sw1_verifier_status(store.verifier, status) != SW1_VALID ||
            !keep_status(cli, &store, status)) {
            return refuse("a status list is false, or older than one already seen", EXIT_REFUSED);
        }
    }
    store_remember(cli, &store);
    trust_print(cli, store.root, sw1_verifier_keys(store.verifier));
    return EXIT_DONE;
}

/* noria trust export TO: the pinned root and the trust list, for another verifier. */
static int trust_export(struct cli *cli) {
    struct store store;
    const char *trust_name = "trust.cwt";
    if (!store_open(cli, &usual, &store)) {
        return EXIT_UNREADABLE;
    }
    if (cli->argc != 1) {
        return cli_usage("trust", "say where to: noria trust export TO");
    }
    struct span public;
    struct span trust;
    const char *to = cli->argv[0];
    if (store.root == NULL || store.folder == NULL || sw1_verifier_keys(store.verifier) == NULL ||
        read_file(cli->arena, keys_path(cli, store.folder, trust_name), &trust) != OK) {
        return refuse("there is no trust list to export", EXIT_TRY_LATER);
    }
    bool done = sw1_key_write(cli->arena, store.root, false, &public) == OK &&
                make_folders(cli, to) &&
                write_file(keys_path(cli, to, "root.cosekey"), public, 0644) == OK &&
                write_file(keys_path(cli, to, trust_name), trust, 0644) == OK;
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
