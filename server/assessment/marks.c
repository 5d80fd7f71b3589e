#include "marks.h"

#define AT(type, member) offsetof(struct type, member)

const struct field mark_fields[] = {
    {"seat_id", F_INT, AT(mark_row, seat_id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Seat"},
    {"criterion_id", F_INT, AT(mark_row, criterion_id), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Criterion"},
    {"mark_no", F_INT, AT(mark_row, mark_no), 1, 3, FIELD_REQUIRED, NULL, "Mark number"},
    {"points", F_INT, AT(mark_row, points), 0, 1000, FIELD_REQUIRED, NULL, "Points"},
    FIELD_END};

const struct field mark_correction_fields[] = {
    {"points", F_INT, AT(mark_correction, points), 0, 1000, FIELD_REQUIRED, NULL, "Points"},
    {"reason", F_TEXT, AT(mark_correction, reason), 3, 500, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END};
