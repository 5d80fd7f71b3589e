/* openapi_answers.h - what a row answers with, from the table of what its handler shows. */
#ifndef NORIA_HTTP_OPENAPI_ANSWERS_H
#define NORIA_HTTP_OPENAPI_ANSWERS_H

#include "../../lib/base/text.h"
#include "../db/describe.h"
#include "route.h"

/* What openapi_text() is made from. */
struct openapi_source {
    const struct reads *const *reads;
    const struct shows *const *shows;
    struct describer *describer; /* of a migrated database: it knows each statement's columns */
};

/* Appends the successful answers of a row: status, headers, schema. */
void openapi_answers(struct buf *out, const struct openapi_source *source,
                     const struct route *route);

/* Whether the row's handler sets an ETag. */
bool openapi_etag(const struct openapi_source *source, const struct route *route);

#endif
