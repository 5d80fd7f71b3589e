/* zip.h - files in one ZIP archive (PKWARE APPNOTE 6.3), stored: PDFs are compressed already. */
#ifndef NORIA_DOCUMENT_ZIP_H
#define NORIA_DOCUMENT_ZIP_H

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"

struct arena;

struct zip_entry {
    const char *name; /* ASCII, without folders */
    struct span bytes;
};

/* The archive. ERR_TOO_LARGE when it would pass 1 GiB (this writer knows no ZIP64). */
Err CHECKED zip_store(struct arena *arena, const struct zip_entry *entries, int count,
                      struct span *zip);

#endif
