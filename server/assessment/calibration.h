/* calibration.h - the level of a profile, set with people who do the job: workers in post take the
 * exercises, and the threshold proposed is what three quarters of them reach (the 25th centile of
 * their weighted totals, rounded down to whole points). Nothing of the panel is kept but a number
 * given on the day. The proposal counts when an assessor and the employer's representative have
 * signed it; from then on only another calibration changes the threshold.
 *
 * "Le niveau est determine avec eux": practice of the method. The centile and the smallest panel
 * are parameters of the office, not law. */
#ifndef NORIA_ASSESSMENT_CALIBRATION_H
#define NORIA_ASSESSMENT_CALIBRATION_H

#include "../../lib/base/field.h"

enum { PANEL_MAX = 60, SCORES_MAX = 1000 };

struct calibration_form {
    int64_t profile_id;
    const char *siret; /* of the employer whose workers take part */
    date held_on;
    const char *site;
};
extern const struct field calibration_fields[];

/* A worker's points in an exercise; a line without points is left out. */
struct panel_score {
    int64_t worker_no;
    int64_t exercise_id;
    int64_t points;
};
extern const struct field panel_score_fields[];

/* What an exercise's scores gave, for jsonb_to_recordset. */
struct panel_exercise {
    int64_t exercise_id;
    int64_t median; /* hundredths */
    int64_t p25;
};
extern const struct field panel_exercise_fields[];

/* Keeps the lines that have points; `*count` becomes their number. ERR_DUPLICATE as a fault when a
 * worker has an exercise twice. */
Err CHECKED panel_pack(struct faults *faults, struct panel_score *lines, int *count);

/* Median and 25th centile of 1..SCORES_MAX whole values, in hundredths, exact: between two values
 * in proportion (at rank (n - 1) q from the smallest). Sorts `values`. */
struct quantiles {
    int64_t median;
    int64_t p25;
};
struct quantiles quantiles_of(int64_t *values, int count);

#endif
