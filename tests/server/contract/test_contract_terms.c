/* The rules of a contract's terms that need no database, and the numbers of the register. */
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../server/contract/contract.h"
#include "../../support/check_main.h"

static struct arena *arena;
static struct faults faults;
static struct contract_form form;

static void setup(void) {
    arena = arena_new();
    faults_init(&faults, arena);
    form = (struct contract_form){.terms = {.places = 5,
                                            .named_returnees = 5,
                                            .first_day = 20000,
                                            .last_day = 20000,
                                            .pay_kind = "hour",
                                            .language = "fr",
                                            .proof_from = DATE_NONE,
                                            .proof_to = DATE_NONE}};
}

static void teardown(void) {
    arena_free(arena);
}

static void expect(Err err, const char *field) {
    faults_init(&faults, arena);
    ck_assert_int_eq(contract_check(&form, &faults), ERR_INVALID_INPUT);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_msg(faults.list[0].err == err, "%s", err_code(faults.list[0].err));
    ck_assert_str_eq(faults.list[0].field, field);
}

START_TEST(sound_terms) {
    ck_assert_int_eq(contract_check(&form, &faults), OK);
    form.terms.proof_kind = "shortage";
    ck_assert_int_eq(contract_check(&form, &faults), OK);
    form.terms.proof_kind = "offer"; /* its dates may come until submission */
    ck_assert_int_eq(contract_check(&form, &faults), OK);
    ck_assert_uint_eq(faults.count, 0);
}
END_TEST

START_TEST(one_thing_wrong_each) {
    form.terms.last_day = 19999;
    expect(ERR_ENDS_BEFORE_START, "last_day");
    form.terms.last_day = 20000;
    form.terms.named_returnees = 6;
    expect(ERR_MORE_RETURNEES_THAN_PLACES, "named_returnees");
    form.terms.named_returnees = 0;
    form.terms.language = "F1";
    expect(ERR_WRONG_TYPE, "language");
    form.terms.language = NULL;
    form.terms.pay_kind = "piece";
    expect(ERR_REQUIRED, "piece_rate");
    form.terms.piece_rate = "0.45 a crate";
    form.terms.proof_kind = "offer";
    form.terms.proof_from = 19000;
    form.terms.proof_to = 18999;
    expect(ERR_ENDS_BEFORE_START, "proof_to");
    form.terms.proof_to = 19000;
    form.terms.housing.kind = "employer";
    expect(ERR_HOUSING_MISSING, "housing_address");
}
END_TEST

START_TEST(absent_values_get_their_defaults) {
    struct contract terms = {.named_returnees = FIELD_NONE,
                             .tolerance_days = FIELD_NONE,
                             .experience_months = FIELD_NONE,
                             .hectares = FIELD_NONE,
                             .housing = {.basins = FIELD_NONE,
                                         .showers = FIELD_NONE,
                                         .toilets = 4,
                                         .eating_m2 = FIELD_NONE,
                                         .rent = FIELD_NONE}};
    contract_defaults(&terms);
    ck_assert_int_eq(terms.named_returnees, 0);
    ck_assert_int_eq(terms.tolerance_days, 0);
    ck_assert_int_eq(terms.housing.basins, 0);
    ck_assert_int_eq(terms.housing.toilets, 4);
    ck_assert_int_eq(terms.housing.rent, 0);
    ck_assert_int_eq(terms.hectares, FIELD_NONE);
    ck_assert_str_eq(terms.pay_kind, "hour");
    ck_assert_str_eq(terms.meals, "none");
    ck_assert_str_eq(terms.transport, "none");
    ck_assert_str_eq(terms.housing.kind, "none");
}
END_TEST

START_TEST(siret) {
    ck_assert(siret_valid(SPAN_LIT("73282932000074")));
    ck_assert(!siret_valid(SPAN_LIT("73282932000075")));
    ck_assert(!siret_valid(SPAN_LIT("7328293200007")));
    ck_assert(!siret_valid(SPAN_LIT("7328293200007a")));
    ck_assert(!siret_valid(SPAN_LIT("00000000000000")));
    /* La Poste: 35600000049837 has a digit sum of 45 and no Luhn digit. */
    ck_assert(!text_luhn(SPAN_LIT("35600000049837")));
    ck_assert(siret_valid(SPAN_LIT("35600000049837")));
    ck_assert(!siret_valid(SPAN_LIT("35600000049838")));
}
END_TEST

START_TEST(naf) {
    ck_assert(naf_valid(SPAN_LIT("01.24Z")));
    ck_assert(!naf_valid(SPAN_LIT("0124Z")));
    ck_assert(!naf_valid(SPAN_LIT("01.24z")));
    ck_assert(!naf_valid(SPAN_LIT("A1.24Z")));
    ck_assert(!naf_valid(SPAN_LIT("")));
}
END_TEST

CHECK_MAIN("contract_terms", setup, teardown, sound_terms, one_thing_wrong_each,
           absent_values_get_their_defaults, siret, naf)
