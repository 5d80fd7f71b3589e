/* closing_paper.h - the closing act on A4: the balance, the hash, who signed, and the frozen list,
 * page after page. What it shows is read from the signed list itself. Pure: may run on a pool
 * thread. */
#ifndef NORIA_RETURNS_CLOSING_PAPER_H
#define NORIA_RETURNS_CLOSING_PAPER_H

#include "../../lib/base/err.h"
#include "../../lib/base/rows.h"

struct arena;

struct closing_paper {
    const char *title;
    const char *note;         /* how to check it */
    const struct rows *facts; /* columns label (a msgid), value */
    const struct rows *list;  /* columns line: one placement each */
    const char *(*say)(const char *msgid);
};

/* The PDF. ERR_INTERNAL when it cannot be drawn. */
Err CHECKED closing_paper_pdf(struct arena *arena, const struct closing_paper *paper,
                              struct span *pdf);

#endif
