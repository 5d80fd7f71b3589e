/* command.h - the database for a command of noria-server: one task on a loop of its own. */
#ifndef NORIA_DB_COMMAND_H
#define NORIA_DB_COMMAND_H

#include <stdint.h>

#include "db.h"

struct clock;

/* Runs act(db, arg, &more) as the system's class, again as long as it succeeds and sets `more`:
 * each time with a handle of its own, so that what it read is not kept. Returns what it returned
 * last; refusals are added to `faults`. `clock` NULL: the real one. Blocks; the connections are
 * closed when it returns. */
Err CHECKED db_command(const char *url, const char *password, const struct clock *clock,
                       struct faults *faults, Err (*act)(struct db *db, void *arg, bool *more),
                       void *arg);

#endif
