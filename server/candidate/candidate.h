/* candidate.h - a candidate: a person whom a partner service enters for one campaign.
 *
 * Who he is, is sealed (seal.h) and read only by his own service and, with a reason, by OFII; each
 * look is an audit leaf. Everybody else, employers first, sees a token and a profile.
 * States: entered > preselected > withdrawn | rejected. */
#ifndef NORIA_CANDIDATE_H
#define NORIA_CANDIDATE_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../http/route.h"
#include "entry.h"
#include "seal.h"

struct arena;
struct db;
struct rows;

extern const struct route candidate_routes[];
extern const struct shows candidate_shows[];
extern const struct reads candidate_reads[];
extern const struct route candidate_import_routes[];
extern const struct shows candidate_import_shows[];

/* The identity of a worker; its texts live in `arena` and are wiped with it. The caller has written
 * the audit leaf of the look in the same transaction (or is binding, which writes its own).
 * ERR_NOT_FOUND when there is none or the actor may not see it; ERR_CRYPTO when it does not open.
 */
Err CHECKED identity_open(struct db *db, struct arena *arena, const struct seal *seal,
                          int64_t worker_id, struct identity *identity);

/* What is needed to enter candidates. */
struct candidate_desk {
    struct db *db;
    struct arena *arena;
    const struct seal *seal;
    date today;
    int64_t now;
    struct err_voice voice; /* of error files */
};

/* Enters a candidate: checks, finds the worker of a returnee, seals, stores, screens; `rows` gets
 * id, token, state, version, worker_id, location and cases (how many were opened).
 * ERR_INVALID_INPUT with faults; ERR_SERVICE_NOT_IN_CAMPAIGN, ERR_CAMPAIGN_NOT_TAKING,
 * ERR_PARTNER_REF_USED. */
Err CHECKED candidate_create(const struct candidate_desk *desk, const struct entry_form *form,
                             const struct identity *identity, struct rows *rows);

/* Edits the profile if `version` is still the record's. ERR_STALE_EDIT, ERR_NOT_FOUND. */
Err CHECKED candidate_edit(struct db *db, struct arena *arena, int64_t id, int64_t version,
                           const struct profile_form *form);

/* Moves to "preselected", "withdrawn" or "rejected" (the last two with a reason); `rows` gets id,
 * state and version. ERR_CANDIDATE_HELD, ERR_CONFLICT, ERR_NOT_FOUND. */
Err CHECKED candidate_move(struct db *db, int64_t id, const char *state, const char *reason,
                           struct rows *rows);

/* Writes the audit leaf of a look at an identity and opens it. A service looks at its own without
 * a reason (`reason` NULL); others say why (ERR_REASON_NEEDED). */
Err CHECKED candidate_unseal(struct db *db, struct arena *arena, const struct seal *seal,
                             int64_t id, const char *reason, struct rows *rows,
                             struct identity *identity);

/* "Why", of a rejection, a withdrawal or a look. */
struct candidate_reason {
    const char *reason;
};
extern const struct field candidate_reason_fields[];
extern const struct field candidate_look_fields[]; /* the same, not required of everybody */

/* The filter of a list. */
struct candidate_filter {
    int64_t campaign;
    const char *state;
};
extern const struct field candidate_filter_fields[];

#endif
