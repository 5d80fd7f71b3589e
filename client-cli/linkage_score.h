/* linkage_score.h - how well duplicates and spellings are found, against what is known. */
#ifndef NORIA_CLIENT_LINKAGE_SCORE_H
#define NORIA_CLIENT_LINKAGE_SCORE_H

#include "../server/screening/linkage.h"
#include "commands.h"

/* Records, and the person that each is said to be of. */
struct link_input {
    struct arena *arena;
    struct linkage *linkage;
    struct span *person; /* as cluster_id says */
    struct span *name;   /* rec_id, or empty */
};

/* Makes room for `more` records beside those there are. */
void link_room(struct link_input *input, size_t more);

/* Adds `count` made-up candidates of the partner services, one in twenty of them an earlier one
 * again with slips: another transcription, exchanged names, a wrong figure or day and month
 * exchanged in the birth date, a new passport, a place or telephone left out. Takes --seed and
 * --data from `cli`. */
int link_sample(struct cli *cli, const char *count, struct link_input *input);

struct link_measure {
    uint64_t pairs;    /* found; all others count pairs with a record that is measured */
    uint64_t compared; /* pairs compared */
    double precision;
    double recall;
    double f1;
};

/* Numbers for the texts of cluster_id: equal for equal texts. An empty text is a person alone. */
const uint32_t *link_persons(struct arena *arena, const struct span *person, uint32_t count);

/* Chooses a half of the persons, all records of each: use[i] for the records chosen. */
void link_half(const uint32_t *person, uint32_t count, bool *use);

/* Compares the groups found with the persons, pair by pair, in the records with measured[i]; a
 * found pair of a measured and another record counts as found. */
void link_measure(struct arena *arena, const uint32_t *cluster, const uint32_t *person,
                  const bool *measured, uint32_t count, struct link_measure *measure);

void link_print_weights(const struct link_weights *weights);

/* Measures the comparison of names on a file of labelled pairs (columns name1, name2, is_match and
 * native_arabic_hint): the cut is set on one half of the names, so that one near name in twenty
 * passes, and measured on the other. */
int link_names(struct cli *cli, const char *path);

#endif
