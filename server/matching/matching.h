/* matching.h - runs that propose candidates to employers, and the employers' answers.
 *
 * A run freezes its inputs as a canonical text, hashes it, only then draws the seed that breaks
 * ties, and stores rule, inputs, seed and result: rule, inputs and seed give the same result bytes
 * again (matching_replay). The employer sees tokens and profiles. Accepting binds: place, quota,
 * days, placement and the leaf of the unsealing in one transaction (proposal_accept() in
 * migrations/replaceable/08_matching.sql).
 * A proposal: proposed > accepted | refused | lapsed; reserve > proposed. */
#ifndef NORIA_MATCHING_H
#define NORIA_MATCHING_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"
#include "engine.h"
#include "why.h"

struct arena;
struct db;

extern const struct route matching_routes[];
extern const struct shows matching_shows[];
extern const struct reads matching_reads[];

/* How a run is made; each has a default when absent (FIELD_NONE, NULL). */
struct matching_choice {
    const char *returns;       /* "points" (default): clean returns count 100 of 1000; "first" */
    int64_t per_candidate;     /* contracts one candidate may be proposed for, 1..10: 3 */
    int64_t reserve_per_place; /* 0..5: 1 */
};
extern const struct field matching_choice_fields[];

struct proposal_answer {
    const char *reason;
};
extern const struct field proposal_refuse_fields[];

/* Runs the rule for a campaign and stores run and proposals; what earlier runs left undecided
 * lapses. Heavy work goes off the loop. ERR_NOT_FOUND, ERR_CAMPAIGN_NOT_MATCHING,
 * ERR_NOTHING_TO_MATCH, ERR_MATCHING_TOO_LARGE. */
Err CHECKED matching_create(struct db *db, struct arena *arena, int64_t campaign,
                            const struct matching_choice *choice, int64_t *run);

struct matching_replay {
    bool inputs_same;   /* the stored inputs still have their hash */
    bool result_same;   /* run again, byte for byte */
    const char *sha256; /* of the new result, hexadecimal */
};

/* Runs a stored run again. ERR_NOT_FOUND; ERR_UNREADABLE when the inputs are not canonical. */
Err CHECKED matching_replay(struct db *db, struct arena *arena, int64_t run,
                            struct matching_replay *replay);

/* A run as a file (exported.h). ERR_NOT_FOUND; ERR_RULE_NOT_CARRIED. */
Err CHECKED matching_export(struct db *db, struct arena *arena, int64_t run, struct span *file);

/* Why the last run that had the candidate among its inputs gave him a place or none (why.h);
 * `run` gets its number. ERR_NOT_FOUND; ERR_NOT_IN_A_RUN, with what keeps him out;
 * ERR_RULE_NOT_CARRIED. */
Err CHECKED matching_why(struct db *db, struct arena *arena, int64_t candidate,
                         struct match_why *why, int64_t *run);

struct matching_supposed {
    int64_t days; /* for CASE_LONGER, 0..60: 7 */
};
extern const struct field matching_suppose_fields[];

/* What a run today would fill, as things are and under other terms; nothing is stored, and it can
 * be asked from the day the campaign opens. */
Err CHECKED matching_suppose(struct db *db, struct arena *arena, int64_t campaign, int days,
                             struct match_filled filled[MATCH_CASES]);

#endif
