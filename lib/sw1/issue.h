/* issue.h - from claims to the text that goes into the QR code. */
#ifndef NORIA_SW1_ISSUE_H
#define NORIA_SW1_ISSUE_H

#include "claims.h"
#include "key.h"

#define SW1_PREFIX "SW1:"

/* Characters of a text at most; a QR code holds 4,296 (version 40-L). */
enum { SW1_TEXT_MAX = 4300 };

/* Checks, encodes and signs the claims: "SW1:" base45(COSE_Sign1), NUL-terminated.
 * Claims that fit their rows make at most 3,100 characters, so every text fits SW1_TEXT_MAX and a
 * QR code of level M (3,391). ERR_DOCUMENT_CLAIMS when a claim does not fit its row, ERR_CRYPTO
 * when signing fails. */
Err CHECKED sw1_issue(struct arena *arena, const struct sw1_key *key,
                      const struct sw1_claims *claims, struct span *text);

#endif
