/* placement.h - a worker on a place of a contract, from binding to coming home.
 *
 * Everything outside Noria (authorisation, medical examination, visa, journey, work) is a recorded
 * fact with source, author and date. A fact moves the placement along one table (moves.c and
 * placement_move in PostgreSQL, which enforces it). Medical and visa come in either order.
 *
 *   bound > authorised > convoked > fit | visa > ready > departed > arrived > working > ended >
 *   returned_verified | returned_late | returned_declared | extended | transferred |
 *   status_changed | exception | non_return_proposed > non_return_confirmed
 *   before departure: unfit visa_refused withdrawn replaced lot_cancelled no_show
 *   in season: suspended abandon_reported missing */
#ifndef NORIA_PLACEMENT_H
#define NORIA_PLACEMENT_H

#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/field.h"
#include "../candidate/candidate.h"
#include "../http/route.h"

extern const struct route placement_routes[];
extern const struct shows placement_shows[];
extern const struct reads placement_reads[];

struct placement_fact {
    int64_t placement_id; /* in lists only */
    const char *kind;
    date day;
    const char *source; /* who or what said so; the channel of a contact */
    const char *note;
};

/* One fact of a known placement; facts of a list, which name theirs. */
extern const struct field fact_fields[];
extern const struct field fact_row_fields[];

/* A stay known from elsewhere. */
struct known_stay {
    date first_day;
    date last_day;
    const char *source;
};
extern const struct field known_stay_fields[];

/* What the days of a stay really were; none: there was no such stay. */
struct stay_days {
    date first_day;
    date last_day;
    const char *reason;
};
extern const struct field stay_days_fields[];

/* A move: `kind`, stated about a placement in `state`, leads to `next`. "*" as state: any, and the
 * state does not change. */
struct placement_move {
    const char *state;
    const char *kind;
    const char *next;
};

/* The table, ended by a row of NULLs; sorted as PostgreSQL's is read by the test. */
extern const struct placement_move placement_moves[];

/* Who is bound there: an employer sees only whom he has bound, and every look is a leaf of the
 * audit in the caller's transaction. ERR_NOT_FOUND; ERR_CRYPTO when the identity does not open. */
Err CHECKED placement_identity(struct db *db, struct arena *arena, const struct seal *seal,
                               int64_t placement, const char *reason, struct identity *identity);

#endif
