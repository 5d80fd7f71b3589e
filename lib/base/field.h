/* field.h - a record is one field table: the same table reads a form, a JSON body, a CSV row and an
 * SQL row, names the columns it is written to, and tells a page its limits. */
#ifndef NORIA_BASE_FIELD_H
#define NORIA_BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "date.h"
#include "err.h"
#include "money.h"
#include "rows.h"
#include "text.h"

enum field_kind {
    F_TEXT,    /* const char *, trimmed, one line; NULL when absent; min..max characters */
    F_NOTE,    /* const char *, several lines */
    F_INT,     /* int64_t; FIELD_NONE when absent; min..max */
    F_MONEY,   /* cents (int64_t) read in euros; FIELD_NONE when absent; min..max in cents */
    F_DECIMAL, /* hundredths (int64_t) of a quantity (m2, ha, hours), written as F_MONEY */
    F_DATE,    /* date; DATE_NONE when absent; min..max when max is not 0 */
    F_BOOL, /* bool; absent is false. "1" "true" "on" "yes" "oui" / "0" "false" "off" "no" "non" */
    F_CHOICE, /* const char * into .choices; NULL when absent */
    F_EMAIL,  /* const char *; at most 254 characters, one @ with something on both sides */
    F_DIGITS  /* const char *: decimal digits only; min..max of them */
};

#define FIELD_NONE INT64_MIN

enum {
    FIELD_REQUIRED = 1,
    FIELD_EXACT = 2 /* taken as it was sent, with the spaces around it: passwords */
};

struct field {
    const char *name; /* form, JSON and CSV name, and the SQL column and :parameter */
    enum field_kind kind;
    size_t offset; /* of the member in the record */
    int64_t min;
    int64_t max;
    unsigned flags;
    const char *const *choices; /* F_CHOICE: ends with NULL */
    const char *label;          /* English msgid for forms and errors */
};

/* Ends a field table. */
#define FIELD_END                                                                                  \
    { NULL, F_TEXT, 0, 0, 0, 0, NULL, NULL }

/* Where values come from. `get` gives false when the name is absent; an empty value counts as
 * absent. `repeated`, when not NULL, tells that a name is given more than once. */
struct source {
    const void *impl;
    bool (*get)(const void *impl, const char *name, struct span *value);
    bool (*repeated)(const void *impl, const char *name);
};

/* Reads every field of `fields` from `source` into `record`, adding a fault for each bad value
 * (the whole table is read, so that the user sees all faults at once). Members of absent fields get
 * their "absent" value. Texts are copied to `arena`.
 * OK, or ERR_INVALID_INPUT when a fault was added. */
Err CHECKED fields_parse(struct arena *arena, const struct field *fields,
                         const struct source *source, void *record, struct faults *faults);

/* Fills `record` from row `row` of a query whose columns bear the fields' names (columns that are
 * not there leave the absent value). Values are trusted: they were checked on the way in. */
void fields_load(struct arena *arena, const struct field *fields, const struct rows *rows, int row,
                 void *record);

/* The member as the text that PostgreSQL takes and a form shows ("2026-03-01", "12.02", "true");
 * NULL when absent. Money is numeric(12,2) in SQL and cents in C. */
const char *field_text(struct arena *arena, const struct field *field, const void *record);

/* The field of that name, or NULL. */
const struct field *field_find(const struct field *fields, const char *name);

#endif
