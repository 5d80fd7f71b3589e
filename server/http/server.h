/* server.h - the HTTP server: one daemon a loop on one shared port. Used by main.c and tests. */
#ifndef NORIA_HTTP_SERVER_H
#define NORIA_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/err.h"

struct app;
struct arena;
struct connection;
struct job;
struct loop;
struct pool;
struct route;
struct router;

enum {
    URL_MAX = 4096,
    BODY_MAX = 1024 * 1024,
    UPLOAD_MAX = 256 * 1024 * 1024,
    DISCARD_MAX =
        8 * 1024 * 1024, /* of a refused body: read and thrown away, so that the answer arrives */
    CONNECTION_MEMORY = 16 * 1024,
    REQUEST_DEADLINE = 10000, /* ms: from the whole request to its answer */
    READ_DEADLINE = 20000,    /* ms: for a request's headers, and again for its body */
    UPLOAD_DEADLINE = 600000, /* ms: for the body of an upload */
    WRITE_DEADLINE = 300000,  /* ms: from the answer's first byte to its last */
    IDLE_DEADLINE = 75000,    /* ms: a connection between two requests, or writing its first line */
    ACTIVE_MAX = 1000,        /* requests under way on a loop; more are answered 503 */
    CONNECTIONS_MAX = 12000   /* a loop; at the limit clients hang, so it is set high */
};

/* What a client may take, as absolute times in milliseconds; 0: the constant of that name above. */
struct server_limits {
    int64_t request, read, upload, write, idle;
};

struct server_config {
    const char *bind; /* an IPv4 or IPv6 address */
    int port;         /* 0: any free one */
    int loops;
    const char *database_url;
    const char *database_password;
    const struct app *app;
    const struct route *const *routes; /* the features' tables; the server adds its own */
    const struct job *jobs;            /* run on the first loop; NULL: none */
    struct server_limits limits;
    int attempts;      /* log-ins a minute from one address, on each loop; 0: any number */
    int asks;          /* questions a minute of strangers from one address, on each loop; 0: any */
    const char *proxy; /* the address whose X-Forwarded-For is believed, or NULL: nobody's */
};

struct server;

/* Starts the loops and listens. ERR_IO when the port is taken; ERR_INTERNAL when a route is wrong.
 */
Err CHECKED server_start(const struct server_config *config, struct server **server);

/* The port that it listens on. */
int server_port(const struct server *server);

/* Stops accepting, waits for the requests under way (at most limits.request + 5 s), closes. */
void server_stop(struct server *server);

/* The rows of a table of routes, for `noria-server routes` and tests. */
const struct router *server_router(struct arena *arena, const struct route *const *routes);

#endif
