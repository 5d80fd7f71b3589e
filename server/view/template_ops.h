/* template_ops.h - a compiled template; shared by the files template*.c only. */
#ifndef NORIA_VIEW_TEMPLATE_OPS_H
#define NORIA_VIEW_TEMPLATE_OPS_H

#include <stdbool.h>
#include <stddef.h>

#include "../../lib/base/text.h"
#include "template.h"

enum op_kind { OP_LITERAL, OP_VALUE, OP_SENTENCE, OP_SECTION, OP_PARTIAL };

/* How a value is made safe where it stands. */
enum op_escape {
    ESCAPE_HTML, /* text and double-quoted attributes */
    ESCAPE_PART, /* within an address: everything but unreserved characters is encoded */
    ESCAPE_PATH, /* right after href="/": a whole local path, its own leading slashes dropped */
    ESCAPE_QUERY /* right after href="?": a whole query string */
};

enum op_filter { FILTER_NONE, FILTER_DATE, FILTER_MONEY, FILTER_LABEL, FILTER_NUMBER, FILTER_TIME };

struct op {
    enum op_kind kind;
    enum op_escape escape;
    enum op_filter filter;
    bool inverted;    /* SECTION: {{^ */
    const char *text; /* LITERAL bytes, VALUE and SECTION path, SENTENCE msgid, PARTIAL name */
    size_t len;       /* of a LITERAL */
    const char *arg;  /* VALUE: the label's kind; SECTION: the text to equal, or NULL */
    int end;          /* SECTION: the op after the section */
};

struct template {
    const char *name;
    int count;
    struct op *ops;
    bool document; /* starts with <!doctype: shown without the layout */
};

/* Compiles one text; its ops live in `arena`. `error` gets "name:line: reason". */
Err CHECKED template_compile(struct arena *arena, const char *name, struct span source,
                             struct template *out, char error[256]);

#endif
