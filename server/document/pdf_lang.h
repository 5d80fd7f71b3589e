/* pdf_lang.h - the language of a PDF, which Cairo 1.16 cannot write. */
#ifndef NORIA_DOCUMENT_PDF_LANG_H
#define NORIA_DOCUMENT_PDF_LANG_H

#include <stdbool.h>

#include "../../lib/base/text.h"

/* Appends an incremental update (ISO 32000-1, 7.5.6) to the PDF in `out`: its catalogue with /Lang
 * and with the title shown in the window. `pdf` is then the whole file. False when the file is not
 * as Cairo 1.16 writes it (a catalogue outside object streams, a cross-reference table). */
bool pdf_lang(struct buf *out, const char *lang, struct span *pdf);

#endif
