#include "../../../server/run/loop.h"

#include <string.h>

#include "../../../lib/base/clock.h"
#include "../../../server/run/task.h"
#include "../../support/check_main.h"

enum { THREADS = 4, POSTS = 500 };

struct bed {
    struct loop *loop;
    int posts; /* on the loop's thread only: ThreadSanitizer would tell */
    int rings;
    int turns;
    char order[8];
};

static void count_post(void *arg) {
    struct bed *bed = arg;
    if (++bed->posts == THREADS * POSTS) {
        loop_stop(bed->loop);
    }
}

static void post_many(void *arg) {
    struct bed *bed = arg;
    for (int i = 0; i < POSTS; i++) {
        loop_post(bed->loop, count_post, bed);
    }
}

START_TEST(posts_of_many_threads_all_arrive) {
    struct bed bed = {.loop = loop_new(3)};
    uv_thread_t threads[THREADS];
    ck_assert_int_eq(loop_index(bed.loop), 3);
    loop_start(bed.loop);
    for (int i = 0; i < THREADS; i++) {
        uv_thread_create(&threads[i], post_many, &bed);
    }
    for (int i = 0; i < THREADS; i++) {
        uv_thread_join(&threads[i]);
    }
    loop_join(bed.loop);
    ck_assert_int_eq(bed.posts, THREADS * POSTS);
}
END_TEST

static void first_hook(void *arg) {
    struct bed *bed = arg;
    if (bed->turns < 3) {
        bed->order[strlen(bed->order)] = 'a';
    }
    if (++bed->turns < 1000) {
        loop_again(bed->loop);
    } else if (bed->turns == 1000) {
        loop_off_turn(bed->loop, first_hook, bed);
        loop_stop(bed->loop);
    }
}

static void second_hook(void *arg) {
    struct bed *bed = arg;
    if (strlen(bed->order) < 6) {
        bed->order[strlen(bed->order)] = 'b';
    }
}

START_TEST(the_last_hook_runs_first_and_again_means_no_sleep) {
    struct bed bed = {.loop = loop_new(0)};
    int64_t before = clock_ticks();
    loop_on_turn(bed.loop, first_hook, &bed);
    loop_on_turn(bed.loop, second_hook, &bed);
    loop_run(bed.loop); /* nothing else wakes it: it would sleep for ever */
    ck_assert_int_eq(bed.turns, 1000);
    ck_assert_str_eq(bed.order, "bababa");
    ck_assert_int_lt(clock_ticks() - before, 2000);
}
END_TEST

static void ring(void *arg) {
    struct bed *bed = arg;
    if (++bed->rings == 5) {
        loop_stop(bed->loop);
    }
}

START_TEST(timers_ring_once_or_again) {
    struct bed bed = {.loop = loop_new(0)};
    int64_t before = clock_ticks();
    loop_after(bed.loop, 1, false, ring, &bed);
    loop_after(bed.loop, 5, true, ring, &bed);
    loop_run(bed.loop);
    ck_assert_int_eq(bed.rings, 5);
    ck_assert_int_ge(clock_ticks() - before, 19);
}
END_TEST

CHECK_MAIN("loop", NULL, NULL, posts_of_many_threads_all_arrive,
           the_last_hook_runs_first_and_again_means_no_sleep, timers_ring_once_or_again)
