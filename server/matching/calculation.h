/* calculation.h - what is computed about matching and changes nothing: a stored run made again and
 * compared, and how many places a run would fill today under other terms. Of at most MATCH_AT_ONCE
 * candidates the answer is there on return; of more the server computes it in the background, and
 * the calculation says how it stands: waiting > done | stopped. So is filled in what a run of
 * before migration 0059 has to keep (kept.h). */
#ifndef NORIA_MATCHING_CALCULATION_H
#define NORIA_MATCHING_CALCULATION_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"

struct arena;
struct db;
struct job_desk;

extern const struct route calculation_routes[];
extern const struct shows calculation_shows[];
extern const struct reads calculation_reads[];

struct calculation_terms {
    int64_t days; /* candidates there so much earlier and later, in one case; 0..60: 7 */
};
extern const struct field calculation_fields[];

struct calculation {
    int64_t id;
    bool waits; /* for the job */
};

/* A stored run again. ERR_NOT_FOUND; ERR_NO_RESULT_YET; ERR_CALCULATION_UNDER_WAY while one of the
 * run waits; ERR_RULE_NOT_CARRIED; ERR_UNREADABLE when its inputs are not canonical. The last two
 * stop one in the background. */
Err CHECKED calculation_replay(struct db *db, struct arena *arena, int64_t run,
                               struct calculation *made);

/* The places that a run would fill (suppose.h), from the day the campaign opens; `days`: 7 when
 * FIELD_NONE. ERR_NOT_FOUND;
 * ERR_CALCULATION_UNDER_WAY while one of the campaign waits; ERR_NOTHING_TO_MATCH and
 * ERR_MATCHING_TOO_LARGE, which stop one in the background. */
Err CHECKED calculation_suppose(struct db *db, struct arena *arena, int64_t campaign, int64_t days,
                                struct calculation *made);

/* The job that computes those that wait, one a call (run/job.h). */
Err CHECKED calculation_jobs(const struct job_desk *desk);

#endif
