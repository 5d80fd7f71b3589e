#include "sw1_fixture.h"

#include <stdlib.h>

#include "../../lib/sw1/base45.h"

static void must(Err err) {
    if (err != OK) {
        abort();
    }
}

struct sw1_claims sw1_fixture_claims(void) {
    struct sw1_claims claims = sw1_claims_none();
    claims.iss = SPAN_LIT("FR:OFII");
    claims.exp = FIXTURE_NOW + 200 * (int64_t)FIXTURE_DAY;
    claims.nbf = claims.iat = FIXTURE_NOW - 10 * (int64_t)FIXTURE_DAY;
    claims.cti = SPAN_LIT("0123456789abcdef");
    claims.document_number = SPAN_LIT("2027-000123");
    claims.full_name = SPAN_LIT("EL AMRANI YOUSSEF");
    claims.birth_date = SPAN_LIT("19880229");
    claims.gender = 1;
    claims.nationality = SPAN_LIT("MA");
    claims.status_idx = 524287;
    claims.status_uri = SPAN_LIT(FIXTURE_URI);
    claims.kind = SW1_WORKER;
    claims.passport = SPAN_LIT("AB1234567");
    claims.employer = SPAN_LIT("EARL Les Vergers du Comtat");
    claims.siret = INT64_C(73282932000074);
    claims.commune = SPAN_LIT("84031");
    claims.rome = SPAN_LIT("A1401");
    claims.first_day = 20800;
    claims.last_day = 20950;
    claims.authorisation = SPAN_LIT("PFMOE-2027-55812");
    claims.second_name = SPAN_LIT("يوسف العمراني");
    claims.contract = SPAN_LIT("C27-00042-7");
    claims.campaign = SPAN_LIT("MA-2027");
    return claims;
}

void sw1_fixture_init(struct sw1_fixture *fixture, struct arena *arena) {
    *fixture = (struct sw1_fixture){.arena = arena, .settings = {SW1_SKEW, 0}};
    must(sw1_key_generate(arena, &fixture->root));
    must(sw1_key_generate(arena, &fixture->document));
    must(sw1_key_generate(arena, &fixture->status));
    int64_t from = FIXTURE_NOW - 100 * (int64_t)FIXTURE_DAY;
    int64_t to = FIXTURE_NOW + 100 * (int64_t)FIXTURE_DAY;
    fixture->trust = (struct sw1_trust){.iss = SPAN_LIT("FR:OFII"),
                                        .exp = to,
                                        .iat = FIXTURE_NOW - FIXTURE_DAY,
                                        .sequence = 7,
                                        .count = 2};
    fixture->trust.keys[0] =
        (struct sw1_trust_key){fixture->document, SW1_FOR_DOCUMENTS, from, to, SW1_ACTIVE};
    fixture->trust.keys[1] =
        (struct sw1_trust_key){fixture->status, SW1_FOR_STATUS, from, to, SW1_ACTIVE};
    fixture->packed = arena_alloc(arena, SW1_STATUS_PACKED);
    fixture->list = (struct sw1_status_list){
        .uri = SPAN_LIT(FIXTURE_URI),
        .exp = FIXTURE_NOW + 2 * FIXTURE_DAY,
        .iat = FIXTURE_NOW - 3600,
        .ttl = 43200,
        .aggregation = SPAN_LIT("https://noria.example/.well-known/noria/lists"),
        .packed = {(const char *)fixture->packed, SW1_STATUS_PACKED}};
    fixture->claims = sw1_fixture_claims();
}

struct span sw1_fixture_trust(const struct sw1_fixture *fixture) {
    struct span bytes = {0};
    must(sw1_trust_write(fixture->arena, &fixture->trust, fixture->root, &bytes));
    return bytes;
}

struct span sw1_fixture_status(const struct sw1_fixture *fixture) {
    struct span bytes = {0};
    must(sw1_status_write(fixture->arena, &fixture->list, fixture->status, &bytes));
    return bytes;
}

struct sw1_verifier *sw1_fixture_verifier(const struct sw1_fixture *fixture) {
    struct sw1_verifier *verifier =
        sw1_verifier_new(fixture->arena, fixture->root, &fixture->settings, NULL);
    if (sw1_verifier_trust(verifier, sw1_fixture_trust(fixture)) != SW1_VALID ||
        sw1_verifier_status(verifier, sw1_fixture_status(fixture)) != SW1_VALID) {
        abort();
    }
    return verifier;
}

struct span sw1_fixture_text(const struct sw1_fixture *fixture) {
    struct span text = {0};
    must(sw1_issue(fixture->arena, fixture->document, &fixture->claims, &text));
    return text;
}

struct span sw1_fixture_wrap(const struct sw1_fixture *fixture, struct span cose) {
    struct buf out;
    buf_init(&out, fixture->arena, 64);
    buf_text(&out, SW1_PREFIX);
    struct span body = base45_encode(fixture->arena, cose);
    buf_add(&out, body.ptr, body.len);
    return (struct span){out.ptr, out.len};
}

struct span sw1_fixture_payload(const struct sw1_fixture *fixture, struct span payload) {
    struct span cose = {0};
    must(cose_sign(fixture->arena, fixture->document, NULL, payload, &cose));
    return sw1_fixture_wrap(fixture, cose);
}

enum sw1_code sw1_fixture_code(const struct sw1_fixture *fixture, struct span text) {
    struct sw1_answer answer;
    sw1_verify(sw1_fixture_verifier(fixture), fixture->arena, text, FIXTURE_NOW, &answer);
    return answer.code;
}
