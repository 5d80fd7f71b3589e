/* own.h - the worker's own page "who looked at my file", without a log-in.
 *
 * He proves himself by a document that names him (its signature must hold; expired, suspended or
 * withdrawn is no matter, unless it was withdrawn as lost, stolen or false) and the day on which
 * his passport expires. Not the birth date and not the passport's number: both stand in the code
 * of the document, so whoever has a photo of it has them. Five wrong days a worker and day. Every
 * request is a leaf of the audit (GDPR art. 15; CJEU C-579/21). */
#ifndef NORIA_PRIVACY_OWN_H
#define NORIA_PRIVACY_OWN_H

#include <stdbool.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/text.h"

struct arena;
struct db;
struct rows;
struct seal;

/* Compares and answers, in one transaction of the system's login `db`; `cti` of a document whose
 * signature held, empty when none did. `*known` false: unknown, wrong, no try left - nobody outside
 * learns which, and all take the same statements. Else `looks` has at, act, org, org_kind, role and
 * reason, newest first, at most 500. ERR_UNAVAILABLE. */
Err CHECKED own_file(struct db *db, struct arena *arena, const struct seal *seal, struct span cti,
                     date expires, bool *known, struct rows *looks);

#endif
