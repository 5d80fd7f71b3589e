/* refusal.h - an Err and its detail as a sentence in the reader's language. */
#ifndef NORIA_VIEW_REFUSAL_H
#define NORIA_VIEW_REFUSAL_H

#include "../../lib/base/err.h"
#include "i18n.h"

struct arena;

/* The sentence of `err` in `lang`, its {detail} filled in; `detail` may be NULL.
 *
 * A detail is made of pieces with ", ", ": ", " > " or " – " between them. Each piece is put into
 * `lang` by itself: as a label of the kind that the sentence names ({detail:campaign} makes
 * "open" the label campaign:open; {detail:date} makes days readable), else as a label or sentence
 * that the piece itself names ("campaign:open"), a count before it kept ("3 months"); a piece that
 * no catalogue knows stays as it is. */
const char *refusal_sentence(struct arena *arena, enum lang lang, Err err, const char *detail);

#endif
