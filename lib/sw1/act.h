/* act.h - a detached signature over a file that closes something (a campaign's closing act): a
 * COSE_Sign1 by a document key, whose payload binds the file's SHA-256 to what kind of act it is.
 *
 * typ `application/vnd.noria.act+cwt` keeps it from ever being taken for a worker document.
 * Claims: 1 iss, 6 iat, -70020 kind (text), -70021 SHA-256 of the file (32 bytes). */
#ifndef NORIA_SW1_ACT_H
#define NORIA_SW1_ACT_H

#include "verify.h"

#define SW1_ACT_TYP "application/vnd.noria.act+cwt"
#define SW1_ACT_CLOSING "noria-closing-act"

/* Signs `bytes` as an act of `kind` made at `iat` (seconds since 1970). ERR_CRYPTO. */
Err CHECKED sw1_act_sign(struct arena *arena, const struct sw1_key *key, const char *kind,
                         struct span iss, int64_t iat, struct span bytes, struct span *signature);

struct sw1_act {
    struct span iss;
    int64_t iat;
    struct span kid;
};

/* Verifies a signature over `bytes` at `now`: the codes and the order of a document up to the dates
 * (an act does not expire and has no status). SW1_BAD_SIGNATURE as well when the signature holds
 * but is of another file or another kind. `act` is written when the answer is SW1_VALID. */
enum sw1_code sw1_act_verify(const struct sw1_verifier *verifier, struct arena *arena,
                             const char *kind, struct span bytes, struct span signature,
                             int64_t now, struct sw1_act *act);

#endif
