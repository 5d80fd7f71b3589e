#include "template_ops.h"

#include <stdio.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "html_context.h"

enum { NESTING = 24, ERROR_SIZE = 256 };

struct open_section {
    int op;
    struct html html;
};

struct compiler {
    struct arena *arena;
    const char *name;
    struct span source;
    size_t at;
    struct html html;
    struct op *ops;
    int count, cap;
    struct open_section open[NESTING];
    int depth;
    const char *why;
};

static bool refuse(struct compiler *c, const char *why) {
    c->why = why;
    return false;
}

static struct op *add_op(struct compiler *c, enum op_kind kind) {
    if (c->count == c->cap) {
        int cap = c->cap == 0 ? 32 : c->cap * 2;
        struct op *ops = arena_array(c->arena, (size_t)cap, sizeof *ops);
        if (c->count > 0) {
            memcpy(ops, c->ops, (size_t)c->count * sizeof *ops);
        }
        c->ops = ops;
        c->cap = cap;
    }
    struct op *op = &c->ops[c->count++];
    op->kind = kind;
    return op;
}

static const char *keep(struct compiler *c, struct span text) {
    return arena_copy(c->arena, text.ptr, text.len);
}

static bool is_path(struct span path) {
    if (path.len == 1 && path.ptr[0] == '.') {
        return true;
    }
    char before = '.';
    for (size_t i = 0; i < path.len; i++) {
        char ch = path.ptr[i];
        bool word = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_' ||
                    (ch >= '0' && ch <= '9');
        if (!word && (ch != '.' || before == '.')) {
            return false;
        }
        before = ch;
    }
    return before != '.';
}

/* How a value standing here is made safe. */
static bool place(struct compiler *c, enum op_escape *escape) {
    *escape = ESCAPE_HTML;
    if (c->html.state == HTML_TEXT) {
        return true;
    }
    if (c->html.state != HTML_QUOTED) {
        return refuse(c, "a value may stand in text and in \"…\" attributes only");
    }
    if (c->html.attr == ATTR_FORBIDDEN) {
        return refuse(c, "no value in a style, on* or srcdoc attribute");
    }
    if (c->html.attr == ATTR_ADDRESS) {
        const char *start = c->html.value;
        bool local = start[0] == '?' || start[0] == '#' || (start[0] == '/' && start[1] != '/');
        if (!local) {
            return refuse(c, "an address must start with a literal /, ? or #");
        }
        *escape = ESCAPE_PART;
        if (start[1] == '\0' && start[0] != '#') {
            *escape = start[0] == '/' ? ESCAPE_PATH : ESCAPE_QUERY;
            c->html.value[1] = '*'; /* what follows is a part */
        }
    }
    return true;
}

/* --- the tags -----------------------------------------------------------------------------------
 */

static bool read_filter(struct compiler *c, struct span filter, struct op *op) {
    static const struct {
        const char *name;
        enum op_filter filter;
    } filters[] = {{"date", FILTER_DATE},
                   {"money", FILTER_MONEY},
                   {"number", FILTER_NUMBER},
                   {"time", FILTER_TIME}};
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        if (span_is(filter, filters[i].name)) {
            op->filter = filters[i].filter;
            return true;
        }
    }
    if (filter.len > 6 && memcmp(filter.ptr, "label:", 6) == 0) {
        op->filter = FILTER_LABEL;
        op->arg = keep(c, (struct span){filter.ptr + 6, filter.len - 6});
        return true;
    }
    return refuse(c, "an unknown filter");
}

static bool value_tag(struct compiler *c, struct span body) {
    enum op_escape escape = ESCAPE_HTML;
    if (!place(c, &escape)) {
        return false;
    }
    struct op *op = add_op(c, OP_VALUE);
    op->escape = escape;
    const char *bar = memchr(body.ptr, '|', body.len);
    struct span path =
        text_trim((struct span){body.ptr, bar == NULL ? body.len : (size_t)(bar - body.ptr)});
    if (!is_path(path)) {
        return refuse(c, "a name is made of letters, digits, _ and single dots");
    }
    op->text = keep(c, path);
    if (bar == NULL) {
        return true;
    }
    size_t rest = body.len - (size_t)(bar - body.ptr) - 1;
    return read_filter(c, text_trim((struct span){bar + 1, rest}), op);
}

static bool sentence_tag(struct compiler *c, struct span body) {
    enum op_escape escape = ESCAPE_HTML;
    if (!place(c, &escape)) {
        return false;
    }
    if (escape != ESCAPE_HTML) {
        return refuse(c, "a sentence in an address");
    }
    if (body.len == 0 || memchr(body.ptr, '\n', body.len) != NULL) {
        return refuse(c, "a sentence is not empty and on one line");
    }
    struct op *op = add_op(c, OP_SENTENCE);
    op->text = keep(c, body);
    return true;
}

static bool section_tag(struct compiler *c, struct span body, bool inverted) {
    if (c->depth == NESTING) {
        return refuse(c, "sections nested too deep");
    }
    const char *why = html_boundary(&c->html);
    if (why != NULL) {
        return refuse(c, why);
    }
    const char *equal = memchr(body.ptr, '=', body.len);
    size_t len = equal == NULL ? body.len : (size_t)(equal - body.ptr);
    struct span path = text_trim((struct span){body.ptr, len});
    if (!is_path(path)) {
        return refuse(c, "a name is made of letters, digits, _ and single dots");
    }
    c->open[c->depth++] = (struct open_section){c->count, c->html};
    struct op *op = add_op(c, OP_SECTION);
    op->inverted = inverted;
    op->text = keep(c, path);
    op->arg = equal == NULL ? NULL : keep(c, (struct span){equal + 1, body.len - len - 1});
    return true;
}

static bool end_tag(struct compiler *c, struct span body) {
    if (c->depth == 0) {
        return refuse(c, "the end of a section that was not begun");
    }
    const struct open_section *open = &c->open[--c->depth];
    struct op *op = &c->ops[open->op];
    if (!span_is(text_trim(body), op->text)) {
        return refuse(c, "the end of another section");
    }
    const char *why = html_boundary(&c->html);
    if (why != NULL) {
        return refuse(c, why);
    }
    if (!html_join(&c->html, &open->html)) {
        return refuse(c, "a section must end in the place of the page where it began");
    }
    op->end = c->count;
    return true;
}

static bool partial_tag(struct compiler *c, struct span body) {
    struct span name = text_trim(body);
    if (c->html.state != HTML_TEXT) {
        return refuse(c, "a partial may stand in text only");
    }
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.ptr[i];
        if (!(ch >= 'a' && ch <= 'z') && ch != '_' && ch != '/' && !(ch >= '0' && ch <= '9')) {
            return refuse(c, "a partial's name");
        }
    }
    if (name.len == 0) {
        return refuse(c, "a partial's name");
    }
    add_op(c, OP_PARTIAL)->text = keep(c, name);
    return true;
}

static bool read_tag(struct compiler *c, struct span body) {
    if (body.len == 0) {
        return refuse(c, "an empty tag");
    }
    struct span rest = {body.ptr + 1, body.len - 1};
    switch (body.ptr[0]) {
    case '!':
        return true;
    case '_':
        return sentence_tag(c, rest);
    case '#':
        return section_tag(c, rest, false);
    case '^':
        return section_tag(c, rest, true);
    case '/':
        return end_tag(c, rest);
    case '>':
        return partial_tag(c, rest);
    case '{':
    case '&':
        return refuse(c, "there is no unescaped value");
    default:
        return value_tag(c, body);
    }
}

/* --- the text -----------------------------------------------------------------------------------
 */

static bool starts(const struct compiler *c, size_t at, const char *two) {
    return at + 1 < c->source.len && c->source.ptr[at] == two[0] && c->source.ptr[at + 1] == two[1];
}

static bool read_literal(struct compiler *c) {
    size_t start = c->at;
    while (c->at < c->source.len && !starts(c, c->at, "{{")) {
        const char *why = html_literal(&c->html, c->source.ptr[c->at]);
        if (why != NULL) {
            return refuse(c, why);
        }
        c->at++;
    }
    if (c->at > start) {
        struct op *op = add_op(c, OP_LITERAL);
        op->text = keep(c, (struct span){c->source.ptr + start, c->at - start});
        op->len = c->at - start;
    }
    return true;
}

static bool read_next(struct compiler *c) {
    if (!starts(c, c->at, "{{")) {
        return read_literal(c);
    }
    size_t start = c->at + 2;
    size_t end = start;
    while (end < c->source.len && !starts(c, end, "}}")) {
        end++;
    }
    if (end >= c->source.len) {
        return refuse(c, "a tag without its end");
    }
    if (c->source.ptr[start] == '_' && starts(c, end + 1, "}}")) {
        end++; /* {{_… {name}}} */
    }
    struct span body = {c->source.ptr + start, end - start};
    bool sentence = body.len > 0 && (body.ptr[0] == '_' || body.ptr[0] == '!');
    if (!read_tag(c, sentence ? body : text_trim(body))) {
        return false;
    }
    c->at = end + 2;
    return true;
}

static int line_of(const struct compiler *c) {
    int line = 1;
    for (size_t i = 0; i < c->at && i < c->source.len; i++) {
        line += c->source.ptr[i] == '\n';
    }
    return line;
}

static bool compile(struct compiler *c) {
    if (!text_is_utf8(c->source)) {
        return refuse(c, "not UTF-8");
    }
    while (c->at < c->source.len) {
        if (!read_next(c)) {
            return false;
        }
    }
    if (c->depth > 0) {
        return refuse(c, "a section without its end");
    }
    return c->html.state == HTML_TEXT ? true : refuse(c, "the text ends inside a tag");
}

Err template_compile(struct arena *arena, const char *name, struct span source,
                     struct template *out, char error[ERROR_SIZE]) {
    struct compiler c = {.arena = arena, .name = name, .source = source};
    if (!compile(&c)) {
        (void)snprintf(error, ERROR_SIZE, "%s:%d: %s", name, line_of(&c), c.why);
        return ERR_UNREADABLE;
    }
    static const char doctype[] = "<!doctype";
    out->name = arena_strdup(arena, name);
    out->ops = c.ops;
    out->count = c.count;
    out->document = source.len >= sizeof doctype - 1 &&
                    strncasecmp(source.ptr, doctype, sizeof doctype - 1) == 0;
    return OK;
}

Err template_check(const char *name, struct span source, char error[ERROR_SIZE]) {
    struct arena *arena = arena_new();
    struct template out;
    Err err = template_compile(arena, name, source, &out, error);
    arena_free(arena);
    return err;
}
