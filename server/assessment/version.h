/* version.h - what habiletes, exercises, analyses of jobs and profiles have in common: they come in
 * versions, draft > active > retired, only a draft is edited, and they decide what people are
 * tested on. So two officers put a version into effect: one proposes the edit that he has read,
 * another signs it; an edit, also of a part, drops the proposal. The rules are PostgreSQL's
 * (06_version_signatures.sql, CHECK second_person_needed). */
#ifndef NORIA_ASSESSMENT_VERSION_H
#define NORIA_ASSESSMENT_VERSION_H

#include "../../lib/base/field.h"
#include "../db/db.h"

struct req;

extern const char *const reference_states[];

/* Filter of their lists. */
struct reference_filter {
    const char *state;
};
extern const struct field reference_filter_fields[];

/* What an officer signs: the edit that he was shown. */
struct version_signature {
    int64_t edit;
};
extern const struct field version_signature_fields[];

struct version_kind {
    const char *table;
    const char *folder; /* of its pages: "profiles" */
    enum stmt by_id;    /* by :id, for :reader */
};

/* Puts the version of the path's :id into the view, with its ETag; for a page also as its form,
 * and the folder. ERR_NOT_FOUND. */
Err CHECKED version_load(struct req *req, const struct version_kind *kind);

/* The rows of a statement by :id beside it. */
Err CHECKED version_list(struct req *req, enum stmt stmt, const char *name);

/* Answers that the version `id` was made, and where it is. */
Err CHECKED version_made(struct req *req, const struct version_kind *kind, int64_t id);

/* Makes the next version of the path's :id by `stmt`, as a draft. ERR_NOT_FOUND. */
Err CHECKED version_next(struct req *req, const struct version_kind *kind, enum stmt stmt);

/* The steps of the version of the path's :id, which then stands in the view as it is. Sign and
 * propose read struct version_signature; ERR_STALE_EDIT when it was edited since. */
Err CHECKED version_propose(struct req *req, const struct version_kind *kind);
Err CHECKED version_drop(struct req *req, const struct version_kind *kind);
Err CHECKED version_sign(struct req *req, const struct version_kind *kind);
Err CHECKED version_retire(struct req *req, const struct version_kind *kind);

#endif
