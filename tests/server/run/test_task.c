#include "../../../server/run/task.h"

#include <stdatomic.h>

#include "../../../lib/base/clock.h"
#include "../../../server/run/loop.h"
#include "../../../server/run/offload.h"
#include "../../support/check_main.h"

enum { MANY = 400, ROUNDS = 20 };

struct bed {
    struct loop *loop;
    int left;
    int64_t sum;
    atomic_int in_heavy;
    atomic_int most_heavy;
    int order[8];
    int ordered;
};

struct one {
    struct bed *bed;
    int index;
    void (*body)(struct one *one);
};

static void task_main(void *arg) {
    struct one *one = arg;
    struct bed *bed = one->bed;
    one->body(one);
    if (--bed->left == 0) {
        loop_stop(bed->loop);
    }
}

struct start {
    struct bed *bed;
    struct one *ones;
    int count;
};

static void spawn_all(void *arg) {
    struct start *start = arg;
    for (int i = 0; i < start->count; i++) {
        task_spawn(start->bed->loop, task_main, &start->ones[i]);
    }
}

static void run_tasks(struct bed *bed, int count, void (*body)(struct one *one), bool own_thread) {
    struct one *ones = calloc((size_t)count, sizeof *ones);
    bed->loop = loop_new(0);
    bed->left = count;
    for (int i = 0; i < count; i++) {
        ones[i] = (struct one){bed, i, body};
    }
    struct start start = {bed, ones, count};
    loop_post(bed->loop, spawn_all, &start);
    if (own_thread) {
        loop_start(bed->loop);
        loop_join(bed->loop);
    } else {
        loop_run(bed->loop);
    }
    free(ones);
}

static void add_on_pool(void *arg) {
    int64_t *number = arg;
    *number += 1;
}

/* Uses a good part of the stack, so that a wrong switch shows. */
static int64_t deep(int depth, int seed) {
    volatile char block[512];
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] = (char)seed;
    }
    if (depth == 0) {
        int64_t number = 0;
        offload(add_on_pool, &number);
        return number;
    }
    int64_t below = deep(depth - 1, seed + 1);
    bool same = true; /* told once: each ck_assert writes to Check's pipe */
    for (size_t i = 0; i < sizeof block; i++) {
        same = same && block[i] == (char)seed;
    }
    ck_assert(same);
    return below;
}

static void count_up(struct one *one) {
    for (int i = 0; i < ROUNDS; i++) {
        int64_t number = i;
        offload(add_on_pool, &number);
        ck_assert_int_eq(number, i + 1);
        one->bed->sum++;
    }
    one->bed->sum += deep(60, one->index & 63);
}

START_TEST(many_tasks_offload_and_keep_their_stacks) {
    struct bed bed = {0};
    run_tasks(&bed, MANY, count_up, true);
    ck_assert_int_eq(bed.sum, MANY * (ROUNDS + 1));
}
END_TEST

static void heavy(void *arg) {
    struct bed *bed = arg;
    int now = atomic_fetch_add(&bed->in_heavy, 1) + 1;
    int most = atomic_load(&bed->most_heavy);
    while (now > most && !atomic_compare_exchange_weak(&bed->most_heavy, &most, now)) {
    }
    int64_t end = clock_ticks() + 5; /* at work while the others try */
    while (clock_ticks() < end) {
    }
    atomic_fetch_sub(&bed->in_heavy, 1);
}

static void go_heavy(struct one *one) {
    offload_heavy(heavy, one->bed);
    if (one->bed->ordered < 8) {
        one->bed->order[one->bed->ordered++] = one->index;
    }
}

static void go_light(struct one *one) {
    offload(heavy, one->bed);
}

/* How many that came earlier were not done when the job at `place` was. */
static int earlier_at_work(const struct bed *bed, int place) {
    int done = 0;
    for (int i = 0; i < place; i++) {
        done += bed->order[i] < bed->order[place];
    }
    return bed->order[place] - done;
}

START_TEST(two_heavy_jobs_at_once_and_no_more) {
    struct bed bed = {0};
    run_tasks(&bed, 8, go_heavy, false);
    ck_assert_int_eq(bed.most_heavy, 2);
    for (int i = 0; i < 8; i++) { /* begun in order: only the other one at work can be earlier */
        ck_assert_int_le(earlier_at_work(&bed, i), 1);
    }
}
END_TEST

/* The control: the same jobs without the seats run more than two at once. */
START_TEST(light_jobs_have_no_such_limit) {
    struct bed bed = {0};
    run_tasks(&bed, 8, go_light, false);
    ck_assert_int_gt(bed.most_heavy, 2);
}
END_TEST

struct inner {
    struct task *task;
    int steps;
};

static void inner_main(void *arg) {
    struct inner *inner = arg;
    inner->task = task_self();
    for (inner->steps = 1; inner->steps < 4; inner->steps++) {
        task_suspend();
        ck_assert_ptr_eq(task_self(), inner->task);
    }
}

static void resume_inner(struct one *one) {
    struct task *self = task_self();
    struct inner inner = {0};
    task_spawn(one->bed->loop, inner_main, &inner);
    for (int i = 1; i < 4; i++) {
        ck_assert_int_eq(inner.steps, i);
        ck_assert_ptr_eq(task_self(), self);
        task_sleep(1);
        task_resume(inner.task);
    }
    ck_assert_int_eq(inner.steps, 4);
}

START_TEST(a_task_may_start_and_resume_another) {
    struct bed bed = {0};
    run_tasks(&bed, 50, resume_inner, true);
}
END_TEST

START_TEST(outside_a_task_offload_just_calls) {
    int64_t number = 6;
    ck_assert_ptr_null(task_self());
    offload(add_on_pool, &number);
    offload_heavy(add_on_pool, &number);
    ck_assert_int_eq(number, 8);
}
END_TEST

static void overflow(struct one *one) {
    volatile char *stack = __builtin_frame_address(0);
    (void)one;
    for (size_t i = 0; i < 16 * TASK_STACK; i += 1024) {
        *(stack - i) = 1;
    }
}

/* The guard page turns a stack overflow into a fault instead of damage to a neighbour. */
START_TEST(a_guard_page_stops_an_overflow) {
    struct bed bed = {0};
    run_tasks(&bed, 1, overflow, false);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("task");
    TCase *tcase = tcase_create("task");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, many_tasks_offload_and_keep_their_stacks);
    tcase_add_test(tcase, two_heavy_jobs_at_once_and_no_more);
    tcase_add_test(tcase, light_jobs_have_no_such_limit);
    tcase_add_test(tcase, a_task_may_start_and_resume_another);
    tcase_add_test(tcase, outside_a_task_offload_just_calls);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they report it their way */
    tcase_add_test_raise_signal(tcase, a_guard_page_stops_an_overflow, 11);
#else
    (void)a_guard_page_stops_an_overflow;
#endif
    suite_add_tcase(suite, tcase);
    return check_end(suite);
}
