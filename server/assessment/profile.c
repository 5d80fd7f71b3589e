#include "profile.h"

#include <stdio.h>

#define AT(type, member) offsetof(struct type, member)

const struct field profile_fields[] = {
    {"code", F_TEXT, AT(profile, code), 2, 32, FIELD_REQUIRED, NULL, "Code"},
    {"label", F_TEXT, AT(profile, label), 1, 120, FIELD_REQUIRED, NULL, "Label"},
    {"rome", F_TEXT, AT(profile, rome), 5, 5, 0, NULL, "ROME code"},
    {"crop", F_TEXT, AT(profile, crop), 1, 80, 0, NULL, "Crop"},
    {"pass_total", F_INT, AT(profile, pass_total), 0, 100000, FIELD_REQUIRED, NULL,
     "Pass threshold"},
    {"tolerance_percent", F_INT, AT(profile, tolerance_percent), 0, 100, 0, NULL,
     "Tolerance between two marks, in percent"},
    {"resit_days", F_INT, AT(profile, resit_days), 0, 730, 0, NULL, "Days before a second sitting"},
    {"analysis_id", F_INT, AT(profile, analysis_id), 1, INT64_MAX, 0, NULL, "Analysis of the job"},
    FIELD_END};

const struct field profile_line_fields[] = {
    {"exercise_id", F_INT, AT(profile_line, exercise_id), 1, INT64_MAX, 0, NULL, "Exercise"},
    {"weight", F_INT, AT(profile_line, weight), 1, 10, 0, NULL, "Weight"},
    {"min_points", F_INT, AT(profile_line, min_points), 1, 50000, 0, NULL, "Eliminatory floor"},
    FIELD_END};

static bool named_before(const struct profile_line *lines, int count, int64_t exercise) {
    for (int i = 0; i < count; i++) {
        if (lines[i].exercise_id == exercise) {
            return true;
        }
    }
    return false;
}

Err profile_pack(struct faults *faults, struct profile_line *lines, int *count) {
    int kept = 0;
    for (int i = 0; i < *count; i++) {
        if (lines[i].exercise_id == FIELD_NONE) {
            continue;
        }
        if (named_before(lines, kept, lines[i].exercise_id)) {
            char name[64];
            (void)snprintf(name, sizeof name, "exercises[%d].exercise_id", i);
            (void)fault(faults, name, ERR_DUPLICATE, NULL);
        }
        lines[kept] = lines[i];
        lines[kept].weight = lines[kept].weight == FIELD_NONE ? 1 : lines[kept].weight;
        kept++;
    }
    TRY(faults_err(faults));
    *count = kept;
    return OK;
}
