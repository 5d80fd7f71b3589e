/* view_node.h - how a view is laid out; for view.c, json.c and json_read.c only. */
#ifndef NORIA_VIEW_VIEW_NODE_H
#define NORIA_VIEW_VIEW_NODE_H

#include "view.h"

struct member {
    const char *name; /* NULL in a list */
    struct view_value value;
};

struct view {
    struct arena *arena;
    bool list;
    int count;
    int cap;
    struct member *members;
    const struct view *outer;
};

/* A new member at the end (or the one that bears the name already), for its value to be set. */
struct view_value *view_add(struct view *view, const char *name);

/* A node that hangs in no tree yet. */
struct view *view_node(struct arena *arena, bool list);

/* "2026-03-01 10:00:00.12+00" as RFC 3339: "2026-03-01T10:00:00.12Z". At most `size` - 1 bytes;
 * gives the length, 0 when the text is of another form. */
size_t view_rfc3339(struct span text, char *out, size_t size);

#endif
