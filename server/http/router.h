/* router.h - (method, path) finds a row. */
#ifndef NORIA_HTTP_ROUTER_H
#define NORIA_HTTP_ROUTER_H

#include <stdbool.h>

#include "../../lib/base/text.h"
#include "route.h"

struct arena;

enum { SEGMENTS_MAX = 8, WORD_MAX = 64 };

struct router;

struct match {
    const struct route *route;
    int row; /* its place in the table */
    int count;
    struct {
        const char *name;
        struct span value;
    } params[SEGMENTS_MAX];
    unsigned methods; /* a bit a method that the path takes, for Allow */
};

/* The table of all rows, in `arena`. NULL, with the reason on stderr, when a row is wrong: nobody
 * allowed, a path that is no path, two rows for one method and path, a page that a template does
 * not name. */
const struct router *router_new(struct arena *arena, const struct route *const *tables);

/* Matches a raw path ("/contracts/12"; under the API without its prefix). True when a row takes the
 * method; else `match->methods` is 0 (no such path) or tells which methods it takes. */
bool router_match(const struct router *router, enum method method, const char *path, bool api,
                  struct match *match);

/* Every row in the order of the tables; NULL past the last. */
const struct route *router_row(const struct router *router, int index);

/* "GET", "POST", "PUT", "DELETE". */
const char *method_name(enum method method);

#endif
