/* assessment.h - tests by simulation (methode de recrutement par simulation): no CV and no diploma,
 * but exercises built by analogy with the work, marked on what the candidate does.
 *
 * version.h   what references in versions have in common: two officers put one into effect
 * exercise.h  habiletes and exercises, in versions
 * profile.h   job profiles: exercises with weights and eliminatory floors, in versions
 * session.h   a sitting with seats, identity checks and its closing
 * analysis.h  what was seen of a job on a farm, from which a profile's habiletes are drawn
 * steps.h     the diagnosis before it, and the information meeting before a session
 * calibration.h  the level of a profile, set with workers in post
 * agreement.h    how far two markers agree: pure
 * appeal.h       appeals, incidents, accommodation
 * marks.h     append-only marks by two persons who do not see each other's, a third when they
 * differ marking.h   from marks to a result: pure */
#ifndef NORIA_ASSESSMENT_H
#define NORIA_ASSESSMENT_H

#include "../http/route.h"

/* Why an entry of a step of the method (steps.h) is corrected: mistyped, misinformed; not_held: it
 * counts for nothing. */
struct step_correction {
    const char *reason;
};
extern const struct field step_correction_fields[];

extern const struct route assessment_routes[];
extern const struct shows assessment_shows[]; /* sessions */
extern const struct reads assessment_reads[];
extern const struct route exercise_routes[];
extern const struct shows exercise_shows[];
extern const struct reads exercise_reads[];
extern const struct route analysis_routes[];
extern const struct shows analysis_shows[];
extern const struct reads analysis_reads[];
extern const struct route steps_routes[];
extern const struct shows steps_shows[];
extern const struct reads steps_reads[];
extern const struct route profile_routes[];
extern const struct shows profile_shows[];
extern const struct reads profile_reads[];
extern const struct route marks_routes[];
extern const struct shows marks_shows[];
extern const struct route calibration_routes[];
extern const struct shows calibration_shows[];
extern const struct reads calibration_reads[];
extern const struct route appeal_routes[];
extern const struct shows appeal_shows[];
extern const struct reads appeal_reads[];
extern const struct route quality_routes[];
extern const struct shows quality_shows[];
extern const struct route pack_routes[];
extern const struct shows pack_shows[];
extern const struct reads pack_reads[];
extern const struct reads quality_reads[];
extern const struct reads marks_reads[];

#endif
