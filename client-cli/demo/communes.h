/* communes.h - where the demo's farms are: real communes of farming departments. */
#ifndef NORIA_CLIENT_DEMO_COMMUNES_H
#define NORIA_CLIENT_DEMO_COMMUNES_H

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"

struct arena;

struct commune {
    const char *insee;
    const char *name;
    int department; /* index into DEPARTMENTS */
};

enum { DEPARTMENTS_COUNT = 24 };

/* Codes and names of the departments that the demo works in. */
extern const char *const DEPARTMENTS[DEPARTMENTS_COUNT][2];

struct communes {
    struct commune *list;
    int count;
};

/* The communes in force of those departments with 200 to 20,000 inhabitants, from a file with the
 * columns of geo/fr_communes.csv. ERR_UNREADABLE when there is none. */
Err CHECKED communes_read(struct arena *arena, const char *path, struct communes *communes);

/* The commune that a town becomes: always the same one. */
const struct commune *commune_of(const struct communes *communes, struct span town);

#endif
