/* Rooms and work places written in one column of a file. */
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../server/contract/contract_lists.h"
#include "../../support/check_main.h"

static struct arena *arena;
static struct faults faults;
static struct contract_form form;

static void setup(void) {
    arena = arena_new();
    faults_init(&faults, arena);
    form = (struct contract_form){0};
}

static void teardown(void) {
    arena_free(arena);
}

static void read_lists(const char *rooms, const char *sites) {
    struct contract_list_columns columns = {rooms, sites};
    faults_init(&faults, arena);
    form = (struct contract_form){0};
    contract_read_lists(arena, &columns, &form, &faults);
}

START_TEST(good_lists) {
    read_lists(NULL, NULL);
    ck_assert_int_eq(form.room_count + form.site_count, 0);
    read_lists("men:23.5:3 | women:9,00:1", "13004|84007 ");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(form.room_count, 2);
    ck_assert_int_eq(form.rooms[0].area_m2, 2350);
    ck_assert_int_eq(form.rooms[0].occupants, 3);
    ck_assert_str_eq(form.rooms[0].sex, "men");
    ck_assert_str_eq(form.rooms[1].sex, "women");
    ck_assert_int_eq(form.site_count, 2);
    ck_assert_str_eq(form.sites[1].commune, "84007");
}
END_TEST

START_TEST(bad_lists) {
    static const char *const rooms[] = {"men",       "men:20",    "men:20:3:1", "men:20:3|",
                                        "tent:20:3", "men:big:3", "men:20:0",   ":20:3",
                                        "men::3",    "men:20:",   "men:0.5:1",  "|"};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        read_lists(rooms[i], NULL);
        ck_assert_msg(faults.count == 1, "%s", rooms[i]);
        ck_assert_str_eq(faults.list[0].field, "rooms");
        ck_assert_int_eq(faults.list[0].err, ERR_WRONG_TYPE);
    }
    read_lists(NULL, "13004|8400");
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].field, "sites");
}
END_TEST

START_TEST(too_many) {
    struct buf rooms;
    struct buf sites;
    buf_init(&rooms, arena, 64);
    buf_init(&sites, arena, 64);
    for (int i = 0; i <= CONTRACT_ROOMS_MAX; i++) {
        buf_text(&rooms, i > 0 ? "|men:9:1" : "men:9:1");
    }
    for (int i = 0; i <= CONTRACT_SITES_MAX; i++) {
        buf_text(&sites, i > 0 ? "|13004" : "13004");
    }
    read_lists(rooms.ptr, sites.ptr);
    ck_assert_uint_eq(faults.count, 2);
    ck_assert_int_eq(faults.list[0].err, ERR_LIMIT);
    ck_assert_int_eq(faults.list[1].err, ERR_LIMIT);
    ck_assert_int_eq(form.room_count, CONTRACT_ROOMS_MAX);
    ck_assert_int_eq(form.site_count, CONTRACT_SITES_MAX);
}
END_TEST

START_TEST(members) {
    struct buf out;
    struct contract_list_texts texts = {"7", "[]", "[{}]"};
    buf_init(&out, arena, 64);
    contract_put_lists(&out, &texts);
    ck_assert_str_eq(out.ptr, ",\"row\":7,\"rooms\":[],\"sites\":[{}]");
}
END_TEST

CHECK_MAIN("contract_lists", setup, teardown, good_lists, bad_lists, too_many, members)
