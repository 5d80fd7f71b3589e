/* The demo's people: passports are right to the last digit unless a fraud is planted. */
#include "client-cli/demo/people.h"

#include <string.h>

#include "lib/base/arena.h"
#include "server/screening/mrz.h"
#include "server/screening/names.h"
#include "tests/support/check_main.h"

static const char *const MAGHREB[] = {"DZ", "MA", NULL};
static const char *const GEORGIA[] = {"GE", NULL};
static const char *const TOWNS[] = {"Larache", "Kenitra", NULL};

static struct arena *arena;
static struct table table;
static struct names_pool pool;

static void setup(void) {
    arena = arena_new();
    ck_assert_int_eq(table_read(arena, "tests/data/names/names_by_country.csv", &table), OK);
    ck_assert_int_eq(names_of(arena, &table, MAGHREB, &pool), OK);
}

static void teardown(void) {
    arena_free(arena);
}

static struct people make(int count, uint64_t seed) {
    struct origin origin = {"MAR", "MA", "ar fr", "ar es", TOWNS, &pool};
    struct dice dice = {seed};
    struct people people;
    people_make(arena, &origin, count, 20000, &dice, &people);
    return people;
}

START_TEST(only_altered_passports_are_wrong) {
    struct people people = make(2000, 7);
    int wrong = 0;
    for (int i = 0; i < people.count; i++) {
        struct mrz mrz;
        bool right = mrz_read(span_of(people.list[i].mrz), &mrz);
        ck_assert_msg(right == (people.list[i].fraud != FRAUD_MRZ_ALTERED), "%s\n%s",
                      people.list[i].ref, people.list[i].mrz);
        wrong += right ? 0 : 1;
        ck_assert_int_eq(mrz.format, MRZ_TD3);
    }
    ck_assert_int_eq(wrong, people.planted[FRAUD_MRZ_ALTERED]);
    ck_assert_int_gt(wrong, 3);
}
END_TEST

/* The spellings are not made with the product's own key, so a few may escape it. */
START_TEST(twins_mostly_fold_to_the_same_person) {
    struct people people = make(2000, 7);
    int other_letters = 0, escaped = 0;
    for (int i = 0; i < people.count; i++) {
        const struct person *person = &people.list[i];
        if (person->fraud != FRAUD_SPELLING_TWIN) {
            continue;
        }
        const struct person *other = &people.list[person->other];
        char a[NAMES_KEY], b[NAMES_KEY];
        names_key(span_of(person->surname), span_of(person->given), a);
        names_key(span_of(other->surname), span_of(other->given), b);
        escaped += strcmp(a, b) != 0;
        ck_assert_int_eq(person->birth, other->birth);
        ck_assert_str_ne(person->number, other->number);
        other_letters += strcmp(person->given, other->given) != 0 ||
                         strcmp(person->surname, other->surname) != 0;
    }
    ck_assert_int_gt(other_letters, 3);
    ck_assert_int_le(escaped * 4, people.planted[FRAUD_SPELLING_TWIN]);
}
END_TEST

START_TEST(a_passport_used_twice_has_another_holder) {
    struct people people = make(2000, 7);
    int count = 0;
    for (int i = 0; i < people.count; i++) {
        if (people.list[i].fraud == FRAUD_PASSPORT_TWICE) {
            ck_assert_str_eq(people.list[i].number, people.list[people.list[i].other].number);
            count++;
        }
    }
    ck_assert_int_eq(count, people.planted[FRAUD_PASSPORT_TWICE]);
    ck_assert_int_gt(count, 3);
}
END_TEST

START_TEST(same_seed_same_people) {
    struct people a = make(300, 42), b = make(300, 42), c = make(300, 43);
    int differ = 0;
    for (int i = 0; i < a.count; i++) {
        ck_assert_str_eq(a.list[i].mrz, b.list[i].mrz);
        differ += strcmp(a.list[i].mrz, c.list[i].mrz) != 0;
    }
    ck_assert_int_gt(differ, 250);
}
END_TEST

START_TEST(georgian_names_are_romanised) {
    ck_assert_str_eq(latin_of_georgian(arena, span_of("გიორგი")), "Giorgi");
    ck_assert_str_eq(latin_of_georgian(arena, span_of("ჭავჭავაძე")), "Chavchavadze");
    struct names_pool georgia;
    ck_assert_int_eq(names_of(arena, &table, GEORGIA, &georgia), OK);
    ck_assert_int_gt(georgia.surname_count, 20);
    static const char *const nowhere[] = {"XX", NULL};
    ck_assert_int_eq(names_of(arena, &table, nowhere, &georgia), ERR_UNREADABLE);
}
END_TEST

START_TEST(latin_names_get_an_arabic_spelling) {
    ck_assert_str_eq(arabic_of_latin(arena, span_of("Karim")), "كريم");
    ck_assert_str_eq(arabic_of_latin(arena, span_of("Aïcha")), "ايش");
    ck_assert_str_eq(mrz_name(arena, span_of("Ben Noûr-d'Aï")), "BEN<NOUR<DAI");
}
END_TEST

CHECK_MAIN("people", setup, teardown, only_altered_passports_are_wrong,
           twins_mostly_fold_to_the_same_person, a_passport_used_twice_has_another_holder,
           same_seed_same_people, georgian_names_are_romanised, latin_names_get_an_arabic_spelling)
