#include "i18n.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "embed.h"

static const char *const codes[LANGS] = {"fr", "en", "ar"};
static const char *const catalogues[LANGS] = {"i18n/fr.mo", "i18n/en.mo", "i18n/ar.mo"};

const char *lang_code(enum lang lang) {
    return codes[lang];
}

bool lang_rtl(enum lang lang) {
    return lang == LANG_AR;
}

static bool find_lang(const char *text, size_t size, enum lang *lang) {
    for (int i = 0; i < LANGS; i++) {
        if (size == 2 && strncasecmp(text, codes[i], 2) == 0) {
            *lang = (enum lang)i;
            return true;
        }
    }
    return false;
}

/* The first language of the header that is ours; its weights (RFC 9110 12.5.4) come in falling
 * order from every browser, so they are not read. */
enum lang lang_pick(const char *code, const char *accept_language) {
    enum lang lang = LANG_FR;
    if (code != NULL && find_lang(code, strlen(code), &lang)) {
        return lang;
    }
    for (const char *at = accept_language; at != NULL && *at != '\0';) {
        at += strspn(at, " \t,");
        size_t size = strcspn(at, "-;, \t");
        if (find_lang(at, size, &lang)) {
            return lang;
        }
        at += strcspn(at, ",");
    }
    return LANG_FR;
}

/* --- the .mo file (GNU gettext manual, "The Format of GNU MO Files"), little-endian as msgfmt
 * writes it here. glibc's gettext cannot serve several languages in one process. */

enum {
    MO_MAGIC = 0x950412DE,
    MO_COUNT = 8,
    MO_ORIGINALS = 12,
    MO_TRANSLATIONS = 16,
    MO_HEADER = 20
};

static uint32_t word(const struct embedded *mo, size_t at) {
    uint32_t value = 0;
    if (at + sizeof value <= mo->size) {
        memcpy(&value, mo->data + at, sizeof value);
    }
    return value;
}

/* Text number `index` of the table at `table`; NULL when it lies outside the file. */
static const char *text_at(const struct embedded *mo, uint32_t table, uint32_t index) {
    uint32_t size = word(mo, table + (size_t)index * 8);
    uint32_t at = word(mo, table + (size_t)index * 8 + 4);
    if ((size_t)at + size >= mo->size || mo->data[(size_t)at + size] != '\0') {
        return NULL;
    }
    return (const char *)mo->data + at;
}

static const char *look_up(const struct embedded *mo, const char *msgid) {
    if (mo->size < MO_HEADER || word(mo, 0) != MO_MAGIC) {
        return NULL;
    }
    uint32_t low = 0;
    uint32_t high = word(mo, MO_COUNT);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *original = text_at(mo, word(mo, MO_ORIGINALS), middle);
        if (original == NULL) {
            return NULL;
        }
        int order = strcmp(msgid, original);
        if (order == 0) {
            return text_at(mo, word(mo, MO_TRANSLATIONS), middle);
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return NULL;
}

static const char *translate(const struct embedded *mo, const char *msgid) {
    const char *text = mo == NULL || msgid[0] == '\0' ? NULL : look_up(mo, msgid);
    return text == NULL || text[0] == '\0' ? msgid : text;
}

const char *tr(enum lang lang, const char *msgid) {
    return translate(embedded_find(catalogues[lang]), msgid);
}

const char *tr_code(const char *code, const char *msgid) {
    char name[] = "i18n/xx.mo";
    if (strlen(code) != 2) {
        return msgid;
    }
    memcpy(name + 5, code, 2);
    return translate(embedded_find(name), msgid);
}
