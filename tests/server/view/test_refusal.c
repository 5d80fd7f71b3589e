#include "server/view/refusal.h"

#include "lib/base/arena.h"
#include "tests/support/check_main.h"

static void says(enum lang lang, Err err, const char *detail, const char *expected) {
    struct arena *arena = arena_new();
    ck_assert_str_eq(refusal_sentence(arena, lang, err, detail), expected);
    arena_free(arena);
}

START_TEST(a_state_is_a_label_of_the_sentences_kind) {
    says(LANG_FR, ERR_SESSION_NOT_MARKING, "planned",
         "On note pendant la session ou sa notation\u00a0; son état\u00a0: prévue.");
    says(LANG_EN, ERR_SESSION_NOT_MARKING, "planned",
         "Marks are given while the session is running or being marked; it is now: planned.");
    says(LANG_FR, ERR_CONFLICT, "campaign:open > campaign:draft",
         "L'état de la fiche ne le permet pas\u00a0: ouverte > brouillon.");
}
END_TEST

START_TEST(days_and_counts_are_put_in_words) {
    says(LANG_FR, ERR_SESSION_IN_PAST, "2026-03-01",
         "La session serait dans le passé\u00a0; nous sommes le 1er\u00a0mars 2026.");
    says(LANG_FR, ERR_SIX_MONTHS, "2026-01-01 – 2026-12-31: 190 days > 183 days",
         "Les séjours du travailleur en France dépasseraient six mois sur douze\u00a0: "
         "1er\u00a0janvier 2026 "
         "– "
         "31\u00a0décembre 2026\u00a0: 190 jours > 183 jours. Il faut d'autres dates ou une "
         "autre "
         "personne.");
    says(LANG_FR, ERR_CAMPAIGN_NOT_SETTLED, "2 complaint, 1 overdue",
         "La campagne ne peut pas être close\u00a0; encore ouvert\u00a0: 2 plaintes ouvertes, 1 en "
         "retard.");
}
END_TEST

START_TEST(what_no_catalogue_knows_stays) {
    says(LANG_FR, ERR_TOO_LONG, "40", "Le texte compte plus de 40 caractères.");
    says(LANG_EN, ERR_BAD_DATE, "1900-01-01 – 2100-12-31",
         "The date must be a real day written YYYY-MM-DD, between 1900-01-01 – 2100-12-31.");
    says(LANG_FR, ERR_JSON, "12: no value",
         "Le JSON est incorrect à l'octet 12\u00a0: pas de valeur.");
    says(LANG_EN, ERR_SESSION_NOT_MARKING, NULL,
         "Marks are given while the session is running or being marked; it is now: .");
    says(LANG_FR, ERR_NOT_LOGGED_IN, "ignored", "Connectez-vous d'abord.");
}
END_TEST

CHECK_MAIN("view/refusal", NULL, NULL, a_state_is_a_label_of_the_sentences_kind,
           days_and_counts_are_put_in_words, what_no_catalogue_knows_stays)
