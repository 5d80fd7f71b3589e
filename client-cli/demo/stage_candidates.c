/* stage_candidates.c - three partner services send their candidates in files. */
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

Err stage_candidates(struct demo *demo, const struct world *world) {
    int64_t taken = 0;
    int64_t bad = 0;
    stage_begin(demo, "candidates");
    TRY(demo_day(demo, demo->now + DAY_CANDIDATES));
    for (int i = 0; i < SERVICES; i++) {
        people_make(demo->arena, &world->origins[i], demo->scale.candidates, demo->today,
                    &demo->dice, &demo->services[i].people);
        TRY(import_files(demo, &demo->services[i], &taken, &bad));
    }
    stage_count(demo, "entered", taken);
    stage_count(demo, "refused rows", bad);
    stage_end(demo);
    return OK;
}
