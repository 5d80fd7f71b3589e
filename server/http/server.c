#include "server.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/clock.h"
#include "../../lib/base/log.h"
#include "../app.h"
#include "jobs.h"
#include "loop_server.h"
#include "router.h"
#include "session.h"
#include "system_web.h"
#include "throttle.h"

enum { TABLES = 64, DRAIN_MILLIS = 5000, POLL_MILLIS = 20 };

int server_port(const struct server *server) {
    return server->port;
}

const struct router *server_router(struct arena *arena, const struct route *const *routes) {
    const struct route *tables[TABLES] = {system_routes};
    for (int i = 0; routes[i] != NULL && i + 2 < TABLES; i++) {
        tables[i + 1] = routes[i];
    }
    return router_new(arena, tables);
}

static int64_t limit_or(int64_t set, int64_t usual) {
    return set > 0 ? set : usual;
}

static struct server_limits limits_of(const struct server_limits *set) {
    return (struct server_limits){
        .request = limit_or(set->request, REQUEST_DEADLINE),
        .read = limit_or(set->read, READ_DEADLINE),
        .upload = limit_or(set->upload, UPLOAD_DEADLINE),
        .write = limit_or(set->write, WRITE_DEADLINE),
        .idle = limit_or(set->idle, IDLE_DEADLINE),
    };
}

/* The daemon's turn comes before the pool's (the last registered runs first), so that the queries
 * it causes leave in the same turn. */
static Err start_loop(struct server *server, const struct server_config *config,
                      const struct router *router, int index) {
    struct loop_server *loop = &server->loops[index];
    struct pool_config pool = {
        .url = config->database_url,
        .password = config->database_password,
        .clock = config->app->clock,
    };
    loop->server = server;
    loop->app = config->app;
    loop->router = router;
    loop->loop = loop_new(index);
    loop->limits = limits_of(&config->limits);
    loop->sessions = session_cache_new(server->arena, &server->session_changes);
    loop->throttle = throttle_new(server->arena, config->attempts);
    loop->asks = throttle_new(server->arena, config->asks);
    loop->proxy = config->proxy;
    loop->pool = pool_new(loop->loop, &pool);
    if (index == 0) {
        jobs_start(server->arena, loop, config->jobs);
    }
    return daemon_start(loop, config->bind, index == 0 ? config->port : server->port,
                        &server->port);
}

Err server_start(const struct server_config *config, struct server **out) {
    if (sodium_init() < 0) {
        return ERR_CRYPTO;
    }
    struct arena *arena = arena_new();
    const struct router *router = server_router(arena, config->routes);
    if (router == NULL) {
        arena_free(arena);
        return ERR_INTERNAL;
    }
    struct server *server = ARENA_NEW(arena, struct server);
    server->arena = arena;
    server->count = config->loops;
    randombytes_buf(server->network_key, sizeof server->network_key);
    server->loops = arena_array(arena, (size_t)config->loops, sizeof *server->loops);
    for (int i = 0; i < config->loops; i++) {
        TRY(start_loop(server, config, router, i));
    }
    for (int i = 0; i < config->loops; i++) {
        loop_start(server->loops[i].loop);
    }
    *out = server;
    return OK;
}

/* --- stopping -----------------------------------------------------------------------------------
 */

struct closing {
    struct loop_server *loop;
    _Atomic bool done;
    bool closed; /* written before `done` */
    int64_t until;
};

static void nap(void) {
    (void)nanosleep(&(struct timespec){0, POLL_MILLIS * 1000000L}, NULL);
}

/* On the loop's thread, again and again until nothing is under way. */
static void close_when_idle(void *arg) {
    struct closing *closing = arg;
    struct loop_server *loop = closing->loop;
    if (atomic_load(&closing->done)) {
        return;
    }
    if (!daemon_idle(loop) && clock_ticks() < closing->until) {
        loop_after(loop->loop, POLL_MILLIS, false, close_when_idle, closing);
        return;
    }
    if (loop->active == 0) { /* an answer that a client does not read is cut */
        daemon_close(loop);
        pool_close(loop->pool);
        closing->closed = true;
    }
    atomic_store(&closing->done, true);
}

static void begin_closing(void *arg) {
    struct closing *closing = arg;
    daemon_quiesce(closing->loop);
    close_when_idle(closing);
}

void server_stop(struct server *server) {
    bool all = true;
    struct closing *closings = arena_array(server->arena, (size_t)server->count, sizeof *closings);
    for (int i = 0; i < server->count; i++) {
        closings[i].loop = &server->loops[i];
        closings[i].until = clock_ticks() + server->loops[i].limits.request + DRAIN_MILLIS;
        loop_post(server->loops[i].loop, begin_closing, &closings[i]);
    }
    for (int i = 0; i < server->count; i++) {
        while (!atomic_load(&closings[i].done)) {
            nap();
        }
        all = all && closings[i].closed;
        if (closings[i].closed) { /* else a task outlived its deadline: the process's end ends it */
            loop_stop(server->loops[i].loop);
            loop_join(server->loops[i].loop);
        }
    }
    LOG(all ? LOG_INFO : LOG_ERROR, "stopped", LOG_INT("loops", server->count));
    if (all) {
        arena_free(server->arena);
    }
}
