/* cmd_demo.c - `noria demo`: a whole campaign against a fresh server, stage after stage. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "../lib/base/clock.h"
#include "commands.h"
#include "demo/listing.h"
#include "demo/report.h"
#include "demo/stages.h"
#include "output.h"
#include "session.h"

enum { SMIC_CENTS = 1202, DAYS_MIN = 92, DAYS_MAX = 150, SEED = 20270301 };

/* The full data set makes the campaign of the issue; a small one a small campaign. */
static const struct scale FULL = {560, 40, 6, 1750, 600, 700, 40, 0};
static const struct scale SMALL = {100, 12, 3, 120, 60, 60, 24, 0};

static Err prepare(struct cli *cli, struct demo *demo, const struct session *session) {
    demo->password = getenv("NORIA_DEMO_PASSWORD");
    if (demo->password == NULL) {
        return ERR_REQUIRED;
    }
    demo->arena = cli->arena;
    demo->report = demo_object(demo);
    demo->stages = cJSON_AddArrayToObject(demo->report, "stages");
    demo->dice = (struct dice){SEED};
    /* before 08:00 it is yesterday: what is signed in the future is doubted by who verifies it */
    demo->now = (date)((time(NULL) - MORNING) / DAY_SECONDS);
    demo->days =
        (struct calendar){demo->now - 315, demo->now - 310, demo->now - 300, demo->now - 298,
                          demo->now - 285, demo->now - 262, demo->now - 255, demo->now - 248,
                          demo->now - 241, demo->now - 236, demo->now - 230, demo->now - 75};
    int year = date_civil(demo->days.first).year;
    demo->code = arena_printf(cli->arena, "DEMO-%d", year);
    demo->title = arena_printf(cli->arena, "Démonstration %d", year);
    demo->ref_prefix = "";
    demo->answer_before = DATE_NONE;
    demo->season =
        (struct season){demo->days.first, demo->days.last, DAYS_MIN, DAYS_MAX, SMIC_CENTS};
    demo->seen = arena_array(cli->arena, SEEN_MAX, sizeof *demo->seen);
    demo->plants = ARENA_NEW(cli->arena, struct plants);
    demo->began = clock_ticks();
    mkdir(demo->out, 0755);
    return http_new(cli->arena, session->url, NULL, &demo->http);
}

/* The labour agency's contracts, held until now, are refused. */
static Err refuse_held(struct demo *demo) {
    cJSON *contracts;
    const char *path = arena_printf(demo->arena, "/contracts?state=submitted&campaign=%lld",
                                    (long long)demo->campaign);
    TRY(list_all(demo, &demo->officer, path, "contracts", "id", &contracts));
    const cJSON *contract;
    cJSON_ArrayForEach(contract, contracts) {
        struct call call;
        cJSON *body = demo_object(demo);
        add_text(body, "reason", "The employer lends labour and farms no land.");
        TRY(demo_post(demo, &demo->officer, body, &call, "/contracts/%lld/refuse",
                      (long long)json_int(contract, "id")));
    }
    return OK;
}

static Err play(struct demo *demo, const struct world *world) {
    struct placements placements;
    struct placements leaving;
    struct demo *next = ARENA_NEW(demo->arena, struct demo);
    TRY(stage_accounts(demo));
    TRY(stage_campaign(demo));
    TRY(stage_contracts(demo, world));
    TRY(stage_approval(demo));
    TRY(stage_diagnoses(demo));
    TRY(stage_analysis(demo));
    TRY(stage_candidates(demo, world));
    TRY(stage_sessions(demo));
    TRY(stage_papers(demo));
    TRY(stage_cases(demo, "screening"));
    TRY(stage_matching(demo));
    TRY(stage_collusion(demo));
    TRY(stage_departure(demo, &placements));
    TRY(stage_documents(demo));
    TRY(stage_season(demo, &placements));
    TRY(stage_returns_begin(demo, &placements, demo->now - 60));
    TRY(stage_next(demo, world, next, &leaving));
    TRY(stage_returns(demo, &placements, next, &leaving));
    TRY(stage_sightings(demo, &placements));
    TRY(stage_cases(demo, "screening at the end"));
    TRY(refuse_held(demo));
    TRY(stage_close(demo));
    TRY(stage_files(demo, next));
    return OK;
}

int cmd_demo(struct cli *cli) {
    struct demo *demo = ARENA_NEW(cli->arena, struct demo);
    struct session session;
    struct world world;
    const char *file = "";
    demo->data = cli_option(cli, "data");
    demo->out = cli_option(cli, "out");
    if (demo->data == NULL || demo->out == NULL || session_load(cli, &session) != OK) {
        return cli_usage("demo", "say --data DIR and --out DIR");
    }
    if (world_read(cli->arena, demo->data, &world, &file) != OK) {
        fprintf(stderr, "noria: %s cannot be read\n", file);
        return EXIT_UNREADABLE;
    }
    demo->scale = world.demand.count > 1000 ? FULL : SMALL;
    Err err = prepare(cli, demo, &session);
    err = err == OK ? play(demo, &world) : err;
    err = err == OK ? report_write(demo) : err;
    if (err != OK) {
        return show_failure(err, session.url);
    }
    printf("%d calls, %.1f s\n", demo->calls, (double)(clock_ticks() - demo->began) / 1000.0);
    return EXIT_DONE;
}
