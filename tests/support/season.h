/* season.h - a database of the test program's own with a small season in it, and connections that
 * race: for tests of what PostgreSQL enforces. Needs tools/with-postgres.sh. */
#ifndef NORIA_TESTS_SEASON_H
#define NORIA_TESTS_SEASON_H

#include <libpq-fe.h>
#include <stdbool.h>

/* Once a program, outside its tests: makes and migrates the database; removes it. */
void season_up(void);
void season_down(void);

/* A new connection as the schema's owner. */
PGconn *season_connect(void);

/* Runs a statement that must succeed; the first column of the first row as a number (0: none). */
long long season_number(PGconn *pg, const char *sql);

/* Runs a statement (printf); true when it succeeded, else `state` gets the SQLSTATE. */
bool season_try(PGconn *pg, char state[6], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Begins a transaction at `level` on every connection, takes its snapshot, then sends
 * statements[i] to connection i. None is committed before every other has succeeded, failed or
 * waits for a lock; then each as soon as it succeeds. Returns how many commits held. */
int season_race(PGconn *const *pg, const char *const *statements, int count, const char *level);

#endif
