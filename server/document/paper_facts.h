/* paper_facts.h - what a paper says, as rows of label and value: one list for A4 and card. */
#ifndef NORIA_DOCUMENT_PAPER_FACTS_H
#define NORIA_DOCUMENT_PAPER_FACTS_H

#include "paper.h"
#include "qr.h"

enum { FACTS_MAX = 24 };

struct fact {
    const char *label; /* msgid */
    const char *value;
    bool card; /* shown on the card too */
    int lines; /* on the card, at most */
};

struct facts {
    struct arena *arena;
    struct sw1_claims claims;
    struct qr qr;
    const char *title;   /* msgid */
    const char *explain; /* msgid of the sentence below the title */
    int count;
    struct fact list[FACTS_MAX];
};

/* Reads a paper's text and lists its facts. ERR_DOCUMENT_CLAIMS. */
Err CHECKED facts_of(struct arena *arena, const struct paper *paper, struct facts *facts);

#endif
