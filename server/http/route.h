/* route.h - a route is a row. The whole interface of the server is the union of the features'
 * tables, gathered in routes.c. */
#ifndef NORIA_HTTP_ROUTE_H
#define NORIA_HTTP_ROUTE_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/field.h"

struct req;

enum method { GET, POST, PUT, DELETE, METHODS };

/* Who may. A bit a role; an account has one role and belongs to one organisation. */
enum {
    EMPLOYER = 1 << 0,
    PARTNER = 1 << 1,
    OFFICER = 1 << 2,
    DESK = 1 << 3,
    ASSESSOR = 1 << 4,
    AUDITOR = 1 << 5,
    ADMIN = 1 << 6,
    PUBLIC = 1 << 7, /* nobody logged in needed */
    OFII = OFFICER | DESK,
    STAFF = OFFICER | DESK | AUDITOR | ADMIN,
    ANYBODY = EMPLOYER | PARTNER | OFFICER | DESK | ASSESSOR | AUDITOR | ADMIN
};

enum route_flags {
    ROUTE_LOOK = 1,     /* a GET that writes an audit leaf: runs in a transaction */
    ROUTE_NO_TX = 2,    /* a write that manages its own transactions (log-in) */
    ROUTE_UPLOAD = 4,   /* body streamed to the upload daemon, up to UPLOAD_MAX */
    ROUTE_API_ONLY = 8, /* exists under /api/v1 only */
    ROUTE_PAGE_ONLY = 16,
    ROUTE_IF_MATCH = 32, /* needs If-Match (API) or the hidden version field (form) */
    ROUTE_RAW = 64,      /* outside /api/v1 and without a page: /healthz, /.well-known, /static */
    ROUTE_KEPT = 128 /* a ROUTE_NO_TX whose handler keeps its answer under the key all the same */
};

/* GET rows answer /path as a page (template `page`) and /api/v1/path as JSON with the same view.
 * Write rows take a form at /path and JSON at /api/v1/path; on success a form is redirected (303)
 * to `then`, in which :name stands for the view's member or the path's parameter of that name, and
 * JSON gets the view with 201 when the view has a member "location" (202 when `waits` is true: it
 * is made in the background), else 200. A refused form is shown again through `page` of the row
 * `again` (or the GET row of the same path) with the faults and what was typed. */
struct route {
    enum method method;
    const char *
        path; /* "/contracts/:id/approve"; :id matches digits, :other a word [A-Za-z0-9._-]{1,64} */
    Err (*handler)(struct req *req);
    unsigned allow;   /* 0 refuses to start */
    const char *page; /* template of a GET; NULL when it answers by itself */
    const char *then; /* where a form goes after success */
    const char
        *again; /* GET path whose page shows a refused form; NULL: the form's own path, else then */
    unsigned flags;
    const char *title; /* English msgid: the page's title, and the operation's summary */
};

/* What a handler reads: a table of the query of a GET, or of a write's body, or of the elements of
 * a list in that body. Beside each route table, for docs/openapi.yaml, which a test compares with
 * what the handlers' files read. */
struct reads {
    Err (*handler)(struct req *req);
    const struct field *fields;
    const char *list; /* its name in the body; NULL: the fields stand at the top */
    int max;          /* its elements */
};

#define READS_END                                                                                  \
    { NULL, NULL, NULL, 0 }

/* What req_page() reads. */
extern const struct field page_fields[];

/* What a handler shows: the members of its JSON answer, for docs/openapi.yaml. Beside each table of
 * reads; tests/interop/answers.mjs holds real answers against what is made of it. */
enum shows_kind {
    SHOWS_ROW,    /* the columns of a statement as members; `name` NULL: of the answer itself */
    SHOWS_ROWS,   /* a list of such objects */
    SHOWS_RECORD, /* a field table's members, as texts */
    SHOWS_TEXT,
    SHOWS_INT,
    SHOWS_BOOL,
    SHOWS_JSON,  /* any value */
    SHOWS_WORDS, /* a list of texts */
    SHOWS_BYTES, /* no member: bytes of the type that `name` says, instead of JSON */
    SHOWS_ETAG   /* no member: the header */
};

enum shows_flags {
    SHOWS_SOMETIMES = 1, /* it (or each column) may be absent */
    SHOWS_OR_NULL = 2    /* it may be null; of a statement's columns PostgreSQL tells */
};

struct shows {
    Err (*handler)(struct req *req);
    const char *name; /* "places", "people.name" in an object, "people[].name" in each of a list */
    enum shows_kind kind;
    int stmt;                   /* ROW, ROWS: enum stmt */
    const struct field *fields; /* RECORD */
    unsigned flags;
};

#define SHOWS_END                                                                                  \
    { NULL, NULL, SHOWS_ROW, 0, NULL, 0 }

#define ROUTE_END                                                                                  \
    { GET, NULL, NULL, 0, NULL, NULL, NULL, 0, NULL }

#endif
