/* openapi_fields.h - field tables as JSON schemas (OpenAPI 3.1), written as YAML. */
#ifndef NORIA_HTTP_OPENAPI_FIELDS_H
#define NORIA_HTTP_OPENAPI_FIELDS_H

#include "../../lib/base/text.h"
#include "route.h"

/* The query parameters of a GET, a line each, as members of its `parameters`. */
void openapi_query(struct buf *out, const struct reads *const *tables, const struct route *route);

/* The body of a write: an object with the fields and lists that its handler reads, no others. */
void openapi_body(struct buf *out, const struct reads *const *tables, const struct route *route);

/* True when the handler of that row reads any table. */
bool openapi_reads(const struct reads *const *tables, const struct route *route);

/* True when it reads page_fields. */
bool openapi_paged(const struct reads *const *tables, const struct route *route);

#endif
