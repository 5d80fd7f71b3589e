/* trust_store.h - the verifier's own folder: the pinned root, the newest lists, and what was seen,
 * so that old lists are not believed. Nothing about holders is ever written there. */
#ifndef NORIA_CLIENT_TRUST_STORE_H
#define NORIA_CLIENT_TRUST_STORE_H

#include "../lib/sw1/verify.h"
#include "commands.h"

struct store {
    const char *folder; /* NULL: nothing is remembered */
    const struct sw1_key *root;
    struct sw1_verifier *verifier;
    struct sw1_memory before;
    enum sw1_code trust_code; /* what became of the trust list */
    int status_good;          /* status lists taken */
    int status_bad;           /* and refused */
};

/* Takes --root, --trust, --status (files or folders; --status may be repeated) out of the
 * arguments; what is not given comes from the folder. A file that is named but cannot be read makes
 * it false, with the reason on stderr. */
bool store_open(struct cli *cli, const struct sw1_settings *settings, struct store *store);

/* Writes what was seen, when it is more than before; what another verifier wrote meanwhile stays.
 */
void store_remember(struct cli *cli, const struct store *store);

/* Calls `take` with the path of every status*.cwt of a folder, in any order; the folder may hold
 * other files. False as soon as one is not taken, or when it is no folder. */
bool each_status(struct cli *cli, const char *folder, bool (*take)(void *context, const char *path),
                 void *context);

bool is_folder(const char *path);

/* Makes a folder and its parents, mode 0700; false when it cannot. */
bool make_folders(struct cli *cli, const char *path);

#endif
