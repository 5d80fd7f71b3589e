/* openapi.h - the description of the API (OpenAPI 3.1), written from the route tables. */
#ifndef NORIA_HTTP_OPENAPI_H
#define NORIA_HTTP_OPENAPI_H

#include "../../lib/base/text.h"
#include "openapi_answers.h"
#include "router.h"

/* Appends the whole YAML document: every row that answers under /api/v1, who may, its parameters,
 * what it needs (Idempotency-Key, If-Match), its fields and their limits by the tables that its
 * handler reads, its answers by those of what it shows, and how it refuses. */
void openapi_text(const struct router *router, const struct openapi_source *source,
                  struct buf *out);

#endif
