/* shift_clock.c - loaded before all other libraries: the wall clock is moved, the monotonic one is
 * not, as when somebody sets a machine's clock. */
#define gettimeofday libc_gettimeofday /* whose prototype differs between versions */
#include <sys/time.h>
#undef gettimeofday
#include <sys/syscall.h>
#include <time.h>

#include "control.h"

int gettimeofday(struct timeval *now, void *zone);

static struct control *control; /* process-wide: set before main */

__attribute__((constructor)) static void map_control(void) {
    control = control_map(getenv("CHAOS_CONTROL"));
}

int clock_gettime(clockid_t which, struct timespec *now) {
    long code = syscall(SYS_clock_gettime, which, now);
    if (code == 0 && control != NULL &&
        (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += atomic_load(&control->offset);
    }
    return (int)code;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec precise;
    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec precise;
    (void)clock_gettime(CLOCK_REALTIME, &precise);
    if (now != NULL) {
        *now = precise.tv_sec;
    }
    return precise.tv_sec;
}
