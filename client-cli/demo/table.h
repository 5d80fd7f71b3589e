/* table.h - a CSV file held in memory, read by column names; for the demo's data sets. */
#ifndef NORIA_CLIENT_DEMO_TABLE_H
#define NORIA_CLIENT_DEMO_TABLE_H

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"

struct arena;

struct table {
    struct arena *arena;
    const char **names;
    int columns;
    int count;
    struct span *cells; /* count x columns */
};

/* Reads a file with a header row. Short rows are filled with empty cells, further cells of long
 * rows are dropped. ERR_IO when it cannot be read, ERR_CSV when it is broken. */
Err CHECKED table_read(struct arena *arena, const char *path, struct table *table);

/* The same from text in memory. */
Err CHECKED table_parse(struct arena *arena, struct span text, struct table *table);

/* The cell, trimmed; empty when there is no such column. */
struct span table_cell(const struct table *table, int row, const char *column);

#endif
