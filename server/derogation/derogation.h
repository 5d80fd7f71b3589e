/* derogation.h - the register of derogations from six months in twelve.
 *
 * A derogation is a dated text of the authorities that lets some stays be longer for a while: in
 * 2020 six months became nine; directive 2014/36/EU art. 14 lets a state go up to nine. It says on
 * which days in France, whose (campaign, country of the partner service, occupation, crop,
 * department, or named workers) and how long. One officer enters it, which is the first signature;
 * a second signs the same text. What it says is never changed: it ends, or is revoked from a day
 * on, and then whoever is over six months without it is listed for a person to settle.
 *
 * The trigger `six_months` honours it (migrations/replaceable/09_placements.sql,
 * 15_derogations.sql); returns/stay.h is the same rule without a database. */
#ifndef NORIA_DEROGATION_H
#define NORIA_DEROGATION_H

#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"

struct db;

enum { DEROGATION_DAYS = 731, DEROGATION_WORKERS = 500 };

struct derogation {
    const char *title;
    const char *legal_source; /* the text, its number, its date, where it was published */
    date from_day;            /* days in France that it covers, at most DEROGATION_DAYS */
    date to_day;
    int64_t most_months; /* 7..9, or most_days 184..274; the other FIELD_NONE */
    int64_t most_days;
    /* scope; absent: not asked */
    int64_t campaign_id;
    const char *country; /* ISO 3166-1 alpha-2 of the partner service */
    const char *rome;
    const char *crop;
    const char *department;
    const char *tokens; /* of the workers that it names, at most DEROGATION_WORKERS */
};
extern const struct field derogation_fields[];

struct derogation_end {
    date from_day; /* the first that it covers no more; today at the earliest */
    const char *reason;
};
extern const struct field derogation_end_fields[];

/* Enters a derogation with its first signature, unless the reading of the request found faults: all
 * are told together. ERR_ENDS_BEFORE_START, ERR_DEROGATION_TOO_LONG, ERR_DEROGATION_MOST,
 * ERR_UNKNOWN_TOKEN, ERR_UNKNOWN_REFERENCE. */
Err CHECKED derogation_propose(struct db *db, const struct derogation *derogation, int64_t *id);

extern const struct route derogation_routes[];
extern const struct shows derogation_shows[];
extern const struct reads derogation_reads[];

#endif
