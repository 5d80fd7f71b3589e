#include "../../../lib/sw1/keyfile.h"

#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../support/check_main.h"

static const struct span secret = {"correct horse battery", 21};

START_TEST(a_key_comes_back) {
    struct arena *arena = arena_new();
    struct sw1_key *key;
    struct sw1_key *back;
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    for (enum sw1_hardness hard = SW1_SERVING; hard <= SW1_OFFLINE; hard++) {
        struct span bytes;
        ck_assert_int_eq(sw1_keyfile_seal(arena, key, secret, hard, &bytes), OK);
        ck_assert_int_eq(sw1_keyfile_open(arena, bytes, secret, &back), OK);
        ck_assert(sw1_key_same(key, back));
        uint8_t signature[SW1_SIGNATURE];
        ck_assert_int_eq(sw1_key_sign(back, SPAN_LIT("x"), signature), OK);
        ck_assert_int_eq(sw1_keyfile_open(arena, bytes, SPAN_LIT("correct horse batterz"), &back),
                         ERR_CRYPTO);
    }
    arena_free(arena);
}
END_TEST

START_TEST(damage_is_seen) {
    struct arena *arena = arena_new();
    struct sw1_key *key;
    struct span bytes;
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    ck_assert_int_eq(sw1_keyfile_seal(arena, key, secret, SW1_SERVING, &bytes), OK);
    static const size_t places[] = {0, 8, 12, 16, 32, 60, 100};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *copy = arena_copy(arena, bytes.ptr, bytes.len);
        copy[places[i]] = (char)(copy[places[i]] ^ 0x40);
        ck_assert_int_eq(sw1_keyfile_open(arena, (struct span){copy, bytes.len}, secret, &key),
                         ERR_CRYPTO);
    }
    ck_assert_int_eq(sw1_keyfile_open(arena, (struct span){bytes.ptr, 60}, secret, &key),
                     ERR_CRYPTO);
    ck_assert_int_eq(sw1_keyfile_open(arena, (struct span){bytes.ptr, 0}, secret, &key),
                     ERR_CRYPTO);
    ck_assert_int_eq(sw1_keyfile_open(arena, bytes, secret, &key), OK); /* control */
    arena_free(arena);
}
END_TEST

START_TEST(a_public_key_has_nothing_to_seal) {
    struct arena *arena = arena_new();
    struct sw1_key *key;
    struct sw1_key *open;
    struct span bytes;
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    ck_assert_int_eq(sw1_key_write(arena, key, false, &bytes), OK);
    ck_assert(sw1_key_read(arena, bytes, &open));
    ck_assert_int_eq(sw1_keyfile_seal(arena, open, secret, SW1_SERVING, &bytes), ERR_CRYPTO);
    arena_free(arena);
}
END_TEST

START_TEST(passphrases) {
    struct span found;
    ck_assert(sw1_passphrase(SPAN_LIT("twelve bytes\n"), &found) && found.len == 12);
    ck_assert(sw1_passphrase(SPAN_LIT("twelve bytes"), &found) && found.len == 12);
    ck_assert(!sw1_passphrase(SPAN_LIT("elevenbytes\n"), &found));
    ck_assert(!sw1_passphrase(SPAN_LIT("twelve bytes\nand a line"), &found));
    ck_assert(!sw1_passphrase(SPAN_LIT(""), &found));
    char many[SW1_PASSPHRASE_MAX + 1];
    memset(many, 'x', sizeof many);
    ck_assert(!sw1_passphrase((struct span){many, sizeof many}, &found));
}
END_TEST

CHECK_MAIN("keyfile", NULL, NULL, a_key_comes_back, damage_is_seen,
           a_public_key_has_nothing_to_seal, passphrases)
