/* system_web.h - the server's own routes. */
#ifndef NORIA_HTTP_SYSTEM_WEB_H
#define NORIA_HTTP_SYSTEM_WEB_H

#include "route.h"

extern const struct route system_routes[];
extern const struct shows system_shows[];
extern const struct reads system_reads[];

#endif
