/* batch.h - documents by the thousand: a batch is opened by an officer, worked at by the server in
 * the background, part by part on all cores, and its paper fetched as files of one part each.
 *
 * What is left to do stands in PostgreSQL (document_batch_item); a chunk's documents and their
 * items are one transaction. A server that dies leaves a lease that runs out, and the next takes
 * over. */
#ifndef NORIA_DOCUMENT_BATCH_H
#define NORIA_DOCUMENT_BATCH_H

#include "document.h"
#include "paper.h"

enum {
    BATCH_CHUNK = 100,  /* documents in one transaction */
    BATCH_LEASE = 15,   /* seconds without a chunk after which another runner takes a batch */
    BATCH_PARTS = 8,    /* at most, side by side */
    BATCH_PAPERS = 400, /* documents in one part of the paper */
    BATCH_SHEAF = 50    /* documents in one PDF of it */
};

/* Opens a batch of `kind` (SW1_WORKER, SW1_RECORD) for a campaign, or one contract of it
 * (FIELD_NONE: all); `anew` for those that have a valid one, which is then withdrawn.
 * ERR_NOT_FOUND, ERR_BATCH_EMPTY, ERR_DUPLICATE while another of that kind runs.
 */
Err CHECKED batch_open(const struct document_desk *desk, int64_t campaign, int64_t contract,
                       int64_t kind, bool anew, int64_t *id);

/* One part of a batch's paper: a ZIP of PDFs. Each document is a look and a leaf. ERR_NOT_FOUND
 * past the last part; ERR_CARD_TOO_LONG when one does not fit a card. */
Err CHECKED batch_papers(const struct document_desk *desk, int64_t batch, int64_t part,
                         enum paper_size size,
                         const char *(*say)(const char *lang, const char *msgid), struct span *zip);

/* A batch at which this runner works. */
struct batch_work {
    int64_t id;
    int64_t kind;
    bool anew;
    const char *runner;
    int parts; /* placements are dealt out to that many parts */
};

/* Issues one part's next chunk in a transaction of its own; `left` tells whether more may wait.
 * ERR_CONFLICT when another runner has taken the batch; ERR_DOCUMENT_LIMIT when the officer's day
 * is full. Documents that cannot be made are refused one by one, with their reason. */
Err CHECKED batch_chunk(const struct document_desk *desk, const struct batch_work *work, int part,
                        bool *left);

#endif
