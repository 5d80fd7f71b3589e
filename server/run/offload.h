/* offload.h - CPU-heavy or blocking work goes to libuv's thread pool. */
#ifndef NORIA_RUN_OFFLOAD_H
#define NORIA_RUN_OFFLOAD_H

#include <stddef.h>

/* Runs `work(arg)` on a pool thread and suspends the calling task until it is done. Outside a task
 * it simply calls it. `work` may use the request's arena (the task sleeps meanwhile), and must not
 * call db_*. */
void offload(void (*work)(void *arg), void *arg);

/* Runs work(args + i * size) for each of `count` on pool threads, as many at a time as there are,
 * and suspends the calling task until all are done. Each must use an arena of its own. Outside a
 * task they run one after the other. */
void offload_all(void (*work)(void *arg), void *args, size_t size, int count);

/* As offload(), but at most two at once in the whole process (Argon2id takes 64 MiB each); the
 * others wait in order. */
void offload_heavy(void (*work)(void *arg), void *arg);

#endif
