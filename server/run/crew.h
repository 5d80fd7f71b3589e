/* crew.h - several tasks for one piece of work. */
#ifndef NORIA_RUN_CREW_H
#define NORIA_RUN_CREW_H

#include <stddef.h>

enum { CREW_MAX = 64 };

/* Runs work(args + i * size) for each of `count` (0..CREW_MAX) as tasks of the running task's loop,
 * side by side, and suspends it until all are done. */
void crew_run(void (*work)(void *arg), void *args, size_t size, int count);

#endif
