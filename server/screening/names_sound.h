/* names_sound.h - how alike two names are, spelled in any way, by how they are heard.
 *
 * A name of Latin, Arabic or Georgian letters is written down with one letter a sound (S: sh, ch,
 * tch; X: kh; G: gh; the others as in English; vowels a e i o u), without particles, doublings and
 * final h. Two of these are compared by the least costly changes of one into the other, where what
 * transcriptions disagree on (vowels; k/g, kh/h, s/z, t/d, b/v...) costs little. The costs were set
 * on one half of the labelled pairs and measured on the other: docs/measurements.md. Pure, without
 * allocation. */
#ifndef NORIA_SCREENING_NAMES_SOUND_H
#define NORIA_SCREENING_NAMES_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../lib/base/text.h"

enum {
    NAMES_SOUNDS = 64, /* bytes of a name as sounds, NUL included; longer ones are cut */
    NAMES_WORDS = 8,   /* words of a name; further ones are left out */
    NAMES_KNOWN = 4    /* known names that may be heard in one word */
};

/* A word of a name as heard, and the numbers of the known names that are heard so. */
struct names_token {
    uint8_t at;
    uint8_t size;
    uint8_t names; /* 0: not known */
    uint8_t first; /* so many of them come first to mind; the others are rarer */
    int16_t name[NAMES_KNOWN];
};

struct names_heard {
    char sound[NAMES_SOUNDS]; /* words separated by a space */
    bool unvowelled;          /* of the Arabic script, which leaves out short vowels */
    uint8_t count;
    struct names_token token[NAMES_WORDS];
};

/* Writes a name (UTF-8) down as it is heard. */
void names_hear(struct span name, struct names_heard *out);

/* Sets the known names that are heard in a word, those first that come first to mind. */
void names_known(const char *sound, size_t size, struct names_token *token);

/* How alike two names are, 0 to 1; words in any order, of which the longer name may have more, or
 * written together. Two words that first call one known name to mind are that name; two that can be
 * no one known name are not. 0 when one is empty. */
double names_likeness_of(const struct names_heard *a, const struct names_heard *b);

/* The same of two names as written. */
double names_likeness(struct span a, struct span b);

#endif
