/* paper_card.h - a document as a card to fold: facts above, code below. */
#ifndef NORIA_DOCUMENT_PAPER_CARD_H
#define NORIA_DOCUMENT_PAPER_CARD_H

#include "paper_facts.h"
#include "sheet.h"

#define CARD_CUT "Cut along the corners and fold in the middle."
#define CARD_CHECK "Anybody can check this code free of charge at:"
#define PAPER_CARD_SENTENCES CARD_CUT, CARD_CHECK

/* Draws card number `index` of its PDF; a page is shown when it is full or `last`.
 * ERR_CARD_TOO_LONG when a module would be smaller than 0.44 mm. */
Err CHECKED card_draw(struct sheet *sheet, enum paper_size size, int index, bool last,
                      const struct paper *paper, const struct facts *facts);

#endif
