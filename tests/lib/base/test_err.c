#include <ctype.h>
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/base/err.h"
#include "../../support/check_main.h"

/* The table's promises: a code is a lower-case word that leads back to its row, a status is one
 * that HTTP knows, and a sentence ends, says something, and has at most one {detail}. */
START_TEST(every_row_keeps_the_promises) {
    for (int err = OK + 1; err < ERR_COUNT; err++) {
        const char *code = err_code((Err)err);
        ck_assert_uint_lt(strlen(code), 47);
        for (const char *c = code; *c != '\0'; c++) {
            ck_assert_msg(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_',
                          "%s", code);
        }
        ck_assert_int_eq(err_by_code(code), err);
        ck_assert_msg(err_status((Err)err) >= 400 && err_status((Err)err) < 600, "%s", code);
        const char *sentence = err_sentence((Err)err);
        size_t length = strlen(sentence);
        ck_assert_msg(length > 10 && strchr(".?", sentence[length - 1]) != NULL, "%s: %s", code,
                      sentence);
        struct err_hole hole;
        bool found = err_hole(sentence, &hole);
        ck_assert_msg(found == (strchr(sentence, '{') != NULL), "%s", code);
        ck_assert_msg(!found || strchr(sentence + hole.end, '{') == NULL, "%s", code);
    }
    ck_assert_int_eq(err_by_code("no_such_code"), ERR_COUNT);
    ck_assert_int_eq(err_by_code(""), ERR_COUNT);
    ck_assert_str_eq(err_code(ERR_NOT_FOUND), "not_found");
    ck_assert_str_eq(err_code(ERR_COUNT), "internal");
    ck_assert_int_eq(err_status(OK), 200);
}
END_TEST

START_TEST(a_detail_fills_its_hole) {
    struct arena *arena = arena_new();
    ck_assert_str_eq(err_text(arena, ERR_TOO_LONG, "40"), "The text is longer than 40 characters.");
    ck_assert_str_eq(err_text(arena, ERR_NOT_DEPARTED, "ready"),
                     "The worker has not departed; the placement is: ready.");
    ck_assert_str_eq(err_text(arena, ERR_NOT_DEPARTED, NULL),
                     "The worker has not departed; the placement is: .");
    ck_assert_str_eq(err_text(arena, ERR_REQUIRED, "ignored"), "A value is required.");
    struct err_hole hole;
    ck_assert(err_hole("a {detail:date}.", &hole));
    ck_assert_uint_eq(hole.at, 2);
    ck_assert_uint_eq(hole.end, 15);
    ck_assert_uint_eq(hole.kind_len, 4);
    ck_assert_int_eq(strncmp(hole.kind, "date", 4), 0);
    ck_assert(!err_hole("an open {detail", &hole) && !err_hole("none", &hole));
    arena_free(arena);
}
END_TEST

START_TEST(faults_are_copied_counted_and_capped) {
    struct arena *arena = arena_new();
    struct faults faults;
    char field[] = "places";
    faults_init(&faults, arena);
    ck_assert_int_eq(faults_err(&faults), OK);
    ck_assert_int_eq(fault(&faults, field, ERR_REQUIRED, NULL), ERR_REQUIRED);
    field[0] = 'X';
    ck_assert_str_eq(faults.list[0].field, "places");
    ck_assert_ptr_null(faults.list[0].detail);
    ck_assert_int_eq(faultf(&faults, NULL, ERR_TOO_LONG, "%d", 7), ERR_TOO_LONG);
    ck_assert_str_eq(faults.list[1].field, "");
    ck_assert_str_eq(faults.list[1].detail, "7");
    for (int i = 0; i < 100; i++) {
        (void)fault(&faults, "x", ERR_REQUIRED, NULL);
    }
    ck_assert_uint_eq(faults.count, 102);
    ck_assert_int_eq(faults_err(&faults), ERR_INVALID_INPUT);
    arena_free(arena);
}
END_TEST

CHECK_MAIN("err", NULL, NULL, every_row_keeps_the_promises, a_detail_fills_its_hole,
           faults_are_copied_counted_and_capped)
