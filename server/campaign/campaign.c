#include "campaign.h"

#include <stddef.h>
#include <string.h>

#include "../db/db.h"

static const char *const variants[] = {"days_183", "calendar_months", NULL};

#define AT(member) offsetof(struct campaign, member)
const struct field campaign_fields[] = {
    {"code", F_TEXT, AT(code), 2, 16, FIELD_REQUIRED, NULL, "Code"},
    {"season", F_INT, AT(season), 2000, 2199, FIELD_REQUIRED, NULL, "Season (year)"},
    {"name", F_TEXT, AT(name), 1, 120, FIELD_REQUIRED, NULL, "Name"},
    {"first_day", F_DATE, AT(first_day), 0, 0, FIELD_REQUIRED, NULL, "First day of work"},
    {"last_day", F_DATE, AT(last_day), 0, 0, FIELD_REQUIRED, NULL, "Last day of work"},
    {"candidates_per_place", F_INT, AT(candidates_per_place), 1, 10, 0, NULL,
     "Candidates per place"},
    {"decision_days", F_INT, AT(decision_days), 1, 90, 0, NULL, "Days to decide on a contract"},
    {"checkin_days", F_INT, AT(checkin_days), 1, 180, 0, NULL, "Days to check in after the return"},
    {"travel_days", F_INT, AT(travel_days), 0, 30, 0, NULL, "Days of travel"},
    {"notice_days", F_INT, AT(notice_days), 1, 120, 0, NULL, "Days of notice before the end"},
    {"mrs_validity_days", F_INT, AT(mrs_validity_days), 30, 1830, 0, NULL,
     "Days that a passed test is valid"},
    {"six_months_variant", F_CHOICE, AT(six_months_variant), 0, 0, 0, variants,
     "How six months are counted"},
    {"non_return_after_days", F_INT, AT(non_return_after_days), 1, 365, 0, NULL,
     "Days before a non-return can be proposed"},
    {"document_days", F_INT, AT(document_days), 0, 365, 0, NULL,
     "Days that a worker's document outlives the contract"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct campaign_service, member)
const struct field campaign_service_fields[] = {
    {"org_id", F_INT, AT(org_id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Partner service"},
    {"quota", F_INT, AT(quota), 0, 1000000, FIELD_REQUIRED, NULL, "Quota of placements"},
    {"agreement_id", F_INT, AT(agreement_id), 1, INT64_MAX, 0, NULL, "Agreement"},
    FIELD_END,
};
#undef AT

static void absent_becomes(int64_t *value, int64_t other) {
    if (*value == FIELD_NONE) {
        *value = other;
    }
}

void campaign_defaults(struct campaign *campaign) {
    absent_becomes(&campaign->candidates_per_place, 3);
    absent_becomes(&campaign->decision_days, 15);
    absent_becomes(&campaign->checkin_days, 30);
    absent_becomes(&campaign->travel_days, 5);
    absent_becomes(&campaign->notice_days, 30);
    absent_becomes(&campaign->mrs_validity_days, 730);
    absent_becomes(&campaign->non_return_after_days, 60);
    absent_becomes(&campaign->document_days, 60);
    if (campaign->six_months_variant == NULL) {
        campaign->six_months_variant = variants[0];
    }
}

static bool code_is_good(const char *code) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    return code[0] != '-' && strspn(code, letters) == strlen(code);
}

Err campaign_check(const struct campaign *campaign, struct faults *faults) {
    size_t before = faults->count;
    bool dated = campaign->first_day != DATE_NONE && campaign->last_day != DATE_NONE;
    if (campaign->code != NULL && !code_is_good(campaign->code)) {
        (void)fault(faults, "code", ERR_WRONG_TYPE, "A-Z, 0-9, -");
    }
    if (dated && campaign->last_day < campaign->first_day) {
        (void)fault(faults, "last_day", ERR_ENDS_BEFORE_START, NULL);
    } else if (dated && campaign->last_day - campaign->first_day > 400) {
        (void)fault(faults, "last_day", ERR_CAMPAIGN_TOO_LONG, NULL);
    }
    if (campaign->non_return_after_days != FIELD_NONE &&
        campaign->non_return_after_days < campaign->checkin_days) {
        (void)fault(faults, "non_return_after_days", ERR_NON_RETURN_BEFORE_CHECKIN, NULL);
    }
    return faults->count == before ? OK : ERR_INVALID_INPUT;
}

/* The faults of the reading are told together with those of the rules. */
static Err check_all(struct db *db, const struct campaign *campaign) {
    Err rules = campaign_check(campaign, db_faults(db));
    return err_first(rules, faults_err(db_faults(db)));
}

Err campaign_create(struct db *db, struct campaign *campaign, int64_t *id) {
    struct rows rows;
    campaign_defaults(campaign);
    TRY(check_all(db, campaign));
    TRY(db_one(db, Q_CAMPAIGN_CREATE, ARGS(arg_record(campaign_fields, campaign)), &rows));
    *id = rows_int(&rows, 0, "id");
    return OK;
}

Err campaign_edit(struct db *db, int64_t id, int64_t version, const struct campaign *campaign) {
    struct rows rows;
    TRY(check_all(db, campaign));
    TRY(db_run(
        db, Q_CAMPAIGN_EDIT,
        ARGS(arg_int("id", id), arg_int("version", version), arg_record(campaign_fields, campaign)),
        &rows));
    if (rows.count == 1) {
        return OK;
    }
    TRY(db_one(db, Q_CAMPAIGN_STATE, ARGS(arg_int("id", id)), &rows));
    return ERR_STALE_EDIT;
}

Err campaign_add_service(struct db *db, int64_t id, const struct campaign_service *service) {
    struct rows rows;
    TRY(db_run(db, Q_CAMPAIGN_ADD_SERVICE,
               ARGS(arg_int("id", id), arg_record(campaign_service_fields, service)), &rows));
    return rows.count == 1 ? OK : fault(db_faults(db), "org_id", ERR_SERVICE_THERE, NULL);
}

Err campaign_edit_service(struct db *db, int64_t id, int64_t version,
                          const struct campaign_service *service) {
    struct rows rows;
    TRY(db_run(db, Q_CAMPAIGN_EDIT_SERVICE,
               ARGS(arg_int("id", id), arg_int("version", version),
                    arg_record(campaign_service_fields, service)),
               &rows));
    if (rows.count == 1) {
        return OK;
    }
    TRY(db_one(db, Q_CAMPAIGN_SERVICE_BY_ORG,
               ARGS(arg_int("id", id), arg_int("org_id", service->org_id)), &rows));
    return ERR_STALE_EDIT;
}

Err campaign_advance(struct db *db, int64_t id, const char *state) {
    struct rows rows;
    TRY(db_run(db, Q_CAMPAIGN_ADVANCE, ARGS(arg_int("id", id), arg_text("state", state)), &rows));
    if (rows.count == 1) {
        return OK;
    }
    TRY(db_one(db, Q_CAMPAIGN_STATE, ARGS(arg_int("id", id)), &rows));
    struct span now = rows_span(&rows, 0, "state");
    return faultf(db_faults(db), "", ERR_CONFLICT, "campaign:%.*s > campaign:%s", (int)now.len,
                  now.ptr, state);
}
