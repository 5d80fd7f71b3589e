#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../support/check_main.h"

static void add_letter(void *object) {
    char *text = object;
    text[strlen(text)] = (char)('a' + (char)strlen(text));
}

START_TEST(memory_is_zeroed_and_aligned) {
    struct arena *arena = arena_new();
    for (size_t size = 0; size < 300; size++) {
        unsigned char *bytes = arena_alloc(arena, size);
        ck_assert_uint_eq((uintptr_t)bytes % 16, 0);
        for (size_t i = 0; i < size; i++) {
            ck_assert_uint_eq(bytes[i], 0);
        }
        memset(bytes, 0xAA, size);
    }
    arena_free(arena);
}
END_TEST

START_TEST(large_pieces_and_reuse) {
    struct arena *arena = arena_new();
    for (int round = 0; round < 3; round++) {
        char *large = arena_alloc(arena, 1000000);
        memset(large, 1, 1000000);
        for (int i = 0; i < 2000; i++) {
            memset(arena_array(arena, 10, 10), 2, 100);
        }
        ck_assert_int_eq(large[999999], 1);
        arena_reset(arena);
    }
    arena_free(arena);
    arena_free(NULL);
}
END_TEST

/* The first block stays with the arena and may be read; with the larger ones the same is done
 * before they go. */
START_TEST(what_was_used_is_wiped) {
    struct arena *arena = arena_new();
    const char *held = arena_strdup(arena, "the name of somebody");
    ck_assert_int_eq(held[0], 't');
    arena_reset(arena);
    for (size_t i = 0; i < sizeof "the name of somebody"; i++) {
        ck_assert_int_eq(held[i], 0);
    }
    arena_free(arena);
}
END_TEST

START_TEST(deferred_run_once_last_first) {
    char order[8] = "";
    char second[8] = "";
    struct arena *arena = arena_new();
    arena_defer(arena, add_letter, order);
    arena_defer(arena, add_letter, order);
    arena_reset(arena);
    ck_assert_str_eq(order, "ab");
    arena_defer(arena, add_letter, second);
    arena_free(arena);
    ck_assert_str_eq(order, "ab");
    ck_assert_str_eq(second, "a");
}
END_TEST

START_TEST(texts_are_copied) {
    struct arena *arena = arena_new();
    ck_assert_ptr_null(arena_strdup(arena, NULL));
    ck_assert_str_eq(arena_strdup(arena, "abc"), "abc");
    ck_assert_str_eq(arena_copy(arena, "abcdef", 3), "abc");
    ck_assert_str_eq(arena_copy(arena, "", 0), "");
    ck_assert_str_eq(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    arena_free(arena);
}
END_TEST

START_TEST(an_impossible_product_aborts) {
    struct arena *arena = arena_new();
    (void)arena_array(arena, SIZE_MAX / 2, 4);
}
END_TEST

START_TEST(an_impossible_size_aborts) {
    struct arena *arena = arena_new();
    (void)arena_alloc(arena, SIZE_MAX - 3);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("arena");
    TCase *tcase = tcase_create("arena");
    tcase_add_test(tcase, memory_is_zeroed_and_aligned);
    tcase_add_test(tcase, large_pieces_and_reuse);
    tcase_add_test(tcase, what_was_used_is_wiped);
    tcase_add_test(tcase, deferred_run_once_last_first);
    tcase_add_test(tcase, texts_are_copied);
    tcase_add_test_raise_signal(tcase, an_impossible_product_aborts, SIGABRT);
    tcase_add_test_raise_signal(tcase, an_impossible_size_aborts, SIGABRT);
    suite_add_tcase(suite, tcase);
    return check_end(suite);
}
