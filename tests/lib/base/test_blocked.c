#include "../../../lib/base/blocked.h"
#include "../../support/check_main.h"

static const char *word(const char *name) {
    const char *found = blocked_criterion(span_of(name));
    return found == NULL ? "" : found;
}

START_TEST(names_are_refused) {
    static const char *const rows[][2] = {
        {"sex", "sex"},
        {"Gender", "sex"},
        {"filter[sex]", "sex"},
        {"candidate.sexe", "sex"},
        {"HOMMES", "sex"},
        {"min_age", "age"},
        {"age__lte", "age"},
        {"-age", "age"},
        {"birth_date", "age"},
        {"candidateBirthDate", "age"},
        {"date_de_naissance", "age"},
        {"Ann\u00e9e de naissance", "age"},
        {"dob", "age"},
        {"marital-status", "marital"},
        {"mari\u00e9e", "marital"},
        {"\u00c9tat civil", "marital"},
        {"situation_familiale", "family"},
        {"nombre d'enfants", "family"},
        {"children_count", "family"},
        {"pregnant", "family"},
        {"nationality", "origin"},
        {"lieu_de_naissance", "origin"},
        {"village", "origin"},
        {"\u0627\u0644\u062c\u0646\u0633", "sex"},
        {"\u062a\u0627\u0631\u064a\u062e \u0627\u0644\u0645\u064a\u0644\u0627\u062f", "age"},
        {"\u0627\u0644\u062d\u0627\u0644\u0629 \u0627\u0644\u0639\u0627\u0626\u0644\u064a\u0629",
         "family"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_msg(strcmp(word(rows[i][0]), rows[i][1]) == 0, "%s is %s, got %s", rows[i][0],
                      rows[i][1], word(rows[i][0]));
    }
}
END_TEST

/* Control: what selection may ask for, and words that hold a blocked one. */
START_TEST(other_names_are_not) {
    static const char *const good[] = {
        "",
        "language",
        "languages",
        "experience_months",
        "available_from",
        "permits",
        "state",
        "contract",
        "campaign_id",
        "average",
        "manage",
        "stage",
        "page",
        "sextant",
        "essex",
        "familiar",
        "originator_ref",
        "after",
        "limit",
        "from",
        "to",
        "min",
        "department",
        "region",
        "country",
        "name",
        "agency",
        "village_id_of_kit",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(word(good[i])[0] == '\0', "%s is %s", good[i], word(good[i]));
    }
}
END_TEST

static const char *list(const char *name, const char *value) {
    const char *found = blocked_in_list(span_of(name), span_of(value));
    return found == NULL ? "" : found;
}

START_TEST(lists_of_names) {
    ck_assert_str_eq(list("sort", "-score,birth_date"), "age");
    ck_assert_str_eq(list("fields", "token,languages,sex"), "sex");
    ck_assert_str_eq(list("order_by", "nationality desc"), "origin");
    ck_assert_str_eq(list("filter", "married:eq:true"), "marital");
    ck_assert_str_eq(list("sort", "-score,experience_months"), "");
    ck_assert_str_eq(list("name", "sex"), ""); /* a value, not a list of names */
    ck_assert_str_eq(list("reason", "age"), "");
}
END_TEST

CHECK_MAIN("blocked criteria", NULL, NULL, names_are_refused, other_names_are_not, lists_of_names)
