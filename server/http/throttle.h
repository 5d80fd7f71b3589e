/* throttle.h - how often one address may try a password, or a stranger ask. A bucket an address
 * holds a minute's worth of attempts and fills up evenly; the table has a fixed size and is one
 * loop's own, so that an address has at most `per_minute` times the number of loops. Addresses are
 * kept only as hashes under a random key of this process. */
#ifndef NORIA_HTTP_THROTTLE_H
#define NORIA_HTTP_THROTTLE_H

#include <stdint.h>

#include "../../lib/base/text.h"

struct throttle;

/* `per_minute` 0: no limit. */
struct throttle *throttle_new(struct arena *arena, int per_minute);

/* Takes an attempt from the address's bucket at `now` (milliseconds, never going back). 0, or the
 * seconds (1..60) to wait when the bucket is empty. */
int throttle_take(struct throttle *throttle, struct span address, int64_t now);

/* Gives an attempt back: it was right, and an office behind one address logs in all morning. */
void throttle_give(struct throttle *throttle, struct span address);

#endif
