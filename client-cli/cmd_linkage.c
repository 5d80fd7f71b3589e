/* cmd_linkage.c - noria linkage: records of one person in a file, and how well they are found. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../lib/base/arena.h"
#include "commands.h"
#include "demo/table.h"
#include "linkage_score.h"
#include "output.h"

enum { THREADS = 2, FILES = 8 };

/* The columns of FEBRL and of other files of persons, each with the part that it is. */
static const struct {
    const char *column;
    enum link_part part;
} columns[] = {
    {"given_name", LINK_GIVEN},     {"given_names", LINK_GIVEN},
    {"first_name", LINK_GIVEN},     {"surname", LINK_SURNAME},
    {"last_name", LINK_SURNAME},    {"family_name", LINK_SURNAME},
    {"father_name", LINK_FATHER},   {"date_of_birth", LINK_BIRTH},
    {"birth_date", LINK_BIRTH},     {"dob", LINK_BIRTH},
    {"suburb", LINK_PLACE},         {"city", LINK_PLACE},
    {"birth_place", LINK_PLACE},    {"place_of_birth", LINK_PLACE},
    {"postcode", LINK_POSTCODE},    {"state", LINK_REGION},
    {"street_number", LINK_NUMBER}, {"address_1", LINK_STREET},
    {"address_2", LINK_STREET_2},   {"soc_sec_id", LINK_ID},
    {"national_id", LINK_ID},       {"document_number", LINK_DOCUMENT},
    {"phone_number", LINK_PHONE},   {"phone", LINK_PHONE},
};

/* The place of a column in a table; -1 when there is none. */
static int column_of(const struct table *table, const char *name) {
    for (int i = 0; i < table->columns; i++) {
        if (strcmp(table->names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

/* Where each part stands in the table; -1 when it does not. Gives how many parts there are. */
static int map_columns(const struct table *table, int place[LINK_PARTS]) {
    int found = 0;
    for (int part = 0; part < LINK_PARTS; part++) {
        place[part] = -1;
    }
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        int at = column_of(table, columns[i].column);
        if (at >= 0 && place[columns[i].part] < 0) {
            place[columns[i].part] = at;
            found++;
        }
    }
    return found;
}

static int add_file(struct link_input *input, const char *path, bool *labelled) {
    struct table table;
    int place[LINK_PARTS];
    if (table_read(input->arena, path, &table) != OK) {
        fprintf(stderr, "noria linkage: cannot read %s as CSV with a header\n", path);
        return EXIT_UNREADABLE;
    }
    if (map_columns(&table, place) < 2) {
        fprintf(stderr,
                "noria linkage: %s: two columns at least must be of those that are compared "
                "(given_name, surname, date_of_birth ...: noria(1))\n",
                path);
        return EXIT_UNREADABLE;
    }
    int cluster = column_of(&table, "cluster_id");
    int id = column_of(&table, "rec_id");
    *labelled = *labelled && cluster >= 0;
    link_room(input, (size_t)table.count);
    for (int row = 0; row < table.count; row++) {
        const struct span *cell = table.cells + (size_t)row * (size_t)table.columns;
        struct span part[LINK_PARTS] = {{NULL, 0}};
        size_t record = linkage_count(input->linkage);
        for (int i = 0; i < LINK_PARTS; i++) {
            part[i] = place[i] < 0 ? (struct span){NULL, 0} : cell[place[i]];
        }
        input->person[record] = cluster < 0 ? (struct span){NULL, 0} : cell[cluster];
        input->name[record] = id < 0 ? (struct span){NULL, 0} : cell[id];
        if (!linkage_add(input->linkage, part)) {
            fprintf(stderr, "noria linkage: more than %d records\n", LINK_RECORDS);
            return EXIT_REFUSED;
        }
    }
    return EXIT_DONE;
}

static double seconds_since(const struct timespec *from) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

/* The most memory that the program held at once, in MB. */
static long memory(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1000;
}

static void show(const struct cli *cli, const struct link_measure *measure, uint32_t records,
                 bool labelled, double seconds) {
    if (!cli->json && labelled) {
        printf("%u records, %llu pairs; precision %.4f, recall %.4f, F1 %.4f; %.2f s, %ld MB\n",
               records, (unsigned long long)measure->pairs, measure->precision, measure->recall,
               measure->f1, seconds, memory());
        return;
    }
    if (!cli->json) {
        printf("%u records, %llu pairs; %.2f s\n", records, (unsigned long long)measure->pairs,
               seconds);
        return;
    }
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddNumberToObject(answer, "pairs", (double)measure->pairs);
    static const char *const names[] = {"precision", "recall", "f1"};
    const double values[] = {measure->precision, measure->recall, measure->f1};
    for (int i = 0; i < 3; i++) {
        cJSON_AddItemToObject(answer, names[i],
                              labelled ? cJSON_CreateNumber(values[i]) : cJSON_CreateNull());
    }
    cJSON_AddNumberToObject(answer, "compared", (double)measure->compared);
    cJSON_AddNumberToObject(answer, "seconds", seconds);
    char *text = cJSON_PrintUnformatted(answer);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(answer);
}

/* Each record's name (or number) with the least record of its group. */
static int write_groups(const struct link_input *input, const struct link_found *found,
                        const char *path) {
    struct buf out;
    buf_init(&out, input->arena, 4096);
    buf_text(&out, "rec_id,group\n");
    uint32_t count = input->name == NULL ? 0 : linkage_count(input->linkage);
    for (uint32_t i = 0; i < count; i++) {
        if (input->name[i].len > 0) {
            buf_add(&out, input->name[i].ptr, input->name[i].len);
        } else {
            buf_printf(&out, "%u", i + 1);
        }
        buf_printf(&out, ",%u\n", found->cluster[i] + 1);
    }
    if (write_file(path, (struct span){out.ptr, out.len}, 0600) != OK) {
        fprintf(stderr, "noria linkage: cannot write %s\n", path);
        return EXIT_REFUSED;
    }
    return EXIT_DONE;
}

static int search(const struct cli *cli, const struct link_input *input, bool labelled, bool fit,
                  const char *groups, const struct timespec *from) {
    uint32_t count = linkage_count(input->linkage);
    const uint32_t *person = labelled ? link_persons(input->arena, input->person, count) : NULL;
    struct link_weights weights = link_weights_default;
    bool *use = arena_array(input->arena, (size_t)count + 1, sizeof(bool));
    if (fit) {
        link_half(person, count, use);
        linkage_fit(input->linkage, person, use, &weights);
    }
    for (uint32_t i = 0; i < count; i++) {
        use[i] = !fit || !use[i]; /* the half that was not fitted on */
    }
    struct link_found found;
    struct link_measure measure = {.pairs = 0};
    linkage_search(input->linkage, &weights, THREADS, &found);
    measure.pairs = found.pairs;
    measure.compared = found.compared;
    if (labelled) {
        link_measure(input->arena, found.cluster, person, use, count, &measure);
    }
    show(cli, &measure, count, labelled, seconds_since(from));
    if (fit && !cli->json) {
        link_print_weights(&weights);
    }
    return groups == NULL ? EXIT_DONE : write_groups(input, &found, groups);
}

int cmd_linkage(struct cli *cli) {
    struct timespec from;
    clock_gettime(CLOCK_MONOTONIC, &from);
    const char *pairs = cli_option(cli, "names");
    const char *groups = cli_option(cli, "groups");
    const char *sample = cli_option(cli, "sample");
    bool fit = cli_flag(cli, "fit");
    if (pairs != NULL) {
        return link_names(cli, pairs);
    }
    if (sample != NULL) {
        struct link_input made = {.arena = cli->arena, .linkage = linkage_new(cli->arena)};
        int code = link_sample(cli, sample, &made);
        clock_gettime(CLOCK_MONOTONIC, &from); /* the making is not measured */
        return code != EXIT_DONE ? code : search(cli, &made, true, fit, groups, &from);
    }
    if (cli->argc == 0 || cli->argc > FILES) {
        return cli_usage("linkage", "name one to eight CSV files");
    }
    struct link_input input = {.arena = cli->arena, .linkage = linkage_new(cli->arena)};
    bool labelled = true;
    for (int i = 0; i < cli->argc; i++) {
        int code = add_file(&input, cli->argv[i], &labelled);
        if (code != EXIT_DONE) {
            return code;
        }
    }
    if (fit && !labelled) {
        return cli_usage("linkage", "--fit needs the column cluster_id, which says who is who");
    }
    return search(cli, &input, labelled, fit, groups, &from);
}
