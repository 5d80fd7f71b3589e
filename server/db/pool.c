/* pool.c - the connections of one loop. */
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/memory.h"
#include "own.h"

/* Connections a loop keeps for each class, at most 30 in all. OFII's offices do most of the work;
 * ten writers reached 0.89 of pgbench with 32 clients where six reached 0.68 (COMMITs share an
 * fsync). */
static const int default_lanes[DB_CLASSES][LANES] = {
    [DB_EMPLOYER] = {1, 2, 1}, [DB_PARTNER] = {1, 4, 1}, [DB_OFII] = {1, 10, 2},
    [DB_SYSTEM] = {1, 2, 1},   [DB_PUBLIC] = {1, 1, 1},
};

static const char *const logins[DB_CLASSES] = {
    [DB_EMPLOYER] = "noria_employer", [DB_PARTNER] = "noria_partner", [DB_OFII] = "noria_ofii",
    [DB_SYSTEM] = "noria_system",     [DB_PUBLIC] = "noria_public",
};

/* Session settings of a lane. Reads cannot write; nothing runs longer than its lane is meant for,
 * in milliseconds. `application_name` tells an operator what a connection is for. */
struct lane_settings {
    const char *name;
    const char *options;
};

#define COMMON_OPTIONS "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=iso_8601 "
static const struct lane_settings lane_settings[LANES + 1] = {
    [LANE_READ] = {"read",
                   COMMON_OPTIONS "-c default_transaction_read_only=on -c statement_timeout=5000"},
    [LANE_WRITE] = {"write", COMMON_OPTIONS "-c statement_timeout=10000 -c lock_timeout=5000 "
                                            "-c idle_in_transaction_session_timeout=30000"},
    [LANE_SLOW] = {"slow",
                   COMMON_OPTIONS "-c default_transaction_read_only=on -c statement_timeout=15000"},
    [LANES] = {"bulk", COMMON_OPTIONS
               "-c statement_timeout=0 -c idle_in_transaction_session_timeout=60000"},
};

const char *class_login(enum db_class class) {
    return logins[class];
}

static void set(struct conninfo *info, int *count, const char *key, const char *value) {
    info->keys[*count] = key;
    info->values[*count] = value;
    (*count)++;
}

static void free_options(void *options) {
    PQconninfoFree(options);
}

/* Of several hosts, the one that takes writes. libpq looks for it in default_transaction_read_only
 * too, which our reading lanes set by themselves: they look for the primary. */
static const char *server_wanted(const PQconninfoOption *option, enum lane_kind kind) {
    bool reads = kind == LANE_READ || kind == LANE_SLOW;
    bool asked = strcmp(option->keyword, "target_session_attrs") == 0;
    return reads && asked && strcmp(option->val, "read-write") == 0 ? "primary" : option->val;
}

Err conninfo_for(struct arena *arena, const char *url, const char *password, enum db_class class,
                 enum lane_kind kind, struct conninfo *info) {
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    if (options == NULL) {
        return ERR_UNAVAILABLE;
    }
    arena_defer(arena, free_options, options);
    int count = 0;
    memset(info, 0, sizeof *info);
    static const char *const own[] = {"user", "password", "application_name", "options",
                                      "client_encoding"};
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        bool ours = false;
        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
            ours = ours || strcmp(option->keyword, own[i]) == 0;
        }
        if (option->val != NULL && !ours && count < 56) {
            set(info, &count, option->keyword, server_wanted(option, kind));
        }
    }
    set(info, &count, "user", class_login(class));
    if (password != NULL) {
        set(info, &count, "password", password);
    }
    set(info, &count, "application_name",
        arena_printf(arena, "%s.%s", class_login(class), lane_settings[kind].name));
    set(info, &count, "options", lane_settings[kind].options);
    set(info, &count, "client_encoding", "UTF8");
    return OK;
}

/* --- life ------------------------------------------------------------------------------------ */

static void free_pool(uv_handle_t *timer) {
    struct pool *pool = timer->data;
    free(pool->writes);
    arena_free(pool->arena);
    free(pool);
}

static void at_turn(void *arg);

/* True when no request was under way any more. */
static bool end_connections(struct pool *pool) {
    if (pool->handles > 0) {
        return false;
    }
    for (int i = 0; i < DB_CLASSES * LANES; i++) {
        struct lane *lane = &pool->lanes[i / LANES][i % LANES];
        for (int c = 0; c < lane->size; c++) {
            conn_free(&lane->conns[c]);
        }
        lane->size = 0;
    }
    return true;
}

/* The end of a turn: wakes tasks, then sends what they asked for. */
static void at_turn(void *arg) {
    struct pool *pool = arg;
    pool_drain(pool);
    for (int i = 0; i < DB_CLASSES * LANES; i++) {
        struct lane *lane = &pool->lanes[i / LANES][i % LANES];
        if (lane->first != NULL) {
            lane_flush(lane);
        }
    }
    if (pool->closing && end_connections(pool)) {
        loop_off_turn(pool->loop, at_turn, pool);
        uv_close((uv_handle_t *)&pool->timer, free_pool);
    }
}

struct pool *pool_new(struct loop *loop, const struct pool_config *config) {
    struct pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) {
        memory_lacking();
    }
    pool->loop = loop;
    pool->clock = config->clock;
    pool->arena = arena_new();
    pool->url = arena_strdup(pool->arena, config->url);
    pool->password = arena_strdup(pool->arena, config->password);
    pool->last_ready = &pool->first_ready;
    pool->writes = calloc((size_t)stmt_count + 1, sizeof *pool->writes);
    if (pool->writes == NULL) {
        memory_lacking();
    }
    for (int class = 0; class < DB_CLASSES; class ++) {
        for (int kind = 0; kind < LANES; kind++) {
            int size = config->lanes[class][kind];
            lane_init(&pool->lanes[class][kind], pool, (enum db_class) class, (enum lane_kind)kind,
                      size > 0 ? size : default_lanes[class][kind]);
        }
    }
    uv_timer_init(loop_uv(loop), &pool->timer);
    pool->timer.data = pool;
    pool_tick(pool); /* connects the read lanes */
    loop_on_turn(loop, at_turn, pool);
    return pool;
}

void pool_hopes(struct pool *pool) {
    int64_t now = clock_ticks();
    for (int i = 0; i < DB_CLASSES * LANES; i++) {
        struct lane *lane = &pool->lanes[i / LANES][i % LANES];
        for (int c = 0; c < lane->size; c++) {
            if (lane->conns[c].state == CONN_DOWN) {
                lane->conns[c].retry_at = now;
                lane->conns[c].attempts = 0;
            }
        }
    }
    pool_tick(pool);
}

void pool_close(struct pool *pool) {
    pool->closing = true;
    loop_again(pool->loop);
}

bool pool_ready(const struct pool *pool) {
    return atomic_load(&pool->ready) == (1U << DB_CLASSES) - 1;
}

struct pool_stats pool_stats(const struct pool *pool) {
    const struct counters *now = &pool->stats;
    return (struct pool_stats){
        .queries = now->queries,
        .transactions = now->transactions,
        .retries = now->retries,
        .resent = now->resent,
        .reconnects = now->reconnects,
        .waiting = now->waiting,
    };
}

/* --- handles --------------------------------------------------------------------------------- */

static void handle_over(void *arg) {
    struct pool *pool = arg;
    pool->handles--;
    if (pool->closing) {
        loop_again(pool->loop);
    }
}

struct db *db_open(struct pool *pool, struct arena *arena, struct faults *faults,
                   const struct db_actor *actor, int64_t deadline) {
    struct db *db = ARENA_NEW(arena, struct db);
    *db = (struct db){pool, arena, faults, *actor, deadline, NULL};
    db->actor.role = arena_strdup(arena, actor->role == NULL ? "" : actor->role);
    pool->handles++;
    arena_defer(arena, handle_over, pool);
    return db;
}

struct db *db_as(struct db *db, const struct db_actor *actor) {
    return db_open(db->pool, db->arena, db->faults, actor, db->deadline);
}

void db_patience(struct db *db, int64_t milliseconds) {
    db->deadline = clock_ticks() + milliseconds;
}

struct faults *db_faults(struct db *db) {
    return db->faults;
}

const struct db_actor *db_actor(const struct db *db) {
    return &db->actor;
}
