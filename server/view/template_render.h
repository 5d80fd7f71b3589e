/* template_render.h - running a compiled template; shared by the files template*.c and their tests.
 */
#ifndef NORIA_VIEW_TEMPLATE_RENDER_H
#define NORIA_VIEW_TEMPLATE_RENDER_H

#include "template_ops.h"

/* {{> content}} in layout.html is the page itself. */
#define TEMPLATE_CONTENT "content"

struct templates {
    int count;
    struct template *list; /* by name */
};

const struct template *templates_find(const struct templates *all, const char *name);

/* Appends one compiled template without a layout. */
void template_run(const struct templates *all, const struct template *template, enum lang lang,
                  const struct view *view, struct buf *out);

#endif
