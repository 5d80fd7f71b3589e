/* candidates_csv.h - people as the file of candidates that a partner service imports. */
#ifndef NORIA_CLIENT_DEMO_CANDIDATES_CSV_H
#define NORIA_CLIENT_DEMO_CANDIDATES_CSV_H

#include "demand.h"
#include "people.h"

/* The CSV text of people `from`..`to`-1, available through the season. */
struct span candidates_csv(struct arena *arena, const struct people *people, int from, int to,
                           const struct season *season);

#endif
