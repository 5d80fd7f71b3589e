/* routes.h - every route and every job of the server. */
#ifndef NORIA_ROUTES_H
#define NORIA_ROUTES_H

#include "run/job.h"

struct reads;
struct route;

/* The features' route tables, each ended by ROUTE_END; the list ends with NULL. */
extern const struct route *const all_routes[];

/* What their handlers read, each ended by READS_END; the list ends with NULL. */
extern const struct reads *const all_reads[];

/* The features' jobs, ended by a row without a name. */
extern const struct job all_jobs[];

#endif
