/* contact.h - how an employer can be reached and paid, as keyed digests only: enough to see that
 * two employers share a telephone or an account (shared_contact), and nothing to read. And the
 * question whether money was asked, put to a worker at arrival and at return by somebody who is not
 * of the employer; the first time is at entry. */
#ifndef NORIA_SCREENING_CONTACT_H
#define NORIA_SCREENING_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"
#include "screening.h"

extern const struct route contact_routes[];
extern const struct reads contact_reads[];
extern const struct shows contact_shows[];

struct contacts {
    const char *phone;
    const char *email;
    const char *iban;
    const char *msa;            /* number at the farmers' social insurance */
    const char *office_address; /* public: it stands in the register of companies */
};
extern const struct field contact_fields[];

struct fee_answer {
    const char *moment; /* "arrival", "return" */
    const char *asked;  /* "yes", "no": an answer left out is no answer */
    int64_t amount;     /* cents, FIELD_NONE: not told */
    const char *payee;
    const char *phone; /* of who asked: kept as a digest, to be compared with others' answers */
    const char *place; /* village or town where it was asked */
};
extern const struct field fee_answer_fields[];

/* The one spelling of an IBAN or a social insurance number: letters and figures, in upper case. Cut
 * to fit; false when nothing is left. A telephone: contact_phone() of screening.h. */
bool contact_number(const char *text, char plain[CONTACT_PLAIN]);

/* Whether a number as contact_number() gives it is an IBAN: two letters, two figures, 11 to 30
 * more, and the remainder of 97 (ISO 13616, ISO 7064 MOD 97-10). */
bool contact_iban(const char *plain);

#endif
