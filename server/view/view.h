/* view.h - a value tree: what a handler gives and what becomes JSON or a page.
 *
 * Values live in the request's arena. Rows of a query hang in the tree as they are: a JSON or page
 * writer walks them straight from the result. */
#ifndef NORIA_VIEW_VIEW_H
#define NORIA_VIEW_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/rows.h"

struct arena;
struct view;

/* An empty object. */
struct view *view_new(struct arena *arena);

/* Members of an object; a name set twice keeps the last. Texts are copied; NULL is null. */
void view_text(struct view *view, const char *name, const char *text);
void view_span(struct view *view, const char *name, struct span text);
void view_int(struct view *view, const char *name, int64_t value);
void view_bool(struct view *view, const char *name, bool value);
/* Already valid JSON (a jsonb column, a stored act). */
void view_json(struct view *view, const char *name, struct span json);

/* A new object under `name`. */
struct view *view_object(struct view *view, const char *name);

/* A new list under `name`; view_item() adds an object to it, view_word() a text. */
struct view *view_list(struct view *view, const char *name);
struct view *view_item(struct view *list);
void view_word(struct view *list, const char *text);

/* The rows of a query as a list of objects under `name`; column names are the members. `rows` must
 * outlive the view (rows from db_run do). `limit` >= 0 shows at most that many. Rows that their
 * statement left out are told by view_left_out(). */
void view_rows(struct view *view, const char *name, const struct rows *rows, int limit);

/* Adds to the member "left_out", the rows beyond the lists of this view, when there are any. */
void view_left_out(struct view *view, int64_t rows);

/* One row as an object under `name`, or, with `name` NULL, its columns as members of `view`. */
void view_row(struct view *view, const char *name, const struct rows *rows, int row);

/* Reading, for templates, JSON and tests. */
enum view_kind { VIEW_NULL, VIEW_TEXT, VIEW_NUMBER, VIEW_BOOL, VIEW_OBJECT, VIEW_LIST, VIEW_JSON };
struct view_value {
    enum view_kind kind;
    struct span text;        /* TEXT, NUMBER (as written), JSON; "true" or "false" for BOOL */
    const struct view *node; /* OBJECT, LIST that are nodes */
    const struct rows *rows; /* OBJECT (one row) or LIST (all rows) that are rows */
    int row;
    int count; /* LIST: elements */
};
bool view_get(const struct view *view, const char *name, struct view_value *value);

/* The member of an OBJECT value (false for any other kind); element `index` < count of a LIST. */
bool view_member(const struct view_value *object, const char *name, struct view_value *value);
struct view_value view_at(const struct view_value *list, int index);

/* The view as a value; how many members it has of its own, and the name of each (NULL in a list).
 */
struct view_value view_root(const struct view *view);
int view_count(const struct view *view);
const char *view_name(const struct view *view, int index);

/* The node of an OBJECT or LIST value that is one, for adding to it; NULL for rows. */
struct view *view_reopen(const struct view_value *value);

/* Names that `view` has not are looked up in `outer` by view_get; JSON does not show them. */
void view_outer(struct view *view, const struct view *outer);

#endif
