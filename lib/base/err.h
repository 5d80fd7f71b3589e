/* err.h - every refusal Noria can give, in one table, and the list of faults found in an input.
 *
 * A function that can fail returns Err, its outputs last and written on success only. Nobody logs
 * or maps an Err to a status but http/respond.c and client-cli/output.c.
 * The table is err.def: a row is (NAME, HTTP status, English sentence with {detail}). The
 * lower-case NAME is the stable code that the API shows and the name that a PostgreSQL constraint
 * or RAISE ... USING CONSTRAINT bears, so a rule enforced in the database needs no mapping of its
 * own. */
#ifndef NORIA_BASE_ERR_H
#define NORIA_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

typedef enum Err {
    OK = 0,
#define E(name, status, sentence) ERR_##name,
#include "err.def"
#undef E
    ERR_COUNT
} Err;

#define CHECKED __attribute__((warn_unused_result))

/* Returns early from a function of type Err. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        Err try_err_ = (call);                                                                     \
        if (try_err_ != OK) {                                                                      \
            return try_err_;                                                                       \
        }                                                                                          \
    } while (0)

/* The first of two results that is a refusal. Both are made first, so that a form that is read in
 * parts has all its faults told at once. */
static inline Err err_first(Err one, Err other) {
    return one != OK ? one : other;
}

/* The stable lower-case code ("not_found"). */
const char *err_code(Err err);

/* The HTTP status of a refusal; 200 for OK. */
int err_status(Err err);

/* The English sentence, the msgid of its translations. It may hold one {detail}. */
const char *err_sentence(Err err);

/* The place in a sentence that a detail fills: "{detail}", or "{detail:kind}", which says what kind
 * of label or value the detail is made of (server/view/refusal.h). */
struct err_hole {
    size_t at;        /* bytes before it */
    size_t end;       /* where the sentence goes on */
    const char *kind; /* in the sentence; "" without one */
    size_t kind_len;
};

/* Finds the hole of `sentence` (a row's own or its translation); false without one. */
bool err_hole(const char *sentence, struct err_hole *hole);

/* The English sentence with its detail (NULL: none) as it is: for the terminal. */
const char *err_text(struct arena *arena, Err err, const char *detail);

/* How refusals are said to somebody, for who writes them where no answer is written (the error file
 * of an import): say(arena, language, err, detail) gives a sentence; `detail` may be NULL. */
struct err_voice {
    const char *(*say)(struct arena *arena, int language, Err err, const char *detail);
    int language;
};

/* The Err of a code or of a constraint's name; ERR_COUNT when there is none. */
Err err_by_code(const char *code);

/* One thing wrong with an input. `field` is the name as the client sent it ("" for the whole
 * input); `detail` (a bound, an allowed list, dates) fills {detail} and never holds an identity. */
struct fault {
    const char *field;
    Err err;
    const char *detail;
};

enum { FAULTS_MAX = 50 };

/* The faults of one input, in the order found. Past FAULTS_MAX they are only counted. */
struct faults {
    struct arena *arena;
    size_t count;
    struct fault list[FAULTS_MAX];
};

/* Starts an empty list whose texts are kept in `arena`. */
void faults_init(struct faults *faults, struct arena *arena);

/* Adds a fault (copies field and detail; detail may be NULL) and returns `err`, so that a rule can
 * end with `return fault(...)`. */
Err fault(struct faults *faults, const char *field, Err err, const char *detail);

/* As fault(), with a printf detail. */
Err faultf(struct faults *faults, const char *field, Err err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* OK when the list is empty, else ERR_INVALID_INPUT. */
Err CHECKED faults_err(const struct faults *faults);

#endif
