/* exchange.h - one request and its answer on the inside of server/http. */
#ifndef NORIA_HTTP_EXCHANGE_H
#define NORIA_HTTP_EXCHANGE_H

#include <microhttpd.h>

#include "../view/i18n.h"
#include "body.h"
#include "req.h"
#include "router.h"
#include "server.h"

enum { HEADERS_MAX = 16, TABLES_MAX = 8, TOKEN_BYTES = 32, REQUEST_ID = 17, HASH_BYTES = 32 };

/* Who asks, as the session or token says; kept as texts of the exchange's arena. */
struct who {
    struct db_actor actor; /* account 0 when nobody */
    unsigned role;
    bool api_token;
    bool read_only; /* a token of scope "read" */
    const char *name;
    const char *org_name;
    const char *lang;
    const char *csrf; /* "" without a cookie session */
};

struct header {
    const char *name;
    const char *value;
};

/* What goes out. `bytes` of type NULL means: the view. */
struct reply {
    int status;
    const char *type;
    struct span bytes;
    const char *location;
    bool own_bytes; /* the handler gave bytes: no page, no JSON */
    int max_age;    /* seconds; -1: no-store */
    int count;
    struct header headers[HEADERS_MAX];
};

struct exchange {
    struct req req; /* first: a handler's req is its exchange */
    struct loop_server *server;
    struct MHD_Connection *connection;
    struct connection *peer;
    int64_t started; /* clock_ticks */
    const char *url; /* raw: still percent-encoded, with the query */
    const char *path;
    const char *query;
    enum method method;
    const char *method_word;
    bool head_seen; /* the first handler call was made */
    bool running;   /* its task is under way */
    bool suspended;
    bool done;
    bool leaving;     /* counted among those whose answer is not yet sent whole */
    bool head_again;  /* its first call will be made again */
    bool asks_upload; /* for room in the spool: who asks is looked at before the body is read */
    bool at_once;     /* refused without waiting for a body whose end cannot be known or is far */
    Err refused;      /* before routing: the rest of the body is thrown away */
    const char *refused_detail;
    struct match match;
    struct pairs args; /* the query string */
    struct body body;
    struct who who;
    enum lang lang;
    const struct field *tables[TABLES_MAX]; /* read by the handler */
    int tables_count;
    const char *lists[TABLES_MAX]; /* names read with list_read */
    const char *key;               /* Idempotency-Key, or NULL */
    int lists_count;
    int64_t version; /* of If-Match */
    struct db_answer answer;
    uint8_t hash[HASH_BYTES];
    char request_id[REQUEST_ID];
    struct reply reply;
};

static inline struct exchange *exchange_of(struct req *req) {
    return (struct exchange *)(void *)req;
}

static inline const struct exchange *exchange_in(const struct req *req) {
    return (const struct exchange *)(const void *)req;
}

/* What the Content-Length says against a limit: ERR_TOO_LARGE, ERR_BAD_REQUEST. `words` names the
 * limit. */
Err CHECKED exchange_length(struct exchange *ex, size_t limit, const char *words);

/* A request header, or NULL. */
const char *exchange_header(const struct exchange *ex, const char *name);

/* Adds a header to the reply; past HEADERS_MAX it is left out (a mistake in the program). */
void reply_header(struct exchange *ex, const char *name, const char *value);

/* Finds who asks: Bearer token under /api/v1, else the session cookie. Nobody is OK.
 * ERR_NOT_LOGGED_IN for a token that is not known; errors of db_run. */
Err CHECKED session_find(struct exchange *ex);

/* ERR_CSRF unless this cookie write comes from our own page. */
Err CHECKED csrf_check(struct exchange *ex);

/* Fills ex->answer from the view of a write that went well: status, where to go, the JSON. */
void respond_prepare(struct exchange *ex);

/* The reply of a read, or of a write from ex->answer (its own or a stored one). ERR_NOT_ACCEPTABLE
 * to who takes no JSON; ERR_INTERNAL when the page cannot be made. */
Err CHECKED respond_read(struct exchange *ex);
Err CHECKED respond_write(struct exchange *ex, bool replayed);

/* The reply of a request that failed: problem+json, the refused form again, or the error page. */
void respond_error(struct exchange *ex, Err err);

/* Makes the reply the page `template` with the view inside the frame's own names; those of `extra`
 * (errors, what was typed) win. ERR_NOT_FOUND when there is no such template. */
Err CHECKED respond_page(struct exchange *ex, const char *template, struct view *extra);

/* "/contracts/:id" with the view's members, else the path's parameters, for its names. */
const char *respond_address(struct exchange *ex, const char *path);

/* A file below /static/ is the reply. */
bool static_file(struct exchange *ex);

#endif
