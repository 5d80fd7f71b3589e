#include "reference.h"

#include <stddef.h>
#include <string.h>

#include "../db/db.h"

#define AT(member) offsetof(struct smic, member)
const struct field smic_fields[] = {
    {"from_day", F_DATE, AT(from_day), 0, 0, FIELD_REQUIRED, NULL, "From"},
    {"hourly", F_MONEY, AT(hourly), 100, 10000, FIELD_REQUIRED, NULL, "Hourly minimum wage"},
    {"source", F_TEXT, AT(source), 1, 300, FIELD_REQUIRED, NULL, "Source"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct shortage, member)
const struct field shortage_fields[] = {
    {"region", F_TEXT, AT(region), 2, 3, FIELD_REQUIRED, NULL, "Region"},
    {"rome", F_TEXT, AT(rome), 5, 5, FIELD_REQUIRED, NULL, "Occupation (ROME)"},
    {"from_day", F_DATE, AT(from_day), 0, 0, FIELD_REQUIRED, NULL, "From"},
    {"to_day", F_DATE, AT(to_day), 0, 0, 0, NULL, "To"},
    {"source", F_TEXT, AT(source), 1, 300, FIELD_REQUIRED, NULL, "Source"},
    FIELD_END,
};
#undef AT

static const char *const agreement_kinds[] = {"labour_convention", "concerted_management",
                                              "framework", "other", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};

#define AT(member) offsetof(struct agreement, member)
const struct field agreement_fields[] = {
    {"country", F_TEXT, AT(country), 2, 2, FIELD_REQUIRED, NULL, "Country"},
    {"kind", F_CHOICE, AT(kind), 0, 0, FIELD_REQUIRED, agreement_kinds, "Kind of agreement"},
    {"title", F_TEXT, AT(title), 1, 200, FIELD_REQUIRED, NULL, "Title"},
    {"signed_year", F_INT, AT(signed_year), 1900, 2199, FIELD_REQUIRED, NULL, "Year of signature"},
    {"signed_on", F_DATE, AT(signed_on), 0, 0, 0, NULL, "Day of signature"},
    {"anonymous", F_CHOICE, AT(anonymous), 0, 0, 0, yes_no, "Provides anonymous recruitment"},
    {"note", F_NOTE, AT(note), 0, 500, 0, NULL, "Note"},
    {"source", F_TEXT, AT(source), 1, 300, FIELD_REQUIRED, NULL, "Source"},
    FIELD_END,
};
#undef AT

Err reference_add_smic(struct db *db, const struct smic *smic) {
    return db_one(db, Q_REFERENCE_SMIC_ADD, ARGS(arg_record(smic_fields, smic)), NULL);
}

Err reference_add_shortage(struct db *db, const struct shortage *shortage, int64_t *id) {
    if (shortage->to_day != DATE_NONE && shortage->to_day < shortage->from_day) {
        return fault(db_faults(db), "to_day", ERR_ENDS_BEFORE_START, NULL);
    }
    struct rows rows;
    TRY(db_one(db, Q_REFERENCE_SHORTAGE_ADD, ARGS(arg_record(shortage_fields, shortage)), &rows));
    *id = rows_int(&rows, 0, "id");
    return OK;
}

Err reference_end_shortage(struct db *db, int64_t id, int64_t version, date to_day) {
    struct rows rows;
    struct arg key = arg_int("id", id);
    TRY(db_run(db, Q_REFERENCE_SHORTAGE_END,
               ARGS(key, arg_int("version", version), arg_date("to_day", to_day)), &rows));
    if (rows.count == 1) {
        return OK;
    }
    TRY(db_one(db, Q_REFERENCE_SHORTAGE_BY_ID, ARGS(key), NULL));
    return ERR_STALE_EDIT;
}

static Err check_agreement(struct db *db, const struct agreement *agreement) {
    if (agreement->signed_on != DATE_NONE &&
        date_civil(agreement->signed_on).year != agreement->signed_year) {
        return faultf(db_faults(db), "signed_on", ERR_OUT_OF_RANGE, "%lld-01-01 – %lld-12-31",
                      (long long)agreement->signed_year, (long long)agreement->signed_year);
    }
    return OK;
}

Err reference_add_agreement(struct db *db, const struct agreement *agreement, int64_t *id) {
    struct rows rows;
    TRY(check_agreement(db, agreement));
    TRY(db_one(db, Q_REFERENCE_AGREEMENT_ADD, ARGS(arg_record(agreement_fields, agreement)),
               &rows));
    *id = rows_int(&rows, 0, "id");
    return OK;
}

Err reference_edit_agreement(struct db *db, int64_t id, int64_t version,
                             const struct agreement *agreement) {
    struct rows rows;
    struct arg key = arg_int("id", id);
    TRY(check_agreement(db, agreement));
    TRY(db_run(db, Q_REFERENCE_AGREEMENT_EDIT,
               ARGS(key, arg_int("version", version), arg_record(agreement_fields, agreement)),
               &rows));
    if (rows.count == 1) {
        return OK;
    }
    TRY(db_one(db, Q_REFERENCE_AGREEMENT_BY_ID, ARGS(key), NULL));
    return ERR_STALE_EDIT;
}
