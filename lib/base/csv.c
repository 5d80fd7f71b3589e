#include "csv.h"

#include <csv.h> /* libcsv */
#include <string.h>

#include "arena.h"

enum {
    SLICE = 64 * 1024, /* bytes decoded at a time */
    DEFAULT_COLUMNS = 100,
    DEFAULT_ROW = 64 * 1024,
    DEFAULT_ROWS = 1000000
};

/* Where the scanner stands in a row. */
enum place { FIELD_START, PLAIN, QUOTED, AFTER_QUOTE, AFTER_SPACE };

struct csv {
    struct csv_limits limits;
    struct faults *faults;
    const char *field;
    Err (*on_row)(void *arg, const struct csv_row *row);
    void *arg;
    struct csv_parser parser;
    struct arena *slices; /* decoded text of one slice */

    bool begun;
    bool encoding_known;
    enum text_encoding encoding;
    char carry[4]; /* bytes that wait for the next slice: a cut character */
    size_t carried;

    char separator; /* 0: not known yet */
    enum place place;
    bool after_cr;
    int64_t line;   /* number of the row under way */
    int64_t rows;   /* non-empty rows given out */
    struct buf row; /* the beginning of a row cut at a slice's end */

    struct buf text;  /* fields of the row, one after the other */
    size_t *ends;     /* [columns] where each ends in text */
    struct span *out; /* [columns] */
    int count;
    Err err;
};

static void release_parser(void *parser) {
    csv_free(parser);
}

static void release_arena(void *arena) {
    arena_free(arena);
}

struct csv *csv_new(struct arena *arena, const struct csv_limits *limits, struct faults *faults,
                    const char *field, Err (*on_row)(void *arg, const struct csv_row *row),
                    void *arg) {
    struct csv *csv = ARENA_NEW(arena, struct csv);
    csv->limits = *limits;
    if (csv->limits.rows == 0) {
        csv->limits.rows = DEFAULT_ROWS;
    }
    if (csv->limits.columns == 0) {
        csv->limits.columns = DEFAULT_COLUMNS;
    }
    if (csv->limits.row_bytes == 0) {
        csv->limits.row_bytes = DEFAULT_ROW;
    }
    csv->faults = faults;
    csv->field = field;
    csv->on_row = on_row;
    csv->arg = arg;
    csv->line = 1;
    csv->slices = arena_new();
    arena_defer(arena, release_arena, csv->slices);
    (void)csv_init(&csv->parser, CSV_STRICT_FINI); /* fails without a parser only */
    arena_defer(arena, release_parser, &csv->parser);
    buf_init(&csv->row, arena, 4096);
    buf_init(&csv->text, arena, 4096);
    csv->ends = arena_array(arena, (size_t)csv->limits.columns, sizeof *csv->ends);
    csv->out = arena_array(arena, (size_t)csv->limits.columns, sizeof *csv->out);
    return csv;
}

static Err broken(struct csv *csv, Err err) {
    csv->err = faultf(csv->faults, csv->field, err, "%lld", (long long)csv->line);
    return csv->err;
}

/* --- a row ---------------------------------------------------------------------------------------
 */

static void take_field(void *bytes, size_t size, void *arg) {
    struct csv *csv = arg;
    if (csv->count < csv->limits.columns) {
        buf_add(&csv->text, bytes, size);
        csv->ends[csv->count] = csv->text.len;
    }
    csv->count++;
}

static void take_end(int terminator, void *arg) {
    (void)terminator;
    (void)arg; /* the scanner knows where rows end */
}

static Err give_row(struct csv *csv) {
    if (csv->text.len == 0) {
        return OK; /* ";;;;": what a spreadsheet leaves below its table */
    }
    if (csv->count > csv->limits.columns) {
        return broken(csv, ERR_CSV_TOO_MANY_COLUMNS);
    }
    if (csv->rows++ >= csv->limits.rows) {
        csv->err = faultf(csv->faults, csv->field, ERR_CSV_TOO_MANY_ROWS, "%lld",
                          (long long)csv->limits.rows);
        return csv->err;
    }
    size_t start = 0;
    for (int i = 0; i < csv->count; i++) {
        csv->out[i] = (struct span){csv->text.ptr + start, csv->ends[i] - start};
        start = csv->ends[i];
    }
    struct csv_row row = {csv->line, csv->count, csv->out};
    csv->err = csv->on_row(csv->arg, &row);
    return csv->err;
}

static bool is_blank(struct span row) {
    for (size_t i = 0; i < row.len; i++) {
        if (row.ptr[i] != ' ' && row.ptr[i] != '\t' && row.ptr[i] != '\r' && row.ptr[i] != '\n') {
            return false;
        }
    }
    return true;
}

/* One whole row, with or without its line end. */
static Err parse_row(struct csv *csv, struct span row) {
    if (is_blank(row)) {
        return OK;
    }
    if (memchr(row.ptr, '\0', row.len) != NULL) {
        return broken(csv, ERR_CSV_NUL);
    }
    if (!text_is_utf8(row)) {
        return broken(csv, ERR_CSV_ENCODING);
    }
    csv->count = 0;
    csv->text.len = 0;
    bool split = csv_parse(&csv->parser, row.ptr, row.len, take_field, take_end, csv) == row.len &&
                 csv_fini(&csv->parser, take_field, take_end, csv) == 0;
    return split ? give_row(csv) : broken(csv, ERR_CSV_QUOTE_TEXT);
}

/* --- the scanner
 * ---------------------------------------------------------------------------------- Finds the
 * rows' ends and refuses what libcsv would mend in silence. */

/* Moves over one character; false when it may not stand behind a closing quote. */
static inline bool step(struct csv *csv, char c) {
    bool ends = c == csv->separator;
    bool space = c == ' ' || c == '\t';
    switch (csv->place) {
    case FIELD_START:
        csv->place = c == '"' ? QUOTED : ends || space ? FIELD_START : PLAIN;
        return true;
    case PLAIN:
        csv->place = ends ? FIELD_START : PLAIN;
        return true;
    case QUOTED:
        csv->place = c == '"' ? AFTER_QUOTE : QUOTED;
        return true;
    case AFTER_QUOTE:
        if (c == '"') {
            csv->place = QUOTED;
            return true;
        }
        break;
    case AFTER_SPACE:
        break;
    }
    csv->place = ends ? FIELD_START : AFTER_SPACE;
    return ends || space;
}

/* The row that began in csv->row and ends with `tail`. */
static Err end_row(struct csv *csv, struct span tail) {
    struct span row = tail;
    if (csv->row.len > 0) {
        buf_add(&csv->row, tail.ptr, tail.len);
        row = (struct span){csv->row.ptr, csv->row.len};
    }
    TRY(parse_row(csv, row));
    csv->row.len = 0;
    csv->place = FIELD_START;
    csv->line++;
    return OK;
}

/* The first break in the order of the characters is the one that is told, however the file was cut:
 * hence the length is looked at character by character too. */
static Err scan(struct csv *csv, struct span text) {
    size_t start = 0;
    size_t stop = csv->limits.row_bytes - csv->row.len; /* where the row under way gets too long */
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (csv->after_cr) { /* the line feed of a CR LF belongs to the line that has ended */
            csv->after_cr = false;
            if (c == '\n') {
                start = i + 1;
                stop = start + csv->limits.row_bytes;
                continue;
            }
        }
        if (i >= stop) {
            return broken(csv, ERR_CSV_ROW_TOO_LONG);
        }
        if ((c == '\n' || c == '\r') && csv->place != QUOTED) {
            TRY(end_row(csv, (struct span){text.ptr + start, i + 1 - start}));
            csv->after_cr = c == '\r';
            start = i + 1;
            stop = start + csv->limits.row_bytes;
        } else if (!step(csv, c)) {
            return broken(csv, ERR_CSV_QUOTE_TEXT);
        }
    }
    buf_add(&csv->row, text.ptr + start, text.len - start);
    return OK;
}

/* --- the separator
 * -------------------------------------------------------------------------------- */

static char find_separator(struct span line) {
    static const char known[] = {',', ';', '\t'};
    size_t counts[sizeof known] = {0};
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        quoted ^= line.ptr[i] == '"';
        for (size_t k = 0; k < sizeof known && !quoted; k++) {
            counts[k] += line.ptr[i] == known[k];
        }
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof known; k++) {
        best = counts[k] > counts[best] ? k : best;
    }
    return known[best];
}

static size_t line_length(struct span text) {
    size_t i = 0;
    while (i < text.len && text.ptr[i] != '\r' && text.ptr[i] != '\n') {
        i++;
    }
    return i;
}

/* Collects the first line in csv->row; once it is whole (or `last`), sets the separator and scans
 * what was collected. A line too long is refused before its separator is sought: how much of it has
 * come is chance. */
static Err begin(struct csv *csv, struct span text, bool last) {
    buf_add(&csv->row, text.ptr, text.len); /* at most the limit of a row and one slice */
    size_t end = line_length((struct span){csv->row.ptr, csv->row.len});
    if (end > csv->limits.row_bytes) {
        return broken(csv, ERR_CSV_ROW_TOO_LONG);
    }
    if (end == csv->row.len && !last) {
        return OK;
    }
    struct span line = {csv->row.ptr, end};
    struct span all = {arena_copy(csv->slices, csv->row.ptr, csv->row.len), csv->row.len};
    csv->row.len = 0;
    if (end == 5 && memcmp(line.ptr, "sep=", 4) == 0) {
        csv->separator = line.ptr[4];
        all.ptr += end; /* leaves the line end, an empty row that counts */
        all.len -= end;
    } else {
        csv->separator = find_separator(line);
    }
    if (strchr(",;\t|", csv->separator) == NULL || csv->separator == '\0') {
        return broken(csv, ERR_CSV_SEPARATOR);
    }
    csv_set_delim(&csv->parser, (unsigned char)csv->separator);
    return scan(csv, all);
}

static Err take_text(struct csv *csv, struct span text) {
    return csv->separator == 0 ? begin(csv, text, false) : scan(csv, text);
}

/* --- the encoding
 * --------------------------------------------------------------------------------- */

static size_t ascii_length(struct span bytes) {
    size_t i = 0;
    while (i < bytes.len && (unsigned char)bytes.ptr[i] < 0x80) {
        i++;
    }
    return i;
}

/* Decides once something other than ASCII is seen; until then the bytes are what they are. Gives
 * how many bytes can be passed on now: too few to judge wait for the next slice. */
static size_t find_encoding(struct csv *csv, struct span *bytes, bool last) {
    bool first = !csv->begun;
    if (first && bytes->len < sizeof csv->carry && !last) {
        return 0;
    }
    csv->begun = true;
    size_t mark = first ? text_mark(*bytes, &csv->encoding) : 0;
    if (mark > 0) {
        csv->encoding_known = true;
        bytes->ptr += mark;
        bytes->len -= mark;
        return bytes->len;
    }
    /* UTF-16 without byte-order mark: the header's first letter is ASCII. */
    if (first && bytes->len >= 2 && (bytes->ptr[0] == '\0') != (bytes->ptr[1] == '\0')) {
        csv->encoding_known = true;
        csv->encoding = bytes->ptr[1] == '\0' ? TEXT_UTF16LE : TEXT_UTF16BE;
        return bytes->len;
    }
    size_t ascii = ascii_length(*bytes);
    if (ascii == bytes->len || (bytes->len - ascii < sizeof csv->carry && !last)) {
        return ascii;
    }
    struct span rest = {bytes->ptr + ascii, bytes->len - ascii};
    csv->encoding = text_guess(rest);
    if (last && csv->encoding == TEXT_UTF8 && !text_is_utf8(rest)) {
        csv->encoding = TEXT_WINDOWS_1252;
    }
    csv->encoding_known = true;
    return bytes->len;
}

/* The bytes that waited, then these. */
static struct span join(struct csv *csv, struct span bytes) {
    if (csv->carried == 0) {
        return bytes;
    }
    char *joined = arena_alloc(csv->slices, csv->carried + bytes.len);
    memcpy(joined, csv->carry, csv->carried);
    memcpy(joined + csv->carried, bytes.ptr, bytes.len);
    struct span all = {joined, csv->carried + bytes.len};
    csv->carried = 0;
    return all;
}

/* Keeps what is past `ready` (at most sizeof carry - 1 bytes) for the next slice. */
static struct span hold(struct csv *csv, struct span bytes, size_t ready) {
    csv->carried = bytes.len - ready;
    memcpy(csv->carry, bytes.ptr + ready, csv->carried);
    return (struct span){bytes.ptr, ready};
}

/* Bytes of whole UTF-16 characters. */
static size_t whole_units(const struct csv *csv, struct span bytes) {
    size_t whole = bytes.len - bytes.len % 2;
    if (whole >= 2) {
        size_t high = csv->encoding == TEXT_UTF16LE ? whole - 1 : whole - 2;
        if (((unsigned char)bytes.ptr[high] & 0xFC) == 0xD8) {
            whole -= 2;
        }
    }
    return whole;
}

static Err take_slice(struct csv *csv, struct span bytes, bool last) {
    bytes = join(csv, bytes);
    if (!csv->encoding_known) {
        size_t ready = find_encoding(csv, &bytes, last);
        bytes = hold(csv, bytes, ready);
    }
    if (!csv->encoding_known || csv->encoding == TEXT_UTF8) {
        return take_text(csv, bytes);
    }
    if (csv->encoding != TEXT_WINDOWS_1252) {
        bytes = hold(csv, bytes, whole_units(csv, bytes));
    }
    /* The rows before a break in the encoding are given out, so that the right row is told. */
    struct span text;
    Err decoded = text_to_utf8(csv->slices, bytes, csv->encoding, &text);
    TRY(take_text(csv, text));
    return decoded == OK ? OK : broken(csv, ERR_CSV_ENCODING);
}

Err csv_feed(struct csv *csv, struct span bytes) {
    while (csv->err == OK && bytes.len > 0) {
        size_t size = bytes.len < SLICE ? bytes.len : SLICE;
        csv->err = take_slice(csv, (struct span){bytes.ptr, size}, false);
        bytes.ptr += size;
        bytes.len -= size;
        arena_reset(csv->slices);
    }
    return csv->err;
}

Err csv_end(struct csv *csv) {
    if (csv->err != OK) {
        return csv->err;
    }
    if (csv->carried > 0) {
        csv->err = take_slice(csv, (struct span){"", 0}, true);
        TRY(csv->err);
    }
    if (csv->carried > 0) {
        return broken(csv, ERR_CSV_ENCODING);
    }
    if (csv->separator == 0) {
        TRY(begin(csv, (struct span){"", 0}, true));
    }
    if (csv->place == QUOTED) {
        return broken(csv, ERR_CSV_QUOTE_OPEN);
    }
    csv->err = end_row(csv, (struct span){"", 0});
    return csv->err;
}

char csv_separator(const struct csv *csv) {
    return csv->separator;
}
