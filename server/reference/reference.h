/* reference.h - what the law and the statistics change from year to year: minimum wages, shortage
 * lists, agreements with countries, communes, occupations.
 *
 * None of it is a constant of the program. Each row bears its first day and its source; officers
 * add and end rows, nobody overwrites the past: a contract of last year must still be explained by
 * the wage of last year. */
#ifndef NORIA_REFERENCE_H
#define NORIA_REFERENCE_H

#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"

struct db;

/* Minimum wage from a day on (Code du travail L.3231-2 and the yearly decrees). */
struct smic {
    date from_day;
    int64_t hourly; /* cents, gross */
    const char *source;
};
extern const struct field smic_fields[];

/* An occupation on a region's shortage list (Code du travail R.5221-20). */
struct shortage {
    const char *region; /* INSEE code */
    const char *rome;
    date from_day;
    date to_day; /* last day; DATE_NONE: open */
    const char *source;
};
extern const struct field shortage_fields[];

/* What recruitment in a country rests on. */
struct agreement {
    const char *country; /* ISO 3166-1 alpha-2 */
    const char *kind;
    const char *title;
    int64_t signed_year;
    date signed_on;        /* DATE_NONE: only the year is known */
    const char *anonymous; /* "yes", "no"; NULL: not known */
    const char *note;
    const char *source;
};
extern const struct field agreement_fields[];

/* Adds a minimum wage; ERR_DUPLICATE when the day has one. */
Err CHECKED reference_add_smic(struct db *db, const struct smic *smic);

/* Adds a row to a region's list; ERR_SHORTAGE_OVERLAP, ERR_UNKNOWN_REFERENCE. */
Err CHECKED reference_add_shortage(struct db *db, const struct shortage *shortage, int64_t *id);

/* Ends a row on `to_day`; ERR_NOT_FOUND, ERR_STALE_EDIT. */
Err CHECKED reference_end_shortage(struct db *db, int64_t id, int64_t version, date to_day);

/* Adds or changes an agreement; ERR_NOT_FOUND, ERR_STALE_EDIT, ERR_UNKNOWN_REFERENCE. */
Err CHECKED reference_add_agreement(struct db *db, const struct agreement *agreement, int64_t *id);
Err CHECKED reference_edit_agreement(struct db *db, int64_t id, int64_t version,
                                     const struct agreement *agreement);

extern const struct route reference_routes[];
extern const struct shows reference_shows[];
extern const struct reads reference_reads[];

#endif
