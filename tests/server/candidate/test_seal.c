/* test_seal.c - sealing binds a record to its row; digests agree where they must and only there. */
#include <fcntl.h>
#include <sodium.h>
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
    uint8_t key[SEAL_FIRST];
    for (int i = 0; i < SEAL_FIRST; i++) {
        key[i] = (uint8_t)i;
    }
    seal = seal_from(arena, key);
}

static void teardown(void) {
    arena_free(arena);
}

/* A worker with his key, and a record of his. */
struct held {
    struct seal_owner owner;
    uint8_t wrapped[SEAL_WRAPPED];
    struct span sealed;
};

static struct held held_of(int64_t worker, const char *text) {
    struct held held = {.owner = {"worker", worker}};
    struct seal_key key;
    struct buf out;
    buf_init(&out, arena, 64);
    seal_key_new(seal, &held.owner, &key, held.wrapped);
    seal_put(&key, "identity", worker, span_of(text), &out);
    held.sealed = (struct span){out.ptr, out.len};
    return held;
}

static struct span key_of(const struct held *held) {
    return (struct span){(const char *)held->wrapped, sizeof held->wrapped};
}

static Err opens(const struct seal *with, const struct held *held, struct span wrapped,
                 const char *context, int64_t row) {
    struct span plain;
    return seal_open(with, &held->owner, wrapped, context, row, held->sealed, arena, &plain);
}

START_TEST(a_record_opens_only_in_its_row) {
    struct held held = held_of(42, "MARTIN");
    struct span plain = {0};
    ck_assert_uint_eq(held.sealed.len, SEAL_OVERHEAD + 6);
    ck_assert_int_eq(
        seal_open(seal, &held.owner, key_of(&held), "identity", 42, held.sealed, arena, &plain),
        OK);
    ck_assert(span_is(plain, "MARTIN"));
    ck_assert_ptr_null(memmem(held.sealed.ptr, held.sealed.len, "MARTIN", 6));
    ck_assert_int_eq(opens(seal, &held, key_of(&held), "identity", 43), ERR_CRYPTO);
    ck_assert_int_eq(opens(seal, &held, key_of(&held), "import", 42), ERR_CRYPTO);
    uint8_t other_key[SEAL_FIRST] = {9};
    ck_assert_int_eq(opens(seal_from(arena, other_key), &held, key_of(&held), "identity", 42),
                     ERR_CRYPTO);
}
END_TEST

/* What somebody who can write in the database, and has no key, might try. */
START_TEST(neither_record_nor_key_can_be_moved) {
    struct held one = held_of(1, "MARTIN");
    struct held two = held_of(2, "DURAND");
    struct held mixed = {two.owner, {0}, one.sealed};
    ck_assert_int_eq(opens(seal, &mixed, key_of(&two), "identity", 2), ERR_CRYPTO); /* record */
    ck_assert_int_eq(opens(seal, &mixed, key_of(&one), "identity", 2), ERR_CRYPTO); /* both */
    ck_assert_int_eq(opens(seal, &mixed, key_of(&one), "identity", 1),
                     ERR_CRYPTO);                                                 /* wrong owner */
    ck_assert_int_eq(opens(seal, &two, key_of(&one), "identity", 2), ERR_CRYPTO); /* key */
    one.owner.kind = "import";
    ck_assert_int_eq(opens(seal, &one, key_of(&one), "identity", 1), ERR_CRYPTO);
    one.owner.kind = "worker";
    ck_assert_int_eq(opens(seal, &one, (struct span){0}, "identity", 1), ERR_CRYPTO); /* gone */
    ck_assert_int_eq(opens(seal, &one, key_of(&one), "identity", 1), OK);
    ck_assert_int_eq(opens(seal, &two, key_of(&two), "identity", 2), OK);
}
END_TEST

START_TEST(every_changed_byte_is_seen) {
    struct held held = held_of(7, "MARTIN SARAH");
    struct held bad = held;
    char *copy = arena_copy(arena, held.sealed.ptr, held.sealed.len);
    for (size_t i = 0; i < held.sealed.len; i++) {
        copy[i] = (char)(copy[i] ^ 1);
        bad.sealed = (struct span){copy, held.sealed.len};
        ck_assert_int_eq(opens(seal, &bad, key_of(&held), "identity", 7), ERR_CRYPTO);
        copy[i] = (char)(copy[i] ^ 1);
        bad.sealed.len = i;
        ck_assert_int_eq(opens(seal, &bad, key_of(&held), "identity", 7), ERR_CRYPTO);
    }
    for (size_t i = 0; i < sizeof held.wrapped; i++) {
        bad = held;
        bad.wrapped[i] ^= 1;
        ck_assert_int_eq(opens(seal, &bad, key_of(&bad), "identity", 7), ERR_CRYPTO);
        ck_assert_int_eq(opens(seal, &held, (struct span){key_of(&held).ptr, i}, "identity", 7),
                         ERR_CRYPTO);
    }
    ck_assert_int_eq(opens(seal, &held, key_of(&held), "identity", 7), OK);
}
END_TEST

START_TEST(the_same_record_never_seals_the_same) {
    struct held one = held_of(7, "A");
    struct held two = held_of(7, "A");
    ck_assert(!span_equal(one.sealed, two.sealed));
    ck_assert(!span_equal(key_of(&one), key_of(&two)));
}
END_TEST

/* A record from before workers had keys: version 1, under the first half of the file. */
START_TEST(a_record_of_before_opens_with_the_first_key) {
    uint8_t bound[] = {'i', 'd', 'e', 'n', 't', 'i', 't', 'y', 0, 0, 0, 0, 0, 0, 0, 0, 7};
    uint8_t old[SEAL_OVERHEAD + 2] = {1};
    uint8_t first[32];
    for (size_t i = 0; i < sizeof first; i++) {
        first[i] = (uint8_t)i;
    }
    crypto_aead_xchacha20poly1305_ietf_encrypt(old + 25, NULL, (const uint8_t *)"AB", 2, bound,
                                               sizeof bound, NULL, old + 1, first);
    struct held held = {{"worker", 7}, {0}, {(const char *)old, sizeof old}};
    ck_assert_int_eq(opens(seal, &held, (struct span){0}, "identity", 7), OK);
    ck_assert_int_eq(opens(seal, &held, (struct span){0}, "identity", 8), ERR_CRYPTO);
    old[0] = 2;
    ck_assert_int_eq(opens(seal, &held, (struct span){0}, "identity", 7), ERR_CRYPTO);
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
    seal_token(seal_from(arena, (const uint8_t[SEAL_FIRST]){0}), 1, other);
    seal_token(seal, 1, same);
    ck_assert_str_ne(other, same);
}
END_TEST

static char folder[] = "/tmp/noria-seal-XXXXXX";

static const char *in_folder(const char *name) {
    return arena_printf(arena, "%s/%s", folder, name);
}

static const struct seal *load(void) {
    const struct seal *loaded = NULL;
    ck_assert_int_eq(seal_load(arena, folder, &loaded), OK);
    return loaded;
}

START_TEST(keys_are_made_once_and_read_back) {
    ck_assert_ptr_nonnull(mkdtemp(folder));
    const char *path = in_folder("seal.key");
    const struct seal *loaded = NULL;
    ck_assert_int_eq(seal_load(arena, folder, &loaded), ERR_IO);
    ck_assert_int_eq(seal_create(folder), OK);
    seal = load();
    struct held held = held_of(1, "x");
    ck_assert_int_eq(seal_create(folder), OK); /* does not replace it */
    ck_assert_int_eq(opens(load(), &held, key_of(&held), "identity", 1), OK);
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

START_TEST(a_wrapping_key_is_replaced_without_opening_a_record) {
    int version = 0;
    int versions[SEAL_VERSIONS];
    uint8_t again[SEAL_WRAPPED];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(seal_create(folder), OK);
    seal = load();
    const struct seal *before = seal;
    struct held held = held_of(5, "MARTIN");
    uint8_t passport[SEAL_DIGEST];
    uint8_t same[SEAL_DIGEST];
    seal_passport(before, "MAR", "AB1", passport);

    ck_assert_int_eq(seal_rotate(folder, &version), OK);
    ck_assert_int_eq(version, 2);
    const struct seal *both = load();
    ck_assert_int_eq(seal_versions(both, versions), 2);
    seal_passport(both, "MAR", "AB1", same); /* digests keep their key */
    ck_assert_mem_eq(passport, same, SEAL_DIGEST);
    ck_assert_int_eq(opens(both, &held, key_of(&held), "identity", 5), OK);
    ck_assert_int_eq(seal_wrap_again(both, &held.owner, key_of(&held), again), OK);
    struct span wrapped = {(const char *)again, sizeof again};
    ck_assert_int_eq(opens(both, &held, wrapped, "identity", 5), OK);
    ck_assert_int_eq(opens(before, &held, wrapped, "identity", 5), ERR_CRYPTO); /* not loaded */
    ck_assert_int_eq(seal_wrap_again(both, &(struct seal_owner){"worker", 6}, key_of(&held), again),
                     ERR_CRYPTO);

    ck_assert_int_eq(seal_drop(folder, 2), ERR_NOT_FOUND); /* the newest stays */
    ck_assert_int_eq(seal_drop(folder, 9), ERR_NOT_FOUND);
    ck_assert_int_eq(seal_drop(folder, 1), OK);
    const struct seal *after = load();
    ck_assert_int_eq(opens(after, &held, wrapped, "identity", 5), OK);
    /* What a backup from before still holds opens no longer: nor who was erased meanwhile. */
    ck_assert_int_eq(opens(after, &held, key_of(&held), "identity", 5), ERR_CRYPTO);
    unlink(in_folder("seal.key"));
    rmdir(folder);
}
END_TEST

START_TEST(a_file_of_keys_is_whole_or_refused) {
    int version;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(seal_rotate(folder, &version), ERR_IO);
    ck_assert_int_eq(seal_create(folder), OK);
    ck_assert_int_eq(close(creat(in_folder("seal.key.new"), 0600)), 0);
    ck_assert_int_eq(seal_rotate(folder, &version), ERR_IO); /* another is at it */
    unlink(in_folder("seal.key.new"));
    for (int i = 1; i < SEAL_VERSIONS; i++) {
        ck_assert_int_eq(seal_rotate(folder, &version), OK);
    }
    ck_assert_int_eq(version, SEAL_VERSIONS);
    ck_assert_int_eq(seal_rotate(folder, &version), ERR_LIMIT);
    ck_assert_int_eq(seal_drop(folder, 3), OK);
    ck_assert_int_eq(seal_rotate(folder, &version), OK);
    ck_assert_int_eq(version, SEAL_VERSIONS + 1); /* a number is never used again */
    const struct seal *loaded = NULL;
    ck_assert_int_eq(seal_load(arena, folder, &loaded), OK);
    for (int cut = 4 + 32 + 34 * SEAL_VERSIONS + 16 - 1; cut >= 0; cut--) {
        ck_assert_int_eq(truncate(in_folder("seal.key"), cut), 0);
        ck_assert_int_eq(seal_load(arena, folder, &loaded), ERR_IO);
    }
    unlink(in_folder("seal.key"));
    rmdir(folder);
}
END_TEST

START_TEST(a_digest_key_is_added_and_stays) {
    enum { SIZE = 4 + 32 + 1 + SEAL_DIGEST_KEYS * 32 + 34 * 2 + 16 };
    int version = 0;
    uint8_t one[SEAL_DIGEST], two[SEAL_DIGEST], three[SEAL_DIGEST], same[SEAL_DIGEST];
    uint8_t id[SEAL_KEY_ID], other[SEAL_KEY_ID];
    char token[SEAL_TOKEN];
    char kept[SEAL_TOKEN];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(seal_create(folder), OK);
    const struct seal *before = load();
    ck_assert_int_eq(seal_digest_version(before), 1);
    ck_assert_int_eq(seal_rotate_digests(folder, &version), OK);
    ck_assert_int_eq(version, 2);
    ck_assert_int_eq(seal_rotate(folder, &version), OK); /* neither loses the other's */
    ck_assert_int_eq(seal_rotate_digests(folder, &version), OK);
    ck_assert_int_eq(seal_drop(folder, 1), OK);
    seal = load();
    ck_assert_int_eq(seal_digest_version(seal), 3);

    seal_passport(before, "MAR", "AB1", one);
    seal_passport(seal, "MAR", "AB1", same);
    ck_assert_mem_eq(one, same, SEAL_DIGEST);
    ck_assert_int_eq(seal_digest_again(seal, one, 1, 2, two), OK);
    ck_assert_int_eq(seal_digest_again(seal, two, 2, 3, three), OK);
    ck_assert_int_eq(seal_digest_again(seal, one, 1, 3, same), OK);
    ck_assert_mem_eq(three, same, SEAL_DIGEST);
    ck_assert_mem_ne(one, two, SEAL_DIGEST);
    ck_assert_mem_ne(two, three, SEAL_DIGEST);
    ck_assert_int_eq(seal_digest_again(before, one, 1, 2, two), ERR_DIGEST_KEY_UNKNOWN);
    ck_assert_int_eq(seal_digest_again(seal, one, 2, 1, two), ERR_DIGEST_KEY_UNKNOWN);
    ck_assert_int_eq(seal_digest_key_id(seal, 2, id), OK);
    ck_assert_int_eq(seal_digest_key_id(seal, 3, other), OK);
    ck_assert_mem_ne(id, other, SEAL_KEY_ID);
    seal_token(before, 77, token);
    seal_token(seal, 77, kept); /* printed ones stay */
    ck_assert_str_eq(token, kept);

    while (seal_rotate_digests(folder, &version) == OK) {
    }
    ck_assert_int_eq(version, SEAL_DIGEST_KEYS + 1);
    ck_assert_int_eq(seal_rotate(folder, &version), OK);
    ck_assert_int_eq(seal_digest_version(load()), SEAL_DIGEST_KEYS + 1);
    for (int cut = SIZE - 1; cut >= 0; cut--) {
        ck_assert_int_eq(truncate(in_folder("seal.key"), cut), 0);
        ck_assert_int_eq(seal_load(arena, folder, &before), ERR_IO);
    }
    unlink(in_folder("seal.key"));
    rmdir(folder);
}
END_TEST

CHECK_MAIN("seal", setup, teardown, a_record_opens_only_in_its_row,
           neither_record_nor_key_can_be_moved, every_changed_byte_is_seen,
           the_same_record_never_seals_the_same, a_record_of_before_opens_with_the_first_key,
           an_identity_goes_there_and_back, digests_compare_persons_and_passports,
           day_and_month_swap, tokens_never_meet, keys_are_made_once_and_read_back,
           a_wrapping_key_is_replaced_without_opening_a_record, a_file_of_keys_is_whole_or_refused,
           a_digest_key_is_added_and_stays)
