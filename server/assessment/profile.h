/* profile.h - what a job asks: exercises with weights, eliminatory floors and the total to reach.
 * In versions (version.h), so a session's profile is what it was. The
 * four farm profiles that ship with Noria are examples: the level is set with workers in post. */
#ifndef NORIA_ASSESSMENT_PROFILE_H
#define NORIA_ASSESSMENT_PROFILE_H

#include "../../lib/base/field.h"

enum { PROFILE_LINES_MAX = 20 };

struct profile {
    const char *code;
    const char *label;
    const char *rome; /* ROME card, or NULL */
    const char *crop;
    int64_t pass_total;
    int64_t tolerance_percent;
    int64_t resit_days;
    int64_t analysis_id; /* of the job, on which it rests; FIELD_NONE: none */
};
extern const struct field profile_fields[];

/* A line without exercise is left out. */
struct profile_line {
    int64_t exercise_id;
    int64_t weight;
    int64_t min_points; /* FIELD_NONE: not eliminatory */
};
extern const struct field profile_line_fields[];

/* The lines that name an exercise, in their order; ERR_DUPLICATE as a fault when one comes twice.
 */
Err CHECKED profile_pack(struct faults *faults, struct profile_line *lines, int *count);

#endif
