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
 * table, from which a statement or a function moves the rows to where policies or that function
 * look after them.
 *
 * Rows for COPY ... FROM STDIN (FORMAT binary) gather in memory, also while a started statement
 * runs: bulk_copy_row() begins one, and a put a column follows, each of the column's own type.
 * bulk_copy() sends and forgets them. `stmt` is a block whose text is the COPY statement (with an
 * empty `-- class:` line where the table exists only inside the transaction). */
void bulk_copy_row(struct bulk *bulk, int columns);
void bulk_put(struct bulk *bulk, struct span value);       /* text, bytea; ptr NULL is SQL NULL */
void bulk_put_text(struct bulk *bulk, const char *text);   /* the same; NULL is SQL NULL */
void bulk_put_words(struct bulk *bulk, const char *array); /* text[], written "{a,\"b c\"}" without
                                                            * escapes or NULLs; NULL is SQL NULL */
void bulk_put_bigint(struct bulk *bulk, int64_t value);    /* FIELD_NONE is SQL NULL */
void bulk_put_int(struct bulk *bulk, int32_t value);
void bulk_put_bool(struct bulk *bulk, bool value);
void bulk_put_date(struct bulk *bulk, date value); /* DATE_NONE is SQL NULL */
Err CHECKED bulk_copy(struct bulk *bulk, enum stmt stmt);

/* Starts a statement and does not wait for it; bulk_wait() gives its rows, and must come before any
 * other call but bulk_copy_row(), bulk_put…() and bulk_abort(). */
Err CHECKED bulk_start(struct bulk *bulk, enum stmt stmt, const struct arg *args);
Err CHECKED bulk_wait(struct bulk *bulk, struct rows *rows);

/* Stores the answer under the key, commits, closes. bulk_abort rolls back and closes. */
Err CHECKED bulk_commit(struct bulk *bulk, const struct db_answer *answer);
void bulk_abort(struct bulk *bulk);

#endif
