/* pool.h - the connections of one loop, and the opening of request handles. Used by main.c, http/
 * and jobs; features see db.h only. */
#ifndef NORIA_DB_POOL_H
#define NORIA_DB_POOL_H

#include "db.h"

struct clock;
struct loop;
struct pool;

struct pool_config {
    const char *url;      /* libpq conninfo or URI; the class's login replaces its user */
    const char *password; /* of the class logins, or NULL */
    const struct clock *clock;
    int lanes[DB_CLASSES][3]; /* read, write, slow connections of each class; 0: a default */
};

/* Connects lazily and keeps trying with back-off (50 ms doubling to 1 s). Belongs to `loop`. */
struct pool *pool_new(struct loop *loop, const struct pool_config *config);

/* Refuses new work, and ends the connections when the last handle's arena has ended (on the loop's
 * thread, which must not be stopped before); from the loop's thread. */
void pool_close(struct pool *pool);

/* True when every class of the pool has a live connection (for /readyz). From any thread. */
bool pool_ready(const struct pool *pool);

/* A handle for one request, until its arena is reset or freed. `deadline` in clock_ticks()
 * milliseconds, absolute. */
struct db *db_open(struct pool *pool, struct arena *arena, struct faults *faults,
                   const struct db_actor *actor, int64_t deadline);

/* Counters for /metrics; pool_stats() from any thread. */
struct pool_stats {
    int64_t queries, transactions;
    int64_t retries;    /* of transactions that met another */
    int64_t resent;     /* reads whose batch another member aborted */
    int64_t reconnects; /* after failed attempts */
    int64_t waiting;    /* tasks, now */
};
struct pool_stats pool_stats(const struct pool *pool);

#endif
