#include "table.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/csv.h"
#include "../output.h"

enum { FIRST_ROWS = 1024 };

struct reading {
    struct table *table;
    int room; /* rows that `cells` has space for */
};

static void take_header(struct table *table, const struct csv_row *row) {
    table->columns = row->count;
    table->names = arena_array(table->arena, (size_t)row->count, sizeof *table->names);
    for (int i = 0; i < row->count; i++) {
        struct span name = text_trim(row->fields[i]);
        table->names[i] = arena_copy(table->arena, name.ptr, name.len);
    }
}

static void grow(struct reading *reading) {
    struct table *table = reading->table;
    int room = reading->room == 0 ? FIRST_ROWS : reading->room * 2;
    size_t width = (size_t)table->columns;
    struct span *cells = arena_array(table->arena, (size_t)room * width, sizeof *cells);
    if (table->count > 0) {
        memcpy(cells, table->cells, (size_t)table->count * width * sizeof *cells);
    }
    table->cells = cells;
    reading->room = room;
}

static Err take_row(void *arg, const struct csv_row *row) {
    struct reading *reading = arg;
    struct table *table = reading->table;
    if (table->names == NULL) {
        take_header(table, row);
        return OK;
    }
    if (table->count == reading->room) {
        grow(reading);
    }
    struct span *cells = table->cells + (size_t)table->count * (size_t)table->columns;
    for (int i = 0; i < table->columns; i++) {
        struct span cell = i < row->count ? text_trim(row->fields[i]) : SPAN_LIT("");
        cells[i] = (struct span){arena_copy(table->arena, cell.ptr, cell.len), cell.len};
    }
    table->count++;
    return OK;
}

Err table_parse(struct arena *arena, struct span text, struct table *table) {
    struct table made = {.arena = arena};
    struct reading reading = {&made, 0};
    struct faults faults;
    faults_init(&faults, arena);
    static const struct csv_limits defaults = {0};
    struct csv *csv = csv_new(arena, &defaults, &faults, "file", take_row, &reading);
    TRY(csv_feed(csv, text));
    TRY(csv_end(csv));
    *table = made;
    return OK;
}

Err table_read(struct arena *arena, const char *path, struct table *table) {
    struct span text;
    TRY(read_file(arena, path, &text));
    return table_parse(arena, text, table);
}

struct span table_cell(const struct table *table, int row, const char *column) {
    for (int i = 0; i < table->columns; i++) {
        if (strcmp(table->names[i], column) == 0) {
            return table->cells[(size_t)row * (size_t)table->columns + (size_t)i];
        }
    }
    return SPAN_LIT("");
}
