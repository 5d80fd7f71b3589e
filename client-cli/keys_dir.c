#include "keys_dir.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/base/arena.h"
#include "output.h"

static const struct keys_result fine = {true, NULL};

static struct keys_result problem(struct cli *cli, const char *what, const char *path) {
    return (struct keys_result){false,
                                arena_printf(cli->arena, "%s%s%s", what, path != NULL ? " " : "",
                                             path != NULL ? path : "")};
}

const char *keys_path(struct cli *cli, const char *folder, const char *name) {
    return arena_printf(cli->arena, "%s/%s", folder, name);
}

static struct keys_result passphrase_from(struct cli *cli, const char *path,
                                          struct span *passphrase) {
    struct span content;
    if (read_file(cli->arena, path, &content) != OK) {
        return problem(cli, "the passphrase cannot be read from", path);
    }
    if (!sw1_passphrase(content, passphrase)) {
        return problem(cli, "a passphrase is one line of at least 12 bytes; see", path);
    }
    return fine;
}

/* A passphrase never comes from the command line or the environment: both are seen by others. */
static struct keys_result read_passphrases(struct cli *cli, struct keys_dir *keys) {
    const char *file = cli_option(cli, "passphrase-file");
    const char *fd = cli_option(cli, "passphrase-fd");
    const char *root_file = cli_option(cli, "root-passphrase-file");
    if (fd != NULL) {
        file = arena_printf(cli->arena, "/dev/fd/%s", fd);
    }
    if (cli_option(cli, "passphrase") != NULL) {
        return problem(cli,
                       "a passphrase on the command line is seen by everybody on the machine; "
                       "give --passphrase-file FILE or --passphrase-fd N",
                       NULL);
    }
    if (file == NULL) {
        file = getenv("NORIA_PASSPHRASE_FILE");
    }
    if (file == NULL && getenv("CREDENTIALS_DIRECTORY") != NULL) { /* systemd's credentials */
        file = keys_path(cli, getenv("CREDENTIALS_DIRECTORY"), "noria-passphrase");
    }
    if (file == NULL) {
        return problem(cli, "give --passphrase-file FILE or --passphrase-fd N", NULL);
    }
    struct keys_result result = passphrase_from(cli, file, &keys->lock.passphrase);
    keys->root_lock.passphrase = keys->lock.passphrase;
    if (result.ok && root_file != NULL) {
        result = passphrase_from(cli, root_file, &keys->root_lock.passphrase);
    }
    return result;
}

struct keys_result keys_dir_arguments(struct cli *cli, struct keys_dir *keys, bool needs_root) {
    *keys = (struct keys_dir){0};
    keys->dir = cli_option(cli, "dir");
    keys->root_dir = cli_option(cli, "root-dir");
    if (keys->root_dir == NULL) {
        keys->root_dir = cli_option(cli, "root");
    }
    struct keys_result result = needs_root ? read_passphrases(cli, keys) : fine;
    if (keys->dir == NULL && cli->argc > 0) {
        keys->dir = cli->argv[0];
        cli->argc--;
        cli->argv++;
    }
    if (keys->dir == NULL) {
        keys->dir = getenv("NORIA_KEYS");
    }
    if (keys->dir == NULL) {
        return problem(cli, "give --dir DIR, the folder of the server's keys", NULL);
    }
    if (needs_root && keys->root_dir == NULL) {
        return problem(cli, "give --root-dir DIR, the folder of the root key, kept apart", NULL);
    }
    if (needs_root && strcmp(keys->dir, keys->root_dir) == 0) {
        return problem(cli, "the root key must not lie with the server's keys", NULL);
    }
    return result;
}

struct keys_result keys_dir_read(struct cli *cli, struct keys_dir *keys) {
    const char *root = keys_path(cli, keys->dir, "root.cosekey");
    const char *trust = keys_path(cli, keys->dir, "trust.cwt");
    struct span bytes;
    if (read_file(cli->arena, root, &bytes) != OK ||
        !sw1_key_read(cli->arena, bytes, &keys->root)) {
        return problem(cli, "there is no readable root key in", root);
    }
    if (read_file(cli->arena, trust, &keys->trust_bytes) != OK ||
        !sw1_trust_read(cli->arena, keys->trust_bytes, keys->root, &keys->trust)) {
        return problem(cli, "this is not a trust list of that root:", trust);
    }
    return fine;
}

struct keys_result keys_dir_unlock(struct cli *cli, struct keys_dir *keys) {
    const char *path = keys_path(cli, keys->root_dir, "root.key");
    struct span bytes;
    struct sw1_key *root;
    if (read_file(cli->arena, path, &bytes) != OK) {
        return problem(cli, "there is no root key in", path);
    }
    if (sw1_keyfile_open(cli->arena, bytes, &keys->root_lock, &root) != OK) {
        return problem(cli, "the passphrase does not open", path);
    }
    if (keys->root != NULL && !sw1_key_same(root, keys->root)) {
        return problem(cli, "another root signed the trust list than", path);
    }
    keys->root = root;
    return fine;
}

/* The root's folder remembers the highest sequence that it signed: an older folder that was put
 * back must not be signed anew, or a key that was reported stolen since would be trusted again. It
 * is written first: a sequence may be skipped, never used twice. */
static struct keys_result claim_sequence(struct cli *cli, const struct keys_dir *keys) {
    const char *path = keys_path(cli, keys->root_dir, "sequence");
    struct span content;
    int64_t highest = 0;
    if (read_file(cli->arena, path, &content) == OK && !text_int(text_trim(content), &highest)) {
        return problem(cli, "this is not a sequence number:", path);
    }
    if (keys->trust.sequence <= highest) {
        return problem(cli,
                       "the trust list of this folder is older than the last that the root signed; "
                       "bring the newest trust.cwt there. See",
                       path);
    }
    const char *number = arena_printf(cli->arena, "%lld\n", (long long)keys->trust.sequence);
    return write_file(path, span_of(number), 0600) == OK ? fine
                                                         : problem(cli, "cannot write", path);
}

struct keys_result keys_dir_sign(struct cli *cli, struct keys_dir *keys) {
    const char *path = keys_path(cli, keys->dir, "trust.cwt");
    struct keys_result claimed = claim_sequence(cli, keys);
    if (!claimed.ok) {
        return claimed;
    }
    if (sw1_trust_write(cli->arena, &keys->trust, keys->root, &keys->trust_bytes) != OK) {
        return problem(cli, "the trust list could not be signed", NULL);
    }
    return write_file(path, keys->trust_bytes, 0644) == OK ? fine
                                                           : problem(cli, "cannot write", path);
}

struct keys_result keys_dir_put(struct cli *cli, const char *folder, const char *name,
                                const struct sw1_key *key, struct sw1_lock *lock,
                                enum sw1_hardness hardness) {
    const char *path = keys_path(cli, folder, name);
    struct span bytes;
    if (sw1_keyfile_seal(cli->arena, key, lock, hardness, &bytes) != OK) {
        return problem(cli, "the key could not be sealed for", path);
    }
    return write_file(path, bytes, 0600) == OK ? fine : problem(cli, "cannot write", path);
}
