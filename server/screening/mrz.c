/* mrz.c - see mrz.h. Each format is a table of where its fields stand; positions are 0-based here.
 */
#include "mrz.h"

#include <string.h>

/* A run of characters: line, first character, length (0: the format has no such field). */
struct place {
    int line, at, size;
};

/* A check digit: where it stands and, in order, what it is computed over. */
struct digit_rule {
    enum mrz_fault fault;
    struct place digit;
    struct place over[4];
    bool filler_if_empty; /* '<' is allowed when the field is empty (part 4, personal number) */
};

struct layout {
    enum mrz_format format;
    int lines, width;
    const char *first; /* allowed first characters of the document code */
    struct place code, issuer, number, nationality, birth, expiry, sex, optional, optional2;
    struct place name;  /* surname<<given */
    struct place given; /* where it is a field of its own (French card) */
    struct digit_rule digits[5];
};

static const struct layout layouts[] = {
    {.format = MRZ_TD1,
     .lines = 3,
     .width = 30,
     .first = "ACI",
     .code = {0, 0, 2},
     .issuer = {0, 2, 3},
     .number = {0, 5, 9},
     .optional = {0, 15, 15},
     .birth = {1, 0, 6},
     .sex = {1, 7, 1},
     .expiry = {1, 8, 6},
     .nationality = {1, 15, 3},
     .optional2 = {1, 18, 11},
     .name = {2, 0, 30},
     .digits = {{MRZ_DIGIT_NUMBER, {0, 14, 1}, {{0, 5, 9}}, false},
                {MRZ_DIGIT_BIRTH, {1, 6, 1}, {{1, 0, 6}}, false},
                {MRZ_DIGIT_EXPIRY, {1, 14, 1}, {{1, 8, 6}}, false},
                {MRZ_DIGIT_COMPOSITE,
                 {1, 29, 1},
                 {{0, 5, 25}, {1, 0, 7}, {1, 8, 7}, {1, 18, 11}},
                 false}}},
    {.format = MRZ_TD2,
     .lines = 2,
     .width = 36,
     .first = "ACI",
     .code = {0, 0, 2},
     .issuer = {0, 2, 3},
     .name = {0, 5, 31},
     .number = {1, 0, 9},
     .nationality = {1, 10, 3},
     .birth = {1, 13, 6},
     .sex = {1, 20, 1},
     .expiry = {1, 21, 6},
     .optional = {1, 28, 7},
     .digits = {{MRZ_DIGIT_NUMBER, {1, 9, 1}, {{1, 0, 9}}, false},
                {MRZ_DIGIT_BIRTH, {1, 19, 1}, {{1, 13, 6}}, false},
                {MRZ_DIGIT_EXPIRY, {1, 27, 1}, {{1, 21, 6}}, false},
                {MRZ_DIGIT_COMPOSITE, {1, 35, 1}, {{1, 0, 10}, {1, 13, 7}, {1, 21, 14}}, false}}},
    {.format = MRZ_TD3,
     .lines = 2,
     .width = 44,
     .first = "P",
     .code = {0, 0, 2},
     .issuer = {0, 2, 3},
     .name = {0, 5, 39},
     .number = {1, 0, 9},
     .nationality = {1, 10, 3},
     .birth = {1, 13, 6},
     .sex = {1, 20, 1},
     .expiry = {1, 21, 6},
     .optional = {1, 28, 14},
     .digits = {{MRZ_DIGIT_NUMBER, {1, 9, 1}, {{1, 0, 9}}, false},
                {MRZ_DIGIT_BIRTH, {1, 19, 1}, {{1, 13, 6}}, false},
                {MRZ_DIGIT_EXPIRY, {1, 27, 1}, {{1, 21, 6}}, false},
                {MRZ_DIGIT_PERSONAL, {1, 42, 1}, {{1, 28, 14}}, true},
                {MRZ_DIGIT_COMPOSITE, {1, 43, 1}, {{1, 0, 10}, {1, 13, 7}, {1, 21, 22}}, false}}},
    {.format = MRZ_MRV_A,
     .lines = 2,
     .width = 44,
     .first = "V",
     .code = {0, 0, 2},
     .issuer = {0, 2, 3},
     .name = {0, 5, 39},
     .number = {1, 0, 9},
     .nationality = {1, 10, 3},
     .birth = {1, 13, 6},
     .sex = {1, 20, 1},
     .expiry = {1, 21, 6},
     .optional = {1, 28, 16},
     .digits = {{MRZ_DIGIT_NUMBER, {1, 9, 1}, {{1, 0, 9}}, false},
                {MRZ_DIGIT_BIRTH, {1, 19, 1}, {{1, 13, 6}}, false},
                {MRZ_DIGIT_EXPIRY, {1, 27, 1}, {{1, 21, 6}}, false}}},
    {.format = MRZ_MRV_B,
     .lines = 2,
     .width = 36,
     .first = "V",
     .code = {0, 0, 2},
     .issuer = {0, 2, 3},
     .name = {0, 5, 31},
     .number = {1, 0, 9},
     .nationality = {1, 10, 3},
     .birth = {1, 13, 6},
     .sex = {1, 20, 1},
     .expiry = {1, 21, 6},
     .optional = {1, 28, 8},
     .digits = {{MRZ_DIGIT_NUMBER, {1, 9, 1}, {{1, 0, 9}}, false},
                {MRZ_DIGIT_BIRTH, {1, 19, 1}, {{1, 13, 6}}, false},
                {MRZ_DIGIT_EXPIRY, {1, 27, 1}, {{1, 21, 6}}, false}}},
    {.format = MRZ_FR_CNI,
     .lines = 2,
     .width = 36,
     .first = "I",
     .code = {0, 0, 2},
     .issuer = {0, 2, 3},
     .name = {0, 5, 25},
     .number = {1, 0, 12},
     .given = {1, 13, 14},
     .birth = {1, 27, 6},
     .sex = {1, 34, 1},
     .digits = {{MRZ_DIGIT_NUMBER, {1, 12, 1}, {{1, 0, 12}}, false},
                {MRZ_DIGIT_BIRTH, {1, 33, 1}, {{1, 27, 6}}, false},
                {MRZ_DIGIT_COMPOSITE, {1, 35, 1}, {{0, 0, 36}, {1, 0, 35}}, false}}},
};

static const char *const fault_names[MRZ_FAULTS] = {"bad_line_lengths",
                                                    "bad_characters",
                                                    "check_digit:document_number",
                                                    "check_digit:birth_date",
                                                    "check_digit:expiry_date",
                                                    "check_digit:personal_number",
                                                    "check_digit:composite",
                                                    "birth_date_invalid",
                                                    "expiry_date_invalid",
                                                    "sex_invalid",
                                                    "document_code_invalid"};

const char *mrz_fault_name(int index) {
    return index >= 0 && index < MRZ_FAULTS ? fault_names[index] : NULL;
}

const char *mrz_format_name(enum mrz_format format) {
    static const char *const names[] = {NULL, "TD1", "TD2", "TD3", "MRV-A", "MRV-B", "FR-CNI"};
    return names[format];
}

/* The value of a character, or -1. */
static int value_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'Z') {
        return c - 'A' + 10;
    }
    return c == '<' ? 0 : -1;
}

/* Goes on with a sum; `count` is how many characters came before. -1 for a foreign character. */
static int sum_more(int sum, int *count, const char *text, int size) {
    static const int weights[3] = {7, 3, 1};
    for (int i = 0; i < size && sum >= 0; i++) {
        int value = value_of(text[i]);
        sum = value < 0 ? -1 : (sum + value * weights[*count % 3]) % 10;
        *count += 1;
    }
    return sum;
}

char mrz_check_digit(struct span text) {
    int count = 0;
    int sum = 0;
    for (size_t i = 0; i < text.len && sum >= 0; i++) {
        sum = sum_more(sum, &count, text.ptr + i, 1);
    }
    return sum < 0 ? '\0' : (char)('0' + sum);
}

struct zone {
    int count;
    struct span lines[3];
};

/* Cuts the text into its lines that are not blank; more than three leave count 4. */
static void zone_cut(struct span text, struct zone *zone) {
    zone->count = 0;
    size_t at = 0;
    while (at < text.len && zone->count < 4) {
        size_t end = at;
        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r') {
            end++;
        }
        struct span line = text_trim((struct span){text.ptr + at, end - at});
        if (line.len > 0) {
            if (zone->count < 3) {
                zone->lines[zone->count] = line;
            }
            zone->count++;
        }
        at = end + 1;
    }
}

static bool starts_with(struct span line, const char *start) {
    size_t size = strlen(start);
    return line.len >= size && memcmp(line.ptr, start, size) == 0;
}

/* The layout by number and length of lines; NULL when no document has them. */
static const struct layout *layout_of(const struct zone *zone) {
    if (zone->count != 2 && zone->count != 3) {
        return NULL;
    }
    /* Characters, not bytes: a line with a foreign one is of its length, and faulty for that one.
     */
    size_t width = text_length(zone->lines[0]);
    for (int i = 1; i < zone->count; i++) {
        if (text_length(zone->lines[i]) != width) {
            return NULL;
        }
    }
    bool visa = starts_with(zone->lines[0], "V");
    enum mrz_format format = MRZ_NONE;
    if (zone->count == 3) {
        format = width == 30 ? MRZ_TD1 : MRZ_NONE;
    } else if (width == 44) {
        format = visa ? MRZ_MRV_A : MRZ_TD3;
    } else if (width == 36) {
        format = visa ? MRZ_MRV_B : starts_with(zone->lines[0], "IDFRA") ? MRZ_FR_CNI : MRZ_TD2;
    }
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        if (layouts[i].format == format) {
            return &layouts[i];
        }
    }
    return NULL;
}

static const char *zone_at(const struct zone *zone, struct place place) {
    return zone->lines[place.line].ptr + place.at;
}

/* Copies a field without its trailing filler. */
static void take(const struct zone *zone, struct place place, char *out) {
    int size = place.size;
    const char *from = zone_at(zone, place);
    while (size > 0 && from[size - 1] == '<') {
        size--;
    }
    memcpy(out, from, (size_t)size);
    out[size] = '\0';
}

/* A name: filler becomes a space, doubled and outer ones vanish. */
static void take_name(const char *from, int size, char *out) {
    int used = 0;
    for (int i = 0; i < size; i++) {
        if (from[i] != '<') {
            out[used++] = from[i];
        } else if (used > 0 && out[used - 1] != ' ') {
            out[used++] = ' ';
        }
    }
    while (used > 0 && out[used - 1] == ' ') {
        used--;
    }
    out[used] = '\0';
}

static void take_names(const struct zone *zone, const struct layout *layout, struct mrz *out) {
    const char *name = zone_at(zone, layout->name);
    int size = layout->name.size;
    int start = 0;
    while (start < size && name[start] == '<') {
        start++;
    }
    int split = start;
    while (split < size && !(name[split] == '<' && split + 1 < size && name[split + 1] == '<')) {
        split++;
    }
    if (layout->given.size > 0) {
        take_name(name, size, out->surname);
        take_name(zone_at(zone, layout->given), layout->given.size, out->given);
    } else {
        take_name(name, split, out->surname);
        take_name(name + split, size - split, out->given);
    }
    if (strpbrk(out->surname, "0123456789") != NULL || strpbrk(out->given, "0123456789") != NULL) {
        out->doubts |= MRZ_NAME_FIGURE;
    }
    if (out->surname[0] == '\0') {
        out->doubts |= MRZ_NAME_MISSING;
    }
}

/* A long document number of a card: the check digit's place holds a filler, the number goes on in
 * the optional data up to its own check digit and a filler (parts 5 and 6). Gives how many
 * characters of the optional field belong to it, check digit included; 0 when the number is not
 * long. */
static int long_number(const struct zone *zone, const struct layout *layout) {
    if (layout->format != MRZ_TD1 && layout->format != MRZ_TD2) {
        return 0;
    }
    if (*zone_at(zone, layout->digits[0].digit) != '<') {
        return 0;
    }
    const char *optional = zone_at(zone, layout->optional);
    int size = 0;
    while (size < layout->optional.size && optional[size] != '<') {
        size++;
    }
    return size >= 2 ? size : 0;
}

static void wrong_digit(struct mrz *out, enum mrz_fault fault, struct place at, char found,
                        char expected) {
    out->faults |= fault;
    out->wrong[out->wrong_digits++] =
        (struct mrz_digit){fault, at.line + 1, at.at + 1, found, expected};
}

static void check_digits(const struct zone *zone, const struct layout *layout, int extra,
                         struct mrz *out) {
    for (int i = 0; i < 5 && layout->digits[i].digit.size > 0; i++) {
        struct digit_rule rule = layout->digits[i];
        if (extra > 0 && rule.fault == MRZ_DIGIT_NUMBER) {
            rule.over[1] = (struct place){layout->optional.line, layout->optional.at, extra - 1};
            rule.digit = (struct place){layout->optional.line, layout->optional.at + extra - 1, 1};
        }
        int count = 0;
        int sum = 0;
        bool empty = true;
        for (int p = 0; p < 4 && rule.over[p].size > 0; p++) {
            const char *text = zone_at(zone, rule.over[p]);
            sum = sum_more(sum, &count, text, rule.over[p].size);
            for (int c = 0; c < rule.over[p].size; c++) {
                empty = empty && text[c] == '<';
            }
        }
        char expected = (char)('0' + sum);
        char found = *zone_at(zone, rule.digit);
        if (found != expected && !(rule.filler_if_empty && empty && found == '<')) {
            wrong_digit(out, rule.fault, rule.digit, found, expected);
        }
    }
}

/* Two characters as a number; -1 for the unknown "<<", -2 for anything else. */
static int pair(const char *text) {
    if (text[0] == '<' && text[1] == '<') {
        return -1;
    }
    bool digits = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';
    return digits ? (text[0] - '0') * 10 + (text[1] - '0') : -2;
}

/* YYMMDD that can exist in some century; `unknown` allows filler for the day, for month and day, or
 * for all (part 3, 4.8: dates of birth only). */
static bool date_possible(const char *text, bool unknown) {
    int year = pair(text);
    int month = pair(text + 2);
    int day = pair(text + 4);
    if (year == -2 || month == -2 || day == -2) {
        return false;
    }
    if (year == -1 || month == -1 || day == -1) {
        bool nested = (year != -1 || month == -1) && (month != -1 || day == -1);
        return unknown && nested && (month == -1 || (month >= 1 && month <= 12));
    }
    return civil_exists((struct civil){2000 + year, month, day});
}

/* The first letter is the kind; the second is the State's own choice among the letters, but for V
 * on cards (parts 4 to 7, data element 01). */
static bool code_allowed(const struct layout *layout, const char *code) {
    if (code[0] == '\0' || strchr(layout->first, code[0]) == NULL) {
        return false;
    }
    bool card = layout->format == MRZ_TD1 || layout->format == MRZ_TD2;
    bool figure = code[1] >= '0' && code[1] <= '9';
    return !figure && !(card && code[1] == 'V');
}

static void check_fields(const struct zone *zone, const struct layout *layout, struct mrz *out) {
    if (!code_allowed(layout, out->code)) {
        out->faults |= MRZ_DOCUMENT_CODE;
    }
    if (!date_possible(zone_at(zone, layout->birth), true)) {
        out->faults |= MRZ_BIRTH_DATE;
    }
    if (layout->expiry.size > 0 && !date_possible(zone_at(zone, layout->expiry), false)) {
        out->faults |= MRZ_EXPIRY_DATE;
    }
    if (strchr("MF<", out->sex) == NULL) {
        out->faults |= MRZ_SEX;
    }
    if (!mrz_state_known(out->issuer)) {
        out->doubts |= MRZ_ISSUER_UNKNOWN;
    }
    if (!mrz_state_known(out->nationality)) {
        out->doubts |= MRZ_NATIONALITY_UNKNOWN;
    }
}

static void take_fields(const struct zone *zone, const struct layout *layout, int extra,
                        struct mrz *out) {
    take(zone, layout->code, out->code);
    take(zone, layout->issuer, out->issuer);
    take(zone, layout->number, out->number);
    memcpy(out->birth, zone_at(zone, layout->birth), 6);
    out->sex = *zone_at(zone, layout->sex);
    if (layout->expiry.size > 0) {
        memcpy(out->expiry, zone_at(zone, layout->expiry), 6);
    }
    if (layout->nationality.size > 0) {
        take(zone, layout->nationality, out->nationality);
    } else { /* the French card is only for the French */
        memcpy(out->nationality, out->issuer, sizeof(out->nationality));
    }
    struct place optional = layout->optional;
    if (extra > 0) {
        size_t have = strlen(out->number);
        memcpy(out->number + have, zone_at(zone, optional), (size_t)extra - 1);
        out->number[have + (size_t)extra - 1] = '\0';
        int used = extra < optional.size ? extra + 1 : extra; /* and the filler behind it */
        optional.at += used;
        optional.size -= used;
    }
    if (optional.size > 0) {
        take(zone, optional, out->optional);
    }
    if (layout->optional2.size > 0) {
        take(zone, layout->optional2, out->optional2);
    }
    take_names(zone, layout, out);
}

static bool zone_read(const struct zone *zone, struct mrz *out) {
    *out = (struct mrz){.format = MRZ_NONE};
    const struct layout *layout = layout_of(zone);
    if (layout == NULL) {
        out->faults = MRZ_LINE_LENGTHS;
        return false;
    }
    out->format = layout->format;
    for (int i = 0; i < zone->count; i++) {
        for (size_t c = 0; c < zone->lines[i].len; c++) {
            if (value_of(zone->lines[i].ptr[c]) < 0) {
                out->faults = MRZ_CHARACTERS;
                return false;
            }
        }
    }
    int extra = long_number(zone, layout);
    take_fields(zone, layout, extra, out);
    check_digits(zone, layout, extra, out);
    check_fields(zone, layout, out);
    return out->faults == 0;
}

bool mrz_read(struct span text, struct mrz *out) {
    struct zone zone;
    zone_cut(text, &zone);
    return zone_read(&zone, out);
}

bool mrz_read_lines(const struct span *lines, int count, struct mrz *out) {
    struct zone zone = {.count = count};
    for (int i = 0; i < count && i < 3; i++) {
        zone.lines[i] = lines[i];
    }
    return zone_read(&zone, out);
}
