/* appeal.h - what happens beside the marks: an appeal against a result, an incident, an
 * accommodation.
 *
 * An appeal is filed by the candidate's service within a number of days (a setting) on one of three
 * grounds; "I should have passed" is none. Who led, closed, checked or marked anything of the
 * session does not decide, nor who filed it (replaceable/16_bench.sql). Outcomes: the result is
 * upheld; the sheets are marked again by others, in a session of their own; the candidate sits
 * again without the waiting time, on another form. An accommodation says what is done, never why.
 */
#ifndef NORIA_ASSESSMENT_APPEAL_H
#define NORIA_ASSESSMENT_APPEAL_H

#include "../../lib/base/field.h"

struct appeal_form {
    const char *ground; /* procedure, arithmetics, accommodation */
    const char *note;
};

struct appeal_decision {
    const char *outcome; /* uphold, re_mark, re_sit */
    const char *reason;
};

struct appeal_filter {
    const char *state;
};

struct incident_form {
    int64_t seat_id; /* FIELD_NONE: all of the session */
    const char *kind;
    const char *effect; /* noted, void */
    const char *note;
};

struct accommodation_form {
    const char *accommodation; /* NULL: none */
    int64_t extra_percent;     /* with extra_time */
};

#endif
