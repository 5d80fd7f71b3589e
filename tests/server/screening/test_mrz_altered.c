/* test_mrz_altered.c - zones altered in every way that anybody thought of, judged by a second
 * reader that was written for this test from Doc 9303 alone: it knows no layout table, it cuts the
 * lines by counting. Both must name the same faults. */
#include <stdio.h>
#include <string.h>

#include "../../../server/screening/mrz.h"
#include "../../support/check_main.h"

enum { LINES = 4, WIDTH = 64, ALTERATIONS = 17, ROUNDS = 120 };

/* Lines as they were scanned. */
struct scan {
    int count;
    char line[LINES][WIDTH];
};

static const char *const zones[][3] = {
    {"I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6",
     "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
    {"I<NLD123456789<07<OHDA1234567X", "6503101F3108022NLDOPT<DATA2<<1",
     "DE<BRUIJN<<WILLEKE<LISELOTTE<<"},
    {"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"},
    {"I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8"},
    {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
     "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
    {"PPUTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
     "D231458907UTO7408122F1204159<<<<<<<<<<<<<<<6"},
    {"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
     "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"},
    {"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"},
    {"IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6"},
};

/* --- the second reader
 * ------------------------------------------------------------------------------ */

static int worth(char c) {
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *at = c == '\0' ? NULL : strchr(alphabet, c);
    return at != NULL ? (int)(at - alphabet) : c == '<' ? 0 : -1;
}

/* Appends a run of a line to what a digit is computed over. */
static void gather(char *to, const char *from, int first, int past) {
    size_t used = strlen(to);
    for (int i = first; i < past; i++) {
        to[used++] = from[i];
    }
    to[used] = '\0';
}

static bool digit_is(const char *over, char digit) {
    static const int weights[] = {7, 3, 1};
    int sum = 0;
    for (int i = 0; over[i] != '\0'; i++) {
        sum += worth(over[i]) * weights[i % 3];
    }
    return digit == '0' + sum % 10;
}

static bool date_is(const char *text, bool birth) {
    char d[7];
    int days = 31;
    memcpy(d, text, 6);
    d[6] = '\0';
    size_t known = strspn(d, "0123456789");
    if (strspn(d + known, "<") != 6 - known || known % 2 != 0 || (known < 6 && !birth)) {
        return false;
    }
    int year = (d[0] - '0') * 10 + d[1] - '0';
    int month = (d[2] - '0') * 10 + d[3] - '0';
    int day = (d[4] - '0') * 10 + d[5] - '0';
    if (known >= 4 && (month < 1 || month > 12)) {
        return false;
    }
    days = month == 2                                              ? (year % 4 == 0 ? 29 : 28)
           : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                   : 31;
    return known < 6 || (day >= 1 && day <= days);
}

static bool code_is(const char *line, char format) {
    const char *first = format == 'P' ? "P" : format == 'V' ? "V" : format == 'F' ? "I" : "ACI";
    bool letter = line[1] == '<' || (line[1] >= 'A' && line[1] <= 'Z');
    return strchr(first, line[0]) != NULL && letter && !(format == 'C' && line[1] == 'V');
}

/* The number's digit of a card, whose number may go on in the optional data. */
static bool card_number(const char *number, char digit, const char *optional, int size) {
    char over[40] = "";
    int more = 0;
    gather(over, number, 0, 9);
    while (more < size && optional[more] != '<') {
        more++;
    }
    if (digit == '<' && more >= 2) {
        gather(over, optional, 0, more - 1);
        return digit_is(over, optional[more - 1]);
    }
    return digit_is(over, digit);
}

static unsigned unless(bool right, enum mrz_fault fault) {
    return right ? 0 : (unsigned)fault;
}

static unsigned field_faults(const char *code, char format, const char *birth, char sex,
                             const char *expiry) {
    char over[8] = "";
    gather(over, birth, 0, 6);
    unsigned faults = unless(digit_is(over, birth[6]), MRZ_DIGIT_BIRTH) |
                      unless(date_is(birth, true), MRZ_BIRTH_DATE) |
                      unless(sex == 'M' || sex == 'F' || sex == '<', MRZ_SEX) |
                      unless(code_is(code, format), MRZ_DOCUMENT_CODE);
    if (expiry != NULL) {
        over[0] = '\0';
        gather(over, expiry, 0, 6);
        faults |= unless(digit_is(over, expiry[6]), MRZ_DIGIT_EXPIRY) |
                  unless(date_is(expiry, false), MRZ_EXPIRY_DATE);
    }
    return faults;
}

static unsigned card_of_three(const struct scan *s) {
    const char *one = s->line[0];
    const char *two = s->line[1];
    char over[80] = "";
    gather(over, one, 5, 30);
    gather(over, two, 0, 7);
    gather(over, two, 8, 15);
    gather(over, two, 18, 29);
    return unless(card_number(one + 5, one[14], one + 15, 15), MRZ_DIGIT_NUMBER) |
           unless(digit_is(over, two[29]), MRZ_DIGIT_COMPOSITE) |
           field_faults(one, 'C', two, two[7], two + 8);
}

static unsigned french_card(const struct scan *s) {
    const char *two = s->line[1];
    char all[80] = "";
    char number[16] = "";
    gather(all, s->line[0], 0, 36);
    gather(all, two, 0, 35);
    gather(number, two, 0, 12);
    return unless(digit_is(number, two[12]), MRZ_DIGIT_NUMBER) |
           unless(digit_is(all, two[35]), MRZ_DIGIT_COMPOSITE) |
           field_faults(s->line[0], 'F', two + 27, two[34], NULL);
}

static unsigned two_lines(const struct scan *s, int width) {
    const char *two = s->line[1];
    bool visa = s->line[0][0] == 'V';
    char format = visa ? 'V' : width == 44 ? 'P' : 'C';
    char number[16] = "";
    char composite[64] = "";
    gather(number, two, 0, 9);
    gather(composite, two, 0, 10);
    gather(composite, two, 13, 20);
    gather(composite, two, 21, width - 1);
    unsigned faults = field_faults(s->line[0], format, two + 13, two[20], two + 21);
    faults |=
        unless(format == 'C' ? card_number(two, two[9], two + 28, 7) : digit_is(number, two[9]),
               MRZ_DIGIT_NUMBER);
    if (!visa) {
        faults |= unless(digit_is(composite, two[width - 1]), MRZ_DIGIT_COMPOSITE);
    }
    if (format == 'P') {
        char personal[16] = "";
        gather(personal, two, 28, 42);
        bool empty = strcmp(personal, "<<<<<<<<<<<<<<") == 0;
        faults |=
            unless(digit_is(personal, two[42]) || (empty && two[42] == '<'), MRZ_DIGIT_PERSONAL);
    }
    return faults;
}

/* Of bytes that begin no character of their own (UTF-8) a line is no longer. */
static size_t length_of(const char *line) {
    size_t count = 0;
    for (; *line != '\0'; line++) {
        count += ((unsigned char)*line & 0xC0) != 0x80;
    }
    return count;
}

static unsigned second_opinion(const struct scan *s) {
    size_t width = s->count > 0 ? length_of(s->line[0]) : 0;
    bool shape = (s->count == 3 && width == 30) || (s->count == 2 && (width == 36 || width == 44));
    for (int i = 0; i < s->count; i++) {
        shape = shape && length_of(s->line[i]) == width;
    }
    if (!shape) {
        return MRZ_LINE_LENGTHS;
    }
    for (int i = 0; i < s->count; i++) {
        for (const char *c = s->line[i]; *c != '\0'; c++) {
            if (worth(*c) < 0) {
                return MRZ_CHARACTERS;
            }
        }
    }
    return s->count == 3                                         ? card_of_three(s)
           : width == 36 && strncmp(s->line[0], "IDFRA", 5) == 0 ? french_card(s)
                                                                 : two_lines(s, (int)width);
}

/* --- alterations
 * ------------------------------------------------------------------------------------ */

static uint32_t dice = 1;

static int throw_dice(int sides) {
    dice = dice * 1103515245U + 12345U;
    return (int)((dice >> 8) % (uint32_t)sides);
}

static char *any_place(struct scan *s) {
    char *line = s->line[throw_dice(s->count)];
    size_t size = strlen(line);
    return size == 0 ? line : line + throw_dice((int)size);
}

static void insert(char *at, const char *text) {
    size_t more = strlen(text);
    memmove(at + more, at, strlen(at) + 1);
    memcpy(at, text, more);
}

static void swap_look_alike(char *at) {
    static const char pairs[] = "O00OI11IS55SB88BZ22ZG66GQ00D";
    for (const char *p = pairs; *p != '\0'; p += 2) {
        if (*p == *at) {
            *at = p[1];
            return;
        }
    }
}

static void swap_lines(struct scan *s, int a, int b) {
    char keep[WIDTH];
    memcpy(keep, s->line[a], WIDTH);
    memcpy(s->line[a], s->line[b], WIDTH);
    memcpy(s->line[b], keep, WIDTH);
}

/* Puts the digits of the last line's fields right again where it can, as a forger would. */
static void repair(struct scan *s) {
    char *two = s->line[1];
    size_t width = strlen(two);
    if (s->count == 2 && (width == 36 || width == 44)) {
        two[9] = mrz_check_digit((struct span){two, 9});
        two[19] = mrz_check_digit((struct span){two + 13, 6});
        two[27] = mrz_check_digit((struct span){two + 21, 6});
    } else if (s->count == 3 && width == 30) {
        two[6] = mrz_check_digit((struct span){two, 6});
        two[14] = mrz_check_digit((struct span){two + 8, 6});
    }
}

static void put_date(struct scan *s) {
    static const char *const dates[] = {"990231", "991301", "990001", "990100", "000229", "010229",
                                        "<<<<<<", "74<<<<", "7408<<", "<<0812", "74<<12", "740<<<",
                                        "7<<<<<", "990431", "999999", "000000", "AAAAAA", "O40812"};
    char *two = s->line[1];
    int at = strlen(two) == 30 ? throw_dice(2) * 8 : throw_dice(2) == 0 ? 13 : 21;
    memcpy(two + at, dates[throw_dice(18)], 6);
    repair(s);
}

static void alter_field(struct scan *s, int how) {
    static const char *const codes[] = {"P<", "PP", "PO", "PD", "V<", "VV", "IV", "AC", "C<", "A<",
                                        "I1", "P0", "<<", "X<", "ID", "IP", "<P", "1<", "AV", "CV"};
    static const char *const states[] = {"D<<", "XXA", "XXB", "XXC", "XXX", "UNO", "UNA", "EUE",
                                         "XPO", "XOM", "RKS", "GBD", "ZZZ", "UT0", "<<<", "FRA"};
    if (how == 0) {
        put_date(s);
    } else if (how == 1) {
        memcpy(s->line[0], codes[throw_dice(20)], 2);
    } else if (how == 2) {
        memcpy(s->line[0] + 2, states[throw_dice(16)], 3);
    } else {
        s->line[1][strlen(s->line[1]) == 30 ? 7 : 20] = "MFX<HmU0"[throw_dice(8)];
    }
}

static void alter_shape(struct scan *s, int how) {
    char *line = s->line[throw_dice(s->count)];
    if (how == 0) {
        insert(line + strlen(line), throw_dice(2) == 0 ? " " : "\r");
    } else if (how == 1) {
        swap_lines(s, 0, 1);
    } else if (how == 2) {
        s->count--;
    } else {
        memcpy(s->line[s->count++], s->line[0], WIDTH);
    }
}

static void alter_character(char *at, int how) {
    static const char *const foreign[] = {" ",    "\xc2\xab", "\xd0\x90", "a", "\xef\xbc\x9c",
                                          "\x01", "-"};
    char keep = *at;
    if (how == 0) {
        *at = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[throw_dice(37)];
    } else if (how == 1) {
        insert(at, foreign[throw_dice(7)]);
    } else if (how == 2) {
        memmove(at, at + 1, strlen(at));
    } else if (how == 3) {
        insert(at, "<");
    } else if (how == 4) {
        swap_look_alike(at);
    } else if (how == 5 && at[1] != '\0') {
        *at = at[1];
        at[1] = keep;
    } else if (how == 6) {
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    } else {
        *at = "0<"[throw_dice(2)];
    }
}

static void alter(struct scan *s, int how) {
    if (how < 4) {
        alter_field(s, how);
    } else if (how < 8) {
        alter_shape(s, how - 4);
    } else {
        alter_character(any_place(s), how - 8);
    }
    if (how >= ALTERATIONS - 2) { /* a forger mends what he can */
        repair(s);
    }
}

static void compare(const struct scan *s, int counts[2], unsigned *seen) {
    struct span lines[LINES];
    struct mrz mrz;
    for (int i = 0; i < s->count; i++) {
        lines[i] = span_of(s->line[i]);
    }
    bool valid = mrz_read_lines(lines, s->count, &mrz);
    unsigned want = second_opinion(s);
    ck_assert_msg(mrz.faults == want, "%x, second reader %x: %s/%s/%s", mrz.faults, want,
                  s->line[0], s->count > 1 ? s->line[1] : "", s->count > 2 ? s->line[2] : "");
    ck_assert_int_eq(valid, want == 0);
    counts[valid]++;
    *seen |= want;
}

static struct scan scan_of(const char *const lines[3]) {
    struct scan s = {.count = 0};
    while (s.count < 3 && lines[s.count] != NULL) {
        snprintf(s.line[s.count], WIDTH, "%s", lines[s.count]);
        s.count++;
    }
    return s;
}

/* Each zone with one alteration, and with two of them. */
START_TEST(two_readers_agree) {
    int counts[2] = {0};
    unsigned seen = 0;
    for (size_t z = 0; z < sizeof zones / sizeof zones[0]; z++) {
        struct scan whole = scan_of(zones[z]);
        ck_assert_msg(second_opinion(&whole) == 0, "zone %zu: %x", z, second_opinion(&whole));
        for (int how = 0; how < ALTERATIONS * (ALTERATIONS + 1); how++) {
            for (int round = 0; round < ROUNDS; round++) {
                struct scan s = whole;
                alter(&s, how % ALTERATIONS);
                if (how >= ALTERATIONS && s.count > 1 && s.count < LINES) {
                    alter(&s, how / ALTERATIONS - 1);
                }
                compare(&s, counts, &seen);
            }
        }
    }
    /* Both verdicts often, and every fault there is: else the alterations try nothing. */
    ck_assert_int_gt(counts[0], 50000);
    ck_assert_int_gt(counts[1], 5000);
    ck_assert_uint_eq(seen, (1U << MRZ_FAULTS) - 1);
}
END_TEST

CHECK_MAIN("mrz altered", NULL, NULL, two_readers_agree)
