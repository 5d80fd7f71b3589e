/* json.h - a streaming, escaping JSON writer of views (RFC 8259, UTF-8). */
#ifndef NORIA_VIEW_JSON_H
#define NORIA_VIEW_JSON_H

#include "../../lib/base/text.h"
#include "view.h"

/* Appends the view as one JSON value. */
void json_view(struct buf *out, const struct view *view);

/* Appends a JSON string with its quotes. */
void json_text(struct buf *out, struct span text);

#endif
