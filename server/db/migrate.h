/* migrate.h - forward-only migrations: numbered files in one transaction each, a SHA-256 ledger, an
 * advisory lock; replaceable.sql on every run. The files are embedded in the program. */
#ifndef NORIA_DB_MIGRATE_H
#define NORIA_DB_MIGRATE_H

#include "../../lib/base/err.h"

/* Brings the database at `url` (the owner's login) to this program's schema. `password` becomes
 * that of the class logins unless NULL. Prints a line per file applied to stdout. */
Err CHECKED migrate_run(const char *url, const char *password);

/* OK when the ledger is exactly this program's: same files, same hashes, same replaceable.sql.
 * ERR_SCHEMA otherwise, with the reason logged. */
Err CHECKED migrate_check(const char *url);

/* Prepares every statement of every .sql file against the database as its class; prints the ones
 * that fail as file:line. ERR_SCHEMA when one did. */
Err CHECKED migrate_check_sql(const char *url);

#endif
