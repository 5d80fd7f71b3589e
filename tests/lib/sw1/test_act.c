#include "../../../lib/sw1/act.h"

#include "../../support/check_main.h"
#include "../../support/sw1_fixture.h"

static struct sw1_fixture fixture;

static const struct span body = {"[\"closed\"]", 10};

static void setup(void) {
    sw1_fixture_init(&fixture, arena_new());
}

static void teardown(void) {
    arena_free(fixture.arena);
}

static struct span sign(const struct sw1_key *key, int64_t iat) {
    struct span signature = {0};
    ck_assert_int_eq(sw1_act_sign(fixture.arena, key, SW1_ACT_CLOSING, SPAN_LIT("FR:OFII"), iat,
                                  body, &signature),
                     OK);
    return signature;
}

static enum sw1_code check(struct span signature, struct span bytes, const char *kind) {
    struct sw1_act act;
    return sw1_act_verify(sw1_fixture_verifier(&fixture), fixture.arena, kind, bytes, signature,
                          FIXTURE_NOW, &act);
}

START_TEST(an_act_holds) {
    struct span signature = sign(fixture.document, FIXTURE_NOW);
    struct sw1_act act;
    ck_assert_int_eq(sw1_act_verify(sw1_fixture_verifier(&fixture), fixture.arena, SW1_ACT_CLOSING,
                                    body, signature, FIXTURE_NOW, &act),
                     SW1_VALID);
    ck_assert_int_eq(act.iat, FIXTURE_NOW);
    ck_assert(span_is(act.iss, "FR:OFII"));
    ck_assert_int_eq(check(signature, SPAN_LIT("[\"closed\"] "), SW1_ACT_CLOSING),
                     SW1_BAD_SIGNATURE);
    ck_assert_int_eq(check(signature, body, "noria-other-act"), SW1_BAD_SIGNATURE);
    ck_assert_int_eq(check(SPAN_LIT("x"), body, SW1_ACT_CLOSING), SW1_BAD_CBOR);
}
END_TEST

START_TEST(no_damage_is_accepted) {
    struct span good = sign(fixture.document, FIXTURE_NOW);
    for (size_t bit = 0; bit < good.len * 8; bit++) {
        char *copy = arena_copy(fixture.arena, good.ptr, good.len);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        ck_assert_int_ne(check((struct span){copy, good.len}, body, SW1_ACT_CLOSING), SW1_VALID);
    }
}
END_TEST

START_TEST(keys_are_those_of_documents) {
    ck_assert_int_eq(check(sign(fixture.status, FIXTURE_NOW), body, SW1_ACT_CLOSING),
                     SW1_KEY_WRONG_PURPOSE);
    ck_assert_int_eq(check(sign(fixture.root, FIXTURE_NOW), body, SW1_ACT_CLOSING),
                     SW1_UNKNOWN_KEY);
    ck_assert_int_eq(check(sign(fixture.document, 1), body, SW1_ACT_CLOSING),
                     SW1_KEY_NOT_VALID_AT_IAT);
}
END_TEST

/* An act is no document and a document is no act. */
START_TEST(kinds_are_not_mixed_up) {
    ck_assert_int_eq(
        sw1_fixture_code(&fixture, sw1_fixture_wrap(&fixture, sign(fixture.document, FIXTURE_NOW))),
        SW1_BAD_COSE);
    struct span cose;
    ck_assert_int_eq(cose_sign(fixture.arena, fixture.document, NULL,
                               sw1_claims_write(fixture.arena, &fixture.claims), &cose),
                     OK);
    ck_assert_int_eq(check(cose, body, SW1_ACT_CLOSING), SW1_BAD_COSE);
    ck_assert_int_eq(
        cose_sign(fixture.arena, fixture.document, SW1_ACT_TYP, SPAN_LIT("\xa0"), &cose), OK);
    ck_assert_int_eq(check(cose, body, SW1_ACT_CLOSING), SW1_BAD_CLAIMS);
}
END_TEST

START_TEST(the_trust_list_is_current) {
    struct span signature = sign(fixture.document, FIXTURE_NOW);
    struct sw1_act act;
    ck_assert_int_eq(sw1_act_verify(sw1_fixture_verifier(&fixture), fixture.arena, SW1_ACT_CLOSING,
                                    body, signature, fixture.trust.exp + 10000, &act),
                     SW1_TRUST_STALE);
}
END_TEST

CHECK_MAIN("act", setup, teardown, an_act_holds, no_damage_is_accepted, keys_are_those_of_documents,
           kinds_are_not_mixed_up, the_trust_list_is_current)
