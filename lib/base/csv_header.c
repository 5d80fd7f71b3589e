/* The header of a CSV file, and its rows as the source of a field table; writing fields. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "blocked.h"
#include "csv.h"

enum { NAME_MAX_BYTES = 60 };

struct column_of {
    const char *field; /* the field table's own pointer, so that comparing is one instruction */
    int column;
};

struct csv_header {
    int columns;
    const char **names; /* [columns] */
    int fields;
    struct column_of *map; /* [fields], in the tables' order */
};

/* "First Day", "first-day" -> "first_day". */
static const char *normal_name(struct arena *arena, struct span text) {
    struct span trimmed = text_trim(text);
    if (trimmed.len > NAME_MAX_BYTES) {
        trimmed.len = NAME_MAX_BYTES;
        while (trimmed.len > 0 && ((unsigned char)trimmed.ptr[trimmed.len] & 0xC0) == 0x80) {
            trimmed.len--;
        }
    }
    char *name = arena_copy(arena, trimmed.ptr, trimmed.len);
    for (char *c = name; *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z') {
            *c = (char)(*c - 'A' + 'a');
        } else if (*c == ' ' || *c == '-') {
            *c = '_';
        }
    }
    return name;
}

static int find_name(const struct csv_header *header, const char *name) {
    for (int i = 0; i < header->columns; i++) {
        if (strcmp(header->names[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

static bool is_known(const struct field *const *tables, const char *name) {
    for (int t = 0; tables[t] != NULL; t++) {
        if (field_find(tables[t], name) != NULL) {
            return true;
        }
    }
    return false;
}

static void read_names(struct arena *arena, const struct field *const *tables,
                       const struct csv_row *row, struct faults *faults,
                       struct csv_header *header) {
    header->names = arena_array(arena, (size_t)row->count + 1, sizeof *header->names);
    for (int i = 0; i < row->count; i++) {
        const char *name = normal_name(arena, row->fields[i]);
        const char *blocked = blocked_criterion(span_of(name));
        if (blocked != NULL && !is_known(tables, name)) {
            (void)fault(faults, name, ERR_CRITERION_BLOCKED, blocked);
        } else if (name[0] == '\0' || !is_known(tables, name)) {
            (void)fault(faults, name, ERR_UNKNOWN_FIELD, NULL);
        } else if (find_name(header, name) >= 0) {
            (void)fault(faults, name, ERR_REPEATED_FIELD, NULL);
        }
        header->names[i] = name;
        header->columns = i + 1;
    }
}

Err csv_header_read(struct arena *arena, const struct field *const *tables,
                    const struct csv_row *row, struct faults *faults, struct csv_header **out) {
    struct csv_header *header = ARENA_NEW(arena, struct csv_header);
    size_t before = faults->count;
    read_names(arena, tables, row, faults, header);
    size_t total = 0;
    for (int t = 0; tables[t] != NULL; t++) {
        for (const struct field *f = tables[t]; f->name != NULL; f++) {
            total++;
        }
    }
    header->map = arena_array(arena, total + 1, sizeof *header->map);
    for (int t = 0; tables[t] != NULL; t++) {
        for (const struct field *f = tables[t]; f->name != NULL; f++) {
            int column = find_name(header, f->name);
            if (column < 0 && (f->flags & FIELD_REQUIRED) != 0) {
                (void)fault(faults, f->name, ERR_REQUIRED, NULL);
            }
            header->map[header->fields++] = (struct column_of){f->name, column};
        }
    }
    if (faults->count > before) {
        return ERR_INVALID_INPUT;
    }
    *out = header;
    return OK;
}

int csv_header_columns(const struct csv_header *header) {
    return header->columns;
}

const char *csv_header_name(const struct csv_header *header, int column) {
    return header->names[column];
}

/* --- a row as a source
 * ------------------------------------------------------------------------------ fields_parse()
 * asks in the table's order, so the next answer lies where the last one was. */

static bool get_value(const void *impl, const char *name, struct span *value) {
    const struct csv_record *record = impl;
    const struct csv_header *header = record->header;
    for (int tries = 0; tries < header->fields; tries++) {
        int at = *record->hint % header->fields;
        *record->hint = at + 1;
        const struct column_of *entry = &header->map[at];
        if (entry->field == name || strcmp(entry->field, name) == 0) {
            if (entry->column < 0 || entry->column >= record->row->count) {
                return false;
            }
            *value = record->row->fields[entry->column];
            return true;
        }
    }
    return false;
}

struct source csv_source(const struct csv_record *record) {
    return (struct source){record, get_value, NULL};
}

/* --- writing
 * ---------------------------------------------------------------------------------------- */

static bool looks_like_formula(struct span value) {
    if (value.len == 0) {
        return false;
    }
    char first = value.ptr[0];
    if (first == '=' || first == '@' || first == '\t' || first == '\r') {
        return true;
    }
    if (first != '+' && first != '-') {
        return false;
    }
    for (size_t i = 1; i < value.len; i++) {
        if (memchr("0123456789 .,()-", value.ptr[i], 16) == NULL) {
            return true;
        }
    }
    return false;
}

void csv_put(struct buf *out, struct span value, char separator) {
    bool formula = looks_like_formula(value);
    bool quote = formula;
    for (size_t i = 0; i < value.len && !quote; i++) {
        char c = value.ptr[i];
        quote = c == separator || c == '"' || c == '\n' || c == '\r' || c == ' ' || c == '\t';
    }
    if (!quote) {
        buf_add(out, value.ptr, value.len);
        return;
    }
    buf_char(out, '"');
    if (formula) {
        buf_char(out, '\'');
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '"') {
            buf_char(out, '"');
        }
        buf_char(out, value.ptr[i]);
    }
    buf_char(out, '"');
}
