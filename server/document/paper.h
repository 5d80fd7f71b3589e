/* paper.h - documents on paper: QR code, what it says, and how to check it, in French and a second
 * language. Drawn from the signed text itself, so that paper and code cannot differ.
 *
 * Sizes: a page of A4; a card of 85.6 x 54 mm (ISO/IEC 7810 ID-1), printed on both sides by
 * folding: the facts above, the code below, 85.6 x 108 mm to cut out, four on A4 or one on 100 x
 * 150 mm. A module of the code measures 0.44 mm at least; a card's back holds 54 mm, so 122 modules
 * with the quiet zone: version 24 of the code, 1,326 characters. A text of usual length makes
 * version 15, 85 modules of 0.6 mm.
 *
 * Tagged PDF with title and language; fonts are subsets of Debian's fonts-noto-core and
 * fonts-dejavu-core. Pure: may run on a pool thread. */
#ifndef NORIA_DOCUMENT_PAPER_H
#define NORIA_DOCUMENT_PAPER_H

#include "../../lib/base/date.h"
#include "../../lib/sw1/claims.h"

enum paper_size { PAPER_A4, PAPER_CARD, PAPER_PHOTO };

/* "a4", "card" (four on A4), "photo" (one on 100 x 150 mm), NULL: in the enum's order. */
extern const char *const paper_words[];

/* A document, and what the paper shows beside its claims: names for codes, and where to check. */
struct paper {
    struct span text;
    const char *number;
    const char *commune_name; /* NULL: the code alone */
    const char *rome_title;
    date return_due;      /* DATE_NONE when there is none */
    const char *base_url; /* where anybody can check it */
    const char *second;   /* "ar", "en", "ka"; NULL: French alone */
    /* The translation of a sentence into a language of that code (view/i18n.h, tr_code). */
    const char *(*say)(const char *lang, const char *msgid);
};

/* Reads the claims of a text that this server has issued; its signature is not looked at.
 * ERR_DOCUMENT_CLAIMS when it is none. */
Err CHECKED document_claims(struct arena *arena, struct span text, struct sw1_claims *claims);

/* One PDF of `count` documents (at least one). ERR_CARD_TOO_LONG when one does not fit a card. */
Err CHECKED papers_pdf(struct arena *arena, enum paper_size size, const struct paper *papers,
                       int count, struct span *pdf);

/* Every sentence and label that a paper may show, for those who check that all its languages have
 * them; ends with NULL. */
extern const char *const paper_sentences[];

#endif
