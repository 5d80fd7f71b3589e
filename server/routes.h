/* routes.h - every route and every job of the server. */
#ifndef NORIA_ROUTES_H
#define NORIA_ROUTES_H

#include "run/job.h"

struct reads;
struct route;
struct shows;

/* The features' route tables, each ended by ROUTE_END; the list ends with NULL. */
extern const struct route *const all_routes[];

/* What their handlers read, each ended by READS_END; the list ends with NULL. */
extern const struct reads *const all_reads[];

/* What their handlers show, each ended by SHOWS_END; the list ends with NULL. */
extern const struct shows *const all_shows[];

/* The features' jobs, ended by a row without a name. */
extern const struct job all_jobs[];

#endif
