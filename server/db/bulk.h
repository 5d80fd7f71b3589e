/* bulk.h - blocking COPY and statements on one connection of its own, for offloaded imports only.
 */
#ifndef NORIA_DB_BULK_H
#define NORIA_DB_BULK_H

#include "db.h"

struct bulk;

/* Prepares a bulk connection with the handle's class, actor and clock, from the request's task;
 * everything else runs on the pool thread inside offload(). */
struct bulk *bulk_new(struct db *db, const struct db_once *once);

/* Connects and begins the transaction (actor settings, once_begin). As db_tx for errors. */
Err CHECKED bulk_begin(struct bulk *bulk);

/* After ERR_IDEMPOTENCY_REPLAY from bulk_begin() or bulk_commit(), from the request's task: the
 * answer that was stored. ERR_NOT_FOUND, ERR_IDEMPOTENCY_MISMATCH. */
Err CHECKED db_stored(struct db *db, const struct db_once *once, struct db_answer *answer);

/* A statement inside the transaction. */
Err CHECKED bulk_run(struct bulk *bulk, enum stmt stmt, const struct arg *args, struct rows *rows);

/* PostgreSQL refuses COPY into a table under row-level security (0A000): copy into a temporary
 * table (CREATE TEMP TABLE ... ON COMMIT DROP through bulk_run(), in blocks with an empty `--
 * class:` line since check-sql has no such table), then INSERT ... SELECT, which the policies see.
 *
 * COPY ... FROM STDIN given by a block whose text is the COPY statement; then rows of as many
 * values as it has columns (ptr NULL is SQL NULL); then the end. */
Err CHECKED bulk_copy_begin(struct bulk *bulk, enum stmt stmt);
Err CHECKED bulk_copy_row(struct bulk *bulk, const struct span *values, int count);
Err CHECKED bulk_copy_end(struct bulk *bulk);

/* Stores the answer under the key, commits, closes. bulk_abort rolls back and closes. */
Err CHECKED bulk_commit(struct bulk *bulk, const struct db_answer *answer);
void bulk_abort(struct bulk *bulk);

#endif
