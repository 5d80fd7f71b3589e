#include "names.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../../server/screening/names.h"

enum { GEORGIAN_FIRST = 0x10d0, GEORGIAN_LETTERS = 33 };

static const char *const GEORGIAN[GEORGIAN_LETTERS] = {
    "a", "b", "g", "d", "e", "v",  "z", "t",  "i",  "k",  "l",  "m",  "n",  "o",  "p", "zh", "r",
    "s", "t", "u", "p", "k", "gh", "q", "sh", "ch", "ts", "dz", "ts", "ch", "kh", "j", "h"};

const char *latin_of_georgian(struct arena *arena, struct span text) {
    struct buf out;
    buf_init(&out, arena, 32);
    buf_add(&out, "", 0);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = text_next(text, &at);
        if (c >= GEORGIAN_FIRST && c < GEORGIAN_FIRST + GEORGIAN_LETTERS) {
            buf_text(&out, GEORGIAN[c - GEORGIAN_FIRST]);
        } else {
            buf_utf8(&out, c);
        }
    }
    if (out.len > 0 && out.ptr[0] >= 'a' && out.ptr[0] <= 'z') {
        out.ptr[0] = (char)(out.ptr[0] - 'a' + 'A');
    }
    return out.ptr;
}

/* The longest match comes first; vowels that Arabic does not write are dropped. */
static const char *const ARABIC[][2] = {
    {"ch", "ش"}, {"sh", "ش"}, {"kh", "خ"}, {"gh", "غ"}, {"th", "ث"}, {"dh", "ذ"}, {"dj", "ج"},
    {"ou", "و"}, {"oo", "و"}, {"ai", "ي"}, {"ei", "ي"}, {"aa", "ا"}, {"ee", "ي"}, {"b", "ب"},
    {"c", "ك"},  {"d", "د"},  {"f", "ف"},  {"g", "ق"},  {"h", "ح"},  {"i", "ي"},  {"j", "ج"},
    {"k", "ك"},  {"l", "ل"},  {"m", "م"},  {"n", "ن"},  {"p", "ب"},  {"q", "ق"},  {"r", "ر"},
    {"s", "س"},  {"t", "ت"},  {"u", "و"},  {"v", "ف"},  {"w", "و"},  {"x", "كس"}, {"y", "ي"},
    {"z", "ز"},  {" ", " "},  {"-", " "},
};

static const char *arabic_at(const char *text, size_t *used) {
    for (size_t i = 0; i < sizeof ARABIC / sizeof ARABIC[0]; i++) {
        size_t length = strlen(ARABIC[i][0]);
        if (strncmp(text, ARABIC[i][0], length) == 0) {
            *used = length;
            return ARABIC[i][1];
        }
    }
    *used = 1;
    return "";
}

/* Lower-case plain letters, spaces and hyphens. */
static const char *plain(struct arena *arena, struct span text) {
    struct buf out;
    buf_init(&out, arena, 32);
    buf_add(&out, "", 0);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = text_next(text, &at);
        c = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
        char letters[2];
        size_t count = names_latin(c, letters);
        if (count > 0) {
            buf_add(&out, letters, count);
        } else if (c == ' ' || c == '-') {
            buf_utf8(&out, c);
        }
    }
    return out.ptr;
}

const char *arabic_of_latin(struct arena *arena, struct span text) {
    const char *letters = plain(arena, text);
    struct buf out;
    buf_init(&out, arena, 32);
    buf_add(&out, "", 0);
    if (strchr("aeiou", letters[0]) != NULL) {
        buf_text(&out, "ا");
    }
    for (const char *c = letters; *c != '\0';) {
        size_t used;
        buf_text(&out, arabic_at(c, &used));
        c += used;
    }
    return out.ptr;
}

const char *mrz_name(struct arena *arena, struct span text) {
    char *letters = arena_strdup(arena, plain(arena, text));
    for (char *c = letters; *c != '\0'; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : '<';
    }
    return letters;
}

/* Transcriptions that differ while the Arabic does not. */
static const char *const SPELLINGS[][2] = {
    {"mm", "m"}, {"ss", "s"}, {"ou", "u"}, {"ch", "sh"}, {"dj", "j"}, {"kh", "h"},
    {"gh", "g"}, {"k", "q"},  {"ll", "l"}, {"nn", "n"},  {"w", "ou"}, {"ia", "iya"},
};

const char *other_spelling(struct arena *arena, struct span latin) {
    const char *text = arena_copy(arena, latin.ptr, latin.len);
    for (size_t i = 0; i < sizeof SPELLINGS / sizeof SPELLINGS[0]; i++) {
        const char *at = strstr(text, SPELLINGS[i][0]);
        if (at != NULL && at != text) {
            return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, SPELLINGS[i][1],
                                at + strlen(SPELLINGS[i][0]));
        }
    }
    return text;
}

static void add(struct arena *arena, struct name *list, int *count, const struct table *table,
                int row) {
    struct span latin = table_cell(table, row, "latin");
    struct span native = table_cell(table, row, "native");
    struct name name = {latin.ptr, native.ptr};
    if (latin.len == 0) {
        name.latin = latin_of_georgian(arena, native);
    } else if (native.len == 0 || span_equal(native, latin)) {
        name.native = arabic_of_latin(arena, latin);
    }
    if (mrz_name(arena, span_of(name.latin))[0] >= 'A') {
        list[(*count)++] = name;
    }
}

static bool listed(const char *const *countries, struct span country) {
    for (; *countries != NULL; countries++) {
        if (span_is(country, *countries)) {
            return true;
        }
    }
    return false;
}

Err names_of(struct arena *arena, const struct table *table, const char *const *countries,
             struct names_pool *pool) {
    size_t most = (size_t)table->count;
    struct names_pool made = {arena_array(arena, most, sizeof(struct name)),
                              arena_array(arena, most, sizeof(struct name)),
                              arena_array(arena, most, sizeof(struct name)),
                              0,
                              0,
                              0};
    for (int row = 0; row < table->count; row++) {
        if (!listed(countries, table_cell(table, row, "country"))) {
            continue;
        }
        struct span kind = table_cell(table, row, "kind");
        struct span gender = table_cell(table, row, "gender");
        if (span_is(kind, "surname")) {
            add(arena, made.surnames, &made.surname_count, table, row);
        } else if (span_is(gender, "F")) {
            add(arena, made.women, &made.women_count, table, row);
        } else if (span_is(gender, "M")) {
            add(arena, made.men, &made.men_count, table, row);
        }
    }
    if (made.women_count == 0 || made.men_count == 0 || made.surname_count == 0) {
        return ERR_UNREADABLE;
    }
    *pool = made;
    return OK;
}
