/* body.h - what a client sends: query string, form, multipart form, JSON, or raw bytes; strict,
 * with limits on everything. */
#ifndef NORIA_HTTP_BODY_H
#define NORIA_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"
#include "../view/view.h"

enum { PAIRS_MAX = 2000, NAME_MAX_BYTES = 128, PARTS_MAX = 200, BOUNDARY_MAX = 70 };

/* One name of a form or query with its value, decoded, valid UTF-8 without NUL. */
struct pair {
    const char *name;
    struct span value;
};

struct pairs {
    int count;
    int cap;
    struct pair *list;
};

/* A file of a multipart form; `bytes` lies within the body. */
struct part {
    const char *name;
    const char *filename;
    const char *type;
    struct span bytes;
};

enum body_kind { BODY_NONE, BODY_FORM, BODY_JSON, BODY_MULTIPART, BODY_RAW };

struct body {
    enum body_kind kind;
    const char *type;  /* Content-Type without parameters, lower case; NULL when there is none */
    struct buf memory; /* as it arrives, up to BODY_MAX */
    int spool;         /* an unlinked file for uploads, or -1 */
    size_t size;
    struct span all; /* the whole, in memory or mapped from the spool */
    void *mapped;    /* the spool's mapping, or NULL */
    struct pairs form;
    struct view_value json; /* an object */
    struct part *files;
    int file_count;
};

/* Decodes application/x-www-form-urlencoded (WHATWG URL 5.1), also a query string. ERR_BAD_REQUEST
 * with `*why` for a broken percent-escape, NUL, invalid UTF-8, too many or too long names. */
Err CHECKED form_decode(struct arena *arena, struct span text, struct pairs *pairs,
                        const char **why);

/* The value of a name (the first); NULL when absent. `times` counts how often it is there. */
const struct pair *pairs_find(const struct pairs *pairs, const char *name);
int pairs_times(const struct pairs *pairs, const char *name);

/* Splits multipart/form-data (RFC 7578) by the boundary of `content_type`; text parts become pairs,
 * parts with a file name become files. */
Err CHECKED multipart_decode(struct arena *arena, const char *content_type, struct body *body,
                             const char **why);

/* Reads the complete body by its media type. `why` gets the reason of ERR_BAD_REQUEST, ERR_JSON or
 * ERR_UNSUPPORTED_MEDIA_TYPE. `raw` allows any other type (API uploads). */
Err CHECKED body_decode(struct arena *arena, const char *content_type, bool raw, struct body *body,
                        const char **why);

/* What errno says of a spool that could not be written: ERR_STORAGE_FULL or ERR_IO. */
Err CHECKED spool_failed(void);

/* A new unlinked file in `folder`; -1 when there is no room. Closed by the arena. */
int spool_open(struct arena *arena, const char *folder);

/* Appends to the body, in memory or to the spool. ERR_TOO_LARGE past `limit`, ERR_IO. */
Err CHECKED body_add(struct body *body, const char *bytes, size_t size, size_t limit);

/* Makes the whole body readable through body->all; unmapped by the arena. */
Err CHECKED body_finish(struct arena *arena, struct body *body);

/* Gives the memory of a mapped body up to `at` back, where a pass over it has come; its bytes stay
 * readable. A pass calls it at each BODY_WINDOW, and with NULL (the whole) at its end. */
enum { BODY_WINDOW = 256 * 1024 };
void body_forget(struct body *body, const char *at);

#endif
