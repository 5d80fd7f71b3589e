/* season.h - what becomes of each placement, and the facts that say so. */
#ifndef NORIA_CLIENT_DEMO_SEASON_H
#define NORIA_CLIENT_DEMO_SEASON_H

#include "demo.h"

/* How a placement ends; the first four never depart. */
enum fate {
    FATE_UNFIT,
    FATE_VISA_REFUSED,
    FATE_WITHDRAWN,
    FATE_NO_SHOW,
    FATE_VERIFIED,
    FATE_LATE,
    FATE_OVER_LONG, /* stays on past six months: planted, to be caught at the desk */
    FATE_DECLARED,
    FATE_EXTENDED,
    FATE_TRANSFERRED,
    FATE_STATUS_CHANGED,
    FATE_EXCEPTION,
    FATE_NON_RETURN,
    FATE_UNSTAMPED,    /* declared by ticket and photograph: planted */
    FATE_FALSE_EXCUSE, /* in hospital, and on a journey: planted */
    FATES
};

struct placement {
    int64_t id;
    const char *token;
    int64_t contract;
    int service;  /* index */
    int employer; /* index */
    date first, last, due;
    enum fate fate;
    bool ill;      /* suspended for ten days */
    bool waiting;  /* of the next campaign: left in the queues */
    bool departed; /* what has been told so far */
    bool at_work;
    bool ended;
    date excused; /* since when the false excuse is known; DATE_NONE */
    bool settled; /* returned, or a lawful reason, or a finding */
};

struct placements {
    struct placement *list;
    int count;
};

/* Whether he leaves for France at all. */
bool placement_travels(const struct placement *placement);

/* Facts for one call. */
struct facts {
    cJSON *body;
    cJSON *list;
};
struct facts facts_new(struct demo *demo);
void facts_add(const struct facts *facts, int64_t placement, const char *kind, date day,
               const char *source, const char *note);
/* Sends them, if any, as one call of the actor. */
Err CHECKED facts_send(struct demo *demo, const struct actor *actor, const struct facts *facts);

/* What is known by the demo's day and has not been told yet. Departures by the services; arrival,
 * work and its last day by the employers; evidence of returns by the desks, lawful reasons by two
 * officers. A reason comes before work that would end without it. */
Err CHECKED season_departures(struct demo *demo, const struct placements *all);
Err CHECKED returns_week(struct demo *demo, const struct placements *all);
Err CHECKED season_work(struct demo *demo, const struct placements *all);

/* Attempts to reach those of whom nothing is known, and the finding of two officers; `found` counts
 * them. */
Err CHECKED returns_missing(struct demo *demo, const struct placements *all, int64_t *found);

#endif
