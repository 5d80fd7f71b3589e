/* clock.h - "now" as a thing handed in, so that tests and the demo can set it. */
#ifndef NORIA_BASE_CLOCK_H
#define NORIA_BASE_CLOCK_H

#include <stdatomic.h>
#include <stdint.h>

#include "date.h"

/* The real clock moved by `offset` seconds. */
struct clock {
    _Atomic int64_t offset;
};

/* Seconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(const struct clock *clock);

/* The day in UTC. */
date clock_today(const struct clock *clock);

/* Moves the clock so that it now shows `seconds`. */
void clock_set(struct clock *clock, int64_t seconds);

/* Monotonic milliseconds, for deadlines only. */
int64_t clock_ticks(void);

#endif
