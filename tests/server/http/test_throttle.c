/* The table alone: whole minutes pass in no time. The log-in that uses it: test_login_flood.c. */
#include <stdio.h>

#include "lib/base/arena.h"
#include "server/http/throttle.h"
#include "tests/support/check_main.h"

static struct arena *arena;

static void setup(void) {
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

START_TEST(a_minutes_worth_at_once_then_evenly) {
    struct throttle *throttle = throttle_new(arena, 6); /* one in ten seconds */
    struct span one = SPAN_LIT("one");
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(throttle_take(throttle, one, 1000), 0);
    }
    ck_assert_int_eq(throttle_take(throttle, one, 1000), 10);
    ck_assert_int_eq(throttle_take(throttle, one, 6000), 5);
    ck_assert_int_eq(throttle_take(throttle, one, 10999), 1);
    ck_assert_int_eq(throttle_take(throttle, one, 11000), 0);
    ck_assert_int_eq(throttle_take(throttle, one, 11000), 10);
}
END_TEST

START_TEST(after_long_quiet_there_is_one_minutes_worth) {
    struct throttle *throttle = throttle_new(arena, 6);
    struct span one = SPAN_LIT("one");
    int taken = 0;
    (void)throttle_take(throttle, one, 1);
    while (throttle_take(throttle, one, INT64_C(1) << 50) == 0) {
        taken++;
    }
    ck_assert_int_eq(taken, 6);
}
END_TEST

START_TEST(addresses_do_not_pay_for_each_other) {
    struct throttle *throttle = throttle_new(arena, 1);
    ck_assert_int_eq(throttle_take(throttle, SPAN_LIT("one"), 0), 0);
    ck_assert_int_ne(throttle_take(throttle, SPAN_LIT("one"), 0), 0);
    ck_assert_int_eq(throttle_take(throttle, SPAN_LIT("two"), 0), 0);
}
END_TEST

START_TEST(what_was_right_is_given_back) {
    struct throttle *throttle = throttle_new(arena, 2);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(throttle_take(throttle, SPAN_LIT("office"), 0), 0);
        throttle_give(throttle, SPAN_LIT("office"));
    }
    throttle_give(throttle, SPAN_LIT("office")); /* never more than a minute's worth */
    ck_assert_int_eq(throttle_take(throttle, SPAN_LIT("office"), 0), 0);
    ck_assert_int_eq(throttle_take(throttle, SPAN_LIT("office"), 0), 0);
    ck_assert_int_ne(throttle_take(throttle, SPAN_LIT("office"), 0), 0);
}
END_TEST

/* Half as many other addresses as the table holds do not let a flooder start anew. */
START_TEST(a_flooder_is_remembered_among_many) {
    struct throttle *throttle = throttle_new(arena, 2);
    while (throttle_take(throttle, SPAN_LIT("flooder"), 0) == 0) {
    }
    for (int i = 0; i < 20000; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d", i);
        (void)throttle_take(throttle, span_of(name), 0);
    }
    ck_assert_int_ne(throttle_take(throttle, SPAN_LIT("flooder"), 0), 0);
}
END_TEST

/* The control. */
START_TEST(without_a_limit_everything_goes) {
    struct throttle *throttle = throttle_new(arena, 0);
    for (int i = 0; i < 10000; i++) {
        ck_assert_int_eq(throttle_take(throttle, SPAN_LIT("one"), 0), 0);
    }
}
END_TEST

CHECK_MAIN("throttle", setup, teardown, a_minutes_worth_at_once_then_evenly,
           after_long_quiet_there_is_one_minutes_worth, addresses_do_not_pay_for_each_other,
           what_was_right_is_given_back, a_flooder_is_remembered_among_many,
           without_a_limit_everything_goes)
