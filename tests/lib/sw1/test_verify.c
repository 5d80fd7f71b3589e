#include "../../../lib/sw1/verify.h"

#include <string.h>

#include "../../../lib/sw1/base45.h"
#include "../../support/check_main.h"
#include "../../support/sw1_fixture.h"

static struct sw1_fixture fixture;

static void setup(void) {
    sw1_fixture_init(&fixture, arena_new());
}

static void teardown(void) {
    arena_free(fixture.arena);
}

/* The answer of a verifier to the fixture's document at `now`. */
static enum sw1_code at(const struct sw1_verifier *verifier, int64_t now) {
    struct sw1_answer answer;
    sw1_verify(verifier, fixture.arena, sw1_fixture_text(&fixture), now, &answer);
    return answer.code;
}

#define CODE(text) sw1_fixture_code(&fixture, text)

START_TEST(a_good_document_is_shown) {
    struct sw1_answer answer;
    sw1_verify(sw1_fixture_verifier(&fixture), fixture.arena, sw1_fixture_text(&fixture),
               FIXTURE_NOW, &answer);
    ck_assert_int_eq(answer.code, SW1_VALID);
    ck_assert(answer.shown);
    ck_assert(span_is(answer.claims.full_name, "EL AMRANI YOUSSEF"));
    ck_assert_int_eq(answer.status_iat, fixture.list.iat);
    ck_assert_mem_eq(answer.kid.ptr, sw1_key_kid(fixture.document), SW1_KID);
}
END_TEST

START_TEST(texts_that_are_none) {
    ck_assert_int_eq(CODE(SPAN_LIT("")), SW1_BAD_PREFIX);
    ck_assert_int_eq(CODE(SPAN_LIT("SW1")), SW1_BAD_PREFIX);
    ck_assert_int_eq(CODE(SPAN_LIT("sw1:BB8")), SW1_BAD_PREFIX);
    ck_assert_int_eq(CODE(SPAN_LIT("HC1:BB8")), SW1_BAD_PREFIX);
    ck_assert_int_eq(CODE(SPAN_LIT(" SW1:BB8")), SW1_BAD_PREFIX);
    ck_assert_int_eq(CODE(SPAN_LIT("SW1:b")), SW1_BAD_BASE45);
    ck_assert_int_eq(CODE(SPAN_LIT("SW1:BB8\n")), SW1_BAD_BASE45);
    ck_assert_int_eq(CODE(SPAN_LIT("SW1:")), SW1_BAD_CBOR);
    ck_assert_int_eq(CODE(SPAN_LIT("SW1:BB8BB8")), SW1_BAD_CBOR);
    ck_assert_int_eq(CODE(SPAN_LIT("SW1:BB8")), SW1_BAD_COSE); /* h'42' alone */
    char *longest = arena_alloc(fixture.arena, SW1_TEXT_MAX + 1);
    memset(longest, '0', SW1_TEXT_MAX + 1);
    ck_assert_int_eq(CODE(((struct span){longest, SW1_TEXT_MAX + 1})), SW1_TOO_LONG);
    ck_assert_int_eq(CODE(((struct span){longest, SW1_TEXT_MAX})), SW1_BAD_PREFIX);
}
END_TEST

/* Every bit and every length of a document's text and of its COSE bytes: none is accepted. */
START_TEST(no_damage_is_accepted) {
    const struct sw1_verifier *verifier = sw1_fixture_verifier(&fixture);
    struct span text = sw1_fixture_text(&fixture);
    struct span cose;
    ck_assert(base45_decode(fixture.arena, (struct span){text.ptr + 4, text.len - 4}, &cose));
    int accepted = 0;
    int shown = 0;
    for (int layer = 0; layer < 2; layer++) {
        struct span whole = layer == 0 ? text : cose;
        for (size_t bit = 0; bit < whole.len * 8 + whole.len; bit++) {
            struct arena *arena = arena_new();
            char *copy = arena_copy(arena, whole.ptr, whole.len);
            struct span damaged = {copy, whole.len};
            if (bit < whole.len * 8) {
                copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
            } else {
                damaged.len = bit - whole.len * 8;
            }
            struct sw1_answer answer;
            struct sw1_fixture scratch = {.arena = arena};
            sw1_verify(verifier, arena, layer == 0 ? damaged : sw1_fixture_wrap(&scratch, damaged),
                       FIXTURE_NOW, &answer);
            accepted += answer.code == SW1_VALID;
            shown += answer.shown;
            arena_free(arena);
        }
    }
    ck_assert_int_eq(accepted, 0);
    ck_assert_int_eq(shown, 0);
    ck_assert_int_eq(CODE(text), SW1_VALID); /* control */
}
END_TEST

/* COSE bytes with one part replaced. */
struct parts {
    const char *head; /* hex of tag and array */
    const char *protected;
    const char *unprotected;
    const char *payload; /* NULL: the fixture's claims, signed */
    size_t signature;    /* bytes */
};

static enum sw1_code code_of(struct parts parts) {
    struct arena *arena = fixture.arena;
    struct span payload = sw1_claims_write(arena, &fixture.claims);
    const char *body = parts.payload != NULL
                           ? parts.payload
                           : arena_printf(arena, "59%04zx%s", payload.len,
                                          text_hex(arena, payload.ptr, payload.len));
    struct buf hex;
    buf_init(&hex, arena, 2048);
    buf_printf(&hex, "%s%s%s%s", parts.head, parts.protected, parts.unprotected, body);
    buf_printf(&hex, parts.signature < 256 ? "58%02zx" : "59%04zx", parts.signature);
    for (size_t i = 0; i < parts.signature; i++) {
        buf_text(&hex, "5a");
    }
    char *bytes = arena_alloc(arena, hex.len / 2);
    ck_assert(text_unhex((struct span){hex.ptr, hex.len}, bytes, hex.len / 2));
    return CODE(sw1_fixture_wrap(&fixture, (struct span){bytes, hex.len / 2}));
}

static const char *header(const char *format) {
    const char *kid = text_hex(fixture.arena, sw1_key_kid(fixture.document), SW1_KID);
    return arena_printf(fixture.arena, "%s%s", format, kid);
}

START_TEST(shapes_of_cose) {
    const char *good = header("4da201260448");
    ck_assert_int_eq(code_of((struct parts){"d284", good, "a0", NULL, 64}), SW1_BAD_SIGNATURE);
    ck_assert_int_eq(code_of((struct parts){"84", good, "a0", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d184", good, "a0", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d83dd284", good, "a0", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d285", good, "a000", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d283", good, "", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", good, "a10441aa", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", good, "80", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", good, "a0", "f6", 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", good, "a0", NULL, 63}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", good, "a0", NULL, 65}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", "a0", "a0", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", "40", "a0", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", "4100", "a0", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", "43a10126", "a0", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", "45a201260440", "a0", NULL, 64}), SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", "41ff", "a0", NULL, 64}), SW1_BAD_CBOR);
    ck_assert_int_eq(code_of((struct parts){"d284", good, "a0", "42a100", 64}), SW1_BAD_CBOR);
    ck_assert_int_eq(code_of((struct parts){"d284", good, "a0", "40", 64}), SW1_BAD_CBOR);
    /* alg missing, alg of another type, a third member (crit), typ of a list. */
    ck_assert_int_eq(code_of((struct parts){"d284", header("4da203260448"), "a0", NULL, 64}),
                     SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", header("4da201f60448"), "a0", NULL, 64}),
                     SW1_BAD_COSE);
    ck_assert_int_eq(code_of((struct parts){"d284", header("50a301260281040448"), "a0", NULL, 64}),
                     SW1_BAD_COSE);
    struct span cose;
    ck_assert_int_eq(cose_sign(fixture.arena, fixture.document, SW1_TRUST_TYP,
                               sw1_claims_write(fixture.arena, &fixture.claims), &cose),
                     OK);
    ck_assert_int_eq(CODE(sw1_fixture_wrap(&fixture, cose)), SW1_BAD_COSE);
}
END_TEST

START_TEST(the_key_fixes_the_algorithm) {
    /* ES384, EdDSA, HS256, RS256 (signature of 256 bytes), "ES256" as text, and 7 for -7. */
    static const char *const headers[] = {"4ea201382204"
                                          "48",
                                          "4da201270448",
                                          "4da201050448",
                                          "4fa2013901000448",
                                          "52a2016545533235360448",
                                          "4da201070448"};
    static const size_t sizes[] = {96, 64, 32, 256, 64, 64};
    for (size_t i = 0; i < 6; i++) {
        ck_assert_int_eq(code_of((struct parts){"d284", header(headers[i]), "a0", NULL, sizes[i]}),
                         SW1_ALG_NOT_ALLOWED);
    }
}
END_TEST

/* Payloads that are no strict CBOR, signed by the right key. */
START_TEST(broken_payloads_with_a_good_signature) {
    static const char *const broken[] = {
        "bf01616104ff", "a201616101616204",   "a2040001616104",   "a1180100",
        "a101f97e00",   "a10161ff",           "a1015f4100ff",     "a1",
        "a0a0",         "9b000000ffffffffff", "ba7fffffff010203", "81818181818181818100",
        "5affffffff00",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        size_t size = strlen(broken[i]) / 2;
        char bytes[32];
        ck_assert(size <= sizeof bytes && text_unhex(span_of(broken[i]), bytes, size));
        ck_assert_msg(CODE(sw1_fixture_payload(&fixture, (struct span){bytes, size})) ==
                          SW1_BAD_CBOR,
                      "%s", broken[i]);
    }
    char many[1 + 300];
    memset(many, 0, sizeof many);
    memcpy(many, "\x99\x01\x29", 3); /* 297 zeros: more items than a document has */
    ck_assert_int_eq(CODE(sw1_fixture_payload(&fixture, (struct span){many, 300})), SW1_BAD_CBOR);
    ck_assert_int_eq(CODE(sw1_fixture_payload(&fixture, SPAN_LIT("\xa0"))), SW1_BAD_CLAIMS);
    ck_assert_int_eq(CODE(sw1_fixture_payload(&fixture, SPAN_LIT("\x80"))), SW1_BAD_CLAIMS);
    ck_assert_int_eq(CODE(sw1_fixture_payload(&fixture, SPAN_LIT("\xa1\x06\x61x"))),
                     SW1_BAD_CLAIMS);
}
END_TEST

START_TEST(claims_are_not_shown_before_the_signature) {
    struct sw1_answer answer;
    struct sw1_trust_key *key = &fixture.trust.keys[0];
    struct span text = sw1_fixture_text(&fixture);
    key->state = SW1_COMPROMISED;
    sw1_verify(sw1_fixture_verifier(&fixture), fixture.arena, text, FIXTURE_NOW, &answer);
    ck_assert_int_eq(answer.code, SW1_KEY_COMPROMISED);
    ck_assert(!answer.shown && answer.claims.full_name.ptr == NULL);
    sw1_verify(sw1_fixture_verifier(&fixture), fixture.arena,
               sw1_fixture_payload(&fixture, SPAN_LIT("\xa0")), FIXTURE_NOW, &answer);
    ck_assert(!answer.shown);
}
END_TEST

START_TEST(keys_of_the_trust_list) {
    struct sw1_trust good = fixture.trust;
    struct span text = sw1_fixture_text(&fixture);
    int64_t iat = fixture.claims.iat;
    ck_assert_int_eq(CODE(text), SW1_VALID);
    fixture.trust.keys[0].purpose = SW1_FOR_STATUS;
    ck_assert_int_eq(CODE(text), SW1_KEY_WRONG_PURPOSE);
    fixture.trust = good;
    fixture.trust.keys[0].state = SW1_RETIRED;
    ck_assert_int_eq(CODE(text), SW1_VALID);
    fixture.trust.keys[0].not_after = iat - 1;
    ck_assert_int_eq(CODE(text), SW1_KEY_NOT_VALID_AT_IAT);
    fixture.trust = good;
    fixture.trust.keys[0].not_before = iat + 1;
    ck_assert_int_eq(CODE(text), SW1_KEY_NOT_VALID_AT_IAT);
    fixture.trust = good;
    struct sw1_key *other;
    ck_assert_int_eq(sw1_key_generate(fixture.arena, &other), OK);
    fixture.trust.keys[0].key = other;
    ck_assert_int_eq(CODE(text), SW1_UNKNOWN_KEY);
}
END_TEST

START_TEST(dates_with_skew) {
    const struct sw1_verifier *verifier = sw1_fixture_verifier(&fixture);
    fixture.claims.nbf = FIXTURE_NOW - 100;
    fixture.claims.exp = FIXTURE_NOW + 5000;
    /* RFC 8392 section 3.1.4: "on or after which the CWT MUST NOT be accepted". */
    ck_assert_int_eq(at(verifier, FIXTURE_NOW + 4999 + SW1_SKEW), SW1_VALID);
    ck_assert_int_eq(at(verifier, FIXTURE_NOW + 5000 + SW1_SKEW), SW1_EXPIRED);
    ck_assert_int_eq(at(verifier, FIXTURE_NOW - 100 - SW1_SKEW), SW1_VALID);
    ck_assert_int_eq(at(verifier, FIXTURE_NOW - 101 - SW1_SKEW), SW1_NOT_YET_VALID);
    fixture.claims.nbf = 0;
    fixture.claims.iat = FIXTURE_NOW + SW1_SKEW + 1;
    ck_assert_int_eq(at(verifier, FIXTURE_NOW), SW1_NOT_YET_VALID);
    ck_assert_int_eq(at(verifier, FIXTURE_NOW + 1), SW1_VALID);
    /* An end is certain, however old the lists are; a beginning too, unless the clock is in doubt.
     */
    ck_assert_int_eq(at(verifier, fixture.trust.exp + FIXTURE_DAY), SW1_EXPIRED);
}
END_TEST

START_TEST(states_of_a_document) {
    struct span text = sw1_fixture_text(&fixture);
    ck_assert_int_eq(CODE(text), SW1_VALID);
    sw1_status_set(fixture.packed, fixture.claims.status_idx, SW1_STATUS_REVOKED);
    ck_assert_int_eq(CODE(text), SW1_REVOKED);
    sw1_status_set(fixture.packed, fixture.claims.status_idx, SW1_STATUS_SUSPENDED);
    ck_assert_int_eq(CODE(text), SW1_SUSPENDED);
    sw1_status_set(fixture.packed, fixture.claims.status_idx, (enum sw1_status)3);
    ck_assert_int_eq(CODE(text), SW1_STATUS_MISSING);
    sw1_status_set(fixture.packed, fixture.claims.status_idx, SW1_STATUS_VALID);
    sw1_status_set(fixture.packed, fixture.claims.status_idx - 1, SW1_STATUS_REVOKED);
    sw1_status_set(fixture.packed, fixture.claims.status_idx + 1, SW1_STATUS_SUSPENDED);
    ck_assert_int_eq(CODE(text), SW1_VALID);
    fixture.claims.status_idx = SW1_STATUS_ENTRIES;
    ck_assert_int_eq(CODE(sw1_fixture_text(&fixture)), SW1_STATUS_MISSING);
    fixture.claims.status_idx = 0;
    fixture.claims.status_uri = SPAN_LIT("https://noria.example/.well-known/noria/status-2.cwt");
    ck_assert_int_eq(CODE(sw1_fixture_text(&fixture)), SW1_STATUS_MISSING);
}
END_TEST

START_TEST(old_lists) {
    const struct sw1_verifier *verifier = sw1_fixture_verifier(&fixture);
    int64_t exp = fixture.list.exp;
    ck_assert_int_eq(at(verifier, exp + SW1_SKEW - 1), SW1_VALID);
    ck_assert_int_eq(at(verifier, exp + SW1_SKEW), SW1_STATUS_STALE);
    fixture.settings.max_status_age = 7200;
    verifier = sw1_fixture_verifier(&fixture);
    ck_assert_int_eq(at(verifier, fixture.list.iat + 7200 + SW1_SKEW), SW1_VALID);
    ck_assert_int_eq(at(verifier, fixture.list.iat + 7201 + SW1_SKEW), SW1_STATUS_STALE);
    fixture.settings.max_status_age = 0;
    fixture.list.exp = SW1_TIME_MAX;
    verifier = sw1_fixture_verifier(&fixture);
    ck_assert_int_eq(at(verifier, fixture.trust.exp + SW1_SKEW - 1), SW1_VALID);
    ck_assert_int_eq(at(verifier, fixture.trust.exp + SW1_SKEW), SW1_TRUST_STALE);
}
END_TEST

START_TEST(no_trust_list_or_a_false_one) {
    struct sw1_verifier *verifier =
        sw1_verifier_new(fixture.arena, fixture.root, &fixture.settings, NULL);
    ck_assert_ptr_null(sw1_verifier_keys(verifier));
    ck_assert_int_eq(at(verifier, FIXTURE_NOW), SW1_TRUST_STALE);
    ck_assert_int_eq(sw1_verifier_status(verifier, sw1_fixture_status(&fixture)),
                     SW1_STATUS_MISSING);
    ck_assert_int_eq(sw1_verifier_current(verifier, FIXTURE_NOW), SW1_TRUST_STALE);
    ck_assert_int_eq(sw1_verifier_trust(verifier, SPAN_LIT("nonsense")), SW1_TRUST_STALE);
    ck_assert_int_eq(sw1_verifier_trust(verifier, (struct span){NULL, SW1_TRUST_SIZE_MAX + 1}),
                     SW1_TRUST_STALE);
    ck_assert_int_eq(sw1_verifier_trust(verifier, sw1_fixture_trust(&fixture)), SW1_VALID);
    ck_assert_int_eq(at(verifier, FIXTURE_NOW), SW1_STATUS_MISSING);
    ck_assert_int_eq(sw1_verifier_status(verifier, SPAN_LIT("nonsense")), SW1_STATUS_MISSING);
    ck_assert_int_eq(sw1_verifier_status(verifier, (struct span){NULL, SW1_STATUS_SIZE_MAX + 1}),
                     SW1_STATUS_MISSING);
    ck_assert_int_eq(sw1_verifier_status(verifier, sw1_fixture_status(&fixture)), SW1_VALID);
    ck_assert_int_eq(at(verifier, FIXTURE_NOW), SW1_VALID);
    ck_assert_ptr_nonnull(sw1_verifier_keys(verifier));
}
END_TEST

START_TEST(lists_are_not_played_back) {
    struct span old_trust = sw1_fixture_trust(&fixture);
    struct span old_status = sw1_fixture_status(&fixture);
    fixture.trust.sequence++;
    fixture.list.iat++;
    const struct sw1_memory *memory = sw1_verifier_memory(sw1_fixture_verifier(&fixture));
    ck_assert_int_eq(memory->trust_sequence, 8);
    ck_assert_int_eq(memory->newest, fixture.list.iat);

    struct sw1_verifier *later =
        sw1_verifier_new(fixture.arena, fixture.root, &fixture.settings, memory);
    ck_assert_int_eq(sw1_verifier_trust(later, old_trust), SW1_TRUST_STALE);
    ck_assert_int_eq(at(later, FIXTURE_NOW), SW1_TRUST_STALE);
    ck_assert_int_eq(sw1_verifier_trust(later, sw1_fixture_trust(&fixture)), SW1_VALID);
    ck_assert_int_eq(sw1_verifier_status(later, old_status), SW1_STATUS_STALE);
    ck_assert_int_eq(at(later, FIXTURE_NOW), SW1_STATUS_STALE);
    ck_assert_int_eq(sw1_verifier_status(later, sw1_fixture_status(&fixture)), SW1_VALID);
    ck_assert_int_eq(at(later, FIXTURE_NOW), SW1_VALID);
    /* Control: without the memory the old lists pass. */
    struct sw1_verifier *naive =
        sw1_verifier_new(fixture.arena, fixture.root, &fixture.settings, NULL);
    ck_assert_int_eq(sw1_verifier_trust(naive, old_trust), SW1_VALID);
    ck_assert_int_eq(sw1_verifier_status(naive, old_status), SW1_VALID);
    /* A newer list takes the former's place within a run, an older one does not. */
    ck_assert_int_eq(sw1_verifier_status(naive, sw1_fixture_status(&fixture)), SW1_VALID);
    ck_assert_int_eq(sw1_verifier_status(naive, old_status), SW1_STATUS_STALE);
    ck_assert_int_eq(sw1_verifier_memory(naive)->count, 1);
}
END_TEST

START_TEST(a_clock_that_went_back) {
    const struct sw1_verifier *verifier = sw1_fixture_verifier(&fixture);
    int64_t newest = fixture.list.iat;
    ck_assert_int_eq(at(verifier, newest - SW1_SKEW), SW1_VALID);
    ck_assert_int_eq(at(verifier, newest - SW1_SKEW - 1), SW1_CLOCK_DOUBTFUL);
    /* Even for a document whose dates would refuse it: the clock is not believed. */
    fixture.claims.nbf = newest;
    ck_assert_int_eq(at(verifier, newest - SW1_SKEW - 1), SW1_CLOCK_DOUBTFUL);
    struct sw1_memory memory = {.newest = FIXTURE_NOW + 10000};
    struct sw1_verifier *later =
        sw1_verifier_new(fixture.arena, fixture.root, &fixture.settings, &memory);
    ck_assert_int_eq(sw1_verifier_trust(later, sw1_fixture_trust(&fixture)), SW1_VALID);
    ck_assert_int_eq(at(later, FIXTURE_NOW), SW1_CLOCK_DOUBTFUL);
}
END_TEST

START_TEST(lists_without_number) {
    struct sw1_verifier *verifier =
        sw1_verifier_new(fixture.arena, fixture.root, &fixture.settings, NULL);
    ck_assert_int_eq(sw1_verifier_trust(verifier, sw1_fixture_trust(&fixture)), SW1_VALID);
    for (int i = 0; i <= SW1_LISTS_MAX; i++) {
        fixture.list.uri = span_of(arena_printf(fixture.arena, "https://noria.example/%d", i));
        fixture.list.packed.len = 16;
        ck_assert_int_eq(sw1_verifier_status(verifier, sw1_fixture_status(&fixture)),
                         i < SW1_LISTS_MAX ? SW1_VALID : SW1_STATUS_MISSING);
    }
}
END_TEST

START_TEST(a_passport_is_compared) {
    const struct sw1_claims *claims = &fixture.claims;
    ck_assert_int_eq(sw1_holder(claims, SPAN_LIT("AB1234567")), SW1_VALID);
    ck_assert_int_eq(sw1_holder(claims, SPAN_LIT(" ab 123-4567<")), SW1_VALID);
    ck_assert_int_eq(sw1_holder(claims, SPAN_LIT("AB1234568")), SW1_HOLDER_MISMATCH);
    ck_assert_int_eq(sw1_holder(claims, SPAN_LIT("AB123456")), SW1_HOLDER_MISMATCH);
    ck_assert_int_eq(sw1_holder(claims, SPAN_LIT("AB12345678")), SW1_HOLDER_MISMATCH);
    ck_assert_int_eq(sw1_holder(claims, SPAN_LIT("")), SW1_HOLDER_MISMATCH);
    fixture.claims.passport = (struct span){0};
    ck_assert_int_eq(sw1_holder(claims, SPAN_LIT("")), SW1_HOLDER_MISMATCH);
}
END_TEST

START_TEST(what_cannot_be_issued) {
    struct span text;
    fixture.claims.full_name = (struct span){0};
    ck_assert_int_eq(sw1_issue(fixture.arena, fixture.document, &fixture.claims, &text),
                     ERR_DOCUMENT_CLAIMS);
    sw1_fixture_init(&fixture, fixture.arena);
    struct span bytes;
    struct sw1_key *open;
    ck_assert_int_eq(sw1_key_write(fixture.arena, fixture.document, false, &bytes), OK);
    ck_assert(sw1_key_read(fixture.arena, bytes, &open));
    ck_assert_int_eq(sw1_issue(fixture.arena, open, &fixture.claims, &text), ERR_CRYPTO);
}
END_TEST

static struct span filled(size_t len) {
    char *text = arena_alloc(fixture.arena, len);
    memset(text, 'X', len);
    return (struct span){text, len};
}

/* Every text at its longest: it still fits, and is verified. */
START_TEST(the_longest_document) {
    struct sw1_claims *claims = &fixture.claims;
    claims->iss = filled(100);
    claims->document_number = claims->authorisation = claims->contract = claims->campaign =
        filled(60);
    claims->full_name = filled(200);
    fixture.list.uri = claims->status_uri = filled(300);
    claims->passport = filled(40);
    claims->employer = claims->second_name = filled(400);
    claims->commune = claims->rome = filled(20);
    struct span text = sw1_fixture_text(&fixture);
    ck_assert_uint_le(text.len, 3391);
    ck_assert_int_eq(CODE(text), SW1_VALID);
    claims->full_name = filled(201);
    ck_assert_str_eq(sw1_claims_check(claims), "full_name");
}
END_TEST

CHECK_MAIN("verify", setup, teardown, a_good_document_is_shown, texts_that_are_none,
           no_damage_is_accepted, shapes_of_cose, the_key_fixes_the_algorithm,
           broken_payloads_with_a_good_signature, claims_are_not_shown_before_the_signature,
           keys_of_the_trust_list, dates_with_skew, states_of_a_document, old_lists,
           no_trust_list_or_a_false_one, lists_are_not_played_back, a_clock_that_went_back,
           lists_without_number, a_passport_is_compared, what_cannot_be_issued,
           the_longest_document)
