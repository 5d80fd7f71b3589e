/* stage_cases.c - each doubt of screening is settled by a person (two for the grave ones): what was
 * planted is confirmed, the rest cleared. */
#include <string.h>

#include "listing.h"
#include "stages.h"

/* What was planted, and the rules that should find it. */
static const struct {
    enum fraud fraud;
    const char *rules[4];
} EXPECTED[] = {
    {FRAUD_MRZ_ALTERED, {"mrz_check_digit", "mrz_typed_differs", NULL}},
    {FRAUD_SPELLING_TWIN, {"same_person", "person_two_passports", "same_person_swapped", NULL}},
    {FRAUD_PASSPORT_TWICE, {"same_passport", "passport_two_persons", NULL}},
    {FRAUD_FEE_PAID, {"fee_asked", "fee_cluster", "fee_same_entry", NULL}},
};

static bool finds(enum fraud fraud, const char *rule) {
    for (size_t i = 0; i < sizeof EXPECTED / sizeof EXPECTED[0]; i++) {
        for (int r = 0; EXPECTED[i].fraud == fraud && EXPECTED[i].rules[r] != NULL; r++) {
            if (strcmp(EXPECTED[i].rules[r], rule) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* The person behind a candidate's id; NULL when it is none of ours. */
static const struct person *person_of(const struct demo *demo, int64_t candidate) {
    for (int s = 0; s < SERVICES; s++) {
        const struct service *service = &demo->services[s];
        for (int i = 0; i < service->people.count; i++) {
            if (service->ids[i] == candidate) {
                return &service->people.list[i];
            }
        }
    }
    return NULL;
}

static bool is_planted(const struct demo *demo, const cJSON *found, const char *member) {
    const struct person *person = person_of(demo, json_int(found, member));
    return person != NULL && finds(person->fraud, json_text(found, "rule"));
}

/* What was planted for this rule alone. */
static bool is_plant(struct demo *demo, const cJSON *found) {
    int64_t ids[SUBJECTS];
    for (int i = 0; i < SUBJECTS; i++) {
        ids[i] = json_int(found, SUBJECT_MEMBERS[i]);
    }
    return plant_seen(demo->plants, json_text(found, "rule"), ids);
}

/* Contracts of the labour agency, and stays beyond the limit. Of a farm whose telephone the agency
 * gave as its own nothing is confirmed. */
static bool is_real(struct demo *demo, const cJSON *found) {
    const char *rule = json_text(found, "rule");
    if (is_plant(demo, found)) {
        return strcmp(rule, "shared_contact") != 0 || json_int(found, "org_id") == demo->agency;
    }
    return is_planted(demo, found, "candidate_id") ||
           is_planted(demo, found, "other_candidate_id") ||
           json_int(found, "org_id") == demo->agency || strcmp(rule, "stay_too_long") == 0;
}

static cJSON *verdict(struct demo *demo, const cJSON *found) {
    bool real = is_real(demo, found);
    cJSON *body = demo_object(demo);
    add_text(body, "outcome", real ? "confirmed" : "cleared");
    add_text(body, "reason",
             real ? "Seen on the papers themselves." : "Compared with the papers: no ground.");
    return body;
}

static Err settle_as(struct demo *demo, const struct actor *officer, const cJSON *cases) {
    size_t count = (size_t)cJSON_GetArraySize(cases);
    struct call *calls = arena_array(demo->arena, count, sizeof *calls);
    size_t n = 0;
    const cJSON *found;
    cJSON_ArrayForEach(found, cases) {
        demo_prepare(demo, officer, verdict(demo, found), &calls[n++], "/cases/%lld/settle",
                     (long long)json_int(found, "id"));
    }
    return demo_all(demo, calls, count, NULL);
}

static Err open_cases(struct demo *demo, cJSON **cases) {
    return list_all(
        demo, &demo->officer,
        arena_printf(demo->arena, "/cases/all?state=open&campaign=%lld", (long long)demo->campaign),
        "cases", "id", cases);
}

/* Each planted person is counted once, by the first case that names him. */
static void count_caught(struct demo *demo, const cJSON *cases) {
    const cJSON *found;
    cJSON_ArrayForEach(found, cases) {
        const char *rule = json_text(found, "rule");
        plant_case(demo->plants, arena_strdup(demo->arena, rule),
                   is_plant(demo, found) || is_real(demo, found));
        demo->caught_over += strcmp(rule, "stay_too_long") == 0 ? 1 : 0;
        const char *members[] = {"candidate_id", "other_candidate_id"};
        for (int m = 0; m < 2; m++) {
            const struct person *person = person_of(demo, json_int(found, members[m]));
            if (person == NULL || !finds(person->fraud, rule)) {
                continue;
            }
            bool *known = &demo->seen[(size_t)json_int(found, members[m]) % SEEN_MAX];
            if (!*known) {
                *known = true;
                demo->caught[person->fraud]++;
            }
        }
    }
}

Err stage_cases(struct demo *demo, const char *name) {
    cJSON *cases;
    stage_begin(demo, name);
    struct call call;
    cJSON *which = demo_object(demo);
    add_int(which, "campaign", demo->campaign);
    TRY(demo_post(demo, &demo->officer, which, &call, "/cases/screen"));
    stage_count(demo, "of the whole campaign", json_int(call.json, "opened"));
    TRY(open_cases(demo, &cases));
    stage_count(demo, "cases", cJSON_GetArraySize(cases));
    count_caught(demo, cases);
    TRY(settle_as(demo, &demo->officer, cases));
    TRY(open_cases(demo, &cases));
    stage_count(demo, "by two persons", cJSON_GetArraySize(cases));
    TRY(settle_as(demo, &demo->officer2, cases));
    stage_end(demo);
    return OK;
}
