/* routes.h - every route and every job of the server. */
#ifndef NORIA_ROUTES_H
#define NORIA_ROUTES_H

#include "run/job.h"

struct route;

/* The features' route tables, each ended by ROUTE_END; the list ends with NULL. */
extern const struct route *const all_routes[];

/* The features' jobs, ended by a row without a name. */
extern const struct job all_jobs[];

#endif
