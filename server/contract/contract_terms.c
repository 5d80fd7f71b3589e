/* The field table of a contract and the rules of its terms that need no database. */
#include <stddef.h>
#include <string.h>

#include "contract.h"

static const char *const pay_kinds[] = {"hour", "month", "piece", NULL};
static const char *const meals[] = {"none", "provided", "paid", NULL};
static const char *const transports[] = {"none", "from_port", "from_airport", "both", NULL};
static const char *const housings[] = {"none", "employer", "third_party", NULL};
static const char *const proofs[] = {"offer", "shortage", NULL};

#define AT(member) offsetof(struct contract, member)
const struct field contract_fields[] = {
    {"employer_ref", F_TEXT, AT(employer_ref), 1, 60, 0, NULL, "Your own reference"},
    {"places", F_INT, AT(places), 1, 500, FIELD_REQUIRED, NULL, "Places"},
    {"named_returnees", F_INT, AT(named_returnees), 0, 500, 0, NULL, "Returning workers wanted"},
    {"first_day", F_DATE, AT(first_day), 0, 0, FIELD_REQUIRED, NULL, "First day of work"},
    {"last_day", F_DATE, AT(last_day), 0, 0, FIELD_REQUIRED, NULL, "Last day of work"},
    {"tolerance_days", F_INT, AT(tolerance_days), 0, 15, 0, NULL, "Days of tolerance"},
    {"rome", F_TEXT, AT(rome), 5, 5, FIELD_REQUIRED, NULL, "Occupation (ROME)"},
    {"crop", F_TEXT, AT(crop), 1, 60, FIELD_REQUIRED, NULL, "Crop"},
    {"variety", F_TEXT, AT(variety), 0, 60, 0, NULL, "Variety"},
    {"hectares", F_DECIMAL, AT(hectares), 0, 10000000, 0, NULL, "Area of the crop (ha)"},
    {"tasks", F_NOTE, AT(tasks), 1, 2000, FIELD_REQUIRED, NULL, "Tasks"},
    {"profile_id", F_INT, AT(profile_id), 1, INT64_MAX, 0, NULL, "Test profile"},
    {"experience_months", F_INT, AT(experience_months), 0, 240, 0, NULL,
     "Months of experience asked"},
    {"commune", F_TEXT, AT(commune), 5, 5, FIELD_REQUIRED, NULL, "Work place (INSEE code)"},
    {"site_address", F_TEXT, AT(site_address), 0, 200, 0, NULL, "Address of the work place"},
    {"weekly_hours", F_DECIMAL, AT(weekly_hours), 100, 4800, FIELD_REQUIRED, NULL, "Hours a week"},
    {"work_pattern", F_TEXT, AT(work_pattern), 0, 200, 0, NULL, "Days and times of work"},
    {"night_work", F_BOOL, AT(night_work), 0, 0, 0, NULL, "Night work"},
    {"sunday_work", F_BOOL, AT(sunday_work), 0, 0, 0, NULL, "Sunday work"},
    {"pay_kind", F_CHOICE, AT(pay_kind), 0, 0, 0, pay_kinds, "Paid by"},
    {"hourly_wage", F_MONEY, AT(hourly_wage), 100, 20000, FIELD_REQUIRED, NULL,
     "Gross hourly wage, at least"},
    {"piece_rate", F_TEXT, AT(piece_rate), 0, 120, 0, NULL, "Piece rate"},
    {"collective_agreement", F_TEXT, AT(collective_agreement), 0, 120, 0, NULL,
     "Collective agreement and level"},
    {"language", F_TEXT, AT(language), 2, 2, 0, NULL, "Language of instruction"},
    {"meals", F_CHOICE, AT(meals), 0, 0, 0, meals, "Meals"},
    {"transport", F_CHOICE, AT(transport), 0, 0, 0, transports, "Transport on arrival"},
    {"driving", F_BOOL, AT(driving), 0, 0, 0, NULL, "Driving"},
    {"demands", F_NOTE, AT(demands), 0, 500, 0, NULL, "Physical demands"},
    {"equipment", F_NOTE, AT(equipment), 0, 500, 0, NULL, "Protective equipment given"},
    {"housing_kind", F_CHOICE, AT(housing.kind), 0, 0, 0, housings, "Housing"},
    {"housing_address", F_TEXT, AT(housing.address), 0, 200, 0, NULL, "Address of the housing"},
    {"housing_commune", F_TEXT, AT(housing.commune), 5, 5, 0, NULL,
     "Commune of the housing (INSEE code)"},
    {"housing_basins", F_INT, AT(housing.basins), 0, 500, 0, NULL, "Washbasins"},
    {"housing_showers", F_INT, AT(housing.showers), 0, 500, 0, NULL, "Showers"},
    {"housing_toilets", F_INT, AT(housing.toilets), 0, 500, 0, NULL, "Toilets"},
    {"housing_eating_m2", F_DECIMAL, AT(housing.eating_m2), 0, 500000, 0, NULL, "Eating room (m2)"},
    {"housing_bunks", F_BOOL, AT(housing.bunks), 0, 0, 0, NULL, "Bunk beds"},
    {"housing_rent", F_MONEY, AT(housing.rent), 0, 200000, 0, NULL, "Rent a week"},
    {"proof_kind", F_CHOICE, AT(proof_kind), 0, 0, 0, proofs, "Proof of the labour-market test"},
    {"proof_reference", F_TEXT, AT(proof_reference), 0, 80, 0, NULL,
     "Number of the published offer"},
    {"proof_publisher", F_TEXT, AT(proof_publisher), 0, 80, 0, NULL, "Published with"},
    {"proof_from", F_DATE, AT(proof_from), 0, 0, 0, NULL, "Published from"},
    {"proof_to", F_DATE, AT(proof_to), 0, 0, 0, NULL, "Published until"},
    FIELD_END,
};
#undef AT

const struct field contract_site_fields[] = {
    {"commune", F_TEXT, offsetof(struct contract_site, commune), 5, 5, FIELD_REQUIRED, NULL,
     "Other work place (INSEE code)"},
    FIELD_END,
};

static void zero_if_absent(int64_t *value) {
    *value = *value == FIELD_NONE ? 0 : *value;
}

static void first_if_absent(const char **value, const char *const *choices) {
    *value = *value == NULL ? choices[0] : *value;
}

void contract_defaults(struct contract *contract) {
    zero_if_absent(&contract->named_returnees);
    zero_if_absent(&contract->tolerance_days);
    zero_if_absent(&contract->experience_months);
    zero_if_absent(&contract->housing.basins);
    zero_if_absent(&contract->housing.showers);
    zero_if_absent(&contract->housing.toilets);
    zero_if_absent(&contract->housing.eating_m2);
    zero_if_absent(&contract->housing.rent);
    first_if_absent(&contract->pay_kind, pay_kinds);
    first_if_absent(&contract->meals, meals);
    first_if_absent(&contract->transport, transports);
    first_if_absent(&contract->housing.kind, housings);
}

static void check_proof(const struct contract *terms, struct faults *faults) {
    if (terms->proof_kind == NULL || strcmp(terms->proof_kind, "offer") != 0) {
        return;
    }
    if (terms->proof_from != DATE_NONE && terms->proof_to != DATE_NONE &&
        terms->proof_to < terms->proof_from) {
        (void)fault(faults, "proof_to", ERR_ENDS_BEFORE_START, NULL);
    }
}

static bool is_language(const char *code) {
    return code[0] >= 'a' && code[0] <= 'z' && code[1] >= 'a' && code[1] <= 'z';
}

Err contract_check(const struct contract_form *form, struct faults *faults) {
    const struct contract *terms = &form->terms;
    size_t before = faults->count;
    if (terms->first_day != DATE_NONE && terms->last_day != DATE_NONE &&
        terms->last_day < terms->first_day) {
        (void)fault(faults, "last_day", ERR_ENDS_BEFORE_START, NULL);
    }
    if (terms->places != FIELD_NONE && terms->named_returnees > terms->places) {
        (void)fault(faults, "named_returnees", ERR_MORE_RETURNEES_THAN_PLACES, NULL);
    }
    if (terms->language != NULL && !is_language(terms->language)) {
        (void)fault(faults, "language", ERR_WRONG_TYPE, "fr, ar, en …");
    }
    if (strcmp(terms->pay_kind, "piece") == 0 && terms->piece_rate == NULL) {
        (void)fault(faults, "piece_rate", ERR_REQUIRED, NULL);
    }
    check_proof(terms, faults);
    if (contract_housing_check(&terms->housing, form->rooms, form->room_count, terms->places,
                               faults) != OK) {
        return ERR_INVALID_INPUT;
    }
    return faults->count == before ? OK : ERR_INVALID_INPUT;
}

/* --- numbers of the register
 * ------------------------------------------------------------------------ */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool siret_valid(struct span siret) {
    int sum = 0;
    if (siret.len != 14) {
        return false;
    }
    for (size_t i = 0; i < siret.len; i++) {
        if (!is_digit(siret.ptr[i])) {
            return false;
        }
        sum += siret.ptr[i] - '0';
    }
    if (memcmp(siret.ptr, "356000000", 9) == 0 && sum % 5 == 0) {
        return true;
    }
    return sum > 0 && text_luhn(siret);
}

bool naf_valid(struct span naf) {
    return naf.len == 6 && is_digit(naf.ptr[0]) && is_digit(naf.ptr[1]) && naf.ptr[2] == '.' &&
           is_digit(naf.ptr[3]) && is_digit(naf.ptr[4]) && naf.ptr[5] >= 'A' && naf.ptr[5] <= 'Z';
}
