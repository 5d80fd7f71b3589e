/* csv.h - reading and writing CSV as people send it (RFC 4180 and what spreadsheets make of it).
 *
 * The reader takes a file in pieces of any size and keeps no more than one row: libcsv splits a row
 * into fields; what libcsv lets pass is refused here (text behind a closing quote, a quote never
 * closed, NUL, text that is not in the file's encoding, rows past the limits). The encoding (UTF-8
 * with or without byte-order mark, Windows-1252, UTF-16) and the separator (comma, semicolon, tab,
 * or Excel's line "sep=;") are found out from the beginning of the file. Empty lines are skipped.
 *
 * A broken file stops at the first break, with a fault that names the row; what is wrong with the
 * values of one row is the caller's business and need not stop the others. */
#ifndef NORIA_BASE_CSV_H
#define NORIA_BASE_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "field.h"
#include "text.h"

struct arena;
struct csv;

/* One row; the spans are valid UTF-8, not trimmed, and live until the callback returns. */
struct csv_row {
    int64_t number; /* as a spreadsheet counts: the first line of the file is 1 */
    int count;
    const struct span *fields;
};

/* Zero takes the default: 1,000,000 rows, 100 columns, 64 KiB a row (in UTF-8). */
struct csv_limits {
    int64_t rows;
    int columns;
    size_t row_bytes;
};

/* A new reader, freed with `arena`. `on_row(arg, row)` is called for every row, the header
 * included; when it returns an error, reading stops with that error. Breaks are added to `faults`
 * under the name `field`. */
struct csv *csv_new(struct arena *arena, const struct csv_limits *limits, struct faults *faults,
                    const char *field, Err (*on_row)(void *arg, const struct csv_row *row),
                    void *arg);

/* The next bytes of the file. After an error only that error comes back.
 * ERR_CSV_… (with a fault whose detail is the row's number), or what `on_row` returned. */
Err CHECKED csv_feed(struct csv *csv, struct span bytes);

/* The end of the file: the last row may lack its line end. As csv_feed. */
Err CHECKED csv_end(struct csv *csv);

/* The separator found; 0 before the first row. */
char csv_separator(const struct csv *csv);

/* Which column holds which field of a field table, from a header row. */
struct csv_header;

/* Reads a header: names are trimmed, lower-cased, and spaces and hyphens in them become '_'.
 * Faults: ERR_UNKNOWN_FIELD for a name that is in no table, ERR_REPEATED_FIELD, ERR_REQUIRED for a
 * required field that has no column. `tables` ends with NULL. OK, or ERR_INVALID_INPUT when a fault
 * was added. */
Err CHECKED csv_header_read(struct arena *arena, const struct field *const *tables,
                            const struct csv_row *row, struct faults *faults,
                            struct csv_header **header);

/* The columns' names as normalised, in the file's order. */
int csv_header_columns(const struct csv_header *header);
const char *csv_header_name(const struct csv_header *header, int column);

/* A row seen through a header: the source of fields_parse(). A row that is shorter than the header
 * lacks its last fields; longer rows are the caller's fault to find (row->count). */
struct csv_record {
    const struct csv_header *header;
    const struct csv_row *row;
    int *hint; /* starts at 0; where the next look-up begins */
};
struct source csv_source(const struct csv_record *record);

/* Appends one field, quoted when needed. A value that a spreadsheet would run as a formula (first
 * character '=' or '@', or '+' or '-' before something that is no number) gets an apostrophe before
 * it (OWASP CSV injection). */
void csv_put(struct buf *out, struct span value, char separator);

#endif
