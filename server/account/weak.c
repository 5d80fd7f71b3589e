#include "weak.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/field.h"
#include "../../lib/base/text.h"
#include "embed.h"

enum { WORD_MIN = 4, RUN_MIN = 3, LOOSE_MAX = 3 };

/* --- folding: lower case, and the figures and signs that stand for letters
 * ------------------------
 */

static char folded(char c) {
    static const char signs[] = "0134578@$!";
    static const char letters[] = "oleastbasi";
    const char *at = c == '\0' ? NULL : strchr(signs, c);
    if (at != NULL) {
        return letters[at - signs];
    }
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80; /* of other scripts, too */
}

static char *lower(struct arena *arena, const char *text, bool fold) {
    char *out = arena_strdup(arena, text);
    for (char *c = out; *c != '\0'; c++) {
        *c = fold ? folded(*c) : *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    return out;
}

/* --- words of the context -----------------------------------------------------------------------
 */

/* Takes every occurrence of the word out of the text. */
static void take_out(char *text, const char *word) {
    size_t len = strlen(word);
    for (char *at = text; (at = strstr(at, word)) != NULL;) {
        memmove(at, at + len, strlen(at + len) + 1);
    }
}

/* Takes out each run of letters of `source`, as typed and folded. */
static void take_words(struct arena *arena, char *text, const char *source) {
    if (source == NULL) {
        return;
    }
    const char *words = lower(arena, source, false);
    while (*words != '\0') {
        size_t len = 0;
        while (letter(words[len])) {
            len++;
        }
        if (len >= WORD_MIN) {
            take_out(text, arena_copy(arena, words, len));
        }
        words += len + (words[len] != '\0');
    }
}

static bool built_on_context(struct arena *arena, const char *password, const char *const *sources,
                             bool fold) {
    static const char service[] =
        "noria ofii saisonnier saison seasonal campaign campagne password "
        "passwort motdepasse passe mdp admin officer desk auditor "
        "employer employeur partner partenaire";
    char *text = lower(arena, password, fold);
    size_t before = strlen(text);
    for (; *sources != NULL; sources++) {
        take_words(arena, text, *sources);
    }
    take_words(arena, text, service);
    return strlen(text) < before && text_length(span_of(text)) < WEAK_LEFT;
}

/* --- common words and sequences -----------------------------------------------------------------
 */

/* Whether the list (sorted lines) has the word. */
static bool listed(const char *word, size_t len) {
    const struct embedded *list = embedded_find("words");
    size_t low = 0;
    size_t high = list->size;
    while (low < high) { /* lines between two offsets that begin lines */
        size_t at = low + (high - low) / 2;
        while (at > low && list->data[at - 1] != '\n') {
            at--;
        }
        const char *line = (const char *)list->data + at;
        const char *end = memchr(line, '\n', list->size - at);
        size_t size = end == NULL ? list->size - at : (size_t)(end - line);
        int order = memcmp(word, line, len < size ? len : size);
        order = order != 0 ? order : (len > size) - (len < size);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            high = at;
        } else {
            low = at + size + 1;
        }
    }
    return false;
}

/* `letters` are one word of the list, or one repeated. */
static bool word_again(const char *letters, size_t len) {
    for (size_t part = len; part >= WORD_MIN; part--) {
        bool repeats = len % part == 0;
        for (size_t i = part; repeats && i < len; i++) {
            repeats = letters[i] == letters[i - part];
        }
        if (repeats && listed(letters, part)) {
            return true;
        }
    }
    return false;
}

/* Its letters are one word, whatever stands between; or what is left between the first letter and
 * the last is, figures and signs read as the letters that they stand for. */
static bool one_word(struct arena *arena, const char *password) {
    const char *text = lower(arena, password, false);
    char *letters = arena_strdup(arena, text);
    char *inside = arena_strdup(arena, text);
    size_t len = 0;
    size_t end = 0;
    size_t start = strlen(text);
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (letter(text[i])) {
            letters[len++] = text[i];
            start = i < start ? i : start;
            end = i + 1;
        }
    }
    size_t size = 0;
    for (size_t i = start; i < end; i++) {
        char c = folded(text[i]);
        if (letter(c)) {
            inside[size++] = c;
        }
    }
    return word_again(letters, len) || word_again(inside, size);
}

/* How many characters from here on follow one another on a keyboard, in the alphabet or among the
 * figures, either way. */
static size_t run_from(const char *text) {
    static const char *const rows[] = {"qwertyuiop",
                                       "azertyuiop",
                                       "qwertzuiop",
                                       "asdfghjkl",
                                       "qsdfghjklm",
                                       "zxcvbnm",
                                       "wxcvbn",
                                       "01234567890",
                                       "abcdefghijklmnopqrstuvwxyz",
                                       "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
                                       "1aqw2zsx3edc4rfv5tgb6yhn7uj"};
    size_t best = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (const char *at = rows[i]; *at != '\0'; at++) {
            size_t on = 0;
            size_t back = 0;
            while (text[on] != '\0' && text[on] == at[on]) {
                on++;
            }
            while (text[back] != '\0' && (size_t)(at - rows[i]) >= back &&
                   text[back] == at[-(ptrdiff_t)back]) {
                back++;
            }
            best = on > best ? on : best;
            best = back > best ? back : best;
        }
    }
    return best;
}

/* But for LOOSE_MAX characters all stand in rows, repeated ones counted once. */
static bool only_sequences(struct arena *arena, const char *password) {
    char *text = lower(arena, password, false);
    size_t len = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (len == 0 || text[len - 1] != *c) {
            text[len++] = *c;
        }
    }
    text[len] = '\0';
    size_t loose = 0;
    while (*text != '\0') {
        size_t run = run_from(text);
        loose += run >= RUN_MIN ? 0 : 1;
        text += run >= RUN_MIN ? run : 1;
    }
    return loose <= LOOSE_MAX;
}

static bool few_characters(const char *password) {
    struct span text = span_of(password);
    uint32_t seen[WEAK_DIFFERENT];
    int count = 0;
    for (size_t at = 0; at < text.len && count < WEAK_DIFFERENT;) {
        uint32_t c = text_next(text, &at);
        bool known = false;
        for (int i = 0; i < count; i++) {
            known = known || seen[i] == c;
        }
        if (!known) {
            seen[count++] = c;
        }
    }
    return count < WEAK_DIFFERENT;
}

Err password_weak(struct arena *arena, const char *password, const char *email, const char *name,
                  const char *org, struct faults *faults) {
    const char *sources[4] = {NULL};
    const char *const given[] = {email, name, org};
    for (size_t i = 0, n = 0; i < sizeof given / sizeof *given; i++) {
        if (given[i] != NULL) {
            sources[n++] = given[i];
        }
    }
    if (built_on_context(arena, password, sources, false) ||
        built_on_context(arena, password, sources, true)) {
        return fault(faults, "password", ERR_PASSWORD_CONTEXT, NULL);
    }
    if (few_characters(password) || only_sequences(arena, password) || one_word(arena, password)) {
        return fault(faults, "password", ERR_PASSWORD_COMMON, NULL);
    }
    return OK;
}
