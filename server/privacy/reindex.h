/* reindex.h - blind digests made anew under the newest digest key (candidate/keyring.h) while
 * servers go on: the new ones are made ready beside the old, chunk by chunk, then take their place
 * in one transaction. Stopped or killed before that, nothing has changed and what is ready stays
 * ready. */
#ifndef NORIA_PRIVACY_REINDEX_H
#define NORIA_PRIVACY_REINDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/err.h"

struct db;
struct seal;

/* A run: begin with the seal alone. */
struct reindex {
    const struct seal *seal;
    int from; /* the version that the database compares under; 0: not yet asked */
    int kind; /* where it is */
    int64_t after;
    int64_t made; /* rows made ready by this run */
    bool ended;   /* the database compares under the newest version */
};

/* The next step, one transaction; the last one is the change itself, during which nobody writes a
 * digest. Run it after every server process was started with the new key: one without is refused
 * from the change on. ERR_DEADLINE: others are at work (an import), to be tried again after a
 * pause. ERR_DIGEST_KEY_UNKNOWN: the seal has not the key that the database compares under.
 * ERR_UNAVAILABLE. */
Err CHECKED reindex_some(struct db *db, struct reindex *work);

/* The version that the database compares under. ERR_DIGEST_KEY_UNKNOWN when that is another key of
 * the number, or one that the seal does not have. */
Err CHECKED reindex_version(struct db *db, const struct seal *seal, int *version);

#endif
