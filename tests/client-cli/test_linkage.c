/* test_linkage.c - levels, weights, blocking and groups; the labelled persons of
 * tests/data/linkage. */
#include "server/screening/linkage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client-cli/commands.h"
#include "client-cli/demo/table.h"
#include "client-cli/output.h"
#include "lib/base/arena.h"
#include "tests/support/check_main.h"

static struct arena *arena;

static void setup(void) {
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

static enum link_level level(enum link_part part, const char *a, const char *b) {
    struct link_value one;
    struct link_value two;
    link_value_of(arena, part, span_of(a), &one);
    link_value_of(arena, part, span_of(b), &two);
    enum link_level there = link_level(part, &one, &two);
    ck_assert_int_eq(there, link_level(part, &two, &one));
    return there;
}

START_TEST(slips_have_levels) {
    static const struct {
        enum link_part part;
        const char *a;
        const char *b;
        enum link_level level;
    } rows[] = {
        {LINK_BIRTH, "1980-05-12", "19800512", LINK_SAME},
        {LINK_BIRTH, "1980-05-12", "1980-12-05", LINK_NEAR}, /* day and month */
        {LINK_BIRTH, "1980-05-12", "1981-05-12", LINK_NEAR}, /* a year */
        {LINK_BIRTH, "1979-05-12", "1980-05-12", LINK_NEAR}, /* a year, two figures */
        {LINK_BIRTH, "1980-05-12", "1980-05-72", LINK_NEAR}, /* a figure, though no day */
        {LINK_BIRTH, "1980-05-12", "1908-05-12", LINK_NEAR}, /* neighbours */
        {LINK_BIRTH, "1980-05-12", "1980-05-27", LINK_ALIKE},
        {LINK_BIRTH, "1980-05-12", "1991-11-30", LINK_OTHER},
        {LINK_BIRTH, "1980-05-12", "", LINK_UNKNOWN},
        {LINK_GIVEN, "Mohamed", "MOHAMMED", LINK_SAME},
        {LINK_GIVEN, "Mohamed", "Mouhamed", LINK_SAME},
        {LINK_GIVEN, "Karim", "Kerim", LINK_SAME},
        {LINK_GIVEN, "Tazarine", "Tazirin", LINK_NEAR},
        {LINK_SURNAME, "Zerouali", "Zeroual", LINK_ALIKE}, /* two known names */
        {LINK_GIVEN, "Fatima", "Fatma", LINK_SAME},
        {LINK_GIVEN, "Mohamed", "Rachid", LINK_OTHER},
        {LINK_GIVEN, "", "", LINK_UNKNOWN},
        {LINK_SURNAME, "Ben Salem", "Bensalem", LINK_SAME},
        {LINK_PLACE, "Béni Mellal", "BENI-MELLAL", LINK_SAME},
        {LINK_PLACE, "Beni Mellal", "Beni Melal", LINK_NEAR},
        {LINK_PLACE, "Beni Mellal", "Khouribga", LINK_OTHER},
        {LINK_DOCUMENT, "AB 123456", "ab123456", LINK_SAME},
        {LINK_DOCUMENT, "AB123456", "AB123465", LINK_NEAR},
        {LINK_DOCUMENT, "AB123456", "AB132465", LINK_ALIKE},
        {LINK_PHONE, "+212 600", "212600", LINK_SAME},
        {LINK_NUMBER, "12", "21", LINK_ALIKE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum link_level there = level(rows[i].part, rows[i].a, rows[i].b);
        ck_assert_msg(there == rows[i].level, "%s, %s: %s", rows[i].a, rows[i].b,
                      link_level_name(there));
    }
}
END_TEST

START_TEST(weights_are_shares_and_ordered) {
    for (enum link_part part = 0; part < LINK_PARTS; part++) {
        double m = 0;
        double u = 0;
        for (enum link_level at = 0; at < LINK_LEVELS; at++) {
            m += link_weights_default.m[part][at];
            u += link_weights_default.u[part][at];
        }
        ck_assert_double_eq_tol(m, 1, 1e-9);
        ck_assert_double_eq_tol(u, 1, 1e-9);
        ck_assert_double_gt(link_bits(&link_weights_default, part, LINK_SAME, 0), 0);
        ck_assert_double_lt(link_bits(&link_weights_default, part, LINK_OTHER, 0), 0);
        ck_assert_double_eq(link_bits(&link_weights_default, part, LINK_UNKNOWN, 0), 0);
        /* a rare value says more */
        ck_assert_double_gt(link_bits(&link_weights_default, part, LINK_SAME, 0.0001),
                            link_bits(&link_weights_default, part, LINK_SAME, 0.1));
    }
}
END_TEST

/* Persons as given names, surname, birth date, birth place. */
static void add(struct linkage *linkage, const char *given, const char *surname, const char *birth,
                const char *place) {
    struct span part[LINK_PARTS] = {{NULL, 0}};
    part[LINK_GIVEN] = span_of(given);
    part[LINK_SURNAME] = span_of(surname);
    part[LINK_BIRTH] = span_of(birth);
    part[LINK_PLACE] = span_of(place);
    ck_assert(linkage_add(linkage, part));
}

START_TEST(swapped_names_are_one_person) {
    struct linkage *linkage = linkage_new(arena);
    struct link_found found;
    add(linkage, "Karim", "El Yamiq", "1990-02-03", "Fes");
    add(linkage, "Elyamiq", "KARIM", "1990-03-02", "Fès");
    add(linkage, "Karim", "Bennani", "1990-02-03", "Oujda");
    add(linkage, "", "", "", "");
    add(linkage, "", "", "", "");
    linkage_search(linkage, &link_weights_default, 1, &found);
    ck_assert_uint_eq(found.cluster[1], 0);
    ck_assert_uint_eq(found.cluster[2], 2);
    ck_assert_uint_eq(found.cluster[4], 4); /* two empty records have nothing in common */
    ck_assert_uint_eq(found.pairs, 1);
}
END_TEST

/* A chain: each record is near the next, the ends are two persons. Joined are those that agree on
 * the whole. */
START_TEST(a_chain_is_not_one_person) {
    struct linkage *linkage = linkage_new(arena);
    struct link_found found;
    add(linkage, "Fatima", "Alaoui", "1990-02-03", "Fes");
    add(linkage, "Fatima", "Alaoui", "", "");
    add(linkage, "Fatima", "Alaoui", "1971-11-28", "Oujda");
    linkage_search(linkage, &link_weights_default, 1, &found);
    ck_assert_uint_ne(found.cluster[0], found.cluster[2]);
}
END_TEST

static const char *const febrl[LINK_PARTS] = {
    [LINK_GIVEN] = "given_name",     [LINK_SURNAME] = "surname",   [LINK_BIRTH] = "date_of_birth",
    [LINK_PLACE] = "suburb",         [LINK_POSTCODE] = "postcode", [LINK_REGION] = "state",
    [LINK_NUMBER] = "street_number", [LINK_STREET] = "address_1",  [LINK_STREET_2] = "address_2",
    [LINK_ID] = "soc_sec_id"};

/* The labelled persons of FEBRL's first set; person[i] from cluster_id. */
static struct linkage *labelled(uint32_t **person) {
    struct table table;
    struct linkage *linkage = linkage_new(arena);
    ck_assert_int_eq(table_read(arena, "tests/data/linkage/febrl1.csv", &table), OK);
    *person = arena_array(arena, (size_t)table.count, sizeof(uint32_t));
    for (int row = 0; row < table.count; row++) {
        struct span part[LINK_PARTS] = {{NULL, 0}};
        int64_t number = 0;
        for (int i = 0; i < LINK_PARTS; i++) {
            part[i] = febrl[i] == NULL ? part[i] : table_cell(&table, row, febrl[i]);
        }
        ck_assert(text_int(table_cell(&table, row, "cluster_id"), &number));
        (*person)[row] = (uint32_t)number;
        ck_assert(linkage_add(linkage, part));
    }
    return linkage;
}

static int right_pairs(const struct linkage *linkage, const uint32_t *person,
                       const struct link_found *found) {
    int right = 0;
    for (uint32_t i = 0; i < linkage_count(linkage); i++) {
        for (uint32_t j = 0; j < i; j++) {
            right += person[i] == person[j] && found->cluster[i] == found->cluster[j];
        }
    }
    return right;
}

START_TEST(labelled_persons_are_found) {
    uint32_t *person;
    struct linkage *linkage = labelled(&person);
    struct link_found found;
    struct link_found again;
    linkage_search(linkage, &link_weights_default, 1, &found);
    int right = right_pairs(linkage, person, &found);
    ck_assert_int_ge(right, 495); /* of 500 */
    ck_assert_uint_le(found.pairs, 505);
    ck_assert_uint_lt(found.compared, 5000); /* of 499,500 pairs: the blocks work */
    linkage_search(linkage, &link_weights_default, 3, &again);
    ck_assert_int_eq(memcmp(found.cluster, again.cluster, 1000 * sizeof(uint32_t)), 0);
}
END_TEST

/* The control: weights that say nothing find nothing, so it is the weights that decide. */
START_TEST(empty_weights_find_nothing) {
    uint32_t *person;
    struct linkage *linkage = labelled(&person);
    struct link_weights blind = link_weights_default;
    struct link_found found;
    memcpy(blind.u, blind.m, sizeof(blind.u));
    for (int part = 0; part < LINK_PARTS; part++) {
        blind.m[part][LINK_SAME] = 1e-6; /* "same" on a rare value says nothing for it either */
    }
    linkage_search(linkage, &blind, 1, &found);
    ck_assert_uint_eq(found.pairs, 0);
}
END_TEST

START_TEST(weights_are_counted) {
    uint32_t *person;
    struct linkage *linkage = labelled(&person);
    bool *use = arena_array(arena, 1000, sizeof(bool));
    struct link_weights weights;
    struct link_found found;
    for (int i = 0; i < 1000; i++) {
        use[i] = person[i] % 2 == 0;
    }
    linkage_fit(linkage, person, use, &weights);
    for (int part = 0; part < LINK_PARTS; part++) {
        double m = 0;
        for (int at = 0; at < LINK_LEVELS; at++) {
            m += weights.m[part][at];
        }
        ck_assert_double_eq_tol(m, 1, 1e-9);
    }
    ck_assert_double_gt(weights.m[LINK_ID][LINK_SAME], 0.8);
    ck_assert_double_lt(weights.u[LINK_ID][LINK_SAME], 0.001);
    linkage_search(linkage, &weights, 2, &found);
    ck_assert_int_ge(right_pairs(linkage, person, &found), 495);
}
END_TEST

/* The command, on its own words. */
static int command(int count, const char *const *words) {
    struct cli cli = {arena, true, count, arena_array(arena, (size_t)count + 1, sizeof(char *))};
    for (int i = 0; i < count; i++) {
        cli.argv[i] = arena_strdup(arena, words[i]);
    }
    return cmd_linkage(&cli);
}

START_TEST(the_command_says_what_it_cannot_read) {
    const char *const good[] = {"tests/data/linkage/febrl1.csv"};
    const char *const fitted[] = {"tests/data/linkage/febrl1.csv", "--fit"};
    const char *const missing[] = {"tests/data/linkage/none.csv"};
    const char *const foreign[] = {"tests/data/demand/us_h2a_fy2017.csv"};
    const char *const unlabelled[] = {"--fit", "tests/data/names/names_by_country.csv"};
    const char *const no_pairs[] = {"--names", "tests/data/linkage/febrl1.csv"};
    ck_assert_int_eq(command(1, good), EXIT_DONE);
    ck_assert_int_eq(command(2, fitted), EXIT_DONE);
    ck_assert_int_eq(command(1, missing), EXIT_UNREADABLE);
    ck_assert_int_eq(command(1, foreign), EXIT_UNREADABLE);
    ck_assert_int_ne(command(2, unlabelled), EXIT_DONE);
    ck_assert_int_eq(command(2, no_pairs), EXIT_UNREADABLE);
    ck_assert_int_eq(command(0, NULL), EXIT_USAGE);
}
END_TEST

START_TEST(pairs_of_names_are_measured) {
    const char *path = arena_printf(arena, "/tmp/noria-names-%d.csv", (int)getpid());
    const char *const words[] = {"--names", path};
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("name1,name2,is_match,native_arabic_hint\nrachid,rasheed,true,true\n"
          "rachid,rached,false,true\npaul,paula,false,false\npierre,pier,true,false\n",
          file);
    fclose(file);
    ck_assert_int_eq(command(2, words), EXIT_DONE);
    unlink(path);
}
END_TEST

START_TEST(groups_are_written) {
    struct span content;
    const char *path = arena_printf(arena, "/tmp/noria-linkage-%d.csv", (int)getpid());
    const char *const words[] = {"tests/data/linkage/febrl1.csv", "--groups", path};
    ck_assert_int_eq(command(3, words), EXIT_DONE);
    ck_assert_int_eq(read_file(arena, path, &content), OK);
    unlink(path);
    ck_assert_ptr_nonnull(strstr(content.ptr, "rec_id,group\nrec-223-org,1\n"));
    int lines = 0;
    for (size_t i = 0; i < content.len; i++) {
        lines += content.ptr[i] == '\n';
    }
    ck_assert_int_eq(lines, 1001);
}
END_TEST

CHECK_MAIN("linkage", setup, teardown, slips_have_levels, weights_are_shares_and_ordered,
           swapped_names_are_one_person, a_chain_is_not_one_person, labelled_persons_are_found,
           empty_weights_find_nothing, weights_are_counted, the_command_says_what_it_cannot_read,
           pairs_of_names_are_measured, groups_are_written)
