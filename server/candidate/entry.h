/* entry.h - the checks of one entry: a partner service's form, JSON or CSV row becomes an identity
 * to seal, digests to compare and what the document shows by itself. Pure: no database. */
#ifndef NORIA_CANDIDATE_ENTRY_H
#define NORIA_CANDIDATE_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/field.h"
#include "seal.h"

/* What is not identity. Lists are words separated by spaces, commas or semicolons. */
struct entry_form {
    int64_t campaign_id;
    const char *partner_ref;
    int64_t experience_months;
    const char *languages; /* ISO 639-1 */
    const char *permits;
    const char *habiletes;
    date available_from;
    date available_to;
    bool consent;
    bool fee_asked;
    int64_t fee_amount; /* cents */
    const char *fee_payee;
    const char *fee_phone; /* of who asked: kept as a digest */
    const char *fee_place; /* village or town where it was asked */
    bool mrz_as_presented; /* "the document really bears this": a wrong zone is kept, as a case */
};

extern const struct field entry_fields[];   /* all but campaign_id */
extern const struct field entry_campaign[]; /* campaign_id alone: an import has it in its address */

/* The profile fields that may be edited later. */
struct profile_form {
    const char *partner_ref;
    int64_t experience_months;
    const char *languages;
    const char *permits;
    const char *habiletes;
    date available_from;
    date available_to;
};
extern const struct field candidate_profile_fields[];

/* An entry that may be stored. */
struct entry {
    struct identity identity; /* completed from the machine readable zone */
    uint8_t passport[SEAL_DIGEST];
    uint8_t person[SEAL_DIGEST];
    uint8_t swapped[SEAL_DIGEST];
    struct span fee_phone; /* digest, as an employer's (screening/contact.h); empty: not told */
    const char *languages; /* PostgreSQL arrays: "{ar,fr}" */
    const char *permits;
    const char *habiletes;
    /* What the document shows by itself, for candidate_screen(), as PostgreSQL arrays; NULL when
     * nothing: faults of the zone ("check_digit:birth_date 2/20"), doubts ("issuer_unknown"), and
     * the fields typed otherwise than printed. */
    const char *zone_faults;
    const char *zone_doubts;
    const char *typed_differs;
};

/* Checks form and identity and completes the entry. `lenient` (an import) keeps a zone that breaks
 * Doc 9303 or differs from what was typed and makes a case of it, as mrz_as_presented does; a zone
 * that has no shape, and anything missing, is a fault for both. OK, or ERR_INVALID_INPUT with every
 * fault added. */
Err CHECKED entry_check(struct arena *arena, const struct seal *seal, const struct entry_form *form,
                        const struct identity *identity, date today, bool lenient,
                        struct faults *faults, struct entry *entry);

/* A list of words as a PostgreSQL array; a fault under `field` for a word with other characters
 * than a-z, 0-9, '_' and '-', longer than `longest`, or more than 20 words. */
Err entry_words(struct arena *arena, const char *field, const char *text, size_t longest,
                struct faults *faults, const char **array);

#endif
