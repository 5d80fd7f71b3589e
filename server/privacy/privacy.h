/* privacy.h - what a worker may ask about his data, and how long they are kept.
 *
 * A request (access, erasure) is recorded by a person who made sure who asks, and answered within a
 * month (GDPR art. 12(3)). An erasure is decided by a second person; a rule may forbid it (a case,
 * a complaint, a return or the campaign of a placement is open; the limit of a placement has not
 * passed), never a person's wish. It destroys the worker's key and empties what tells who he was;
 * the purge does the same to everybody who is past the limits (retention_limit). */
#ifndef NORIA_PRIVACY_H
#define NORIA_PRIVACY_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"

struct db;
struct job_desk;
struct settings;

extern const struct route privacy_routes[];
extern const struct shows privacy_shows[];
extern const struct reads privacy_reads[];
extern const struct route own_routes[]; /* public: the worker's own page */
extern const struct reads own_reads[];
extern const struct shows own_shows[];

/* A request as it is recorded. */
struct privacy_form {
    const char *kind; /* "access" "erasure" */
    date received_on;
    const char *identified; /* how it was known who asks: "passport" "document" "service" */
};
extern const struct field privacy_fields[];

/* What the person is told with the answer. */
struct privacy_answer {
    const char *reason;
};
extern const struct field privacy_answer_fields[];

/* A limit of the controller. */
struct privacy_limit {
    int64_t days; /* FIELD_NONE: none */
    const char *source;
};
extern const struct field privacy_limit_fields[];

/* Records a request about the worker of a candidate; `id` is the request's. ERR_NOT_FOUND (or
 * erased already), ERR_PRIVACY_REQUEST_OPEN, ERR_IN_THE_FUTURE. */
Err CHECKED privacy_record(struct db *db, int64_t candidate, const struct privacy_form *form,
                           int64_t *id);

/* Answers it: done, and the data are erased, or refused by a rule; `state` says which.
 * ERR_ERASURE_SECOND_PERSON, ERR_CONFLICT when it was answered. */
Err CHECKED privacy_decide(struct db *db, int64_t id, const char *reason, const char **state);

/* How far a purge is; begin with zeros. */
struct purge {
    int64_t after;
    int64_t erased; /* workers */
    int64_t held;   /* past their limit, but something is open */
    int64_t rest;   /* other rows */
    bool ended;
};

/* The next workers past their limit, or, after the last, everything else. ERR_UNAVAILABLE. */
Err CHECKED purge_some(struct db *db, struct purge *purge);

/* Job: purges once a day of the server's clock. */
Err CHECKED privacy_purge(const struct job_desk *desk);

/* The command `noria-server purge [--dry-run]`. */
int purge_command(const struct settings *settings, int argc, char **argv);

#endif
