/* The housing arithmetic of R.716-7 to R.716-11: each limit at its edge. */
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../server/contract/contract.h"
#include "../../support/check_main.h"

static struct arena *arena;
static struct faults faults;
static struct contract_housing housing;
static struct contract_room rooms[4];
static int count;

/* Six men in one room with everything they need, to the last square centimetre. */
static void setup(void) {
    arena = arena_new();
    faults_init(&faults, arena);
    housing = (struct contract_housing){.kind = "employer",
                                        .address = "Mas des Oliviers",
                                        .commune = "13004",
                                        .basins = 2,
                                        .showers = 1,
                                        .toilets = 1,
                                        .eating_m2 = 1700};
    rooms[0] = (struct contract_room){4400, 6, "men"};
    count = 1;
}

static void teardown(void) {
    arena_free(arena);
}

static Err check_for(int64_t places) {
    faults_init(&faults, arena);
    return contract_housing_check(&housing, rooms, count, places, &faults);
}

/* Exactly one fault, of this kind on this field with this detail. */
static void expect(Err err, const char *field, const char *detail) {
    ck_assert_int_eq(check_for(6), ERR_INVALID_INPUT);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_msg(faults.list[0].err == err, "%s", err_code(faults.list[0].err));
    ck_assert_str_eq(faults.list[0].field, field);
    if (detail != NULL) {
        ck_assert_str_eq(faults.list[0].detail, detail);
    }
}

START_TEST(just_enough_is_enough) {
    ck_assert_int_eq(check_for(6), OK);
    ck_assert_int_eq(check_for(1), OK);
}
END_TEST

START_TEST(no_housing_nothing_to_check) {
    housing = (struct contract_housing){.kind = "none"};
    count = 0;
    ck_assert_int_eq(check_for(100), OK);
    housing.kind = NULL;
    ck_assert_int_eq(check_for(100), OK);
}
END_TEST

START_TEST(address_commune_and_rooms_are_needed) {
    housing.address = NULL;
    expect(ERR_HOUSING_MISSING, "housing_address", NULL);
    housing.address = "x";
    housing.commune = NULL;
    expect(ERR_HOUSING_MISSING, "housing_commune", NULL);
    housing.commune = "13004";
    count = 0;
    expect(ERR_HOUSING_MISSING, "rooms", NULL);
}
END_TEST

START_TEST(room_area) {
    rooms[0].area_m2 = 4399;
    expect(ERR_HOUSING_ROOM_SMALL, "rooms", "1: 43.99 < 44.00");
    rooms[0] = (struct contract_room){899, 1, "men"};
    ck_assert_int_eq(check_for(1), ERR_INVALID_INPUT);
    ck_assert_str_eq(faults.list[0].detail, "1: 8.99 < 9.00");
    rooms[0].area_m2 = 900;
    ck_assert_int_eq(check_for(1), OK);
}
END_TEST

START_TEST(at_most_six_in_a_room) {
    rooms[0] = (struct contract_room){10000, 7, "men"};
    housing.basins = 3;
    housing.showers = 2;
    housing.toilets = 2;
    housing.eating_m2 = 1900;
    expect(ERR_HOUSING_ROOM_FULL, "rooms", "1: 7");
}
END_TEST

START_TEST(beds_for_every_place) {
    ck_assert_int_eq(check_for(7), ERR_INVALID_INPUT);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_int_eq(faults.list[0].err, ERR_HOUSING_TOO_FEW_BEDS);
    ck_assert_str_eq(faults.list[0].detail, "6 < 7");
}
END_TEST

START_TEST(no_bunk_beds) {
    housing.bunks = true;
    expect(ERR_HOUSING_BUNKS, "housing_bunks", NULL);
}
END_TEST

START_TEST(washing_for_everybody) {
    housing.basins = 1;
    expect(ERR_HOUSING_BASINS, "housing_basins", "1 < 2");
    housing.basins = 2;
    housing.showers = 0;
    expect(ERR_HOUSING_SHOWERS, "housing_showers", "0 < 1");
    housing.showers = 1;
    housing.toilets = 0;
    expect(ERR_HOUSING_TOILETS, "housing_toilets", "0 < 1");
}
END_TEST

/* Four men and two women are six persons, but need a shower and a toilet each. */
START_TEST(women_and_men_apart) {
    rooms[0] = (struct contract_room){3000, 4, "men"};
    rooms[1] = (struct contract_room){1600, 2, "women"};
    count = 2;
    ck_assert_int_eq(check_for(6), ERR_INVALID_INPUT);
    ck_assert_uint_eq(faults.count, 3);
    ck_assert_str_eq(faults.list[0].detail, "2 < 3"); /* basins: two for four men, one for women */
    ck_assert_str_eq(faults.list[1].detail, "1 < 2");
    ck_assert_str_eq(faults.list[2].detail, "1 < 2");
    housing.basins = 3;
    housing.showers = 2;
    housing.toilets = 2;
    ck_assert_int_eq(check_for(6), OK);
}
END_TEST

START_TEST(eating_room) {
    housing.eating_m2 = 1699;
    expect(ERR_HOUSING_EATING_SMALL, "housing_eating_m2", "16.99 < 17.00");
}
END_TEST

START_TEST(up_to_three_eat_where_they_sleep) {
    housing.eating_m2 = 0;
    rooms[0] = (struct contract_room){2300, 3, "men"};
    ck_assert_int_eq(check_for(3), OK);
    rooms[0] = (struct contract_room){1199, 1, "men"};
    ck_assert_int_eq(check_for(1), ERR_INVALID_INPUT);
    ck_assert_int_eq(faults.list[0].err, ERR_HOUSING_EATING_SMALL);
    rooms[0] = (struct contract_room){3000, 4, "men"};
    ck_assert_int_eq(check_for(4), ERR_INVALID_INPUT);
    ck_assert_int_eq(faults.list[0].err, ERR_HOUSING_EATING_SMALL);
}
END_TEST

CHECK_MAIN("contract_housing", setup, teardown, just_enough_is_enough, no_housing_nothing_to_check,
           address_commune_and_rooms_are_needed, room_area, at_most_six_in_a_room,
           beds_for_every_place, no_bunk_beds, washing_for_everybody, women_and_men_apart,
           eating_room, up_to_three_eat_where_they_sleep)
