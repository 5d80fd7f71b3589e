/* sw1_fixture.h - an issuer for tests: root, document and status keys, lists, a document's claims.
 */
#ifndef NORIA_TESTS_SW1_FIXTURE_H
#define NORIA_TESTS_SW1_FIXTURE_H

#include "../../lib/base/arena.h"
#include "../../lib/sw1/issue.h"
#include "../../lib/sw1/verify.h"

enum { FIXTURE_NOW = 1800000000, FIXTURE_DAY = 86400 };
#define FIXTURE_URI "https://noria.example/.well-known/noria/status-1.cwt"

struct sw1_fixture {
    struct arena *arena;
    struct sw1_key *root;
    struct sw1_key *document;
    struct sw1_key *status;
    struct sw1_trust trust;      /* document key first, status key second; in force for 100 days */
    struct sw1_status_list list; /* a full list of valid entries */
    uint8_t *packed;             /* its bytes */
    struct sw1_claims claims;    /* a worker document valid at FIXTURE_NOW */
    struct sw1_settings settings;
};

/* The claims of the fixture: a worker document issued ten days before FIXTURE_NOW, for 200 more. */
struct sw1_claims sw1_fixture_claims(void);

void sw1_fixture_init(struct sw1_fixture *fixture, struct arena *arena);

/* The fixture's lists as they are now, signed. */
struct span sw1_fixture_trust(const struct sw1_fixture *fixture);
struct span sw1_fixture_status(const struct sw1_fixture *fixture);

/* A verifier with both lists. */
struct sw1_verifier *sw1_fixture_verifier(const struct sw1_fixture *fixture);

/* The text of the fixture's claims. */
struct span sw1_fixture_text(const struct sw1_fixture *fixture);

/* "SW1:" around any COSE bytes, and the text of a payload signed by the document key. */
struct span sw1_fixture_wrap(const struct sw1_fixture *fixture, struct span cose);
struct span sw1_fixture_payload(const struct sw1_fixture *fixture, struct span payload);

/* The answer to a text at FIXTURE_NOW by a verifier with both lists. */
enum sw1_code sw1_fixture_code(const struct sw1_fixture *fixture, struct span text);

#endif
