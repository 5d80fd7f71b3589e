#include "jobs.h"

#include "../../lib/base/arena.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/log.h"
#include "../app.h"
#include "../run/task.h"
#include "loop_server.h"

enum { JOB_DEADLINE = 600000 }; /* ms; a matching of a million candidates computes for minutes */

struct running {
    struct loop_server *server;
    const struct job *job;
    bool busy;
    bool failing; /* the last run failed: told once */
    int64_t memory[JOB_MEMORY];
};

static void run(void *arg) {
    static const struct db_actor system = {DB_SYSTEM, 0, 0, "system"};
    struct running *running = arg;
    struct loop_server *server = running->server;
    struct arena *arena = arena_new();
    struct faults *faults = ARENA_NEW(arena, struct faults);
    faults_init(faults, arena);
    struct job_desk desk = {
        .db = db_open(server->pool, arena, faults, &system, clock_ticks() + JOB_DEADLINE),
        .arena = arena,
        .app = server->app,
        .now = clock_now(server->app->clock),
        .memory = running->memory,
    };
    Err err = running->job->run(&desk);
    if ((err != OK) != running->failing) {
        running->failing = err != OK;
        LOG(err != OK ? LOG_WARN : LOG_INFO, err != OK ? "job_failed" : "job_works_again",
            LOG_WORD("job", running->job->name), LOG_WORD("error", err_code(err)));
    }
    arena_free(arena);
    running->busy = false;
    server->active--;
}

static void due(void *arg) {
    struct running *running = arg;
    if (running->busy || atomic_load(&running->server->stopping)) {
        return;
    }
    running->busy = true;
    running->server->active++;
    task_spawn(running->server->loop, run, running);
}

void jobs_start(struct arena *arena, struct loop_server *server, const struct job *jobs) {
    for (; jobs != NULL && jobs->name != NULL; jobs++) {
        struct running *running = ARENA_NEW(arena, struct running);
        running->server = server;
        running->job = jobs;
        loop_after(server->loop, jobs->every, true, due, running);
    }
}
