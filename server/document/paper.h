/* paper.h - a document on A4: QR code, what it says, and how to check it, in French and a second
 * language. Drawn from the signed text itself, so that paper and code cannot differ. Pure: may run
 * on a pool thread. */
#ifndef NORIA_DOCUMENT_PAPER_H
#define NORIA_DOCUMENT_PAPER_H

#include "../../lib/base/date.h"
#include "../../lib/sw1/claims.h"

/* What the paper shows beside the claims: names for codes, and where to check. */
struct paper {
    const char *number;
    const char *commune_name; /* NULL: the code alone */
    const char *rome_title;
    date return_due;      /* DATE_NONE when there is none */
    const char *base_url; /* where anybody can check it */
    const char *second;   /* "ar", "en"; NULL: French alone */
    /* The translation of a sentence into that language ("fr", "ar", "en"). */
    const char *(*say)(const char *lang, const char *msgid);
};

/* Reads the claims of a text that this server has issued; its signature is not looked at.
 * ERR_DOCUMENT_CLAIMS when it is none. */
Err CHECKED document_claims(struct arena *arena, struct span text, struct sw1_claims *claims);

/* The PDF. A module of the QR code is at least 0.44 mm. */
Err CHECKED paper_pdf(struct arena *arena, struct span text, const struct paper *paper,
                      struct span *pdf);

#endif
