/* migrate.h - forward-only migrations: numbered files in one transaction each, a SHA-256 ledger, an
 * advisory lock; the replaceable/ files on every run, in one transaction. A transaction that meets
 * a working server (a deadlock, or a lock not given within two seconds), or another database of the
 * cluster that migrates (the class logins are the cluster's), is run again. All are
 * embedded in the program. These functions block: they are for commands, not for the loop. */
#ifndef NORIA_DB_MIGRATE_H
#define NORIA_DB_MIGRATE_H

#include "../../lib/base/err.h"

/* Brings the database at `url` (the owner's login) to this program's schema. `password` becomes
 * that of the class logins unless NULL. Prints a line per file applied to stdout. ERR_SCHEMA;
 * ERR_UNAVAILABLE, also when others did not let it through in MIGRATE_TRIES: what was applied
 * stays, nothing is half applied, and it may be run again. */
enum { MIGRATE_TRIES = 30 };
Err CHECKED migrate_run(const char *url, const char *password);

/* OK when the ledger is exactly this program's: same files, same hashes, replaceable ones too.
 * Reads it as noria_system, with the class logins' password or NULL.
 * ERR_SCHEMA otherwise, with the reason logged; ERR_UNAVAILABLE. */
Err CHECKED migrate_check(const char *url, const char *password);

/* Prepares every statement of every .sql file against the (migrated) database as each class that
 * its block names, and lets PostgreSQL plan it, which checks the class's privileges; nothing is
 * executed. Prints the ones that fail as file:line. ERR_SCHEMA when one did. */
Err CHECKED migrate_check_sql(const char *url, const char *password);

struct embedded;

/* As migrate_check_sql(), and tells how many were refused. */
Err CHECKED migrate_count_sql(const char *url, const char *password, int *refused);

/* migrate_run() and migrate_check() over files of the caller's choice (sorted by name, as
 * embedded_files), and that many tries, for tests. */
Err CHECKED migrate_run_files(const char *url, const char *password, const struct embedded *files,
                              size_t count, int tries);
Err CHECKED migrate_check_files(const char *url, const char *password, const struct embedded *files,
                                size_t count);

#endif
