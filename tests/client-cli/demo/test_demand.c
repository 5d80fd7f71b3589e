/* Orders become contracts: crops, places, dates, wages; dirt stays dirt. */
#include "client-cli/demo/demand.h"

#include <string.h>

#include "lib/base/arena.h"
#include "tests/support/check_main.h"

enum { FIRST = 20500, LAST = 20650 };

static struct arena *arena;
static struct communes communes;
static const struct season season = {FIRST, LAST, 90, 120, 1202};

static void setup(void) {
    arena = arena_new();
    ck_assert_int_eq(communes_read(arena, "tests/data/geo/fr_communes.csv", &communes), OK);
}

static void teardown(void) {
    arena_free(arena);
}

START_TEST(crops_have_occupations) {
    ck_assert_str_eq(crop_of(SPAN_LIT("Apples"))->rome, "A1401");
    ck_assert_str_eq(crop_of(SPAN_LIT("Sweet Potatoes"))->rome, "A1402");
    ck_assert_str_eq(crop_of(SPAN_LIT("Sheep"))->rome, "A1403");
    ck_assert_str_eq(crop_of(SPAN_LIT("Unheard of"))->rome, "A1416");
    ck_assert_str_eq(crop_of(SPAN_LIT(""))->rome, "A1416");
}
END_TEST

START_TEST(wages_are_hourly_and_never_below_the_minimum) {
    ck_assert_int_eq(season_wage(&season, SPAN_LIT("11.59"), SPAN_LIT("Hour"), SPAN_LIT("40")),
                     1202);
    ck_assert_int_eq(season_wage(&season, SPAN_LIT("15.00"), SPAN_LIT("Hour"), SPAN_LIT("40")),
                     1500);
    /* 2,600 a month at 40 hours: 2600 x 12 / (40 x 52) = 15.00 an hour */
    ck_assert_int_eq(season_wage(&season, SPAN_LIT("2600"), SPAN_LIT("Month"), SPAN_LIT("40")),
                     1500);
    ck_assert_int_eq(season_wage(&season, SPAN_LIT("600"), SPAN_LIT("Week"), SPAN_LIT("40")), 1500);
    ck_assert_int_eq(season_wage(&season, SPAN_LIT("1200"), SPAN_LIT("Bi-Weekly"), SPAN_LIT("40")),
                     1500);
    ck_assert_int_eq(season_wage(&season, SPAN_LIT(""), SPAN_LIT("Hour"), SPAN_LIT("40")), -1);
    ck_assert_int_eq(
        season_wage(&season, SPAN_LIT("12"), SPAN_LIT("Select Pay Range"), SPAN_LIT("40")), -1);
}
END_TEST

START_TEST(a_town_is_always_the_same_commune) {
    const struct commune *one = commune_of(&communes, SPAN_LIT("Palacios, TX"));
    ck_assert_ptr_eq(one, commune_of(&communes, SPAN_LIT("Palacios, TX")));
    ck_assert_ptr_ne(one, commune_of(&communes, SPAN_LIT("Pearsall, TX")));
    ck_assert_str_eq(DEPARTMENTS[one->department][0], arena_copy(arena, one->insee, 2));
}
END_TEST

static struct orders convert(const char *rows) {
    struct table table;
    struct orders orders;
    const char *text = arena_printf(
        arena,
        "case_number,case_status,requested_start_date_of_need,requested_end_date_of_need,"
        "primary_sub,primary_crop,nbr_workers_certified,basic_number_of_hours,"
        "basic_rate_of_pay,basic_unit_of_pay,worksite_city,worksite_state\n%s",
        rows);
    ck_assert_int_eq(table_parse(arena, span_of(text), &table), OK);
    ck_assert_int_eq(orders_of(arena, &table, &communes, &season, 8, 10, 10, &orders), OK);
    return orders;
}

START_TEST(dates_fall_into_the_season) {
    struct orders orders = convert(
        "H-1,ISSUED - CERTIFICATION,2017-01-01,2017-11-01,PRI,Apples,3,40,11.59,Hour,Pasco,WA\n"
        "H-2,ISSUED - CERTIFICATION,2017-12-31,2018-01-31,PRI,Apples,3,40,11.59,Hour,Pasco,WA\n");
    ck_assert_int_eq(orders.count, 2);
    ck_assert_int_eq(orders.dirty, 0);
    date first, last;
    ck_assert(date_parse(span_of(orders.list[0].first_day), &first));
    ck_assert(date_parse(span_of(orders.list[0].last_day), &last));
    ck_assert_int_eq(first, FIRST);
    ck_assert_int_eq(last - first + 1, 120);
    ck_assert(date_parse(span_of(orders.list[1].first_day), &first));
    ck_assert(date_parse(span_of(orders.list[1].last_day), &last));
    ck_assert_int_eq(last - first + 1, 90);
    ck_assert_int_le(last, LAST);
    ck_assert_str_eq(orders.list[0].hourly_wage, "12.02");
}
END_TEST

START_TEST(dirt_stays_dirt) {
    struct orders orders = convert(
        "H-0,ISSUED - CERTIFICATION,2017-03-01,2017-08-01,PRI,Apples,3,40,12.5,Hour,Pasco,WA\n"
        "H-1,ISSUED - CERTIFICATION,2017-08-01,2017-01-31,PRI,Apples,3,40,12.5,Hour,Pasco,WA\n"
        "H-2,ISSUED - CERTIFICATION,2017-08-01,,PRI,Apples,3,40,12.5,Hour,Pasco,WA\n"
        "H-3,ISSUED - CERTIFICATION,2017-03-01,2017-08-01,PRI,Apples,3,60,12.5,Hour,Pasco,WA\n"
        "H-4,ISSUED - CERTIFICATION,2017-03-01,2017-08-01,PRI,Apples,3,40,,,Pasco,WA\n"
        "H-0,ISSUED - CERTIFICATION,2017-03-01,2017-08-01,PRI,Sheep,2,40,12.5,Hour,Pasco,WA\n"
        "H-6,ISSUED - DENIED,2017-03-01,2017-08-01,PRI,Apples,3,40,12.5,Hour,Pasco,WA\n"
        "H-7,ISSUED - CERTIFICATION,2017-03-01,2017-08-01,SUB,Apples,3,40,12.5,Hour,Pasco,WA\n"
        "H-8,ISSUED - CERTIFICATION,2017-03-01,2017-08-01,PRI,Apples,9,40,12.5,Hour,Pasco,WA\n");
    ck_assert_int_eq(orders.count, 6);
    ck_assert_int_eq(orders.dirty, 5);
    ck_assert_str_lt(orders.list[1].last_day, orders.list[1].first_day);
    ck_assert_str_eq(orders.list[2].last_day, "");
    ck_assert_str_eq(orders.list[3].weekly_hours, "60");
    ck_assert_str_eq(orders.list[4].hourly_wage, "");
    ck_assert(orders.list[5].dirty);
}
END_TEST

START_TEST(the_shipped_file_is_read) {
    struct table table;
    struct orders orders;
    ck_assert_int_eq(table_read(arena, "tests/data/demand/us_h2a_fy2017.csv", &table), OK);
    ck_assert_int_eq(orders_of(arena, &table, &communes, &season, 8, 100, 20, &orders), OK);
    ck_assert_int_eq(orders.count - orders.dirty, 100);
    ck_assert_int_ge(orders.dirty, 10);
    ck_assert_int_eq(communes_read(arena, "tests/data/names/names_by_country.csv", &communes),
                     ERR_UNREADABLE);
    ck_assert_int_eq(table_read(arena, "tests/data/no-such-file.csv", &table), ERR_IO);
}
END_TEST

CHECK_MAIN("demand", setup, teardown, crops_have_occupations,
           wages_are_hourly_and_never_below_the_minimum, a_town_is_always_the_same_commune,
           dates_fall_into_the_season, dirt_stays_dirt, the_shipped_file_is_read)
