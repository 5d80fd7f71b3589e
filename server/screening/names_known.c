/* names_known.c - names whose Latin spellings are known: the lists in server/screening/known, which
 * say where they come from. A row for each name that a spelling stands for, in the order of strcmp
 * (tools/names2c.awk). */
#include <string.h>

#include "names_sound.h"

static const struct {
    char spelling[16];
    short form;
} known[] = {
#include "names_known.h"
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

void names_known(const char *word, size_t size, struct names_token *token) {
    size_t low = 0;
    size_t high = KNOWN;
    char text[sizeof(known[0].spelling)] = "";
    token->forms = 0;
    if (size >= sizeof(text)) {
        return;
    }
    memcpy(text, word, size);
    while (low < high) { /* the first row that is not before the word */
        size_t middle = (low + high) / 2;
        if (strcmp(known[middle].spelling, text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < KNOWN && token->forms < NAMES_FORMS && strcmp(known[low].spelling, text) == 0) {
        token->form[token->forms++] = known[low++].form;
    }
}
