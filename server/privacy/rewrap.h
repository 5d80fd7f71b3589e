/* rewrap.h - data keys wrapped anew under the newest wrapping key (candidate/keyring.h), chunk by
 * chunk, while servers go on; what was done stays done when it is stopped. */
#ifndef NORIA_PRIVACY_REWRAP_H
#define NORIA_PRIVACY_REWRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/err.h"

struct db;
struct seal;

/* A run: begin with the seal alone. */
struct rewrap {
    const struct seal *seal;
    int64_t keys;   /* wrapped anew */
    int64_t sealed; /* records from before workers had keys, sealed under one now */
    int64_t broken; /* neither record nor key opens: left as they are */
    bool ended;
    int table; /* where it is */
    int64_t after;
};

/* The next keys that another version wraps, in one transaction with its audit leaf; `ended` after
 * the last. Run it after every server process was started with the new key: an older one would
 * neither open nor use it. ERR_UNAVAILABLE. */
Err CHECKED rewrap_some(struct db *db, struct rewrap *work);

/* How many keys (and records from before) still need a version: it may be dropped at 0. */
Err CHECKED rewrap_left(struct db *db, int version, int64_t *left);

#endif
