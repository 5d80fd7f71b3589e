/* template.h - pages: a Mustache subset, always escaping, checked for context when compiled.
 *
 *   {{name}} {{a.b}}          the value, escaped. Only in text and in double-quoted attributes;
 *                             anywhere else (tag names, unquoted attributes, <script>, <style>,
 *                             comments, on* and style attributes) the template does not compile.
 *                             In href, src, action and formaction a value may only follow a literal
 *                             that starts with "/" "?" or "#", and is percent-encoded.
 *   {{name|date}}             a date in the reader's language   {{name|money}}  euros
 *   {{name|label:contract}}   the translation of "contract:<value>" (a state or a choice)
 *   {{name|number}}           grouped digits                    {{name|time}}   a timestamp
 *   {{_An English sentence.}} its translation; may hold {name}: an escaped value
 *   {{#name}} {{/name}}       for each element of a list; once for an object or a true value
 *                             (true, a number other than 0, a non-empty text); inside, names are
 *                             looked up in the element first, then outwards; {{.}} is a word
 *   {{#name=value}} {{/name}} once when the value is exactly that text
 *   {{^name}} {{/name}}       when it is missing, null, false, 0, "" or an empty list
 *   {{^name=value}} {{/name}} when the value is not that text
 *   {{> partials/page}}       another template; in layout.html {{> content}} is the page itself
 *   {{! comment }}
 *
 * Set for every page by respond.c: lang, dir, title, path, now, today, csrf (the hidden field's
 * value), key (a fresh idempotency key), actor.{name,role,org_name} (missing when logged out),
 * is_<role> for each role, nav, has_errors, errors (list of {field,label,message}), error.<field>
 * (the message), form.<field> (what the user typed, after a refused form), page.{first,next} (query
 * strings). */
#ifndef NORIA_VIEW_TEMPLATE_H
#define NORIA_VIEW_TEMPLATE_H

#include "../../lib/base/err.h"
#include "../../lib/base/text.h"
#include "i18n.h"
#include "view.h"

struct templates;

/* Compiles every embedded template into `arena`, which must live as long as they are used; NULL
 * with the reason (file:line) on stderr when one is wrong. */
const struct templates *templates_compile(struct arena *arena);

/* Compiles one text alone (tests, fuzzing). `error` gets file:line: reason. */
Err CHECKED template_check(const char *name, struct span source, char error[256]);

/* Appends the page `name` ("campaign/show"), inside layout.html unless it is a whole document.
 * ERR_NOT_FOUND when there is no such template. */
Err CHECKED template_render(const struct templates *all, const char *name, enum lang lang,
                            const struct view *view, struct buf *out);

#endif
