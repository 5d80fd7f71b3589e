/* test_entry.c - what an entry must bear, what a form refuses and what an import turns into a case.
 */
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../server/candidate/entry.h"
#include "../../support/check_main.h"

#define ZONE                                                                                       \
    "P<MAREL<YAMIQ<<KARIM<<<<<<<<<<<<<<<<<<<<<<<<\nVW35922462MAR6708113M2812117<<<<<<<<<<<<<<02"

static struct arena *arena;
static const struct seal *seal;
static struct faults faults;
static struct entry_form form;
static struct identity who;
static struct entry entry;

static void setup(void) {
    arena = arena_new();
    seal = seal_from(arena, (const uint8_t[SEAL_FIRST]){1, 2, 3});
    faults_init(&faults, arena);
    form = (struct entry_form){.experience_months = 12,
                               .languages = "AR, fr",
                               .available_from = 20500,
                               .available_to = 20600,
                               .consent = true,
                               .fee_amount = FIELD_NONE};
    who = (struct identity){.mrz = ZONE, .birth_date = DATE_NONE, .document_expires = DATE_NONE};
}

static void teardown(void) {
    arena_free(arena);
}

static Err check(bool lenient) {
    return entry_check(arena, seal, &form, &who, 20450, lenient, &faults, &entry);
}

/* A zone with one character changed. */
static const char *altered(int line, int column, char to) {
    char *zone = arena_strdup(arena, ZONE);
    zone[(line - 1) * 45 + column - 1] = to;
    return zone;
}

static bool faulty(const char *field, Err err) {
    for (size_t i = 0; i < faults.count; i++) {
        if (strcmp(faults.list[i].field, field) == 0 && faults.list[i].err == err) {
            return true;
        }
    }
    return false;
}

START_TEST(a_zone_alone_is_enough) {
    ck_assert_int_eq(check(false), OK);
    ck_assert_str_eq(entry.identity.surname, "EL YAMIQ");
    ck_assert_str_eq(entry.identity.given_names, "KARIM");
    ck_assert_str_eq(entry.identity.document_number, "VW3592246");
    ck_assert_str_eq(entry.identity.document_issuer, "MAR");
    ck_assert_str_eq(entry.identity.sex, "M");
    ck_assert_int_eq(entry.identity.birth_date, date_of((struct civil){1967, 8, 11}));
    ck_assert_int_eq(entry.identity.document_expires, date_of((struct civil){2028, 12, 11}));
    ck_assert_str_eq(entry.languages, "{ar,fr}");
    ck_assert_str_eq(entry.permits, "{}");
    ck_assert_ptr_null(entry.zone_faults);
    ck_assert_ptr_null(entry.zone_doubts);
    ck_assert_ptr_null(entry.typed_differs);
}
END_TEST

START_TEST(typed_data_alone_is_enough) {
    who = (struct identity){.surname = "Yamiq",
                            .given_names = "Karim",
                            .sex = "M",
                            .birth_date = date_of((struct civil){1967, 8, 11}),
                            .nationality = "mar",
                            .document_issuer = "mar",
                            .document_number = "vw 3592246",
                            .document_expires = date_of((struct civil){2028, 12, 11})};
    struct entry zone;
    ck_assert_int_eq(check(false), OK);
    zone = entry;
    who = (struct identity){.mrz = ZONE, .birth_date = DATE_NONE, .document_expires = DATE_NONE};
    ck_assert_int_eq(check(false), OK);
    ck_assert_mem_eq(zone.passport, entry.passport, SEAL_DIGEST); /* found again either way */
    ck_assert_mem_eq(zone.person, entry.person, SEAL_DIGEST);
    ck_assert_mem_eq(zone.swapped, entry.swapped, SEAL_DIGEST);
    ck_assert_mem_ne(entry.person, entry.swapped, SEAL_DIGEST);
}
END_TEST

START_TEST(nothing_at_all_names_every_field) {
    who.mrz = NULL;
    form.consent = false;
    ck_assert_int_eq(check(false), ERR_INVALID_INPUT);
    const char *needed[] = {"surname",         "birth_date",      "sex",
                            "nationality",     "document_issuer", "document_number",
                            "document_expires"};
    for (int i = 0; i < 7; i++) {
        ck_assert_msg(faulty(needed[i], ERR_REQUIRED), "%s", needed[i]);
    }
    ck_assert(faulty("consent", ERR_CONSENT_NEEDED));
}
END_TEST

START_TEST(a_form_names_the_wrong_digit) {
    who.mrz = altered(2, 10, '5');
    ck_assert_int_eq(check(false), ERR_INVALID_INPUT);
    ck_assert(faulty("mrz", ERR_MRZ_DIGIT_NUMBER) && faulty("mrz", ERR_MRZ_DIGIT_COMPOSITE));
    ck_assert_str_eq(faults.list[0].detail, "2/10: 5, 2");
}
END_TEST

START_TEST(each_digit_has_its_sentence) {
    static const struct {
        int column;
        char to;
        Err err;
    } cases[] = {{20, '9', ERR_MRZ_DIGIT_BIRTH},
                 {28, '1', ERR_MRZ_DIGIT_EXPIRY},
                 {43, '7', ERR_MRZ_DIGIT_PERSONAL},
                 {44, '7', ERR_MRZ_DIGIT_COMPOSITE}};
    for (int i = 0; i < 4; i++) {
        faults_init(&faults, arena);
        who.mrz = altered(2, cases[i].column, cases[i].to);
        ck_assert_int_eq(check(false), ERR_INVALID_INPUT);
        ck_assert(faulty("mrz", cases[i].err));
    }
    faults_init(&faults, arena);
    who.mrz = altered(2, 21, 'X');
    ck_assert_int_eq(check(false), ERR_INVALID_INPUT);
    ck_assert(faulty("mrz", ERR_MRZ_FIELD));
}
END_TEST

START_TEST(as_presented_makes_a_case_instead) {
    who.mrz = altered(2, 10, '5');
    form.mrz_as_presented = true;
    ck_assert_int_eq(check(false), OK);
    ck_assert_str_eq(entry.zone_faults,
                     "{\"check_digit:document_number 2/10\",\"check_digit:composite 2/44\"}");
    form.mrz_as_presented = false;
    ck_assert_int_eq(check(true), OK); /* an import does the same */
    ck_assert_ptr_nonnull(entry.zone_faults);
    ck_assert_uint_eq(faults.count, 0);
}
END_TEST

START_TEST(a_shapeless_zone_is_refused_everywhere) {
    who.mrz = "P<MAREL<YAMIQ<<KARIM\nVW35922464MAR";
    ck_assert_int_eq(check(true), ERR_INVALID_INPUT);
    ck_assert(faulty("mrz", ERR_MRZ_SHAPE));
    faults_init(&faults, arena);
    who.mrz = altered(1, 1, 'p');
    ck_assert_int_eq(check(true), ERR_INVALID_INPUT);
    ck_assert(faulty("mrz", ERR_MRZ_SHAPE));
    faults_init(&faults, arena);
    who.mrz = altered(1, 1, 'V');
    ck_assert_int_eq(check(true), ERR_INVALID_INPUT);
    ck_assert(faulty("mrz", ERR_MRZ_KIND));
}
END_TEST

START_TEST(typed_and_printed_are_compared) {
    who.surname = "Elyamik"; /* spelled otherwise: the same */
    who.given_names = "Karim Amine";
    who.document_number = "VW 3592246";
    who.nationality = "mar";
    ck_assert_int_eq(check(false), OK);
    who.surname = "Alaoui";
    who.birth_date = date_of((struct civil){1969, 8, 11});
    who.document_number = "VW3592247";
    ck_assert_int_eq(check(false), ERR_INVALID_INPUT);
    ck_assert(faulty("surname", ERR_MRZ_DIFFERS) && faulty("birth_date", ERR_MRZ_DIFFERS) &&
              faulty("document_number", ERR_MRZ_DIFFERS));
    faults_init(&faults, arena);
    ck_assert_int_eq(check(true), OK);
    ck_assert_str_eq(entry.typed_differs, "{\"surname\",\"document_number\",\"birth_date\"}");
    ck_assert_str_eq(entry.identity.surname, "Alaoui"); /* both are kept: one in the zone */
}
END_TEST

START_TEST(doubts_are_cases_without_refusal) {
    who.mrz =
        "P<UTOERIK55ON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    ck_assert_int_eq(check(false), OK);
    ck_assert_str_eq(entry.zone_doubts, "{\"name_figure\",\"specimen\"}");
}
END_TEST

/* As an employer's telephone, so that the two can be compared. */
START_TEST(who_asked_for_money_is_a_digest) {
    uint8_t digest[SEAL_DIGEST];
    form.fee_asked = true;
    form.fee_phone = "+212 6 12-34-56-78";
    ck_assert_int_eq(check(false), OK);
    seal_contact(seal, "phone", "612345678", digest);
    ck_assert_uint_eq(entry.fee_phone.len, SEAL_DIGEST);
    ck_assert_mem_eq(entry.fee_phone.ptr, digest, SEAL_DIGEST);
    form.fee_phone = "no number";
    ck_assert_int_eq(check(false), ERR_INVALID_INPUT);
    ck_assert(faulty("fee_phone", ERR_WRONG_TYPE));
    faults_init(&faults, arena);
    form.fee_phone = NULL;
    form.fee_place = "a village";
    ck_assert_int_eq(check(false), OK);
    ck_assert_ptr_null(entry.fee_phone.ptr); /* not told */
    form.fee_asked = false;
    ck_assert_int_eq(check(false), ERR_INVALID_INPUT);
    ck_assert(faulty("fee_asked", ERR_FEE_WITHOUT_ANSWER));
}
END_TEST

START_TEST(the_form_itself_is_checked) {
    form.available_to = form.available_from - 1;
    form.fee_payee = "somebody";
    form.languages = "french";
    form.permits = "tractor;drop table";
    form.habiletes = "a{b";
    ck_assert_int_eq(check(false), ERR_INVALID_INPUT);
    ck_assert(faulty("available_to", ERR_ENDS_BEFORE_START));
    ck_assert(faulty("fee_asked", ERR_FEE_WITHOUT_ANSWER));
    ck_assert(faulty("languages", ERR_BAD_LIST) && faulty("habiletes", ERR_BAD_LIST));
    ck_assert(!faulty("permits", ERR_BAD_LIST)); /* three words */
    faults_init(&faults, arena);
    form = (struct entry_form){.consent = true, .fee_amount = FIELD_NONE, .languages = " ; ,"};
    who.document_issuer = "ZZZ";
    who.birth_date = 20451;
    ck_assert_int_eq(check(true), ERR_INVALID_INPUT);
    ck_assert(faulty("document_issuer", ERR_UNKNOWN_STATE) &&
              faulty("birth_date", ERR_IN_THE_FUTURE));
}
END_TEST

CHECK_MAIN("entry", setup, teardown, a_zone_alone_is_enough, typed_data_alone_is_enough,
           nothing_at_all_names_every_field, a_form_names_the_wrong_digit,
           each_digit_has_its_sentence, as_presented_makes_a_case_instead,
           a_shapeless_zone_is_refused_everywhere, typed_and_printed_are_compared,
           doubts_are_cases_without_refusal, who_asked_for_money_is_a_digest,
           the_form_itself_is_checked)
