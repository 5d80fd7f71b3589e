/* routes.c - every route of the server, what they read and what they show, the features' tables a
 * line each; and its jobs. */
#include "routes.h"
#include "http/route.h"

#include <stddef.h>

#include "account/account.h"
#include "assessment/assessment.h"
#include "audit/audit.h"
#include "campaign/campaign.h"
#include "candidate/candidate.h"
#include "contract/contract.h"
#include "derogation/derogation.h"
#include "document/document.h"
#include "http/system_web.h"
#include "matching/calculation.h"
#include "matching/matching.h"
#include "placement/placement.h"
#include "privacy/privacy.h"
#include "reference/reference.h"
#include "report/report.h"
#include "returns/returns.h"
#include "screening/contact.h"
#include "screening/screening.h"
#include "screening/seen.h"
#include "selection/selection.h"

const struct route *const all_routes[] = {
    account_routes, /* one line each, so that two added ones do not meet */
    login_routes,
    factor_routes, /* of account/ too */
    org_routes,
    reference_routes,
    campaign_routes,
    contract_routes,
    contract_import_routes,
    candidate_routes,
    candidate_import_routes,
    assessment_routes,
    marks_routes,
    profile_routes,
    exercise_routes,
    analysis_routes,
    steps_routes,
    calibration_routes,
    appeal_routes,
    quality_routes,
    pack_routes,
    screening_routes,
    certificate_routes,
    contact_routes,
    seen_routes,
    matching_routes,
    calculation_routes,
    placement_routes,
    derogation_routes,
    document_routes,
    batch_routes,
    verify_routes,
    returns_routes,
    closing_routes,
    report_routes,
    picture_routes,
    audit_routes,
    selection_routes,
    privacy_routes,
    own_routes,
    NULL,
};

const struct reads *const all_reads[] = {
    account_reads, /* likewise */
    pack_reads,        certificate_reads,
    org_reads,         exercise_reads,
    analysis_reads,    appeal_reads,
    calibration_reads, quality_reads,
    marks_reads,       profile_reads,
    assessment_reads,  audit_reads,
    campaign_reads,    candidate_reads,
    contract_reads,    contract_import_reads,
    derogation_reads,  batch_reads,
    document_reads,    verify_reads,
    system_reads,      matching_reads,
    calculation_reads, placement_reads,
    reference_reads,   report_reads,
    closing_reads,     returns_reads,
    screening_reads,   selection_reads,
    privacy_reads,     own_reads,
    login_reads,       factor_reads,
    contact_reads,     seen_reads,
    steps_reads,       NULL,
};

const struct shows *const all_shows[] = {
    system_shows, /* likewise */
    account_shows,     login_shows,
    factor_shows,      org_shows,
    reference_shows,   campaign_shows,
    contract_shows,    contract_import_shows,
    candidate_shows,   candidate_import_shows,
    assessment_shows,  marks_shows,
    profile_shows,     exercise_shows,
    calibration_shows, appeal_shows,
    quality_shows,     pack_shows,
    screening_shows,   certificate_shows,
    contact_shows,     seen_shows,
    matching_shows,    calculation_shows,
    placement_shows,   derogation_shows,
    document_shows,    batch_shows,
    verify_shows,      returns_shows,
    closing_shows,     report_shows,
    picture_shows,     audit_shows,
    selection_shows,   privacy_shows,
    own_shows,         analysis_shows,
    steps_shows,       NULL,
};

const struct job all_jobs[] = {
    {"audit_sequence", 1000, audit_sequence},
    {"document_batches", 500, document_batches},
    {"matching_runs", 500, matching_jobs},
    {"matching_calculations", 500, calculation_jobs},
    {"document_round", 60000, document_round},
    {"privacy_purge", 60000, privacy_purge},
    {NULL, 0, NULL},
};
