/* screening.h - */
#ifndef NORIA_SCREENING_H
#define NORIA_SCREENING_H

struct route;

extern const struct route screening_routes[];

#endif
