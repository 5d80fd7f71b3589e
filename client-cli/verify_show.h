/* verify_show.h - answers of a verifier for people (fr, en, ar) and for programs (--json). */
#ifndef NORIA_CLIENT_VERIFY_SHOW_H
#define NORIA_CLIENT_VERIFY_SHOW_H

#include "../lib/sw1/verify.h"
#include "commands.h"
#include "verify_input.h"

struct show {
    struct cli *cli;
    enum sw1_lang lang;
    bool quiet;
};

/* --lang, else the language of LC_ALL, LC_MESSAGES or LANG, else English. */
enum sw1_lang show_language(const char *given);

/* One verified text; `line` of the input when it has several, else 0. */
void show_document(const struct show *show, const char *input, int line,
                   const struct sw1_answer *answer);

/* An input in which there was none. */
void show_fault(const struct show *show, const char *input, enum input_fault fault);

/* A signed act: `iss` and `iat` count when the code is SW1_VALID. */
void show_act(const struct show *show, const char *input, enum sw1_code code, struct span iss,
              int64_t iat);

#endif
