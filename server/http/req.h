/* req.h - a request as a handler sees it. Handlers parse, call a rule and fill the view; they never
 * check permissions (the row does), open transactions (every write row runs inside one) or write
 * responses (respond.c does). */
#ifndef NORIA_HTTP_REQ_H
#define NORIA_HTTP_REQ_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../../lib/base/pieces.h"
#include "../db/db.h"
#include "../view/view.h"
#include "route.h"

struct app; /* const after start: config, keys, templates, clock */

struct req {
    const struct app *app;
    const struct route *route;
    struct arena *arena;
    struct db *db; /* as the actor's class */
    struct faults faults;
    struct view *view; /* empty at the handler's start, also on a retry */
    date today;
    int64_t now;     /* seconds */
    int64_t account; /* 0 when nobody is logged in */
    int64_t org;
    unsigned role; /* one bit of route.h; PUBLIC when nobody */
    bool api;      /* asked under /api/v1 */
};

/* A path parameter; the router matched it, so it exists. */
int64_t req_id(const struct req *req, const char *name);
const char *req_word(const struct req *req, const char *name);

/* A query parameter or NULL; valid UTF-8, at most 200 characters. */
const char *req_query(struct req *req, const char *name);

/* Reads the body (form or JSON object) through a field table; names in the body that no table of
 * this request asked for are ERR_UNKNOWN_FIELD (checked by respond, pages' own fields excepted). */
Err CHECKED fields_read(struct req *req, const struct field *fields, void *record);

/* As fields_read from the query string, for filters. */
Err CHECKED query_read(struct req *req, const struct field *fields, void *record);

/* A list in the body: JSON {"name": [{…}, …]} or form name[0][field]. At most `max` elements of
 * `size` bytes each. */
Err CHECKED list_read(struct req *req, const char *name, const struct field *fields, size_t size,
                      int max, void **array, int *count);

/* A list of records as the JSON text of an array of objects, for jsonb_to_recordset(:name). */
const char *list_json(struct arena *arena, const struct field *fields, size_t size,
                      const void *array, int count);

/* The handler of a page whose form needs nothing of the database. */
Err CHECKED req_form(struct req *req);

/* An uploaded file of a multipart form (or the raw body of an API call): borrowed bytes. Of a
 * ROUTE_UPLOAD row they are mapped from an unlinked file: to keep memory flat, read large ones with
 * pread(fd, …, offset + n) instead. */
struct upload {
    const char *name; /* as sent; never trusted, never a path */
    const char *type;
    struct span bytes;
    int fd;         /* of a ROUTE_UPLOAD row, closed with the request; else -1 */
    int64_t offset; /* of the first byte in fd */
    size_t size;
};
Err CHECKED req_upload(struct req *req, const char *field, struct upload *upload);

/* The file of a ROUTE_UPLOAD row, to be read piece by piece. */
struct pieces upload_pieces(const struct upload *upload);

/* Keyset paging. `after` (0 at first) and `limit` (default 50, 1..200) come from the query; give
 * them to the statement as :after and :limit, where it must take `limit + 1` rows ordered by the
 * key. */
struct page {
    int64_t after;
    int limit;
};
struct page req_page(struct req *req);
#define ARG_PAGE(p) arg_int("after", (p).after), arg_int("limit", (p).limit + 1)

/* Puts the rows under `name` (at most limit) and, when there is one more, page.next and the Link
 * header. `key` is the column that :after continues from. */
void req_rows(struct req *req, const char *name, const struct page *page, const struct rows *rows,
              const char *key);

/* Sets ETag from the record's version; with ROUTE_IF_MATCH the version the client sent. */
void req_etag(struct req *req, int64_t version);
int64_t req_version(const struct req *req);

/* Answers with bytes of another type (PDF, PNG, CWT, CSV) instead of the view. `filename` NULL
 * shows it inline; `etag` may be NULL; `max_age` in seconds, -1 for no-store. */
void req_bytes(struct req *req, const char *type, struct span bytes, const char *filename,
               const char *etag, int max_age);

/* The idempotency key and request hash, for a ROUTE_NO_TX handler that calls db_tx itself (an
 * answer that must not be stored, such as a new secret). ERR_IDEMPOTENCY_KEY_NEEDED when there is
 * no key. */
Err CHECKED req_once(const struct req *req, struct db_once *once);

/* The answer says that the act was done under this key before (Idempotency-Replayed). */
void req_replayed(struct req *req);

/* Before a password is looked at: counts an attempt of the client's address (throttle.h).
 * ERR_TOO_MANY_REQUESTS when it had too many; one that was right is taken back. */
Err CHECKED req_attempt(struct req *req);
void req_attempt_was_right(struct req *req);

/* The client's network (an IPv4 address, an IPv6 /64) as a keyed BLAKE2b-128, for counting only:
 * the key is drawn when the process starts and leaves it never, so nobody gets the address back. */
enum { NETWORK_HASH = 16 };
void req_network(const struct req *req, uint8_t hash[NETWORK_HASH]);

/* How refusals are said to who asks, as the answer itself would say them. */
struct err_voice req_voice(struct req *req);

/* Before a stranger's question is answered (is this document genuine, does this contract exist):
 * counts it for the client's address, apart from the passwords. ERR_TOO_MANY_REQUESTS. */
Err CHECKED req_ask(struct req *req);

/* Sets a cookie (session, language) or removes it with value NULL. Names start with __Host-. */
void req_cookie(struct req *req, const char *name, const char *value, int64_t max_age);
const char *req_get_cookie(const struct req *req, const char *name);

/* The client, coarsely, as its User-Agent says: "Firefox, Linux"; "" when it says nothing known. */
const char *req_client(const struct req *req);

/* To be called after the COMMIT that took a session, token or account away: no loop lets it in any
 * more. */
void req_sessions_changed(struct req *req);

/* The request's context of the features: keys and settings. */
const struct app *req_app(const struct req *req);

#endif
