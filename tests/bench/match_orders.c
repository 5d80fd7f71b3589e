#include "tests/bench/match_orders.h"

#include <stdlib.h>

#include "client-cli/demo/crops.h"
#include "lib/base/arena.h"

enum {
    SEASON = 2027,
    DAYS = 365,
    SHORTEST = 30,
    LONGEST = 180,
    PROFILES_MAX = 32,
    FRENCH = 0, /* needs */
    DRIVING = 1
};

struct dice {
    uint64_t state;
};

static int throw_dice(struct dice *dice, int sides) {
    dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((dice->state >> 33) % (uint64_t)sides);
}

/* What is kept of an order. */
struct order {
    int day, length, places, months, profile;
    bool driving;
};

struct book {
    struct order *list;
    int count;
    struct span profiles[PROFILES_MAX]; /* ROME codes */
    int nprofiles;
};

static int profile_of(struct book *book, struct span rome) {
    for (int i = 0; i < book->nprofiles; i++) {
        if (span_equal(book->profiles[i], rome)) {
            return i;
        }
    }
    book->profiles[book->nprofiles] = rome;
    return book->nprofiles++;
}

static bool read_order(struct book *book, const struct table *table, int row, struct order *order) {
    date from, to;
    int64_t places, months;
    if (!date_parse(table_cell(table, row, "requested_start_date_of_need"), &from) ||
        !date_parse(table_cell(table, row, "requested_end_date_of_need"), &to) || to < from ||
        !text_int(table_cell(table, row, "nbr_workers_certified"), &places) || places < 1 ||
        !span_is(table_cell(table, row, "primary_sub"), "PRI")) {
        return false;
    }
    const struct crop *crop = crop_of(table_cell(table, row, "primary_crop"));
    int length = to - from + 1;
    length = length < SHORTEST ? SHORTEST : length;
    *order = (struct order){
        .day = from - date_of((struct civil){date_civil(from).year, 1, 1}),
        .length = length > LONGEST ? LONGEST : length,
        .places = places > 500 ? 500 : (int)places,
        .profile = profile_of(book, span_of(crop->rome)),
        .driving = span_is(span_of(crop->rome), "A1101"),
    };
    if (text_int(table_cell(table, row, "emp_exp_num_months"), &months) && months <= 24) {
        order->months = (int)months;
    }
    return true;
}

static struct book read_book(struct arena *arena, const struct table *table) {
    struct book book = {.list = arena_array(arena, (size_t)table->count, sizeof *book.list)};
    for (int row = 0; row < table->count; row++) {
        book.count += read_order(&book, table, row, &book.list[book.count]);
    }
    return book;
}

/* The file's orders in turn; from the second round on they begin some days off. */
static int contracts_make(struct arena *arena, const struct book *book,
                          const struct orders_wanted *wanted, struct match_input *input) {
    struct match_contract *list = arena_array(arena, (size_t)wanted->contracts, sizeof *list);
    struct dice dice = {1};
    date january = date_of((struct civil){SEASON, 1, 1});
    int places = 0;
    for (int k = 0; k < wanted->contracts; k++) {
        const struct order *order = &book->list[k % book->count];
        int off = k < book->count ? 0 : throw_dice(&dice, 29) - 14;
        int room = wanted->places_most > 0 ? wanted->places_most - places : order->places;
        if (room <= 0) {
            break;
        }
        date first = january + (order->day + off + DAYS) % DAYS;
        list[k] = (struct match_contract){
            .id = k + 1,
            .places = order->places < room ? order->places : room,
            .first = first,
            .last = first + order->length - 1,
            .block = (uint16_t)order->profile,
            .months = (uint16_t)order->months,
            .language = throw_dice(&dice, 10) < 3 ? FRENCH : MATCH_NONE,
            .permit = order->driving ? DRIVING : MATCH_NONE,
        };
        places += list[k].places;
        input->ncontracts = k + 1;
    }
    input->contracts = list;
    return places;
}

static int one_of(const int *shares, int count, int places, struct dice *dice) {
    int at = throw_dice(dice, places);
    int i = 0;
    while (i < count - 1 && at >= shares[i]) {
        at -= shares[i++];
    }
    return i;
}

struct crowd {
    struct match_input *input;
    struct match_candidate *who;
    struct assign_candidate *people;
    struct match_result *results;
    int nresults;
    struct stay *stays;
    int nstays;
    int shares[PROFILES_MAX]; /* places by profile */
    int places;
    struct dice dice;
};

static void results_make(struct crowd *crowd, int i) {
    struct dice *dice = &crowd->dice;
    int first = one_of(crowd->shares, crowd->input->nprofiles, crowd->places, dice);
    int second = one_of(crowd->shares, crowd->input->nprofiles, crowd->places, dice);
    int count = second != first && throw_dice(dice, 2) == 0 ? 2 : 1;
    int low = first < second || count == 1 ? first : second;
    int high = low == first ? second : first;
    crowd->who[i].first_result = crowd->nresults;
    crowd->who[i].results = (uint8_t)count;
    for (int r = 0; r < count; r++) {
        crowd->results[crowd->nresults++] = (struct match_result){
            (uint16_t)(r == 0 ? low : high), (uint16_t)(500 + throw_dice(dice, 501))};
    }
}

/* A third has come before, half of those last autumn: six months in twelve may bind. */
static void past_make(struct crowd *crowd, int i) {
    struct dice *dice = &crowd->dice;
    date january = date_of((struct civil){SEASON, 1, 1});
    if (throw_dice(dice, 3) != 0) {
        return;
    }
    crowd->who[i].returns = (uint8_t)(1 + throw_dice(dice, 3));
    if (throw_dice(dice, 2) == 0) {
        date first = january - 150 + throw_dice(dice, 60);
        crowd->who[i].first_stay = crowd->nstays;
        crowd->who[i].stays = 1;
        crowd->stays[crowd->nstays++] = (struct stay){first, first + 60 + throw_dice(dice, 60), 0};
    }
}

/* Available for five to twelve months from some day on; tested for one or two profiles, as they are
 * asked for. */
static void person_make(struct crowd *crowd, int i) {
    struct dice *dice = &crowd->dice;
    date from = date_of((struct civil){SEASON, 1, 1}) + throw_dice(dice, DAYS) - 60;
    uint64_t french = throw_dice(dice, 10) < 6 ? UINT64_C(1) << FRENCH : 0;
    uint64_t driving = throw_dice(dice, 4) == 0 ? UINT64_C(1) << DRIVING : 0;
    static const int shares[] = {6, 3, 1}; /* of the three services */
    crowd->who[i] = (struct match_candidate){.id = i + 1, .french = french != 0};
    crowd->people[i] = (struct assign_candidate){
        .from = from,
        .to = from + 150 + throw_dice(dice, 215),
        .skills = french | driving,
        .months = (uint16_t)throw_dice(dice, 61),
        .service = (uint16_t)one_of(shares, 3, 10, dice),
    };
    results_make(crowd, i);
    past_make(crowd, i);
}

static void candidates_make(struct arena *arena, int count, int places, struct match_input *input) {
    size_t n = (size_t)count;
    struct crowd crowd = {.input = input,
                          .who = arena_array(arena, n, sizeof *crowd.who),
                          .people = arena_array(arena, n, sizeof *crowd.people),
                          .results = arena_array(arena, n * 3 / 2 + 1000, sizeof *crowd.results),
                          .stays = arena_array(arena, n / 5 + 1000, sizeof *crowd.stays),
                          .places = places,
                          .dice = {2}};
    for (int k = 0; k < input->ncontracts; k++) {
        crowd.shares[input->contracts[k].block] += input->contracts[k].places;
    }
    for (int i = 0; i < count; i++) {
        person_make(&crowd, i);
    }
    input->candidates = crowd.who;
    input->people = crowd.people;
    input->ncandidates = count;
    input->results = crowd.results;
    input->stays = crowd.stays;
}

void orders_make(struct arena *arena, const struct table *table, const struct orders_wanted *wanted,
                 struct match_input *input) {
    *input = (struct match_input){
        .per_place = 3, .per_candidate = 3, .reserve_per_place = 1, .variant = STAY_DAYS_183};
    struct book book = read_book(arena, table);
    int places = contracts_make(arena, &book, wanted, input);
    int64_t *profiles = arena_array(arena, (size_t)book.nprofiles, sizeof *profiles);
    for (int b = 0; b < book.nprofiles; b++) {
        profiles[b] = b + 1;
    }
    input->profiles = profiles;
    input->nprofiles = book.nprofiles;
    input->needs[FRENCH] = (struct match_need){SPAN_LIT("fr"), false};
    input->needs[DRIVING] = (struct match_need){SPAN_LIT("b"), true};
    input->nneeds = 2;
    int count = wanted->candidates > 0 ? wanted->candidates : places / 10 * wanted->per_ten_places;
    struct match_service *services = arena_array(arena, 3, sizeof *services);
    for (int s = 0; s < 3; s++) {
        services[s] = (struct match_service){s + 1, ASSIGN_NO_QUOTA};
    }
    if (wanted->quota_thousands > 0) {
        services[0].left = (int32_t)((int64_t)count * wanted->quota_thousands / 1000);
    }
    input->services = services;
    input->nservices = 3;
    candidates_make(arena, count, places, input);
}
