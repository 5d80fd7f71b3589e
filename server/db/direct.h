/* direct.h - a blocking connection, for commands (migrate, check-sql) and bulk work on pool
 * threads. Only for server/db. */
#ifndef NORIA_DB_DIRECT_H
#define NORIA_DB_DIRECT_H

#include <libpq-fe.h>

#include "own.h"

/* Connects as a class, for a purpose; ERR_UNAVAILABLE (logged). */
Err CHECKED direct_open_class(const char *url, const char *password, enum db_class class,
                              enum lane_kind kind, PGconn **pg);

/* Connects as the URL says. */
Err CHECKED direct_open(const char *url, PGconn **pg);

/* Runs a named statement, or a text of several (`params` NULL, simple protocol). NULL with the
 * error told when it failed; the caller clears the result. */
PGresult *direct_run(PGconn *pg, enum stmt stmt, const char *const *params);

/* Runs a statement whose rows do not matter. */
Err CHECKED direct_do(PGconn *pg, enum stmt stmt, const char *const *params);

/* Runs SQL that PostgreSQL itself or a migration gave. ERR_SERIALIZATION when it met another (a
 * deadlock, a lock that it was not given in time, or a login of the cluster that another database
 * makes or alters at the time): the transaction may be tried again; else ERR_SCHEMA. */
Err CHECKED direct_text(PGconn *pg, const char *what, const char *sql);

/* Prints a failed result for the person at the terminal: `what`, SQLSTATE and message. */
void direct_tell(const char *what, const PGresult *result);

#endif
