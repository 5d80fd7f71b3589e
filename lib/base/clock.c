#include "clock.h"

#include <time.h>

static int64_t real_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

int64_t clock_now(const struct clock *clock) {
    return real_now() + atomic_load_explicit(&clock->offset, memory_order_relaxed);
}

date clock_today(const struct clock *clock) {
    int64_t now = clock_now(clock);
    return (date)(now >= 0 ? now / 86400 : (now - 86399) / 86400);
}

void clock_set(struct clock *clock, int64_t seconds) {
    atomic_store_explicit(&clock->offset, seconds - real_now(), memory_order_relaxed);
}

int64_t clock_ticks(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
