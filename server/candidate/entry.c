#include "entry.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../screening/screening.h"

#define FIELD(record, name, kind, min, max, flags, label)                                          \
    { #name, kind, offsetof(struct record, name), (min), (max), (flags), NULL, (label) }

enum { MONTHS_MAX = 720, WORDS_MAX = 20 };

#define PROFILE(record)                                                                            \
    FIELD(record, partner_ref, F_TEXT, 1, 40, 0, "Your own number"),                               \
        FIELD(record, experience_months, F_INT, 0, MONTHS_MAX, 0, "Months of farm experience"),    \
        FIELD(record, languages, F_TEXT, 2, 80, 0, "Languages"),                                   \
        FIELD(record, permits, F_TEXT, 1, 200, 0, "Permits"),                                      \
        FIELD(record, habiletes, F_TEXT, 1, 400, 0, "Skills declared"),                            \
        FIELD(record, available_from, F_DATE, 0, 0, FIELD_REQUIRED, "Available from"),             \
        FIELD(record, available_to, F_DATE, 0, 0, FIELD_REQUIRED, "Available until")

const struct field candidate_profile_fields[] = {PROFILE(profile_form), FIELD_END};

const struct field entry_campaign[] = {
    FIELD(entry_form, campaign_id, F_INT, 1, INT64_MAX, FIELD_REQUIRED, "Campaign"), FIELD_END};

const struct field entry_fields[] = {
    PROFILE(entry_form),
    FIELD(entry_form, consent, F_BOOL, 0, 0, 0,
          "The candidate agrees to the treatment of his data"),
    FIELD(entry_form, fee_asked, F_BOOL, 0, 0, 0, "Money was asked of the candidate"),
    FIELD(entry_form, fee_amount, F_MONEY, 0, 10000000, 0, "How much"),
    FIELD(entry_form, fee_payee, F_TEXT, 1, 200, 0, "By whom"),
    FIELD(entry_form, fee_phone, F_TEXT, 6, 40, 0, "Telephone of who asked"),
    FIELD(entry_form, fee_place, F_TEXT, 2, 120, 0, "Village or town where it was asked"),
    FIELD(entry_form, mrz_as_presented, F_BOOL, 0, 0, 0, "The document as presented is wrong"),
    FIELD_END,
};

static bool word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

Err entry_words(struct arena *arena, const char *field, const char *text, size_t longest,
                struct faults *faults, const char **array) {
    struct buf out;
    buf_init(&out, arena, 64);
    buf_char(&out, '{');
    int words = 0;
    for (const char *at = text == NULL ? "" : text; *at != '\0';) {
        size_t gap = strspn(at, " ,;");
        size_t size = strcspn(at + gap, " ,;");
        at += gap;
        if (size == 0) {
            break;
        }
        char *word = arena_copy(arena, at, size);
        bool good = size <= longest && ++words <= WORDS_MAX;
        for (size_t i = 0; i < size; i++) {
            word[i] = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] | 0x20) : word[i];
            good = good && word_char(word[i]);
        }
        if (!good) {
            return faultf(faults, field, ERR_BAD_LIST, "%zu", longest);
        }
        buf_text(&out, words > 1 ? "," : "");
        buf_text(&out, word);
        at += size;
    }
    buf_char(&out, '}');
    *array = out.ptr;
    return OK;
}

/* What is being checked, handed down. */
struct check {
    struct arena *arena;
    struct faults *faults;
    const struct seal *seal;
    bool lenient;
    date today;
    struct identity *who;
    struct entry *entry;
};

/* Adds a word to a PostgreSQL array ("{a,b}"); NULL is the empty one. */
static void add_word(struct arena *arena, const char **array, const char *word) {
    const char *old = *array == NULL ? "{}" : *array;
    int inside = (int)strlen(old) - 2;
    *array = arena_printf(arena, "{%.*s%s\"%s\"}", inside, old + 1, inside > 0 ? "," : "", word);
}

static void check_state(struct check *check, const char *name, const char **code) {
    if (*code == NULL) {
        return;
    }
    char *upper = arena_strdup(check->arena, *code);
    for (char *c = upper; *c != '\0'; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    }
    *code = upper;
    if (!mrz_state_known(upper)) {
        (void)fault(check->faults, name, ERR_UNKNOWN_STATE, NULL);
    }
}

/* The place of a wrong check digit: line/character. */
static const struct mrz_digit *wrong_digit(const struct mrz *mrz, unsigned bit) {
    for (int i = 0; i < mrz->wrong_digits; i++) {
        if ((unsigned)mrz->wrong[i].fault == bit) {
            return &mrz->wrong[i];
        }
    }
    return NULL;
}

/* What breaks the standard, kept for a case. */
static void keep_faults(struct check *check, const struct mrz *mrz) {
    for (int i = 0; i < MRZ_FAULTS; i++) {
        unsigned bit = 1U << i;
        const struct mrz_digit *wrong = wrong_digit(mrz, bit);
        if ((mrz->faults & bit) != 0) {
            add_word(check->arena, &check->entry->zone_faults,
                     wrong == NULL ? mrz_fault_name(i)
                                   : arena_printf(check->arena, "%s %d/%d", mrz_fault_name(i),
                                                  wrong->line, wrong->column));
        }
    }
}

/* The same as faults of a form, each naming the digit that is wrong. */
static void refuse_faults(struct check *check, const struct mrz *mrz) {
    static const struct {
        unsigned bit;
        Err err;
    } digits[] = {{MRZ_DIGIT_NUMBER, ERR_MRZ_DIGIT_NUMBER},
                  {MRZ_DIGIT_BIRTH, ERR_MRZ_DIGIT_BIRTH},
                  {MRZ_DIGIT_EXPIRY, ERR_MRZ_DIGIT_EXPIRY},
                  {MRZ_DIGIT_PERSONAL, ERR_MRZ_DIGIT_PERSONAL},
                  {MRZ_DIGIT_COMPOSITE, ERR_MRZ_DIGIT_COMPOSITE}};
    for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++) {
        const struct mrz_digit *wrong = wrong_digit(mrz, digits[i].bit);
        if (wrong != NULL) {
            (void)faultf(check->faults, "mrz", digits[i].err, "%d/%d: %c, %c", wrong->line,
                         wrong->column, wrong->found, wrong->expected);
        }
    }
    for (int i = 0; i < MRZ_FAULTS; i++) {
        if ((mrz->faults & ~(unsigned)MRZ_DIGITS & (1U << i)) != 0) {
            (void)fault(check->faults, "mrz", ERR_MRZ_FIELD, mrz_fault_name(i));
        }
    }
}

static void check_zone(struct check *check, const struct mrz *mrz) {
    static const struct {
        unsigned bit;
        const char *word;
    } doubts[] = {{MRZ_ISSUER_UNKNOWN, "issuer_unknown"},
                  {MRZ_NATIONALITY_UNKNOWN, "nationality_unknown"},
                  {MRZ_NAME_FIGURE, "name_figure"}};
    if (check->lenient) {
        keep_faults(check, mrz);
    } else {
        refuse_faults(check, mrz);
    }
    for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
        if ((mrz->doubts & doubts[i].bit) != 0) {
            add_word(check->arena, &check->entry->zone_doubts, doubts[i].word);
        }
    }
    if (strcmp(mrz->issuer, "UTO") == 0) { /* the specimens' Utopia issues nothing */
        add_word(check->arena, &check->entry->zone_doubts, "specimen");
    }
}

static void differs(struct check *check, const char *name) {
    if (check->lenient) {
        add_word(check->arena, &check->entry->typed_differs, name);
    } else {
        (void)fault(check->faults, name, ERR_MRZ_DIFFERS, NULL);
    }
}

/* Equal but for case, spaces and filler. */
static bool same_code(const char *a, const char *b) {
    for (;; a++, b++) {
        while (*a == ' ' || *a == '-' || *a == '<') {
            a++;
        }
        while (*b == ' ' || *b == '-' || *b == '<') {
            b++;
        }
        if (*a == '\0' || *b == '\0' || ((*a ^ *b) & ~0x20) != 0) {
            return *a == *b;
        }
    }
}

/* A text that was typed is compared with the zone's; one that was not is taken from it. */
static void merge_text(struct check *check, const char *name, const char **typed, const char *zone,
                       bool as_name) {
    if (*typed == NULL) {
        *typed = zone[0] == '\0' ? NULL : arena_strdup(check->arena, zone);
        return;
    }
    bool same = as_name ? names_agree(span_of(*typed), span_of(zone)) : same_code(*typed, zone);
    if (zone[0] != '\0' && !same) {
        differs(check, name);
    }
}

static void merge_date(struct check *check, const char *name, date *typed, date zone) {
    if (*typed == DATE_NONE) {
        *typed = zone;
    } else if (zone != DATE_NONE && zone != *typed) {
        differs(check, name);
    }
}

static void merge_zone(struct check *check, const struct mrz *mrz) {
    struct identity *who = check->who;
    char sex[2] = {mrz->sex == 'F' || mrz->sex == 'M' ? mrz->sex : '\0', '\0'};
    merge_text(check, "surname", &who->surname, mrz->surname, true);
    merge_text(check, "given_names", &who->given_names, mrz->given, true);
    merge_text(check, "document_number", &who->document_number, mrz->number, false);
    merge_text(check, "document_issuer", &who->document_issuer, mrz->issuer, false);
    merge_text(check, "nationality", &who->nationality, mrz->nationality, false);
    merge_text(check, "sex", &who->sex, sex, false);
    merge_date(check, "birth_date", &who->birth_date, mrz_birth_date(mrz, check->today));
    merge_date(check, "document_expires", &who->document_expires,
               mrz_expiry_date(mrz, check->today));
}

/* "line/line" and "line|line" are taken for two lines: a CSV cell seldom holds a line end. */
static const char *zone_lines(struct arena *arena, const char *mrz) {
    char *lines = arena_strdup(arena, mrz);
    for (char *c = lines; *c != '\0'; c++) {
        *c = *c == '/' || *c == '|' ? '\n' : *c;
    }
    return lines;
}

static void check_document(struct check *check) {
    struct identity *who = check->who;
    check_state(check, "document_issuer", &who->document_issuer);
    check_state(check, "nationality", &who->nationality);
    if (who->mrz == NULL) {
        return;
    }
    who->mrz = zone_lines(check->arena, who->mrz);
    struct mrz mrz = {0};
    (void)mrz_read(span_of(who->mrz), &mrz);
    if ((mrz.faults & (MRZ_LINE_LENGTHS | MRZ_CHARACTERS)) != 0) {
        (void)fault(check->faults, "mrz", ERR_MRZ_SHAPE, NULL);
    } else if (mrz.format != MRZ_TD1 && mrz.format != MRZ_TD2 && mrz.format != MRZ_TD3) {
        (void)fault(check->faults, "mrz", ERR_MRZ_KIND, mrz_format_name(mrz.format));
    } else {
        check_zone(check, &mrz);
        merge_zone(check, &mrz);
    }
}

static void need(struct check *check, const char *name, bool given) {
    if (!given) {
        (void)fault(check->faults, name, ERR_REQUIRED, NULL);
    }
}

static void check_person(struct check *check) {
    const struct identity *who = check->who;
    need(check, "surname", who->surname != NULL);
    need(check, "birth_date", who->birth_date != DATE_NONE);
    need(check, "sex", who->sex != NULL);
    need(check, "nationality", who->nationality != NULL);
    need(check, "document_issuer", who->document_issuer != NULL);
    need(check, "document_number", who->document_number != NULL);
    need(check, "document_expires", who->document_expires != DATE_NONE);
    if (who->birth_date != DATE_NONE && who->birth_date > check->today) {
        (void)fault(check->faults, "birth_date", ERR_IN_THE_FUTURE, NULL);
    }
}

static void check_fee(struct check *check, const struct entry_form *form, struct entry *entry) {
    bool told = form->fee_amount != FIELD_NONE || form->fee_payee != NULL ||
                form->fee_phone != NULL || form->fee_place != NULL;
    if (!form->fee_asked && told) {
        (void)fault(check->faults, "fee_asked", ERR_FEE_WITHOUT_ANSWER, NULL);
    }
    char plain[CONTACT_PLAIN];
    if (form->fee_phone == NULL) {
        return;
    }
    if (!contact_phone(form->fee_phone, plain)) {
        (void)fault(check->faults, "fee_phone", ERR_WRONG_TYPE, "0-9");
        return;
    }
    uint8_t *digest = arena_alloc(check->arena, SEAL_DIGEST);
    seal_contact(check->seal, "phone", plain, digest);
    entry->fee_phone = (struct span){(const char *)digest, SEAL_DIGEST};
}

static void check_form(struct check *check, const struct entry_form *form, struct entry *entry) {
    if (!form->consent) {
        (void)fault(check->faults, "consent", ERR_CONSENT_NEEDED, NULL);
    }
    if (form->available_from != DATE_NONE && form->available_to < form->available_from) {
        (void)fault(check->faults, "available_to", ERR_ENDS_BEFORE_START, NULL);
    }
    check_fee(check, form, entry);
    (void)entry_words(check->arena, "languages", form->languages, 2, check->faults,
                      &entry->languages);
    (void)entry_words(check->arena, "permits", form->permits, 30, check->faults, &entry->permits);
    (void)entry_words(check->arena, "habiletes", form->habiletes, 40, check->faults,
                      &entry->habiletes);
}

Err entry_check(struct arena *arena, const struct seal *seal, const struct entry_form *form,
                const struct identity *identity, date today, bool lenient, struct faults *faults,
                struct entry *entry) {
    size_t before = faults->count;
    struct entry out = {.identity = *identity};
    struct check check = {.arena = arena,
                          .faults = faults,
                          .seal = seal,
                          .lenient = lenient || form->mrz_as_presented,
                          .today = today,
                          .who = &out.identity,
                          .entry = &out};
    check_document(&check);
    check_person(&check);
    check_form(&check, form, &out);
    if (faults->count > before) {
        return ERR_INVALID_INPUT;
    }
    const struct identity *who = &out.identity;
    seal_passport(seal, who->document_issuer, who->document_number, out.passport);
    seal_person(seal, who->surname, who->given_names, who->birth_date, out.person);
    memcpy(out.swapped, out.person, SEAL_DIGEST);
    if (seal_swapped(who->birth_date) != who->birth_date) {
        seal_person(seal, who->surname, who->given_names, seal_swapped(who->birth_date),
                    out.swapped);
    }
    *entry = out;
    return OK;
}
