/* keys_dir.h - the folders that hold an issuer's keys: the server's (document.key, status.key,
 * trust.cwt, root.cosekey, seal.key) and, kept apart and offline, the root's (root.key). */
#ifndef NORIA_CLIENT_KEYS_DIR_H
#define NORIA_CLIENT_KEYS_DIR_H

#include "../lib/sw1/keyfile.h"
#include "../lib/sw1/trust.h"
#include "commands.h"

struct keys_dir {
    const char *dir;
    const char *root_dir; /* NULL for commands that need no root key */
    struct sw1_lock lock; /* of the server's keys */
    struct sw1_lock root_lock;
    struct sw1_key *root; /* with its private part once keys_dir_unlock() was called */
    struct sw1_trust trust;
    struct span trust_bytes;
};

/* What went wrong, for the person at the terminal; `ok` when nothing. */
struct keys_result {
    bool ok;
    const char *problem;
};

/* Takes --dir (or the next argument), --root-dir (or --root), --passphrase-file, --passphrase-fd
 * and
 * --root-passphrase-file out of the arguments; NORIA_PASSPHRASE_FILE stands for the option. */
struct keys_result keys_dir_arguments(struct cli *cli, struct keys_dir *keys, bool needs_root);

/* Reads root.cosekey and trust.cwt, and checks the one with the other. */
struct keys_result keys_dir_read(struct cli *cli, struct keys_dir *keys);

/* Opens root.key and checks that it is the root of the folder. */
struct keys_result keys_dir_unlock(struct cli *cli, struct keys_dir *keys);

/* Signs the trust list with the root key and writes it. Refused when its sequence is not above all
 * that this root has signed (root-dir/sequence). */
struct keys_result keys_dir_sign(struct cli *cli, struct keys_dir *keys);

/* Writes a private key sealed, mode 0600, with the salt of the folder's other keys. */
struct keys_result keys_dir_put(struct cli *cli, const char *folder, const char *name,
                                const struct sw1_key *key, struct sw1_lock *lock,
                                enum sw1_hardness hardness);

/* "folder/name". */
const char *keys_path(struct cli *cli, const char *folder, const char *name);

#endif
