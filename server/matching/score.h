/* score.h - what a candidate is worth for a contract, and what stands between the two. */
#ifndef NORIA_MATCHING_SCORE_H
#define NORIA_MATCHING_SCORE_H

#include "engine.h"

/* The points of a candidate (by position) for contracts of this block, which ask for a language or
 * not; false when there is no valid result for the profile. */
bool match_score(const struct match_input *input, int candidate, int block, bool in_language,
                 struct match_points *points);

int match_total(const struct match_points *points);

/* What bars a candidate from a contract; the first that applies, in this order. */
enum match_obstacle {
    MATCH_FREE,
    MATCH_NO_RESULT,
    MATCH_COMES_LATE,
    MATCH_LEAVES_EARLY,
    MATCH_EXPERIENCE,
    MATCH_LANGUAGE,
    MATCH_PERMIT,
    MATCH_SIX_MONTHS,
    MATCH_REFUSED,
    MATCH_OBSTACLES
};

/* Both by position in the input. */
enum match_obstacle match_obstacle(const struct match_input *input, int candidate, int contract);

/* Six months in twelve are kept, and no earlier stay overlaps. */
bool match_stays_allow(const struct match_input *input, int candidate, date first, date last);

bool match_barred(const struct match_input *input, int64_t contract, int64_t candidate);

#endif
