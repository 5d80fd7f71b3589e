/* report.h - what waits for whom, how a campaign stands, in figures and pictures, and who unsealed
 * whom.
 *
 * Home is each role's work queue. The counters of a campaign always come with the balance equation:
 * departed = every way it can have ended + unexplained. */
#ifndef NORIA_REPORT_H
#define NORIA_REPORT_H

#include "../http/route.h"

extern const struct route report_routes[];
extern const struct shows report_shows[];
extern const struct reads report_reads[];
extern const struct route picture_routes[];
extern const struct shows picture_shows[];

#endif
