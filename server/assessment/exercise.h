/* exercise.h - habiletes (what a job asks of a person) and exercises that show them, in versions
 * (version.h); a change to a version in effect makes the next one. `basis` tells what stands behind
 * a row: sourced, unverified (from memory), example, own. */
#ifndef NORIA_ASSESSMENT_EXERCISE_H
#define NORIA_ASSESSMENT_EXERCISE_H

#include "../../lib/base/field.h"

enum { CRITERIA_MAX = 20, HABILETES_MAX = 10, FORMS_MAX = 6 };

struct habilete {
    const char *code; /* "DEXTERITE"; given once */
    const char *label;
    const char *definition;
    const char *basis;
    const char *source;
};
extern const struct field habilete_fields[];

struct exercise {
    const char *code;
    const char *label;
    const char *kind; /* paper, manual, group */
    int64_t minutes;
    const char *instructions;
    const char *kit;
    const char *safety;
};
extern const struct field exercise_fields[];

/* A line of the form; one without label is left out. */
struct criterion {
    const char *label;
    const char *kind; /* count, time, error, ordinal, checklist */
    int64_t max_points;
    const char *anchors;
};
extern const struct field criterion_fields[];

/* What the exercise observes; a line without code is left out. */
struct observed {
    const char *habilete;
    int64_t weight;
};
extern const struct field observed_fields[];

/* The same exercise with other material, for whoever sits it again. */
struct exercise_form {
    const char *form; /* "A".."Z" */
    const char *note; /* what is other in it */
};
extern const struct field exercise_form_fields[];

/* Keeps the lines that were filled in, in their order, and tells faults of half-filled ones
 * ("criteria[2].max_points"). `*count` becomes the number kept. */
Err CHECKED criteria_pack(struct faults *faults, struct criterion *lines, int *count);
Err CHECKED observed_pack(struct faults *faults, struct observed *lines, int *count);

#endif
