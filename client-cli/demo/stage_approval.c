/* stage_approval.c - an officer decides on the contracts; what screening holds waits for its case.
 */
#include <string.h>

#include "listing.h"
#include "stages.h"

Err stage_approval(struct demo *demo) {
    cJSON *contracts;
    stage_begin(demo, "decisions on contracts");
    TRY(demo_day(demo, demo->days.approved));
    const char *path = arena_printf(demo->arena, "/contracts?state=submitted&campaign=%lld",
                                    (long long)demo->campaign);
    TRY(list_all(demo, &demo->officer, path, "contracts", "id", &contracts));
    size_t count = (size_t)cJSON_GetArraySize(contracts);
    count -= (size_t)demo->scale.undecided < count ? (size_t)demo->scale.undecided : count;
    struct call *calls = arena_array(demo->arena, count, sizeof *calls);
    const cJSON *contract;
    size_t n = 0;
    int64_t places = 0;
    cJSON_ArrayForEach(contract, contracts) {
        if (n == count) {
            break;
        }
        places += json_int(contract, "places");
        demo_prepare(demo, &demo->officer, NULL, &calls[n++], "/contracts/%lld/approve",
                     (long long)json_int(contract, "id"));
    }
    int held = 0;
    TRY(demo_all(demo, calls, count, &held));
    n = 0;
    cJSON_ArrayForEach(contract, contracts) {
        if (n == count) {
            break;
        }
        const char *ref = json_text(contract, "employer_ref");
        bool planted = ref != NULL && strncmp(ref, "AGEN-", 5) == 0;
        demo->caught_contracts += planted && !call_ok(&calls[n]) ? 1 : 0;
        n++;
    }
    stage_count(demo, "approved", (int64_t)count - held);
    stage_count(demo, "held", held);
    stage_count(demo, "places", places);
    stage_end(demo);
    return OK;
}
