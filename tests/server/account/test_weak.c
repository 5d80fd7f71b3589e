/* Which passwords are refused (OWASP ASVS 5.0.0, 6.1.2, 6.2.4, 6.2.5, 6.2.11, 6.2.12). */
#include <stdio.h>

#include "lib/base/arena.h"
#include "lib/base/field.h"
#include "server/account/weak.h"
#include "tests/support/check_main.h"

static Err judged(const char *password) {
    struct arena *arena = arena_new();
    struct faults faults;
    faults_init(&faults, arena);
    Err err = password_weak(arena, password, "amina.benali@anapec.example", "Amina Benali",
                            "ANAPEC Casablanca", &faults);
    err = err == OK ? OK : faults.list[0].err;
    arena_free(arena);
    return err;
}

static void all(const char *const *passwords, Err wanted) {
    for (; *passwords != NULL; passwords++) {
        Err err = judged(*passwords);
        ck_assert_msg(err == wanted, "%s: %s", *passwords, err == OK ? "taken" : err_code(err));
    }
}

START_TEST(v6_2_11_words_of_the_context_are_refused) {
    static const char *const refused[] = {
        "AminaBenali2026", "benali-anapec!1", "Noria2026Noria", "ofii.noria.12",  "N0ria@0fii2026",
        "motdepasse1234",  "P@ssw0rd12345",   "casablanca12",   "saisonnier2026", NULL};
    static const char *const taken[] = {"amina mange neuf figues", "noria moulin cerise",
                                        "ofii-Xq7#tR2wLp", NULL}; /* the control: enough is left */
    all(refused, ERR_PASSWORD_CONTEXT);
    all(taken, OK);
}
END_TEST

START_TEST(v6_2_12_common_passwords_are_refused) {
    static const char *const refused[] = {"qwertyuiop123",
                                          "azertyuiop12",
                                          "1qaz2wsx3edc",
                                          "abcdefghijkl",
                                          "123456789012",
                                          "0987654321098",
                                          "aaaaaaaaaaaaaa",
                                          "abababababab",
                                          "football2026!",
                                          "Dragon!!!!!!1",
                                          "monkeymonkey",
                                          "sunshine123456",
                                          "123qweasdzxc",
                                          "zaq1xsw2cde3",
                                          "qwertyasdfgh",
                                          "1111111111zz",
                                          "contortionist",
                                          "112233445566",
                                          "b4seb@ll12345",
                                          "qwerty123456789",
                                          "poiuytrewq12",
                                          "111122223333",
                                          NULL};
    all(refused, ERR_PASSWORD_COMMON);
}
END_TEST

/* The control of both: what nobody tries first is taken, of whatever characters. */
START_TEST(v6_2_5_any_composition_is_taken) {
    static const char *const taken[] = {"trombone lattice",
                                        "86051937264418",
                                        "!?#;,.:%&*+-",
                                        "كلمة سر طويلة جدا",
                                        "correct horse battery staple",
                                        "another long one",
                                        "twelve chars",
                                        "XKCDFRZPLMQW",
                                        "une roue qui va et revient",
                                        "mot après mot après mot",
                                        NULL};
    all(taken, OK);
}
END_TEST

CHECK_MAIN("weak passwords", NULL, NULL, v6_2_11_words_of_the_context_are_refused,
           v6_2_12_common_passwords_are_refused, v6_2_5_any_composition_is_taken)
