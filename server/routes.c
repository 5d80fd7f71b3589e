/* routes.c - every route of the server: the features' tables, one line each. */
#include "http/route.h"
#include "routes.h"

#include <stddef.h>

#include "account/account.h"
#include "reference/reference.h"
#include "campaign/campaign.h"
#include "contract/contract.h"
#include "candidate/candidate.h"
#include "assessment/assessment.h"
#include "screening/screening.h"
#include "matching/matching.h"
#include "placement/placement.h"
#include "document/document.h"
#include "returns/returns.h"
#include "report/report.h"

const struct route *const all_routes[] = {
    account_routes,
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
    screening_routes,
    matching_routes,
    placement_routes,
    document_routes,
    verify_routes,
    returns_routes,
    closing_routes,
    report_routes,
    NULL,
};
