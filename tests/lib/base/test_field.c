#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/base/field.h"
#include "../../support/check_main.h"

struct record {
    const char *name;
    const char *note;
    int64_t places;
    cents wage;
    int64_t area;
    date first_day;
    date any_day;
    bool night;
    const char *housing;
    const char *email;
    const char *siret;
};

static const char *const housings[] = {"none", "employer", NULL};

#define AT(member) offsetof(struct record, member)
static const struct field fields[] = {
    {"name", F_TEXT, AT(name), 2, 5, FIELD_REQUIRED, NULL, "Name"},
    {"note", F_NOTE, AT(note), 0, 0, 0, NULL, "Note"},
    {"places", F_INT, AT(places), 1, 500, 0, NULL, "Places"},
    {"wage", F_MONEY, AT(wage), 100, 10000, 0, NULL, "Wage"},
    {"first_day", F_DATE, AT(first_day), 20000, 21000, 0, NULL, "First day"},
    {"any_day", F_DATE, AT(any_day), 0, 0, 0, NULL, "Any day"},
    {"night", F_BOOL, AT(night), 0, 0, 0, NULL, "Night"},
    {"housing", F_CHOICE, AT(housing), 0, 0, 0, housings, "Housing"},
    {"email", F_EMAIL, AT(email), 0, 0, 0, NULL, "E-mail"},
    {"siret", F_DIGITS, AT(siret), 14, 14, 0, NULL, "SIRET"},
    {"area", F_DECIMAL, AT(area), 100, 10000, 0, NULL, "Area"},
    FIELD_END,
};

/* name=value pairs, NULL-ended; "twice" is the name of a field given more than once. */
struct pairs {
    const char *const *list;
    const char *twice;
};

static bool get(const void *impl, const char *name, struct span *value) {
    const struct pairs *pairs = impl;
    for (int i = 0; pairs->list[i] != NULL; i += 2) {
        if (strcmp(pairs->list[i], name) == 0) {
            *value = span_of(pairs->list[i + 1]);
            return true;
        }
    }
    return false;
}

static bool repeated(const void *impl, const char *name) {
    const struct pairs *pairs = impl;
    return pairs->twice != NULL && strcmp(pairs->twice, name) == 0;
}

static struct arena *arena;
static struct faults faults;
static struct record record;

static void setup(void) {
    arena = arena_new();
    faults_init(&faults, arena);
}

static void teardown(void) {
    arena_free(arena);
}

static Err parse_twice(const char *const *list, const char *twice) {
    struct pairs pairs = {list, twice};
    struct source source = {&pairs, get, repeated};
    return fields_parse(arena, fields, &source, &record, &faults);
}

#define PARSE(...) parse_twice((const char *const[]){__VA_ARGS__, NULL}, NULL)

START_TEST(good_values_fill_the_record) {
    ck_assert_int_eq(PARSE("name", " été ", "note", "a\nb", "places", "12", "wage", "12,02",
                           "first_day", "2026-03-01", "night", "oui", "housing", "employer",
                           "email", "Ana@Ferme.Example", "siret", "73282932000074", "area", "23.5"),
                     OK);
    ck_assert_str_eq(record.name, "été");
    ck_assert_str_eq(record.note, "a\nb");
    ck_assert_int_eq(record.places, 12);
    ck_assert_int_eq(record.wage, 1202);
    ck_assert(record.night);
    ck_assert_str_eq(record.housing, "employer");
    ck_assert_str_eq(record.email, "ana@ferme.example");
    ck_assert_str_eq(record.siret, "73282932000074");
    ck_assert_int_eq(record.area, 2350);
    static const char *const texts[] = {"été",           "a\nb",       "12",
                                        "12.02",         "2026-03-01", NULL,
                                        "true",          "employer",   "ana@ferme.example",
                                        "73282932000074"};
    for (int i = 0; i < 10; i++) {
        const char *text = field_text(arena, &fields[i], &record);
        ck_assert_msg((text == NULL) == (texts[i] == NULL), "%s", fields[i].name);
        ck_assert(text == NULL || strcmp(text, texts[i]) == 0);
    }
}
END_TEST

START_TEST(absent_values_are_absent) {
    ck_assert_int_eq(PARSE("name", "ab", "note", "  ", "night", ""), OK);
    ck_assert_ptr_null(record.note);
    ck_assert_int_eq(record.places, FIELD_NONE);
    ck_assert_int_eq(record.wage, FIELD_NONE);
    ck_assert_int_eq(record.first_day, DATE_NONE);
    ck_assert(!record.night);
    for (int i = 1; i < 10; i++) {
        const char *text = field_text(arena, &fields[i], &record);
        ck_assert(i == 6 ? strcmp(text, "false") == 0 : text == NULL);
    }
}
END_TEST

START_TEST(every_fault_is_told_at_once) {
    ck_assert_int_eq(PARSE("note", "a\x1B", "places", "501", "wage", "0.99", "first_day",
                           "2026-02-30", "any_day", "soon", "night", "perhaps", "housing", "tent",
                           "email", "nobody", "siret", "7328293200007x"),
                     ERR_INVALID_INPUT);
    static const struct fault expected[] = {
        {"name", ERR_REQUIRED, NULL},
        {"note", ERR_BAD_ENCODING, NULL},
        {"places", ERR_OUT_OF_RANGE, "1 – 500"},
        {"wage", ERR_OUT_OF_RANGE, "1.00 – 100.00"},
        {"first_day", ERR_BAD_DATE, "2024-10-04 – 2027-07-01"},
        {"any_day", ERR_BAD_DATE, "1900-01-01 – 2199-12-31"},
        {"night", ERR_NOT_A_CHOICE, "true, false"},
        {"housing", ERR_NOT_A_CHOICE, "none, employer"},
        {"email", ERR_BAD_EMAIL, NULL},
        {"siret", ERR_BAD_NUMBER, NULL},
    };
    ck_assert_uint_eq(faults.count, 10);
    for (int i = 0; i < 10; i++) {
        ck_assert_str_eq(faults.list[i].field, expected[i].field);
        ck_assert_msg(faults.list[i].err == expected[i].err, "%s", expected[i].field);
        ck_assert_msg(expected[i].detail == NULL ||
                          strcmp(faults.list[i].detail, expected[i].detail) == 0,
                      "%s: %s", expected[i].field, faults.list[i].detail);
    }
}
END_TEST

START_TEST(one_bad_value_each) {
    static const struct {
        const char *field;
        const char *value;
        Err err;
    } cases[] = {
        {"name", "a", ERR_TOO_SHORT},       {"name", "abcdef", ERR_TOO_LONG},
        {"name", "a\nb", ERR_BAD_ENCODING}, {"name", "a\xFFz", ERR_BAD_ENCODING},
        {"places", "1.5", ERR_BAD_NUMBER},  {"places", "0", ERR_OUT_OF_RANGE},
        {"wage", "abc", ERR_BAD_MONEY},     {"area", "9 m2", ERR_BAD_DECIMAL},
        {"siret", "123", ERR_TOO_SHORT},    {"email", "@x", ERR_BAD_EMAIL},
        {"email", "a@", ERR_BAD_EMAIL},     {"email", "a@b@c", ERR_BAD_EMAIL},
        {"email", "a b@c", ERR_BAD_EMAIL},  {"first_day", "2031-01-01", ERR_BAD_DATE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        faults_init(&faults, arena);
        bool is_name = strcmp(cases[i].field, "name") == 0;
        ck_assert_int_eq(is_name ? PARSE("name", cases[i].value)
                                 : PARSE("name", "ab", cases[i].field, cases[i].value),
                         ERR_INVALID_INPUT);
        ck_assert_uint_eq(faults.count, 1);
        ck_assert_msg(faults.list[0].err == cases[i].err, "case %zu: %s", i,
                      err_code(faults.list[0].err));
    }
}
END_TEST

START_TEST(a_field_given_twice_is_refused) {
    const char *const list[] = {"name", "ab", "places", "3", NULL};
    ck_assert_int_eq(parse_twice(list, "places"), ERR_INVALID_INPUT);
    ck_assert_int_eq(faults.list[0].err, ERR_REPEATED_FIELD);
    ck_assert_str_eq(faults.list[0].field, "places");
}
END_TEST

START_TEST(fields_are_found_by_name) {
    ck_assert_ptr_eq(field_find(fields, "places"), &fields[2]);
    ck_assert_ptr_null(field_find(fields, "place"));
}
END_TEST

/* --- rows
 * ------------------------------------------------------------------------------------------ */

static const struct column columns[] = {
    {"name", COL_TEXT},  {"places", COL_INT},   {"wage", COL_NUMBER}, {"first_day", COL_DATE},
    {"night", COL_BOOL}, {"housing", COL_TEXT}, {"email", COL_TEXT},
};

static struct span cell(const void *impl, int row, int col) {
    const char *const *cells = impl;
    (void)row;
    return span_of(cells[col]);
}

START_TEST(a_row_loads_back) {
    const char *const cells[] = {"été", "12", "12.02", "2026-03-01", "t", "none", NULL};
    struct rows rows = {1, 7, columns, cells, cell, 0};
    fields_load(arena, fields, &rows, 0, &record);
    ck_assert_str_eq(record.name, "été");
    ck_assert_int_eq(record.places, 12);
    ck_assert_int_eq(record.wage, 1202);
    ck_assert(record.night);
    ck_assert_ptr_eq(record.housing, housings[0]);
    ck_assert_ptr_null(record.email);
    ck_assert_ptr_null(record.siret);
    ck_assert_int_eq(record.any_day, DATE_NONE);
    ck_assert_int_eq(rows_int(&rows, 0, "places"), 12);
    ck_assert_int_eq(rows_int(&rows, 0, "email"), 0);
    ck_assert(rows_bool(&rows, 0, "night"));
    ck_assert(!rows_bool(&rows, 0, "email"));
    ck_assert_int_eq(rows_date(&rows, 0, "first_day"), record.first_day);
    ck_assert_int_eq(rows_date(&rows, 0, "email"), DATE_NONE);
    ck_assert_str_eq(rows_text(&rows, arena, 0, "housing"), "none");
    ck_assert_ptr_null(rows_text(&rows, arena, 0, "email"));
    ck_assert(rows_null(&rows, 0, "email"));
    ck_assert(!rows_null(&rows, 0, "name"));
    ck_assert_int_eq(rows_col(&rows, "nothing"), -1);
}
END_TEST

START_TEST(an_unknown_column_aborts) {
    const char *const cells[] = {"été", "12", "12.02", "2026-03-01", "t", "none", NULL};
    struct rows rows = {1, 7, columns, cells, cell, 0};
    (void)rows_int(&rows, 0, "nothing");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("field");
    TCase *tcase = tcase_create("field");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, good_values_fill_the_record);
    tcase_add_test(tcase, absent_values_are_absent);
    tcase_add_test(tcase, every_fault_is_told_at_once);
    tcase_add_test(tcase, one_bad_value_each);
    tcase_add_test(tcase, a_field_given_twice_is_refused);
    tcase_add_test(tcase, fields_are_found_by_name);
    tcase_add_test(tcase, a_row_loads_back);
    tcase_add_test_raise_signal(tcase, an_unknown_column_aborts, SIGABRT);
    suite_add_tcase(suite, tcase);
    return check_end(suite);
}
