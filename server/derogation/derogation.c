#include "derogation.h"

#include <stddef.h>

#include "../db/db.h"

#define AT(member) offsetof(struct derogation, member)
const struct field derogation_fields[] = {
    {"title", F_TEXT, AT(title), 1, 200, FIELD_REQUIRED, NULL, "Title"},
    {"legal_source", F_NOTE, AT(legal_source), 1, 1000, FIELD_REQUIRED, NULL, "Legal source"},
    {"from_day", F_DATE, AT(from_day), 0, 0, FIELD_REQUIRED, NULL, "First day covered"},
    {"to_day", F_DATE, AT(to_day), 0, 0, FIELD_REQUIRED, NULL, "Last day covered"},
    {"most_months", F_INT, AT(most_months), 7, 9, 0, NULL, "Longest stay in months"},
    {"most_days", F_INT, AT(most_days), 184, 274, 0, NULL, "Longest stay in days"},
    {"campaign_id", F_INT, AT(campaign_id), 1, INT64_MAX, 0, NULL, "Campaign"},
    {"country", F_TEXT, AT(country), 2, 2, 0, NULL, "Country of the partner service"},
    {"rome", F_TEXT, AT(rome), 5, 5, 0, NULL, "Occupation (ROME)"},
    {"crop", F_TEXT, AT(crop), 1, 80, 0, NULL, "Crop"},
    {"department", F_TEXT, AT(department), 2, 3, 0, NULL, "Department of the work place"},
    {"tokens", F_NOTE, AT(tokens), 9, 10 * DEROGATION_WORKERS, 0, NULL,
     "Tokens of the workers that it names"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct derogation_end, member)
const struct field derogation_end_fields[] = {
    {"from_day", F_DATE, AT(from_day), 0, 0, FIELD_REQUIRED, NULL, "Not covered from"},
    {"reason", F_TEXT, AT(reason), 10, 500, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END,
};
#undef AT

Err derogation_propose(struct db *db, const struct derogation *derogation, int64_t *id) {
    struct faults *faults = db_faults(db);
    bool dated = derogation->from_day != DATE_NONE && derogation->to_day != DATE_NONE;
    if (dated && derogation->to_day < derogation->from_day) {
        (void)fault(faults, "to_day", ERR_ENDS_BEFORE_START, NULL);
    } else if (dated && derogation->to_day - derogation->from_day >= DEROGATION_DAYS) {
        (void)fault(faults, "to_day", ERR_DEROGATION_TOO_LONG, NULL);
    }
    if ((derogation->most_months == FIELD_NONE) == (derogation->most_days == FIELD_NONE)) {
        (void)fault(faults, "most_months", ERR_DEROGATION_MOST, NULL);
    }
    TRY(faults_err(faults));
    struct rows rows;
    TRY(db_one(db, Q_DEROGATION_PROPOSE, ARGS(arg_record(derogation_fields, derogation)), &rows));
    *id = rows_int(&rows, 0, "id");
    return OK;
}
