#include "contact.h"

#include <stddef.h>
#include <string.h>

static const char *const moments[] = {"arrival", "return", NULL};
static const char *const answers[] = {"yes", "no", NULL};

#define AT(member) offsetof(struct contacts, member)
const struct field contact_fields[] = {
    {"phone", F_TEXT, AT(phone), 6, 40, 0, NULL, "Telephone"},
    {"email", F_EMAIL, AT(email), 3, 254, 0, NULL, "E-mail address"},
    {"iban", F_TEXT, AT(iban), 15, 42, 0, NULL, "IBAN"},
    {"msa", F_TEXT, AT(msa), 5, 30, 0, NULL, "Social insurance number (MSA)"},
    {"office_address", F_TEXT, AT(office_address), 3, 200, 0, NULL, "Address of the office"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct fee_answer, member)
const struct field fee_answer_fields[] = {
    {"moment", F_CHOICE, AT(moment), 0, 0, FIELD_REQUIRED, moments, "Moment"},
    {"asked", F_CHOICE, AT(asked), 0, 0, FIELD_REQUIRED, answers, "Was money asked?"},
    {"amount", F_MONEY, AT(amount), 0, 100000000, 0, NULL, "Amount (euros)"},
    {"payee", F_TEXT, AT(payee), 1, 200, 0, NULL, "Who asked for it"},
    {"phone", F_TEXT, AT(phone), 6, 40, 0, NULL, "Telephone of who asked"},
    {"place", F_TEXT, AT(place), 2, 120, 0, NULL, "Village or town where it was asked"},
    FIELD_END,
};
#undef AT

enum { PHONE_FIGURES = 9, IBAN_MIN = 15, IBAN_MAX = 34 };

static bool figure(char c) {
    return c >= '0' && c <= '9';
}

static bool letter(char c) {
    return c >= 'A' && c <= 'Z';
}

bool contact_phone(const char *text, char plain[CONTACT_PLAIN]) {
    size_t used = 0;
    for (; *text != '\0'; text++) {
        if (!figure(*text)) {
            continue;
        }
        if (used == PHONE_FIGURES) {
            memmove(plain, plain + 1, PHONE_FIGURES - 1);
            used--;
        }
        plain[used++] = *text;
    }
    plain[used] = '\0';
    return used >= 6;
}

bool contact_number(const char *text, char plain[CONTACT_PLAIN]) {
    size_t used = 0;
    for (; *text != '\0' && used + 1 < CONTACT_PLAIN; text++) {
        char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 32) : *text;
        if (letter(c) || figure(c)) {
            plain[used++] = c;
        }
    }
    plain[used] = '\0';
    return used > 0;
}

bool contact_iban(const char *plain) {
    size_t length = strlen(plain);
    if (length < IBAN_MIN || length > IBAN_MAX || !letter(plain[0]) || !letter(plain[1]) ||
        !figure(plain[2]) || !figure(plain[3])) {
        return false;
    }
    int rest = 0;
    for (size_t i = 0; i < length; i++) {
        char c = plain[(i + 4) % length]; /* country and check figures come last */
        int value = figure(c) ? c - '0' : c - 'A' + 10;
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest == 1;
}
