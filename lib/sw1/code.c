#include "code.h"

#include <stddef.h>

struct row {
    const char *name;
    enum sw1_exit exit;
    const char *sentence[3];
};

static const struct row rows[] = {
#define C(code, exit, en, fr, ar) {#code, exit, {en, fr, ar}},
#include "code.def"
#undef C
};

const char *sw1_code_name(enum sw1_code code) {
    return rows[code].name;
}

enum sw1_exit sw1_code_exit(enum sw1_code code) {
    return rows[code].exit;
}

const char *sw1_code_sentence(enum sw1_code code, enum sw1_lang lang) {
    return rows[code].sentence[lang];
}

enum sw1_exit sw1_exit_worse(enum sw1_exit a, enum sw1_exit b) {
    static const enum sw1_exit worst_first[] = {SW1_EXIT_USAGE, SW1_EXIT_UNREADABLE,
                                                SW1_EXIT_REFUSED, SW1_EXIT_UNSURE};
    for (size_t i = 0; i < sizeof worst_first / sizeof *worst_first; i++) {
        if (a == worst_first[i] || b == worst_first[i]) {
            return worst_first[i];
        }
    }
    return SW1_EXIT_VALID;
}
