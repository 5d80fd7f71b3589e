/* why.h - what a run answers to one candidate who asks why, without anybody else's data: from what
 * the run kept (kept.h), in the time that its contracts take, however many candidates it had. */
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

/* `terms` and `own`: what the run keeps for all, and of this candidate. ERR_UNREADABLE when they
 * are not as kept.h says. */
Err CHECKED why_answer(struct arena *arena, struct span terms, struct span own,
                       struct match_why *why);

#endif
