/* db.h - PostgreSQL as the features see it: named statements in, rows out. The only way to SQL.
 *
 * A statement is a `-- name:` block of a <feature>.sql file, turned into the enum `stmt`
 * (build/gen/stmt.h: Q_CAMPAIGN_BY_ID) by tools/sql2c.awk. Its parameters are written :name in the
 * SQL and given by name here. No function takes SQL text. A column whose name begins with _ is the
 * statement's own affair (audit(...) AS _leaf): it is not among the rows, so no answer shows it.
 *
 * Each class of users has connections of its own under a login of its own:
 * enum db_class = DB_EMPLOYER, DB_PARTNER, DB_OFII, DB_SYSTEM, DB_PUBLIC. */
#ifndef NORIA_DB_DB_H
#define NORIA_DB_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../../lib/base/rows.h"
#include "stmt.h" /* generated: enum stmt */

struct arena;

enum db_class { DB_EMPLOYER, DB_PARTNER, DB_OFII, DB_SYSTEM, DB_PUBLIC, DB_CLASSES };

/* Who acts: travels to PostgreSQL as settings local to the transaction. Zero and "" when nobody. */
struct db_actor {
    enum db_class class;
    int64_t account;
    int64_t org;
    const char *role; /* the word of enum role */
};

/* A request's handle on the database (or a job's). Made by db_open(); lives in its arena. */
struct db;

enum arg_kind { ARG_NULL, ARG_TEXT, ARG_INT, ARG_BOOL, ARG_DATE, ARG_BYTES, ARG_RECORD };

/* One value, or a whole record through its field table, for the statement's :parameters. */
struct arg {
    const char *name;
    enum arg_kind kind;
    int64_t number;
    const void *ptr;
    size_t size;
    const struct field *fields;
};

struct arg arg_null(const char *name);
struct arg arg_text(const char *name, const char *text); /* NULL is SQL NULL */
struct arg arg_span(const char *name, struct span text); /* ptr NULL is SQL NULL */
struct arg arg_int(const char *name, int64_t value);     /* FIELD_NONE is SQL NULL */
struct arg arg_bool(const char *name, bool value);
struct arg arg_date(const char *name, date value);                      /* DATE_NONE is SQL NULL */
struct arg arg_bytes(const char *name, const void *bytes, size_t size); /* bytea */
struct arg arg_record(const struct field *fields, const void *record);

/* ARGS(arg_int("id", id), arg_text("code", code)): the list a call takes. Earlier names win. */
#define ARGS(...)                                                                                  \
    ((const struct arg[]){__VA_ARGS__ __VA_OPT__(, ){NULL, ARG_NULL, 0, NULL, 0, NULL}})

/* Runs a statement and gives its rows (kept until the arena ends; `rows` may be NULL). Suspends the
 * task. Outside a transaction it goes to the read lane, with the actor's settings in the same
 * pipeline for classes under row-level security; inside one it goes to the transaction's own
 * connection.
 * Errors: the Err whose code is the violated constraint's name, with a fault added to db_faults()
 * (field = the COLUMN the error names; {detail} = its DETAIL only when we raised it ourselves,
 * SQLSTATE 'NR001'); ERR_DUPLICATE, ERR_UNKNOWN_REFERENCE, ERR_CHECK_VIOLATION for others;
 * ERR_UNAVAILABLE, ERR_DEADLINE, ERR_OVERLOADED; ERR_SERIALIZATION only reaches db_tx. */
Err CHECKED db_run(struct db *db, enum stmt stmt, const struct arg *args, struct rows *rows);

/* As db_run, but exactly one row, else ERR_NOT_FOUND. */
Err CHECKED db_one(struct db *db, enum stmt stmt, const struct arg *args, struct rows *rows);

/* Adds a fault to db_faults() for each row (field, code of err.def, detail) of a statement that
 * checks an input, beside what was found before: all is told at once. `so_far`: the error of the
 * reading, which is returned when there is one; else ERR_INVALID_INPUT when there are faults. */
Err CHECKED db_check(struct db *db, Err so_far, enum stmt stmt, const struct arg *args);

/* As db_run on the slow lane (no pipelining, statement_timeout): reports and searches. */
Err CHECKED db_slow(struct db *db, enum stmt stmt, const struct arg *args, struct rows *rows);

/* What begins a write request: the idempotency key and the request's hash, or NULLs for a
 * transaction that has none (jobs, audited reads). */
struct db_once {
    const char *key;     /* 16..64 of [A-Za-z0-9-] */
    const uint8_t *hash; /* keyed hash of method, path and body, 32 bytes */
};

/* The stored answer of an earlier request with the same key. */
struct db_answer {
    int status;
    const char *location; /* NULL when none */
    const char *body;     /* NULL when none */
};

/* Runs `act(arg)` in one transaction on a connection of its own: BEGIN, actor settings and the
 * idempotency check travel with the first statement; the answer that `act` leaves in `answer` is
 * stored under the key and committed with the act. All is rolled back when `act` returns an error.
 * 40001 and 40P01 run `act` again, at most 5 times with back-off (so `act` must begin by resetting
 * what it built). A key that was used gives OK with `*replayed` true and the stored answer.
 * Errors: those of db_run; ERR_IDEMPOTENCY_MISMATCH; ERR_OUTCOME_UNKNOWN when the connection broke
 * at COMMIT or COMMIT answered with the notice 01000. */
Err CHECKED db_tx(struct db *db, const struct db_once *once, Err (*act)(void *arg), void *arg,
                  struct db_answer *answer, bool *replayed);

/* Keyset paging: a page's rows come with one row more than `limit` when there is a next page. */

/* The faults that refusals add to; the request's own list. */
struct faults *db_faults(struct db *db);

/* The actor of the handle. */
const struct db_actor *db_actor(const struct db *db);

/* The same request under another class (session look-up, system acts); shares the arena. */
struct db *db_as(struct db *db, const struct db_actor *actor);

/* From now on the handle's calls have this much time together: for one act of a command that is
 * known to be longer than its share. */
void db_patience(struct db *db, int64_t milliseconds);

#endif
