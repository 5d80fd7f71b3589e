#include "zip.h"

#include <string.h>
#include <zlib.h>

#include "../../lib/base/arena.h"

enum {
    LOCAL = 0x04034B50,
    CENTRAL = 0x02014B50,
    END = 0x06054B50,
    VERSION = 20,     /* needed to extract: 2.0 */
    DAY_ONE = 0x0021, /* 1980-01-01: the archive tells no date */
    SIZE_MAX_ALL = 1 << 30,
    COUNT_MAX = 1000
};

static void number(struct buf *out, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++) {
        buf_char(out, (char)(value >> (8 * i) & 0xFF));
    }
}

/* The members that a local and a central header share: from "version needed" to the name's length.
 */
static void common(struct buf *out, const struct zip_entry *entry) {
    uint32_t size = (uint32_t)entry->bytes.len;
    number(out, VERSION, 2);
    number(out, 0, 2); /* flags */
    number(out, 0, 2); /* stored */
    number(out, 0, 2);
    number(out, DAY_ONE, 2);
    number(out, (uint32_t)crc32(0, (const Bytef *)entry->bytes.ptr, size), 4);
    number(out, size, 4);
    number(out, size, 4);
    number(out, (uint32_t)strlen(entry->name), 2);
    number(out, 0, 2); /* extra field */
}

static void central(struct buf *out, const struct zip_entry *entry, size_t offset) {
    number(out, CENTRAL, 4);
    number(out, VERSION, 2); /* made by */
    common(out, entry);
    number(out, 0, 2); /* comment */
    number(out, 0, 2); /* disk */
    number(out, 0, 2); /* internal attributes */
    number(out, 0, 4); /* external attributes */
    number(out, (uint32_t)offset, 4);
    buf_text(out, entry->name);
}

Err zip_store(struct arena *arena, const struct zip_entry *entries, int count, struct span *zip) {
    struct buf out;
    struct buf directory;
    size_t all = 0;
    for (int i = 0; i < count; i++) {
        all += entries[i].bytes.len;
    }
    if (count > COUNT_MAX || all > SIZE_MAX_ALL) {
        return ERR_TOO_LARGE;
    }
    buf_init(&out, arena, all + (size_t)count * 128);
    buf_init(&directory, arena, (size_t)count * 128);
    for (int i = 0; i < count; i++) {
        central(&directory, &entries[i], out.len);
        number(&out, LOCAL, 4);
        common(&out, &entries[i]);
        buf_text(&out, entries[i].name);
        buf_add(&out, entries[i].bytes.ptr, entries[i].bytes.len);
    }
    size_t start = out.len;
    buf_add(&out, directory.ptr, directory.len);
    number(&out, END, 4);
    number(&out, 0, 4); /* this disk, the directory's disk */
    number(&out, (uint32_t)count, 2);
    number(&out, (uint32_t)count, 2);
    number(&out, (uint32_t)directory.len, 4);
    number(&out, (uint32_t)start, 4);
    number(&out, 0, 2); /* comment */
    *zip = (struct span){out.ptr, out.len};
    return OK;
}
