/* stage_candidates.c - three partner services send their candidates in files. */

#include <string.h>

#include "candidates_csv.h"
#include "listing.h"
#include "stages.h"

/* Files of this many rows, so that an upload stays small. */
enum { FILE_ROWS = 1000 };

static Err import_files(struct demo *demo, struct service *service, int64_t *taken, int64_t *bad) {
    for (int from = 0; from < service->people.count; from += FILE_ROWS) {
        int to =
            from + FILE_ROWS < service->people.count ? from + FILE_ROWS : service->people.count;
        struct call call;
        struct span csv = candidates_csv(demo->arena, &service->people, from, to, &demo->season);
        TRY(demo_upload(demo, &service->actor, csv, "text/csv", &call,
                        "/campaigns/%lld/candidates/import", (long long)demo->campaign));
        *taken += json_int(call.json, "rows_ok");
        *bad += json_int(call.json, "rows_bad");
    }
    return OK;
}

/* Which candidate each person became: rows are taken in their order. The first, a middle and the
 * last are compared with the service's own numbers. */
static Err match_ids(struct demo *demo, struct service *service) {
    cJSON *candidates;
    const char *path =
        arena_printf(demo->arena, "/candidates?campaign=%lld", (long long)demo->campaign);
    TRY(list_all(demo, &service->actor, path, "candidates", "id", &candidates));
    int count = service->people.count;
    if (cJSON_GetArraySize(candidates) != count) {
        return ERR_CONFLICT;
    }
    service->ids = arena_array(demo->arena, (size_t)count, sizeof *service->ids);
    service->tokens = arena_array(demo->arena, (size_t)count, sizeof *service->tokens);
    service->weak = arena_array(demo->arena, (size_t)count, sizeof *service->weak);
    const cJSON *candidate;
    int index = 0;
    cJSON_ArrayForEach(candidate, candidates) {
        service->ids[index] = json_int(candidate, "id");
        service->tokens[index++] = arena_strdup(demo->arena, json_text(candidate, "token"));
    }
    const int samples[] = {0, count / 2, count - 1};
    for (int i = 0; i < 3; i++) {
        struct call call;
        TRY(demo_get(demo, &service->actor, &call, "/candidates/%lld/status",
                     (long long)service->ids[samples[i]]));
        const char *ref =
            json_text(cJSON_GetObjectItemCaseSensitive(call.json, "extras"), "partner_ref");
        if (ref == NULL || strcmp(ref, service->people.list[samples[i]].ref) != 0) {
            return ERR_CONFLICT;
        }
    }
    return OK;
}

Err stage_candidates(struct demo *demo, const struct world *world) {
    int64_t taken = 0;
    int64_t bad = 0;
    stage_begin(demo, "candidates");
    TRY(demo_day(demo, demo->days.candidates));
    for (int i = 0; i < SERVICES; i++) {
        people_make(demo->arena, &world->origins[i], demo->scale.candidates, demo->today,
                    &demo->dice, &demo->services[i].people);
        TRY(import_files(demo, &demo->services[i], &taken, &bad));
        TRY(match_ids(demo, &demo->services[i]));
    }
    stage_count(demo, "entered", taken);
    stage_count(demo, "refused rows", bad);
    stage_end(demo);
    return OK;
}
