/* names.h - names of the demo's people: of their country, in Latin letters and in its own script.
 */
#ifndef NORIA_CLIENT_DEMO_NAMES_H
#define NORIA_CLIENT_DEMO_NAMES_H

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"
#include "table.h"

struct name {
    const char *latin;
    const char *native; /* in the second script */
};

struct names_pool {
    struct name *women; /* given names */
    struct name *men;
    struct name *surnames;
    int women_count, men_count, surname_count;
};

/* The names of the countries (two-letter codes, ended by NULL) in a table with the columns of
 * names/names_by_country.csv. ERR_UNREADABLE when one of the three kinds is missing. */
Err CHECKED names_of(struct arena *arena, const struct table *table, const char *const *countries,
                     struct names_pool *pool);

/* Georgian letters in the national romanisation of 2002. */
const char *latin_of_georgian(struct arena *arena, struct span text);

/* A plain Arabic spelling of a Maghrebi name in Latin letters (consonants and long vowels). */
const char *arabic_of_latin(struct arena *arena, struct span text);

/* The letters A-Z of a name; everything that is not a letter becomes the filler '<'. */
const char *mrz_name(struct arena *arena, struct span text);

/* Another transcription of the same name ("Mohamed" for "Mohammed", "Chaouki" for "Shawki"); the
 * name itself when there is none. */
const char *other_spelling(struct arena *arena, struct span latin);

#endif
