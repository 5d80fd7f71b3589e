/* marks.h - what an assessor writes down: points of a criterion for a seat, under the number 1 or
 * 2, or 3 where the first two lie too far apart. Rows are only added. Until the session closes an
 * assessor sees his own marks only, and the candidate's token. */
#ifndef NORIA_ASSESSMENT_MARKS_H
#define NORIA_ASSESSMENT_MARKS_H

#include "../../lib/base/field.h"

enum { MARKS_MAX = 1000 }; /* in one request */

struct mark_row {
    int64_t seat_id;
    int64_t criterion_id;
    int64_t mark_no; /* 1..3 */
    int64_t points;
};
extern const struct field mark_fields[];

struct mark_correction {
    int64_t points;
    const char *reason;
};
extern const struct field mark_correction_fields[];

#endif
