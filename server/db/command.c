#include "command.h"

#include "../../lib/base/arena.h"
#include "../../lib/base/clock.h"
#include "../run/loop.h"
#include "../run/task.h"
#include "pool.h"

enum { DEADLINE = 60000 }; /* ms, of one call */

struct command {
    struct loop *loop;
    struct pool *pool;
    struct faults *faults;
    Err (*act)(struct db *db, void *arg, bool *more);
    void *arg;
    Err err;
};

static void run(void *arg) {
    static const struct db_actor system = {DB_SYSTEM, 0, 0, "system"};
    struct command *command = arg;
    struct arena *arena = arena_new(); /* the handle keeps the pool open as long as it lives */
    bool more = true;
    while (command->err == OK && more) {
        struct db *db =
            db_open(command->pool, arena, command->faults, &system, clock_ticks() + DEADLINE);
        more = false;
        command->err = command->act(db, command->arg, &more);
        if (more) {
            arena_reset(arena);
        }
    }
    pool_close(command->pool);
    arena_free(arena);
    loop_stop(command->loop);
}

static void spawn(void *arg) {
    struct command *command = arg;
    task_spawn(command->loop, run, command);
}

Err db_command(const char *url, const char *password, const struct clock *clock,
               struct faults *faults, Err (*act)(struct db *db, void *arg, bool *more), void *arg) {
    static const struct clock real;
    struct command command = {.faults = faults, .act = act, .arg = arg};
    const struct pool_config config = {
        .url = url, .password = password, .clock = clock != NULL ? clock : &real};
    command.loop = loop_new(0);
    command.pool = pool_new(command.loop, &config);
    loop_post(command.loop, spawn, &command);
    loop_start(command.loop);
    loop_join(command.loop);
    return command.err;
}
