/* placement.h - */
#ifndef NORIA_PLACEMENT_H
#define NORIA_PLACEMENT_H

struct route;

extern const struct route placement_routes[];

#endif
