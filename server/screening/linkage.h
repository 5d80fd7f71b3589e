/* linkage.h - are two records one person? Comparison part by part, and the search of a whole file.
 *
 * Each part of a record (given names, surname, birth date, place ...) agrees on a level: same, near
 * (a slip of the pen), alike, other; not known when one is empty. A level weighs log2(m / u) bits,
 * m and u being how often it is seen between records of one person and of two (Fellegi and Sunter,
 * "A theory for record linkage", JASA 1969); "same" on a frequent value weighs less than on a rare
 * one. The sum is the score. What it says is for a person to look at, never a decision.
 *
 * Pure: no database, no HTTP. The server's case page and `noria linkage` use the same code. */
#ifndef NORIA_SCREENING_LINKAGE_H
#define NORIA_SCREENING_LINKAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/text.h"
#include "names_sound.h"

struct arena;

enum link_part {
    LINK_GIVEN,
    LINK_SURNAME,
    LINK_FATHER,
    LINK_BIRTH,
    LINK_PLACE,
    LINK_POSTCODE,
    LINK_REGION,
    LINK_NUMBER, /* in the street */
    LINK_STREET,
    LINK_STREET_2,
    LINK_ID, /* national or social insurance number */
    LINK_DOCUMENT,
    LINK_PHONE,
    LINK_PARTS
};

enum link_level { LINK_SAME, LINK_NEAR, LINK_ALIKE, LINK_OTHER, LINK_LEVELS, LINK_UNKNOWN };

/* "given_names", "birth_date" ...; "same", "near" ... "unknown". */
const char *link_part_name(enum link_part part);
const char *link_level_name(enum link_level level);

/* How often each level is seen in pairs of one person (m) and of two persons (u); each adds up
 * to 1. */
struct link_weights {
    double m[LINK_PARTS][LINK_LEVELS];
    double u[LINK_PARTS][LINK_LEVELS];
    double swapped; /* bits that an exchange of given names and surname costs */
};

/* The weights shipped, and where they come from. */
extern const struct link_weights link_weights_default;

enum { LINK_TEXT = 64 /* bytes of a value that are compared */ };

/* A value made ready for comparing. */
struct link_value {
    const char *text; /* lower-case letters and figures only; figures only for dates and numbers */
    const struct names_heard *heard; /* of names */
    uint64_t hash;                   /* of the text */
    uint64_t letters;                /* which bytes, by their last six bits, it has */
    uint64_t block;                  /* equal for spellings of one name; of other parts, the text */
    uint32_t count;                  /* records of the file that have it; 0: not counted */
    uint8_t size;                    /* 0: not known */
};

/* The text of a value alone, with its hash, in `letters`. */
void link_value_plain(enum link_part part, struct span text, char letters[LINK_TEXT],
                      struct link_value *out);

/* Makes a value ready; its text lives in `arena`. */
void link_value_of(struct arena *arena, enum link_part part, struct span text,
                   struct link_value *out);

/* How two values of a part agree. */
enum link_level link_level(enum link_part part, const struct link_value *a,
                           const struct link_value *b);

/* The bits that a level weighs; `share` is how many of all records have the value that is the same
 * in both, 0 when that is not known. */
double link_bits(const struct link_weights *weights, enum link_part part, enum link_level level,
                 double share);

/* The score of a pair with its parts. */
struct link_score {
    double total; /* bits; 0: as likely one as two persons but for how rare pairs are */
    bool swapped; /* the given names of one are the surname of the other */
    enum link_level level[LINK_PARTS];
    double bits[LINK_PARTS];
};

/* Compares two records. `records`: how many there are in all, for the shares; 0: not known. */
void link_compare(const struct link_weights *weights, const struct link_value *const a[LINK_PARTS],
                  const struct link_value *const b[LINK_PARTS], double records,
                  struct link_score *score);

/* A file of records to be searched for duplicates. */
struct linkage;

enum { LINK_RECORDS = 5000000 /* records of one search at most */ };

struct linkage *linkage_new(struct arena *arena);

/* Adds a record; its number is 0, 1, 2 ... in the order of adding. False when there are too many.
 */
bool linkage_add(struct linkage *linkage, const struct span part[LINK_PARTS]);

uint32_t linkage_count(const struct linkage *linkage);

/* What a search found. */
struct link_found {
    uint64_t compared; /* pairs compared after blocking */
    uint64_t pairs;    /* pairs held for one person */
    uint32_t *cluster; /* for each record the least number of a record of the same person */
};

/* Searches: records that share a key of some rarity are compared (near-linear), pairs above the
 * threshold joined, a join of groups being refused when their records contradict each other.
 * `threads` 1 to 16. Deterministic. */
void linkage_search(struct linkage *linkage, const struct link_weights *weights, int threads,
                    struct link_found *found);

/* Counts m and u from records whose persons are known: `person[i]` is the person of record i;
 * records whose `use[i]` is false are left out. */
void linkage_fit(const struct linkage *linkage, const uint32_t *person, const bool *use,
                 struct link_weights *weights);

#endif
