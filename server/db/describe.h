/* describe.h - which columns a statement gives, as PostgreSQL itself says: what the description of
 * the API's answers is made of. Blocking; for commands and tests. */
#ifndef NORIA_DB_DESCRIBE_H
#define NORIA_DB_DESCRIBE_H

#include "db.h"

/* A column that an answer shows (no _leaf). */
struct described {
    const char *name;
    enum column_kind kind;
    bool nullable; /* unless it is proven that it is never null */
};

struct describer;

/* Connects as the URL says, to a migrated database. ERR_UNAVAILABLE. Ends with the arena. */
Err CHECKED describer_open(struct arena *arena, const char *url, struct describer **describer);

/* The columns of a statement, in the arena; asked of PostgreSQL once. Ends with a column without a
 * name. A statement that PostgreSQL refuses is told on stderr and has none. */
const struct described *describe(struct describer *describer, enum stmt stmt);

/* The most rows that a statement's last LIMIT lets through; 0 when it is a parameter or there is
 * none. */
int describe_limit(enum stmt stmt);

/* Whether it counts the rows that its LIMIT leaves out (rows.h: left_out). */
bool describe_counts(enum stmt stmt);

/* Whether the text of a statement itself proves that the column `name` is never null: a count, an
 * EXISTS, an IS NULL, a constant, or what falls back to one by coalesce, of no outer join. Some are
 * missed, none is wrong. */
bool describe_never_null(const char *text, const char *name);

#endif
