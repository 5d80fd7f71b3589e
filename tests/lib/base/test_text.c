#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/base/text.h"
#include "../../support/check_main.h"

static struct arena *arena;

static void setup(void) {
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

START_TEST(spans_compare_by_bytes) {
    ck_assert(span_is(SPAN_LIT("abc"), "abc"));
    ck_assert(!span_is(SPAN_LIT("abc"), "abd"));
    ck_assert(!span_is(SPAN_LIT("abc"), "ab"));
    ck_assert(span_equal(span_of(NULL), span_of("")));
}
END_TEST

/* RFC 3629: the forms that must be refused, from its sections 3, 4 and 10. */
START_TEST(utf8_refuses_what_the_rfc_refuses) {
    static const char *const bad[] = {
        "\x80",         "\xC0\xAF",         "\xC1\xBF",         "\xE0\x80\xAF",     "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80", "\xE2\x82",
        "\xC3",         "a\xFFz",           "\xE2\x28\xA1",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!text_is_utf8(span_of(bad[i])), "case %zu passed", i);
    }
    ck_assert(text_is_utf8(SPAN_LIT("aé€😀\xF4\x8F\xBF\xBF")));
    ck_assert(text_is_utf8(SPAN_LIT("")));
}
END_TEST

START_TEST(every_code_point_comes_back) {
    for (uint32_t c = 1; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 97) {
        if (c >= 0xD800 && c <= 0xDFFF) {
            continue;
        }
        struct buf buf;
        buf_init(&buf, arena, 8);
        buf_utf8(&buf, c);
        size_t at = 0;
        ck_assert_uint_eq(text_next((struct span){buf.ptr, buf.len}, &at), c);
        ck_assert_uint_eq(at, buf.len);
        arena_reset(arena);
    }
}
END_TEST

START_TEST(length_counts_characters) {
    ck_assert_uint_eq(text_length(SPAN_LIT("")), 0);
    ck_assert_uint_eq(text_length(SPAN_LIT("été")), 3);
    ck_assert_uint_eq(text_length(SPAN_LIT("محمد")), 4);
    ck_assert_uint_eq(text_length(SPAN_LIT("😀")), 1);
}
END_TEST

START_TEST(forbidden_characters_are_found) {
    ck_assert(text_has_forbidden((struct span){"a\0b", 3}, true));
    ck_assert(text_has_forbidden(SPAN_LIT("a\x1B[31m"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("a\nb"), false));
    ck_assert(!text_has_forbidden(SPAN_LIT("a\tb\r\nc"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("\x7F"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("a\u202Eb"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("a\u2067b"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("a\u200Fb"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("a\u061Cb"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("a\u2028b"), false));
    ck_assert(!text_has_forbidden(SPAN_LIT("a\u2028b"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("\uFDD0"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("\uFFFF"), true));
    ck_assert(text_has_forbidden(SPAN_LIT("\xFF"), true));
    /* Zero-width joiners shape Arabic and Indic names: they stay. */
    ck_assert(!text_has_forbidden(SPAN_LIT("می\u200Cخواهم"), false));
}
END_TEST

START_TEST(trim_knows_unicode_spaces) {
    ck_assert(span_is(text_trim(SPAN_LIT(" \t\r\n\u00A0\uFEFFa b\u00A0 \uFEFF\n")), "a b"));
    ck_assert_uint_eq(text_trim(SPAN_LIT(" \u00A0\n")).len, 0);
    ck_assert_uint_eq(text_trim(SPAN_LIT("")).len, 0);
    ck_assert(span_is(text_trim(SPAN_LIT("é")), "é"));
}
END_TEST

static void converts(struct span in, enum text_encoding guess, const char *expected) {
    struct span out;
    enum text_encoding found = TEXT_UTF8;
    size_t mark = text_mark(in, &found);
    in.ptr += mark;
    in.len -= mark;
    ck_assert_int_eq(mark > 0 ? found : text_guess(in), guess);
    ck_assert_int_eq(text_to_utf8(arena, in, guess, &out), OK);
    ck_assert_msg(span_is(out, expected), "got %.*s", (int)out.len, out.ptr);
}

START_TEST(encodings_are_guessed_and_converted) {
    converts(SPAN_LIT("caf\xC3\xA9"), TEXT_UTF8, "café");
    converts(SPAN_LIT("\xEF\xBB\xBF"
                      "caf\xC3\xA9"),
             TEXT_UTF8, "café");
    converts(SPAN_LIT("caf\xE9 \x80 \x9C"), TEXT_WINDOWS_1252, "café € œ");
    converts(SPAN_LIT("\xFF\xFE"
                      "c\0a\0\xE9\0\x3D\xD8\x00\xDE"),
             TEXT_UTF16LE, "caé😀");
    converts(SPAN_LIT("\xFE\xFF\0c\0a\0\xE9"), TEXT_UTF16BE, "caé");
}
END_TEST

START_TEST(a_character_cut_by_the_end_is_still_utf8) {
    ck_assert_int_eq(text_guess(SPAN_LIT("caf\xC3")), TEXT_UTF8);
    ck_assert_int_eq(text_guess(SPAN_LIT("\xE2\x82")), TEXT_UTF8);
    ck_assert_int_eq(text_guess(SPAN_LIT("\xE9")), TEXT_UTF8);
    ck_assert_int_eq(text_guess(SPAN_LIT("\xE9 a")), TEXT_WINDOWS_1252);
}
END_TEST

START_TEST(broken_encodings_are_refused) {
    struct span out;
    ck_assert_int_eq(text_to_utf8(arena, SPAN_LIT("\xC3"), TEXT_UTF8, &out), ERR_BAD_ENCODING);
    ck_assert_int_eq(text_to_utf8(arena, SPAN_LIT("a\x81"), TEXT_WINDOWS_1252, &out),
                     ERR_BAD_ENCODING);
    ck_assert_int_eq(text_to_utf8(arena, SPAN_LIT("a"), TEXT_UTF16LE, &out), ERR_BAD_ENCODING);
    ck_assert_int_eq(text_to_utf8(arena, SPAN_LIT("a\0\x3D\xD8"), TEXT_UTF16LE, &out),
                     ERR_BAD_ENCODING);
    ck_assert(span_is(out, "a"));
    ck_assert_int_eq(text_to_utf8(arena, SPAN_LIT("\x3D\xD8"), TEXT_UTF16LE, &out),
                     ERR_BAD_ENCODING);
    ck_assert_int_eq(text_to_utf8(arena, SPAN_LIT("\x3D\xD8x\0"), TEXT_UTF16LE, &out),
                     ERR_BAD_ENCODING);
    ck_assert_int_eq(text_to_utf8(arena, SPAN_LIT("\x00\xDE"), TEXT_UTF16LE, &out),
                     ERR_BAD_ENCODING);
}
END_TEST

START_TEST(luhn_finds_every_single_digit_error) {
    char siret[] = "73282932000074"; /* a published example of a valid SIRET */
    ck_assert(text_luhn(span_of(siret)));
    for (size_t i = 0; i < 14; i++) {
        char right = siret[i];
        for (char c = '0'; c <= '9'; c++) {
            siret[i] = c;
            ck_assert(text_luhn(span_of(siret)) == (c == right));
        }
        siret[i] = right;
    }
    ck_assert(!text_luhn(SPAN_LIT("")));
    ck_assert(!text_luhn(SPAN_LIT("1234567890123x")));
}
END_TEST

START_TEST(hexadecimal_goes_both_ways) {
    unsigned char bytes[4] = {0x00, 0x7F, 0x80, 0xFF};
    unsigned char back[4];
    ck_assert_str_eq(text_hex(arena, bytes, 4), "007f80ff");
    ck_assert(text_unhex(SPAN_LIT("007F80ff"), back, 4));
    ck_assert_mem_eq(bytes, back, 4);
    ck_assert(!text_unhex(SPAN_LIT("007F80f"), back, 4));
    ck_assert(!text_unhex(SPAN_LIT("007F80fg"), back, 4));
}
END_TEST

START_TEST(integers_stop_at_their_bounds) {
    int64_t value = 0;
    ck_assert(text_int(SPAN_LIT("9223372036854775807"), &value));
    ck_assert_int_eq(value, INT64_MAX);
    ck_assert(text_int(SPAN_LIT("-9223372036854775808"), &value));
    ck_assert_int_eq(value, INT64_MIN);
    ck_assert(!text_int(SPAN_LIT("9223372036854775808"), &value));
    ck_assert(!text_int(SPAN_LIT("-9223372036854775809"), &value));
    ck_assert(!text_int(SPAN_LIT("99999999999999999999"), &value));
    ck_assert(!text_int(SPAN_LIT(""), &value));
    ck_assert(!text_int(SPAN_LIT("-"), &value));
    ck_assert(!text_int(SPAN_LIT("+1"), &value));
    ck_assert(!text_int(SPAN_LIT(" 1"), &value));
    ck_assert(!text_int(SPAN_LIT("1e3"), &value));
}
END_TEST

START_TEST(a_buffer_grows_and_stays_terminated) {
    struct buf buf;
    buf_init(&buf, arena, 0);
    for (int i = 0; i < 1000; i++) {
        buf_printf(&buf, "%d,", i % 10);
        buf_char(&buf, ';');
    }
    buf_add(&buf, "", 0);
    ck_assert_uint_eq(buf.len, 3000);
    ck_assert_uint_eq(strlen(buf.ptr), 3000);
}
END_TEST

CHECK_MAIN("text", setup, teardown, spans_compare_by_bytes, utf8_refuses_what_the_rfc_refuses,
           every_code_point_comes_back, length_counts_characters, forbidden_characters_are_found,
           trim_knows_unicode_spaces, encodings_are_guessed_and_converted,
           a_character_cut_by_the_end_is_still_utf8, broken_encodings_are_refused,
           luhn_finds_every_single_digit_error, hexadecimal_goes_both_ways,
           integers_stop_at_their_bounds, a_buffer_grows_and_stays_terminated)
