/* why.h - what a run answers to one candidate who asks why, without anybody else's data; and what a
 * run would fill under other terms. */
#ifndef NORIA_MATCHING_WHY_H
#define NORIA_MATCHING_WHY_H

#include "engine.h"
#include "score.h"

enum why_verdict {
    WHY_NAMED,     /* his place, because the employer named him */
    WHY_FIRST,     /* his place */
    WHY_ELSEWHERE, /* he has a place elsewhere */
    WHY_BELOW,     /* everybody taken has more points */
    WHY_DRAW,      /* as many points as the last one taken; the draw decided */
    WHY_RETURNS,   /* clean returns come first in this campaign */
    WHY_QUOTA,     /* his service's quota is used up */
    WHY_KEPT       /* all places went to workers whom the employer named */
};

struct why_line {
    int64_t contract;
    enum why_verdict verdict;
    int score;
    int cut_off; /* the fewest points with which a place like this was got; MATCH_NONE: nobody */
    struct match_points points;
};

enum { WHY_LINES = 100 };

struct match_why {
    enum match_rule rule;
    int contracts;
    int obstacles[MATCH_OBSTACLES];   /* contracts, by what bars him from them */
    struct why_line lines[WHY_LINES]; /* those open to him, best score first */
    int nlines;
};

/* ERR_NOT_FOUND when the candidate is not among the inputs. */
Err CHECKED match_explain(struct arena *arena, const struct match_input *input,
                          const uint8_t seed[MATCH_SEED], int64_t candidate, struct match_why *why);

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
