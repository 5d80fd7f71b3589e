/* candidate.h - */
#ifndef NORIA_CANDIDATE_H
#define NORIA_CANDIDATE_H

struct route;

extern const struct route candidate_routes[];

#endif
