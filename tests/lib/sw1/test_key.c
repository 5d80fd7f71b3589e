#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/sw1/cose.h"
#include "../../support/check_main.h"

/* RFC 8392 appendix A.2.3: the key that the RFC's signed CWT is made with. */
static const char rfc8392_key[] =
    "a72358206c1382765aec5358f117733d281c1c7bdc39884d04a45a1e6c67c858bc206c1922582060f7f1a780d8a783"
    "bf"
    "b7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9215820143329cce7868e416927599cf65a34f3ce2ffda55a"
    "7e"
    "ca69ed8919a394d42f0f2001010202524173796d6d657472696345434453413235360326";

/* RFC 8392 appendix A.3: a CWT signed with it (protected h'a10126', kid in the unprotected header).
 */
static const char rfc8392_protected[] = "a10126";
static const char rfc8392_payload[] =
    "a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a2f2f6c696768742e"
    "65"
    "78616d706c652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b71";
static const char rfc8392_signature[] = "5427c1ff28d23fbad1f29c4c7c6a555e601d6fa29f9179bc3d7438baca"
                                        "ca5acd08c8d4d4f96131680c429a01f85951ec"
                                        "ee743a52b9b63632c57209120e1c9e30";

static struct span unhex(struct arena *arena, const char *hex) {
    size_t size = strlen(hex) / 2;
    char *bytes = arena_alloc(arena, size + 1);
    ck_assert_msg(text_unhex(span_of(hex), bytes, size), "%s", hex);
    return (struct span){bytes, size};
}

/* The RFC's key as a strict COSE_Key without its 19-byte kid: {1:2,3:-7,-1:1,-2:x,-3:y,-4:d}. */
static struct span rfc_key(struct arena *arena, bool secret) {
    struct span given = unhex(arena, rfc8392_key);
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 160);
    cbor_write_map(&writer);
    static const struct {
        int64_t key;
        int64_t value;
    } small[] = {{1, 2}, {3, -7}, {-1, 1}};
    for (size_t i = 0; i < 3; i++) {
        cbor_write_key(&writer, small[i].key);
        cbor_write_int(&writer, small[i].value);
    }
    static const struct {
        int64_t key;
        size_t at;
    } long_ones[] = {{-4, 4}, {-3, 39}, {-2, 74}};
    for (size_t i = secret ? 0 : 1; i < 3; i++) {
        cbor_write_key(&writer, long_ones[i].key);
        cbor_write_bytes(&writer, (struct span){given.ptr + long_ones[i].at, 32});
    }
    cbor_write_end(&writer);
    return cbor_written(&writer);
}

START_TEST(vector_of_rfc_8392) {
    struct arena *arena = arena_new();
    struct sw1_key *key;
    ck_assert(sw1_key_read(arena, rfc_key(arena, false), &key));
    struct cose cose = {.protected = unhex(arena, rfc8392_protected),
                        .payload = unhex(arena, rfc8392_payload),
                        .signature = unhex(arena, rfc8392_signature),
                        .es256 = true};
    ck_assert(cose_verify(arena, &cose, key));
    struct cbor doc;
    static const struct cbor_limits limits = {200, 32, 3};
    ck_assert(cbor_read(arena, cose.payload, &limits, &doc)); /* the RFC's claims are strict CBOR */
    struct cose other = cose;
    other.payload = unhex(arena, rfc8392_protected);
    ck_assert(!cose_verify(arena, &other, key));
    other = cose;
    other.es256 = false;
    ck_assert(!cose_verify(arena, &other, key));
    other = cose;
    other.signature.len--;
    ck_assert(!cose_verify(arena, &other, key));
    arena_free(arena);
}
END_TEST

START_TEST(keys_go_out_and_come_back) {
    struct arena *arena = arena_new();
    for (int i = 0; i < 20; i++) {
        struct sw1_key *key;
        struct sw1_key *back;
        struct sw1_key *open;
        struct span bytes;
        ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
        ck_assert_int_eq(sw1_key_write(arena, key, true, &bytes), OK);
        ck_assert(sw1_key_read(arena, bytes, &back));
        ck_assert(sw1_key_same(key, back));
        ck_assert_int_eq(sw1_key_write(arena, key, false, &bytes), OK);
        ck_assert(sw1_key_read(arena, bytes, &open));
        ck_assert_mem_eq(sw1_key_kid(key), sw1_key_kid(open), SW1_KID);
        ck_assert_int_eq(sw1_key_write(arena, open, true, &bytes), ERR_CRYPTO);
        uint8_t signature[SW1_SIGNATURE];
        ck_assert_int_eq(sw1_key_sign(open, SPAN_LIT("x"), signature), ERR_CRYPTO);
        ck_assert_int_eq(sw1_key_sign(back, SPAN_LIT("x"), signature), OK);
        ck_assert(sw1_key_verify(open, SPAN_LIT("x"), signature));
        ck_assert(!sw1_key_verify(open, SPAN_LIT("y"), signature));
    }
    arena_free(arena);
}
END_TEST

/* r and s with leading zeros, which take fewer bytes in DER: 1 of 128 signatures has one. */
START_TEST(short_numbers_survive) {
    struct arena *arena = arena_new();
    struct sw1_key *key;
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    int shorter = 0;
    for (int i = 0; i < 4000 && shorter < 6; i++) {
        uint8_t signature[SW1_SIGNATURE];
        struct span message = {(const char *)&i, sizeof i};
        ck_assert_int_eq(sw1_key_sign(key, message, signature), OK);
        ck_assert(sw1_key_verify(key, message, signature));
        shorter += signature[0] == 0 || signature[32] == 0;
    }
    ck_assert_int_ge(shorter, 1);
    uint8_t zero[SW1_SIGNATURE] = {0};
    ck_assert(!sw1_key_verify(key, SPAN_LIT("x"), zero));
    memset(zero, 0xFF, sizeof zero);
    ck_assert(!sw1_key_verify(key, SPAN_LIT("x"), zero));
    arena_free(arena);
}
END_TEST

START_TEST(public_from_coordinates) {
    struct arena *arena = arena_new();
    struct span bytes = rfc_key(arena, false);
    struct sw1_key *key;
    struct sw1_key *same;
    ck_assert(sw1_key_read(arena, bytes, &key));
    struct span all = unhex(arena, rfc8392_key);
    const uint8_t *x = (const uint8_t *)all.ptr + 74;
    const uint8_t *y = (const uint8_t *)all.ptr + 39;
    ck_assert(sw1_key_public(arena, x, y, &same));
    ck_assert(sw1_key_same(key, same));
    ck_assert(!sw1_key_public(arena, y, x, &same)); /* not on the curve */
    arena_free(arena);
}
END_TEST

/* Each changed in one place of a private COSE_Key with kid. */
START_TEST(other_keys_are_refused) {
    struct arena *arena = arena_new();
    struct sw1_key *key;
    struct sw1_key *other;
    struct span bytes;
    ck_assert_int_eq(sw1_key_generate(arena, &key), OK);
    ck_assert_int_eq(sw1_key_write(arena, key, true, &bytes), OK);
    /* a7 01 02 | 02 48 kid | 03 26 | 20 01 | 21 5820 x | 22 5820 y | 23 5820 d */
    static const struct {
        size_t at;
        char value;
    } changes[] = {{2, 1}, {5, 0}, {14, 0x25}, {16, 2}, {30, 0}, {70, 0}, {100, 0}, {0, '\xa6'}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char *copy = arena_copy(arena, bytes.ptr, bytes.len);
        copy[changes[i].at] =
            (char)(changes[i].value == 0 ? copy[changes[i].at] ^ 1 : changes[i].value);
        ck_assert_msg(!sw1_key_read(arena, (struct span){copy, bytes.len}, &other), "change %zu",
                      i);
    }
    ck_assert(!sw1_key_read(arena, (struct span){bytes.ptr, bytes.len - 1}, &other));
    ck_assert(!sw1_key_read(arena, unhex(arena, rfc8392_key), &other)); /* not sorted; long kid */
    ck_assert(!sw1_key_read(arena, SPAN_LIT("\xa0"), &other));
    /* A private number of 31 bytes. */
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 160);
    cbor_write_map(&writer);
    sw1_key_write_members(&writer, key);
    cbor_write_key(&writer, -4);
    cbor_write_bytes(&writer, (struct span){bytes.ptr, 31});
    cbor_write_end(&writer);
    ck_assert(!sw1_key_read(arena, cbor_written(&writer), &other));
    ck_assert(sw1_key_read(arena, rfc_key(arena, true), &other)); /* control */
    arena_free(arena);
}
END_TEST

CHECK_MAIN("key", NULL, NULL, vector_of_rfc_8392, keys_go_out_and_come_back, short_numbers_survive,
           public_from_coordinates, other_keys_are_refused)
