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
#include "seal.h"

struct arena;
struct db;

extern const struct route candidate_routes[];

/* The identity of a worker; its texts live in `arena` and are wiped with it. The caller has written
 * the audit leaf of the look in the same transaction (or is binding, which writes its own).
 * ERR_NOT_FOUND when there is none or the actor may not see it; ERR_CRYPTO when it does not open.
 */
Err CHECKED identity_open(struct db *db, struct arena *arena, const struct seal *seal,
                          int64_t worker_id, struct identity *identity);

#endif
