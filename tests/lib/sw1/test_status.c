#include "../../../lib/sw1/status.h"

#include <string.h>
#include <zlib.h>

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

/* The draft's example of a 2-bit list (section "Compressed Byte Array"): 1 2 0 3 0 1 0 1 1 2 3 3.
 */
START_TEST(bits_lie_as_in_the_draft) {
    static const int values[] = {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
    uint8_t packed[3] = {0xFF, 0xFF, 0xFF};
    for (int i = 0; i < 12; i++) {
        sw1_status_set(packed, i, (enum sw1_status)values[i]);
    }
    ck_assert_mem_eq(packed, "\xC9\x44\xF9", 3);
    struct sw1_status_list list = {.packed = {(const char *)packed, 3}};
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(sw1_status_get(&list, i), values[i]);
    }
    ck_assert_int_eq(sw1_status_get(&list, 12), -1);
    ck_assert_int_eq(sw1_status_get(&list, INT64_MAX), -1);
    ck_assert_int_eq(sw1_status_get(&list, -1), -1);
}
END_TEST

START_TEST(a_list_comes_back) {
    struct sw1_status_list back;
    sw1_status_set(fixture.packed, 5, SW1_STATUS_REVOKED);
    sw1_status_set(fixture.packed, SW1_STATUS_ENTRIES - 1, SW1_STATUS_SUSPENDED);
    struct span bytes = sw1_fixture_status(&fixture);
    ck_assert_uint_lt(bytes.len, 2000);
    ck_assert(sw1_status_read(fixture.arena, bytes, &fixture.trust, &back));
    ck_assert(span_is(back.uri, FIXTURE_URI));
    ck_assert_int_eq(back.exp, fixture.list.exp);
    ck_assert_int_eq(back.iat, fixture.list.iat);
    ck_assert_int_eq(back.ttl, 43200);
    ck_assert_ptr_nonnull(back.aggregation.ptr);
    ck_assert_int_eq(sw1_status_get(&back, 4), SW1_STATUS_VALID);
    ck_assert_int_eq(sw1_status_get(&back, 5), SW1_STATUS_REVOKED);
    ck_assert_int_eq(sw1_status_get(&back, SW1_STATUS_ENTRIES - 1), SW1_STATUS_SUSPENDED);
    ck_assert_int_eq(sw1_status_get(&back, SW1_STATUS_ENTRIES), -1);
    fixture.list.aggregation.ptr = NULL;
    ck_assert(sw1_status_read(fixture.arena, sw1_fixture_status(&fixture), &fixture.trust, &back));
    ck_assert_ptr_null(back.aggregation.ptr);
}
END_TEST

START_TEST(damage_is_seen) {
    struct sw1_status_list back;
    struct span bytes = sw1_fixture_status(&fixture);
    int accepted = 0;
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        struct arena *arena = arena_new();
        char *copy = arena_copy(arena, bytes.ptr, bytes.len);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        accepted += sw1_status_read(arena, (struct span){copy, bytes.len}, &fixture.trust, &back);
        arena_free(arena);
    }
    ck_assert_int_eq(accepted, 0);
    ck_assert(sw1_status_read(fixture.arena, bytes, &fixture.trust, &back)); /* control */
}
END_TEST

START_TEST(only_a_status_key_in_its_window_signs) {
    struct sw1_status_list back;
    struct span bytes = sw1_fixture_status(&fixture);
    struct sw1_trust trust = fixture.trust;
    trust.keys[1].state = SW1_COMPROMISED;
    ck_assert(!sw1_status_read(fixture.arena, bytes, &trust, &back));
    trust = fixture.trust;
    trust.keys[1].not_after = fixture.list.iat - 1;
    ck_assert(!sw1_status_read(fixture.arena, bytes, &trust, &back));
    trust = fixture.trust;
    trust.count = 1;
    ck_assert(!sw1_status_read(fixture.arena, bytes, &trust, &back));
    ck_assert_int_eq(sw1_status_write(fixture.arena, &fixture.list, fixture.document, &bytes), OK);
    ck_assert(!sw1_status_read(fixture.arena, bytes, &fixture.trust, &back));
}
END_TEST

/* A list with these two bits and bytes, signed by the status key. */
static bool reads(uint64_t bits, struct span lst, int64_t iat, bool ttl) {
    struct cbor_writer writer;
    cbor_write_init(&writer, fixture.arena, 256);
    cbor_write_map(&writer);
    cbor_write_key(&writer, 2);
    cbor_write_text(&writer, SPAN_LIT(FIXTURE_URI));
    cbor_write_key(&writer, 4);
    cbor_write_int(&writer, FIXTURE_NOW + 100);
    cbor_write_key(&writer, 6);
    cbor_write_int(&writer, iat);
    if (!ttl) {
        cbor_write_key(&writer, SW1_CLAIM_TTL);
        cbor_write_int(&writer, -1);
    }
    cbor_write_key(&writer, SW1_CLAIM_STATUS_LIST);
    cbor_write_map(&writer);
    cbor_write_key_text(&writer, SW1_STATUS_BITS);
    cbor_write_uint(&writer, bits);
    cbor_write_key_text(&writer, SW1_STATUS_LST);
    cbor_write_bytes(&writer, lst);
    cbor_write_end(&writer);
    cbor_write_end(&writer);
    struct span bytes;
    struct sw1_status_list back;
    ck_assert_int_eq(
        cose_sign(fixture.arena, fixture.status, SW1_STATUS_TYP, cbor_written(&writer), &bytes),
        OK);
    return sw1_status_read(fixture.arena, bytes, &fixture.trust, &back);
}

static struct span zlib_of(size_t zeros) {
    uLongf size = compressBound(zeros);
    Bytef *in = arena_alloc(fixture.arena, zeros);
    Bytef *out = arena_alloc(fixture.arena, size + 1);
    ck_assert_int_eq(compress2(out, &size, in, zeros, 9), Z_OK);
    return (struct span){(const char *)out, size};
}

START_TEST(lists_are_well_formed) {
    struct span full = zlib_of(SW1_STATUS_PACKED);
    ck_assert(reads(2, full, FIXTURE_NOW, true)); /* control: without ttl and aggregation */
    ck_assert(!reads(2, full, FIXTURE_NOW, false));
    ck_assert(!reads(1, full, FIXTURE_NOW, true));
    ck_assert(!reads(4, full, FIXTURE_NOW, true));
    ck_assert(!reads(2, full, -1, true));
    ck_assert(!reads(2, SPAN_LIT("not zlib"), FIXTURE_NOW, true));
    ck_assert(!reads(2, (struct span){full.ptr, full.len - 1}, FIXTURE_NOW, true)); /* cut */
    ck_assert(!reads(2, (struct span){full.ptr, full.len + 1}, FIXTURE_NOW, true)); /* more */
    ck_assert(!reads(2, zlib_of(SW1_STATUS_PACKED + 1), FIXTURE_NOW, true));
    ck_assert(!reads(2, zlib_of(100 * 1024 * 1024), FIXTURE_NOW, true)); /* a bomb of 100 kB */
}
END_TEST

CHECK_MAIN("status", setup, teardown, bits_lie_as_in_the_draft, a_list_comes_back, damage_is_seen,
           only_a_status_key_in_its_window_signs, lists_are_well_formed)
