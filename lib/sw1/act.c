#include "act.h"

#include <string.h>

#include "../base/arena.h"

enum { CLAIM_ISS = 1, CLAIM_IAT = 6, CLAIM_KIND = -70020, CLAIM_DIGEST = -70021, DIGEST = 32 };

Err sw1_act_sign(struct arena *arena, const struct sw1_key *key, const char *kind, struct span iss,
                 int64_t iat, struct span bytes, struct span *signature) {
    uint8_t digest[DIGEST];
    sw1_sha256(bytes, digest);
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 160);
    cbor_write_map(&writer);
    cbor_write_key(&writer, CLAIM_ISS);
    cbor_write_text(&writer, iss);
    cbor_write_key(&writer, CLAIM_IAT);
    cbor_write_uint(&writer, (uint64_t)iat);
    cbor_write_key(&writer, CLAIM_KIND);
    cbor_write_text(&writer, span_of(kind));
    cbor_write_key(&writer, CLAIM_DIGEST);
    cbor_write_bytes(&writer, (struct span){(const char *)digest, DIGEST});
    cbor_write_end(&writer);
    return cose_sign(arena, key, SW1_ACT_TYP, cbor_written(&writer), signature);
}

enum sw1_code sw1_act_verify(const struct sw1_verifier *verifier, struct arena *arena,
                             const char *kind, struct span bytes, struct span signature,
                             int64_t now, struct sw1_act *act) {
    static const struct cbor_limits limits = {1024, 32, 4};
    struct cose cose;
    enum sw1_code code = cose_read(arena, signature, SW1_ACT_TYP, &limits, &cose);
    if (code == SW1_VALID) {
        code = sw1_verifier_signed(verifier, arena, &cose);
    }
    if (code != SW1_VALID) {
        return code;
    }
    const struct cbor *doc = &cose.claims;
    struct sw1_act read = {.kid = cose.kid};
    struct span named;
    struct span digest;
    if (!cbor_text(cbor_get(doc, doc->items, CLAIM_ISS), 1, 100, &read.iss) ||
        !sw1_claims_iat(doc, &read.iat) ||
        !cbor_text(cbor_get(doc, doc->items, CLAIM_KIND), 1, 64, &named) ||
        !cbor_bytes(cbor_get(doc, doc->items, CLAIM_DIGEST), DIGEST, DIGEST, &digest)) {
        return SW1_BAD_CLAIMS;
    }
    uint8_t actual[DIGEST];
    sw1_sha256(bytes, actual);
    if (!span_is(named, kind) || memcmp(actual, digest.ptr, DIGEST) != 0) {
        return SW1_BAD_SIGNATURE;
    }
    code = sw1_verifier_current(verifier, now);
    if (code == SW1_VALID) {
        *act = read;
    }
    return code;
}
