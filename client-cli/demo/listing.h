/* listing.h - whole lists out of keyset-paged answers. */
#ifndef NORIA_CLIENT_DEMO_LISTING_H
#define NORIA_CLIENT_DEMO_LISTING_H

#include "demo.h"

/* Every element of the member `name` of GET `path` (which may have a query), page after page, as
 * one JSON array that lives with the arena. `key` continues the list ("id"). */
Err CHECKED list_all(struct demo *demo, const struct actor *actor, const char *path,
                     const char *name, const char *key, cJSON **all);

/* Whose token it is: the services know their own. False when it is nobody's. */
bool find_token(const struct demo *demo, const char *token, int *service, int *person);

#endif
