/* returns.h - */
#ifndef NORIA_RETURNS_H
#define NORIA_RETURNS_H

struct route;

extern const struct route returns_routes[];

#endif
