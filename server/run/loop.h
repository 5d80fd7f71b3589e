/* loop.h - one event loop a core: a libuv loop on a thread of its own, and what runs on it. */
#ifndef NORIA_RUN_LOOP_H
#define NORIA_RUN_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct loop;

/* A new loop, not yet running. `index` is 0.. and tells loops apart in logs and metrics. */
struct loop *loop_new(int index);

/* The libuv loop, for what must be polled. */
uv_loop_t *loop_uv(struct loop *loop);
int loop_index(const struct loop *loop);

/* Starts the loop's thread; `loop_join` waits for its end and frees it. */
void loop_start(struct loop *loop);
void loop_join(struct loop *loop);

/* Instead of both, for commands and tests: runs it on the calling thread until its end, frees it.
 */
void loop_run(struct loop *loop);

/* Runs `run(arg)` on the loop's thread; may be called from any thread. */
void loop_post(struct loop *loop, void (*run)(void *arg), void *arg);

/* Called after each turn of the loop and before it sleeps (flush pipelines here). At most 8. The
 * last registered runs first: what stands on top makes work for what it stands on. */
void loop_on_turn(struct loop *loop, void (*run)(void *arg), void *arg);

/* Takes a loop_on_turn() back. */
void loop_off_turn(struct loop *loop, void (*run)(void *arg), void *arg);

/* The loop's next turn follows without sleeping: for work that was left for a turn's end, and may
 * have come after this turn's. From the loop's thread. */
void loop_again(struct loop *loop);

/* Runs `run(arg)` on this loop's thread after `milliseconds` (once, or every time when `repeat`).
 */
void loop_after(struct loop *loop, int64_t milliseconds, bool repeat, void (*run)(void *arg),
                void *arg);

/* Asks the loop to end once all handles that others opened on it are closed; from any thread. */
void loop_stop(struct loop *loop);

/* Suspends the running task for that long: retries with back-off, and refusals whose time must not
 * tell. */
void task_sleep(int64_t milliseconds);

#endif
