#include "html_context.h"

#include <string.h>
#include <strings.h>

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool listed(const char *name, const char *const *list) {
    for (; *list != NULL; list++) {
        if (strcasecmp(name, *list) == 0) {
            return true;
        }
    }
    return false;
}

static void name_start(char name[HTML_NAME]) {
    name[0] = '\0';
}

static void name_add(char name[HTML_NAME], char c) {
    size_t len = strlen(name);
    if (len + 1 < HTML_NAME) {
        name[len] = c;
        name[len + 1] = '\0';
    }
}

static enum html_attr attr_of(const char *name) {
    static const char *const addresses[] = {"href",       "src",  "action",     "formaction",
                                            "poster",     "cite", "data",       "manifest",
                                            "xlink:href", "ping", "background", NULL};
    static const char *const forbidden[] = {"style", "srcdoc", "srcset", "http-equiv", NULL};
    if (strncasecmp(name, "on", 2) == 0 || listed(name, forbidden)) {
        return ATTR_FORBIDDEN;
    }
    return listed(name, addresses) ? ATTR_ADDRESS : ATTR_PLAIN;
}

/* After the > of a start tag. */
static enum html_state after_tag(struct html *html) {
    static const char *const raw[] = {"script",  "style",    "iframe",    "noscript", "xmp",
                                      "noembed", "noframes", "plaintext", NULL};
    if (html->end_tag || !listed(html->tag, raw)) {
        return HTML_TEXT;
    }
    memcpy(html->raw, html->tag, sizeof html->raw);
    html->raw_at = 0;
    return HTML_RAW;
}

/* A character inside a tag, outside names and values. */
static const char *in_tag(struct html *html, char c) {
    if (c == '>') {
        html->state = after_tag(html);
    } else if (is_space(c) || c == '/') {
        html->state = HTML_TAG;
    } else if (html->state == HTML_GLUED) {
        return "white space is missing in a tag";
    } else if (c == '"' || c == '\'' || c == '<' || c == '=') {
        return "a stray character in a tag";
    } else {
        html->state = HTML_ATTR_NAME;
        name_start(html->name);
        name_add(html->name, c);
    }
    return NULL;
}

static const char *open_tag(struct html *html, char c) {
    if (c == '!' || c == '?') {
        html->state = HTML_MARKUP;
        html->dashes = 0;
    } else if (c == '/' && !html->end_tag) {
        html->end_tag = true;
    } else if (is_letter(c)) {
        html->state = HTML_TAG_NAME;
        name_start(html->tag);
        name_add(html->tag, c);
    } else {
        return "a < that starts no tag; write &lt;";
    }
    return NULL;
}

static const char *tag_name(struct html *html, char c) {
    if (is_space(c) || c == '>' || c == '/') {
        return in_tag(html, c);
    }
    name_add(html->tag, c);
    return NULL;
}

static const char *attr_name(struct html *html, char c) {
    if (c == '=') {
        html->state = HTML_ATTR_EQUAL;
        html->attr = attr_of(html->name);
        memset(html->value, 0, sizeof html->value);
        return NULL;
    }
    if (is_space(c) || c == '>' || c == '/') {
        return in_tag(html, c);
    }
    name_add(html->name, c);
    return c == '"' || c == '\'' || c == '<' ? "a stray character in a tag" : NULL;
}

static const char *attr_equal(struct html *html, char c) {
    if (c != '"' && c != '\'') {
        return "an attribute without quotes";
    }
    html->state = c == '"' ? HTML_QUOTED : HTML_SINGLE;
    return NULL;
}

static const char *quoted(struct html *html, char c) {
    if (c == (html->state == HTML_QUOTED ? '"' : '\'')) {
        html->state = HTML_GLUED;
        return NULL;
    }
    size_t len = strlen(html->value);
    if (len + 1 < sizeof html->value) {
        html->value[len] = c;
    }
    return NULL;
}

/* <!-- makes MARKUP a COMMENT; --> ends it. */
static const char *markup(struct html *html, char c) {
    if (html->state == HTML_MARKUP) {
        html->dashes = c == '-' ? html->dashes + 1 : 3;
        if (html->dashes == 2) {
            html->state = HTML_COMMENT;
            html->dashes = 0;
        } else if (c == '>') {
            html->state = HTML_TEXT;
        }
        return NULL;
    }
    if (c == '>' && html->dashes >= 2) {
        html->state = HTML_TEXT;
    }
    html->dashes = c == '-' ? html->dashes + 1 : 0;
    return NULL;
}

/* Inside <script> and the like, up to its own end tag. */
static const char *raw(struct html *html, char c) {
    size_t len = strlen(html->raw);
    char wanted = '\0';
    if (html->raw_at < 2) {
        wanted = "</"[html->raw_at];
    } else if (html->raw_at - 2 < len) {
        wanted = html->raw[html->raw_at - 2];
    }
    if (wanted == '\0') {
        html->state = c == '>' ? HTML_TEXT : html->state;
        html->raw_at = c == '>' || is_space(c) ? html->raw_at : 0;
    } else if ((c | 0x20) == (wanted | 0x20)) {
        html->raw_at++;
    } else {
        html->raw_at = c == '<' ? 1 : 0;
    }
    return NULL;
}

const char *html_literal(struct html *html, char c) {
    if (((unsigned char)c < 0x20 && !is_space(c)) || c == 0x7F) {
        return "a control character";
    }
    switch (html->state) {
    case HTML_TEXT:
        html->state = c == '<' ? HTML_OPEN : HTML_TEXT;
        html->end_tag = false;
        return NULL;
    case HTML_OPEN:
        return open_tag(html, c);
    case HTML_MARKUP:
    case HTML_COMMENT:
        return markup(html, c);
    case HTML_TAG_NAME:
        return tag_name(html, c);
    case HTML_TAG:
    case HTML_GLUED:
        return in_tag(html, c);
    case HTML_ATTR_NAME:
        return attr_name(html, c);
    case HTML_ATTR_EQUAL:
        return attr_equal(html, c);
    case HTML_QUOTED:
    case HTML_SINGLE:
        return quoted(html, c);
    case HTML_RAW:
        return raw(html, c);
    }
    return NULL;
}

const char *html_boundary(struct html *html) {
    switch (html->state) {
    case HTML_TEXT:
    case HTML_TAG:
    case HTML_GLUED:
    case HTML_QUOTED:
        return NULL;
    case HTML_TAG_NAME:
    case HTML_ATTR_NAME:
        html->state = HTML_GLUED;
        return NULL;
    case HTML_OPEN:
    case HTML_MARKUP:
    case HTML_COMMENT:
    case HTML_ATTR_EQUAL:
    case HTML_SINGLE:
    case HTML_RAW:
        break;
    }
    return "a tag cannot stand here (in a name, a comment, <script>, <style> or single quotes)";
}

static bool in_tag_state(const struct html *html) {
    return html->state == HTML_TAG || html->state == HTML_GLUED;
}

bool html_join(struct html *html, const struct html *start) {
    if (in_tag_state(html) && in_tag_state(start)) {
        if (strcmp(html->tag, start->tag) != 0) {
            return false;
        }
        html->state = start->state == HTML_GLUED ? HTML_GLUED : html->state;
        return true;
    }
    if (html->state != start->state) {
        return false;
    }
    if (html->state != HTML_QUOTED) {
        return true;
    }
    bool same = html->attr == start->attr && strcmp(html->name, start->name) == 0;
    bool begun = (html->value[0] != '\0') == (start->value[0] != '\0');
    return same && (html->attr != ATTR_ADDRESS || begun);
}
