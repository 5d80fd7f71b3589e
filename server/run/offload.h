/* offload.h - CPU-heavy or blocking work goes to libuv's thread pool. */
#ifndef NORIA_RUN_OFFLOAD_H
#define NORIA_RUN_OFFLOAD_H

/* Runs `work(arg)` on a pool thread and suspends the calling task until it is done. Outside a task
 * it simply calls it. `work` may use the request's arena (the task sleeps meanwhile), and must not
 * call db_*. */
void offload(void (*work)(void *arg), void *arg);

/* As offload(), but at most two at once in the whole process (Argon2id takes 64 MiB each); the
 * others wait in order. */
void offload_heavy(void (*work)(void *arg), void *arg);

#endif
