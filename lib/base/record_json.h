/* record_json.h - records as JSON text through their field table: how a list travels to PostgreSQL
 * in one parameter (jsonb_to_recordset). Numbers and dates are written as JSON strings, which
 * PostgreSQL casts; absent values are null. */
#ifndef NORIA_BASE_RECORD_JSON_H
#define NORIA_BASE_RECORD_JSON_H

#include "field.h"
#include "text.h"

struct arena;

/* Appends the record's members, `"name":"value",…`, without braces. The record's texts are valid
 * UTF-8, as fields_parse() leaves them. */
void record_members(struct buf *out, const struct field *fields, const void *record);

/* `[{…},…]` of `count` records of `size` bytes each. */
const char *records_json(struct arena *arena, const struct field *fields, size_t size,
                         const void *array, int count);

#endif
