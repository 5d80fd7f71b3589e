/* stage_matching.c - the run, what employers answer, and the six months that stand in the way. */
#include <string.h>

#include "listing.h"
#include "stages.h"

enum {
    REFUSE_PERCENT = 6,
    KNOWN_STAYS = 6,
    STAYS_AN_EMPLOYER = 2,
    STAY_DAYS = 130,
    STAY_GAP = 40,
    WAITING_SHARE = 4
};

/* The candidate behind a token; 0: nobody's. */
static int64_t candidate_of(const struct demo *demo, const char *token) {
    int service = 0;
    int person = 0;
    return find_token(demo, token, &service, &person) ? demo->services[service].ids[person] : 0;
}

/* Some of the first choices were in France until shortly before: six months in twelve forbids. */
static Err plant_stays(struct demo *demo, const cJSON *proposals, int *here) {
    const cJSON *proposal;
    int made = 0;
    cJSON_ArrayForEach(proposal, proposals) {
        struct call call;
        if (demo->planted_stays + made == KNOWN_STAYS || made == STAYS_AN_EMPLOYER) {
            break;
        }
        date first;
        if (!date_parse(span_of(json_text(proposal, "first_day")), &first)) {
            continue;
        }
        cJSON *body = demo_object(demo);
        add_date(body, "first_day", first - STAY_GAP - STAY_DAYS);
        add_date(body, "last_day", first - STAY_GAP);
        add_text(body, "source", "earlier card");
        int64_t candidate = candidate_of(demo, json_text(proposal, "token"));
        TRY(demo_post(demo, &demo->officer, body, &call, "/candidates/%lld/stays",
                      (long long)candidate));
        made++;
    }
    demo->planted_stays += made;
    *here = made;
    return OK;
}

/* Work that begins later than the demo's interest: most proposals stay in the employer's queue. */
static bool left_waiting(struct demo *demo, const cJSON *proposal) {
    date first;
    return demo->answer_before != DATE_NONE &&
           date_parse(span_of(json_text(proposal, "first_day")), &first) &&
           first >= demo->answer_before && !dice_chance(&demo->dice, 1, WAITING_SHARE);
}

/* Splits an employer's proposals into those accepted in one call and those refused one by one. */
static Err answer(struct demo *demo, const struct employer *employer, const cJSON *proposals,
                  int planted, int64_t *bound, int64_t *refused, int64_t *failed) {
    struct call call;
    cJSON *body = demo_object(demo);
    cJSON *list = cJSON_AddArrayToObject(body, "proposals");
    const cJSON *proposal;
    cJSON_ArrayForEach(proposal, proposals) {
        if (left_waiting(demo, proposal)) {
            continue;
        }
        bool wanted = planted-- > 0; /* those whose earlier stay must be found */
        if (!wanted && dice_chance(&demo->dice, REFUSE_PERCENT, 100)) {
            cJSON *why = demo_object(demo);
            add_text(why, "reason", "experience");
            TRY(demo_post(demo, &employer->actor, why, &call, "/proposals/%lld/refuse",
                          (long long)json_int(proposal, "id")));
            (*refused)++;
        } else if (*bound + cJSON_GetArraySize(list) < demo->scale.placements) {
            cJSON *id = cJSON_CreateObject();
            cJSON_AddNumberToObject(id, "id", (double)json_int(proposal, "id"));
            cJSON_AddItemToArray(list, id);
        }
    }
    if (cJSON_GetArraySize(list) == 0) {
        return OK;
    }
    TRY(demo_post(demo, &employer->actor, body, &call, "/proposals/accept"));
    const cJSON *result;
    cJSON_ArrayForEach(result, cJSON_GetObjectItemCaseSensitive(call.json, "results")) {
        const char *code = json_text(result, "code");
        if (json_int(result, "placement_id") > 0) {
            (*bound)++;
        } else {
            (*failed)++;
            demo->caught_stays += code != NULL && strcmp(code, "six_months") == 0 ? 1 : 0;
        }
    }
    return OK;
}

static Err run(struct demo *demo) {
    struct call call;
    TRY(demo_day(demo, demo->days.matching));
    TRY(demo_post(demo, &demo->officer, NULL, &call, "/campaigns/%lld/matching",
                  (long long)demo->campaign));
    TRY(demo_post(demo, &demo->officer, NULL, &call, "/campaigns/%lld/matching-runs",
                  (long long)demo->campaign));
    int64_t id = json_int(call.json, "run_id");
    TRY(demo_done(demo, DEMO_RUN, id, &call));
    stage_count(demo, "proposed", json_int(call.json, "proposed"));
    stage_count(demo, "assigned", json_int(call.json, "assigned"));
    TRY(demo_post(demo, &demo->officer, NULL, &call, "/matching-runs/%lld/replay", (long long)id));
    TRY(demo_done(demo, DEMO_CALCULATION, json_int(call.json, "id"), &call));
    bool same = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(call.json, "result_same"));
    return same ? OK : ERR_INTERNAL;
}

Err stage_matching(struct demo *demo) {
    int64_t bound = 0;
    int64_t refused = 0;
    int64_t failed = 0;
    int64_t interviews = 0;
    stage_begin(demo, "matching and binding");
    TRY(run(demo));
    TRY(demo_day(demo, demo->days.bound));
    for (int e = 0; e < demo->employers_count; e++) {
        cJSON *proposals;
        const char *path =
            arena_printf(demo->arena, "/proposals?state=proposed&first=true&campaign=%lld",
                         (long long)demo->campaign);
        TRY(list_all(demo, &demo->employers[e].actor, path, "proposals", "id", &proposals));
        int planted = 0;
        TRY(steps_interviews(demo, &demo->employers[e], proposals, &interviews));
        TRY(plant_stays(demo, proposals, &planted));
        TRY(answer(demo, &demo->employers[e], proposals, planted, &bound, &refused, &failed));
    }
    stage_count(demo, "interviews", interviews);
    stage_count(demo, "bound", bound);
    stage_count(demo, "refused by employers", refused);
    stage_count(demo, "refused by rules", failed);
    stage_end(demo);
    return OK;
}
