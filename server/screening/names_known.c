/* names_known.c - names that are known: the lists in server/screening/known, which say where they
 * come from. What is heard in each of their spellings, made by known/main.c. */
#include <string.h>

#include "names_sound.h"

#define ROW(sound, first, name) {sound, first, name},

static const struct {
    char sound[15];
    bool first; /* the name, or one of those, that is first to think of */
    short name;
} known[] = {
#include "names_known.h"
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

void names_known(const char *sound, size_t size, struct names_token *token) {
    size_t low = 0;
    size_t high = KNOWN;
    char text[sizeof(known[0].sound)] = "";
    token->names = 0;
    token->first = 0;
    if (size >= sizeof(text)) {
        return;
    }
    memcpy(text, sound, size);
    while (low < high) { /* the first row that is not before the sound */
        size_t middle = (low + high) / 2;
        if (strcmp(known[middle].sound, text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < KNOWN && token->names < NAMES_KNOWN && strcmp(known[low].sound, text) == 0) {
        token->first += known[low].first;
        token->name[token->names++] = known[low++].name;
    }
}
