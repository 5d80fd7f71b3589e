/* verify_pdf.h - QR codes of a PDF's pages, read by the helper program noria-pdf. */
#ifndef NORIA_CLIENT_VERIFY_PDF_H
#define NORIA_CLIENT_VERIFY_PDF_H

#include "../lib/picture/picture.h"

/* False when the PDF is broken, or the helper (beside this program, or $NORIA_PDF) cannot be run.
 */
bool pdf_scan(struct arena *arena, struct span pdf, struct qr_found *found);

#endif
