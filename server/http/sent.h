/* sent.h - what a write must bring before its handler runs. */
#ifndef NORIA_HTTP_SENT_H
#define NORIA_HTTP_SENT_H

#include "exchange.h"

/* Decodes the body into ex->body and hashes the request into ex->hash (on a pool thread when it is
 * spooled), checks that a form is ours, and reads ex->version and ex->key.
 * ERR_UNSUPPORTED_MEDIA_TYPE and the errors of body_decode; ERR_CSRF; ERR_IF_MATCH_NEEDED under
 * ROUTE_IF_MATCH; ERR_IDEMPOTENCY_KEY_NEEDED, except under ROUTE_NO_TX, whose handler asks with
 * req_once. */
Err CHECKED sent_read(struct exchange *ex);

#endif
