/* rig.h - a server and a PostgreSQL that can be killed and started again, for the kill tests. */
#ifndef NORIA_TESTS_CHAOS_RIG_H
#define NORIA_TESTS_CHAOS_RIG_H

#include <stdbool.h>
#include <sys/types.h>

#include "client-cli/http.h"

struct rig {
    struct arena *arena;
    const char *folder; /* keys and logs */
    const char *url;
    int port;
    pid_t server;
    const char *token; /* the administrator's */
};

/* With the PostgreSQL of NORIA_PG_DIR: migrates, makes keys and the first account, starts the
 * server, logs in. */
void rig_start(struct rig *rig, struct arena *arena);

/* Stops the server. */
void rig_stop(struct rig *rig);

/* kill -9 of the server, and a new one that answers when this returns. */
void rig_kill_server(struct rig *rig);

/* kill -9 of PostgreSQL with all its processes, and its recovery. */
void rig_kill_database(struct rig *rig);

/* Runs a command line to its end; its exit code must be 0. */
void rig_run(struct rig *rig, const char *command);

/* A client with the administrator's token. */
struct http *rig_client(struct rig *rig, struct arena *arena);

#endif
