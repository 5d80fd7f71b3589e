/* audit.h - the audit log: one order for the leaves that acts leave behind, a tree over them,
 * signed heads, and proofs that anybody can check (lib/sw1/merkle.h, treehead.h, logfile.h).
 *
 * An act writes its leaf in its own transaction and waits for nobody. Once a second a job gives the
 * committed leaves the next positions, in one transaction with the tree's new nodes and its head.
 */
#ifndef NORIA_AUDIT_H
#define NORIA_AUDIT_H

#include <stdint.h>

#include "../../lib/sw1/merkle.h"
#include "../http/route.h"
#include "../run/job.h"

struct db;

/* Sequences what there is. Without a log key nothing is done. */
Err CHECKED audit_sequence(const struct job_desk *desk);

/* Proofs from the database. ERR_NOT_FOUND when no head of that size was signed, or the tree has no
 * such leaf. */
Err CHECKED audit_inclusion(struct db *db, int64_t position, int64_t size,
                            struct merkle_path *path);
Err CHECKED audit_consistency(struct db *db, int64_t from, int64_t size, struct merkle_path *path);

extern const struct route audit_routes[];
extern const struct shows audit_shows[];
extern const struct reads audit_reads[];

#endif
