/* signer.h - what the server signs with: the document key and the status key of NORIA_KEYS, checked
 * against the trust list at start. The root key never comes here. */
#ifndef NORIA_DOCUMENT_SIGNER_H
#define NORIA_DOCUMENT_SIGNER_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/sw1/verify.h"

struct arena;
struct signer;

/* Reads folder/{root.cosekey,trust.cwt,document.key,status.key,log.key,log.cwt}. The passphrase is
 * in `passphrase_file`, or, when that is NULL, in systemd's credential noria-passphrase. Refuses
 * keys that the trust list does not let sign at `now`, a list that has expired, and a list of
 * another issuer; the reason is logged. ERR_IO for files, ERR_CRYPTO for the rest. Everything lives
 * in `arena`. */
Err CHECKED signer_load(struct arena *arena, const char *folder, const char *passphrase_file,
                        const char *issuer, int64_t now, const struct signer **signer);

/* For tests: a signer from what was made in memory. */
const struct signer *signer_from(struct arena *arena, struct span root, struct span trust,
                                 const struct sw1_key *document, const struct sw1_key *status);

const struct sw1_key *signer_document_key(const struct signer *signer);
const struct sw1_key *signer_status_key(const struct signer *signer);

/* The key of the audit log and its certificate; NULL for a signer made in memory. */
const struct sw1_key *signer_log_key(const struct signer *signer, struct span *certificate);

/* The files that verifiers fetch. */
struct span signer_root(const struct signer *signer);
struct span signer_trust(const struct signer *signer);

/* A verifier with the server's own trust list, without status lists yet. */
struct sw1_verifier *signer_verifier(const struct signer *signer, struct arena *arena);

/* --- signed status lists, kept until their version moves or they grow old ----------------------
 */

enum { SIGNER_LIST_MAX = 32, STATUS_TTL = 12 * 3600, STATUS_EXP = 48 * 3600, STATUS_AGE = 3600 };

/* The signed list when it is of that version and younger than STATUS_AGE at `now`; the bytes are
 * copied to `arena`. Any thread. */
bool signer_status_get(const struct signer *signer, struct arena *arena, int list_no,
                       int64_t version, int64_t now, struct span *bytes);

/* Keeps a signed list made at `now`. Any thread. */
void signer_status_put(const struct signer *signer, int list_no, int64_t version, int64_t now,
                       struct span bytes);

#endif
