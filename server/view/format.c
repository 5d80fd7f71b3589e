#include "format.h"

#include <string.h>

#include "../../lib/base/date.h"

/* U+202F, the narrow space that keeps a number together; U+00A0. */
#define NARROW "\u202f"
#define KEPT "\u00a0"

enum { DAY_SECONDS = 86400, HOUR_SECONDS = 3600, MINUTE_SECONDS = 60 };

static const char *month_name(enum lang lang, int month) {
    static const char *const names[LANGS][12] = {
        {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
         "octobre", "novembre", "décembre"},
        {"January", "February", "March", "April", "May", "June", "July", "August", "September",
         "October", "November", "December"},
        {"يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر",
         "نونبر", "دجنبر"}};
    return names[lang][month - 1];
}

static void put_day(struct buf *out, enum lang lang, date day) {
    struct civil civil = date_civil(day);
    bool first = lang == LANG_FR && civil.day == 1;
    buf_printf(out, "%d%s" KEPT "%s %d", civil.day, first ? "er" : "",
               month_name(lang, civil.month), civil.year);
}

void format_date(struct buf *out, enum lang lang, struct span text) {
    date day = DATE_NONE;
    if (date_parse(text, &day)) {
        put_day(out, lang, day);
    } else {
        buf_add(out, text.ptr, text.len);
    }
}

/* --- times --------------------------------------------------------------------------------------
 */

static bool two_digits(struct span text, size_t at, int *value) {
    if (at + 2 > text.len || text.ptr[at] < '0' || text.ptr[at] > '9' || text.ptr[at + 1] < '0' ||
        text.ptr[at + 1] > '9') {
        return false;
    }
    *value = (text.ptr[at] - '0') * 10 + (text.ptr[at + 1] - '0');
    return true;
}

static bool read_time(struct span text, int64_t *seconds) {
    date day = DATE_NONE;
    int hour = 0;
    int minute = 0;
    if (text_int(text, seconds)) {
        return true;
    }
    if (text.len < 16 || !date_parse((struct span){text.ptr, 10}, &day) ||
        !two_digits(text, 11, &hour) || !two_digits(text, 14, &minute)) {
        return false;
    }
    *seconds = (int64_t)day * DAY_SECONDS + hour * HOUR_SECONDS + minute * MINUTE_SECONDS;
    return true;
}

/* 01:00 UTC on the last Sunday of a month with 31 days. */
static int64_t change_of(int year, int month) {
    date last = date_of((struct civil){year, month, 31});
    return (int64_t)(last - date_weekday(last) % 7) * DAY_SECONDS + HOUR_SECONDS;
}

static int64_t paris(int64_t seconds) {
    int year = date_civil((date)(seconds / DAY_SECONDS)).year;
    bool summer = seconds >= change_of(year, 3) && seconds < change_of(year, 10);
    return seconds + (summer ? 2 : 1) * HOUR_SECONDS;
}

void format_time(struct buf *out, enum lang lang, struct span text) {
    int64_t seconds = 0;
    int64_t most = (int64_t)DATE_MAX * DAY_SECONDS;
    if (!read_time(text, &seconds) || seconds < 0 || seconds > most) {
        buf_add(out, text.ptr, text.len);
        return;
    }
    seconds = paris(seconds);
    put_day(out, lang, (date)(seconds / DAY_SECONDS));
    int minutes = (int)(seconds % DAY_SECONDS / MINUTE_SECONDS);
    buf_printf(out, "%s %02d:%02d", lang == LANG_AR ? "،" : ",", minutes / 60, minutes % 60);
}

/* --- numbers ------------------------------------------------------------------------------------
 */

static bool is_number(struct span text) {
    bool digit = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool sign = c == '-' && i == 0;
        digit = digit || (c >= '0' && c <= '9');
        if (!(c >= '0' && c <= '9') && !sign && c != '.') {
            return false;
        }
    }
    return digit;
}

void format_number(struct buf *out, enum lang lang, struct span text) {
    if (!is_number(text)) {
        buf_add(out, text.ptr, text.len);
        return;
    }
    const char *dot = memchr(text.ptr, '.', text.len);
    size_t whole = dot == NULL ? text.len : (size_t)(dot - text.ptr);
    for (size_t i = 0; i < whole; i++) {
        bool group = i > 0 && (whole - i) % 3 == 0 && text.ptr[i - 1] != '-';
        buf_text(out, !group ? "" : lang == LANG_EN ? "," : NARROW);
        buf_char(out, text.ptr[i]);
    }
    if (dot != NULL) {
        buf_char(out, lang == LANG_EN ? '.' : ',');
        buf_add(out, dot + 1, text.len - whole - 1);
    }
}

void format_money(struct buf *out, enum lang lang, struct span text) {
    buf_text(out, lang == LANG_EN ? "€" : "");
    format_number(out, lang, text);
    buf_text(out, lang == LANG_EN ? "" : KEPT "€");
}
