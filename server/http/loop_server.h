/* loop_server.h - what one loop of the server has: a daemon, a pool, its connections and counters.
 */
#ifndef NORIA_HTTP_LOOP_SERVER_H
#define NORIA_HTTP_LOOP_SERVER_H

#include <microhttpd.h>
#include <stdatomic.h>
#include <uv.h>

#include "../db/pool.h"
#include "../run/loop.h"
#include "metrics.h"
#include "server.h"

enum { SPARE_ARENAS = 64, IDS_STOCK = 64, ID_BYTES = 8 };

struct session_cache;
struct throttle;

/* A client's TCP connection; in a list so that slow ones can be found. */
struct connection {
    struct connection *next;
    struct connection *previous;
    struct loop_server *server;
    int fd;
    int64_t since; /* clock_ticks of its opening, or of its last answer */
    int64_t limit; /* ms after `since` at which it is closed; 0: a request is being served */
};

struct loop_server {
    const struct server *server;
    const struct app *app;
    const struct router *router;
    struct loop *loop;
    struct pool *pool;
    struct MHD_Daemon *daemon;
    int listening;
    bool wake; /* a connection was resumed, or MHD wants to run at once */
    _Atomic bool stopping;
    int active;  /* requests that a task serves */
    int leaving; /* requests whose answer is not yet sent whole */
    struct server_limits limits;
    uv_poll_t *poll;
    uv_timer_t *timer;
    struct connection *connections;
    struct arena *spare[SPARE_ARENAS];
    int spare_count;
    uint8_t ids[IDS_STOCK][ID_BYTES]; /* random, of the next requests */
    int ids_left;
    struct session_cache *sessions;
    struct throttle *throttle; /* passwords */
    struct throttle *asks;     /* questions of strangers */
    const char *proxy;
    struct metrics metrics;
};

/* Opens the listening socket and starts the daemon of one loop, from any thread before loop_start.
 */
Err CHECKED daemon_start(struct loop_server *server, const char *bind, int port, int *bound);

/* From the loop's thread: no new connections; daemon_idle tells that nothing is under way;
 * daemon_close ends the rest. */
void daemon_quiesce(struct loop_server *server);
bool daemon_idle(const struct loop_server *server);
void daemon_close(struct loop_server *server);

/* All loops of the process. */
struct server {
    struct arena *arena;
    int port;
    int count;
    _Atomic uint64_t session_changes; /* see session.h */
    unsigned char network_key[32];    /* drawn at the start, see req_network() */
    struct loop_server *loops;
};

#endif
