/* stage_next.c - a second campaign, under way when the demo ends: a few workers are about to come
 * home, the rest waits in the queues of every role. */
#include "stages.h"

enum {
    EARLY_CONTRACTS = 12,
    LATER_CONTRACTS = 45,
    LATER_DAYS = 30,
    STAYS_ENOUGH = 6 /* none here */
};

static const struct scale SCALE = {EARLY_CONTRACTS, 0, 3, 160, 90, 60, 40, 20};

static void set_out(struct demo *demo, struct demo *next) {
    *next = *demo;
    date now = demo->now;
    next->scale = SCALE;
    next->days = (struct calendar){now - 60, now - 58, now - 55, now - 54, now - 50, now - 45,
                                   now - 43, now - 38, now - 34, now - 30, now - 20, now + 150};
    next->code = arena_printf(demo->arena, "SAISON-%d", date_civil(now).year);
    next->title = arena_printf(demo->arena, "Saison %d", date_civil(now).year);
    next->answer_before = now;
    next->planted_stays = STAYS_ENOUGH;
}

/* Two files: short work that ends about now, and the season to come. */
static Err contracts(struct demo *next, const struct world *world) {
    next->season = (struct season){next->days.first, next->now - 3, 12, 14, next->season.smic};
    next->ref_prefix = "E-";
    TRY(stage_contracts(next, world));
    next->season =
        (struct season){next->now + LATER_DAYS, next->days.last, 80, 110, next->season.smic};
    next->ref_prefix = "S-";
    next->scale.contracts = LATER_CONTRACTS;
    TRY(stage_contracts(next, world));
    next->season.first = next->days.first; /* candidates are there for both */
    return OK;
}

Err stage_next(struct demo *demo, const struct world *world, struct demo *next,
               struct placements *leaving) {
    set_out(demo, next);
    next->season.first = next->days.first;
    TRY(stage_campaign(next));
    TRY(contracts(next, world));
    TRY(stage_approval(next));
    TRY(stage_diagnoses(next));
    TRY(stage_candidates(next, world));
    TRY(stage_sessions(next));
    TRY(stage_matching(next));
    TRY(stage_departure(next, leaving));
    TRY(stage_documents(next));
    TRY(stage_open_sessions(next));
    demo->today = next->today;
    demo->calls = next->calls;
    return OK;
}
