/* routes.h - every route of the server. */
#ifndef NORIA_ROUTES_H
#define NORIA_ROUTES_H

struct route;

/* The features' route tables, each ended by ROUTE_END; the list ends with NULL. */
extern const struct route *const all_routes[];

#endif
