#include "../../../lib/sw1/trust.h"

#include <string.h>

#include "../../support/check_main.h"
#include "../../support/sw1_fixture.h"

static struct sw1_fixture fixture;

static void setup(void) {
    sw1_fixture_init(&fixture, arena_new());
}

static void teardown(void) {
    arena_free(fixture.arena);
}

START_TEST(a_list_comes_back) {
    struct sw1_trust back;
    fixture.trust.keys[1].state = SW1_RETIRED;
    ck_assert(sw1_trust_read(fixture.arena, sw1_fixture_trust(&fixture), fixture.root, &back));
    ck_assert(span_is(back.iss, "FR:OFII"));
    ck_assert_int_eq(back.sequence, 7);
    ck_assert_int_eq(back.exp, fixture.trust.exp);
    ck_assert_int_eq(back.iat, fixture.trust.iat);
    ck_assert_int_eq(back.count, 2);
    ck_assert(sw1_key_same(back.keys[0].key, fixture.document));
    ck_assert_int_eq(back.keys[1].purpose, SW1_FOR_STATUS);
    ck_assert_int_eq(back.keys[1].state, SW1_RETIRED);
    ck_assert_int_eq(back.keys[1].not_after, fixture.trust.keys[1].not_after);
    struct span kid = {(const char *)sw1_key_kid(fixture.status), SW1_KID};
    ck_assert_ptr_eq(sw1_trust_find(&back, kid), &back.keys[1]);
    ck_assert_ptr_null(sw1_trust_find(&back, SPAN_LIT("12345678")));
}
END_TEST

START_TEST(only_the_root_signs) {
    struct sw1_trust back;
    struct span bytes;
    ck_assert_int_eq(sw1_trust_write(fixture.arena, &fixture.trust, fixture.document, &bytes), OK);
    ck_assert(!sw1_trust_read(fixture.arena, bytes, fixture.root, &back));
    bytes = sw1_fixture_trust(&fixture);
    ck_assert(sw1_trust_read(fixture.arena, bytes, fixture.root, &back)); /* control */
    int accepted = 0;
    for (size_t bit = 0; bit < bytes.len * 8; bit++) {
        char *copy = arena_copy(fixture.arena, bytes.ptr, bytes.len);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        accepted +=
            sw1_trust_read(fixture.arena, (struct span){copy, bytes.len}, fixture.root, &back);
    }
    ck_assert_int_eq(accepted, 0);
    for (size_t len = 0; len < bytes.len; len++) {
        ck_assert(
            !sw1_trust_read(fixture.arena, (struct span){bytes.ptr, len}, fixture.root, &back));
    }
}
END_TEST

/* A list signed by the root from claims made here. */
static bool reads(void (*write)(struct cbor_writer *writer)) {
    struct cbor_writer writer;
    cbor_write_init(&writer, fixture.arena, 256);
    cbor_write_map(&writer);
    write(&writer);
    cbor_write_end(&writer);
    struct span bytes;
    struct sw1_trust back;
    ck_assert_int_eq(
        cose_sign(fixture.arena, fixture.root, SW1_TRUST_TYP, cbor_written(&writer), &bytes), OK);
    return sw1_trust_read(fixture.arena, bytes, fixture.root, &back);
}

static void number(struct cbor_writer *writer, int64_t key, int64_t value) {
    cbor_write_key(writer, key);
    cbor_write_int(writer, value);
}

static void head(struct cbor_writer *writer) {
    cbor_write_key(writer, 1);
    cbor_write_text(writer, SPAN_LIT("FR:OFII"));
    number(writer, 4, FIXTURE_NOW);
    number(writer, 6, FIXTURE_NOW);
    number(writer, -70010, 1);
    cbor_write_key(writer, -70011);
}

static void key_with(struct cbor_writer *writer, int64_t purpose, int64_t from, int64_t to,
                     int64_t state) {
    cbor_write_map(writer);
    sw1_key_write_members(writer, fixture.document);
    number(writer, -70012, purpose);
    number(writer, -70013, from);
    number(writer, -70014, to);
    number(writer, -70015, state);
    cbor_write_end(writer);
}

static void good(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, 1);
    key_with(writer, 1, 0, 1, 0);
}

static void no_keys_at_all(struct cbor_writer *writer) {
    head(writer);
    cbor_write_int(writer, 0);
}

static void too_many_keys(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, SW1_TRUST_KEYS_MAX + 1);
    for (int i = 0; i <= SW1_TRUST_KEYS_MAX; i++) {
        cbor_write_int(writer, 0);
    }
}

static void key_twice(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, 2);
    key_with(writer, 1, 0, 1, 2);
    key_with(writer, 1, 0, 1, 0);
}

static void purpose_zero(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, 1);
    key_with(writer, 0, 0, 1, 0);
}

static void purpose_three(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, 1);
    key_with(writer, 3, 0, 1, 0);
}

static void negative_window(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, 1);
    key_with(writer, 1, -1, 1, 0);
}

static void negative_end(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, 1);
    key_with(writer, 1, 0, -1, 0);
}

static void unknown_state(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, 1);
    key_with(writer, 1, 0, 1, 3);
}

static void private_key(struct cbor_writer *writer) {
    struct span bytes;
    ck_assert_int_eq(sw1_key_write(fixture.arena, fixture.document, true, &bytes), OK);
    head(writer);
    cbor_write_array(writer, 1);
    cbor_write_map(writer);
    sw1_key_write_members(writer, fixture.document);
    number(writer, -70012, 1);
    number(writer, -70013, 0);
    number(writer, -70014, 1);
    number(writer, -70015, 0);
    cbor_write_key(writer, -4);
    cbor_write_bytes(writer, (struct span){bytes.ptr + bytes.len - 32, 32});
    cbor_write_end(writer);
}

static void not_a_key(struct cbor_writer *writer) {
    head(writer);
    cbor_write_array(writer, 1);
    cbor_write_int(writer, 7);
}

static void no_issuer(struct cbor_writer *writer) {
    number(writer, 1, 1);
}

START_TEST(lists_are_well_formed) {
    ck_assert(reads(good)); /* control */
    ck_assert(!reads(no_keys_at_all));
    ck_assert(!reads(too_many_keys));
    ck_assert(!reads(key_twice));
    ck_assert(!reads(purpose_zero));
    ck_assert(!reads(purpose_three));
    ck_assert(!reads(negative_window));
    ck_assert(!reads(negative_end));
    ck_assert(!reads(unknown_state));
    ck_assert(!reads(private_key));
    ck_assert(!reads(not_a_key));
    ck_assert(!reads(no_issuer));
}
END_TEST

START_TEST(what_a_key_may) {
    struct sw1_trust_key key = {fixture.document, SW1_FOR_DOCUMENTS, 100, 200, SW1_ACTIVE};
    ck_assert_int_eq(sw1_trust_allows(&key, SW1_FOR_DOCUMENTS, 100), SW1_VALID);
    ck_assert_int_eq(sw1_trust_allows(&key, SW1_FOR_DOCUMENTS, 200), SW1_VALID);
    ck_assert_int_eq(sw1_trust_allows(&key, SW1_FOR_DOCUMENTS, 99), SW1_KEY_NOT_VALID_AT_IAT);
    ck_assert_int_eq(sw1_trust_allows(&key, SW1_FOR_DOCUMENTS, 201), SW1_KEY_NOT_VALID_AT_IAT);
    ck_assert_int_eq(sw1_trust_allows(&key, SW1_FOR_STATUS, 150), SW1_KEY_WRONG_PURPOSE);
    key.state = SW1_RETIRED;
    ck_assert_int_eq(sw1_trust_allows(&key, SW1_FOR_DOCUMENTS, 150), SW1_VALID);
    key.state = SW1_COMPROMISED;
    ck_assert_int_eq(sw1_trust_allows(&key, SW1_FOR_DOCUMENTS, 150), SW1_KEY_COMPROMISED);
    ck_assert_int_eq(sw1_trust_allows(&key, SW1_FOR_STATUS, 150), SW1_KEY_WRONG_PURPOSE);
}
END_TEST

CHECK_MAIN("trust", setup, teardown, a_list_comes_back, only_the_root_signs, lists_are_well_formed,
           what_a_key_may)
