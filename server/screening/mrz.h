/* mrz.h - the machine readable zone of passports, cards and visas (ICAO Doc 9303, 8th edition,
 * parts 3 to 7) and of the French identity card before 2021. A pure reader: no database, no memory.
 *
 * It is strict: what the standard does not accept is a fault. Faults make the zone invalid; doubts
 * (a state that no list knows, a figure in a name) do not. Today's date plays no part. */
#ifndef NORIA_SCREENING_MRZ_H
#define NORIA_SCREENING_MRZ_H

#include <stdbool.h>

#include "../../lib/base/date.h"
#include "../../lib/base/text.h"

enum mrz_format {
    MRZ_NONE,
    MRZ_TD1,   /* card, 3 x 30 (part 5) */
    MRZ_TD2,   /* card, 2 x 36 (part 6) */
    MRZ_TD3,   /* passport, 2 x 44 (part 4) */
    MRZ_MRV_A, /* visa, 2 x 44 (part 7) */
    MRZ_MRV_B, /* visa, 2 x 36 (part 7) */
    MRZ_FR_CNI /* French identity card 1988-2021, 2 x 36 */
};

/* Bits of struct mrz.faults, in the order that mrz_fault_name() counts them. */
enum mrz_fault {
    MRZ_LINE_LENGTHS = 1 << 0,
    MRZ_CHARACTERS = 1 << 1,
    MRZ_DIGIT_NUMBER = 1 << 2,
    MRZ_DIGIT_BIRTH = 1 << 3,
    MRZ_DIGIT_EXPIRY = 1 << 4,
    MRZ_DIGIT_PERSONAL = 1 << 5,
    MRZ_DIGIT_COMPOSITE = 1 << 6,
    MRZ_BIRTH_DATE = 1 << 7,
    MRZ_EXPIRY_DATE = 1 << 8,
    MRZ_SEX = 1 << 9,
    MRZ_DOCUMENT_CODE = 1 << 10,
    MRZ_DIGITS = MRZ_DIGIT_NUMBER | MRZ_DIGIT_BIRTH | MRZ_DIGIT_EXPIRY | MRZ_DIGIT_PERSONAL |
                 MRZ_DIGIT_COMPOSITE
};
enum { MRZ_FAULTS = 11 };

enum mrz_doubt {
    MRZ_ISSUER_UNKNOWN = 1 << 0,
    MRZ_NATIONALITY_UNKNOWN = 1 << 1,
    MRZ_NAME_FIGURE = 1 << 2, /* a figure in a name field (part 3, 4.6: letters and filler only) */
    MRZ_NAME_MISSING = 1 << 3
};

/* A check digit that is wrong. */
struct mrz_digit {
    enum mrz_fault fault;
    int line;      /* 1.. */
    int column;    /* 1.. */
    char found;    /* what stands there */
    char expected; /* '0'..'9' */
};

struct mrz {
    enum mrz_format format;
    unsigned faults;
    unsigned doubts;
    int wrong_digits;
    struct mrz_digit wrong[5];
    /* Fields without their trailing filler; empty when the zone could not be cut. */
    char code[3];
    char issuer[4];
    char number[33];
    char nationality[4];
    char birth[7]; /* YYMMDD as written; '<' where unknown */
    char expiry[7];
    char sex; /* 'M' 'F' '<' or what stands there; 0 when not read */
    char optional[17];
    char optional2[12];
    char surname[41]; /* filler between names as a space */
    char given[41];
};

/* Reads 2 or 3 lines given as one text with line ends (CR, LF or both; blank lines and spaces at a
 * line's ends are dropped). Always fills `out`; true when there is no fault. */
bool mrz_read(struct span text, struct mrz *out);

/* The same of lines as they were scanned: nothing is cut off or dropped, so a blank more is a fault
 * of the line's length. `count` may be any number. */
bool mrz_read_lines(const struct span *lines, int count, struct mrz *out);

/* "TD3"; NULL for MRZ_NONE. */
const char *mrz_format_name(enum mrz_format format);

/* The stable name of fault number `index` (0..MRZ_FAULTS-1; the bit is 1 << index):
 * "check_digit:document_number", "birth_date_invalid"… */
const char *mrz_fault_name(int index);

/* The weighted sum 7-3-1 modulo 10 of Doc 9303 part 3, 4.9 as a character; 0 for a character that
 * is none of A-Z, 0-9 and filler. */
char mrz_check_digit(struct span text);

/* The document's dates in full. Birth: the latest century that is not after `today`; DATE_NONE when
 * not wholly known. Expiry: the century that brings it nearest to `today`. */
date mrz_birth_date(const struct mrz *mrz, date today);
date mrz_expiry_date(const struct mrz *mrz, date today);

/* True for a three-letter code of ISO 3166-1 or of Doc 9303 part 3 section 5 (also "D"). */
bool mrz_state_known(const char *code);

#endif
