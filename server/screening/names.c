/* names.c - see names.h. */
#include "names.h"

#include <string.h>

/* A word of a name in plain lower-case letters (or other scripts' bytes), before folding. */
struct word {
    char text[96];
    size_t size;
};

static bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

/* Reads the next word: letters up to a space, hyphen, full stop or filler; apostrophes vanish. */
static bool next_word(struct span name, size_t *at, struct word *word) {
    word->size = 0;
    while (*at < name.len) {
        uint32_t c = text_next(name, at);
        bool breaks = c <= ' ' || c == '-' || c == '.' || c == ',' || c == '<' || c == '/' ||
                      c == 0xA0 || c == 0x2010 || c == 0x2011 || c == 0x2013;
        if (breaks && word->size > 0) {
            return true;
        }
        if (word->size + 4 >= sizeof(word->text)) {
            continue;
        }
        size_t size = names_latin(c, word->text + word->size);
        word->size += size;
        bool other_script = size == 0 && c != UINT32_MAX &&
                            (c >= 0x370 || (c >= '0' && c <= '9')) && !(c >= 0x2000 && c <= 0x206F);
        if (other_script && !breaks) {
            char *to = word->text + word->size;
            if (c < 0x80) {
                to[0] = (char)c;
                word->size += 1;
            } else { /* three base-64 digits of the code point: enough to compare by */
                for (int i = 0; i < 4; i++) {
                    to[i] = (char)(0x80 | ((c >> (6 * i)) & 0x3F));
                }
                word->size += 4;
            }
        }
    }
    return word->size > 0;
}

struct change {
    const char *from;
    const char *to;
    const char *before; /* only before one of these letters; NULL: anywhere */
};

/* In this order; a capital is a letter already settled. */
static const struct change changes[] = {{"tch", "S", NULL}, {"sch", "S", NULL}, {"sh", "S", NULL},
                                        {"ch", "S", NULL},  {"dj", "j", NULL},  {"dg", "j", NULL},
                                        {"gh", "g", NULL},  {"kh", "h", NULL},  {"ph", "f", NULL},
                                        {"th", "t", NULL},  {"dh", "d", NULL},  {"ck", "k", NULL},
                                        {"q", "k", NULL},   {"x", "ks", NULL},  {"c", "s", "eiyk"},
                                        {"c", "k", NULL},   {"gu", "g", "eiy"}, {"ge", "j", "aou"},
                                        {"v", "u", NULL},   {"w", "u", NULL},   {"S", "s", NULL}};

static void apply(struct word *word, const struct change *change) {
    if (memchr(word->text, change->from[0], word->size) == NULL) {
        return; /* most changes touch no letter of a word */
    }
    struct word out = {.size = 0};
    size_t from = strlen(change->from);
    size_t to = strlen(change->to);
    for (size_t at = 0; at < word->size;) {
        bool hit = at + from <= word->size && memcmp(word->text + at, change->from, from) == 0;
        if (hit && change->before != NULL) {
            hit = at + from < word->size && strchr(change->before, word->text[at + from]) != NULL &&
                  word->text[at + from] != '\0';
        }
        if (hit && out.size + to <= sizeof(out.text)) {
            memcpy(out.text + out.size, change->to, to);
            out.size += to;
            at += from;
        } else if (out.size < sizeof(out.text)) {
            out.text[out.size++] = word->text[at++];
        } else {
            at++;
        }
    }
    *word = out;
}

/* Keeps the first letter (any vowel as 'a') and the consonants after it, without doublings and
 * final h after a vowel. */
static void skeleton(const struct word *word, char out[NAMES_TOKEN]) {
    size_t size = word->size;
    if (size > 1 && word->text[size - 1] == 'h' && is_vowel(word->text[size - 2])) {
        size--;
    }
    size_t used = 0;
    for (size_t i = 0; i < size && used + 1 < NAMES_TOKEN; i++) {
        char c = word->text[i];
        if (is_vowel(c)) {
            if (i > 0) {
                continue;
            }
            c = 'a';
        }
        if (used == 0 || out[used - 1] != c || (unsigned char)c >= 0x80) {
            out[used++] = c;
        }
    }
    out[used] = '\0';
}

static bool word_is(const struct word *word, const char *text) {
    return word->size == strlen(text) && memcmp(word->text, text, word->size) == 0;
}

/* Particles that one office writes and the next leaves out. */
static bool is_particle(const struct word *word) {
    static const char *const particles[] = {"ben", "bent", "bint", "ibn", "bin", "bnou", "el", "al",
                                            "ul",  "ould", "wld",  "ait", "at",  "mint", "bt", "de",
                                            "du",  "da",   "do",   "das", "dos", "van",  "von"};
    for (size_t i = 0; i < sizeof(particles) / sizeof(particles[0]); i++) {
        if (word_is(word, particles[i])) {
            return true;
        }
    }
    return false;
}

/* The article as it sounds before some letters: Abd Er-Rahmane, Abd Es-Samad. */
static bool is_sun_article(const struct word *word) {
    return word->size <= 3 && word->text[0] == 'e' && word->size > 1 && word->text[1] != 'l';
}

/* The same particles written together with the name (Elidrissi, Bensalem, Ouldbrahim, Aitbrahim).
 */
static void strip_prefix(struct word *word) {
    static const struct {
        const char *text;
        size_t rest; /* letters that must remain */
    } prefixes[] = {{"ould", 4}, {"ben", 3}, {"ait", 5}, {"el", 4}};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        size_t size = strlen(prefixes[i].text);
        if (word->size >= size + prefixes[i].rest &&
            memcmp(word->text, prefixes[i].text, size) == 0) {
            memmove(word->text, word->text + size, word->size - size);
            word->size -= size;
            return;
        }
    }
}

/* abd, abu and bu go together with the word after them: Bou Azza, Bu Azza and Bouazza are one name.
 * (Taken for a particle, Bou would vanish where Bu, being shorter, stays.) */
static bool joins(const struct word *word, const char *token) {
    if (word_is(word, "bou") || word_is(word, "bu")) {
        return true;
    }
    return strcmp(token, "abd") == 0 || strcmp(token, "ab") == 0 || strcmp(token, "abdl") == 0;
}

/* Abdelkader as abd + kader: the article inside falls; of Abdellah the l is the name's own. */
static void settle_abd(char *token) {
    size_t size = strlen(token);
    if (size > 4 && memcmp(token, "abdl", 4) == 0) {
        memmove(token + 3, token + 4, size - 3);
    }
}

static void join(char token[NAMES_TOKEN], const char *next) {
    if (strcmp(token, "abdl") == 0) {
        token[3] = '\0';
    }
    if (*next == 'a' && next[1] != '\0') {
        next++;
    }
    size_t size = strlen(token);
    if (*next == token[size - 1]) {
        next++;
    }
    size_t more = strlen(next);
    if (size + more < NAMES_TOKEN) {
        memcpy(token + size, next, more + 1);
    }
}

void names_fold(struct span name, struct names *out) {
    out->count = 0;
    bool open = false; /* the last token waits for the word it goes with */
    struct word word;
    for (size_t at = 0; next_word(name, &at, &word);) {
        bool particle = is_particle(&word) || (open && is_sun_article(&word));
        if (particle && (open || at < name.len || out->count > 0)) {
            continue;
        }
        if (!open) {
            strip_prefix(&word);
        }
        struct word plain = word;
        for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
            apply(&word, &changes[i]);
        }
        char token[NAMES_TOKEN];
        skeleton(&word, token);
        if (open) {
            join(out->token[out->count - 1], token);
            open = false;
        } else if (out->count < NAMES_TOKENS) {
            settle_abd(token);
            memcpy(out->token[out->count++], token, NAMES_TOKEN);
            open = joins(&plain, token);
        }
    }
}

static void put_pair(const char *first, const char *second, char out[NAMES_KEY]) {
    if (strcmp(first, second) > 0) {
        const char *swap = first;
        first = second;
        second = swap;
    }
    size_t size = strlen(first);
    memcpy(out, first, size);
    out[size] = ' ';
    memcpy(out + size + 1, second, strlen(second) + 1);
}

void names_key(struct span surname, struct span given, char out[NAMES_KEY]) {
    struct names family;
    struct names own;
    names_fold(surname, &family);
    names_fold(given, &own);
    out[0] = '\0';
    if (family.count > 0 && own.count > 0) {
        put_pair(family.token[0], own.token[0], out);
        return;
    }
    const struct names *only = family.count > 0 ? &family : &own;
    if (only->count > 0) {
        put_pair(only->token[0], only->count > 1 ? only->token[1] : "", out);
    }
}

static bool token_in(const char *token, const struct names *names, bool cut) {
    for (int i = 0; i < names->count; i++) {
        const char *other = names->token[i];
        if (strcmp(token, other) == 0 ||
            (cut && strlen(token) >= 3 && strncmp(token, other, strlen(token)) == 0)) {
            return true;
        }
    }
    return false;
}

bool names_agree(struct span a, struct span b) {
    struct names one;
    struct names two;
    names_fold(a, &one);
    names_fold(b, &two);
    const struct names *less = one.count <= two.count ? &one : &two;
    const struct names *more = less == &one ? &two : &one;
    if (less->count == 0) {
        return more->count == 0;
    }
    for (int i = 0; i < less->count; i++) {
        if (!token_in(less->token[i], more, i + 1 == less->count)) {
            return false;
        }
    }
    return true;
}
