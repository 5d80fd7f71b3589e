/* stages.h - the demo's stages, in the order in which they are played. */
#ifndef NORIA_CLIENT_DEMO_STAGES_H
#define NORIA_CLIENT_DEMO_STAGES_H

#include "demo.h"
#include "season.h"
#include "world.h"

Err CHECKED stage_accounts(struct demo *demo);
Err CHECKED stage_campaign(struct demo *demo);
Err CHECKED stage_contracts(struct demo *demo, const struct world *world);
Err CHECKED stage_approval(struct demo *demo);
Err CHECKED stage_diagnoses(struct demo *demo);
Err CHECKED stage_analysis(struct demo *demo);
Err CHECKED stage_candidates(struct demo *demo, const struct world *world);
Err CHECKED stage_sessions(struct demo *demo);
Err CHECKED stage_papers(struct demo *demo);
Err CHECKED stage_cases(struct demo *demo, const char *name);
Err CHECKED stage_matching(struct demo *demo);

/* Lists changed after the freeze, and people replaced days after they were bound. */
Err CHECKED stage_collusion(struct demo *demo);

/* What desks and inspectors saw and heard of the workers: documents, work places, fees. */
Err CHECKED stage_sightings(struct demo *demo, const struct placements *all);
Err CHECKED stage_departure(struct demo *demo, struct placements *all);
Err CHECKED stage_documents(struct demo *demo);
Err CHECKED stage_season(struct demo *demo, const struct placements *all);
Err CHECKED stage_returns_begin(struct demo *demo, const struct placements *all, date until);
/* The last weeks, in which the next campaign's first workers leave too. */
Err CHECKED stage_returns(struct demo *demo, const struct placements *all, struct demo *next,
                          const struct placements *leaving);
Err CHECKED stage_open_sessions(struct demo *demo);

/* A second campaign, under way, with something in each role's queue. */
Err CHECKED stage_next(struct demo *demo, const struct world *world, struct demo *next,
                       struct placements *leaving);

Err CHECKED stage_close(struct demo *demo);
Err CHECKED stage_files(struct demo *demo, struct demo *next);

/* The information meeting before a session (as GET /sessions/:id shows it), told by the service's
 * assessor on the day of the test. */
Err CHECKED steps_meeting(struct demo *demo, const struct service *service, const cJSON *session);

/* Interviews of an employer with some of those proposed to him, between run and demo's day; adds
 * their number to `noted`. */
Err CHECKED steps_interviews(struct demo *demo, const struct employer *employer,
                             const cJSON *proposals, int64_t *noted);

/* The active test profiles of the demo. */
Err CHECKED find_profiles(struct demo *demo);

/* An account of the demo, made by the administrator and logged in. */
Err CHECKED make_actors(struct demo *demo, struct actor *const *actors, int count);

#endif
