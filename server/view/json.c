#include "json.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "view_node.h"

static void write_value(struct buf *out, const struct view_value *value);

static void escape(struct buf *out, unsigned char c) {
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    static const char letters[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                   ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};
    if (c < sizeof letters && letters[c] != 0) {
        text[1] = letters[c];
        buf_add(out, text, 2);
    } else {
        buf_add(out, text, sizeof text);
    }
}

void json_text(struct buf *out, struct span text) {
    size_t done = 0;
    buf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F) {
            continue;
        }
        buf_add(out, text.ptr + done, i - done);
        escape(out, c);
        done = i + 1;
    }
    buf_add(out, text.ptr + done, text.len - done);
    buf_char(out, '"');
}

/* numeric has NaN and infinities, JSON has not. */
static void write_number(struct buf *out, struct span text) {
    char last = text.len > 0 ? text.ptr[text.len - 1] : 'N';
    if (last >= '0' && last <= '9') {
        buf_add(out, text.ptr, text.len);
    } else {
        buf_text(out, "null");
    }
}

static void write_time(struct buf *out, struct span text) {
    char time[40];
    size_t size = view_rfc3339(text, time, sizeof time);
    json_text(out, size > 0 ? (struct span){time, size} : text);
}

/* A cell as it comes from PostgreSQL; the same kinds as view_cell(). */
static void write_cell(struct buf *out, enum column_kind kind, struct span text) {
    if (text.ptr == NULL) {
        buf_add(out, "null", 4);
        return;
    }
    switch (kind) {
    case COL_INT:
    case COL_NUMBER:
        write_number(out, text);
        break;
    case COL_BOOL:
        buf_text(out, text.len > 0 && text.ptr[0] == 't' ? "true" : "false");
        break;
    case COL_JSON:
        buf_add(out, text.ptr, text.len);
        break;
    case COL_TIME:
        write_time(out, text);
        break;
    case COL_TEXT:
    case COL_DATE:
        json_text(out, text);
        break;
    }
}

/* What stands before each cell of a row, {"id": or ,"token": , written once for all rows. */
static const struct span *heads_of(struct arena *arena, const struct rows *rows) {
    struct span *heads = arena_array(arena, (size_t)rows->ncols, sizeof *heads);
    for (int col = 0; col < rows->ncols; col++) {
        struct buf head;
        buf_init(&head, arena, 0);
        buf_char(&head, col == 0 ? '{' : ',');
        json_text(&head, span_of(rows->cols[col].name));
        buf_char(&head, ':');
        heads[col] = (struct span){head.ptr, head.len};
    }
    return heads;
}

static void write_row(struct buf *out, const struct rows *rows, int row, const struct span *heads) {
    for (int col = 0; col < rows->ncols; col++) {
        buf_add(out, heads[col].ptr, heads[col].len);
        write_cell(out, rows->cols[col].kind, rows->value(rows->impl, row, col));
    }
    buf_text(out, rows->ncols == 0 ? "{}" : "}");
}

static void write_rows(struct buf *out, const struct view_value *list) {
    const struct span *heads = heads_of(out->arena, list->rows);
    buf_char(out, '[');
    for (int row = 0; row < list->count; row++) {
        if (row > 0) {
            buf_char(out, ',');
        }
        write_row(out, list->rows, row, heads);
    }
    buf_char(out, ']');
}

static void write_node(struct buf *out, const struct view *node) {
    buf_char(out, node->list ? '[' : '{');
    for (int i = 0; i < node->count; i++) {
        if (i > 0) {
            buf_char(out, ',');
        }
        if (!node->list) {
            json_text(out, span_of(node->members[i].name));
            buf_char(out, ':');
        }
        write_value(out, &node->members[i].value);
    }
    buf_char(out, node->list ? ']' : '}');
}

static void write_value(struct buf *out, const struct view_value *value) {
    switch (value->kind) {
    case VIEW_NULL:
        buf_text(out, "null");
        break;
    case VIEW_TEXT:
        json_text(out, value->text);
        break;
    case VIEW_NUMBER:
        write_number(out, value->text);
        break;
    case VIEW_BOOL:
    case VIEW_JSON:
        buf_add(out, value->text.ptr, value->text.len);
        break;
    case VIEW_OBJECT:
    case VIEW_LIST:
        if (value->node != NULL) {
            write_node(out, value->node);
        } else if (value->kind == VIEW_LIST) {
            write_rows(out, value);
        } else {
            write_row(out, value->rows, value->row, heads_of(out->arena, value->rows));
        }
        break;
    }
}

void json_view(struct buf *out, const struct view *view) {
    write_node(out, view);
}
