/* turn.h - whose turn it is of what waits in the background: runs (matching_job.c) and calculations
 * about them (calculation.c) are rows that the job takes one after the other, each in the name of
 * who ordered it. */
#ifndef NORIA_MATCHING_TURN_H
#define NORIA_MATCHING_TURN_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/rows.h"
#include "../db/db.h"

struct job_desk;

struct turn {
    struct rows row;
    int64_t id;
    struct db *db; /* as who ordered it; NULL: nothing waits */
};

/* The row that `next` finds after the one that had its turn before (:last; columns id, account_id,
 * org_id, role), which is remembered as the last from now on. */
Err CHECKED turn_next(const struct job_desk *desk, enum stmt next, struct turn *turn);

/* Whether the refusal is the end of what waits: it will not pass, however often it is tried. What
 * may pass (no connection, a deadline) leaves it to its next turn. */
bool turn_over(Err why);

/* Ends it by `stop` (:id, :code) with the refusal's code. */
Err CHECKED turn_stop(const struct turn *turn, enum stmt stop, Err why);

#endif
