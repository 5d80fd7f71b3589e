/* score.h - what a candidate is worth for a contract, and whether he may have it. */
#ifndef NORIA_MATCHING_SCORE_H
#define NORIA_MATCHING_SCORE_H

#include "engine.h"

/* The points of a candidate for contracts of this profile and language; false when there is no
 * valid result for the profile. */
bool match_score(const struct match_input *input, const struct match_candidate *candidate,
                 const struct match_contract *contract, struct match_points *points);

int match_total(const struct match_points *points);

/* Dates, language, permit, experience and six months; not the result, not the bars. */
bool match_eligible(const struct match_input *input, const struct match_candidate *candidate,
                    const struct match_contract *contract);

/* True when `word` is one of a comma list. */
bool match_in_list(struct span list, struct span word);

#endif
