/* check.h - `noria-server check`: recomputes over a whole database everything that it promises, by
 * queries and code that enforce nothing themselves, in one read-only snapshot. */
#ifndef NORIA_CHECK_H
#define NORIA_CHECK_H

#include <stdint.h>

#include "../lib/base/text.h"

struct settings;

/* Something that breaks an invariant: which ("six_months"), of what, and how. Ids only. */
struct finding {
    const char *check;
    struct span object;
    int64_t id;
    struct span detail;
};

typedef void found_fn(void *arg, const struct finding *finding);

/* Tells `found` of everything wrong in the database of the URL; `count` gets how many. */
Err CHECKED check_database(const char *url, found_fn *found, void *arg, int64_t *count);

/* The command: prints what it found; exit code 0 (nothing), 1 (something), 3 (could not look). */
int check_command(const struct settings *settings, int argc, char **argv);

#endif
