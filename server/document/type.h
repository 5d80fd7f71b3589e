/* type.h - texts laid out in the fonts of Debian's packages. A thread keeps its fonts, and the
 * words that every paper shows as they were laid out, for its later documents: laying out anew took
 * more than a third of a paper's time. Texts about a person are forgotten with their page. */
#ifndef NORIA_DOCUMENT_TYPE_H
#define NORIA_DOCUMENT_TYPE_H

#include <pango/pangocairo.h>
#include <stdbool.h>

enum weight { PLAIN, BOLD, SMALL, TITLE, CARD_LABEL, CARD_VALUE, CARD_TITLE, WEIGHTS };

/* How a text stands. */
struct text_box {
    double x, y, width;
    int lines;  /* at most, then an ellipsis; 0: any number */
    bool right; /* aligned to the end */
    bool kept;  /* a label or sentence, the same on other papers: kept laid out */
};

struct type;

/* This thread's; it ends with the thread. */
struct type *type_here(void);

/* The text laid out within the box's width; whose `x` and `y` do not matter here. It stays the
 * type's: until type_forget(), or longer when it is kept. */
PangoLayout *type_lay(struct type *type, const char *text, enum weight weight, const char *lang,
                      struct text_box box);

/* Forgets all texts that are not kept. */
void type_forget(struct type *type);

#endif
