/* The CSV reader on anything: the first byte chooses how the file is cut into pieces; the rows must
 * be the same as when it is read in one piece. */
#include <stdint.h>
#include <stdlib.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Err add_row(void *arg, const struct csv_row *row) {
    struct buf *out = arg;
    for (int i = 0; i < row->count; i++) {
        if (!text_is_utf8(row->fields[i])) {
            abort();
        }
        csv_put(out, row->fields[i], ',');
        buf_char(out, i + 1 < row->count ? ',' : '\n');
    }
    return OK;
}

static Err read_all(struct arena *arena, struct span bytes, size_t piece, struct buf *out) {
    struct faults faults;
    faults_init(&faults, arena);
    struct csv_limits limits = {.rows = 1000, .columns = 20, .row_bytes = 4096};
    struct csv *csv = csv_new(arena, &limits, &faults, "file", add_row, out);
    buf_init(out, arena, 1024);
    for (size_t at = 0; at < bytes.len; at += piece) {
        size_t size = bytes.len - at < piece ? bytes.len - at : piece;
        Err err = csv_feed(csv, (struct span){bytes.ptr + at, size});
        if (err != OK) {
            return err;
        }
    }
    return csv_end(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 16384) {
        return 0;
    }
    struct arena *arena = arena_new();
    struct span bytes = {(const char *)data + 1, size - 1};
    struct buf whole;
    struct buf pieces;
    Err first = read_all(arena, bytes, bytes.len, &whole);
    Err second = read_all(arena, bytes, (size_t)data[0] + 64, &pieces);
    /* Whether a stray byte makes a file Windows-1252 is judged on what has been seen so far, so
     * files that are not valid UTF-8 may differ. */
    if (text_is_utf8(bytes) &&
        (first != second || whole.len != pieces.len ||
         !span_equal((struct span){whole.ptr, whole.len}, (struct span){pieces.ptr, pieces.len}))) {
        abort();
    }
    arena_free(arena);
    return 0;
}
