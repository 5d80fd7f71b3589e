/* blocked.h - criteria that may not select a candidate: sex, age, marital status, family, origin.
 *
 * Selection answers "exclusivement a des parametres objectifs en rapport avec les besoins des
 * entreprises" (convention of 18 May 2010, chapter 3, article 2.1). A field, filter, order or
 * column that bears the name of one of these is refused by name wherever names come in: query
 * strings, bodies, headers of CSV files. Free text is looked at by
 * migrations/replaceable/15_blocked.sql. */
#ifndef NORIA_BASE_BLOCKED_H
#define NORIA_BASE_BLOCKED_H

#include "err.h"
#include "text.h"

/* The criterion that a name asks for ("sex", "age", "marital", "family", "origin"), NULL when none.
 * Names are compared without case, separators, brackets, and words that only say how to compare or
 * of whom: "min_age", "filter[sex]", "candidateBirthDate", "-age", "age__lte". French, English and
 * Arabic. A longer word that merely holds one is another word ("average", "manage", "sextant"). */
const char *blocked_criterion(struct span name);

/* As blocked_criterion for the value of a parameter that names fields ("sort", "fields", "order_by"
 * …): the first blocked one of a list separated by commas, spaces, colons or bars. NULL when `name`
 * is no such parameter. */
const char *blocked_in_list(struct span name, struct span value);

/* Adds the fault of a name that nobody reads: ERR_CRITERION_BLOCKED when it asks for a criterion,
 * else ERR_UNKNOWN_FIELD. `told` is what the fault calls it ("exercises[0][sex]"). */
void blocked_unknown(struct faults *faults, const char *name, const char *told);

#endif
