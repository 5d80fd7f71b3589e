#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

int rows_col(const struct rows *rows, const char *name) {
    for (int col = 0; col < rows->ncols; col++) {
        if (strcmp(rows->cols[col].name, name) == 0) {
            return col;
        }
    }
    return -1;
}

struct span rows_span(const struct rows *rows, int row, const char *name) {
    int col = rows_col(rows, name);
    if (col < 0 || row < 0 || row >= rows->count) {
        abort();
    }
    return rows->value(rows->impl, row, col);
}

bool rows_null(const struct rows *rows, int row, const char *name) {
    return rows_span(rows, row, name).ptr == NULL;
}

const char *rows_text(const struct rows *rows, struct arena *arena, int row, const char *name) {
    struct span value = rows_span(rows, row, name);
    return value.ptr == NULL ? NULL : arena_copy(arena, value.ptr, value.len);
}

int64_t rows_int(const struct rows *rows, int row, const char *name) {
    int64_t value = 0;
    struct span text = rows_span(rows, row, name);
    return text.ptr != NULL && text_int(text, &value) ? value : 0;
}

bool rows_bool(const struct rows *rows, int row, const char *name) {
    struct span value = rows_span(rows, row, name);
    return value.len > 0 && value.ptr[0] == 't';
}

date rows_date(const struct rows *rows, int row, const char *name) {
    date value = DATE_NONE;
    struct span text = rows_span(rows, row, name);
    return text.ptr != NULL && date_parse(text, &value) ? value : DATE_NONE;
}

struct span rows_bytes(const struct rows *rows, struct arena *arena, int row, const char *name) {
    struct span text = rows_span(rows, row, name);
    size_t size = text.len >= 2 ? text.len / 2 - 1 : 0;
    char *bytes = arena_alloc(arena, size + 1);
    bool good = size > 0 && text_unhex((struct span){text.ptr + 2, text.len - 2}, bytes, size);
    return good ? (struct span){bytes, size} : (struct span){0};
}
