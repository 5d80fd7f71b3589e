/* linkage_compare.c - two values, two records. */
#include <math.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "linkage.h"
#include "names.h"

enum kind { NAME, DAY, DIGITS, TEXT };

static const struct {
    const char *name;
    enum kind kind;
} parts[LINK_PARTS] = {
    [LINK_GIVEN] = {"given_names", NAME},  [LINK_SURNAME] = {"surname", NAME},
    [LINK_FATHER] = {"father_name", NAME}, [LINK_BIRTH] = {"birth_date", DAY},
    [LINK_PLACE] = {"birth_place", TEXT},  [LINK_POSTCODE] = {"postcode", DIGITS},
    [LINK_REGION] = {"region", TEXT},      [LINK_NUMBER] = {"street_number", DIGITS},
    [LINK_STREET] = {"street", TEXT},      [LINK_STREET_2] = {"street_2", TEXT},
    [LINK_ID] = {"national_id", DIGITS},   [LINK_DOCUMENT] = {"document_number", DIGITS},
    [LINK_PHONE] = {"phone", DIGITS},
};

const char *link_part_name(enum link_part part) {
    return parts[part].name;
}

const char *link_level_name(enum link_level level) {
    static const char *const names[] = {"same", "near", "alike", "other", "", "unknown"};
    return names[level];
}

static uint64_t hash_bytes(const char *bytes, size_t size) {
    uint64_t hash = 0xcbf29ce484222325U; /* FNV-1a */
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3U;
    }
    return hash;
}

static uint64_t letters_of(const char *bytes, size_t size) {
    uint64_t letters = 0;
    for (size_t i = 0; i < size; i++) {
        letters |= 1ULL << ((unsigned char)bytes[i] & 63);
    }
    return letters;
}

/* Letters and figures, lower case; letters of other scripts as they are. */
static size_t plain(enum kind kind, struct span text, char out[LINK_TEXT]) {
    size_t used = 0;
    for (size_t at = 0; at < text.len && used + 4 < LINK_TEXT;) {
        size_t from = at;
        uint32_t c = text_next(text, &at);
        bool figure = c >= '0' && c <= '9';
        if (figure) {
            out[used++] = (char)c;
        } else if (kind != DAY && c < 0x370) {
            used += names_latin(c, out + used);
        } else if (kind != DAY && c != UINT32_MAX && c < 0xFFFF) {
            memcpy(out + used, text.ptr + from, at - from);
            used += at - from;
        }
    }
    return used;
}

void link_value_plain(enum link_part part, struct span text, char letters[LINK_TEXT],
                      struct link_value *out) {
    size_t size = plain(parts[part].kind, text, letters);
    uint64_t hash = hash_bytes(letters, size);
    *out = (struct link_value){.text = letters,
                               .hash = hash,
                               .letters = letters_of(letters, size),
                               .block = hash,
                               .size = (uint8_t)size};
}

void link_value_of(struct arena *arena, enum link_part part, struct span text,
                   struct link_value *out) {
    char letters[LINK_TEXT];
    enum kind kind = parts[part].kind;
    link_value_plain(part, text, letters, out);
    size_t size = out->size;
    out->text = NULL;
    if (size == 0) {
        return;
    }
    out->text = arena_copy(arena, letters, size);
    if (kind == NAME) {
        struct names_heard *heard = ARENA_NEW(arena, struct names_heard);
        struct names fold;
        names_hear(text, heard);
        names_fold(text, &fold);
        out->heard = heard;
        if (fold.count > 0) {
            out->block = hash_bytes(fold.token[0], strlen(fold.token[0]));
        }
    } else if (kind == DAY && size == 8) {
        /* day and month in order, so that a swap of them meets in one block */
        char turned[8];
        bool later = memcmp(letters + 4, letters + 6, 2) > 0;
        memcpy(turned, letters, 4);
        memcpy(turned + 4, letters + (later ? 6 : 4), 2);
        memcpy(turned + 6, letters + (later ? 4 : 6), 2);
        out->block = hash_bytes(turned, 8);
    }
}

/* Changes of one letter, or exchanges of two neighbours, that turn one text into the other (optimal
 * string alignment); `limit` + 1 as soon as it is more than `limit`. */
static int slips(const struct link_value *a, const struct link_value *b, int limit) {
    unsigned char rows[3][LINK_TEXT + 1];
    unsigned char *before = rows[0];
    unsigned char *last = rows[1];
    unsigned char *now = rows[2];
    if (a->size > b->size + limit || b->size > a->size + limit ||
        __builtin_popcountll(a->letters & ~b->letters) > limit ||
        __builtin_popcountll(b->letters & ~a->letters) > limit) {
        return limit + 1; /* each change brings in one letter at most */
    }
    for (int j = 0; j <= b->size; j++) {
        last[j] = (unsigned char)j;
    }
    for (int i = 1; i <= a->size; i++) {
        int least = i;
        now[0] = (unsigned char)i;
        for (int j = 1; j <= b->size; j++) {
            int best = last[j - 1] + (a->text[i - 1] != b->text[j - 1]);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a->text[i - 1] == b->text[j - 2] &&
                a->text[i - 2] == b->text[j - 1] && before[j - 2] + 1 < best) {
                best = before[j - 2] + 1;
            }
            now[j] = (unsigned char)best;
            least = best < least ? best : least;
        }
        if (least > limit) {
            return limit + 1; /* an exchange costs 1 over two rows: no way back below it */
        }
        unsigned char *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b->size] <= limit ? last[b->size] : limit + 1;
}

static int year_of(const struct link_value *day) {
    int year = 0;
    for (int i = 0; i < 4; i++) {
        year = year * 10 + day->text[i] - '0';
    }
    return year;
}

/* Slips of a date: a figure, two neighbours, day and month, the year before or after. */
static enum link_level day_level(const struct link_value *a, const struct link_value *b) {
    if (a->size != 8 || b->size != 8) {
        return slips(a, b, 1) <= 1 ? LINK_NEAR : LINK_OTHER;
    }
    bool year = memcmp(a->text, b->text, 4) == 0;
    bool month = memcmp(a->text + 4, b->text + 4, 2) == 0;
    bool day = memcmp(a->text + 6, b->text + 6, 2) == 0;
    bool swapped =
        memcmp(a->text + 4, b->text + 6, 2) == 0 && memcmp(a->text + 6, b->text + 4, 2) == 0;
    int years = year_of(a) - year_of(b);
    int differ = slips(a, b, 2);
    if ((year && swapped) || (month && day && years >= -1 && years <= 1) || differ == 1) {
        return LINK_NEAR;
    }
    return year + month + day == 2 || differ == 2 ? LINK_ALIKE : LINK_OTHER;
}

static enum link_level digits_level(const struct link_value *a, const struct link_value *b) {
    int longer = a->size > b->size ? a->size : b->size;
    int differ = slips(a, b, 2);
    if (differ == 1 && longer > 2) {
        return LINK_NEAR;
    }
    return differ == 1 || (differ == 2 && longer >= 6) ? LINK_ALIKE : LINK_OTHER;
}

static enum link_level text_level(const struct link_value *a, const struct link_value *b) {
    int longer = a->size > b->size ? a->size : b->size;
    int differ = slips(a, b, longer * 2 / 5);
    return differ * 5 <= longer ? LINK_NEAR : differ * 5 <= longer * 2 ? LINK_ALIKE : LINK_OTHER;
}

static enum link_level name_level(const struct link_value *a, const struct link_value *b) {
    double alike = names_likeness_of(a->heard, b->heard);
    return alike >= 0.97   ? LINK_SAME
           : alike >= 0.78 ? LINK_NEAR
           : alike >= 0.60 ? LINK_ALIKE
                           : LINK_OTHER;
}

enum link_level link_level(enum link_part part, const struct link_value *a,
                           const struct link_value *b) {
    if (a->size == 0 || b->size == 0) {
        return LINK_UNKNOWN;
    }
    if (a->size == b->size && memcmp(a->text, b->text, a->size) == 0) {
        return LINK_SAME;
    }
    switch (parts[part].kind) {
    case NAME:
        return name_level(a, b);
    case DAY:
        return day_level(a, b);
    case DIGITS:
        return digits_level(a, b);
    case TEXT:
        break;
    }
    return text_level(a, b);
}

double link_bits(const struct link_weights *weights, enum link_part part, enum link_level level,
                 double share) {
    if (level >= LINK_LEVELS) {
        return 0;
    }
    double u = weights->u[part][level];
    if (level == LINK_SAME && share > 0) {
        u = share;
    }
    return log2(weights->m[part][level] / u);
}

/* How many of all records have what both have. */
static double share_of(const struct link_value *a, const struct link_value *b, double records) {
    uint32_t count = a->count > b->count ? a->count : b->count;
    return records > 0 ? count / records : 0;
}

static double weigh(const struct link_weights *weights, enum link_part part,
                    const struct link_value *a, const struct link_value *b, double records,
                    enum link_level *level) {
    *level = link_level(part, a, b);
    return link_bits(weights, part, *level, share_of(a, b, records));
}

/* Two parts that people exchange: straight, or crossed when that weighs more. */
static bool weigh_two(const struct link_weights *weights, enum link_part first,
                      enum link_part second, const struct link_value *const a[LINK_PARTS],
                      const struct link_value *const b[LINK_PARTS], double records,
                      struct link_score *score) {
    score->bits[first] = weigh(weights, first, a[first], b[first], records, &score->level[first]);
    score->bits[second] =
        weigh(weights, second, a[second], b[second], records, &score->level[second]);
    bool good = score->level[first] <= LINK_NEAR || score->level[second] <= LINK_NEAR;
    if (good) {
        return false;
    }
    enum link_level levels[2];
    double one = weigh(weights, first, a[first], b[second], records, &levels[0]);
    double two = weigh(weights, second, a[second], b[first], records, &levels[1]);
    if (one + two - weights->swapped <= score->bits[first] + score->bits[second]) {
        return false;
    }
    score->bits[first] = one - weights->swapped / 2;
    score->bits[second] = two - weights->swapped / 2;
    score->level[first] = levels[0];
    score->level[second] = levels[1];
    return true;
}

void link_compare(const struct link_weights *weights, const struct link_value *const a[LINK_PARTS],
                  const struct link_value *const b[LINK_PARTS], double records,
                  struct link_score *score) {
    score->swapped = weigh_two(weights, LINK_GIVEN, LINK_SURNAME, a, b, records, score);
    (void)weigh_two(weights, LINK_STREET, LINK_STREET_2, a, b, records, score);
    score->total = 0;
    for (enum link_part part = 0; part < LINK_PARTS; part++) {
        bool done = part == LINK_GIVEN || part == LINK_SURNAME || part == LINK_STREET ||
                    part == LINK_STREET_2;
        if (!done) {
            score->bits[part] =
                weigh(weights, part, a[part], b[part], records, &score->level[part]);
        }
        score->total += score->bits[part];
    }
}
