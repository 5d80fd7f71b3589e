/* test_seal.c - sealing binds a record to its row; digests agree where they must and only there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../lib/base/arena.h"
#include "../../../server/candidate/seal.h"
#include "../../support/check_main.h"

static struct arena *arena;
static const struct seal *seal;

static void setup(void) {
    arena = arena_new();
    uint8_t key[SEAL_KEY];
    for (int i = 0; i < SEAL_KEY; i++) {
        key[i] = (uint8_t)i;
    }
    seal = seal_from(arena, key);
}

static void teardown(void) {
    arena_free(arena);
}

static struct span sealed_of(const char *context, int64_t id, const char *text) {
    struct buf out;
    buf_init(&out, arena, 64);
    seal_put(seal, context, id, span_of(text), &out);
    return (struct span){out.ptr, out.len};
}

START_TEST(a_record_opens_only_in_its_row) {
    struct span sealed = sealed_of("identity", 42, "MARTIN");
    struct span plain = {0};
    ck_assert_uint_eq(sealed.len, SEAL_OVERHEAD + 6);
    ck_assert_int_eq(seal_open(seal, "identity", 42, sealed, arena, &plain), OK);
    ck_assert(span_is(plain, "MARTIN"));
    ck_assert_ptr_null(memmem(sealed.ptr, sealed.len, "MARTIN", 6));
    ck_assert_int_eq(seal_open(seal, "identity", 43, sealed, arena, &plain), ERR_CRYPTO);
    ck_assert_int_eq(seal_open(seal, "import", 42, sealed, arena, &plain), ERR_CRYPTO);
    uint8_t other_key[SEAL_KEY] = {9};
    const struct seal *other = seal_from(arena, other_key);
    ck_assert_int_eq(seal_open(other, "identity", 42, sealed, arena, &plain), ERR_CRYPTO);
}
END_TEST

START_TEST(every_changed_byte_is_seen) {
    struct span sealed = sealed_of("identity", 7, "MARTIN SARAH");
    struct span plain = {0};
    char *copy = arena_copy(arena, sealed.ptr, sealed.len);
    for (size_t i = 0; i < sealed.len; i++) {
        copy[i] = (char)(copy[i] ^ 1);
        ck_assert_int_eq(
            seal_open(seal, "identity", 7, (struct span){copy, sealed.len}, arena, &plain),
            ERR_CRYPTO);
        copy[i] = (char)(copy[i] ^ 1);
        ck_assert_int_eq(seal_open(seal, "identity", 7, (struct span){copy, i}, arena, &plain),
                         ERR_CRYPTO);
    }
    ck_assert_int_eq(seal_open(seal, "identity", 7, (struct span){copy, sealed.len}, arena, &plain),
                     OK);
}
END_TEST

START_TEST(the_same_record_never_seals_the_same) {
    struct span one = sealed_of("identity", 7, "A");
    struct span two = sealed_of("identity", 7, "A");
    ck_assert(!span_equal(one, two));
}
END_TEST

START_TEST(an_identity_goes_there_and_back) {
    struct identity in = {.surname = "EL YAMIQ",
                          .native_surname = "اليميق",
                          .sex = "M",
                          .birth_date = date_of((struct civil){1970, 8, 11}),
                          .document_expires = DATE_NONE,
                          .mrz = "P<\nX",
                          .phone = "+212 600"};
    struct buf packed;
    buf_init(&packed, arena, 64);
    identity_pack(&in, &packed);
    struct identity out;
    ck_assert_int_eq(identity_unpack((struct span){packed.ptr, packed.len}, &out), OK);
    ck_assert_str_eq(out.surname, in.surname);
    ck_assert_str_eq(out.native_surname, in.native_surname);
    ck_assert_ptr_null(out.given_names);
    ck_assert_int_eq(out.birth_date, in.birth_date);
    ck_assert_int_eq(out.document_expires, DATE_NONE);
    ck_assert_str_eq(out.mrz, in.mrz);
    ck_assert_str_eq(out.phone, in.phone);
    for (size_t cut = 1; cut < packed.len; cut++) { /* a cut is seen, or falls between two fields */
        struct identity part;
        Err err = identity_unpack((struct span){packed.ptr, cut}, &part);
        ck_assert(err == ERR_CRYPTO || packed.ptr[cut - 1] == '\0');
    }
    ck_assert_int_eq(identity_unpack(SPAN_LIT("\x63\x00\x02x"), &out), ERR_CRYPTO);
    ck_assert_int_eq(identity_unpack(SPAN_LIT("\x02\x00\x02x\0\x01\x00\x02x\0"), &out), ERR_CRYPTO);
    ck_assert_int_eq(identity_unpack(SPAN_LIT("\x07\x00\x02x\0"), &out), ERR_CRYPTO);
}
END_TEST

static bool same_person(const char *s1, const char *g1, date d1, const char *s2, const char *g2,
                        date d2) {
    uint8_t one[SEAL_DIGEST];
    uint8_t two[SEAL_DIGEST];
    seal_person(seal, s1, g1, d1, one);
    seal_person(seal, s2, g2, d2, two);
    return memcmp(one, two, SEAL_DIGEST) == 0;
}

START_TEST(digests_compare_persons_and_passports) {
    ck_assert(same_person("EL YAMIQ", "MOHAMED", 100, "Elyamik", "Mohammed", 100));
    ck_assert(!same_person("EL YAMIQ", "MOHAMED", 100, "EL YAMIQ", "MOHAMED", 101));
    ck_assert(!same_person("EL YAMIQ", "MOHAMED", 100, "EL YAMIQ", "RACHID", 100));
    uint8_t one[SEAL_DIGEST];
    uint8_t two[SEAL_DIGEST];
    seal_passport(seal, "MAR", "vw 35-92246", one);
    seal_passport(seal, "mar", "VW3592246<", two);
    ck_assert_mem_eq(one, two, SEAL_DIGEST);
    seal_passport(seal, "MARV", "W3592246", two);
    ck_assert_mem_ne(one, two, SEAL_DIGEST);
    seal_passport(seal, "TUN", "VW3592246", two);
    ck_assert_mem_ne(one, two, SEAL_DIGEST);
}
END_TEST

START_TEST(day_and_month_swap) {
    ck_assert_int_eq(seal_swapped(date_of((struct civil){1990, 3, 7})),
                     date_of((struct civil){1990, 7, 3}));
    date late = date_of((struct civil){1990, 3, 17});
    ck_assert_int_eq(seal_swapped(late), late);
}
END_TEST

static int compare_tokens(const void *a, const void *b) {
    return strcmp(a, b);
}

START_TEST(tokens_never_meet) {
    enum { COUNT = 200000 };
    char(*tokens)[SEAL_TOKEN] = arena_array(arena, COUNT, SEAL_TOKEN);
    for (int64_t i = 0; i < COUNT; i++) {
        seal_token(seal, i + 1, tokens[i]);
        ck_assert_uint_eq(strspn(tokens[i], "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), 9);
        ck_assert_int_eq(tokens[i][4], '-');
    }
    qsort(tokens, COUNT, SEAL_TOKEN, compare_tokens);
    for (int i = 1; i < COUNT; i++) {
        ck_assert_str_ne(tokens[i - 1], tokens[i]);
    }
    char other[SEAL_TOKEN];
    char same[SEAL_TOKEN];
    seal_token(seal_from(arena, (const uint8_t[SEAL_KEY]){0}), 1, other);
    seal_token(seal, 1, same);
    ck_assert_str_ne(other, same);
}
END_TEST

START_TEST(keys_are_made_once_and_read_back) {
    char folder[] = "/tmp/noria-seal-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    const struct seal *loaded = NULL;
    ck_assert_int_eq(seal_load(arena, folder, &loaded), ERR_IO);
    ck_assert_int_eq(seal_create(folder), OK);
    ck_assert_int_eq(seal_load(arena, folder, &loaded), OK);
    struct buf out;
    buf_init(&out, arena, 64);
    seal_put(loaded, "identity", 1, SPAN_LIT("x"), &out);
    ck_assert_int_eq(seal_create(folder), OK); /* does not replace it */
    ck_assert_int_eq(seal_load(arena, folder, &loaded), OK);
    struct span plain;
    ck_assert_int_eq(
        seal_open(loaded, "identity", 1, (struct span){out.ptr, out.len}, arena, &plain), OK);
    char path[64];
    snprintf(path, sizeof(path), "%s/seal.key", folder);
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
    ck_assert_int_eq(truncate(path, 63), 0);
    ck_assert_int_eq(seal_load(arena, folder, &loaded), ERR_IO);
    unlink(path);
    rmdir(folder);
    ck_assert_int_eq(seal_create(folder), ERR_IO);
}
END_TEST

CHECK_MAIN("seal", setup, teardown, a_record_opens_only_in_its_row, every_changed_byte_is_seen,
           the_same_record_never_seals_the_same, an_identity_goes_there_and_back,
           digests_compare_persons_and_passports, day_and_month_swap, tokens_never_meet,
           keys_are_made_once_and_read_back)
