#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/sw1/base45.h"
#include "../../support/check_main.h"

/* RFC 9285 sections 4.3 and 4.4. */
static const struct {
    const char *bytes;
    const char *text;
} rfc[] = {
    {"AB", "BB8"}, {"Hello!!", "%69 VD92EX0"}, {"base-45", "UJCLQE7W581"}, {"ietf!", "QED8WEX0"}};

START_TEST(vectors_of_the_rfc) {
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof rfc / sizeof *rfc; i++) {
        ck_assert_str_eq(base45_encode(arena, span_of(rfc[i].bytes)).ptr, rfc[i].text);
        struct span bytes;
        ck_assert(base45_decode(arena, span_of(rfc[i].text), &bytes));
        ck_assert(span_is(bytes, rfc[i].bytes));
    }
    arena_free(arena);
}
END_TEST

START_TEST(every_length_comes_back) {
    struct arena *arena = arena_new();
    char bytes[256];
    for (size_t len = 0; len < sizeof bytes; len++) {
        for (size_t i = 0; i < len; i++) {
            bytes[i] = (char)(i * 37 + len);
        }
        struct span back;
        struct span text = base45_encode(arena, (struct span){bytes, len});
        ck_assert_uint_eq(text.len, len / 2 * 3 + len % 2 * 2);
        ck_assert(base45_decode(arena, text, &back));
        ck_assert(span_equal(back, (struct span){bytes, len}));
    }
    arena_free(arena);
}
END_TEST

START_TEST(other_texts_are_refused) {
    static const char *const wrong[] = {
        "A",   "BB8B", /* 3n + 1 characters */
        "GGW",         /* 65536: the RFC's own example */
        ":::", "V5",   /* 256 in two characters */
        "::",  "bb8",  "B\nB", "BB_", "B,8", "é8", "B8\x80",
    };
    struct arena *arena = arena_new();
    struct span bytes;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_msg(!base45_decode(arena, span_of(wrong[i]), &bytes), "%s", wrong[i]);
    }
    ck_assert(!base45_decode(arena, (struct span){"B\0", 2}, &bytes));
    ck_assert(base45_decode(arena, SPAN_LIT("FGW"), &bytes)); /* control: 65535 */
    ck_assert(base45_decode(arena, SPAN_LIT("U5"), &bytes));  /* control: 255 */
    arena_free(arena);
}
END_TEST

/* No two texts stand for the same bytes: all texts of two and three characters. */
START_TEST(one_text_for_each_bytes) {
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    struct arena *arena = arena_new();
    int accepted = 0;
    for (int i = 0; i < 45 * 45 * 45; i++) {
        char text[3] = {alphabet[i % 45], alphabet[i / 45 % 45], alphabet[i / 2025]};
        struct span bytes;
        if (base45_decode(arena, (struct span){text, 3}, &bytes)) {
            ck_assert(span_equal(base45_encode(arena, bytes), (struct span){text, 3}));
            accepted++;
        }
        arena_reset(arena);
    }
    ck_assert_int_eq(accepted, 65536);
    arena_free(arena);
}
END_TEST

CHECK_MAIN("base45", NULL, NULL, vectors_of_the_rfc, every_length_comes_back,
           other_texts_are_refused, one_text_for_each_bytes)
