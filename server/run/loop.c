/* loop.c - a libuv loop on a thread of its own, with a mail box for other threads. */
#include "loop.h"

#include <pthread.h>
#include <stdlib.h>

#include "../../lib/base/memory.h"
#include "stack.h"
#include "task.h"

enum { HOOKS_MAX = 8 };

struct hook {
    void (*run)(void *arg);
    void *arg;
};

struct post {
    struct post *next;
    struct hook call;
};

struct timer {
    uv_timer_t handle;
    struct hook call;
    bool repeat;
    struct timer *next; /* of the loop's repeated timers, closed at its end */
};

struct loop {
    uv_loop_t uv;
    int index;
    pthread_t thread;
    uv_async_t mail;
    uv_prepare_t turn;
    uv_idle_t again;
    pthread_mutex_t lock; /* guards the posts */
    struct post *first_post;
    struct post **last_post;
    struct hook hooks[HOOKS_MAX];
    int hook_count;
    struct timer *timers;
    struct task *idle_tasks;
    bool stopping; /* loop's thread only */
};

static void take_mail(uv_async_t *mail) {
    struct loop *loop = mail->data;
    pthread_mutex_lock(&loop->lock);
    struct post *post = loop->first_post;
    loop->first_post = NULL;
    loop->last_post = &loop->first_post;
    pthread_mutex_unlock(&loop->lock);
    while (post != NULL) {
        struct post *next = post->next;
        post->call.run(post->call.arg);
        free(post);
        post = next;
    }
}

static void rest(uv_idle_t *again) {
    (void)again; /* its being active keeps the loop from sleeping; end_turn() stops it */
}

static void end_turn(uv_prepare_t *turn) {
    struct loop *loop = turn->data;
    uv_idle_stop(&loop->again);
    for (int i = loop->hook_count; i > 0; i--) {
        loop->hooks[i - 1].run(loop->hooks[i - 1].arg);
    }
}

struct loop *loop_new(int index) {
    struct loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL || uv_loop_init(&loop->uv) != 0) {
        memory_lacking();
    }
    loop->index = index;
    loop->last_post = &loop->first_post;
    pthread_mutex_init(&loop->lock, NULL);
    uv_async_init(&loop->uv, &loop->mail, take_mail);
    uv_prepare_init(&loop->uv, &loop->turn);
    uv_idle_init(&loop->uv, &loop->again);
    loop->mail.data = loop->turn.data = loop;
    uv_prepare_start(&loop->turn, end_turn);
    uv_unref((uv_handle_t *)&loop->turn);
    return loop;
}

uv_loop_t *loop_uv(struct loop *loop) {
    return &loop->uv;
}

int loop_index(const struct loop *loop) {
    return loop->index;
}

struct task **loop_idle_tasks(struct loop *loop) {
    return &loop->idle_tasks;
}

static void *loop_main(void *arg) {
    struct loop *loop = arg;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    return NULL;
}

void loop_start(struct loop *loop) {
    if (pthread_create(&loop->thread, NULL, loop_main, loop) != 0) {
        abort();
    }
}

static void loop_free(struct loop *loop) {
    uv_close((uv_handle_t *)&loop->mail, NULL);
    uv_close((uv_handle_t *)&loop->turn, NULL);
    uv_close((uv_handle_t *)&loop->again, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT); /* the close callbacks */
    if (uv_loop_close(&loop->uv) != 0) {
        abort(); /* a handle was left open: the owner's mistake */
    }
    task_free_idle(&loop->idle_tasks);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

void loop_join(struct loop *loop) {
    pthread_join(loop->thread, NULL);
    loop_free(loop);
}

void loop_run(struct loop *loop) {
    (void)loop_main(loop);
    loop_free(loop);
}

void loop_post(struct loop *loop, void (*run)(void *arg), void *arg) {
    struct post *post = calloc(1, sizeof *post);
    if (post == NULL) {
        memory_lacking();
    }
    post->call = (struct hook){run, arg};
    pthread_mutex_lock(&loop->lock);
    *loop->last_post = post;
    loop->last_post = &post->next;
    pthread_mutex_unlock(&loop->lock);
    uv_async_send(&loop->mail);
}

void loop_on_turn(struct loop *loop, void (*run)(void *arg), void *arg) {
    if (loop->hook_count == HOOKS_MAX) {
        abort();
    }
    loop->hooks[loop->hook_count++] = (struct hook){run, arg};
}

void loop_off_turn(struct loop *loop, void (*run)(void *arg), void *arg) {
    int kept = 0;
    for (int i = 0; i < loop->hook_count; i++) {
        if (loop->hooks[i].run != run || loop->hooks[i].arg != arg) {
            loop->hooks[kept++] = loop->hooks[i];
        }
    }
    loop->hook_count = kept;
}

void loop_again(struct loop *loop) {
    uv_idle_start(&loop->again, rest);
}

static void free_timer(uv_handle_t *handle) {
    free(handle->data);
}

static void timer_rings(uv_timer_t *handle) {
    struct timer *timer = handle->data;
    struct hook call = timer->call;
    if (!timer->repeat) {
        uv_close((uv_handle_t *)handle, free_timer);
    }
    call.run(call.arg);
}

void loop_after(struct loop *loop, int64_t milliseconds, bool repeat, void (*run)(void *arg),
                void *arg) {
    struct timer *timer = calloc(1, sizeof *timer);
    if (timer == NULL) {
        memory_lacking();
    }
    timer->call = (struct hook){run, arg};
    timer->repeat = repeat;
    uv_timer_init(&loop->uv, &timer->handle);
    timer->handle.data = timer;
    uint64_t delay = (uint64_t)milliseconds;
    uv_timer_start(&timer->handle, timer_rings, delay, repeat ? delay : 0);
    if (repeat) {
        timer->next = loop->timers;
        loop->timers = timer;
    }
}

static void close_own_handles(void *arg) {
    struct loop *loop = arg;
    if (loop->stopping) {
        return;
    }
    loop->stopping = true;
    for (struct timer *timer = loop->timers; timer != NULL; timer = timer->next) {
        uv_timer_stop(&timer->handle);
        uv_close((uv_handle_t *)&timer->handle, free_timer);
    }
    loop->timers = NULL;
    uv_unref((uv_handle_t *)&loop->mail); /* posts still arrive while other handles close */
}

void loop_stop(struct loop *loop) {
    loop_post(loop, close_own_handles, loop);
}

struct sleeper {
    struct task *task;
};

static void wake_sleeper(void *arg) {
    struct sleeper *sleeper = arg;
    task_resume(sleeper->task);
}

void task_sleep(int64_t milliseconds) {
    struct sleeper sleeper = {task_self()};
    loop_after(task_loop(sleeper.task), milliseconds, false, wake_sleeper, &sleeper);
    task_suspend();
}
