/* demand.h - real orders for seasonal workers (US H-2A disclosures, public domain) turned into
 * anonymous contracts as a French employer would send them, dirt included. */
#ifndef NORIA_CLIENT_DEMO_DEMAND_H
#define NORIA_CLIENT_DEMO_DEMAND_H

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/money.h"
#include "communes.h"
#include "crops.h"
#include "table.h"

/* What the season allows. */
struct season {
    date first;   /* first day of work of any contract */
    date last;    /* last one */
    int days_min; /* of a contract */
    int days_max;
    cents smic; /* the hourly minimum of the season's work dates */
};

/* A contract as texts, for the import file: what the source has wrong stays wrong. */
struct order {
    const char *ref; /* the source's case number */
    int department;  /* whose employers' group sends it */
    const struct crop *crop;
    const struct commune *commune;
    const char *places;
    const char *first_day;
    const char *last_day;
    const char *weekly_hours;
    const char *hourly_wage;
    const char *experience_months;
    bool dirty; /* known to be refused by the import */
};

struct orders {
    struct order *list;
    int count;
    int dirty;
};

/* Reads the rows of decided cases with at most `places_max` workers, until `wanted` clean orders
 * are found; rows with dirt (no dates or in the wrong order, no rate, hours the law does not allow,
 * a case number seen before with other terms) are kept too, up to `dirt_max`. */
Err CHECKED orders_of(struct arena *arena, const struct table *source,
                      const struct communes *communes, const struct season *season, int places_max,
                      int wanted, int dirt_max, struct orders *orders);

/* An hourly wage in cents from a rate and its unit ("Hour", "Week", "Bi-Weekly", "Month"), raised
 * to the minimum; -1 when the source has none. */
cents season_wage(const struct season *season, struct span rate, struct span unit,
                  struct span hours);

#endif
