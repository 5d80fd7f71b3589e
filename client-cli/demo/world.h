/* world.h - the data set of the demo, read once: names, communes, orders, and the three services.
 */
#ifndef NORIA_CLIENT_DEMO_WORLD_H
#define NORIA_CLIENT_DEMO_WORLD_H

#include "communes.h"
#include "names.h"
#include "people.h"
#include "table.h"

enum { ORIGINS = 3 };

struct world {
    struct table demand;
    struct communes communes;
    struct names_pool names[ORIGINS];
    struct origin origins[ORIGINS]; /* Morocco, Tunisia, Georgia */
};

/* Reads the folder of the data set. ERR_IO, ERR_CSV or ERR_UNREADABLE, with the file in `*file`. */
Err CHECKED world_read(struct arena *arena, const char *folder, struct world *world,
                       const char **file);

/* Two-letter country codes and names of the services, in the order of origins. */
extern const char *const SERVICE_COUNTRIES[ORIGINS];
extern const char *const SERVICE_NAMES[ORIGINS];

#endif
