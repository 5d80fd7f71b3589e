#include "template_render.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "format.h"
#include "json_read.h"

/* Partials within partials; a template that includes itself ends here. */
enum { SCOPES = 64, PARTIALS = 12 };

struct render {
    const struct templates *all;
    const struct template *content;
    enum lang lang;
    struct buf *out;
    struct view_value scopes[SCOPES];
    int depth;
    int partials;
};

static void run(struct render *r, const struct template *template, int from, int to);

/* --- looking up ---------------------------------------------------------------------------------
 */

/* A jsonb column is walked like any other list or object. */
static void open_json(struct render *r, struct view_value *value) {
    const char *why = NULL;
    if (value->kind == VIEW_JSON && json_read(r->out->arena, value->text, value, &why) != OK) {
        value->kind = VIEW_NULL;
    }
}

static bool look_up_word(struct render *r, const char *name, struct view_value *value) {
    for (int i = r->depth - 1; i >= 0; i--) {
        if (view_member(&r->scopes[i], name, value)) {
            open_json(r, value);
            return true;
        }
    }
    return false;
}

static bool look_up(struct render *r, const char *path, struct view_value *value) {
    char word[64];
    *value = (struct view_value){.kind = VIEW_NULL};
    if (path[0] == '.' && path[1] == '\0') {
        *value = r->scopes[r->depth - 1];
        return true;
    }
    for (bool first = true;; first = false) {
        size_t len = strcspn(path, ".");
        if (len >= sizeof word) {
            return false;
        }
        memcpy(word, path, len);
        word[len] = '\0';
        struct view_value within = *value;
        if (first ? !look_up_word(r, word, value) : !view_member(&within, word, value)) {
            *value = (struct view_value){.kind = VIEW_NULL};
            return false;
        }
        open_json(r, value);
        if (path[len] == '\0') {
            return true;
        }
        path += len + 1;
    }
}

static bool is_true(const struct view_value *value) {
    switch (value->kind) {
    case VIEW_TEXT:
        return value->text.len > 0;
    case VIEW_NUMBER:
        for (size_t i = 0; i < value->text.len; i++) {
            if (value->text.ptr[i] >= '1' && value->text.ptr[i] <= '9') {
                return true;
            }
        }
        return false;
    case VIEW_BOOL:
        return value->text.ptr[0] == 't';
    case VIEW_OBJECT:
        return true;
    case VIEW_LIST:
        return value->count > 0;
    case VIEW_NULL:
    case VIEW_JSON:
        break;
    }
    return false;
}

/* --- escaping -----------------------------------------------------------------------------------
 */

static void put_html(struct buf *out, struct span text) {
    size_t done = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = NULL;
        switch (text.ptr[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        case '\'':
            entity = "&#39;";
            break;
        default:
            continue;
        }
        buf_add(out, text.ptr + done, i - done);
        buf_text(out, entity);
        done = i + 1;
    }
    buf_add(out, text.ptr + done, text.len - done);
}

/* Percent-encodes what is not unreserved (RFC 3986 2.3) or in `keep`; "&" is written for HTML. */
static void put_address(struct buf *out, struct span text, const char *keep) {
    static const char hex[] = "0123456789ABCDEF";
    static const char unreserved[] = "-._~";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c != 0 && (strchr(unreserved, c) != NULL || strchr(keep, c) != NULL));
        if (!plain) {
            buf_add(out, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
        } else if (c == '&') {
            buf_text(out, "&amp;");
        } else {
            buf_char(out, (char)c);
        }
    }
}

static void put_escaped(struct buf *out, enum op_escape escape, struct span text) {
    switch (escape) {
    case ESCAPE_HTML:
        put_html(out, text);
        break;
    case ESCAPE_PART:
        put_address(out, text, "");
        break;
    case ESCAPE_PATH:
        while (text.len > 0 && text.ptr[0] == '/') {
            text.ptr++; /* "//host" would leave the site */
            text.len--;
        }
        put_address(out, text, "/?=&%:#");
        break;
    case ESCAPE_QUERY:
        put_address(out, text, "=&%");
        break;
    }
}

/* --- values -------------------------------------------------------------------------------------
 */

static struct span label_of(struct render *r, const char *kind, struct span value) {
    const char *msgid = arena_printf(r->out->arena, "%s:%.*s", kind, (int)value.len, value.ptr);
    const char *label = tr(r->lang, msgid);
    return label == msgid ? value : span_of(label);
}

static struct span filtered(struct render *r, const struct op *op, struct span text) {
    if (op->filter == FILTER_NONE) {
        return text;
    }
    if (op->filter == FILTER_LABEL) {
        return label_of(r, op->arg, text);
    }
    struct buf out;
    buf_init(&out, r->out->arena, 64);
    switch (op->filter) {
    case FILTER_DATE:
        format_date(&out, r->lang, text);
        break;
    case FILTER_TIME:
        format_time(&out, r->lang, text);
        break;
    case FILTER_MONEY:
        format_money(&out, r->lang, text);
        break;
    case FILTER_NUMBER:
        format_number(&out, r->lang, text);
        break;
    case FILTER_NONE:
    case FILTER_LABEL:
        break;
    }
    return (struct span){out.ptr, out.len};
}

static void put_value(struct render *r, const struct op *op) {
    struct view_value value;
    if (look_up(r, op->text, &value) && value.text.ptr != NULL) {
        put_escaped(r->out, op->escape, filtered(r, op, value.text));
    }
}

/* A translation, with {name} replaced by values. */
static void put_sentence(struct render *r, const char *msgid) {
    const char *text = tr(r->lang, msgid);
    for (;;) {
        size_t plain = strcspn(text, "{");
        put_html(r->out, (struct span){text, plain});
        text += plain;
        if (*text == '\0') {
            return;
        }
        size_t len = strcspn(text + 1, "} {");
        char name[64];
        struct view_value value;
        if (text[1 + len] == '}' && len > 0 && len < sizeof name) {
            memcpy(name, text + 1, len);
            name[len] = '\0';
            if (look_up(r, name, &value) && value.text.ptr != NULL) {
                put_html(r->out, value.text);
            }
            text += len + 2;
        } else {
            put_html(r->out, (struct span){text, 1});
            text++;
        }
    }
}

/* --- sections -----------------------------------------------------------------------------------
 */

static void run_within(struct render *r, const struct template *template, int from, int to,
                       const struct view_value *scope) {
    if (r->depth < SCOPES) {
        r->scopes[r->depth++] = *scope;
        open_json(r, &r->scopes[r->depth - 1]);
        run(r, template, from, to);
        r->depth--;
    }
}

static void run_section(struct render *r, const struct template *template, int at) {
    const struct op *op = &template->ops[at];
    struct view_value value;
    (void)look_up(r, op->text, &value);
    if (op->arg != NULL) {
        bool equal = value.text.ptr != NULL && span_is(value.text, op->arg);
        if (equal != op->inverted) {
            run(r, template, at + 1, op->end);
        }
        return;
    }
    bool truth = is_true(&value);
    if (op->inverted) {
        if (!truth) {
            run(r, template, at + 1, op->end);
        }
        return;
    }
    if (value.kind != VIEW_LIST) {
        if (truth) {
            run_within(r, template, at + 1, op->end, &value);
        }
        return;
    }
    for (int i = 0; i < value.count; i++) {
        struct view_value element = view_at(&value, i);
        run_within(r, template, at + 1, op->end, &element);
    }
}

static void run_partial(struct render *r, const char *name) {
    const struct template *partial = strcmp(name, TEMPLATE_CONTENT) == 0
                                         ? r->content
                                         : (r->all == NULL ? NULL : templates_find(r->all, name));
    if (partial != NULL && r->partials < PARTIALS) {
        r->partials++;
        run(r, partial, 0, partial->count);
        r->partials--;
    }
}

static void run(struct render *r, const struct template *template, int from, int to) {
    for (int at = from; at < to; at++) {
        const struct op *op = &template->ops[at];
        switch (op->kind) {
        case OP_LITERAL:
            buf_add(r->out, op->text, op->len);
            break;
        case OP_VALUE:
            put_value(r, op);
            break;
        case OP_SENTENCE:
            put_sentence(r, op->text);
            break;
        case OP_SECTION:
            run_section(r, template, at);
            at = op->end - 1;
            break;
        case OP_PARTIAL:
            run_partial(r, op->text);
            break;
        }
    }
}

static void start(struct render *r, const struct template *template, const struct view *view) {
    r->scopes[r->depth++] = view_root(view);
    run(r, template, 0, template->count);
}

void template_run(const struct templates *all, const struct template *template, enum lang lang,
                  const struct view *view, struct buf *out) {
    struct render r = {.all = all, .lang = lang, .out = out};
    start(&r, template, view);
}

Err template_render(const struct templates *all, const char *name, enum lang lang,
                    const struct view *view, struct buf *out) {
    const struct template *page = templates_find(all, name);
    const struct template *layout = templates_find(all, "layout");
    if (page == NULL) {
        return ERR_NOT_FOUND;
    }
    struct render r = {.all = all, .content = page, .lang = lang, .out = out};
    start(&r, page->document || layout == NULL ? page : layout, view);
    return OK;
}
