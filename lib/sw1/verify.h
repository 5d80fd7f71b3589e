/* verify.h - a verifier's answer, in the order of the document profile's section 4. No HTTP, no
 * SQL, no files: lists are handed in as bytes, "now" as a number.
 *
 * A verifier is filled first (root, trust list, status lists, memory) and const afterwards; then
 * any number of threads may verify with it, each with an arena of its own. */
#ifndef NORIA_SW1_VERIFY_H
#define NORIA_SW1_VERIFY_H

#include "claims.h"
#include "code.h"
#include "status.h"
#include "trust.h"

enum { SW1_LISTS_MAX = 64, SW1_SKEW = 300 };

/* What a verifier remembers between runs, against old lists played back to it. */
struct sw1_seen {
    struct span uri;
    int64_t iat; /* newest seen of that list */
};
struct sw1_memory {
    int64_t trust_sequence; /* highest seen; 0 when none */
    int64_t newest;         /* newest iat of any list seen; 0 when none */
    int count;
    struct sw1_seen seen[SW1_LISTS_MAX];
};

struct sw1_settings {
    int64_t skew;           /* seconds by which clocks may differ; SW1_SKEW is usual */
    int64_t max_status_age; /* seconds since a status list's iat; 0: its own exp alone decides */
};

struct sw1_verifier;

/* A verifier that trusts `root`; the memory is copied and may be NULL. */
struct sw1_verifier *sw1_verifier_new(struct arena *arena, const struct sw1_key *root,
                                      const struct sw1_settings *settings,
                                      const struct sw1_memory *memory);

/* Takes the trust list. SW1_VALID, or SW1_TRUST_STALE when it is not signed by the root, malformed,
 * or of a lower sequence than one seen; documents then get that answer. */
enum sw1_code sw1_verifier_trust(struct sw1_verifier *verifier, struct span bytes);

/* Takes a status list, after the trust list. SW1_VALID; SW1_STATUS_MISSING when it is unusable (not
 * signed by a status key, malformed, one too many); SW1_STATUS_STALE when it is older than one
 * seen. A newer list of the same URI takes the place of the former. */
enum sw1_code sw1_verifier_status(struct sw1_verifier *verifier, struct span bytes);

/* The memory to keep: what was given and what was taken since. */
const struct sw1_memory *sw1_verifier_memory(const struct sw1_verifier *verifier);

/* The trust list in force; NULL when none. */
const struct sw1_trust *sw1_verifier_keys(const struct sw1_verifier *verifier);

struct sw1_answer {
    enum sw1_code code;
    bool shown; /* the signature holds: `claims` may be shown */
    struct sw1_claims claims;
    const char *wrong;  /* SW1_BAD_CLAIMS: the row at fault */
    struct span kid;    /* of the key named; ptr NULL when it was not reached */
    int64_t status_iat; /* of the list that answered; 0 when none */
};

/* Verifies one text at `now` (seconds since 1970). Texts of the answer live in `arena`. */
void sw1_verify(const struct sw1_verifier *verifier, struct arena *arena, struct span text,
                int64_t now, struct sw1_answer *answer);

/* SW1_VALID when the passport number is the document's (letters and digits compared, case and
 * spacing ignored), else SW1_HOLDER_MISMATCH. For an answer that is otherwise valid. */
enum sw1_code sw1_holder(const struct sw1_claims *claims, struct span passport);

/* For other signed things (closing acts). Key known, purpose documents, state, window at iat, then
 * the algorithm (the key fixes it, the header only has to agree), then the signature. */
enum sw1_code sw1_verifier_signed(const struct sw1_verifier *verifier, struct arena *arena,
                                  const struct cose *cose);

/* The clock and the trust list: SW1_VALID, SW1_CLOCK_DOUBTFUL or SW1_TRUST_STALE at `now`. */
enum sw1_code sw1_verifier_current(const struct sw1_verifier *verifier, int64_t now);

#endif
