/* snapshot.h - one read-only look at a whole database as its owner, for `noria-server check`: every
 * statement sees the same moment, and nothing can be written. Blocking; for commands. */
#ifndef NORIA_DB_SNAPSHOT_H
#define NORIA_DB_SNAPSHOT_H

#include "db.h"

struct snapshot;

/* Connects as the URL says and begins. ERR_UNAVAILABLE, ERR_SCHEMA. Ends with the arena. */
Err CHECKED snapshot_open(struct arena *arena, const char *url, const struct snapshot **snapshot);

/* Runs a named statement; its rows live in `arena`. ERR_SCHEMA, with the reason on stderr. */
Err CHECKED snapshot_run(const struct snapshot *snapshot, struct arena *arena, enum stmt stmt,
                         const struct arg *args, struct rows *rows);

/* Runs a count that PostgreSQL itself wrote from its catalogue. */
Err CHECKED snapshot_count(const struct snapshot *snapshot, const char *what, const char *sql,
                           int64_t *count);

#endif
