#include "json.h"

#include <string.h>

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

static void write_row(struct buf *out, const struct rows *rows, int row) {
    char time[40];
    for (int col = 0; col < rows->ncols; col++) {
        struct view_value cell = view_cell(rows, row, col);
        buf_char(out, col == 0 ? '{' : ',');
        json_text(out, span_of(rows->cols[col].name));
        buf_char(out, ':');
        if (rows->cols[col].kind == COL_TIME && cell.kind == VIEW_TEXT) {
            size_t size = view_rfc3339(cell.text, time, sizeof time);
            cell.text = size > 0 ? (struct span){time, size} : cell.text;
        }
        write_value(out, &cell);
    }
    buf_text(out, rows->ncols == 0 ? "{}" : "}");
}

static void write_rows(struct buf *out, const struct view_value *list) {
    buf_char(out, '[');
    for (int row = 0; row < list->count; row++) {
        if (row > 0) {
            buf_char(out, ',');
        }
        write_row(out, list->rows, row);
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
            write_row(out, value->rows, value->row);
        }
        break;
    }
}

void json_view(struct buf *out, const struct view *view) {
    write_node(out, view);
}
