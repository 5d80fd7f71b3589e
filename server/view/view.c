#include "view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "view_node.h"

enum { TIME_TEXT = 40, FIRST_MEMBERS = 8 };

struct view *view_node(struct arena *arena, bool list) {
    struct view *view = ARENA_NEW(arena, struct view);
    view->arena = arena;
    view->list = list;
    return view;
}

struct view *view_new(struct arena *arena) {
    return view_node(arena, false);
}

static struct member *find(const struct view *view, const char *name) {
    for (int i = 0; i < view->count; i++) {
        const char *known = view->members[i].name;
        if (known != NULL && known[0] == name[0] && strcmp(known, name) == 0) {
            return &view->members[i];
        }
    }
    return NULL;
}

static struct member *append(struct view *view) {
    if (view->count == view->cap) {
        int cap = view->cap == 0 ? FIRST_MEMBERS : view->cap * 2;
        struct member *members = arena_array(view->arena, (size_t)cap, sizeof *members);
        if (view->count > 0) {
            memcpy(members, view->members, (size_t)view->count * sizeof *members);
        }
        view->members = members;
        view->cap = cap;
    }
    return &view->members[view->count++];
}

struct view_value *view_add(struct view *view, const char *name) {
    if (view->list != (name == NULL)) {
        abort(); /* a member of a list, or a nameless one of an object: a mistake in the program */
    }
    struct member *member = name == NULL ? NULL : find(view, name);
    if (member == NULL) {
        member = append(view);
        member->name = arena_strdup(view->arena, name);
    }
    memset(&member->value, 0, sizeof member->value);
    return &member->value;
}

/* --- setting ------------------------------------------------------------------------------------
 */

static struct span keep(struct view *view, struct span text) {
    return (struct span){arena_copy(view->arena, text.ptr, text.len), text.len};
}

void view_span(struct view *view, const char *name, struct span text) {
    struct view_value *value = view_add(view, name);
    value->kind = text.ptr == NULL ? VIEW_NULL : VIEW_TEXT;
    if (text.ptr != NULL) {
        value->text = keep(view, text);
    }
}

void view_text(struct view *view, const char *name, const char *text) {
    view_span(view, name, span_of(text));
}

void view_int(struct view *view, const char *name, int64_t number) {
    struct view_value *value = view_add(view, name);
    value->kind = VIEW_NUMBER;
    value->text = span_of(arena_printf(view->arena, "%" PRId64, number));
}

void view_bool(struct view *view, const char *name, bool truth) {
    struct view_value *value = view_add(view, name);
    value->kind = VIEW_BOOL;
    value->text = truth ? SPAN_LIT("true") : SPAN_LIT("false");
}

void view_json(struct view *view, const char *name, struct span json) {
    struct view_value *value = view_add(view, name);
    value->kind = json.ptr == NULL ? VIEW_NULL : VIEW_JSON;
    if (json.ptr != NULL) {
        value->text = keep(view, json);
    }
}

static struct view *nest(struct view *view, const char *name, bool list) {
    struct view *node = view_node(view->arena, list);
    struct view_value *value = view_add(view, name);
    value->kind = list ? VIEW_LIST : VIEW_OBJECT;
    value->node = node;
    return node;
}

struct view *view_object(struct view *view, const char *name) {
    return nest(view, name, false);
}

struct view *view_list(struct view *view, const char *name) {
    return nest(view, name, true);
}

struct view *view_item(struct view *list) {
    return nest(list, NULL, false);
}

void view_word(struct view *list, const char *text) {
    view_text(list, NULL, text);
}

void view_rows(struct view *view, const char *name, const struct rows *rows, int limit) {
    struct rows *kept = ARENA_NEW(view->arena, struct rows);
    *kept = *rows;
    struct view_value *value = view_add(view, name);
    value->kind = VIEW_LIST;
    value->rows = kept;
    value->row = -1;
    value->count = limit >= 0 && limit < rows->count ? limit : rows->count;
    view_left_out(view, rows->left_out);
}

void view_left_out(struct view *view, int64_t rows) {
    struct view_value told;
    int64_t before = 0;
    if (rows > 0) {
        (void)(view_get(view, "left_out", &told) && text_int(told.text, &before));
        view_int(view, "left_out", before + rows);
    }
}

/* The cell of a result as a value. Times stay as PostgreSQL wrote them. */
static struct view_value view_cell(const struct rows *rows, int row, int col) {
    struct view_value value = {.kind = VIEW_NULL, .row = -1};
    value.text = rows->value(rows->impl, row, col);
    if (value.text.ptr == NULL) {
        return value;
    }
    switch (rows->cols[col].kind) {
    case COL_INT:
    case COL_NUMBER:
        value.kind = VIEW_NUMBER;
        break;
    case COL_BOOL:
        value.kind = VIEW_BOOL;
        value.text =
            value.text.len > 0 && value.text.ptr[0] == 't' ? SPAN_LIT("true") : SPAN_LIT("false");
        break;
    case COL_JSON:
        value.kind = VIEW_JSON;
        break;
    case COL_TEXT:
    case COL_DATE:
    case COL_TIME:
        value.kind = VIEW_TEXT;
        break;
    }
    return value;
}

void view_row(struct view *view, const char *name, const struct rows *rows, int row) {
    if (name == NULL) {
        for (int col = 0; col < rows->ncols; col++) {
            struct view_value cell = view_cell(rows, row, col);
            char time[TIME_TEXT];
            size_t size = rows->cols[col].kind == COL_TIME && cell.kind == VIEW_TEXT
                              ? view_rfc3339(cell.text, time, sizeof time)
                              : 0;
            if (size > 0) {
                cell.text = keep(view, (struct span){time, size});
            }
            *view_add(view, rows->cols[col].name) = cell;
        }
        return;
    }
    struct rows *kept = ARENA_NEW(view->arena, struct rows);
    *kept = *rows;
    struct view_value *value = view_add(view, name);
    value->kind = VIEW_OBJECT;
    value->rows = kept;
    value->row = row;
}

void view_outer(struct view *view, const struct view *outer) {
    view->outer = outer;
}

/* --- reading ------------------------------------------------------------------------------------
 */

static void count_nodes(struct view_value *value) {
    if (value->node != NULL && value->kind == VIEW_LIST) {
        value->count = value->node->count;
    }
}

bool view_get(const struct view *view, const char *name, struct view_value *value) {
    for (; view != NULL; view = view->outer) {
        const struct member *member = find(view, name);
        if (member != NULL) {
            *value = member->value;
            count_nodes(value);
            return true;
        }
    }
    return false;
}

bool view_member(const struct view_value *object, const char *name, struct view_value *value) {
    if (object->kind != VIEW_OBJECT) {
        return false;
    }
    if (object->node != NULL) {
        return view_get(object->node, name, value);
    }
    int col = rows_col(object->rows, name);
    if (col < 0) {
        return false;
    }
    *value = view_cell(object->rows, object->row, col);
    return true;
}

struct view_value view_at(const struct view_value *list, int index) {
    if (list->node == NULL) {
        return (struct view_value){.kind = VIEW_OBJECT, .rows = list->rows, .row = index};
    }
    struct view_value value = list->node->members[index].value;
    count_nodes(&value);
    return value;
}

struct view_value view_root(const struct view *view) {
    return (struct view_value){.kind = view->list ? VIEW_LIST : VIEW_OBJECT,
                               .node = view,
                               .count = view->count,
                               .row = -1};
}

struct view *view_reopen(const struct view_value *value) {
    union {
        const struct view *from;
        struct view *to;
    } node = {value->kind == VIEW_OBJECT || value->kind == VIEW_LIST ? value->node : NULL};
    return node.to;
}

int view_count(const struct view *view) {
    return view->count;
}

const char *view_name(const struct view *view, int index) {
    return view->members[index].name;
}

size_t view_rfc3339(struct span text, char *out, size_t size) {
    if (text.len < 20 || text.len + 4 > size || text.ptr[10] != ' ') {
        return 0;
    }
    memcpy(out, text.ptr, text.len);
    out[10] = 'T';
    size_t len = text.len;
    if (memcmp(out + len - 3, "+00", 3) == 0) {
        len -= 3;
        out[len++] = 'Z';
    } else if (out[len - 3] == '+' || out[len - 3] == '-') {
        memcpy(out + len, ":00", 3); /* "+02" is "+02:00" there */
        len += 3;
    }
    out[len] = '\0';
    return len;
}
