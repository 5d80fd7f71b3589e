/* i18n.h - sentences in French, English and Arabic, from .po files compiled to .mo and embedded. */
#ifndef NORIA_VIEW_I18N_H
#define NORIA_VIEW_I18N_H

#include <stdbool.h>

enum lang { LANG_FR, LANG_EN, LANG_AR, LANGS };

/* "fr", "en", "ar". */
const char *lang_code(enum lang lang);
/* True for right-to-left. */
bool lang_rtl(enum lang lang);
/* The language of a code, else of an Accept-Language header, else French. */
enum lang lang_pick(const char *code, const char *accept_language);

/* The sentence in `lang`; the msgid itself (English) when there is no translation. */
const char *tr(enum lang lang, const char *msgid);

/* The same by a language's code, also of one that is no language of the pages but of the paper
 * ("ka").
 */
const char *tr_code(const char *code, const char *msgid);

#endif
