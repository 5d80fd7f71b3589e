#include <signal.h>
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/sw1/cbor.h"
#include "../../support/check_main.h"

static const struct cbor_limits limits = {4096, 192, 6};

static struct span unhex(struct arena *arena, const char *hex) {
    size_t size = strlen(hex) / 2;
    char *bytes = arena_alloc(arena, size + 1);
    ck_assert_msg(text_unhex(span_of(hex), bytes, size), "%s", hex);
    return (struct span){bytes, size};
}

static bool reads(struct arena *arena, const char *hex) {
    struct cbor doc;
    return cbor_read(arena, unhex(arena, hex), &limits, &doc);
}

/* RFC 8949 appendix A, those that deterministic encoding of the profile admits. */
START_TEST(strict_items_are_read) {
    static const char *const good[] = {
        "00",
        "17",
        "1818",
        "18ff",
        "190100",
        "19ffff",
        "1a00010000",
        "1b0000000100000000",
        "1bffffffffffffffff",
        "20",
        "3863",
        "3903e7",
        "3bffffffffffffffff",
        "40",
        "4401020304",
        "60",
        "6161",
        "6449455446",
        "62c3bc",
        "63e6b0b4",
        "80",
        "83010203",
        "8301820203820405",
        "a0",
        "a201020304",
        "a26161016162820203",
        "826161a161626163",
        "f4",
        "f5",
        "f6",
        "d2f6",
        "c11a514b67b0",
        "a1f4f6",
        "a3010203042000",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(reads(arena, good[i]), "%s", good[i]);
    }
    arena_free(arena);
}
END_TEST

START_TEST(other_items_are_refused) {
    static const char *const wrong[] = {
        "", /* nothing */
        "0000",
        "f6f6",
        "a000", /* something after it */
        "1817",
        "190017",
        "1900ff",
        "1a0000ffff",
        "1b00000000ffffffff", /* longer than needed */
        "3817",
        "5800",
        "7800",
        "9800",
        "b800",
        "d817f6",
        "d81200",
        "18",
        "1901",
        "1a000000",
        "1b00000000000000", /* cut heads */
        "1c",
        "1d",
        "1e",
        "3c",
        "5d",
        "7e",
        "9c",
        "bd",
        "de",
        "fc", /* reserved */
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9fff",
        "bfff",
        "9f01ff",
        "ff",
        "1f",
        "df", /* indefinite and break */
        "f97e00",
        "f90000",
        "fa47c35000",
        "fb3ff199999999999a", /* floats */
        "f7",
        "e0",
        "f3",
        "f820",
        "f8ff",
        "f0", /* undefined and other simple */
        "41",
        "4201",
        "61",
        "6261",
        "5bffffffffffffffff",
        "7bffffffffffffffff", /* cut strings */
        "61ff",
        "62c080",
        "63eda080",
        "64f4908080", /* not UTF-8 */
        "81",
        "8201",
        "a1",
        "a101",
        "a20102",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "9a7fffffff00",
        "ba7fffffff0000",
        "bb8000000000000001", /* cut containers */
        "c1",
        "d2", /* a tag of nothing */
        "a201020102",
        "a2616101616102",
        "a2f401f402",
        "a220012002", /* a key twice */
        "a202010102",
        "a2200100ff",
        "a2616201616101",
        "a2010020" /* not sorted, or cut */
        "",
        "a2616101"
        "0102",             /* text before number */
        "a26261610161620a", /* longer text before shorter */
        "a2190100011802",   /* 256 before 24 */
        "81a202010102",     /* unsorted further in */
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_msg(!reads(arena, wrong[i]), "%zu %s", i, wrong[i]);
    }
    arena_free(arena);
}
END_TEST

START_TEST(limits_hold) {
    struct arena *arena = arena_new();
    struct cbor doc;
    /* Depth: arrays, maps and tags count. */
    ck_assert(reads(arena, "818181818180"));
    ck_assert(!reads(arena, "81818181818180"));
    ck_assert(!reads(arena, "d281818181818100"));
    struct cbor_limits deep = {4096, 4096, 100};
    char nested[64];
    memset(nested, '\x81', sizeof nested);
    nested[17] = 0;
    ck_assert(!cbor_read(arena, (struct span){nested, 18}, &deep, &doc));
    ck_assert(cbor_read(arena, (struct span){nested + 1, 17}, &deep, &doc)); /* 16 containers */
    /* Items. */
    struct cbor_limits few = {4096, 4, 6};
    ck_assert(cbor_read(arena, SPAN_LIT("\x83\x01\x02\x03"), &few, &doc));
    ck_assert_uint_eq(doc.count, 4);
    ck_assert(!cbor_read(arena, SPAN_LIT("\x84\x01\x02\x03\x04"), &few, &doc));
    /* Size. */
    struct cbor_limits small = {3, 100, 6};
    ck_assert(cbor_read(arena, SPAN_LIT("\x42\x01\x02"), &small, &doc));
    ck_assert(!cbor_read(arena, SPAN_LIT("\x43\x01\x02\x03"), &small, &doc));
    arena_free(arena);
}
END_TEST

START_TEST(values_are_found_and_typed) {
    struct arena *arena = arena_new();
    struct cbor doc;
    /* {1: 10, -1: h'0102', "a": "xy", "b": [1, {2: 3}], -2: null} sorted: 01 20 21 6161 6162 */
    struct span bytes = unhex(arena, "a5010a20420102"
                                     "21f6"
                                     "6161627879"
                                     "61628201a10203");
    ck_assert(cbor_read(arena, bytes, &limits, &doc));
    const struct cbor_item *map = doc.items;
    uint64_t number = 99;
    int64_t integer = 99;
    struct span text = SPAN_LIT("unset");
    ck_assert(cbor_uint(cbor_get(&doc, map, 1), 10, &number) && number == 10);
    ck_assert(!cbor_uint(cbor_get(&doc, map, 1), 9, &number));
    ck_assert(!cbor_uint(cbor_get(&doc, map, -1), 9, &number));
    ck_assert(!cbor_uint(NULL, 9, &number));
    ck_assert(cbor_bytes(cbor_get(&doc, map, -1), 2, 2, &text) && text.len == 2);
    ck_assert(!cbor_bytes(cbor_get(&doc, map, -1), 3, 3, &text));
    ck_assert(!cbor_bytes(cbor_get(&doc, map, -1), 0, 1, &text));
    ck_assert(!cbor_text(cbor_get(&doc, map, -1), 0, 9, &text));
    ck_assert(!cbor_text(NULL, 0, 9, &text));
    ck_assert(cbor_text(cbor_get_text(&doc, map, "a"), 0, 9, &text) && span_is(text, "xy"));
    ck_assert_ptr_null(cbor_get(&doc, map, 7));
    ck_assert_ptr_null(cbor_get_text(&doc, map, "c"));
    ck_assert_ptr_null(cbor_get(&doc, NULL, 7));
    ck_assert_ptr_null(cbor_get_text(&doc, NULL, "c"));
    const struct cbor_item *array = cbor_get_text(&doc, map, "b");
    ck_assert_ptr_null(cbor_get(&doc, array, 2));
    ck_assert_ptr_null(cbor_get_text(&doc, array, "b"));
    const struct cbor_item *inner = cbor_next(&doc, cbor_first(array));
    ck_assert(cbor_int(cbor_get(&doc, inner, 2), &integer) && integer == 3);
    ck_assert(!cbor_int(cbor_get(&doc, map, -2), &integer));
    ck_assert(!cbor_int(NULL, &integer));
    ck_assert_uint_eq(map->encoded.len, bytes.len);
    ck_assert_uint_eq(array->encoded.len, 5);
    arena_free(arena);
}
END_TEST

START_TEST(numbers_at_the_ends) {
    struct arena *arena = arena_new();
    struct cbor doc;
    int64_t value;
    ck_assert(cbor_read(arena, unhex(arena, "1b7fffffffffffffff"), &limits, &doc));
    ck_assert(cbor_int(doc.items, &value) && value == INT64_MAX);
    ck_assert(cbor_read(arena, unhex(arena, "3b7fffffffffffffff"), &limits, &doc));
    ck_assert(cbor_int(doc.items, &value) && value == INT64_MIN);
    ck_assert(cbor_read(arena, unhex(arena, "1b8000000000000000"), &limits, &doc));
    ck_assert(!cbor_int(doc.items, &value));
    ck_assert(cbor_read(arena, unhex(arena, "3b8000000000000000"), &limits, &doc));
    ck_assert(!cbor_int(doc.items, &value));
    arena_free(arena);
}
END_TEST

/* What is written in any order is read back as strict. */
START_TEST(the_writer_sorts) {
    static const int64_t keys[] = {-70001, 65535, 169, 7, -1, 256, 23, 24, 1, 255, -25, 0, 65536};
    enum { COUNT = sizeof keys / sizeof *keys };
    struct arena *arena = arena_new();
    for (int turn = 0; turn < COUNT; turn++) {
        struct cbor_writer writer;
        cbor_write_init(&writer, arena, 8);
        cbor_write_map(&writer);
        for (int i = 0; i < COUNT; i++) {
            cbor_write_key(&writer, keys[(i * 5 + turn) % COUNT]);
            cbor_write_map(&writer);
            cbor_write_key_text(&writer, "zz");
            cbor_write_int(&writer, keys[(i * 5 + turn) % COUNT]);
            cbor_write_key_text(&writer, "a");
            cbor_write_text(&writer, SPAN_LIT("x"));
            cbor_write_end(&writer);
        }
        cbor_write_end(&writer);
        struct cbor doc;
        ck_assert(cbor_read(arena, cbor_written(&writer), &limits, &doc));
        ck_assert_uint_eq(doc.items->arg, COUNT);
        for (int i = 0; i < COUNT; i++) {
            int64_t value;
            ck_assert(
                cbor_int(cbor_get_text(&doc, cbor_get(&doc, doc.items, keys[i]), "zz"), &value));
            ck_assert_int_eq(value, keys[i]);
        }
    }
    arena_free(arena);
}
END_TEST

START_TEST(the_writer_is_shortest) {
    static const struct {
        int64_t value;
        const char *hex;
    } cases[] = {{0, "00"},
                 {23, "17"},
                 {24, "1818"},
                 {255, "18ff"},
                 {256, "190100"},
                 {65535, "19ffff"},
                 {65536, "1a00010000"},
                 {INT64_C(4294967296), "1b0000000100000000"},
                 {-1, "20"},
                 {-24, "37"},
                 {-25, "3818"},
                 {-70001, "3a00011170"},
                 {INT64_MIN, "3b7fffffffffffffff"}};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cbor_writer writer;
        cbor_write_init(&writer, arena, 8);
        cbor_write_int(&writer, cases[i].value);
        struct span out = cbor_written(&writer);
        ck_assert_str_eq(text_hex(arena, out.ptr, out.len), cases[i].hex);
    }
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 0);
    cbor_write_tag(&writer, 18);
    cbor_write_array(&writer, 3);
    cbor_write_uint(&writer, UINT64_MAX);
    cbor_write_bytes(&writer, SPAN_LIT("\x01"));
    cbor_write_map(&writer);
    cbor_write_end(&writer);
    struct span out = cbor_written(&writer);
    ck_assert_str_eq(text_hex(arena, out.ptr, out.len), "d2831bffffffffffffffff4101a0");
    arena_free(arena);
}
END_TEST

START_TEST(too_many_pairs_abort) {
    struct cbor_writer writer;
    cbor_write_init(&writer, arena_new(), 8);
    cbor_write_map(&writer);
    for (int i = 0; i <= CBOR_WRITE_PAIRS; i++) {
        cbor_write_key(&writer, i);
        cbor_write_uint(&writer, 0);
    }
}
END_TEST

START_TEST(too_deep_aborts) {
    struct cbor_writer writer;
    cbor_write_init(&writer, arena_new(), 8);
    for (int i = 0; i <= CBOR_WRITE_DEPTH; i++) {
        cbor_write_map(&writer);
        cbor_write_key(&writer, 1);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("cbor");
    TCase *tcase = tcase_create("cbor");
    tcase_add_test(tcase, strict_items_are_read);
    tcase_add_test(tcase, other_items_are_refused);
    tcase_add_test(tcase, limits_hold);
    tcase_add_test(tcase, values_are_found_and_typed);
    tcase_add_test(tcase, numbers_at_the_ends);
    tcase_add_test(tcase, the_writer_sorts);
    tcase_add_test(tcase, the_writer_is_shortest);
    tcase_add_test_raise_signal(tcase, too_many_pairs_abort, SIGABRT);
    tcase_add_test_raise_signal(tcase, too_deep_aborts, SIGABRT);
    suite_add_tcase(suite, tcase);
    return check_end(suite);
}
