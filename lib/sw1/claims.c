#include "claims.h"

#include <stddef.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/date.h"
#include "status_keys.h"

enum { CLAIM_IAT = 6, CLAIM_IDENTITY = 169, CLAIM_WORK = -70001 };

/* Which map of the document a row lives in. */
enum place { TOP, IDENTITY, STATUS, WORK, PLACES };

enum type { NUMBER, TIME, DAY, INDEX, STRING, BYTES, BIRTH_DATE, COUNTRY };

/* Kinds of document, as bits. */
enum { K1 = 1 << SW1_WORKER, K2 = 1 << SW1_NOTICE, K3 = 1 << SW1_RECORD, ALL = K1 | K2 | K3 };

struct row {
    const char *name;
    enum place place;
    int64_t key;
    const char *member; /* STATUS: its text key */
    enum type type;
    size_t offset;
    int64_t min; /* of the number, or of the length in bytes */
    int64_t max;
    unsigned needed;  /* kinds that must have it */
    unsigned allowed; /* kinds that may */
};

#define AT(field) offsetof(struct sw1_claims, field)

static const struct row rows[] = {
    {"kind", WORK, 1, NULL, NUMBER, AT(kind), SW1_WORKER, SW1_RECORD, ALL, ALL},
    {"iss", TOP, 1, NULL, STRING, AT(iss), 1, 100, ALL, ALL},
    {"exp", TOP, 4, NULL, TIME, AT(exp), 0, SW1_TIME_MAX, ALL, ALL},
    {"nbf", TOP, 5, NULL, TIME, AT(nbf), 0, SW1_TIME_MAX, ALL, ALL},
    {"iat", TOP, 6, NULL, TIME, AT(iat), 0, SW1_TIME_MAX, ALL, ALL},
    {"cti", TOP, 7, NULL, BYTES, AT(cti), SW1_CTI, SW1_CTI, ALL, ALL},
    {"document_number", IDENTITY, 1, NULL, STRING, AT(document_number), 1, 60, 0, K1 | K3},
    {"full_name", IDENTITY, 4, NULL, STRING, AT(full_name), 1, 200, K1 | K3, K1 | K3},
    {"birth_date", IDENTITY, 8, NULL, BIRTH_DATE, AT(birth_date), 8, 8, 0, K1 | K3},
    {"gender", IDENTITY, 9, NULL, NUMBER, AT(gender), 1, 3, 0, K1 | K3},
    {"nationality", IDENTITY, 13, NULL, COUNTRY, AT(nationality), 2, 2, 0, K1 | K3},
    {"status_idx", STATUS, 0, SW1_STATUS_IDX, INDEX, AT(status_idx), 0, UINT32_MAX, ALL, ALL},
    {"status_uri", STATUS, 0, SW1_STATUS_URI, STRING, AT(status_uri), 1, 300, ALL, ALL},
    {"passport", WORK, 2, NULL, STRING, AT(passport), 1, 40, 0, K1 | K3},
    {"employer", WORK, 3, NULL, STRING, AT(employer), 1, 400, 0, ALL},
    {"siret", WORK, 4, NULL, NUMBER, AT(siret), 0, INT64_C(99999999999999), 0, ALL},
    {"commune", WORK, 5, NULL, STRING, AT(commune), 1, 20, 0, ALL},
    {"rome", WORK, 6, NULL, STRING, AT(rome), 1, 20, 0, ALL},
    {"first_day", WORK, 7, NULL, DAY, AT(first_day), 0, SW1_DAY_MAX, 0, ALL},
    {"last_day", WORK, 8, NULL, DAY, AT(last_day), 0, SW1_DAY_MAX, 0, ALL},
    {"authorisation", WORK, 9, NULL, STRING, AT(authorisation), 1, 60, 0, ALL},
    {"second_name", WORK, 10, NULL, STRING, AT(second_name), 1, 400, 0, K1 | K3},
    {"contract", WORK, 11, NULL, STRING, AT(contract), 1, 60, 0, ALL},
    {"campaign", WORK, 12, NULL, STRING, AT(campaign), 1, 60, 0, ALL},
    {"places", WORK, 13, NULL, NUMBER, AT(places), 0, 1000000, 0, K2},
    {"wage", WORK, 14, NULL, NUMBER, AT(wage), 0, 100000000, 0, K2},
    {"clean_seasons", WORK, 15, NULL, NUMBER, AT(clean_seasons), 0, 1000, 0, K3},
};

enum { ROWS = sizeof rows / sizeof *rows };

static bool is_number(const struct row *row) {
    return row->type <= INDEX;
}

static int64_t *number_of(struct sw1_claims *claims, const struct row *row) {
    return (int64_t *)((char *)claims + row->offset);
}

static struct span *text_of(struct sw1_claims *claims, const struct row *row) {
    return (struct span *)((char *)claims + row->offset);
}

static int64_t number_at(const struct sw1_claims *claims, const struct row *row) {
    int64_t value;
    memcpy(&value, (const char *)claims + row->offset, sizeof value);
    return value;
}

static struct span text_at(const struct sw1_claims *claims, const struct row *row) {
    struct span value;
    memcpy(&value, (const char *)claims + row->offset, sizeof value);
    return value;
}

static bool is_absent(const struct sw1_claims *claims, const struct row *row) {
    return is_number(row) ? number_at(claims, row) == SW1_NONE : text_at(claims, row).ptr == NULL;
}

struct sw1_claims sw1_claims_none(void) {
    struct sw1_claims claims = {0};
    for (int i = 0; i < ROWS; i++) {
        if (is_number(&rows[i])) {
            *number_of(&claims, &rows[i]) = SW1_NONE;
        }
    }
    return claims;
}

static bool is_digits(struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return true;
}

/* YYYYMMDD; of digits. */
static struct civil birth_day(struct span text) {
    int n[8];
    for (int i = 0; i < 8; i++) {
        n[i] = text.ptr[i] - '0';
    }
    return (struct civil){n[0] * 1000 + n[1] * 100 + n[2] * 10 + n[3], n[4] * 10 + n[5],
                          n[6] * 10 + n[7]};
}

/* A day that exists. */
static bool is_birth_date(struct span text) {
    return is_digits(text) && civil_exists(birth_day(text));
}

static bool is_country(struct span text) {
    return text.ptr[0] >= 'A' && text.ptr[0] <= 'Z' && text.ptr[1] >= 'A' && text.ptr[1] <= 'Z';
}

/* The text has the form that its type asks for. */
static bool has_form(struct span text, const struct row *row) {
    switch (row->type) {
    case BIRTH_DATE:
        return text.len == 8 && is_birth_date(text);
    case COUNTRY:
        return text.len == 2 && is_country(text);
    case BYTES:
        return text.len == (size_t)row->max;
    case NUMBER:
    case TIME:
    case DAY:
    case INDEX:
    case STRING:
        break;
    }
    return text.len > 0;
}

/* What is to be issued is in its row's range. */
static bool fits(const struct sw1_claims *claims, const struct row *row) {
    if (is_number(row)) {
        int64_t number = number_at(claims, row);
        return number >= row->min && number <= row->max;
    }
    struct span text = text_at(claims, row);
    return text.len >= (size_t)row->min && text.len <= (size_t)row->max && has_form(text, row);
}

/* The rules that bind several rows together. */
static const char *check_whole(const struct sw1_claims *claims) {
    unsigned kind = 1U << claims->kind;
    for (int i = 0; i < ROWS; i++) {
        unsigned rule = is_absent(claims, &rows[i]) ? ~rows[i].needed : rows[i].allowed;
        if ((rule & kind) == 0) {
            return rows[i].name;
        }
    }
    bool both = claims->first_day != SW1_NONE && claims->last_day != SW1_NONE;
    return both && claims->last_day < claims->first_day ? "last_day" : NULL;
}

const char *sw1_claims_check(const struct sw1_claims *claims) {
    for (int i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        if (is_absent(claims, row)) {
            continue;
        }
        bool text = !is_number(row) && row->type != BYTES;
        if (!fits(claims, row) || (text && (!text_is_utf8(text_at(claims, row)) ||
                                            text_has_forbidden(text_at(claims, row), false)))) {
            return row->name;
        }
    }
    return claims->kind == SW1_NONE ? "kind" : check_whole(claims);
}

/* Reads one row's value when it is there; false when it is of another type. Lengths of texts are
 * limits of ours for what we issue: another issuer's longer text is well-typed. So is a time, day
 * or index past what we count with; it is taken as the last one, which answers the same. */
static bool read_row(const struct cbor_item *item, const struct row *row,
                     struct sw1_claims *claims) {
    if (item == NULL) {
        return true;
    }
    if (is_number(row)) {
        int64_t *number = number_of(claims, row);
        if (row->type != NUMBER) {
            return cbor_uint_capped(item, row->max, number);
        }
        uint64_t exact;
        if (!cbor_uint(item, (uint64_t)row->max, &exact)) {
            return false;
        }
        *number = (int64_t)exact;
        return *number >= row->min;
    }
    struct span *text = text_of(claims, row);
    return (row->type == BYTES ? cbor_bytes(item, 0, SIZE_MAX, text)
                               : cbor_text(item, 0, SIZE_MAX, text)) &&
           has_form(*text, row);
}

/* A map whose keys are all integers (profile) or all texts (status). */
static bool is_map_of(const struct cbor *doc, const struct cbor_item *map, bool texts) {
    if (map == NULL || map->kind != CBOR_MAP) {
        return false;
    }
    const struct cbor_item *key = cbor_first(map);
    for (uint64_t i = 0; i < map->arg; i++) {
        if (texts ? key->kind != CBOR_TEXT : key->kind > CBOR_NINT) {
            return false;
        }
        key = cbor_next(doc, cbor_next(doc, key));
    }
    return true;
}

/* Finds the four maps; NULL or the name of the one that is not a map. */
static const char *find_maps(const struct cbor *doc, const struct cbor_item *maps[PLACES]) {
    const struct cbor_item *top = doc->items;
    if (!is_map_of(doc, top, false)) {
        return "claims";
    }
    maps[TOP] = top;
    maps[IDENTITY] = cbor_get(doc, top, CLAIM_IDENTITY);
    if (maps[IDENTITY] != NULL && !is_map_of(doc, maps[IDENTITY], false)) {
        return "identity";
    }
    const struct cbor_item *status = cbor_get(doc, top, SW1_CLAIM_STATUS);
    maps[STATUS] = cbor_get_text(doc, status, SW1_STATUS_MEMBER);
    if (!is_map_of(doc, status, true) || !is_map_of(doc, maps[STATUS], true)) {
        return "status";
    }
    maps[WORK] = cbor_get(doc, top, CLAIM_WORK);
    return is_map_of(doc, maps[WORK], false) ? NULL : "work";
}

const char *sw1_claims_read(const struct cbor *doc, struct sw1_claims *claims) {
    const struct cbor_item *maps[PLACES] = {0};
    const char *wrong = find_maps(doc, maps);
    if (wrong != NULL) {
        return wrong;
    }
    struct sw1_claims read = sw1_claims_none();
    for (int i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const struct cbor_item *map = maps[row->place];
        const struct cbor_item *item = row->place == STATUS ? cbor_get_text(doc, map, row->member)
                                                            : cbor_get(doc, map, row->key);
        if (!read_row(item, row, &read)) {
            return row->name;
        }
    }
    if (read.kind == SW1_NONE) {
        return "kind";
    }
    if (read.kind == SW1_NOTICE && maps[IDENTITY] != NULL) {
        return "identity"; /* a contract notice names nobody */
    }
    wrong = check_whole(&read);
    if (wrong == NULL) {
        *claims = read;
    }
    return wrong;
}

int sw1_claims_rows(void) {
    return ROWS;
}

bool sw1_claims_show(const struct sw1_claims *claims, int position, struct sw1_shown *shown) {
    const struct row *row = &rows[position];
    if (is_absent(claims, row)) {
        return false;
    }
    *shown = (struct sw1_shown){.name = row->name,
                                .number = is_number(row),
                                .binary = row->type == BYTES,
                                .time = row->type == TIME,
                                .day = row->type == DAY};
    if (shown->number) {
        shown->value = number_at(claims, row);
    } else if (row->type == BIRTH_DATE) {
        shown->number = shown->day = true;
        shown->value = date_of(birth_day(text_at(claims, row)));
    } else {
        shown->text = text_at(claims, row);
    }
    return true;
}

bool sw1_claims_iat(const struct cbor *doc, int64_t *iat) {
    return cbor_uint_capped(cbor_get(doc, doc->items, CLAIM_IAT), SW1_TIME_MAX, iat);
}

static void write_rows(struct cbor_writer *writer, const struct sw1_claims *claims,
                       enum place place) {
    for (int i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        if (row->place != place || is_absent(claims, row)) {
            continue;
        }
        if (row->member != NULL) {
            cbor_write_key_text(writer, row->member);
        } else {
            cbor_write_key(writer, row->key);
        }
        if (is_number(row)) {
            cbor_write_int(writer, number_at(claims, row));
        } else if (row->type == BYTES) {
            cbor_write_bytes(writer, text_at(claims, row));
        } else {
            cbor_write_text(writer, text_at(claims, row));
        }
    }
}

struct span sw1_claims_write(struct arena *arena, const struct sw1_claims *claims) {
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 768);
    cbor_write_map(&writer);
    write_rows(&writer, claims, TOP);
    if (claims->kind != SW1_NOTICE) {
        cbor_write_key(&writer, CLAIM_IDENTITY);
        cbor_write_map(&writer);
        write_rows(&writer, claims, IDENTITY);
        cbor_write_end(&writer);
    }
    cbor_write_key(&writer, SW1_CLAIM_STATUS);
    cbor_write_map(&writer);
    cbor_write_key_text(&writer, SW1_STATUS_MEMBER);
    cbor_write_map(&writer);
    write_rows(&writer, claims, STATUS);
    cbor_write_end(&writer);
    cbor_write_end(&writer);
    cbor_write_key(&writer, CLAIM_WORK);
    cbor_write_map(&writer);
    write_rows(&writer, claims, WORK);
    cbor_write_end(&writer);
    cbor_write_end(&writer);
    return cbor_written(&writer);
}
