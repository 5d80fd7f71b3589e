/* draft.h - a document before it has a row: its claims from a row of the database and the sealed
 * identity, its number and place in the status list, signed and sealed. No database: may run on a
 * pool thread, each draft with a desk whose arena is that thread's. */
#ifndef NORIA_DOCUMENT_DRAFT_H
#define NORIA_DOCUMENT_DRAFT_H

#include "document.h"

struct draft {
    const struct document_desk *desk;
    const struct rows *rows; /* what it is made from: columns of document_subject, notice_subject */
    int row;
    const struct rows *countries; /* NULL for a contract notice */
    int64_t list_no;
    enum sw1_kind kind;
    struct sw1_claims claims;
    uint8_t cti[SW1_CTI];
    char number[10];   /* "K7Q2-M9XD" */
    const char *wrong; /* the claim that does not fit, after ERR_DOCUMENT_CLAIMS */
    struct span text;
    struct span sealed; /* not of a contract notice */
};

/* A worker document or season record: opens the identity, fills the claims, draws cti and index,
 * signs and seals. Called again it draws anew. ERR_DOCUMENT_CLAIMS, ERR_CRYPTO. */
Err CHECKED draft_person(struct draft *draft);

/* A contract notice: names nobody, is not sealed. */
Err CHECKED draft_notice(struct draft *draft);

#endif
