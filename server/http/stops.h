/* stops.h - the six stops of a request: route, who, what was sent, handler, database, answer. */
#ifndef NORIA_HTTP_STOPS_H
#define NORIA_HTTP_STOPS_H

#include "exchange.h"

/* Serves the request from routing to reply, inside a task. Sets `done`. */
void stops_run(struct exchange *ex);

/* Looks at who asks before an upload is read: opens the spool, or sets `refused`. Inside a task of
 * its own, between the headers and the body. */
void stops_admit(struct exchange *ex);

#endif
