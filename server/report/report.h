/* report.h - */
#ifndef NORIA_REPORT_H
#define NORIA_REPORT_H

#include "../../lib/base/err.h"

struct route;

extern const struct route report_routes[];

struct req;

/* Fills the view of the start page with the work queue of who is logged in: a list "work" of {kind,
 * id, what, due, link}, soonest due first. */
Err CHECKED report_home(struct req *req);

#endif
