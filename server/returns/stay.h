/* stay.h - six months in any twelve: the pure model of the rule that PostgreSQL enforces
 * (six_months_windows() in migrations/replaceable/09_placements.sql; a test compares the two).
 *
 * CESEDA L.421-34: stays of a seasonal worker may not pass six months cumulated in twelve
 * (directive 2014/36/EU art. 14 lets a state choose). The law says months; offices count days. So
 * there are two variants, chosen for each campaign: days_183         at most 183 days in any 365
 * consecutive days; calendar_months  at most six months in any twelve calendar months; a stay's
 * whole months are counted from its first day, the days left over are added up, 30 to a month.
 * Windows that end on a stay's last day hold the most days; with calendar months, which differ in
 * length, those that begin on a stay's first day are looked at as well.
 *
 * A derogation lets the stays in its scope be longer on its days. A window is judged by the last
 * day in it on which the worker is there: six months, or more when a derogation covers that stay on
 * that day. What it allowed is not given back afterwards: its days count for every later stay. */
#ifndef NORIA_RETURNS_STAY_H
#define NORIA_RETURNS_STAY_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/date.h"

enum stay_variant { STAY_DAYS_183, STAY_CALENDAR_MONTHS };

enum { STAY_LEAVES = 32 };

/* A derogation: on these days, a window may hold so much. */
struct stay_leave {
    date first;
    date last;
    int most; /* days, or thirtieths of a month */
};

/* What the stays are judged by: at most STAY_LEAVES leaves. */
struct stay_rule {
    enum stay_variant variant;
    const struct stay_leave *leaves;
    int count;
};

/* Both days are counted. */
struct stay {
    date first;
    date last;
    uint32_t leaves; /* a bit for each leave of the rule that covers it */
};

struct stay_excess {
    date window_first;
    date window_last;
    int units; /* days, or thirtieths of a month */
};

/* "days_183" or "calendar_months". */
bool stay_variant_of(const char *word, enum stay_variant *variant);

/* The length of first..last in the variant's unit. */
int stay_units(enum stay_variant variant, date first, date last);

/* What a derogation of so many months (7 to 9; 0: of days), or days (184 to 274), lets it hold. */
int stay_leave_most(enum stay_variant variant, int months, int days);

/* True when some window that touches `wanted` would hold too much, were `wanted` added to `stays`;
 * `excess` gets the earliest such window. */
bool stay_exceeds(const struct stay_rule *rule, const struct stay *stays, int count,
                  struct stay wanted, struct stay_excess *excess);

/* Whether `wanted` may be added by six months alone: it overlaps none of `stays` and no window
 * would hold too much. */
bool stay_allows(enum stay_variant variant, const struct stay *stays, int count,
                 struct stay wanted);

#endif
