/* returns.h - coming home: check-in at a desk with graded evidence, exceptions with a document and
 * a second person, non-return by two persons, the closing of a campaign.
 *
 * What evidence proves and who may decide is held by PostgreSQL (migrations/replaceable/11, 12);
 * stay.h is the pure model of six months in twelve. Nothing here happens by a date alone.
 *
 * Grades: A in person at an OFII desk, A- at a partner service's desk, B border or carrier record,
 * C copy, D somebody's word. A, A- and an original B verify; two C of different kinds declare. */
#ifndef NORIA_RETURNS_H
#define NORIA_RETURNS_H

#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"
#include "stay.h"

struct app;
struct arena;
struct db;
struct sw1_key;

extern const struct route returns_routes[];
extern const struct shows returns_shows[];
extern const struct reads returns_reads[];
extern const struct route closing_routes[];
extern const struct shows closing_shows[];
extern const struct reads closing_reads[];

/* What a desk has in its hands. Exactly one of: the text of the document's code; its number
 * (XXXX-XXXX); the passport's issuing state and number. */
struct return_lookup {
    const char *text;
    const char *number;
    const char *issuer;
    const char *passport;
};
extern const struct field return_lookup_fields[];

struct return_evidence {
    int64_t placement_id; /* in lists only */
    const char *kind;
    date day;
    date exit_day; /* of leaving France, when it is seen */
    bool original;
    bool person_present;
    bool identity_checked;
    const char *found_by;
    const char *note;
};
extern const struct field return_evidence_fields[];
extern const struct field return_evidence_row_fields[];

struct return_exception {
    const char *kind;
    const char *document;
    const char *issuer;
    date from_day; /* DATE_NONE: today */
    date until;
    int64_t
        to_contract_id; /* of a transfer: the other employer's; `until` is the last day before */
};
extern const struct field return_exception_fields[];

struct return_reason {
    const char *decision; /* of a decision only */
    const char *reason;
};
extern const struct field return_reason_fields[];
extern const struct field non_return_decision_fields[];

struct returns_desk {
    struct db *db;
    struct arena *arena;
    const struct app *app;
    int64_t now;
};

/* Finds the placement. `found_by` gets "document", "serial" or "passport". ERR_REQUIRED as a fault;
 * ERR_DOCUMENT_UNREADABLE when the text is no genuine document of ours; ERR_NOT_FOUND. */
Err CHECKED return_find(const struct returns_desk *desk, const struct return_lookup *lookup,
                        int64_t *placement, const char **found_by);

/* The second signature: signs the list of the first with the document key and closes. */
Err CHECKED closing_countersign(const struct returns_desk *desk, int64_t campaign,
                                const char **sha256);

#endif
