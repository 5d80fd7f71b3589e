/* code.h - what a verifier can answer: stable codes, exit classes and what to do, in one table
 * (code.def). */
#ifndef NORIA_SW1_CODE_H
#define NORIA_SW1_CODE_H

/* Exit status of a verification. A batch ends with the worst, in the order USAGE, UNREADABLE,
 * REFUSED, UNSURE, VALID. */
enum sw1_exit {
    SW1_EXIT_VALID = 0,
    SW1_EXIT_REFUSED = 1,    /* for good */
    SW1_EXIT_UNSURE = 2,     /* a list is stale or missing, the key unknown, the clock doubtful */
    SW1_EXIT_UNREADABLE = 3, /* no document could be read from the input */
    SW1_EXIT_USAGE = 64
};

enum sw1_code {
#define C(code, exit, en, fr, ar) SW1_##code,
#include "code.def"
#undef C
    SW1_CODES
};

enum sw1_lang { SW1_EN, SW1_FR, SW1_AR };

/* "BAD_SIGNATURE". */
const char *sw1_code_name(enum sw1_code code);

enum sw1_exit sw1_code_exit(enum sw1_code code);

/* One or two sentences: what is wrong and what to do. */
const char *sw1_code_sentence(enum sw1_code code, enum sw1_lang lang);

/* The worse of two exit statuses. */
enum sw1_exit sw1_exit_worse(enum sw1_exit a, enum sw1_exit b);

#endif
