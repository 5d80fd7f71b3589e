#include "err.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "arena.h"

struct err_row {
    const char *name; /* upper case, as in err.def */
    int status;
    const char *sentence;
};

static const struct err_row rows[ERR_COUNT] = {
    [OK] = {"OK", 200, ""},
#define E(name, status, sentence) [ERR_##name] = {#name, (status), (sentence)},
#include "err.def"
#undef E
};

/* Room for the longest lower-case code. */
enum { CODE_MAX = 48 };

static const struct err_row *row_of(Err err) {
    return &rows[err < ERR_COUNT ? err : ERR_INTERNAL];
}

/* The codes are the rows' own names in lower case, which the preprocessor cannot make: they are
 * spelled once, before main(). */
static char codes[ERR_COUNT][CODE_MAX];

__attribute__((constructor)) static void spell_codes(void) {
    for (int err = OK; err < ERR_COUNT; err++) {
        const char *name = rows[err].name;
        for (size_t i = 0; name[i] != '\0' && i < CODE_MAX - 1; i++) {
            codes[err][i] = (char)tolower((unsigned char)name[i]);
        }
    }
}

const char *err_code(Err err) {
    return codes[err < ERR_COUNT ? err : ERR_INTERNAL];
}

int err_status(Err err) {
    return row_of(err)->status;
}

const char *err_sentence(Err err) {
    return row_of(err)->sentence;
}

bool err_hole(const char *sentence, struct err_hole *hole) {
    static const char opening[] = "{detail";
    const char *at = strstr(sentence, opening);
    const char *end = at == NULL ? NULL : strchr(at, '}');
    if (end == NULL) {
        return false;
    }
    const char *kind = at + sizeof opening - 1;
    kind += *kind == ':';
    *hole = (struct err_hole){(size_t)(at - sentence), (size_t)(end - sentence) + 1, kind,
                              (size_t)(end - kind)};
    return true;
}

const char *err_text(struct arena *arena, Err err, const char *detail) {
    const char *sentence = err_sentence(err);
    struct err_hole hole;
    if (!err_hole(sentence, &hole)) {
        return sentence;
    }
    return arena_printf(arena, "%.*s%s%s", (int)hole.at, sentence, detail == NULL ? "" : detail,
                        sentence + hole.end);
}

Err err_by_code(const char *code) {
    for (int err = OK + 1; err < ERR_COUNT; err++) {
        if (strcmp(codes[err], code) == 0) {
            return (Err)err;
        }
    }
    return ERR_COUNT;
}

void faults_init(struct faults *faults, struct arena *arena) {
    memset(faults, 0, sizeof *faults);
    faults->arena = arena;
}

Err fault(struct faults *faults, const char *field, Err err, const char *detail) {
    if (faults->count < FAULTS_MAX) {
        faults->list[faults->count] = (struct fault){
            .field = arena_strdup(faults->arena, field == NULL ? "" : field),
            .err = err,
            .detail = arena_strdup(faults->arena, detail),
        };
    }
    faults->count++;
    return err;
}

Err faultf(struct faults *faults, const char *field, Err err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *detail = arena_vprintf(faults->arena, format, args);
    va_end(args);
    return fault(faults, field, err, detail);
}

Err faults_err(const struct faults *faults) {
    return faults->count == 0 ? OK : ERR_INVALID_INPUT;
}
