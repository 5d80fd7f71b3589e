/* The sealed pack: opens with its passphrase only, and with no bit changed. */
#include "lib/sw1/pack.h"

#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "tests/support/check_main.h"

static const char pack_id[] = "00112233445566778899aabbccddeeff";

START_TEST(opens_with_its_passphrase_alone) {
    struct arena *arena = arena_new();
    struct span sealed, plain;
    ck_assert_int_eq(
        pack_seal(arena, span_of("a long passphrase"), span_of("{\"marks\":[]}"), &sealed), OK);
    ck_assert_int_eq(pack_open(arena, span_of("a long passphrase"), sealed, &plain), OK);
    ck_assert(span_is(plain, "{\"marks\":[]}"));
    ck_assert_int_eq(pack_open(arena, span_of("a long passphrasE"), sealed, &plain), ERR_CRYPTO);
    ck_assert_int_eq(pack_open(arena, span_of("a long passphrase"), SPAN_LIT("NORIAP01"), &plain),
                     ERR_UNREADABLE);
    struct span again;
    ck_assert_int_eq(
        pack_seal(arena, span_of("a long passphrase"), span_of("{\"marks\":[]}"), &again), OK);
    ck_assert_mem_ne(sealed.ptr, again.ptr, sealed.len); /* never twice the same key */
    arena_free(arena);
}
END_TEST

/* Each byte of head and content with one bit flipped, and every length shorter. */
START_TEST(no_bit_is_changed_unseen) {
    struct arena *arena = arena_new();
    struct span sealed, plain;
    ck_assert_int_eq(pack_seal(arena, span_of("a long passphrase"), span_of("{}"), &sealed), OK);
    int accepted = 0, tried = 0;
    for (size_t i = 0; i < sealed.len; i++) {
        struct arena *one = arena_new();
        char *copy = arena_alloc(one, sealed.len);
        memcpy(copy, sealed.ptr, sealed.len);
        copy[i] = (char)(copy[i] ^ (1 << (i % 8)));
        accepted += pack_open(one, span_of("a long passphrase"), (struct span){copy, sealed.len},
                              &plain) == OK;
        accepted += i % 8 == 0 && pack_open(one, span_of("a long passphrase"),
                                            (struct span){sealed.ptr, i}, &plain) == OK;
        tried++;
        arena_free(one);
    }
    ck_assert_int_eq(accepted, 0);
    ck_assert_int_gt(tried, 60);
    ck_assert_int_eq(pack_open(arena, span_of("a long passphrase"), sealed, &plain),
                     OK); /* control */
    arena_free(arena);
}
END_TEST

START_TEST(prints_tell_documents_apart) {
    char a[PACK_PRINT], b[PACK_PRINT];
    pack_print(pack_id, "AB 123456", a);
    pack_print(pack_id, "ab-123456", b);
    ck_assert_str_eq(a, b);
    pack_print(pack_id, "AB123457", b);
    ck_assert_str_ne(a, b);
    pack_print("00112233445566778899aabbccddeefe", "AB123456", b);
    ck_assert_str_ne(a, b); /* of this pack only */
    ck_assert_uint_eq(strlen(a), 5);
}
END_TEST

START_TEST(the_servers_text_is_signed) {
    struct arena *arena = arena_new();
    struct sw1_key *key, *other;
    const char *signature;
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    ck_assert_int_eq(sw1_key_generate(arena, &other), OK);
    ck_assert_int_eq(pack_sign(arena, key, span_of("text"), &signature), OK);
    ck_assert(pack_signed(arena, key, span_of("text"), span_of(signature)));
    ck_assert(!pack_signed(arena, key, span_of("texT"), span_of(signature)));
    ck_assert(!pack_signed(arena, other, span_of("text"), span_of(signature)));
    ck_assert(!pack_signed(arena, key, span_of("text"), SPAN_LIT("00")));
    arena_free(arena);
}
END_TEST

CHECK_MAIN_FOR("session packs", NULL, NULL, 240, opens_with_its_passphrase_alone,
               no_bit_is_changed_unseen, prints_tell_documents_apart, the_servers_text_is_signed)
