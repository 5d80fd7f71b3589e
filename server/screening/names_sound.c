/* names_sound.c - a name of any of the known scripts, written down as it is heard. */
#include "names_sound.h"

#include <string.h>

#include "names.h"

enum { WORD = 96 };

/* A letter of another script as sounds; capitals as in names_sound.h. */
struct letter {
    uint16_t code_point;
    const char *sounds;
};

/* Ascending. Hamza and the like are not heard; short vowels are not written. */
static const struct letter arabic[] = {
    {0x0622, "a"}, {0x0623, "a"}, {0x0624, "u"}, {0x0625, "i"}, {0x0626, "i"}, {0x0627, "a"},
    {0x0628, "b"}, {0x0629, "a"}, {0x062A, "t"}, {0x062B, "t"}, {0x062C, "j"}, {0x062D, "h"},
    {0x062E, "X"}, {0x062F, "d"}, {0x0630, "d"}, {0x0631, "r"}, {0x0632, "z"}, {0x0633, "s"},
    {0x0634, "S"}, {0x0635, "s"}, {0x0636, "d"}, {0x0637, "t"}, {0x0638, "z"}, {0x0639, "a"},
    {0x063A, "G"}, {0x0641, "f"}, {0x0642, "k"}, {0x0643, "k"}, {0x0644, "l"}, {0x0645, "m"},
    {0x0646, "n"}, {0x0647, "h"}, {0x0648, "u"}, {0x0649, "a"}, {0x064A, "i"}, {0x067E, "p"},
    {0x0686, "S"}, {0x06A4, "v"}, {0x06A9, "k"}, {0x06AF, "g"}, {0x06CC, "i"},
};

static const char *const georgian[] = {/* U+10D0 to U+10F0 */
                                       "a", "b", "g", "d", "e",  "v",  "z",  "t", "i", "k", "l",
                                       "m", "n", "o", "p", "j",  "r",  "s",  "t", "u", "p", "k",
                                       "G", "k", "S", "S", "ts", "dz", "ts", "S", "X", "j", "h"};

static const char *other_script(uint32_t c) {
    if (c >= 0x10D0 && c < 0x10D0 + sizeof(georgian) / sizeof(georgian[0])) {
        return georgian[c - 0x10D0];
    }
    for (size_t i = 0; i < sizeof(arabic) / sizeof(arabic[0]); i++) {
        if (arabic[i].code_point == c) {
            return arabic[i].sounds;
        }
    }
    return NULL;
}

/* A word being made. */
struct word {
    char text[WORD];
    size_t size;
    bool arabic; /* of the Arabic script */
};

static void put(struct word *word, const char *sounds, size_t size) {
    if (word->size + size < WORD) {
        memcpy(word->text + word->size, sounds, size);
        word->size += size;
    }
}

static bool breaks_word(uint32_t c) {
    return c <= ' ' || c == '-' || c == '.' || c == ',' || c == '<' || c == '/' || c == 0xA0 ||
           c == 0x2010 || c == 0x2011 || c == 0x2013;
}

/* The next word in plain lower-case letters; those of other scripts are sounds already. */
static bool next_word(struct span name, size_t *at, struct word *word) {
    word->size = 0;
    word->arabic = false;
    while (*at < name.len) {
        uint32_t c = text_next(name, at);
        char latin[2];
        if (breaks_word(c)) {
            if (word->size > 0) {
                return true;
            }
            continue;
        }
        size_t letters = names_latin(c, latin);
        const char *sounds = letters > 0 || c < 0x80 ? NULL : other_script(c);
        if (letters > 0) {
            put(word, latin, letters);
        } else if (sounds != NULL) {
            word->arabic = word->arabic || c < 0x1000;
            put(word, sounds, strlen(sounds));
        }
    }
    return word->size > 0;
}

static bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

static bool starts(const struct word *word, const char *text) {
    size_t size = strlen(text);
    return word->size >= size && memcmp(word->text, text, size) == 0;
}

static void drop(struct word *word, size_t at, size_t count) {
    memmove(word->text + at, word->text + at + count, word->size - at - count);
    word->size -= count;
}

/* Words that one office writes and the next leaves out: Arabic, Berber, Portuguese. */
static const char *const particles[] = {
    "ben", "bent", "bint", "ibn", "bin", "bnou", "el", "al",  "ul",  "ould", "uld", "wld", "ait",
    "at",  "mint", "bt",   "de",  "du",  "da",   "do", "das", "dos", "e",    "van", "von"};

static bool is_particle(const struct word *word) {
    for (size_t i = 0; i < sizeof(particles) / sizeof(particles[0]); i++) {
        if (word->size == strlen(particles[i]) && starts(word, particles[i])) {
            return true;
        }
    }
    /* the article as it sounds before some letters: Abd Er-Rahmane, Abd Es-Samad */
    return word->size == 2 && word->text[0] == 'e' && !is_vowel(word->text[1]);
}

/* The same written together with the name. */
static void strip_prefix(struct word *word) {
    static const struct {
        const char *text;
        size_t rest; /* letters that must remain */
    } prefixes[] = {{"ould", 4}, {"ben", 3}, {"ait", 5}, {"el", 4}};
    if (word->arabic && starts(word, "al") && word->size > 4) {
        drop(word, 0, 2);
        return;
    }
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        size_t size = strlen(prefixes[i].text);
        if (starts(word, prefixes[i].text) && word->size >= size + prefixes[i].rest) {
            drop(word, 0, size);
            return;
        }
    }
}

/* Abdelkader and Abderrahman as abd + kader, abd + rahman; Abdel, Abdul and Abdur alone as abd; of
 * Abdellah the l is the name's own. */
static void settle_abd(struct word *word) {
    if (word->size == 5 && starts(word, "abd") && memchr("lr", word->text[4], 2) != NULL) {
        word->size = 3;
    }
    if (!starts(word, "abd") || word->size < 7 || !is_vowel(word->text[3])) {
        return;
    }
    char c = word->text[4];
    bool doubled = word->text[5] == c;
    bool article = c == 'l' && !is_vowel(word->text[5]);
    if (doubled != article) { /* both: the l of Abdellah */
        drop(word, 3, 2);
    }
}

struct change {
    const char *from;
    const char *to;
    const char *before; /* only before one of these letters; NULL: anywhere */
};

/* In this order. French, English, Spanish, Portuguese and Georgian habits of writing one sound. */
static const struct change changes[] = {
    {"tch", "S", NULL}, {"sch", "S", NULL}, {"sh", "S", NULL},   {"ch", "S", NULL},
    {"dj", "j", NULL},  {"dg", "j", NULL},  {"dia", "ja", NULL}, {"zh", "j", NULL},
    {"gh", "G", NULL},  {"kh", "X", NULL},  {"ph", "f", NULL},   {"th", "T", NULL},
    {"dh", "D", NULL},  {"lh", "l", NULL},  {"nh", "n", NULL},   {"ck", "k", NULL},
    {"q", "k", NULL},   {"x", "ks", NULL},  {"gu", "g", "eiy"},  {"cc", "k", "aou"},
    {"c", "s", "eiy"},  {"c", "C", "aou"},  {"c", "k", NULL},    {"ge", "j", "aou"},
    {"oo", "u", NULL},  {"ee", "i", NULL},  {"ou", "u", NULL},   {"ow", "o", NULL},
    {"w", "u", NULL},   {"y", "i", NULL},   {"ai", "E", NULL},   {"ei", "E", NULL},
};

static void apply(struct word *word, const struct change *change) {
    size_t from = strlen(change->from);
    size_t to = strlen(change->to);
    size_t used = 0;
    for (size_t at = 0; at < word->size;) {
        bool hit = at + from <= word->size && memcmp(word->text + at, change->from, from) == 0;
        if (hit && change->before != NULL) {
            char next = at + from < word->size ? word->text[at + from] : '\0';
            hit = next != '\0' && strchr(change->before, next) != NULL;
        }
        if (hit && to <= from) {
            memcpy(word->text + used, change->to, to);
            used += to;
            at += from;
        } else if (hit && word->size < WORD) { /* the one change that makes longer: x */
            memmove(word->text + at + to, word->text + at + from, word->size - at - from);
            memcpy(word->text + used, change->to, to);
            word->size += to - from;
            used += to;
            at += to;
        } else {
            word->text[used++] = word->text[at++];
        }
    }
    word->size = used;
}

/* Without doublings and a final h after a vowel; -eh is the -a of women's names, as the Levant and
 * Iran write it: Amineh is Amina, not Amine. */
static void settle_end(struct word *word) {
    if (word->size > 1 && word->text[word->size - 1] == 'h' &&
        is_vowel(word->text[word->size - 2])) {
        word->size--;
        if (word->size > 3 && word->text[word->size - 1] == 'e') {
            word->text[word->size - 1] = 'a';
        }
    }
    size_t used = 0;
    for (size_t i = 0; i < word->size; i++) {
        if (used == 0 || word->text[used - 1] != word->text[i]) {
            word->text[used++] = word->text[i];
        }
    }
    word->size = used;
}

static void add_word(struct word *word, struct names_heard *out) {
    size_t used = out->count == 0 ? 0 : strlen(out->sound) + 1;
    if (out->count == NAMES_WORDS || used + 2 > NAMES_SOUNDS) {
        return;
    }
    struct names_token *token = &out->token[out->count];
    strip_prefix(word);
    settle_abd(word);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        if (memchr(word->text, changes[i].from[0], word->size) != NULL) {
            apply(word, &changes[i]);
        }
    }
    settle_end(word);
    size_t room = NAMES_SOUNDS - 1 - used;
    size_t size = word->size < room ? word->size : room;
    memcpy(out->sound + used, word->text, size);
    out->sound[used + size] = '\0';
    if (used > 0) {
        out->sound[used - 1] = ' ';
    }
    token->at = (uint8_t)used;
    token->size = (uint8_t)size;
    if (!word->arabic) { /* which is heard without its short vowels: as another name, perhaps */
        names_known(word->text, size, token);
    }
    out->unvowelled = out->unvowelled || word->arabic;
    out->count++;
}

void names_hear(struct span name, struct names_heard *out) {
    struct word word;
    struct word kept = {.size = 0}; /* a particle, the name when there is nothing else */
    memset(out, 0, sizeof(*out));
    for (size_t at = 0; next_word(name, &at, &word);) {
        if (!is_particle(&word)) {
            add_word(&word, out);
        } else if (kept.size == 0) {
            kept = word;
        }
    }
    if (out->count == 0 && kept.size > 0) {
        add_word(&kept, out);
    }
}
