/* pdf_access.h - what readers of screens need of a PDF, and Cairo 1.16 cannot write: the language,
 * the title in the window, and what a figure shows. */
#ifndef NORIA_DOCUMENT_PDF_ACCESS_H
#define NORIA_DOCUMENT_PDF_ACCESS_H

#include <stdbool.h>

#include "../../lib/base/text.h"

/* Appends an incremental update (ISO 32000-1, 7.5.6) to the PDF in `out`: its catalogue with /Lang
 * and with the title shown in the window, and each structure element /Figure with `figure` (UTF-8)
 * as its /Alt (14.9.3). `pdf` is then the whole file. False when the file is not as Cairo 1.16
 * writes it (catalogue and structure outside object streams, a cross-reference table). */
bool pdf_access(struct buf *out, const char *lang, const char *figure, struct span *pdf);

#endif
