/* report.h - */
#ifndef NORIA_REPORT_H
#define NORIA_REPORT_H

struct route;

extern const struct route report_routes[];

#endif
