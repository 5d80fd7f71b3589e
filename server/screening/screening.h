/* screening.h - fraud screening: pure readers and rules, and the queue of cases that persons
 * settle.
 *
 * Entries and submitted contracts are screened in SQL (candidate_screen, screen_contract); every
 * hit is a case with evidence. Nothing binding happens to its subject while a blocking case stands.
 */
#ifndef NORIA_SCREENING_H
#define NORIA_SCREENING_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"
#include "mrz.h"
#include "names.h"
#include "rules.h"

extern const struct route screening_routes[];
extern const struct shows screening_shows[];
extern const struct route certificate_routes[];
extern const struct shows certificate_shows[];
extern const struct reads certificate_reads[];
extern const struct reads screening_reads[];

/* The filter of the list of cases. */
struct case_filter {
    const char *state;
    const char *rule;
    int64_t campaign;
    int64_t candidate;
    int64_t contract;
};
extern const struct field case_filter_fields[];

/* What a person says of a case. A grave one is settled when a second person says the same. */
struct case_verdict {
    const char *outcome; /* "cleared": no fraud; "confirmed": it stays held */
    const char *reason;
    bool one_person; /* the two entries are one person: the six months go with both */
    int64_t kept_id; /* of a confirmed duplicate: the candidate whose entry stays; or FIELD_NONE */
};
extern const struct field case_verdict_fields[];

struct arena;
struct db;
struct seal;

/* Compares the two entries of a case part by part, with a leaf for each look, and keeps levels and
 * weights for its page. ERR_NOT_FOUND when the case has no two entries; ERR_CRYPTO. */
Err CHECKED case_compare(struct db *db, struct arena *arena, const struct seal *seal, int64_t id);

/* Which campaign to look through. */
struct screening_campaign {
    int64_t campaign;
};
extern const struct field screening_campaign_fields[];

/* What a diploma or work certificate says: never a picture, and no part of selection. Forged ones
 * are sold, so it is compared with others (16_fraud_signals.sql). */
struct certificate {
    const char *kind; /* "diploma", "work" */
    const char *issuer;
    const char *serial;
    date first_day;
    date last_day;
    int64_t months;   /* of experience that it claims; FIELD_NONE: none */
    const char *scan; /* SHA-256 of the scan, hexadecimal; NULL: not scanned */
};
extern const struct field certificate_fields[];

/* Who may have issued one. */
struct certificate_issuer {
    const char *country;
    const char *name;
    const char *source;
};
extern const struct field certificate_issuer_fields[];

/* A threshold of the office. */
struct screening_value {
    int64_t value;
};
extern const struct field screening_value_fields[];

enum { CONTACT_PLAIN = 64 };

/* The one spelling of a telephone number, for seal_contact(): its last nine figures, so that +33 6
 * 12…, 0033 6 12… and 06 12… are one (French numbers have nine after the prefix; ARCEP). False when
 * fewer than six are left. */
bool contact_phone(const char *text, char plain[CONTACT_PLAIN]);

#endif
