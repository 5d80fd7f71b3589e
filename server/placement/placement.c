#include "placement.h"

#include <stddef.h>

#include "../../lib/base/arena.h"
#include "../db/db.h"

/* What a person may state; the other moves are made by the acts of returns. */
static const char *const kinds[] = {"authorised",
                                    "convoked",
                                    "fit",
                                    "medical_waived",
                                    "unfit",
                                    "visa",
                                    "visa_waived",
                                    "visa_refused",
                                    "departed",
                                    "arrived",
                                    "working",
                                    "suspended",
                                    "resumed",
                                    "abandon_reported",
                                    "missing",
                                    "found",
                                    "ended",
                                    "withdrawn",
                                    "replaced",
                                    "lot_cancelled",
                                    "no_show",
                                    "complaint",
                                    "complaint_settled",
                                    "contact",
                                    "notice",
                                    NULL};

#define AT(member) offsetof(struct placement_fact, member)
#define FACT_FIELDS                                                                                \
    {"kind", F_CHOICE, AT(kind), 0, 0, FIELD_REQUIRED, kinds, "Fact"},                             \
        {"day", F_DATE, AT(day), 0, 0, FIELD_REQUIRED, NULL, "Day"},                               \
        {"source", F_TEXT, AT(source), 1, 80, FIELD_REQUIRED, NULL, "Source"},                     \
        {"note", F_TEXT, AT(note), 1, 500, 0, NULL, "Note"}, FIELD_END

const struct field fact_fields[] = {FACT_FIELDS};

const struct field fact_row_fields[] = {
    {"placement_id", F_INT, AT(placement_id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Placement"},
    FACT_FIELDS};
#undef AT

#define AT(member) offsetof(struct known_stay, member)
const struct field known_stay_fields[] = {
    {"first_day", F_DATE, AT(first_day), 0, 0, FIELD_REQUIRED, NULL, "First day"},
    {"last_day", F_DATE, AT(last_day), 0, 0, FIELD_REQUIRED, NULL, "Last day"},
    {"source", F_TEXT, AT(source), 1, 80, FIELD_REQUIRED, NULL, "Source"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct stay_days, member)
const struct field stay_days_fields[] = {
    {"first_day", F_DATE, AT(first_day), 0, 0, 0, NULL, "First day"},
    {"last_day", F_DATE, AT(last_day), 0, 0, 0, NULL, "Last day"},
    {"reason", F_TEXT, AT(reason), 10, 500, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END,
};
#undef AT

Err placement_identity(struct db *db, struct arena *arena, const struct seal *seal,
                       int64_t placement, const char *reason, struct identity *identity) {
    struct rows rows;
    TRY(db_one(db, Q_PLACEMENT_UNSEAL, ARGS(arg_int("id", placement), arg_text("reason", reason)),
               &rows));
    return identity_unseal(seal, arena, rows_int(&rows, 0, "worker_id"),
                           rows_bytes(&rows, arena, 0, "wrapped"),
                           rows_bytes(&rows, arena, 0, "sealed"), identity);
}
