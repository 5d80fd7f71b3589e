/* sheet.h - drawing on a page: texts in the fonts of Debian's packages, tagged for readers of
 * screens, and QR codes. Lengths in points of 1/72 inch. One sheet is one thread's, and at most one
 * is open on it. */
#ifndef NORIA_DOCUMENT_SHEET_H
#define NORIA_DOCUMENT_SHEET_H

#include "../../lib/base/err.h"
#include "paper.h"
#include "type.h"

#define MM (72 / 25.4)

struct qr;

struct sheet {
    struct arena *arena;
    cairo_t *cairo;
    struct type *type;
    struct buf *out;
};

/* A PDF of pages of that size, tagged. */
void sheet_open(struct sheet *sheet, struct arena *arena, double width, double height,
                const char *title, const char *author);

/* Ends the page. */
void sheet_page(struct sheet *sheet);

/* Ends it: the bytes, with `lang` as the document's language, and `figure` as the words that stand
 * for each QR code. ERR_INTERNAL. */
Err CHECKED sheet_close(struct sheet *sheet, const char *lang, const char *figure,
                        struct span *pdf);

/* Writes a text in `lang` that wraps within the box; gives its height. `tag` NULL: under the tag
 * that is open. Right-to-left texts begin at the right. */
double sheet_text(struct sheet *sheet, const char *tag, const char *text, enum weight weight,
                  const char *lang, struct text_box box);

/* The height that the same text would take. */
double sheet_height(struct sheet *sheet, const char *text, enum weight weight, const char *lang,
                    struct text_box box);

/* Begins and ends a structure element ("Table", "TR"). */
void sheet_begin(struct sheet *sheet, const char *tag);
void sheet_end(struct sheet *sheet, const char *tag);

/* A line that is no content. */
void sheet_line(struct sheet *sheet, double x1, double y1, double x2, double y2, double grey);

/* The modules as one image mask of a bit a pixel, without quiet zone; `module` is a module's side.
 */
void sheet_qr(struct sheet *sheet, const struct qr *qr, double x, double y, double module);

#endif
