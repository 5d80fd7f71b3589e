#include "seen.h"

#include <stddef.h>

static const char *const moments[] = {"test", "medical", "departure", "return", NULL};
static const char *const answers[] = {"yes", "no", NULL};
static const char *const replacements[] = {"renewed", "lost", "stolen", "damaged", NULL};
static const char *const sources[] = {"inspection", "desk", "worker", NULL};

#define AT(member) offsetof(struct document_seen, member)
const struct field document_seen_fields[] = {
    {"moment", F_CHOICE, AT(moment), 0, 0, FIELD_REQUIRED, moments, "Moment"},
    {"day", F_DATE, AT(day), 0, 0, FIELD_REQUIRED, NULL, "Day"},
    {"document_issuer", F_TEXT, AT(document_issuer), 3, 3, FIELD_REQUIRED, NULL, "Issuing state"},
    {"document_number", F_TEXT, AT(document_number), 3, 32, FIELD_REQUIRED, NULL,
     "Passport number"},
    {"holder_same", F_CHOICE, AT(holder_same), 0, 0, FIELD_REQUIRED, answers,
     "Name, birth date and sex as in the file"},
    {"photo_same", F_CHOICE, AT(photo_same), 0, 0, FIELD_REQUIRED, answers,
     "The photograph shows the person"},
    {"replaces", F_CHOICE, AT(replaces), 0, 0, 0, replacements, "Replacement declared"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct work_seen, member)
const struct field work_seen_fields[] = {
    {"day", F_DATE, AT(day), 0, 0, FIELD_REQUIRED, NULL, "Day"},
    {"commune", F_TEXT, AT(commune), 5, 5, FIELD_REQUIRED, NULL, "Commune (INSEE code)"},
    {"source", F_CHOICE, AT(source), 0, 0, FIELD_REQUIRED, sources, "Seen by"},
    FIELD_END,
};
#undef AT
