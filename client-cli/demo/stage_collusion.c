/* stage_collusion.c - planted after the matching: one service changes people of the list whose
 * inputs are frozen, and one officer replaces people days after they were bound. */
#include <string.h>

#include "listing.h"
#include "season.h"
#include "stages.h"

enum {
    EDITS = 3,        /* from which they are looked at */
    EDITS_HONEST = 2, /* of another service */
    REPLACED = 5,     /* from which they are looked at */
    REPLACED_HONEST = 2,
    AN_EMPLOYER = 2, /* at most, so that no rule about employers or contracts is met */
    MORE_MONTHS = 6
};

static Err bound(struct demo *demo, const struct actor *actor, cJSON **list) {
    return list_all(demo, actor,
                    arena_printf(demo->arena, "/placements?state=bound&campaign=%lld",
                                 (long long)demo->campaign),
                    "placements", "id", list);
}

/* More experience than he had when the list was made. */
static Err edit(struct demo *demo, int service, int index) {
    struct call call;
    const struct service *from = &demo->services[service];
    const struct person *person = &from->people.list[index];
    long long id = (long long)from->ids[index];
    TRY(demo_get(demo, &from->actor, &call, "/candidates/%lld", id));
    cJSON *body = demo_object(demo);
    add_text(body, "partner_ref", person->ref);
    add_int(body, "experience_months", person->experience_months + MORE_MONTHS);
    add_text(body, "languages", person->languages);
    add_date(body, "available_from", demo->season.first);
    add_date(body, "available_to", demo->season.last);
    const char *version = call.etag;
    demo_prepare(demo, &from->actor, body, &call, "/candidates/%lld", id);
    call.match = version;
    return demo_all(demo, &call, 1, NULL);
}

static Err edit_some(struct demo *demo, int service, const cJSON *placements, int most) {
    const cJSON *placement;
    int done = 0;
    cJSON_ArrayForEach(placement, placements) {
        int whose = 0;
        int index = 0;
        if (done < most && find_token(demo, json_text(placement, "token"), &whose, &index)) {
            TRY(edit(demo, service, index));
            done++;
        }
    }
    return OK;
}

/* The service with most people on the list changes three, the one with fewest two at most. */
static Err edits(struct demo *demo) {
    cJSON *lists[SERVICES];
    int most = 0;
    int fewest = 0;
    for (int s = 0; s < SERVICES; s++) {
        TRY(bound(demo, &demo->services[s].actor, &lists[s]));
        most = cJSON_GetArraySize(lists[s]) > cJSON_GetArraySize(lists[most]) ? s : most;
        fewest = cJSON_GetArraySize(lists[s]) < cJSON_GetArraySize(lists[fewest]) ? s : fewest;
    }
    if (cJSON_GetArraySize(lists[most]) < EDITS) {
        return OK;
    }
    TRY(edit_some(demo, most, lists[most], EDITS));
    plant_add(demo->plants, "edited_after_seal", ABOUT_ORG, demo->services[most].actor.org);
    return fewest == most ? OK : edit_some(demo, fewest, lists[fewest], EDITS_HONEST);
}

/* Whether a placement's contract has been taken already, or its employer twice. */
static bool taken(const cJSON *const *chosen, int count, const cJSON *placement) {
    int same = 0;
    for (int i = 0; i < count; i++) {
        if (json_int(chosen[i], "contract_id") == json_int(placement, "contract_id")) {
            return true;
        }
        same += strcmp(json_text(chosen[i], "employer"), json_text(placement, "employer")) == 0;
    }
    return same == AN_EMPLOYER;
}

/* The hasty officer replaces five, another one two. */
static Err replace(struct demo *demo, int64_t *replaced) {
    cJSON *placements;
    const cJSON *chosen[REPLACED + REPLACED_HONEST];
    const cJSON *placement;
    int count = 0;
    struct facts hasty = facts_new(demo);
    struct facts honest = facts_new(demo);
    TRY(bound(demo, &demo->officer, &placements));
    cJSON_ArrayForEach(placement, placements) {
        if (count < REPLACED + REPLACED_HONEST && !taken(chosen, count, placement)) {
            facts_add(count < REPLACED ? &hasty : &honest, json_int(placement, "id"), "replaced",
                      demo->today, "PFMOE", "Replaced at the employer's wish.");
            chosen[count++] = placement;
        }
    }
    TRY(facts_send(demo, &demo->hasty, &hasty));
    TRY(facts_send(demo, &demo->officer2, &honest));
    if (count >= REPLACED) {
        plant_add(demo->plants, "rebound_agent", ABOUT_ORG, demo->hasty.org);
    }
    *replaced = count;
    return OK;
}

Err stage_collusion(struct demo *demo) {
    int64_t replaced = 0;
    stage_begin(demo, "changed lists, replaced people");
    TRY(demo_day(demo, demo->days.bound + 1));
    TRY(edits(demo));
    TRY(replace(demo, &replaced));
    stage_count(demo, "replaced", replaced);
    stage_end(demo);
    return OK;
}
