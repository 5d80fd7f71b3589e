#include "calibration.h"

#include <stdio.h>
#include <stdlib.h>

#define AT(type, member) offsetof(struct type, member)

const struct field calibration_fields[] = {
    {"profile_id", F_INT, AT(calibration_form, profile_id), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Profile"},
    {"siret", F_DIGITS, AT(calibration_form, siret), 14, 14, FIELD_REQUIRED, NULL,
     "SIRET of the employer"},
    {"held_on", F_DATE, AT(calibration_form, held_on), 0, 0, FIELD_REQUIRED, NULL, "Day"},
    {"site", F_TEXT, AT(calibration_form, site), 1, 200, FIELD_REQUIRED, NULL, "Site"},
    FIELD_END};

const struct field panel_score_fields[] = {
    {"worker_no", F_INT, AT(panel_score, worker_no), 1, PANEL_MAX, FIELD_REQUIRED, NULL,
     "Number of the worker"},
    {"exercise_id", F_INT, AT(panel_score, exercise_id), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Exercise"},
    {"points", F_INT, AT(panel_score, points), 0, 20000, 0, NULL, "Points"},
    FIELD_END};

const struct field panel_exercise_fields[] = {
    {"exercise_id", F_INT, AT(panel_exercise, exercise_id), 0, 0, 0, NULL, NULL},
    {"median", F_DECIMAL, AT(panel_exercise, median), 0, 0, 0, NULL, NULL},
    {"p25", F_DECIMAL, AT(panel_exercise, p25), 0, 0, 0, NULL, NULL},
    FIELD_END};

static bool given_before(const struct panel_score *lines, int count,
                         const struct panel_score *line) {
    for (int i = 0; i < count; i++) {
        if (lines[i].worker_no == line->worker_no && lines[i].exercise_id == line->exercise_id) {
            return true;
        }
    }
    return false;
}

Err panel_pack(struct faults *faults, struct panel_score *lines, int *count) {
    int kept = 0;
    for (int i = 0; i < *count; i++) {
        if (lines[i].points == FIELD_NONE) {
            continue;
        }
        if (given_before(lines, kept, &lines[i])) {
            char name[64];
            (void)snprintf(name, sizeof name, "scores[%d].points", i);
            (void)fault(faults, name, ERR_DUPLICATE, NULL);
        }
        lines[kept++] = lines[i];
    }
    TRY(faults_err(faults));
    *count = kept;
    return OK;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* The value at rank (count - 1) * quarters / 4. */
static int64_t at_quarter(const int64_t *values, int count, int quarters) {
    int rank = (count - 1) * quarters;
    int64_t low = values[rank / 4];
    int64_t high = rank % 4 == 0 ? low : values[rank / 4 + 1];
    return (low * (4 - rank % 4) + high * (rank % 4)) * 25;
}

struct quantiles quantiles_of(int64_t *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_value);
    return (struct quantiles){at_quarter(values, count, 2), at_quarter(values, count, 1)};
}
