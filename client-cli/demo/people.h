/* people.h - the demo's candidates: passports with right check digits, and the frauds planted among
 * them, each remembered so that the demo can count how many were caught. */
#ifndef NORIA_CLIENT_DEMO_PEOPLE_H
#define NORIA_CLIENT_DEMO_PEOPLE_H

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "names.h"
#include "random.h"

enum fraud {
    FRAUD_NONE,
    FRAUD_MRZ_ALTERED,    /* one figure changed, its check digit not */
    FRAUD_SPELLING_TWIN,  /* the same person again: other spelling, other passport */
    FRAUD_PASSPORT_TWICE, /* another person's passport number */
    FRAUD_FEE_PAID,       /* money was asked: not a fraud of the candidate, but a case */
    FRAUDS
};

/* "altered MRZ" and so on, for the report. */
extern const char *const FRAUD_NAMES[FRAUDS];

struct person {
    const char *ref; /* the service's own number: "MA-000123" */
    const char *surname, *given, *native_surname, *native_given;
    const char *sex; /* "F" or "M" */
    date birth;
    const char *birth_place;
    const char *country; /* ISO 3166-1 alpha-3 */
    const char *number;  /* of the passport */
    date expires;
    const char *mrz; /* two lines with LF between */
    int experience_months;
    const char *languages; /* "ar fr" */
    enum fraud fraud;
    int other; /* the person copied, for a twin or a passport used twice; else -1 */
};

struct people {
    struct person *list;
    int count;
    int planted[FRAUDS];
};

/* Where a partner service finds its candidates. */
struct origin {
    const char *country;         /* alpha-3 */
    const char *prefix;          /* of the refs: "MA" */
    const char *languages;       /* of two thirds */
    const char *other_languages; /* of the others */
    const char *const *towns;    /* ended by NULL */
    const struct names_pool *names;
};

/* `count` people of one origin; about one in thirty carries a planted fraud. Passports are good
 * until a year after `today` at least. */
void people_make(struct arena *arena, const struct origin *origin, int count, date today,
                 struct dice *dice, struct people *people);

#endif
