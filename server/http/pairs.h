/* pairs.h - adding names that are decoded already; for body.c and multipart.c. */
#ifndef NORIA_HTTP_PAIRS_H
#define NORIA_HTTP_PAIRS_H

#include "body.h"

/* ERR_BAD_REQUEST with `*why` for NUL, invalid UTF-8, too many or too long names. */
Err CHECKED pairs_add(struct arena *arena, struct pairs *pairs, struct span name, struct span value,
                      const char **why);

#endif
