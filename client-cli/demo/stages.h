/* stages.h - the demo's stages, in the order in which they are played. */
#ifndef NORIA_CLIENT_DEMO_STAGES_H
#define NORIA_CLIENT_DEMO_STAGES_H

#include "demo.h"
#include "season.h"
#include "world.h"

/* The calendar of the campaign, in days from its end (the real today). */
enum {
    DAY_OPEN = -315,      /* the campaign opens; offers have been published */
    DAY_CONTRACTS = -310, /* contracts arrive and are submitted */
    DAY_APPROVED = -300,
    DAY_CANDIDATES = -298,
    DAY_SESSIONS = -285,
    DAY_MATCHING = -262,
    DAY_BOUND = -255,
    DAY_AUTHORISED = -248,
    DAY_MEDICAL = -241,
    DAY_VISA = -236,
    DAY_FIRST = -230, /* first day of work of any contract */
    DAY_LAST = -75    /* last one */
};

Err CHECKED stage_accounts(struct demo *demo);
Err CHECKED stage_campaign(struct demo *demo);
Err CHECKED stage_contracts(struct demo *demo, const struct world *world);
Err CHECKED stage_approval(struct demo *demo);
Err CHECKED stage_candidates(struct demo *demo, const struct world *world);
Err CHECKED stage_sessions(struct demo *demo);
Err CHECKED stage_cases(struct demo *demo, const char *name);
Err CHECKED stage_matching(struct demo *demo);
Err CHECKED stage_departure(struct demo *demo, struct placements *all);
Err CHECKED stage_documents(struct demo *demo);
Err CHECKED stage_season(struct demo *demo, struct placements *all);
Err CHECKED stage_returns(struct demo *demo, struct placements *all);
Err CHECKED stage_close(struct demo *demo);
Err CHECKED stage_files(struct demo *demo);

/* One week of evidence and lawful reasons, inside the season too. */
Err CHECKED stage_returns_week(struct demo *demo, struct placements *all);

/* The active test profiles of the demo. */
Err CHECKED find_profiles(struct demo *demo);

/* An account of the demo, made by the administrator and logged in. */
Err CHECKED make_actors(struct demo *demo, struct actor *const *actors, int count);

#endif
