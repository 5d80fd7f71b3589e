/* rows.h - a read-only table of named columns: what a query gives and what a view shows. */
#ifndef NORIA_BASE_ROWS_H
#define NORIA_BASE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "date.h"
#include "text.h"

enum column_kind { COL_TEXT, COL_INT, COL_BOOL, COL_DATE, COL_TIME, COL_NUMBER, COL_JSON };

struct column {
    const char *name;
    enum column_kind kind;
};

struct rows {
    int count;
    int ncols;
    const struct column *cols;
    const void *impl;
    /* The value as text; ptr NULL for SQL NULL. `row` < count and `col` < ncols. */
    struct span (*value)(const void *impl, int row, int col);
    int64_t left_out; /* rows that the statement's LIMIT left out, where it counts them (AS _all) */
};

/* The column's number, or -1. */
int rows_col(const struct rows *rows, const char *name);

/* Typed access by name. A name that is not a column aborts: it is a mistake in the program.
 * NULL gives an empty span, 0, false and DATE_NONE. */
bool rows_null(const struct rows *rows, int row, const char *name);
struct span rows_span(const struct rows *rows, int row, const char *name);
const char *rows_text(const struct rows *rows, struct arena *arena, int row, const char *name);
int64_t rows_int(const struct rows *rows, int row, const char *name);
bool rows_bool(const struct rows *rows, int row, const char *name);
date rows_date(const struct rows *rows, int row, const char *name);

/* The bytes of a bytea column, which PostgreSQL gives as "\\x" and hexadecimal digits. */
struct span rows_bytes(const struct rows *rows, struct arena *arena, int row, const char *name);

#endif
