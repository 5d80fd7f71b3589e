/* app.h - what is decided at start and const from then on: settings, keys, templates, the clock. */
#ifndef NORIA_APP_H
#define NORIA_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/base/text.h"

struct clock;
struct sw1_key;
struct seal;      /* candidate/seal.h: keys that seal identities and blind look-ups */
struct signer;    /* document/signer.h: document and status keys, trust list */
struct templates; /* view/template.h */

struct app {
    struct clock
        *clock; /* moved only by the adjustable-clock route of `serve --adjustable-clock` */
    const struct templates *templates;
    const struct seal *seal;
    uint8_t request_key[32]; /* of seal_request_key() */
    const struct signer *signer;
    const struct sw1_key
        *log_key;                /* signs the heads of the audit log; NULL: nothing is sequenced */
    struct span log_certificate; /* its public part, signed by the root */
    const char *base_url;  /* public address, without a final slash: "http://127.0.0.1:8080" */
    const char *issuer;    /* "FR:OFII" */
    const char *spool;     /* folder for uploads under way */
    const char *keys;      /* folder of the key files, or NULL */
    unsigned factor_roles; /* of route.h: who must have a second factor */
    bool adjustable_clock;
};

#endif
