/* names_likeness.c - the cost of turning one name as heard into another. */
#include <string.h>

#include "names_sound.h"

/* Costs in hundredths of what a consonant weighs. They and the tables below were learned: counted
 * on the changes between spellings of one name against those between near names, one half of the
 * labelled pairs, the names of the other half kept for measuring. */
enum {
    FULL = 100,     /* what a consonant weighs in a word */
    WEIGHT = 63,    /* and a vowel */
    OTHER = 110,    /* another consonant altogether */
    LETTER = 87,    /* a consonant more or less */
    ASPIRATE = 22,  /* an h more or less */
    VOWEL = 30,     /* another vowel, where no table says it */
    SWITCH = 90,    /* two neighbours exchanged */
    UNWRITTEN = 4,  /* a vowel beside a name that is written without */
    SAME_NAME = 97, /* how alike words heard as one known name are, at least */
    OTHER_NAME = 70 /* and as different ones, at most */
};

#define SOUND(c) ((c)-64)
#define NEAR(a, b, cost) [SOUND(a)][SOUND(b)] = (cost), [SOUND(b)][SOUND(a)] = (cost)

/* 0: not near. */
static const unsigned char near[64][64] = {
    NEAR('a', 'e', 7),  NEAR('e', 'i', 2),  NEAR('o', 'u', 1),  NEAR('a', 'o', 13),
    NEAR('a', 'u', 33), NEAR('e', 'u', 13), NEAR('e', 'o', 56), NEAR('i', 'u', 54),
    NEAR('i', 'o', 95), NEAR('E', 'i', 2),  NEAR('E', 'e', 22), NEAR('E', 'a', 50),
    NEAR('k', 'g', 40), NEAR('k', 'X', 55), NEAR('X', 'h', 20), NEAR('G', 'g', 6),
    NEAR('G', 'r', 55), NEAR('G', 'h', 60), NEAR('G', 'X', 55), NEAR('G', 'k', 55),
    NEAR('S', 's', 55), NEAR('S', 'j', 60), NEAR('S', 'k', 37), NEAR('S', 'C', 65),
    NEAR('j', 'g', 2),  NEAR('j', 'i', 2),  NEAR('j', 'z', 55), NEAR('j', 'k', 30),
    NEAR('j', 's', 10), NEAR('s', 'z', 39), NEAR('t', 'd', 95), NEAR('d', 'z', 46),
    NEAR('b', 'p', 2),  NEAR('b', 'v', 26), NEAR('v', 'f', 40), NEAR('v', 'u', 2),
    NEAR('l', 'r', 60), NEAR('T', 't', 36), NEAR('T', 's', 12), NEAR('D', 'd', 7),
    NEAR('D', 'z', 15), NEAR('T', 'd', 60), NEAR('C', 'k', 2),  NEAR('C', 's', 17),
};

/* Between last letters, where a vowel makes another name: Salim, Salima; Francesco, Francesca. */
static const unsigned char near_last[64][64] = {
    NEAR('a', 'e', 50), NEAR('a', 'i', 75), NEAR('a', 'o', 120), NEAR('a', 'u', 75),
    NEAR('e', 'i', 30), NEAR('e', 'o', 75), NEAR('e', 'u', 75),  NEAR('i', 'o', 55),
    NEAR('i', 'u', 56), NEAR('o', 'u', 1),  NEAR('E', 'a', 38),  NEAR('E', 'i', 2),
};

/* A vowel more or less inside a word, and at its end. */
static const unsigned char lone[64] = {
    [SOUND('a')] = 28, [SOUND('e')] = 26, [SOUND('i')] = 52,
    [SOUND('o')] = 90, [SOUND('u')] = 32, [SOUND('E')] = 52,
};
static const unsigned char lone_last[64] = {
    [SOUND('a')] = 60, [SOUND('e')] = 1,  [SOUND('i')] = 85,
    [SOUND('o')] = 70, [SOUND('u')] = 60, [SOUND('E')] = 85,
};

static bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'E';
}

static int change_cost(char a, char b, bool last) {
    if (a == b) {
        return 0;
    }
    int x = SOUND(a) & 63;
    int y = SOUND(b) & 63;
    int cost = last && near_last[x][y] > 0 ? near_last[x][y] : near[x][y];
    if (cost > 0) {
        return cost;
    }
    return is_vowel(a) && is_vowel(b) ? VOWEL : OTHER;
}

static int lone_cost(char c, bool last, bool unwritten) {
    if (!is_vowel(c)) {
        return c == 'h' ? ASPIRATE : LETTER;
    }
    if (unwritten) {
        return UNWRITTEN;
    }
    return last ? lone_last[SOUND(c) & 63] : lone[SOUND(c) & 63];
}

/* What a word weighs: the cost of all its sounds. */
static int weight(const char *word, size_t size, bool unwritten) {
    int sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += !is_vowel(word[i]) ? FULL : unwritten ? UNWRITTEN : WEIGHT;
    }
    return sum;
}

/* The least cost of turning one word into the other; more than `limit` as soon as it is that. */
static int distance(const char *a, size_t m, const char *b, size_t n, bool unwritten, int limit) {
    int rows[3][NAMES_SOUNDS];
    int *before = rows[0];
    int *last = rows[1];
    int *now = rows[2];
    last[0] = 0;
    for (size_t j = 1; j <= n; j++) {
        last[j] = last[j - 1] + lone_cost(b[j - 1], j == n, unwritten);
    }
    for (size_t i = 1; i <= m; i++) {
        int drop = lone_cost(a[i - 1], i == m, unwritten);
        now[0] = last[0] + drop;
        int least = now[0];
        for (size_t j = 1; j <= n; j++) {
            int best = last[j - 1] + change_cost(a[i - 1], b[j - 1], i == m && j == n);
            int less = last[j] + drop;
            int more = now[j - 1] + lone_cost(b[j - 1], j == n, unwritten);
            best = less < best ? less : best;
            best = more < best ? more : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + SWITCH < best) {
                best = before[j - 2] + SWITCH;
            }
            now[j] = best;
            least = best < least ? best : least;
        }
        if (least > limit) {
            return limit + 1;
        }
        int *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[n];
}

/* 0 for what is less than half alike. */
static double likeness(const char *a, size_t m, const char *b, size_t n, bool unwritten) {
    int sum = weight(a, m, unwritten) + weight(b, n, unwritten);
    if (sum == 0) {
        return 1;
    }
    int limit = sum / 4;
    int cost = distance(a, m, b, n, unwritten, limit);
    return cost > limit ? 0 : 1 - 2.0 * cost / sum;
}

static bool share(const struct names_token *a, int some, const struct names_token *b, int others) {
    for (int i = 0; i < some; i++) {
        for (int j = 0; j < others; j++) {
            if (a->name[i] == b->name[j]) {
                return true;
            }
        }
    }
    return false;
}

static double words_likeness(const struct names_heard *a, int i, const struct names_heard *b,
                             int j) {
    const struct names_token *one = &a->token[i];
    const struct names_token *two = &b->token[j];
    double heard = likeness(a->sound + one->at, one->size, b->sound + two->at, two->size,
                            a->unvowelled != b->unvowelled);
    if (one->names == 0 || two->names == 0) {
        return heard;
    }
    if (share(one, one->first, two, two->first)) {
        return heard < SAME_NAME / 100.0 ? SAME_NAME / 100.0 : heard;
    }
    bool other = !share(one, one->names, two, two->names);
    return other && heard > OTHER_NAME / 100.0 ? OTHER_NAME / 100.0 : heard;
}

/* Each word of the shorter name with the most alike of the longer that is left; words of the longer
 * that find none count a little. */
static double by_words(const struct names_heard *less, const struct names_heard *more) {
    enum { SPARE = 12 }; /* what a further name weighs, in hundredths of its own weight */
    unsigned taken = 0;
    double sum = 0;
    double whole = 0;
    for (int i = 0; i < less->count; i++) {
        int best = 0;
        double most = -1;
        for (int j = 0; j < more->count; j++) {
            double one = (taken >> j & 1) != 0 ? -1 : words_likeness(less, i, more, j);
            if (one > most) {
                most = one;
                best = j;
            }
        }
        taken |= 1U << best;
        double size = weight(less->sound + less->token[i].at, less->token[i].size, false);
        sum += most * size;
        whole += size;
    }
    for (int j = 0; j < more->count; j++) {
        int size = weight(more->sound + more->token[j].at, more->token[j].size, false);
        whole += (taken >> j & 1) != 0 ? 0 : size * (SPARE / 100.0);
    }
    return whole <= 0 ? 0 : sum / whole;
}

static size_t joined(const struct names_heard *name, char out[NAMES_SOUNDS]) {
    size_t used = 0;
    for (const char *c = name->sound; *c != '\0'; c++) {
        if (*c != ' ') {
            out[used++] = *c;
        }
    }
    return used;
}

double names_likeness_of(const struct names_heard *a, const struct names_heard *b) {
    if (a->count == 0 || b->count == 0) {
        return 0;
    }
    double best = a->count <= b->count ? by_words(a, b) : by_words(b, a);
    if (a->count == b->count && a->count > 1) { /* whose words choose first must not matter */
        double other = by_words(b, a);
        best = other > best ? other : best;
    }
    if (a->count > 1 || b->count > 1) {
        char one[NAMES_SOUNDS];
        char two[NAMES_SOUNDS];
        size_t m = joined(a, one);
        size_t n = joined(b, two);
        double whole = likeness(one, m, two, n, a->unvowelled != b->unvowelled);
        best = whole > best ? whole : best;
    }
    return best;
}

double names_likeness(struct span a, struct span b) {
    struct names_heard one;
    struct names_heard two;
    names_hear(a, &one);
    names_hear(b, &two);
    return names_likeness_of(&one, &two);
}
