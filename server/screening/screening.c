#include "screening.h"

#include <stddef.h>

static const char *const case_states[] = {"open", "cleared", "confirmed", NULL};
static const char *const outcomes[] = {"cleared", "confirmed", NULL};

#define AT(member) offsetof(struct case_filter, member)
const struct field case_filter_fields[] = {
    {"state", F_CHOICE, AT(state), 0, 0, 0, case_states, "State"},
    {"rule", F_TEXT, AT(rule), 1, 40, 0, NULL, "Rule"},
    {"campaign", F_INT, AT(campaign), 1, INT64_MAX, 0, NULL, "Campaign"},
    {"candidate", F_INT, AT(candidate), 1, INT64_MAX, 0, NULL, "Candidate"},
    {"contract", F_INT, AT(contract), 1, INT64_MAX, 0, NULL, "Contract"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct case_verdict, member)
const struct field case_verdict_fields[] = {
    {"outcome", F_CHOICE, AT(outcome), 0, 0, FIELD_REQUIRED, outcomes, "Outcome"},
    {"reason", F_TEXT, AT(reason), 10, 1000, FIELD_REQUIRED, NULL, "Reason"},
    {"one_person", F_BOOL, AT(one_person), 0, 0, 0, NULL, "The two entries are one person"},
    {"kept_id", F_INT, AT(kept_id), 1, INT64_MAX, 0, NULL, "Entry that stays"},
    FIELD_END,
};
#undef AT

const struct field screening_value_fields[] = {
    {"value", F_INT, offsetof(struct screening_value, value), 1, 1000000, FIELD_REQUIRED, NULL,
     "Value"},
    FIELD_END,
};

const struct field screening_campaign_fields[] = {
    {"campaign", F_INT, offsetof(struct screening_campaign, campaign), 1, INT64_MAX, FIELD_REQUIRED,
     NULL, "Campaign"},
    FIELD_END,
};
