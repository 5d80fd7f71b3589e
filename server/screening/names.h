/* names.h - keys on which the spellings of one name in Latin letters agree.
 *
 * Arabic, Berber and African names reach a passport through several transcriptions: Mohamed,
 * Mohammed, Muhammad, M'hamed; El Idrissi, Elidrissi, Idrissi; Abdelkader, Abd El Qadir. A key
 * keeps the consonants and folds what transcriptions disagree on (domain: ou = u = w, ch = sh, dj =
 * j, gh = g, kh = h, q = k, double letters, final h, vowels, particles, order). Keys are for
 * finding pairs that a person then looks at, never for deciding. How well they do is measured by
 * test_names.c. Pure: no database, no allocation. */
#ifndef NORIA_SCREENING_NAMES_H
#define NORIA_SCREENING_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../lib/base/text.h"

enum {
    NAMES_TOKEN = 40,  /* bytes of one folded token, NUL included; longer ones are cut */
    NAMES_TOKENS = 12, /* tokens of one name; further ones are left out */
    NAMES_KEY = 2 * NAMES_TOKEN
};

/* The tokens of a name in their order, folded, without particles; joined ones (abd + kader, abu +
 * bakr) are one token. */
struct names {
    int count;
    char token[NAMES_TOKENS][NAMES_TOKEN];
};

/* Folds a name (UTF-8). Characters outside the Latin script stay as they are. */
void names_fold(struct span name, struct names *out);

/* The key of a person: the first token of the given names and the first of the surname, sorted (so
 * that swapped fields agree) and separated by a space. When one field is empty, the first two
 * tokens of the other. An empty key when there is no token at all. */
void names_key(struct span surname, struct span given, char out[NAMES_KEY]);

/* True when the tokens of the shorter name are all among those of the longer one, an equal start
 * of three consonants being enough for the last token of a name cut by a machine readable zone. */
bool names_agree(struct span a, struct span b);

/* The plain letters of a Latin letter (one or two, lower case); 0 when it is none. */
size_t names_latin(uint32_t code_point, char out[2]);

#endif
