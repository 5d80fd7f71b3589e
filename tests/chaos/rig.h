/* rig.h - a server and a PostgreSQL that can be killed and started again, for the kill tests. */
#ifndef NORIA_TESTS_CHAOS_RIG_H
#define NORIA_TESTS_CHAOS_RIG_H

#include <stdbool.h>
#include <sys/types.h>

#include "client-cli/http.h"

/* Where a rig's database is: what the environment says of it, and who may log in there. */
struct rig_place {
    const char *pg_dir;
    const char *pg_host;
    const char *database;
    const char *token; /* the administrator's */
};

struct rig {
    struct arena *arena;
    const char *folder; /* keys and logs */
    const char *url;
    int port;
    pid_t server;
    const char *token;
    struct rig_place before; /* while it is elsewhere */

    /* Of the servers started from now on. */
    const char *preload; /* a library of tests/chaos/preload, or NULL */
    int descriptors;     /* a limit for them; 0: as given */
    const char *loops;   /* NORIA_LOOPS; NULL: one a core */
};

/* With the PostgreSQL of NORIA_PG_DIR: migrates, makes keys and the first account, starts the
 * server, logs in. */
void rig_start(struct rig *rig, struct arena *arena);

/* Stops the server and removes what was made, but for the logs. */
void rig_stop(struct rig *rig);

/* kill -9 of the server, and a new one that answers when this returns. */
void rig_kill_server(struct rig *rig);

/* Starts a server where the last one has ended; as above. */
void rig_start_server(struct rig *rig);

/* Only starts it. */
void rig_spawn_server(struct rig *rig);

/* kill -9 of PostgreSQL with all its processes, and its recovery. */
void rig_kill_database(struct rig *rig);

/* Goes to a new PostgreSQL in `dir`, whose processes get `env` (NAME=VALUE words), with a server
 * and an administrator of its own there; and back from it, removing it. */
void rig_enter(struct rig *rig, const char *dir, const char *env);
void rig_leave(struct rig *rig);

/* Runs a command line to its end; its exit code must be 0. */
void rig_run(struct rig *rig, const char *command);

/* As rig_run, but gives the exit code. */
int rig_try(struct rig *rig, const char *command);

/* A client with the administrator's token. */
struct http *rig_client(struct rig *rig, struct arena *arena);

#endif
