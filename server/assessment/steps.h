/* steps.h - the steps of the method around analysis and test that are acts of their own: the
 * diagnosis with an employer (step 1: what he needs, and whether a test by simulation fits it), the
 * information meeting before a session (step 5) and the employer's interview after the test (step
 * 7), which is noted at the proposal (matching.h). Each is its day, its source and its author.
 * Numbers, no names and no free text about people. What was written stays; it is corrected by an
 * entry that names it, with the reason, by who wrote it or an officer. Practice of the method, not
 * law: nothing later depends on them. */
#ifndef NORIA_ASSESSMENT_STEPS_H
#define NORIA_ASSESSMENT_STEPS_H

#include "../../lib/base/field.h"

struct diagnosis {
    const char *siret; /* of the employer; a correction stays with him */
    const char *rome;
    date held_on;        /* today at the latest */
    int64_t posts;       /* that he wants to fill */
    const char *source;  /* how it is known: visit, meeting, call, letter */
    const char *finding; /* simulation, other_means, later */
};

/* Filter of the list. */
struct diagnosis_filter {
    const char *rome;
};

struct session_meeting {
    date held_on; /* today and the session's day at the latest */
    const char *site;
    int64_t came; /* candidates */
    bool employer_there;
};

#endif
