/* qr.h - the QR code of a document's text: alphanumeric segment, error correction M (document
 * profile, section 1). Pure: may run on a pool thread. */
#ifndef NORIA_DOCUMENT_QR_H
#define NORIA_DOCUMENT_QR_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"

struct arena;

/* Modules of quiet zone on each side (ISO/IEC 18004), and pixels a module in a PNG. */
enum { QR_QUIET = 4, QR_PNG_SCALE = 8 };

/* Dark modules, row by row, without quiet zone: 1 dark, 0 light. */
struct qr {
    int width;
    const uint8_t *dark;
};

/* ERR_DOCUMENT_CLAIMS when the text is empty, not of base45's characters, or past version 40-M. */
Err CHECKED qr_make(struct arena *arena, struct span text, struct qr *out);

/* As qr_make(), of any text as bytes: what a telephone scans to set up a second factor. */
Err CHECKED qr_make_bytes(struct arena *arena, struct span text, struct qr *out);

/* A PNG of one bit a pixel, with quiet zone. */
Err CHECKED qr_png(struct arena *arena, const struct qr *qr, struct span *png);

/* Both of a text, off the loop: drawing costs milliseconds. `make` is qr_make or qr_make_bytes. */
Err CHECKED qr_drawn(struct arena *arena,
                     Err (*make)(struct arena *arena, struct span text, struct qr *out),
                     struct span text, struct span *png);

#endif
