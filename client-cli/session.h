/* session.h - which server, and who: kept in a file that only its owner can read. */
#ifndef NORIA_CLIENT_SESSION_H
#define NORIA_CLIENT_SESSION_H

#include <stdint.h>

#include "../lib/base/err.h"

struct arena;
struct cli;

struct session {
    const char *url;   /* without a final slash */
    const char *email; /* NULL when unknown */
    const char *token; /* NULL when nobody is logged in */
    int64_t token_id;  /* 0 when unknown: the token came from the environment */
};

/* --url, then NORIA_URL and NORIA_TOKEN, then the file, then http://127.0.0.1:8080. */
Err CHECKED session_load(struct cli *cli, struct session *session);

/* Writes the file, mode 0600: $NORIA_SESSION, else $XDG_CONFIG_HOME/noria/session.json, else
 * ~/.config/noria/session.json. ERR_IO when it cannot. */
Err CHECKED session_save(struct arena *arena, const struct session *session);

/* Removes the file; fine when there is none. */
void session_forget(struct arena *arena);

#endif
