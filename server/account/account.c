#include "account.h"

#include <sodium.h>
#include <string.h>

#include "../db/db.h"
#include "../run/offload.h"

const char *const org_kinds[] = {"employer", "partner", "ofii", NULL};
static const char *const role_names[] = {"employer", "partner", "officer", "desk",
                                         "assessor", "auditor", "admin",   NULL};
static const char *const langs[] = {"fr", "en", "ar", NULL};
static const char *const scopes[] = {"read", "write", NULL};

#define F(type, member) offsetof(struct type, member)

const struct field org_fields[] = {
    {"kind", F_CHOICE, F(org, kind), 0, 0, FIELD_REQUIRED, org_kinds, "Kind of organisation"},
    {"name", F_TEXT, F(org, name), 1, 200, FIELD_REQUIRED, NULL, "Name"},
    {"country", F_TEXT, F(org, country), 2, 2, 0, NULL, "Country (two letters)"},
    {"siret", F_DIGITS, F(org, siret), 14, 14, 0, NULL, "SIRET"},
    {"naf", F_TEXT, F(org, naf), 6, 6, 0, NULL, "NAF code"},
    {"commune", F_TEXT, F(org, commune), 5, 5, 0, NULL, "Commune (INSEE code)"},
    {"hectares", F_DECIMAL, F(org, hectares), 0, 10000000, 0, NULL, "Hectares"},
    {"headcount", F_INT, F(org, headcount), 0, 100000, 0, NULL, "Permanent staff"},
    {"active_from", F_DATE, F(org, active_from), 0, 0, 0, NULL, "Active from"},
    {"active_to", F_DATE, F(org, active_to), 0, 0, 0, NULL, "Active until"},
    FIELD_END,
};

const struct field account_fields[] = {
    {"org_id", F_INT, F(account, org_id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Organisation"},
    {"role", F_CHOICE, F(account, role), 0, 0, FIELD_REQUIRED, role_names, "Role"},
    {"email", F_EMAIL, F(account, email), 3, 254, FIELD_REQUIRED, NULL, "E-mail address"},
    {"name", F_TEXT, F(account, name), 1, 120, FIELD_REQUIRED, NULL, "Name"},
    {"lang", F_CHOICE, F(account, lang), 0, 0, 0, langs, "Language"},
    FIELD_END,
};

const struct field login_fields[] = {
    {"email", F_EMAIL, F(login, email), 3, 254, FIELD_REQUIRED, NULL, "E-mail address"},
    {"password", F_TEXT, F(login, password), 1, PASSWORD_MAX, FIELD_REQUIRED | FIELD_EXACT, NULL,
     "Password"},
    {"code", F_TEXT, F(login, code), 1, 64, 0, NULL, "Code"},
    {"label", F_TEXT, F(login, label), 1, 80, 0, NULL, "Label"},
    {"scope", F_CHOICE, F(login, scope), 0, 0, 0, scopes, "Scope"},
    {"days", F_INT, F(login, days), 1, TOKEN_DAYS_MAX, 0, NULL, "Days"},
    {"next", F_TEXT, F(login, next), 1, 500, 0, NULL, "Next page"},
    FIELD_END,
};

const struct field password_fields[] = {
    {"current_password", F_TEXT, F(password_form, current), 1, PASSWORD_MAX,
     FIELD_REQUIRED | FIELD_EXACT, NULL, "Current password"},
    {"password", F_TEXT, F(password_form, password), PASSWORD_MIN, PASSWORD_MAX,
     FIELD_REQUIRED | FIELD_EXACT, NULL, "New password"},
    FIELD_END,
};

const struct field activation_fields[] = {
    {"code", F_TEXT, F(activation_form, code), 1, 64, FIELD_REQUIRED, NULL, "Activation code"},
    {"password", F_TEXT, F(activation_form, password), PASSWORD_MIN, PASSWORD_MAX,
     FIELD_REQUIRED | FIELD_EXACT, NULL, "New password"},
    FIELD_END,
};

const struct field token_fields[] = {
    {"label", F_TEXT, F(token_form, label), 1, 80, FIELD_REQUIRED, NULL, "Label"},
    {"scope", F_CHOICE, F(token_form, scope), 0, 0, FIELD_REQUIRED, scopes, "Scope"},
    {"days", F_INT, F(token_form, days), 1, TOKEN_DAYS_MAX, FIELD_REQUIRED, NULL, "Days"},
    FIELD_END,
};

/* The establishments of La Poste (SIREN 356 000 000) have SIRETs whose digit sum is a multiple of 5
 * instead (INSEE, note on the SIRENE directory). */
static bool siret_good(const char *siret) {
    static const char la_poste[] = "356000000";
    int sum = 0;
    if (text_luhn(span_of(siret))) {
        return true;
    }
    for (const char *c = siret; *c != '\0'; c++) {
        sum += *c - '0';
    }
    return strncmp(siret, la_poste, sizeof la_poste - 1) == 0 && sum % 5 == 0;
}

Err org_check(const struct org *org, struct faults *faults) {
    size_t before = faults->count;
    bool employer = span_is(span_of(org->kind), "employer");
    if (employer && org->siret == NULL) {
        (void)fault(faults, "siret", ERR_REQUIRED, NULL);
    }
    if (org->siret != NULL && !siret_good(org->siret)) {
        (void)fault(faults, "siret", ERR_BAD_SIRET, NULL);
    }
    if (org->active_from != DATE_NONE && org->active_to != DATE_NONE &&
        org->active_to < org->active_from) {
        (void)fault(faults, "active_to", ERR_ENDS_BEFORE_START, NULL);
    }
    return faults->count == before ? OK : ERR_INVALID_INPUT;
}

Err account_check(const char *role, const char *org_kind, struct faults *faults) {
    struct span kind = span_of(org_kind);
    struct span word = span_of(role);
    const char *allowed = "officer, desk, assessor, auditor, admin";
    bool good = !span_is(word, "employer") && !span_is(word, "partner");
    if (span_is(kind, "employer")) {
        allowed = "employer";
        good = span_is(word, "employer");
    } else if (span_is(kind, "partner")) {
        allowed = "partner, assessor";
        good = span_is(word, "partner") || span_is(word, "assessor");
    }
    return good ? OK : fault(faults, "role", ERR_NOT_A_CHOICE, allowed);
}

/* --- passwords ----------------------------------------------------------------------------------
 */

enum { PASSES = 2, MEMORY = 64 * 1024 * 1024 };
_Static_assert((int)PASSWORD_HASH >= (int)crypto_pwhash_STRBYTES, "room for a hash");

struct hashing {
    const char *password;
    const char *known; /* NULL: make a new one */
    char hash[PASSWORD_HASH];
    bool good;
};

static void hash_work(void *arg) {
    struct hashing *hashing = arg;
    size_t len = strlen(hashing->password);
    hashing->good =
        hashing->known != NULL
            ? crypto_pwhash_str_verify(hashing->known, hashing->password, len) == 0
            : crypto_pwhash_str(hashing->hash, hashing->password, len, PASSES, MEMORY) == 0;
}

Err password_hash(const char *password, char hash[PASSWORD_HASH]) {
    struct hashing hashing = {.password = password};
    offload_heavy(hash_work, &hashing);
    if (!hashing.good) {
        return ERR_CRYPTO;
    }
    memcpy(hash, hashing.hash, PASSWORD_HASH);
    return OK;
}

bool password_matches(const char *password, const char *hash) {
    struct hashing hashing = {.password = password, .known = hash};
    offload_heavy(hash_work, &hashing);
    return hash != NULL && hashing.good;
}

const char *safe_next(const char *next) {
    bool local = next != NULL && next[0] == '/' && next[1] != '/' && next[1] != '\\' &&
                 strpbrk(next, "\r\n\t\\") == NULL;
    return local ? next : "/";
}
