/* chaos.h - what the faults of `make chaos` share. A fault is a row of the table in chaos.c. */
#ifndef NORIA_TESTS_CHAOS_CHAOS_H
#define NORIA_TESTS_CHAOS_CHAOS_H

#include <stdio.h>

#include "preload/control.h"
#include "rig.h"
#include "writers.h"

struct chaos {
    struct arena *arena;
    struct rig rig;
    int acks;  /* wanted for each fault */
    int *cuts; /* shared memory: connections that a cutter broke */
    struct control *control;
    const char *control_path;
    int injected;     /* counted by the fault itself; 0: `times` of them */
    double available; /* share of an honest client's questions that were answered; < 0: not asked */
    FILE *json;
    int rows;    /* of it */
    bool broken; /* something did not hold */
    int total;
};

/* One fault. Its functions stop the run (ck_assert) where the test itself cannot go on, and tell
 * what did not hold by chaos_breach(). */
struct blow {
    const char *name;
    int times;
    void (*inject)(struct chaos *chaos);
    void (*begin)(struct chaos *chaos); /* NULL: nothing */
    void (*end)(struct chaos *chaos);
    const char *(*forbidden)(struct chaos *chaos); /* why it cannot be injected here, or NULL */
    int64_t gap; /* ms: the longest wanted without an acknowledgement; 0: any */
};

/* What has to hold and does not: printed, and the run fails at its end. */
void chaos_breach(struct chaos *chaos, const char *what);

/* A library of tests/chaos/preload where PostgreSQL's user can read it, and what PostgreSQL's
 * processes need in their environment to be steered by it. */
const char *chaos_preload(struct chaos *chaos, const char *name);
const char *chaos_pg_env(struct chaos *chaos, const char *name);

/* Writes one record under a new key, asking once: the answer's status. */
int chaos_write(struct chaos *chaos, const char *name, const char **answer);

/* Suspends this process: a fault's own rhythm, not a wait for somebody. */
void chaos_pause(int milliseconds);

/* Waits until each leaf of the audit log has its place and the newest head covers it. */
void chaos_settle_log(struct chaos *chaos);

/* The exit code of the audit log's check by who holds nothing but the export and the root. */
int chaos_verify_log(struct chaos *chaos);

/* --- faults.c, disk.c, failover.c, slow.c, clock.c, alloc.c ------------------------------------
 */

void kill_server(struct chaos *chaos);
void kill_backend(struct chaos *chaos);
void kill_postmaster(struct chaos *chaos);
void cut_connections(struct chaos *chaos);
void storm(struct chaos *chaos);
void wait_for_cuts(struct chaos *chaos);
void cut_http_begin(struct chaos *chaos);
void cut_http_end(struct chaos *chaos);
void cut_commit_begin(struct chaos *chaos);
void cut_commit_end(struct chaos *chaos);

const char *no_mounts(struct chaos *chaos);
void disk_full(struct chaos *chaos);
void disk_full_begin(struct chaos *chaos);
void disk_full_end(struct chaos *chaos);
void spool_full(struct chaos *chaos);
void spool_full_begin(struct chaos *chaos);
void spool_full_end(struct chaos *chaos);

void sync_error(struct chaos *chaos);
void sync_error_begin(struct chaos *chaos);
void elsewhere_end(struct chaos *chaos);

void fail_over(struct chaos *chaos);
void fail_over_begin(struct chaos *chaos);
void fail_over_end(struct chaos *chaos);

const char *no_slowhttptest(struct chaos *chaos);
void slow_clients(struct chaos *chaos);
void slow_clients_begin(struct chaos *chaos);
void slow_clients_end(struct chaos *chaos);

void jump_clock(struct chaos *chaos);
void jump_clock_begin(struct chaos *chaos);
void jump_clock_end(struct chaos *chaos);

void fail_alloc(struct chaos *chaos);
void fail_alloc_begin(struct chaos *chaos);
void fail_alloc_end(struct chaos *chaos);

/* Each allocation in its turn, of a start and of a few requests: what it came to. */
struct tally {
    int injected, acknowledged, lost, doubled;
};
void alloc_each(struct chaos *chaos, struct tally *tally);

/* Controls: the same fault with its defence removed, which must do harm. Each stops the run when it
 * does not. They leave the rig as they found it. */
void control_lying_disk(struct chaos *chaos);
void control_standby_not_waited_for(struct chaos *chaos);
void control_no_deadline(struct chaos *chaos);
void control_unsent(struct chaos *chaos);
void control_log_follows_the_clock(struct chaos *chaos);

#endif
