/* test_names.c - spellings that must agree, names that must not, and the measured recall. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../server/screening/names.h"
#include "../../../server/screening/names_sound.h"
#include "../../support/check_main.h"

static const char *key(const char *surname, const char *given) {
    static char ring[4][NAMES_KEY];
    static int turn;
    turn = (turn + 1) % 4;
    names_key(span_of(surname), span_of(given), ring[turn]);
    return ring[turn];
}

static const char *token(const char *name) {
    return key(name, "");
}

START_TEST(spellings_agree) {
    static const char *const groups[][6] = {
        {"mohamed", "MOHAMMED", "Muhammad", "M'hamed", "mohammad", "Mouhamed"},
        {"abdelkader", "Abd El Kader", "ABD AL QADIR", "Abdulqadir", "Abd-el-Kader", "Abdel Kader"},
        {"Abdellah", "Abdallah", "Abdullah", "Abd Allah", "ABDOULLAH", "abdalla"},
        {"Abderrahman", "Abd El Rahman", "Abdelrahman", "ABDURRAHMAN", "Abd Er-Rahmane",
         "abdarahman"},
        {"El Idrissi", "Elidrissi", "IDRISSI", "Al Idrisi", "el-idrissy", "EL<IDRISSI"},
        {"Ben Salem", "Bensalem", "Salem", "ibn Salim", "BIN SALEM", "Bent Salem"},
        {"Youssef", "Yusuf", "YOUSUF", "Yousef", "youcef", "Yussuf"},
        {"Khadija", "Hadidja", "Khadidja", "KHADEEJA", "Khadijah", "Hadija"},
        {"Cherkaoui", "Sharqawi", "CHERQAOUI", "Cherkawi", "sharkaoui", "Charkaoui"},
        {"Aboubakr", "Abu Bakr", "ABOU BAKR", "Aboubaker", "Abubakar", "Abou Bakar"},
        {"Ouahid", "Wahid", "OUAHIDE", "Waheed", "ouaheed", "Vahid"},
        {"Fatma Zohra", "Fatima Zahra", "FATIMA ZOHRAH", "Fatma Zahra", "fatimah zohra",
         "Fatima-Zahra"},
        {"Bouazza", "Bou Azza", "Buazza", "BU AZZA", "bou-aza", "Bouazzah"},
        {"Fayçal", "Faysal", "FAISAL", "Fayssal", "Faisel", "faysel"}};
    for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
        for (int i = 1; i < 6; i++) {
            ck_assert_msg(strcmp(token(groups[g][0]), token(groups[g][i])) == 0, "%s: %s, %s: %s",
                          groups[g][0], token(groups[g][0]), groups[g][i], token(groups[g][i]));
        }
    }
}
END_TEST

START_TEST(order_and_further_names_do_not_matter) {
    ck_assert_str_eq(key("EL YAMIQ", "KARIM"), key("Karim", "Elyamiq"));
    ck_assert_str_eq(key("EL YAMIQ", "KARIM AMINE"), key("Yamik", "Karim"));
    ck_assert_str_eq(key("BENALI MAHJOUB", "SAID"), key("Ben Ali", "Saïd"));
    ck_assert_str_eq(key("", "Karim Yamiq"), key("Yamiq Karim", ""));
    ck_assert_str_eq(key("", ""), "");
    ck_assert_str_eq(key(" - . ", "''"), "");
}
END_TEST

START_TEST(other_names_differ) {
    ck_assert_str_ne(key("Alami", "Karim"), key("Alaoui", "Karim"));
    ck_assert_str_ne(key("Alami", "Karim"), key("Alami", "Rachid"));
    ck_assert_str_ne(token("Mohamed"), token("Ahmed"));
    ck_assert_str_ne(token("Abdelkader"), token("Abdelkarim"));
    ck_assert_str_ne(token("Abdellah"), token("Abdelkader"));
    ck_assert_str_ne(token("გელაშვილი"), token("ბერიძე"));
    ck_assert_str_eq(token("გელაშვილი"), token("გელაშვილი"));
    ck_assert_str_ne(token("Ali"), "");
    ck_assert_str_ne(token("El"), ""); /* a particle alone is the name */
}
END_TEST

START_TEST(typed_and_printed_names_agree) {
    ck_assert(names_agree(span_of("EL YAMIQ KARIM"), span_of("Karim El Yamiq")));
    ck_assert(names_agree(span_of("VAN NIEUWENHUIZEN GERARD ROBBERT MARTI"),
                          span_of("van Nieuwenhuizen Gerard Robbert Martijn")));
    ck_assert(names_agree(span_of("KARIM"), span_of("Karim Amine")));
    ck_assert(!names_agree(span_of("KARIM"), span_of("Rachid")));
    ck_assert(!names_agree(span_of("KARIM"), span_of("")));
    ck_assert(names_agree(span_of(""), span_of("")));
}
END_TEST

START_TEST(long_and_broken_names_are_cut) {
    char name[5000];
    memset(name, 'b', sizeof(name) - 1);
    for (size_t i = 3; i < sizeof(name) - 1; i += 4) {
        name[i] = i % 64 == 3 ? ' ' : (char)('c' + i % 20);
    }
    name[sizeof(name) - 1] = '\0';
    struct names names;
    names_fold(span_of(name), &names);
    ck_assert_int_eq(names.count, NAMES_TOKENS);
    for (int i = 0; i < names.count; i++) {
        ck_assert_uint_lt(strlen(names.token[i]), NAMES_TOKEN);
    }
    ck_assert_uint_gt(strlen(key(name, name)), 0);
    /* One word longer than any buffer, also where folding makes it longer still. */
    memset(name, 'b', sizeof(name) - 1);
    names_fold(span_of(name), &names);
    ck_assert_int_eq(names.count, 1);
    for (size_t i = 0; i + 1 < sizeof(name) - 1; i += 2) {
        memcpy(name + i, "xb", 2);
    }
    names_fold(span_of(name), &names);
    ck_assert_int_eq(names.count, 1);
    ck_assert_uint_lt(strlen(names.token[0]), NAMES_TOKEN);
    names_fold(span_of("\xff\xfe\xe2\x82"), &names);
    ck_assert_int_eq(names.count, 0);
}
END_TEST

static double alike(const char *a, const char *b) {
    return names_likeness(span_of(a), span_of(b));
}

/* Spellings of one name are more alike than near names are, in each usage. */
START_TEST(likeness_knows_usages) {
    static const struct {
        const char *name;
        const char *same;
        const char *other;
    } rows[] = {{"Mohamed", "Muhammad", "Mahmoud"},
                {"Youssef", "Yusuf", "Younes"},
                {"Abdelkader", "Abd El Qadir", "Abdelkarim"},
                {"El Idrissi", "Idrissi", "El Alaoui"},
                {"Ould Brahim", "Ouldbrahim", "Ould Salem"},
                {"Aït Taleb", "Aittaleb", "Aït Ali"},
                {"Bouazza", "Bu Azza", "Benazza"},
                {"Mamadou Diallo", "Mamadu Jallo", "Mamadou Diop"},
                {"Coulibaly", "Kulibali", "Camara"},
                {"Gelashvili", "გელაშვილი", "ბერიძე"},
                {"Mohamed", "محمد", "أحمد"},
                {"Karim", "كريم", "كمال"},
                {"Souza da Silva", "Sousa Silva", "Santos Silva"},
                {"Fatima Zahra", "Fatimazahra", "Fatima Naima"},
                {"Karim Benali", "Benali Karim", "Karim Bennani"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        double same = alike(rows[i].name, rows[i].same);
        double other = alike(rows[i].name, rows[i].other);
        ck_assert_msg(same >= 0.78 && same > other + 0.05, "%s: %s %.3f, %s %.3f", rows[i].name,
                      rows[i].same, same, rows[i].other, other);
        ck_assert_double_eq_tol(same, alike(rows[i].same, rows[i].name), 1e-9);
    }
    ck_assert_double_eq(alike("", "Karim"), 0);
    ck_assert_double_eq(alike("Karim", "Karim"), 1);
    /* Heard as one known name, and as two, however near. */
    ck_assert_double_ge(alike("Aissa", "Issa"), 0.95);
    ck_assert_double_ge(alike("Abdelkader", "Abdulqadir"), 0.95);
    ck_assert_double_ge(alike("Coulibaly", "Kulibali"), 0.95);
    ck_assert_double_ge(alike("Zainab", "Zineb"), 0.95);
    ck_assert_double_ge(alike("Ndiaye", "N'Jie"), 0.95);
    ck_assert_double_ge(alike("Tchikovani", "ჩიქოვანი"), 0.95);
    ck_assert_double_le(alike("Nasser", "Nassar"), 0.7);
    ck_assert_double_le(alike("Ahmed", "Hamed"), 0.7);
    ck_assert_double_le(alike("Amine", "Amina"), 0.7);
    ck_assert_double_le(alike("Said", "Saad"), 0.7);
    ck_assert_double_le(alike("Mamadou", "Mahmoud"), 0.7);
    /* What may be two names is near to both. */
    ck_assert_double_ge(alike("Salem", "Salim"), 0.78);
    ck_assert_double_ge(alike("Salim", "Slim"), 0.78);
    ck_assert_double_le(alike("Salem", "Slim"), 0.7);
    ck_assert_double_ge(alike("Mamadou", "Mahamadou"), 0.78);
    /* In Arabic, without its short vowels, Omar would be heard as Amr. */
    ck_assert_double_ge(alike("عمر", "Omar"), 0.78);
}
END_TEST

static bool one_name(const struct names_heard *a, const struct names_heard *b) {
    for (int i = 0; i < a->token[0].names; i++) {
        for (int j = 0; j < b->token[0].names; j++) {
            if (a->token[0].name[i] == b->token[0].name[j]) {
                return true;
            }
        }
    }
    return false;
}

/* Each spelling of a line of the lists is known for the line's name, which its first spelling calls
 * to mind before any other. The control: other spellings of most lines are known for other names.
 */
START_TEST(lists_are_heard) {
    static const char *const files[] = {"given_men",   "given_women", "compounds",
                                        "surnames",    "berber",      "levant_gulf",
                                        "west_africa", "georgian",    "portuguese"};
    int lines = 0;
    int neighbours = 0;
    for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
        char text[4096];
        struct names_heard before = {.count = 0};
        snprintf(text, sizeof(text), "server/screening/known/%s.names", files[f]);
        FILE *file = fopen(text, "r");
        ck_assert_ptr_nonnull(file);
        while (fgets(text, sizeof(text), file) != NULL) {
            if (text[0] == '#') {
                continue;
            }
            text[strcspn(text, "\n")] = '\0';
            char *rest = strstr(text, ": ") + 2;
            struct names_heard first;
            names_hear(span_of(strsep(&rest, " ")), &first);
            ck_assert_int_ge(first.token[0].first, 1);
            for (const char *one = strsep(&rest, " "); one != NULL; one = strsep(&rest, " ")) {
                struct names_heard heard;
                names_hear(span_of(one), &heard);
                ck_assert_msg(one_name(&first, &heard), "%s: %s", text, one);
            }
            lines++;
            neighbours += one_name(&first, &before);
            before = first;
        }
        fclose(file);
    }
    ck_assert_int_gt(lines, 2500);
    ck_assert_int_lt(neighbours * 10, lines);
}
END_TEST

struct score {
    int hits, matches, wrong, others;
};

static bool folded(const char *one, const char *two) {
    return strcmp(token(one), token(two)) == 0;
}

/* By sound alone, as names that no list knows are compared; the cut is that of `make linkage`. */
static bool sounds_alike(const char *one, const char *two) {
    struct names_heard a;
    struct names_heard b;
    names_hear(span_of(one), &a);
    names_hear(span_of(two), &b);
    for (int i = 0; i < NAMES_WORDS; i++) {
        a.token[i].names = 0;
        b.token[i].names = 0;
    }
    return names_likeness_of(&a, &b) >= 0.904;
}

static bool known_alike(const char *one, const char *two) {
    return alike(one, two) >= 0.904;
}

static void measure(bool arabic_only, bool (*alike_by)(const char *one, const char *two),
                    struct score *score) {
    FILE *file = fopen("tests/server/screening/name_pairs.tsv", "r");
    ck_assert_ptr_nonnull(file);
    char line[256];
    *score = (struct score){0};
    while (fgets(line, sizeof(line), file) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        line[strcspn(line, "\n")] = '\0';
        char *rest = line;
        const char *one = strsep(&rest, "\t");
        const char *two = strsep(&rest, "\t");
        bool match = strcmp(strsep(&rest, "\t"), "1") == 0;
        if (arabic_only && strcmp(rest, "1") != 0) {
            continue;
        }
        bool same = alike_by(one, two);
        score->hits += match && same;
        score->matches += match;
        score->wrong += !match && same;
        score->others += !match;
    }
    fclose(file);
}

START_TEST(recall_is_kept) {
    struct score all;
    struct score arabic;
    measure(false, folded, &all);
    measure(true, folded, &arabic);
    printf("names: Arabic origin: %d of %d spellings agree, %d of %d near names wrongly; all: %d "
           "of %d, "
           "%d of %d\n",
           arabic.hits, arabic.matches, arabic.wrong, arabic.others, all.hits, all.matches,
           all.wrong, all.others);
    /* Floors a little under what was measured when this was written. A person key also asks for the
     * same birth date, so a wrong pair of names alone opens nothing. */
    ck_assert_int_ge(arabic.hits * 100, arabic.matches * 86);
    ck_assert_int_ge(all.hits * 100, all.matches * 81);
    ck_assert_int_le(all.wrong * 100, all.others * 18);
}
END_TEST

/* Floors under what was measured on the half of the names that the costs were not learned from. The
 * control: folding alone joins fewer spellings and more near names. */
START_TEST(sound_tells_spellings_from_near_names) {
    struct score all;
    struct score fold;
    struct score arabic;
    measure(false, sounds_alike, &all);
    measure(true, sounds_alike, &arabic);
    measure(false, folded, &fold);
    ck_assert_int_ge(all.hits * 100, all.matches * 85);
    ck_assert_int_le(all.wrong * 100, all.others * 7);
    ck_assert_int_ge(arabic.hits * 100, arabic.matches * 84);
    ck_assert_int_lt(fold.hits, all.hits);
    ck_assert_int_gt(fold.wrong, all.wrong);
}
END_TEST

/* The list of names, written without these pairs, finds more of them and joins no more near names;
 * the control is sound alone. (The four of 33 that pass are august, auguste; awad, awwad; hamed,
 * hamid; hassan, hassen.) */
START_TEST(the_list_finds_more_spellings) {
    struct score listed;
    struct score sound;
    measure(true, known_alike, &listed);
    measure(true, sounds_alike, &sound);
    printf("names: Arabic origin: %d of %d spellings by the list, %d by sound; %d and %d of %d "
           "near names\n",
           listed.hits, listed.matches, sound.hits, listed.wrong, sound.wrong, listed.others);
    ck_assert_int_ge(listed.hits * 100, listed.matches * 89);
    ck_assert_int_gt(listed.hits, sound.hits);
    ck_assert_int_lt(listed.wrong, sound.wrong);
}
END_TEST

/* A long name, and bytes that are no text, stay within bounds. */
START_TEST(hearing_is_bounded) {
    char name[3000];
    memset(name, 'x', sizeof(name) - 1);
    for (size_t i = 40; i < sizeof(name) - 1; i += 41) {
        name[i] = ' ';
    }
    name[sizeof(name) - 1] = '\0';
    struct names_heard heard;
    names_hear(span_of(name), &heard);
    ck_assert_uint_lt(strlen(heard.sound), NAMES_SOUNDS);
    ck_assert_int_le(heard.count, NAMES_WORDS);
    ck_assert_double_ge(names_likeness_of(&heard, &heard), 0.99);
    names_hear(span_of("\xff\xfe\xe2\x82"), &heard);
    ck_assert_int_eq(heard.count, 0);
    ck_assert_double_eq(names_likeness_of(&heard, &heard), 0);
}
END_TEST

CHECK_MAIN("names", NULL, NULL, likeness_knows_usages, lists_are_heard,
           the_list_finds_more_spellings, hearing_is_bounded, spellings_agree,
           order_and_further_names_do_not_matter, other_names_differ, typed_and_printed_names_agree,
           long_and_broken_names_are_cut, recall_is_kept, sound_tells_spellings_from_near_names)
