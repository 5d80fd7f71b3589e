#include "../../../lib/sw1/keyfile.h"

#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../support/check_main.h"

static struct sw1_lock lock_of(const char *passphrase) {
    return (struct sw1_lock){.passphrase = span_of(passphrase)};
}

static struct sw1_lock secret(void) {
    return lock_of("correct horse battery");
}

START_TEST(a_key_comes_back) {
    struct arena *arena = arena_new();
    struct sw1_key *key;
    struct sw1_key *back;
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    for (enum sw1_hardness hard = SW1_SERVING; hard <= SW1_OFFLINE; hard++) {
        struct span bytes;
        struct sw1_lock maker = secret();
        struct sw1_lock opener = secret();
        struct sw1_lock other = lock_of("correct horse batterz");
        ck_assert_int_eq(sw1_keyfile_seal(arena, key, &maker, hard, &bytes), OK);
        ck_assert_int_eq(sw1_keyfile_open(arena, bytes, &opener, &back), OK);
        ck_assert(sw1_key_same(key, back));
        uint8_t signature[SW1_SIGNATURE];
        ck_assert_int_eq(sw1_key_sign(back, SPAN_LIT("x"), signature), OK);
        ck_assert_int_eq(sw1_keyfile_open(arena, bytes, &other, &back), ERR_CRYPTO);
    }
    arena_free(arena);
}
END_TEST

/* One stretching opens a folder: the salt is shared, the nonce never. A file of a lock of its own
 * has another salt, and its opening makes the lock that file's. */
START_TEST(a_folder_shares_its_salt) {
    struct arena *arena = arena_new();
    enum { SALT_AT = 16, NONCE_AT = 32, NONCE = 24, FILES = 3 };
    struct sw1_lock maker = secret();
    struct sw1_lock opener = secret();
    struct sw1_key *key[FILES];
    struct sw1_key *back;
    struct span bytes[FILES];
    for (int i = 0; i < FILES; i++) {
        struct sw1_lock apart = secret();
        ck_assert_int_eq(sw1_key_generate(arena, &key[i]), OK);
        ck_assert_int_eq(
            sw1_keyfile_seal(arena, key[i], i < 2 ? &maker : &apart, SW1_SERVING, &bytes[i]), OK);
    }
    ck_assert_mem_eq(bytes[0].ptr + SALT_AT, bytes[1].ptr + SALT_AT, NONCE_AT - SALT_AT);
    ck_assert_mem_ne(bytes[0].ptr + NONCE_AT, bytes[1].ptr + NONCE_AT, NONCE);
    ck_assert_mem_ne(bytes[0].ptr + SALT_AT, bytes[2].ptr + SALT_AT, NONCE_AT - SALT_AT);
    ck_assert_int_eq(sw1_keyfile_open(arena, bytes[0], &opener, &back), OK);
    opener.passphrase = SPAN_LIT("no longer looked at"); /* not stretched again */
    ck_assert_int_eq(sw1_keyfile_open(arena, bytes[1], &opener, &back), OK);
    ck_assert(sw1_key_same(back, key[1]));
    ck_assert_int_eq(sw1_keyfile_open(arena, bytes[2], &opener, &back), ERR_CRYPTO); /* control */
    sw1_lock_wipe(&maker);
    ck_assert(!maker.stretched);
    arena_free(arena);
}
END_TEST

START_TEST(damage_is_seen) {
    struct arena *arena = arena_new();
    struct sw1_key *key;
    struct span bytes;
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    struct sw1_lock lock = secret();
    ck_assert_int_eq(sw1_keyfile_seal(arena, key, &lock, SW1_SERVING, &bytes), OK);
    static const size_t places[] = {0, 8, 12, 16, 32, 60, 100};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *copy = arena_copy(arena, bytes.ptr, bytes.len);
        copy[places[i]] = (char)(copy[places[i]] ^ 0x40);
        ck_assert_int_eq(sw1_keyfile_open(arena, (struct span){copy, bytes.len}, &lock, &key),
                         ERR_CRYPTO);
    }
    ck_assert_int_eq(sw1_keyfile_open(arena, (struct span){bytes.ptr, 60}, &lock, &key),
                     ERR_CRYPTO);
    ck_assert_int_eq(sw1_keyfile_open(arena, (struct span){bytes.ptr, 0}, &lock, &key), ERR_CRYPTO);
    ck_assert_int_eq(sw1_keyfile_open(arena, bytes, &lock, &key), OK); /* control */
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
    struct sw1_lock lock = secret();
    ck_assert_int_eq(sw1_keyfile_seal(arena, open, &lock, SW1_SERVING, &bytes), ERR_CRYPTO);
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

CHECK_MAIN("keyfile", NULL, NULL, a_key_comes_back, a_folder_shares_its_salt, damage_is_seen,
           a_public_key_has_nothing_to_seal, passphrases)
