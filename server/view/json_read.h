/* json_read.h - a strict JSON reader (RFC 8259) into a view.
 *
 * Written by hand although cJSON is at hand: cJSON turns every number into a double (an amount of
 * 12.10 or an id past 2^53 would not come back as sent), accepts duplicate names, invalid UTF-8 and
 * rubbish in numbers, and frees by walking. Here a number keeps its text and everything else that
 * is doubtful is refused. */
#ifndef NORIA_VIEW_JSON_READ_H
#define NORIA_VIEW_JSON_READ_H

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"
#include "view.h"

/* Nesting and number of values that an input may have. */
enum { JSON_DEPTH = 32, JSON_VALUES = 200000 };

/* Reads one JSON value of any kind; `value` keeps texts in `arena`. Refused as ERR_JSON with the
 * reason and the byte's place in `*why` (never the content): other syntax, invalid UTF-8, NUL, lone
 * surrogates, a name given twice, depth past JSON_DEPTH, more than JSON_VALUES values, anything
 * after the value. White space around it is allowed; a byte-order mark is not. */
Err CHECKED json_read(struct arena *arena, struct span text, struct view_value *value,
                      const char **why);

#endif
