/* analysis.h - the analysis of a job where it is done: what was seen on a farm, with the tasks and
 * what makes them hard, and the habiletes that follow from it, each with the reason. It comes
 * before the exercises: a profile names the analysis that it rests on, and nothing is tested that
 * the analysis did not find. In versions like every reference (version.h), so what a profile rests
 * on never changes.
 *
 * Practice of the method, not law: whether a profile needs one is a figure of the office
 * (analysis_required). Of the workers seen nothing is kept but their number. */
#ifndef NORIA_ASSESSMENT_ANALYSIS_H
#define NORIA_ASSESSMENT_ANALYSIS_H

#include "../../lib/base/field.h"

enum { TASKS_MAX = 20, DRAWN_MAX = 12 };

struct analysis {
    const char *siret; /* of the employer on whose farm; fixed once it is written */
    const char *code;
    const char *label;
    const char *commune; /* INSEE code of the place */
    const char *rome;
    const char *crop;
    date held_on;
    int64_t posts_seen;
    int64_t workers_seen;
};
/* The first field is the SIRET: an edit reads from the second. */
extern const struct field analysis_fields[];

/* A line without task is left out. */
struct analysis_task {
    const char *task;
    const char *constraints;
};
extern const struct field analysis_task_fields[];

/* A line without habilete is left out. */
struct analysis_habilete {
    const char *habilete; /* code of one in effect */
    const char *why;
};
extern const struct field analysis_habilete_fields[];

/* Keep the lines that were filled in, in their order; `*count` becomes their number. ERR_REQUIRED
 * as a fault where a habilete has no reason. */
void tasks_pack(struct analysis_task *lines, int *count);
Err CHECKED drawn_pack(struct faults *faults, struct analysis_habilete *lines, int *count);

#endif
