/* Examples of the standards that others checked before us: COSE_Sign1 of the COSE working group
 * (github.com/cose-wg/Examples) and of RFC 9052, Token Status Lists of their draft. Those of RFC
 * 9285 are in test_base45.c, of RFC 8392 in test_key.c, of RFC 8949 in test_cbor.c. */
#include <string.h>
#include <zlib.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/sw1/status_keys.h"
#include "../../support/check_main.h"
#include "../../support/sw1_fixture.h"

static struct sw1_fixture fixture;

static void setup(void) {
    sw1_fixture_init(&fixture, arena_new());
}

static void teardown(void) {
    arena_free(fixture.arena);
}

static struct span unhex(const char *hex) {
    size_t size = strlen(hex) / 2;
    char *bytes = arena_alloc(fixture.arena, size + 1);
    ck_assert_msg(text_unhex(span_of(hex), bytes, size), "%s", hex);
    return (struct span){bytes, size};
}

/* --- COSE_Sign1
 * --------------------------------------------------------------------------------------- */

/* The working group's key "11", RFC 9052 appendix C.7.1 as well. */
static struct sw1_key *key_11(void) {
    struct sw1_key *key = NULL;
    ck_assert(sw1_key_public(
        fixture.arena,
        (const uint8_t *)unhex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff")
            .ptr,
        (const uint8_t *)unhex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e")
            .ptr,
        &key));
    return key;
}

#define CONTENT "54546869732069732074686520636f6e74656e742e"
#define CHANGED "54546869732069732074686520636f6e74656e742f"
#define KID_11 "a104423131"
#define R "5840eae868ecc176883766c5dc5ba5b8dca25dab3c2e56a551ce5705b793914348e1"
#define S "9f43d6c6ba654472da301b645b293c9ba939295b97c4bdb847782bff384c5794"
#define S_CTYP "72727f48461fabbba2e343492ddecac3983686250bc68e9f1a7a07d41225b59f"
#define S_EMPTY "1a02e5f0344bf2d4ee5c7fd75a68a9f5e0b3cc1f1fc1409c189566586ff9d610"
#define S_EXTERNAL "55388b10c4f1b59a6733eab416870a945111a4b2fbdbef33a77234b1deff2f9b"
#define RFC_9052                                                                                   \
    "58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56" \
    "ed2a223444547e01f11d3b0916e5a4c345cacb36"

static const struct {
    const char *name;
    const char *message;
    bool good; /* the signature holds over what stands there, without external data */
} sign1[] = {
    {"ecdsa-sig-01", "d28445a201260300" KID_11 CONTENT R S_CTYP, true},
    {"RFC 9052 C.2.1", "d28443a10126" KID_11 CONTENT RFC_9052, true},
    {"sign-pass-03, tag put back", "d28443a10126" KID_11 CONTENT R S, true},
    {"sign-pass-01, header h'' as it is signed", "d28440a2012604423131" CONTENT R S_EMPTY, true},
    {"sign-pass-02, external data not given", "d28443a10126" KID_11 CONTENT R S_EXTERNAL, false},
    {"sign-fail-02", "d28443a10126" KID_11 CHANGED R S, false},
    {"sign-fail-03", "d28445a1013903e6" KID_11 CONTENT R S, false},
    {"sign-fail-04", "d2844aa10167756e6b6e6f776e" KID_11 CONTENT R S, false},
    {"sign-fail-06", "d28445a201260300" KID_11 CONTENT R S, false},
    {"sign-fail-07", "d28443a10126" KID_11 CONTENT R S_CTYP, false},
};

/* A message taken apart by the strict reader. The profile's own reader wants an empty unprotected
 * header, which no example has. */
static void take_apart(struct span bytes, struct cose *cose) {
    static const struct cbor_limits limits = {400, 32, 4};
    struct cbor doc;
    struct cbor_item const *at[4];
    ck_assert(cbor_read(fixture.arena, bytes, &limits, &doc));
    ck_assert_int_eq(doc.items->kind, CBOR_TAG);
    ck_assert_uint_eq(doc.items->arg, 18);
    at[0] = cbor_first(cbor_first(doc.items));
    for (int i = 1; i < 4; i++) {
        at[i] = cbor_next(&doc, at[i - 1]);
    }
    *cose = (struct cose){.es256 = true};
    ck_assert(cbor_bytes(at[0], 0, 100, &cose->protected) &&
              cbor_bytes(at[2], 0, 100, &cose->payload) &&
              cbor_bytes(at[3], 64, 64, &cose->signature));
}

START_TEST(signatures_of_the_working_group) {
    static const struct cbor_limits limits = {400, 32, 4};
    const struct sw1_key *key = key_11();
    for (size_t i = 0; i < sizeof sign1 / sizeof *sign1; i++) {
        struct span bytes = unhex(sign1[i].message);
        struct cose cose;
        take_apart(bytes, &cose);
        ck_assert_msg(cose_verify(fixture.arena, &cose, key) == sign1[i].good, "%s", sign1[i].name);
        ck_assert(!cose_verify(fixture.arena, &cose, fixture.document)); /* control */
        ck_assert_msg(cose_read(fixture.arena, bytes, NULL, &limits, &cose) == SW1_BAD_COSE, "%s",
                      sign1[i].name);
    }
}
END_TEST

/* sign-fail-01 has tag 998, sign-pass-03 none: COSE_Sign1 it may be, a document it is not. */
START_TEST(the_tag_is_18) {
    static const struct cbor_limits limits = {400, 32, 4};
    struct span signed_by_us = {0};
    struct cose cose;
    ck_assert_int_eq(
        cose_sign(fixture.arena, fixture.document, NULL, SPAN_LIT("\xA0"), &signed_by_us), OK);
    ck_assert_int_eq(cose_read(fixture.arena, signed_by_us, NULL, &limits, &cose), SW1_VALID);
    ck_assert_int_eq((unsigned char)signed_by_us.ptr[0], 0xD2);
    struct span bare = {signed_by_us.ptr + 1, signed_by_us.len - 1};
    ck_assert_int_eq(cose_read(fixture.arena, bare, NULL, &limits, &cose), SW1_BAD_COSE);
    char *other = arena_alloc(fixture.arena, bare.len + 3);
    memcpy(other, "\xD9\x03\xE6", 3);
    memcpy(other + 3, bare.ptr, bare.len);
    struct span tagged = {other, bare.len + 3};
    ck_assert_int_eq(cose_read(fixture.arena, tagged, NULL, &limits, &cose), SW1_BAD_COSE);
}
END_TEST

/* --- Token Status List
 * -------------------------------------------------------------------------------- */

/* draft-ietf-oauth-status-list, test vectors: `lst` of the CBOR form. */
static const char two_bits[] =
    "78daeddb310d00211000412ea1a04004fe5520ed357c28c81d3312b6df68bc65480000000000406e210100000000"
    "00000000000000000000000000000000000000000000000000000040795b02000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000080f4ba0400000000000000000000000000406d764a000000000000"
    "000000000000000000000000000000e0922101000000000000000000000000000000000000fc1312000000000000"
    "00000000000000000000000000000000000000000000000000c0912e010000000000000000000000000000000000"
    "00c07d4b02000000000000000000000000000000a8614a0000000000000000000000406a1fcd60010c";
static const char full_one_bit[] =
    "78daeddc010dc0200c0041a88249400ad2903e0f4bba00bd93f002beb7a2a2010000a91e090000000000000000"
    "000000000000008072960400000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000005c6f4800000000000000fc2c240000000000000000000000be1b12000000000000000000ecaa4b"
    "000000000000000000000000000000009b0b0900000000000000000038de9400000000000000002a30cc010000"
    "000080642f0bd8011b";
static const char full_four_bits[] =
    "78daedd0410d8030100030081f0226908204244c025290840414111cecb7e4b8b5123a0e40669b020000000000"
    "0000000000000000000020b5490100000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000400ebb02000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000e8c5a100000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000082280a0000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000080ae9c0a000000000000000000000000000000000000000000000000000000000000000000"
    "00000000686a564033970200000000886551000000000000000000000000000000000000000000000000000000"
    "000000000071dc0a0080ba55010000000000000000000000c0cf3daf03000000000000000008ec03dc4c04c0";
static const char one_bit[] = "78dadbb918000217015d";
static const char twelve_entries[] = "78da3be9f2130003df0207";

static const struct {
    int64_t idx;
    int status;
} entries[] = {{0, 1},      {1993, 2},   {25460, 1},  {159495, 3}, {495669, 1}, {554353, 1},
               {645645, 2}, {723232, 1}, {854545, 1}, {934534, 2}, {1000345, 3}};

/* The draft's lists of one and of four bits (appendix C.1 and C.3), of 2^20 entries each. */
static const struct {
    int64_t idx;
    int status;
} four_bits[] = {{0, 1},        {1993, 2},     {35460, 3},    {459495, 4},   {595669, 5},
                 {754353, 6},   {845645, 7},   {923232, 8},   {924445, 9},   {934534, 10},
                 {1000345, 12}, {1004534, 11}, {1030203, 13}, {1030204, 14}, {1030205, 15}};

/* Signs a list of those bits and bytes as the draft's CWT, and reads it. */
static bool read_list(uint64_t bits, struct span lst, struct sw1_status_list *list) {
    struct cbor_writer writer;
    struct span bytes = {0};
    cbor_write_init(&writer, fixture.arena, 1024);
    cbor_write_map(&writer);
    cbor_write_key(&writer, 2);
    cbor_write_text(&writer, SPAN_LIT("https://example.com/statuslists/1"));
    cbor_write_key(&writer, 4);
    cbor_write_int(&writer, FIXTURE_NOW + FIXTURE_DAY);
    cbor_write_key(&writer, 6);
    cbor_write_int(&writer, FIXTURE_NOW);
    cbor_write_key(&writer, SW1_CLAIM_STATUS_LIST);
    cbor_write_map(&writer);
    cbor_write_key_text(&writer, SW1_STATUS_BITS);
    cbor_write_uint(&writer, bits);
    cbor_write_key_text(&writer, SW1_STATUS_LST);
    cbor_write_bytes(&writer, lst);
    cbor_write_end(&writer);
    cbor_write_end(&writer);
    ck_assert_int_eq(cose_sign(fixture.arena, fixture.status, "application/statuslist+cwt",
                               cbor_written(&writer), &bytes),
                     OK);
    return sw1_status_read(fixture.arena, bytes, &fixture.trust, list);
}

START_TEST(a_list_of_the_draft) {
    struct sw1_status_list list;
    size_t entry = 0;
    int wrong = 0;
    ck_assert(read_list(2, unhex(two_bits), &list));
    ck_assert_uint_eq(list.packed.len, SW1_STATUS_PACKED);
    for (int64_t idx = 0; idx < SW1_STATUS_ENTRIES; idx++) {
        bool named = entry < sizeof entries / sizeof *entries && entries[entry].idx == idx;
        wrong += sw1_status_get(&list, idx) != (named ? entries[entry].status : 0);
        entry += named;
    }
    ck_assert_int_eq(wrong, 0);
    ck_assert_uint_eq(entry, sizeof entries / sizeof *entries);
}
END_TEST

/* The packing of the other widths, entry by entry. A verifier of ours takes two bits only. */
START_TEST(lists_of_other_widths) {
    struct sw1_status_list list;
    for (int width = 1; width <= 4; width += 3) {
        struct span lst = unhex(width == 1 ? full_one_bit : full_four_bits);
        uLongf size = (uLongf)(SW1_STATUS_ENTRIES / 8 * width);
        unsigned char *bytes = arena_alloc(fixture.arena, size);
        ck_assert_int_eq(uncompress(bytes, &size, (const Bytef *)lst.ptr, lst.len), Z_OK);
        struct span packed = {(const char *)bytes, size};
        size_t entry = 0;
        int wrong = 0;
        for (int64_t idx = 0; idx < SW1_STATUS_ENTRIES; idx++) {
            bool one =
                width == 1 && entry < sizeof entries / sizeof *entries && entries[entry].idx == idx;
            bool four = width == 4 && entry < sizeof four_bits / sizeof *four_bits &&
                        four_bits[entry].idx == idx;
            int want = one ? 1 : four ? four_bits[entry].status : 0;
            wrong += sw1_status_entry(packed, (unsigned)width, idx) != want;
            entry += one || four;
        }
        ck_assert_int_eq(wrong, 0);
        ck_assert_uint_eq(entry, width == 1 ? 11 : 15);
        ck_assert_int_eq(sw1_status_entry(packed, (unsigned)width, SW1_STATUS_ENTRIES), -1);
        ck_assert(!read_list((uint64_t)width, lst, &list));
    }
    static const char octets[] = {7, (char)200};
    ck_assert_int_eq(sw1_status_entry((struct span){octets, 2}, 8, 1), 200);
    ck_assert_int_eq(sw1_status_entry((struct span){octets, 2}, 8, 2), -1);
}
END_TEST

/* The draft's list of twelve entries of two bits; a list of one bit is not the profile's. */
START_TEST(short_lists_of_the_draft) {
    static const int values[] = {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
    struct sw1_status_list list;
    ck_assert(read_list(2, unhex(twelve_entries), &list));
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(sw1_status_get(&list, i), values[i]);
    }
    ck_assert_int_eq(sw1_status_get(&list, 12), -1);
    ck_assert(!read_list(1, unhex(one_bit), &list));
    ck_assert(read_list(2, unhex(one_bit), &list)); /* control: the bytes themselves can be read */
}
END_TEST

/* The draft's Status List Token in CWT form (section 5.2) and the key of its examples. */
START_TEST(the_token_of_the_draft) {
    static const struct cbor_limits limits = {100, 32, 4};
    struct sw1_key *key = NULL;
    struct cose cose;
    struct cbor doc;
    ck_assert(sw1_key_public(
        fixture.arena,
        (const uint8_t *)unhex("2371d69bfd03b3574f308f885a67f8981987f9869e0156cf56eeef076ec2c57a")
            .ptr,
        (const uint8_t *)unhex("e8dfdde44963f5bb3586d815de890928875b1c4a6481398096e60a25e9b39f53")
            .ptr,
        &key));
    take_apart(unhex("d2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b637774a104"
                     "4231325850a502782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c6973"
                     "74732f31061a648c5bea041a8898dfea19fffe19a8c019fffda2646269747301636c73744a78"
                     "dadbb918000217015d584093fa4d01032b18c35e2fe1101b77fd6cc9440022caa4694450c4e4"
                     "e9feab4e99d1fa6d9772ce2bf3a12e0323ded7c982c5e101a5e67f0cbc1e2b6f57ce99c279"),
               &cose);
    ck_assert(cose_verify(fixture.arena, &cose, key));
    ck_assert(!cose_verify(fixture.arena, &cose, key_11())); /* control */
    /* Its claims are not sorted: the profile's strict reader would not take it. */
    ck_assert(!cbor_read(fixture.arena, cose.payload, &limits, &doc));
}
END_TEST

/* What we write for the draft's entries is what its example says, whatever zlib made of it. */
START_TEST(our_list_of_the_draft_s_entries) {
    struct sw1_status_list list;
    struct sw1_status_list back;
    ck_assert(read_list(2, unhex(two_bits), &list));
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        sw1_status_set(fixture.packed, entries[i].idx, (enum sw1_status)entries[i].status);
    }
    ck_assert(sw1_status_read(fixture.arena, sw1_fixture_status(&fixture), &fixture.trust, &back));
    ck_assert(span_equal(back.packed, list.packed));
}
END_TEST

CHECK_MAIN("vectors", setup, teardown, signatures_of_the_working_group, the_tag_is_18,
           a_list_of_the_draft, lists_of_other_widths, short_lists_of_the_draft,
           the_token_of_the_draft, our_list_of_the_draft_s_entries)
