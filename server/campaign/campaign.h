/* campaign.h - a recruitment campaign: its dates, parameters and partner services.
 *
 * A campaign is what everything else hangs on: contracts, candidates, tests, placements and returns
 * carry its id. It goes forward one state at a time,
 *
 *     draft > open > matching > season > returns > closed
 *
 * draft: the office prepares it, outsiders do not see it; open: employers post contracts, partner
 * services enter candidates; matching: parameters are frozen; season: people work; returns: they
 * check in at home; closed: the closing act is written (feature "returns"). What each step needs is
 * a rule of the database (migrations/replaceable/03_campaigns.sql).
 *
 * No source gives legal figures for check-in, notices or the validity of a test: they are
 * parameters here, with bounds that only keep slips out. */
#ifndef NORIA_CAMPAIGN_H
#define NORIA_CAMPAIGN_H

#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"

struct db;

struct campaign {
    const char *code; /* "2027-MA": capital letters, digits, hyphens */
    int64_t season;   /* year */
    const char *name;
    date first_day; /* of work, the earliest that a contract may have */
    date last_day;
    int64_t candidates_per_place;   /* proposed to the employer */
    int64_t decision_days;          /* to decide on a submitted contract */
    int64_t checkin_days;           /* after the return is due */
    int64_t travel_days;            /* between the last day of work and the return due */
    int64_t notice_days;            /* before the end, for the worker's notice */
    int64_t mrs_validity_days;      /* of a passed test by simulation */
    const char *six_months_variant; /* "days_183" or "calendar_months" */
    int64_t non_return_after_days;  /* earliest proposal of a non-return */
    int64_t document_days; /* a worker's document outlives the contract, for the return desk */
};
extern const struct field campaign_fields[];

/* A partner service's share. */
struct campaign_service {
    int64_t org_id;
    int64_t quota;        /* placements, 0..1,000,000; never below what is used */
    int64_t agreement_id; /* FIELD_NONE: none */
};
extern const struct field campaign_service_fields[];

/* Fills absent parameters with the defaults of a new campaign. */
void campaign_defaults(struct campaign *campaign);

/* The rules that need no database: dates in order, at most 400 days, code well-formed, a non-return
 * no earlier than the check-in. Adds faults; what is absent, or was refused when it was read, is
 * not judged. */
Err CHECKED campaign_check(const struct campaign *campaign, struct faults *faults);

/* Checks and writes a new draft, unless the reading of the request found faults already: all are
 * told together. ERR_CAMPAIGN_CODE_TAKEN, or the faults of campaign_check. */
Err CHECKED campaign_create(struct db *db, struct campaign *campaign, int64_t *id);

/* Checks and changes a campaign that the caller read at `version`. ERR_NOT_FOUND, ERR_STALE_EDIT,
 * ERR_CAMPAIGN_FROZEN once matching has begun (the name can always be changed). */
Err CHECKED campaign_edit(struct db *db, int64_t id, int64_t version,
                          const struct campaign *campaign);

/* Gives a partner service its quota and agreement. ERR_NOT_A_PARTNER,
 * ERR_AGREEMENT_OF_OTHER_COUNTRY, ERR_SERVICE_THERE when it has a quota already. */
Err CHECKED campaign_add_service(struct db *db, int64_t id, const struct campaign_service *service);

/* Changes those that the caller read at `version`. As above; ERR_NOT_FOUND, ERR_STALE_EDIT,
 * ERR_SERVICE_QUOTA when the quota would fall below what is used. */
Err CHECKED campaign_edit_service(struct db *db, int64_t id, int64_t version,
                                  const struct campaign_service *service);

/* One step forward, to "open", "matching", "season" or "returns". ERR_CONFLICT when the campaign is
 * not in the state before; ERR_CAMPAIGN_WITHOUT_SERVICE, ERR_CAMPAIGN_WITHOUT_CONTRACT. */
Err CHECKED campaign_advance(struct db *db, int64_t id, const char *state);

extern const struct route campaign_routes[];
extern const struct shows campaign_shows[];
extern const struct reads campaign_reads[];

#endif
