/* matching.h - */
#ifndef NORIA_MATCHING_H
#define NORIA_MATCHING_H

struct route;

extern const struct route matching_routes[];

#endif
