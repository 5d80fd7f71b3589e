#include "people.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../../server/screening/mrz.h"

enum { LINE = 44, NAME = 39, NUMBER = 9, YEAR_DAYS = 365 };

const char *const FRAUD_NAMES[FRAUDS] = {"none", "altered MRZ", "same person, other spelling",
                                         "passport used twice", "fee asked"};

static const char *six(struct arena *arena, date day) {
    struct civil civil = date_civil(day);
    return arena_printf(arena, "%02d%02d%02d", civil.year % 100, civil.month, civil.day);
}

/* `text` filled up with '<' (or cut) to `width`. */
static const char *filled(struct arena *arena, const char *text, size_t width) {
    char *out = arena_alloc(arena, width + 1);
    size_t length = strlen(text);
    memset(out, '<', width);
    memcpy(out, text, length < width ? length : width);
    return out;
}

/* The two lines of a passport (ICAO Doc 9303 part 4). */
static const char *passport_mrz(struct arena *arena, const struct person *person) {
    const char *names = arena_printf(arena, "%s<<%s", mrz_name(arena, span_of(person->surname)),
                                     mrz_name(arena, span_of(person->given)));
    const char *number = filled(arena, person->number, NUMBER);
    const char *birth = six(arena, person->birth);
    const char *expires = six(arena, person->expires);
    const char *optional = filled(arena, "", 14);
    const char *checked = arena_printf(
        arena, "%s%c%s%c%s%c%s%c", number, mrz_check_digit(span_of(number)), birth,
        mrz_check_digit(span_of(birth)), expires, mrz_check_digit(span_of(expires)), optional, '<');
    return arena_printf(arena, "P<%s%s\n%s%c%s%s%c%s%s%c%s%c%c", person->country,
                        filled(arena, names, NAME), number, mrz_check_digit(span_of(number)),
                        person->country, birth, mrz_check_digit(span_of(birth)), person->sex,
                        expires, mrz_check_digit(span_of(expires)), optional, '<',
                        mrz_check_digit(span_of(checked)));
}

static const char *passport_number(struct arena *arena, struct dice *dice) {
    return arena_printf(arena, "%c%c%07lld", (int)('A' + dice_below(dice, 26)),
                        (int)('A' + dice_below(dice, 26)), (long long)dice_below(dice, 10000000));
}

static struct person born(struct arena *arena, const struct origin *origin, int index, date today,
                          struct dice *dice) {
    const struct names_pool *names = origin->names;
    bool woman = dice_chance(dice, 45, 100);
    const struct name *given = woman ? &names->women[dice_below(dice, names->women_count)]
                                     : &names->men[dice_below(dice, names->men_count)];
    const struct name *surname = &names->surnames[dice_below(dice, names->surname_count)];
    int towns = 0;
    while (origin->towns[towns] != NULL) {
        towns++;
    }
    struct person person = {
        .ref = arena_printf(arena, "%s-%06d", origin->prefix, index + 1),
        .surname = surname->latin,
        .given = given->latin,
        .native_surname = surname->native,
        .native_given = given->native,
        .sex = woman ? "F" : "M",
        .birth = today - (date)dice_between(dice, 19 * YEAR_DAYS, 52 * YEAR_DAYS),
        .birth_place = origin->towns[dice_below(dice, towns)],
        .country = origin->country,
        .number = passport_number(arena, dice),
        .expires = today + (date)dice_between(dice, 2 * YEAR_DAYS, 5 * YEAR_DAYS),
        .experience_months = (int)dice_below(dice, 60),
        .languages = dice_chance(dice, 2, 3) ? origin->languages : origin->other_languages,
        .other = -1,
    };
    person.mrz = passport_mrz(arena, &person);
    return person;
}

/* Changes one figure of the birth date, leaving its check digit as it was. */
static const char *altered(struct arena *arena, const char *mrz, struct dice *dice) {
    char *copy = arena_strdup(arena, mrz);
    char *year = copy + LINE + 1 + 14;
    *year = (char)('0' + (*year - '0' + 1 + dice_below(dice, 8)) % 10);
    return copy;
}

/* Another transcription of the names and a new passport; the folded names stay the same. */
static void make_twin(struct arena *arena, struct person *person, const struct person *other,
                      struct dice *dice) {
    const char *given = other_spelling(arena, span_of(other->given));
    const char *surname = strcmp(given, other->given) == 0
                              ? other_spelling(arena, span_of(other->surname))
                              : other->surname;
    const char *ref = person->ref;
    *person = *other;
    person->ref = ref;
    person->given = given;
    person->surname = surname;
    person->number = passport_number(arena, dice);
    person->mrz = passport_mrz(arena, person);
}

static void plant(struct arena *arena, struct people *people, int index, struct dice *dice) {
    struct person *person = &people->list[index];
    int other = (int)dice_below(dice, index);
    if (people->list[other].fraud != FRAUD_NONE) {
        return;
    }
    enum fraud fraud = (enum fraud)dice_between(dice, FRAUD_MRZ_ALTERED, FRAUDS - 1);
    switch (fraud) {
    case FRAUD_MRZ_ALTERED:
        person->mrz = altered(arena, person->mrz, dice);
        break;
    case FRAUD_SPELLING_TWIN:
        make_twin(arena, person, &people->list[other], dice);
        person->other = other;
        break;
    case FRAUD_PASSPORT_TWICE:
        person->number = people->list[other].number;
        person->mrz = passport_mrz(arena, person);
        person->other = other;
        break;
    case FRAUD_FEE_PAID:
    case FRAUD_NONE:
    case FRAUDS:
        break;
    }
    person->fraud = fraud;
    people->planted[fraud]++;
}

void people_make(struct arena *arena, const struct origin *origin, int count, date today,
                 struct dice *dice, struct people *people) {
    struct people made = {.list = arena_array(arena, (size_t)count, sizeof(struct person))};
    for (int i = 0; i < count; i++) {
        made.list[i] = born(arena, origin, i, today, dice);
        made.count++;
        if (i > 20 && dice_chance(dice, 1, 30)) {
            plant(arena, &made, i, dice);
        }
    }
    *people = made;
}
