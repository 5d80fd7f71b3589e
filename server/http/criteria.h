/* criteria.h - no request selects people by a blocked criterion (lib/base/blocked.h): names in the
 * query string of every route and in the body of every write are looked at, and who tried is
 * recorded apart from the transaction that was refused. */
#ifndef NORIA_HTTP_CRITERIA_H
#define NORIA_HTTP_CRITERIA_H

#include "exchange.h"

/* ERR_CRITERION_BLOCKED, with a fault for each name, when the query string asks for one. */
Err CHECKED criteria_query(struct exchange *ex);

/* Whether a refusal is about a blocked criterion, alone or among other faults. */
bool criteria_refused(const struct exchange *ex, Err err);

/* Writes an audit leaf for each blocked criterion of the refusal, in a transaction of its own, and
 * counts it. Of strangers it only counts. Errors of db_tx. */
Err CHECKED criteria_record(struct exchange *ex);

#endif
