/* html_context.h - where in an HTML document a template's tag stands, so that a value is escaped
 * for its place or the template does not compile. A small part of the WHATWG tokenizer: what
 * Noria's own templates write, and refusal of the rest. */
#ifndef NORIA_VIEW_HTML_CONTEXT_H
#define NORIA_VIEW_HTML_CONTEXT_H

#include <stdbool.h>

#include "../../lib/base/text.h"

enum html_state {
    HTML_TEXT,
    HTML_OPEN,     /* after < */
    HTML_MARKUP,   /* <! and <? up to > */
    HTML_COMMENT,  /* <!-- up to --> */
    HTML_TAG_NAME, /* also of an end tag */
    HTML_TAG,      /* between attributes, after white space */
    HTML_GLUED,    /* in a tag where a name, value or section ended: white space must follow */
    HTML_ATTR_NAME,
    HTML_ATTR_EQUAL, /* after = */
    HTML_QUOTED,     /* "…" */
    HTML_SINGLE,     /* '…' */
    HTML_RAW         /* inside <script>, <style>, <iframe> … */
};

enum html_attr { ATTR_PLAIN, ATTR_ADDRESS, ATTR_FORBIDDEN };
enum { HTML_NAME = 24 };

struct html {
    enum html_state state;
    enum html_attr attr;
    int dashes; /* COMMENT and MARKUP: how far into a delimiter */
    bool end_tag;
    char value[3];        /* first bytes of an attribute's literal value */
    char name[HTML_NAME]; /* of the attribute being read */
    char tag[HTML_NAME];  /* of the tag being read */
    char raw[HTML_NAME];  /* RAW: the tag that ends it */
    size_t raw_at;
};

/* Reads a literal. NULL, or why it cannot stand in a template. */
const char *html_literal(struct html *html, char c);

/* True when both are the same place for a section to begin and end at; `html` becomes that place.
 */
bool html_join(struct html *html, const struct html *start);

/* A section or partial begins or ends here. NULL or the reason why it may not. */
const char *html_boundary(struct html *html);

#endif
