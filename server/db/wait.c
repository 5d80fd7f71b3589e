/* wait.c - tasks that wait for PostgreSQL, and their deadlines. One repeating timer looks at all
 * waits: cheaper than a timer each, and 20 ms are exact enough for deadlines of seconds. */
#include "own.h"

enum { TICK_MS = 20 };

static void push_ready(struct pool *pool, struct wait *wait) {
    if (wait->ready) {
        return;
    }
    wait->ready = true;
    wait->next_ready = NULL;
    *pool->last_ready = wait;
    pool->last_ready = &wait->next_ready;
    loop_again(pool->loop);
}

/* A wait may end before its task comes to wait for it: then there is nobody to resume. */
void wait_end(struct pool *pool, struct wait *wait) {
    if (!wait->done) {
        wait->done = true;
        if (wait->task != NULL) {
            push_ready(pool, wait);
        }
    }
}

void pool_drain(struct pool *pool) {
    if (pool->draining) {
        return;
    }
    pool->draining = true;
    while (pool->first_ready != NULL) {
        struct wait *wait = pool->first_ready;
        pool->first_ready = wait->next_ready;
        if (pool->first_ready == NULL) {
            pool->last_ready = &pool->first_ready;
        }
        wait->ready = false;
        task_resume(wait->task); /* the wait is gone afterwards */
    }
    pool->draining = false;
}

static void tick(uv_timer_t *timer) {
    struct pool *pool = timer->data;
    int64_t now = clock_ticks();
    bool busy = pool->waits != NULL;
    for (struct wait *wait = pool->waits; wait != NULL; wait = wait->next) {
        if (now >= wait->deadline && !wait->done) {
            wait->late = true;
            push_ready(pool, wait);
        }
    }
    for (int class = 0; class < DB_CLASSES; class ++) {
        for (int kind = 0; kind < LANES; kind++) {
            busy = lane_reconnect(&pool->lanes[class][kind], now) || busy;
        }
    }
    if (!busy) {
        uv_timer_stop(timer);
        pool->timer_runs = false;
    }
    pool_drain(pool);
}

void pool_tick(struct pool *pool) {
    if (!pool->timer_runs && !uv_is_closing((uv_handle_t *)&pool->timer)) {
        pool->timer_runs = true;
        uv_timer_start(&pool->timer, tick, TICK_MS, TICK_MS);
    }
}

Err wait_for(struct pool *pool, struct wait *wait, int64_t deadline) {
    if (wait->done) {
        return OK;
    }
    wait->task = task_self();
    wait->deadline = deadline;
    wait->prev = NULL;
    wait->next = pool->waits;
    if (wait->next != NULL) {
        wait->next->prev = wait;
    }
    pool->waits = wait;
    pool->stats.waiting++;
    pool_tick(pool);
    while (!wait->done && !wait->late) {
        task_suspend();
    }
    if (wait->prev != NULL) {
        wait->prev->next = wait->next;
    } else {
        pool->waits = wait->next;
    }
    if (wait->next != NULL) {
        wait->next->prev = wait->prev;
    }
    pool->stats.waiting--;
    return wait->done ? OK : ERR_DEADLINE;
}
