/* batch_web.h - what the pages of documents and of batches share. */
#ifndef NORIA_DOCUMENT_BATCH_WEB_H
#define NORIA_DOCUMENT_BATCH_WEB_H

#include "paper.h"

struct req;

/* The query's ?size= (a4, card, photo); A4 when there is none. ERR_INVALID_INPUT. */
Err CHECKED paper_size_read(struct req *req, enum paper_size *size);

#endif
