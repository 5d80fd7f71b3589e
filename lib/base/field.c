#include "field.h"

#include <inttypes.h>
#include <string.h>

#include "arena.h"

/* What reading one field needs. */
struct reading {
    struct arena *arena;
    const struct field *field;
    struct faults *faults;
    void *member;
};

static void *member_of(void *record, const struct field *field) {
    return (unsigned char *)record + field->offset;
}

static const void *member_in(const void *record, const struct field *field) {
    return (const unsigned char *)record + field->offset;
}

static void set_text(void *member, const char *value) {
    memcpy(member, &value, sizeof value);
}

static void set_absent(void *member, enum field_kind kind) {
    switch (kind) {
    case F_INT:
    case F_MONEY:
    case F_DECIMAL:
        *(int64_t *)member = FIELD_NONE;
        break;
    case F_DATE:
        *(date *)member = DATE_NONE;
        break;
    case F_BOOL:
        *(bool *)member = false;
        break;
    case F_TEXT:
    case F_NOTE:
    case F_CHOICE:
    case F_EMAIL:
    case F_DIGITS:
        set_text(member, NULL);
        break;
    }
}

static void refuse(const struct reading *r, Err err, const char *detail) {
    (void)fault(r->faults, r->field->name, err, detail);
}

/* --- one kind each
 * --------------------------------------------------------------------------------- */

static void read_text(const struct reading *r, struct span value) {
    const struct field *field = r->field;
    if (text_has_forbidden(value, field->kind == F_NOTE)) {
        refuse(r, ERR_BAD_ENCODING, NULL);
        return;
    }
    int64_t length = (int64_t)text_length(value);
    if (length < field->min) {
        refuse(r, ERR_TOO_SHORT, arena_printf(r->arena, "%" PRId64, field->min));
        return;
    }
    if (field->max > 0 && length > field->max) {
        refuse(r, ERR_TOO_LONG, arena_printf(r->arena, "%" PRId64, field->max));
        return;
    }
    set_text(r->member, arena_copy(r->arena, value.ptr, value.len));
}

static void read_int(const struct reading *r, struct span value) {
    int64_t number = 0;
    if (!text_int(value, &number)) {
        refuse(r, ERR_BAD_NUMBER, NULL);
        return;
    }
    if (number < r->field->min || number > r->field->max) {
        refuse(r, ERR_OUT_OF_RANGE,
               arena_printf(r->arena, "%" PRId64 " – %" PRId64, r->field->min, r->field->max));
        return;
    }
    *(int64_t *)r->member = number;
}

static void read_money(const struct reading *r, struct span value) {
    cents amount = 0;
    if (!money_parse(value, &amount)) {
        refuse(r, r->field->kind == F_MONEY ? ERR_BAD_MONEY : ERR_BAD_DECIMAL, NULL);
        return;
    }
    if (amount < r->field->min || amount > r->field->max) {
        char low[MONEY_TEXT];
        char high[MONEY_TEXT];
        money_format(r->field->min, low);
        money_format(r->field->max, high);
        refuse(r, ERR_OUT_OF_RANGE, arena_printf(r->arena, "%s – %s", low, high));
        return;
    }
    *(cents *)r->member = amount;
}

static void read_date(const struct reading *r, struct span value) {
    date low = r->field->max != 0 ? (date)r->field->min : DATE_MIN;
    date high = r->field->max != 0 ? (date)r->field->max : DATE_MAX;
    date day = DATE_NONE;
    if (!date_parse(value, &day) || day < low || day > high) {
        char first[DATE_TEXT];
        char last[DATE_TEXT];
        date_format(low, first);
        date_format(high, last);
        refuse(r, ERR_BAD_DATE, arena_printf(r->arena, "%s – %s", first, last));
        return;
    }
    *(date *)r->member = day;
}

static bool one_of(struct span value, const char *const *words) {
    for (; *words != NULL; words++) {
        if (span_is(value, *words)) {
            return true;
        }
    }
    return false;
}

static void read_bool(const struct reading *r, struct span value) {
    static const char *const yes[] = {"1", "true", "on", "yes", "oui", NULL};
    static const char *const no[] = {"0", "false", "off", "no", "non", NULL};
    if (one_of(value, yes)) {
        *(bool *)r->member = true;
    } else if (!one_of(value, no)) {
        refuse(r, ERR_NOT_A_CHOICE, "true, false");
    }
}

static const char *choice_list(struct arena *arena, const char *const *choices) {
    struct buf out;
    buf_init(&out, arena, 128);
    for (int i = 0; choices[i] != NULL; i++) {
        buf_text(&out, i > 0 ? ", " : "");
        buf_text(&out, choices[i]);
    }
    return out.ptr;
}

static void read_choice(const struct reading *r, struct span value) {
    for (int i = 0; r->field->choices[i] != NULL; i++) {
        if (span_is(value, r->field->choices[i])) {
            set_text(r->member, r->field->choices[i]);
            return;
        }
    }
    refuse(r, ERR_NOT_A_CHOICE, choice_list(r->arena, r->field->choices));
}

/* RFC 5321 leaves nearly everything open; what is checked is what people get wrong. */
static void read_email(const struct reading *r, struct span value) {
    const char *at = memchr(value.ptr, '@', value.len);
    bool good = at != NULL && at != value.ptr && value.len <= 254;
    size_t after = good ? value.len - (size_t)(at - value.ptr) - 1 : 0;
    good = good && after > 0 && memchr(at + 1, '@', after) == NULL &&
           memchr(value.ptr, ' ', value.len) == NULL && !text_has_forbidden(value, false);
    if (!good) {
        refuse(r, ERR_BAD_EMAIL, NULL);
        return;
    }
    char *copy = arena_copy(r->arena, value.ptr, value.len);
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    }
    set_text(r->member, copy);
}

static void read_digits(const struct reading *r, struct span value) {
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < '0' || value.ptr[i] > '9') {
            refuse(r, ERR_BAD_NUMBER, NULL);
            return;
        }
    }
    read_text(r, value);
}

static void read_value(const struct reading *r, struct span value) {
    switch (r->field->kind) {
    case F_TEXT:
    case F_NOTE:
        read_text(r, value);
        break;
    case F_INT:
        read_int(r, value);
        break;
    case F_MONEY:
    case F_DECIMAL:
        read_money(r, value);
        break;
    case F_DATE:
        read_date(r, value);
        break;
    case F_BOOL:
        read_bool(r, value);
        break;
    case F_CHOICE:
        read_choice(r, value);
        break;
    case F_EMAIL:
        read_email(r, value);
        break;
    case F_DIGITS:
        read_digits(r, value);
        break;
    }
}

/* --- whole tables
 * ------------------------------------------------------------------------------------ */

static void read_field(const struct reading *r, const struct source *source) {
    struct span value = {NULL, 0};
    set_absent(r->member, r->field->kind);
    bool given = source->get(source->impl, r->field->name, &value);
    if (given && !text_is_utf8(value)) {
        refuse(r, ERR_BAD_ENCODING, NULL);
        return;
    }
    bool exact = (r->field->flags & FIELD_EXACT) != 0;
    value = given && !exact ? text_trim(value) : value;
    if (source->repeated != NULL && source->repeated(source->impl, r->field->name)) {
        refuse(r, ERR_REPEATED_FIELD, NULL);
    } else if (value.len > 0) {
        read_value(r, value);
    } else if ((r->field->flags & FIELD_REQUIRED) != 0) {
        refuse(r, ERR_REQUIRED, NULL);
    }
}

Err fields_parse(struct arena *arena, const struct field *fields, const struct source *source,
                 void *record, struct faults *faults) {
    size_t before = faults->count;
    for (const struct field *field = fields; field->name != NULL; field++) {
        struct reading reading = {arena, field, faults, member_of(record, field)};
        read_field(&reading, source);
    }
    return faults->count == before ? OK : ERR_INVALID_INPUT;
}

static void load_value(struct arena *arena, const struct field *field, struct span value,
                       void *member) {
    switch (field->kind) {
    case F_INT:
        (void)text_int(value, member);
        break;
    case F_MONEY:
    case F_DECIMAL:
        (void)money_parse(value, member);
        break;
    case F_DATE:
        (void)date_parse(value, member);
        break;
    case F_BOOL:
        *(bool *)member = value.len > 0 && value.ptr[0] == 't';
        break;
    case F_CHOICE:
        for (int i = 0; field->choices[i] != NULL; i++) {
            if (span_is(value, field->choices[i])) {
                set_text(member, field->choices[i]);
            }
        }
        break;
    case F_TEXT:
    case F_NOTE:
    case F_EMAIL:
    case F_DIGITS:
        set_text(member, arena_copy(arena, value.ptr, value.len));
        break;
    }
}

void fields_load(struct arena *arena, const struct field *fields, const struct rows *rows, int row,
                 void *record) {
    for (const struct field *field = fields; field->name != NULL; field++) {
        void *member = member_of(record, field);
        set_absent(member, field->kind);
        int col = rows_col(rows, field->name);
        struct span value = col < 0 ? (struct span){NULL, 0} : rows->value(rows->impl, row, col);
        if (value.ptr != NULL) {
            load_value(arena, field, value, member);
        }
    }
}

static const char *int_text(struct arena *arena, int64_t value) {
    return value == FIELD_NONE ? NULL : arena_printf(arena, "%" PRId64, value);
}

static const char *money_text(struct arena *arena, cents value) {
    if (value == FIELD_NONE) {
        return NULL;
    }
    char text[MONEY_TEXT];
    money_format(value, text);
    return arena_strdup(arena, text);
}

static const char *day_text(struct arena *arena, date value) {
    if (value == DATE_NONE) {
        return NULL;
    }
    char text[DATE_TEXT];
    date_format(value, text);
    return arena_strdup(arena, text);
}

const char *field_text(struct arena *arena, const struct field *field, const void *record) {
    const void *member = member_in(record, field);
    const char *text = NULL;
    switch (field->kind) {
    case F_INT:
        return int_text(arena, *(const int64_t *)member);
    case F_MONEY:
    case F_DECIMAL:
        return money_text(arena, *(const cents *)member);
    case F_DATE:
        return day_text(arena, *(const date *)member);
    case F_BOOL:
        return *(const bool *)member ? "true" : "false";
    case F_TEXT:
    case F_NOTE:
    case F_CHOICE:
    case F_EMAIL:
    case F_DIGITS:
        break;
    }
    memcpy(&text, member, sizeof text);
    return text;
}

const struct field *field_find(const struct field *fields, const char *name) {
    for (; fields->name != NULL; fields++) {
        if (strcmp(fields->name, name) == 0) {
            return fields;
        }
    }
    return NULL;
}
