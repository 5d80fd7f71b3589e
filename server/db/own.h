/* own.h - the machinery of server/db: waits, calls, connections, lanes. Only for server/db.
 *
 * A task makes a `call` (a statement with its values) and waits. A lane is the connections of one
 * class for one purpose. The read lane sends what came in during a turn of the loop as one batch; a
 * write or slow connection is held by one task at a time. Everything belongs to one loop's thread.
 */
#ifndef NORIA_DB_OWN_H
#define NORIA_DB_OWN_H

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/clock.h"
#include "../run/loop.h"
#include "../run/task.h"
#include "pool.h"
#include "stmt_table.h"

enum lane_kind { LANE_READ, LANE_WRITE, LANE_SLOW, LANES };

/* --- waits (wait.c) -------------------------------------------------------------------------- */

/* A task's wait, on its own stack. */
struct wait {
    struct wait *prev, *next; /* of the pool's waits, for the deadlines */
    struct wait *next_ready;
    struct task *task;
    int64_t deadline; /* clock_ticks() */
    bool done;
    bool late;  /* ended by its deadline */
    bool ready; /* in the pool's list of tasks to resume */
};

/* Suspends the task until wait_end() or the deadline. OK or ERR_DEADLINE. */
Err CHECKED wait_for(struct pool *pool, struct wait *wait, int64_t deadline);

/* Ends a wait: its task is resumed by the next pool_drain(), never from inside libpq's work. */
void wait_end(struct pool *pool, struct wait *wait);

/* Resumes the tasks whose waits ended; not from inside a task. */
void pool_drain(struct pool *pool);

/* --- calls ----------------------------------------------------------------------------------- */

struct params {
    int count;
    const char **values;
    int *lengths;
    int *formats;
};

/* One statement under way. `result` belongs to the call until somebody takes it. */
struct call {
    enum stmt stmt;
    const struct params *params;
    const struct params *act_as; /* settings that must travel with it, or NULL */
    struct conn *conn;           /* where it was sent */
    PGresult *result;
    Err err;    /* OK, or why there is no result */
    bool alone; /* another member of its batch failed: sent again with a Sync of its own */
    int resent;
    struct wait wait;
    struct call *next; /* in the lane's queue */
};

/* Ends the call with what it has and wakes its task. */
void call_end(struct pool *pool, struct call *call, Err err);

/* --- connections (conn.c) -------------------------------------------------------------------- */

enum conn_state { CONN_DOWN, CONN_CONNECTING, CONN_UP };

enum step_kind { STEP_PREPARE, STEP_SET, STEP_TODAY, STEP_CALL, STEP_SYNC };

/* What the connection expects next from the server. */
struct step {
    enum step_kind kind;
    enum stmt stmt;
    struct call *call; /* STEP_SYNC: whom to wake; NULL when nobody (any more) */
};

struct conn {
    struct pool *pool;
    struct lane *lane;
    PGconn *pg;
    struct poller *poller;
    enum conn_state state;
    int attempts;       /* failed ones since the last success */
    int64_t retry_at;   /* clock_ticks(): DOWN: not before; CONNECTING: not after */
    bool held;          /* by a task, or waking one for it */
    bool warned;        /* a warning 01000 or 57P01 since the flag was cleared */
    bool dirty;         /* something to flush */
    date today;         /* the session's noria.today */
    uint8_t *prepared;  /* by enum stmt: enum prepared_state */
    struct step *steps; /* ring of `cap`, a power of two */
    unsigned head, count, cap;
    unsigned calls; /* STEP_CALLs in the ring */
    unsigned syncs; /* STEP_SYNCs in it */
};

/* Starts to connect (from DOWN). */
void conn_connect(struct conn *conn);

/* Breaks the connection: what it expected ends with ERR_UNAVAILABLE. With `cancel` the server is
 * also asked to stop what it is doing. */
void conn_break(struct conn *conn, bool cancel);

/* Sends the Parse of a call's statement with a Sync of its own unless the session has it. */
void conn_prepare(struct conn *conn, enum stmt stmt, struct call *call);

/* Sends the statement, which conn_prepare() saw before. */
void conn_send(struct conn *conn, enum step_kind kind, enum stmt stmt, const struct params *params,
               struct call *call);

/* Ends the group (the implicit transaction, outside BEGIN) and flushes. `wake` may be NULL. */
void conn_sync(struct conn *conn, struct call *wake);

/* Forgets an abandoned call. */
void conn_forget(struct conn *conn, const struct call *call);

/* Ends for ever. */
void conn_free(struct conn *conn);

/* --- lanes (lanes.c) ------------------------------------------------------------------------- */

enum { CONNS_MAX = 16 };

struct holder {
    struct wait wait;
    struct conn *conn;
    Err err;
    struct holder *next;
};

struct lane {
    struct pool *pool;
    enum db_class class;
    enum lane_kind kind;
    int size;
    struct conn conns[CONNS_MAX];
    struct call *first, **last;                 /* LANE_READ: to be sent at the turn's end */
    struct holder *first_holder, **last_holder; /* the others: waiting for a connection */
    int waiting;
};

void lane_init(struct lane *lane, struct pool *pool, enum db_class class, enum lane_kind kind,
               int size);

/* Queues a read and waits for its end. */
Err CHECKED lane_read(struct lane *lane, struct call *call, int64_t deadline);

/* A connection for the task alone; ERR_UNAVAILABLE, ERR_OVERLOADED, ERR_DEADLINE. */
Err CHECKED lane_hold(struct lane *lane, int64_t deadline, struct conn **conn);

/* Gives it back, to the first in the queue. */
void lane_release(struct conn *conn);

/* Sends a held connection's group and waits; a late group breaks the connection. Takes care of
 * everything but the calls' results. */
Err CHECKED lane_finish(struct conn *conn, struct call *last, int64_t deadline);

/* A connection came up or went down. */
void lane_changed(struct lane *lane);

/* Starts connections that are wanted and due, gives up those that take too long. True while there
 * is something to look after. */
bool lane_reconnect(struct lane *lane, int64_t now);

/* Puts a call back into the queue, to be sent alone. */
void lane_requeue(struct lane *lane, struct call *call);

/* Sends what was queued; at the end of each turn. */
void lane_flush(struct lane *lane);

/* --- the pool (pool.c) ----------------------------------------------------------------------- */

/* As struct pool_stats; written by the loop's thread, read by any. */
struct counters {
    _Atomic int64_t queries, transactions, retries, resent, reconnects, waiting;
};

struct pool {
    struct loop *loop;
    const struct clock *clock;
    const char *url, *password;
    struct arena *arena;
    struct lane lanes[DB_CLASSES][LANES];
    struct wait *waits;
    struct wait *first_ready, **last_ready;
    bool draining;
    bool closing;
    int handles;      /* of requests that are not over */
    uv_timer_t timer; /* deadlines and reconnections, while there are any */
    bool timer_runs;
    bool *writes; /* by enum stmt: found to write though it does not look so */
    struct counters stats;
    _Atomic unsigned ready; /* bits 1 << class: its read lane is up; read by other threads */
};

/* Makes the deadline timer run. */
void pool_tick(struct pool *pool);

/* The database is back: nobody waits out a back-off any more. */
void pool_hopes(struct pool *pool);

/* The conninfo of a class's login as keyword and value arrays ending with NULL. NULL when the URL
 * cannot be read. `kind` LANES: for bulk work. */
struct conninfo {
    const char *keys[64];
    const char *values[64];
};
Err CHECKED conninfo_for(struct arena *arena, const char *url, const char *password,
                         enum db_class class, enum lane_kind kind, struct conninfo *info);

/* The login of a class ("noria_ofii"). */
const char *class_login(enum db_class class);

/* --- handles and values (query.c) ------------------------------------------------------------ */

struct db {
    struct pool *pool;
    struct arena *arena;
    struct faults *faults;
    struct db_actor actor;
    int64_t deadline;
    struct tx *tx; /* the transaction under way, or NULL */
};

/* The statement's values from the arguments; ERR_INTERNAL (logged) when one is missing. */
Err CHECKED params_of(struct arena *arena, enum stmt stmt, const struct arg *args,
                      const struct params **params);

/* The settings for db_act_as: the handle's actor, and today. */
const struct params *params_act_as(struct db *db);

/* The values of db_once_begin and db_once_answer, and of db_once_end. */
const struct params *params_once(struct arena *arena, const struct db_once *once);
const struct params *params_once_end(struct arena *arena, const struct db_once *once,
                                     const struct db_answer *answer);

/* How views show a type of PostgreSQL. */
enum column_kind column_kind_of(Oid type);

/* The result as rows; frees it when the arena ends. `rows` may be NULL. */
void rows_of(struct arena *arena, PGresult *result, struct rows *rows);

/* OK for a result that is not an error; maps and clears it otherwise. */
Err CHECKED result_check(struct db *db, enum stmt stmt, PGresult *result);

/* --- a held connection (held.c) and transactions (tx.c) -------------------------------------- */

/* The statement with its actor's settings as one implicit transaction on a held connection. */
Err CHECKED held_run(struct db *db, struct conn *conn, enum stmt stmt, const struct params *params,
                     PGresult **result);

/* A statement inside the handle's transaction; errors are mapped already. */
Err CHECKED tx_run(struct db *db, enum stmt stmt, const struct params *params, PGresult **result);

#endif
