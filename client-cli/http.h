/* http.h - the client's side of the API: calls to a Noria server, one or many at a time. */
#ifndef NORIA_CLIENT_HTTP_H
#define NORIA_CLIENT_HTTP_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "../lib/base/err.h"
#include "../lib/base/text.h"

struct arena;
struct http;

enum verb { VERB_GET, VERB_POST, VERB_PUT, VERB_DELETE };

/* One request and its answer. What is NULL is not sent; zero the struct first. */
struct call {
    enum verb verb;
    const char *path;   /* below the server's address: "/api/v1/campaigns" */
    const char *token;  /* NULL: the connection's own */
    struct span body;   /* ptr NULL: none */
    const char *type;   /* media type of the body */
    const char *accept; /* NULL: application/json */
    const char *key;    /* Idempotency-Key of a write; NULL: a fresh one, kept for the repeats */
    const char *match;  /* If-Match */

    int status;             /* 0: no answer */
    struct span reply;      /* its body, followed by a NUL */
    const char *reply_type; /* media type, "" when not given */
    const char *location;   /* NULL when not given */
    const char *etag;
    const cJSON *json; /* parsed when the answer says it is JSON; lives as long as the arena */
};

/* Calls to the server at `url` (no final slash) with a token (NULL: none). */
Err CHECKED http_new(struct arena *arena, const char *url, const char *token, struct http **http);

/* Sends one call. OK whenever the server answered, whatever the status; ERR_UNAVAILABLE when it
 * could not be reached. 503 and broken connections are tried again for about ten seconds from the
 * first failure on, at least twice; a write under the same key, so that nothing is done twice. */
Err CHECKED http_send(struct http *http, struct call *call);

/* Sends all of them, up to `parallel` (1..64) at a time, in any order. */
Err CHECKED http_send_all(struct http *http, struct call *calls, size_t count, int parallel);

/* A body from a JSON tree, which stays the caller's. */
void call_json(struct arena *arena, struct call *call, const cJSON *body);

/* True for 2xx. */
bool call_ok(const struct call *call);

/* A new 32-digit random key. */
const char *http_key(struct arena *arena);

/* Members of an answer; NULL and 0 when absent or of another type. */
const char *json_text(const cJSON *object, const char *name);
int64_t json_int(const cJSON *object, const char *name);

#endif
