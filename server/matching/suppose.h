/* suppose.h - what a run would fill under other terms. */
#ifndef NORIA_MATCHING_SUPPOSE_H
#define NORIA_MATCHING_SUPPOSE_H

#include "engine.h"

/* How many places the first choices would fill if … */
enum match_case {
    CASE_AS_IS,
    CASE_NO_LANGUAGE,   /* no contract asked for a language */
    CASE_NO_EXPERIENCE, /* none asked for experience */
    CASE_NO_PERMIT,     /* none asked for a permit */
    CASE_NO_QUOTA,      /* services had no quota */
    CASE_LONGER,        /* candidates were there `days` earlier and later */
    MATCH_CASES
};

struct match_filled {
    int places, filled, held_back;
};

void match_suppose(struct arena *arena, const struct match_input *input, enum match_case which,
                   int days, struct match_filled *filled);

#endif
