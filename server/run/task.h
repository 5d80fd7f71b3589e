/* task.h - a coroutine: plain blocking-style C that gives up the loop's thread while it waits.
 *
 * Tasks are coroutines on pooled, mmap'd stacks with a guard page, annotated for ASan and
 * TSan. A task runs on one loop's thread from beginning to end. Only db_* calls and offload()
 * suspend a task; nothing else does. */
#ifndef NORIA_RUN_TASK_H
#define NORIA_RUN_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct task;

/* Bytes of stack a task has. */
enum { TASK_STACK = 256 * 1024 };

/* Starts `run(arg)` as a task of `loop`, from the loop's own thread; it runs at once up to its
 * first suspension. */
void task_spawn(struct loop *loop, void (*run)(void *arg), void *arg);

/* The task that is running on this thread, or NULL outside any. */
struct task *task_self(void);

/* Suspends the running task until task_resume(). */
void task_suspend(void);

/* Continues a suspended task now, from its own loop's thread and outside any other task. */
void task_resume(struct task *task);

/* The loop that a task belongs to. */
struct loop *task_loop(struct task *task);

/* Gives the pages of idle tasks' stacks back to the kernel, wiped with it: what a task's end itself
 * did not wipe. Now and then, on the loop's thread. */
void task_wipe_idle(struct loop *loop);

#endif
