/* format.h - values as a reader of each language expects them. Texts of another form than asked for
 * are shown as they are. */
#ifndef NORIA_VIEW_FORMAT_H
#define NORIA_VIEW_FORMAT_H

#include "../../lib/base/text.h"
#include "i18n.h"

/* "2026-03-01": "1er mars 2026", "1 March 2026", "1 مارس 2026" (month names as used in Morocco). */
void format_date(struct buf *out, enum lang lang, struct span text);

/* A timestamp ("2026-03-01 10:00:00+00", RFC 3339 in UTC, or seconds since 1970) as day and minute
 * in metropolitan France (directive 2000/84/EC: summer time from the last Sunday of March to the
 * last of October, 01:00 UTC). */
void format_time(struct buf *out, enum lang lang, struct span text);

/* "1234567.5" with groups of three and the language's decimal sign. */
void format_number(struct buf *out, enum lang lang, struct span text);

/* As format_number, with the euro sign where the language puts it. */
void format_money(struct buf *out, enum lang lang, struct span text);

#endif
