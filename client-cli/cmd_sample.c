/* cmd_sample.c - `noria sample`: made-up candidates or contracts as files to import, for trials. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../lib/base/arena.h"
#include "commands.h"
#include "demo/candidates_csv.h"
#include "demo/contracts_csv.h"
#include "demo/world.h"
#include "output.h"

enum { COUNT_MAX = 1000000, DAY = 86400, LEAD_DAYS = 60, SEASON_DAYS = 180, SMIC_CENTS = 1202 };

struct sample {
    int64_t count;
    int64_t seed;
    int64_t origin; /* 1..3 */
    date today;
    struct season season;
};

static bool read_number(struct cli *cli, const char *name, int64_t otherwise, int64_t *value) {
    const char *text = cli_option(cli, name);
    *value = otherwise;
    return text == NULL || text_int(span_of(text), value);
}

static bool read_day(struct cli *cli, const char *name, date otherwise, date *day) {
    const char *text = cli_option(cli, name);
    *day = otherwise;
    return text == NULL || date_parse(span_of(text), day);
}

static bool read_options(struct cli *cli, struct sample *sample) {
    sample->today = (date)(time(NULL) / DAY);
    sample->season = (struct season){0, 0, 90, 150, SMIC_CENTS};
    return read_number(cli, "seed", 1, &sample->seed) &&
           read_number(cli, "service", 1, &sample->origin) &&
           read_day(cli, "from", sample->today + LEAD_DAYS, &sample->season.first) &&
           read_day(cli, "to", sample->season.first + SEASON_DAYS, &sample->season.last) &&
           sample->origin >= 1 && sample->origin <= ORIGINS && cli->argc == 2 &&
           text_int(span_of(cli->argv[1]), &sample->count) && sample->count >= 1 &&
           sample->count <= COUNT_MAX && sample->season.last > sample->season.first;
}

static Err contracts(struct cli *cli, const struct world *world, const struct sample *sample,
                     struct span *text) {
    struct orders orders;
    static const int64_t no_profiles[3] = {0, 0, 0};
    static const struct planted_contracts none = {0, 0, 0, 0};
    TRY(orders_of(cli->arena, &world->demand, &world->communes, &sample->season, 60,
                  (int)sample->count, 0, &orders));
    *text =
        contracts_csv(cli->arena, &orders, &sample->season, sample->today - 40, no_profiles, &none);
    return OK;
}

static struct span candidates(struct cli *cli, const struct world *world,
                              const struct sample *sample) {
    struct dice dice = {(uint64_t)sample->seed};
    struct people people;
    people_make(cli->arena, &world->origins[sample->origin - 1], (int)sample->count, sample->today,
                &dice, &people);
    return candidates_csv(cli->arena, &people, 0, people.count, &sample->season);
}

int cmd_sample(struct cli *cli) {
    struct sample sample;
    struct world world;
    struct span text;
    const char *file = "";
    const char *data = cli_option(cli, "data");
    if (!read_options(cli, &sample)) {
        return cli_usage("sample", "say what and how many");
    }
    if (world_read(cli->arena, data != NULL ? data : "tests/data", &world, &file) != OK) {
        fprintf(stderr, "noria: %s cannot be read\n", file);
        return EXIT_UNREADABLE;
    }
    if (strcmp(cli->argv[0], "candidates") == 0) {
        text = candidates(cli, &world, &sample);
    } else if (strcmp(cli->argv[0], "contracts") != 0) {
        return cli_usage("sample", "candidates or contracts");
    } else if (contracts(cli, &world, &sample, &text) != OK) {
        fprintf(stderr, "noria: the data set has no such orders\n");
        return EXIT_UNREADABLE;
    }
    fwrite(text.ptr, 1, text.len, stdout);
    return EXIT_DONE;
}
