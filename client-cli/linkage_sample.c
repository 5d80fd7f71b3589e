/* linkage_sample.c - made-up candidates, some of them twice, to measure the search of many. */
#include <stdio.h>
#include <string.h>

#include "../lib/base/arena.h"
#include "demo/people.h"
#include "demo/world.h"
#include "linkage_score.h"

enum { COUNT_MAX = 1000000, AGAIN = 20, ALPHABET = 26 };

/* A record as a service would type it. */
struct typed {
    const char *given;
    const char *surname;
    const char *father;
    const char *place;
    const char *document;
    const char *phone;
    char birth[9];
    uint32_t person;
};

struct maker {
    struct arena *arena;
    const struct world *world;
    struct dice dice;
};

static const char *document(struct maker *maker) {
    return arena_printf(maker->arena, "%c%c%07lld", (int)('A' + dice_below(&maker->dice, ALPHABET)),
                        (int)('A' + dice_below(&maker->dice, ALPHABET)),
                        (long long)dice_below(&maker->dice, 10000000));
}

static const char *one_of(struct maker *maker, const struct name *list, int count) {
    return list[dice_below(&maker->dice, count)].latin;
}

static struct typed born(struct maker *maker, uint32_t person) {
    const struct origin *origin = &maker->world->origins[dice_below(&maker->dice, ORIGINS)];
    const struct names_pool *names = origin->names;
    bool woman = dice_chance(&maker->dice, 45, 100);
    int towns = 0;
    while (origin->towns[towns] != NULL) {
        towns++;
    }
    struct civil birth = date_civil((date)dice_between(&maker->dice, -365, 33 * 365));
    struct typed typed = {
        .given = woman ? one_of(maker, names->women, names->women_count)
                       : one_of(maker, names->men, names->men_count),
        .surname = one_of(maker, names->surnames, names->surname_count),
        .father = one_of(maker, names->men, names->men_count),
        .place = origin->towns[dice_below(&maker->dice, towns)],
        .document = document(maker),
        .phone = arena_printf(maker->arena, "2126%08lld",
                              (long long)dice_below(&maker->dice, 100000000)),
        .person = person,
    };
    (void)snprintf(typed.birth, sizeof(typed.birth), "%04u%02u%02u", (unsigned)birth.year % 10000,
                   (unsigned)birth.month % 100, (unsigned)birth.day % 100);
    return typed;
}

static void slip_birth(struct maker *maker, char birth[9]) {
    if (dice_chance(&maker->dice, 1, 2)) {
        char month[2];
        memcpy(month, birth + 4, 2);
        memcpy(birth + 4, birth + 6, 2);
        memcpy(birth + 6, month, 2);
    } else {
        char *figure = birth + dice_between(&maker->dice, 3, 7);
        *figure = (char)('0' + dice_below(&maker->dice, 10));
    }
}

/* The same person with another passport and some slips. */
static struct typed again(struct maker *maker, const struct typed *first) {
    struct typed typed = *first;
    typed.document = document(maker);
    if (dice_chance(&maker->dice, 2, 3)) {
        typed.given = other_spelling(maker->arena, span_of(first->given));
    }
    if (dice_chance(&maker->dice, 1, 3)) {
        typed.surname = other_spelling(maker->arena, span_of(first->surname));
    }
    if (dice_chance(&maker->dice, 1, 10)) {
        const char *given = typed.given;
        typed.given = typed.surname;
        typed.surname = given;
    }
    if (dice_chance(&maker->dice, 1, 4)) {
        slip_birth(maker, typed.birth);
    }
    if (dice_chance(&maker->dice, 1, 5)) {
        typed.place = "";
    }
    if (dice_chance(&maker->dice, 1, 2)) {
        typed.phone = "";
    }
    if (dice_chance(&maker->dice, 1, 3)) {
        typed.father = "";
    }
    return typed;
}

static void add(struct link_input *input, const struct typed *typed) {
    struct span part[LINK_PARTS] = {{NULL, 0}};
    uint32_t record = linkage_count(input->linkage);
    part[LINK_GIVEN] = span_of(typed->given);
    part[LINK_SURNAME] = span_of(typed->surname);
    part[LINK_FATHER] = span_of(typed->father);
    part[LINK_BIRTH] = span_of(typed->birth);
    part[LINK_PLACE] = span_of(typed->place);
    part[LINK_DOCUMENT] = span_of(typed->document);
    part[LINK_PHONE] = span_of(typed->phone);
    input->person[record] = span_of(arena_printf(input->arena, "%u", typed->person + 1));
    (void)linkage_add(input->linkage, part);
}

int link_sample(struct cli *cli, const char *count, struct link_input *input) {
    int64_t many = 0;
    int64_t seed = 1;
    struct world world;
    const char *file = "";
    const char *data = cli_option(cli, "data");
    const char *number = cli_option(cli, "seed");
    if (!text_int(span_of(count), &many) || many < 1 || many > COUNT_MAX ||
        (number != NULL && !text_int(span_of(number), &seed))) {
        return cli_usage("linkage", "--sample takes 1 to 1000000 records");
    }
    if (world_read(cli->arena, data != NULL ? data : "tests/data", &world, &file) != OK) {
        fprintf(stderr, "noria linkage: %s cannot be read\n", file);
        return EXIT_UNREADABLE;
    }
    struct maker maker = {cli->arena, &world, {(uint64_t)seed}};
    struct typed *typed = arena_array(cli->arena, (size_t)many, sizeof(*typed));
    link_room(input, (size_t)many);
    for (uint32_t i = 0; i < (uint32_t)many; i++) {
        bool twice = i > 0 && dice_chance(&maker.dice, 1, AGAIN);
        typed[i] = twice ? again(&maker, &typed[dice_below(&maker.dice, i)]) : born(&maker, i);
        add(input, &typed[i]);
    }
    return EXIT_DONE;
}
