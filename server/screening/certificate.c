#include <stddef.h>

#include "screening.h"

static const char *const kinds[] = {"diploma", "work", NULL};

#define AT(member) offsetof(struct certificate, member)
const struct field certificate_fields[] = {
    {"kind", F_CHOICE, AT(kind), 0, 0, FIELD_REQUIRED, kinds, "Kind of certificate"},
    {"issuer", F_TEXT, AT(issuer), 2, 200, FIELD_REQUIRED, NULL, "Issued by"},
    {"serial", F_TEXT, AT(serial), 2, 40, 0, NULL, "Serial number"},
    {"first_day", F_DATE, AT(first_day), 0, 0, FIELD_REQUIRED, NULL, "First day"},
    {"last_day", F_DATE, AT(last_day), 0, 0, FIELD_REQUIRED, NULL, "Last day"},
    {"months", F_INT, AT(months), 0, 600, 0, NULL, "Months of experience claimed"},
    {"scan", F_TEXT, AT(scan), 64, 64, 0, NULL, "SHA-256 of the scan"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct certificate_issuer, member)
const struct field certificate_issuer_fields[] = {
    {"country", F_TEXT, AT(country), 2, 2, FIELD_REQUIRED, NULL, "Country"},
    {"name", F_TEXT, AT(name), 2, 200, FIELD_REQUIRED, NULL, "Name"},
    {"source", F_TEXT, AT(source), 1, 300, FIELD_REQUIRED, NULL, "Source"},
    FIELD_END,
};
