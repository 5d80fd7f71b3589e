/* rules.h - the fraud rules, each with what it means and what a person does about it.
 *
 * A rule never decides: it opens a case with evidence (codes, ids, dates, numbers; never an
 * identity), which a person settles. migrations/replaceable/07_screening.sql has the same codes for
 * SQL to join; a test compares the two. Source of the patterns: press and court reports on seasonal
 * recruitment. */
#ifndef NORIA_SCREENING_RULES_H
#define NORIA_SCREENING_RULES_H

#include <stdbool.h>

enum severity { SEVERITY_NOTE, SEVERITY_SERIOUS, SEVERITY_GRAVE };

struct rule {
    const char *code;
    enum severity severity;
    bool blocking;       /* its subject can do nothing binding while the case stands */
    int due_days;        /* to settle it */
    bool second_person;  /* settled by two accounts */
    const char *meaning; /* English msgid: what was seen */
    const char *action;  /* English msgid: what to compare and ask */
};

/* Ends with a row whose code is NULL. */
extern const struct rule screening_rules[];

/* The rule of a code; NULL when there is none. */
const struct rule *rule_find(const char *code);

/* "note", "serious", "grave". */
const char *severity_name(enum severity severity);

#endif
