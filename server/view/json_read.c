#include "json_read.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "view_node.h"

struct reader {
    struct arena *arena;
    struct span text;
    size_t at;
    int depth;
    int values;
    const char *why;
};

static Err read_value(struct reader *r, struct view_value *value);

static Err refuse(struct reader *r, const char *why) {
    r->why = arena_printf(r->arena, "%zu: %s", r->at, why);
    return ERR_JSON;
}

static int peek(const struct reader *r) {
    return r->at < r->text.len ? (unsigned char)r->text.ptr[r->at] : -1;
}

static void skip_space(struct reader *r) {
    for (;; r->at++) {
        int c = peek(r);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            return;
        }
    }
}

/* --- texts --------------------------------------------------------------------------------------
 */

static bool hex4(struct reader *r, uint32_t *unit) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        int c = peek(r);
        uint32_t digit;
        if (c >= '0' && c <= '9') {
            digit = (uint32_t)(c - '0');
        } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            digit = (uint32_t)((c | 0x20) - 'a') + 10;
        } else {
            return false;
        }
        value = value << 4 | digit;
    }
    *unit = value;
    return true;
}

/* After the backslash and the u. */
static Err read_unicode(struct reader *r, struct buf *out) {
    uint32_t high = 0;
    uint32_t low = 0;
    if (!hex4(r, &high)) {
        return refuse(r, "a broken \\u escape");
    }
    if (high == 0) {
        return refuse(r, "a NUL character");
    }
    if (high >= 0xDC00 && high <= 0xDFFF) {
        return refuse(r, "a lone surrogate");
    }
    if (high >= 0xD800 && high <= 0xDBFF) {
        if (peek(r) != '\\' || r->at + 1 >= r->text.len || r->text.ptr[r->at + 1] != 'u') {
            return refuse(r, "a lone surrogate");
        }
        r->at += 2;
        if (!hex4(r, &low) || low < 0xDC00 || low > 0xDFFF) {
            return refuse(r, "a lone surrogate");
        }
        high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    }
    buf_utf8(out, high);
    return OK;
}

static Err read_escape(struct reader *r, struct buf *out) {
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    if (c == 'u') {
        r->at++;
        return read_unicode(r, out);
    }
    const char *found = c > 0 ? strchr(from, c) : NULL;
    if (found == NULL) {
        return refuse(r, "an unknown escape");
    }
    r->at++;
    buf_char(out, to[found - from]);
    return OK;
}

/* After the opening quote. The whole input is valid UTF-8 already. */
static Err read_text(struct reader *r, struct span *text) {
    size_t start = r->at;
    struct buf out;
    bool plain = true;
    for (;;) {
        int c = peek(r);
        if (c < 0) {
            return refuse(r, "a text without its end");
        }
        if (c < 0x20) {
            return refuse(r, "a control character in a text");
        }
        if (c == '"') {
            break;
        }
        if (c == '\\') {
            if (plain) {
                buf_init(&out, r->arena, 64);
                buf_add(&out, r->text.ptr + start, r->at - start);
                plain = false;
            }
            r->at++;
            TRY(read_escape(r, &out));
            continue;
        }
        r->at++;
        if (!plain) {
            buf_char(&out, (char)c);
        }
    }
    *text = plain ? (struct span){arena_copy(r->arena, r->text.ptr + start, r->at - start),
                                  r->at - start}
                  : (struct span){out.ptr, out.len};
    r->at++;
    return OK;
}

/* --- numbers and words --------------------------------------------------------------------------
 */

static size_t digits(struct reader *r) {
    size_t start = r->at;
    while (peek(r) >= '0' && peek(r) <= '9') {
        r->at++;
    }
    return r->at - start;
}

static Err read_number(struct reader *r, struct view_value *value) {
    size_t start = r->at;
    r->at += peek(r) == '-' ? 1 : 0;
    int first = peek(r);
    size_t whole = digits(r);
    if (whole == 0 || (first == '0' && whole > 1)) {
        return refuse(r, "a broken number");
    }
    if (peek(r) == '.') {
        r->at++;
        if (digits(r) == 0) {
            return refuse(r, "a broken number");
        }
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        r->at += peek(r) == '+' || peek(r) == '-' ? 1 : 0;
        if (digits(r) == 0) {
            return refuse(r, "a broken number");
        }
    }
    value->kind = VIEW_NUMBER;
    value->text =
        (struct span){arena_copy(r->arena, r->text.ptr + start, r->at - start), r->at - start};
    return OK;
}

static bool eat(struct reader *r, struct span word) {
    if (r->text.len - r->at < word.len || memcmp(r->text.ptr + r->at, word.ptr, word.len) != 0) {
        return false;
    }
    r->at += word.len;
    return true;
}

/* --- nesting ------------------------------------------------------------------------------------
 */

static bool name_taken(const struct view *object, struct span name) {
    for (int i = 0; i < object->count; i++) {
        if (span_is(name, object->members[i].name)) {
            return true;
        }
    }
    return false;
}

/* Objects this wide do not exist here; the limit keeps the look for duplicates short. */
enum { OBJECT_MEMBERS = 256 };

static Err read_name(struct reader *r, const struct view *object, const char **name) {
    struct span text = {NULL, 0};
    skip_space(r);
    if (peek(r) != '"') {
        return refuse(r, "a member without a name");
    }
    r->at++;
    TRY(read_text(r, &text));
    if (name_taken(object, text)) {
        return refuse(r, "a name given twice");
    }
    if (object->count >= OBJECT_MEMBERS) {
        return refuse(r, "too many members");
    }
    skip_space(r);
    if (peek(r) != ':') {
        return refuse(r, "a name without a colon");
    }
    r->at++;
    *name = text.ptr;
    return OK;
}

static Err read_members(struct reader *r, struct view *node, char end) {
    skip_space(r);
    if (peek(r) == end) {
        r->at++;
        return OK;
    }
    for (;;) {
        const char *name = NULL;
        struct view_value value = {.kind = VIEW_NULL, .row = -1};
        if (!node->list) {
            TRY(read_name(r, node, &name));
        }
        TRY(read_value(r, &value));
        *view_add(node, name) = value;
        skip_space(r);
        int c = peek(r);
        r->at++;
        if (c == end) {
            return OK;
        }
        if (c != ',') {
            r->at--;
            return refuse(r, "something else than a comma or the end");
        }
    }
}

static Err read_nested(struct reader *r, struct view_value *value, bool list) {
    if (r->depth >= JSON_DEPTH) {
        return refuse(r, "too deep a nesting");
    }
    struct view *node = view_node(r->arena, list);
    r->depth++;
    r->at++;
    TRY(read_members(r, node, list ? ']' : '}'));
    r->depth--;
    value->kind = list ? VIEW_LIST : VIEW_OBJECT;
    value->node = node;
    value->count = node->count;
    return OK;
}

static Err read_value(struct reader *r, struct view_value *value) {
    skip_space(r);
    if (++r->values > JSON_VALUES) {
        return refuse(r, "too many values");
    }
    int c = peek(r);
    if (c == '{' || c == '[') {
        return read_nested(r, value, c == '[');
    }
    if (c == '"') {
        r->at++;
        value->kind = VIEW_TEXT;
        return read_text(r, &value->text);
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return read_number(r, value);
    }
    size_t start = r->at;
    if (eat(r, SPAN_LIT("true")) || eat(r, SPAN_LIT("false"))) {
        value->kind = VIEW_BOOL;
        value->text = r->text.ptr[start] == 't' ? SPAN_LIT("true") : SPAN_LIT("false");
        return OK;
    }
    if (eat(r, SPAN_LIT("null"))) {
        return OK;
    }
    return refuse(r, c < 0 ? "nothing where a value should be" : "no value");
}

Err json_read(struct arena *arena, struct span text, struct view_value *value, const char **why) {
    struct reader r = {.arena = arena, .text = text};
    struct view_value read = {.kind = VIEW_NULL, .row = -1};
    Err err = text_is_utf8(text) ? OK : refuse(&r, "text that is not UTF-8");
    if (err == OK) {
        err = read_value(&r, &read);
    }
    if (err == OK) {
        skip_space(&r);
        err = r.at == text.len ? OK : refuse(&r, "something after the end");
    }
    if (err != OK) {
        *why = r.why;
        return err;
    }
    *value = read;
    return OK;
}
