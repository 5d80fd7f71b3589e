/* addresses.h - the table of routes as addresses that can be asked. */
#ifndef NORIA_TESTS_ADDRESSES_H
#define NORIA_TESTS_ADDRESSES_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "server/http/route.h"

enum { ADDRESSES_MAX = 2000 };

struct addresses {
    struct arena *arena;
    int count;
    const char *path[ADDRESSES_MAX];
    const struct route *route[ADDRESSES_MAX];
    bool whole[ADDRESSES_MAX]; /* one of each route, its API where it has one, with the first id */
};

/* Every address that reads, or every one that writes: pages and API, with the numbers 1 and 2 where
 * the route has one. Left out are what binds somebody (acceptance) and what ends the session or the
 * token that asks. Lives in the arena. */
const struct addresses *addresses_of(struct arena *arena, bool writes);

#endif
