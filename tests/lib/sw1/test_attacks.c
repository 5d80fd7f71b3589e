/* Attacks on a verifier, one row each: what is tried, and what must be answered. Every row is built
 * twice, once with the attack and once without: the second is the control and must be VALID.
 *
 * Elsewhere: attacks by lists (test_attacks_lists.c), every bit flipped and every truncation
 * (test_verify.c), playback of lists and clocks over several runs (test_verify.c,
 * tests/client-cli/test_verify.c), escape sequences and direction marks on a terminal
 * (tests/client-cli/test_verify.c), anything at all (tests/fuzz). */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "../../../lib/sw1/base45.h"
#include "../../support/check_main.h"
#include "../../support/sw1_fixture.h"

/* What a row is built from, and may change: the issuer with its lists, and the verifier's clock. */
struct scene {
    struct sw1_fixture issuer;
    const char *how; /* of the row */
    bool attack;     /* false: the control */
    int64_t now;
};

static struct span unhex(struct scene *scene, const char *hex) {
    size_t size = strlen(hex) / 2;
    char *bytes = arena_alloc(scene->issuer.arena, size + 1);
    ck_assert_msg(text_unhex(span_of(hex), bytes, size), "%s", hex);
    return (struct span){bytes, size};
}

/* The fixture's claims, unchecked, signed by the right key. */
static struct span issued(struct scene *scene) {
    struct sw1_fixture *issuer = &scene->issuer;
    return sw1_fixture_payload(issuer, sw1_claims_write(issuer->arena, &issuer->claims));
}

/* --- the text
 * --------------------------------------------------------------------------------------------- */

/* `how` in front of the text, or behind it after "+". */
static struct span around(struct scene *scene) {
    struct span text = issued(scene);
    struct buf out;
    buf_init(&out, scene->issuer.arena, 1024);
    bool behind = scene->how[0] == '+';
    if (scene->attack && !behind) {
        buf_text(&out, scene->how);
    }
    buf_add(&out, text.ptr, text.len);
    if (scene->attack && behind) {
        buf_text(&out, scene->how + 1);
    }
    return (struct span){out.ptr, out.len};
}

static struct span lower_case(struct scene *scene) {
    struct span text = issued(scene);
    char *copy = arena_copy(scene->issuer.arena, text.ptr, text.len);
    if (scene->attack) {
        memcpy(copy, "sw1:", 4);
    }
    return (struct span){copy, text.len};
}

static struct span oversize(struct scene *scene) {
    struct span text = issued(scene);
    size_t len = scene->attack ? SW1_TEXT_MAX + 1 : text.len;
    char *copy = arena_alloc(scene->issuer.arena, SW1_TEXT_MAX + 1);
    memset(copy, '0', SW1_TEXT_MAX + 1);
    memcpy(copy, text.ptr, text.len);
    return (struct span){copy, len};
}

/* --- CBOR, signed by the right key
 * ------------------------------------------------------------------------ */

/* A member (hex of key and value) before the others; the control has {0: 0}, which is unknown and
 * so ignored. */
static struct span with_member(struct scene *scene) {
    struct sw1_fixture *issuer = &scene->issuer;
    struct span good = sw1_claims_write(issuer->arena, &issuer->claims);
    struct span member = unhex(scene, scene->attack ? scene->how : "0000");
    char *payload = arena_alloc(issuer->arena, good.len + member.len);
    payload[0] = (char)(good.ptr[0] + 1); /* one pair more */
    memcpy(payload + 1, member.ptr, member.len);
    memcpy(payload + 1 + member.len, good.ptr + 1, good.len - 1);
    return sw1_fixture_payload(issuer, (struct span){payload, good.len + member.len});
}

static struct span bytes_behind(struct scene *scene) {
    struct sw1_fixture *issuer = &scene->issuer;
    struct span good = sw1_claims_write(issuer->arena, &issuer->claims);
    char *payload = arena_copy(issuer->arena, good.ptr, good.len + 1);
    payload[good.len] = 0;
    return sw1_fixture_payload(issuer, (struct span){payload, good.len + (scene->attack ? 1 : 0)});
}

/* The value of exp or iat replaced by hex of another type. */
static struct span other_type(struct scene *scene) {
    struct sw1_fixture *issuer = &scene->issuer;
    struct span good = sw1_claims_write(issuer->arena, &issuer->claims);
    if (!scene->attack) {
        return sw1_fixture_payload(issuer, good);
    }
    struct span value = unhex(scene, scene->how + 4);
    /* exp and iat are heads of five bytes behind their keys; iat follows exp and nbf. */
    size_t at = 1 + 1 + 1 + issuer->claims.iss.len + 1 + (scene->how[0] == 'i' ? 2 * 6 : 0);
    char *payload = arena_copy(issuer->arena, good.ptr, good.len + value.len);
    ck_assert_int_eq(payload[at], 0x1a);
    memcpy(payload + at, value.ptr, value.len);
    memcpy(payload + at + value.len, good.ptr + at + 5, good.len - at - 5);
    return sw1_fixture_payload(issuer, (struct span){payload, good.len - 5 + value.len});
}

/* {…, "x": 0}: a text sorts behind all integers. */
static struct span text_key(struct scene *scene) {
    struct sw1_fixture *issuer = &scene->issuer;
    struct span good = sw1_claims_write(issuer->arena, &issuer->claims);
    char *payload = arena_copy(issuer->arena, good.ptr, good.len + 3);
    if (scene->attack) {
        payload[0]++;
        memcpy(payload + good.len, "\x61x\x00", 3);
    }
    return sw1_fixture_payload(issuer, (struct span){payload, good.len + (scene->attack ? 3 : 0)});
}

/* More items than any document has, in few bytes. */
static struct span many_items(struct scene *scene) {
    char *hex = arena_alloc(scene->issuer.arena, 8 + 2 * 300);
    memcpy(hex, "0098c8", 6); /* {0: [200 zeros]} */
    memset(hex + 6, '0', 400);
    scene->how = hex;
    return with_member(scene);
}

/* --- COSE
 * --------------------------------------------------------------------------------------------- */

static struct span kid_of(const struct sw1_key *key) {
    return (struct span){(const char *)sw1_key_kid(key), SW1_KID};
}

/* A message around the fixture's claims: `head` is the hex of what comes before the protected
 * header, the header is `map` (hex, ended by a kid of 8 bytes), `unprotected` hex. Signed by `key`
 * over exactly these bytes. */
static struct span message(struct scene *scene, const char *head, const char *map, struct span kid,
                           const char *unprotected, const struct sw1_key *key) {
    struct arena *arena = scene->issuer.arena;
    struct span payload = sw1_claims_write(arena, &scene->issuer.claims);
    struct span start = unhex(scene, map);
    char *header = arena_alloc(arena, start.len + kid.len);
    memcpy(header, start.ptr, start.len);
    memcpy(header + start.len, kid.ptr, kid.len);
    struct span protected = {header, start.len + kid.len};
    uint8_t signature[SW1_SIGNATURE];
    struct cbor_writer signed_over;
    cbor_write_init(&signed_over, arena, 1024);
    cbor_write_array(&signed_over, 4);
    cbor_write_text(&signed_over, SPAN_LIT("Signature1"));
    cbor_write_bytes(&signed_over, protected);
    cbor_write_bytes(&signed_over, SPAN_LIT(""));
    cbor_write_bytes(&signed_over, payload);
    ck_assert_int_eq(sw1_key_sign(key, cbor_written(&signed_over), signature), OK);
    struct cbor_writer out;
    cbor_write_init(&out, arena, 1024);
    struct span before = unhex(scene, head);
    struct span between = unhex(scene, unprotected);
    buf_add(&out.out, before.ptr, before.len);
    cbor_write_bytes(&out, protected);
    buf_add(&out.out, between.ptr, between.len);
    cbor_write_bytes(&out, payload);
    cbor_write_bytes(&out, (struct span){(const char *)signature, sizeof signature});
    return sw1_fixture_wrap(&scene->issuer, cbor_written(&out));
}

#define ARRAY "d284"
#define HEADER "a201260448"

/* `how` is the hex of the header up to the kid, of what comes before it, or of what comes after. */
static struct span with_header(struct scene *scene) {
    const struct sw1_key *key = scene->issuer.document;
    return message(scene, ARRAY, scene->attack ? scene->how : HEADER, kid_of(key), "a0", key);
}
static struct span with_head(struct scene *scene) {
    const struct sw1_key *key = scene->issuer.document;
    return message(scene, scene->attack ? scene->how : ARRAY, HEADER, kid_of(key), "a0", key);
}
static struct span with_unprotected(struct scene *scene) {
    const struct sw1_key *key = scene->issuer.document;
    return message(scene, ARRAY, HEADER, kid_of(key), scene->attack ? scene->how : "a0", key);
}
static struct span alg_unprotected(struct scene *scene) {
    const struct sw1_key *key = scene->issuer.document;
    return scene->attack ? message(scene, ARRAY, "a10448", kid_of(key), "a10126", key)
                         : message(scene, ARRAY, HEADER, kid_of(key), "a0", key);
}

/* A stranger's key under its own kid, or under that of the issuer. */
static struct span stranger(struct scene *scene) {
    struct sw1_key *key;
    ck_assert_int_eq(sw1_key_generate(scene->issuer.arena, &key), OK);
    const struct sw1_key *named =
        strcmp(scene->how, "forged kid") == 0 || !scene->attack ? scene->issuer.document : key;
    return message(scene, ARRAY, HEADER, kid_of(named), "a0",
                   scene->attack ? key : scene->issuer.document);
}
static struct span signed_by_status_key(struct scene *scene) {
    const struct sw1_key *key = scene->attack ? scene->issuer.status : scene->issuer.document;
    return message(scene, ARRAY, HEADER, kid_of(key), "a0", key);
}

/* The message with its signature replaced: zeros, an HMAC under the public point, and so on. */
static struct span with_signature(struct scene *scene) {
    struct arena *arena = scene->issuer.arena;
    const struct sw1_key *key = scene->issuer.document;
    bool hmac = strcmp(scene->how, "hmac") == 0;
    struct span text = message(scene, ARRAY, hmac && scene->attack ? "a201050448" : HEADER,
                               kid_of(key), "a0", key);
    struct span cose;
    ck_assert(base45_decode(arena, (struct span){text.ptr + 4, text.len - 4}, &cose));
    if (!scene->attack) {
        return text;
    }
    char *copy = arena_alloc(arena, cose.len + 64);
    memcpy(copy, cose.ptr, cose.len);
    char *signature = copy + cose.len - SW1_SIGNATURE;
    if (hmac) {
        struct span point = {0}; /* what everybody knows of the key, as the secret */
        unsigned size = 32;
        ck_assert_int_eq(sw1_key_write(arena, key, false, &point), OK);
        HMAC(EVP_sha256(), point.ptr, (int)point.len, (const unsigned char *)cose.ptr,
             cose.len - SW1_SIGNATURE, (unsigned char *)signature, &size);
        signature[-1] = 32;
        return sw1_fixture_wrap(&scene->issuer, (struct span){copy, cose.len - 32});
    }
    if (strcmp(scene->how, "longer") == 0) {
        signature[-1] = 72; /* the size of DER, which COSE does not use */
        return sw1_fixture_wrap(&scene->issuer, (struct span){copy, cose.len + 8});
    }
    memset(signature, scene->how[0] == '0' ? 0 : 0xff, SW1_SIGNATURE);
    return sw1_fixture_wrap(&scene->issuer, (struct span){copy, cose.len});
}

/* s becomes n - s: the same signature in other bytes. ES256 allows it, and so the text and its hash
 * identify nothing; the cti does. */
static struct span malleable(struct scene *scene) {
    static const char order[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    struct arena *arena = scene->issuer.arena;
    struct span text = issued(scene);
    struct span n = unhex(scene, order);
    struct span cose;
    ck_assert(base45_decode(arena, (struct span){text.ptr + 4, text.len - 4}, &cose));
    char *copy = arena_copy(arena, cose.ptr, cose.len);
    unsigned char *s = (unsigned char *)copy + cose.len - 32;
    int borrow = 0;
    for (int i = 31; scene->attack && i >= 0; i--) {
        int digit = (unsigned char)n.ptr[i] - s[i] - borrow;
        borrow = digit < 0;
        s[i] = (unsigned char)(digit & 255);
    }
    ck_assert_int_eq(memcmp(copy, cose.ptr, cose.len) != 0, scene->attack);
    return sw1_fixture_wrap(&scene->issuer, (struct span){copy, cose.len});
}

/* --- keys, dates, states: what the issuer's own lists say
 * ------------------------------------------------- */

enum { DAY = FIXTURE_DAY };

static struct span by_the_book(struct scene *scene) {
    struct sw1_fixture *issuer = &scene->issuer;
    struct sw1_trust_key *key = &issuer->trust.keys[0];
    struct sw1_claims *claims = &issuer->claims;
    const char *how = scene->attack ? scene->how : "";
    int64_t idx = claims->status_idx;
    struct span text = issued(scene);
    if (strcmp(how, "compromised") == 0) {
        key->state = SW1_COMPROMISED;
    } else if (strcmp(how, "retired, before") == 0) {
        key->state = SW1_RETIRED;
        key->not_after = claims->iat + 1;
    } else if (strcmp(how, "retired, after") == 0) {
        key->state = SW1_RETIRED;
        key->not_after = claims->iat - 1;
    } else if (strcmp(how, "too early") == 0) {
        key->not_before = claims->iat + 1;
    } else if (strcmp(how, "revoked") == 0) {
        sw1_status_set(issuer->packed, idx, SW1_STATUS_REVOKED);
    } else if (strcmp(how, "suspended") == 0) {
        sw1_status_set(issuer->packed, idx, SW1_STATUS_SUSPENDED);
    } else if (strcmp(how, "state 3") == 0) {
        sw1_status_set(issuer->packed, idx, (enum sw1_status)3);
    } else if (strcmp(how, "clock back") == 0) {
        scene->now = issuer->list.iat - SW1_SKEW - 1;
    } else if (strcmp(how, "trust over") == 0) {
        issuer->trust.exp = FIXTURE_NOW - SW1_SKEW;
    } else if (strcmp(how, "status over") == 0) {
        issuer->list.exp = FIXTURE_NOW - SW1_SKEW;
    } else {
        ck_assert_msg(!scene->attack, "%s", how);
    }
    return text;
}
static struct span expired(struct scene *scene) {
    scene->issuer.claims.exp = FIXTURE_NOW + (scene->attack ? -SW1_SKEW : DAY);
    return issued(scene);
}
static struct span not_yet(struct scene *scene) {
    scene->issuer.claims.nbf = FIXTURE_NOW + (scene->attack ? SW1_SKEW + 1 : 0);
    return issued(scene);
}
static struct span from_tomorrow(struct scene *scene) {
    scene->issuer.claims.iat = FIXTURE_NOW + (scene->attack ? DAY : 0);
    return issued(scene);
}
static struct span long_index(struct scene *scene) {
    scene->issuer.claims.status_idx = scene->attack ? INT64_MAX : SW1_STATUS_ENTRIES - 1;
    return issued(scene);
}
static struct span other_list(struct scene *scene) {
    if (scene->attack) {
        scene->issuer.claims.status_uri = SPAN_LIT("https://evil.example/status-1.cwt");
    }
    return issued(scene);
}
static struct span names_in_notice(struct scene *scene) {
    struct sw1_claims *claims = &scene->issuer.claims;
    struct span passport = claims->passport;
    claims->document_number = claims->full_name = claims->birth_date = claims->nationality =
        claims->passport = claims->second_name = (struct span){0};
    claims->gender = SW1_NONE;
    claims->kind = SW1_NOTICE;
    if (scene->attack) {
        claims->passport = passport;
    }
    return issued(scene);
}
static struct span no_name(struct scene *scene) {
    if (scene->attack) {
        scene->issuer.claims.full_name = (struct span){0};
    }
    return issued(scene);
}

/* --- the table
 * -------------------------------------------------------------------------------------------- */

static const struct attack {
    const char *name;
    enum sw1_code answer;
    struct span (*build)(struct scene *scene);
    const char *how;
} attacks[] = {
    {"text longer than any document", SW1_TOO_LONG, oversize, ""},
    {"prefix in lower case", SW1_BAD_PREFIX, lower_case, ""},
    {"another certificate's prefix", SW1_BAD_PREFIX, around, "HC1:"},
    {"space before the text", SW1_BAD_PREFIX, around, " "},
    {"a character that base45 has not", SW1_BAD_BASE45, around, "+_"},
    {"base45 digits past 65535", SW1_BAD_BASE45, around, "+:::"},
    {"a line end in the text", SW1_BAD_BASE45, around, "+\n00"},

    {"key given twice", SW1_BAD_CBOR, with_member, "0100"},
    {"keys not sorted", SW1_BAD_CBOR, with_member, "0200"},
    {"integer not in its shortest form", SW1_BAD_CBOR, with_member, "001800"},
    {"key not in its shortest form", SW1_BAD_CBOR, with_member, "180000"},
    {"length not in its shortest form", SW1_BAD_CBOR, with_member, "00780161"},
    {"text of indefinite length", SW1_BAD_CBOR, with_member, "007f6161ff"},
    {"bytes of indefinite length", SW1_BAD_CBOR, with_member, "005f4161ff"},
    {"array of indefinite length", SW1_BAD_CBOR, with_member, "009f00ff"},
    {"map of indefinite length", SW1_BAD_CBOR, with_member, "00bf0000ff"},
    {"nested too deep", SW1_BAD_CBOR, with_member, "0081818181818100"},
    {"tags nested too deep", SW1_BAD_CBOR, with_member, "00c1c1c1c1c1c100"},
    {"bytes of 2^63", SW1_BAD_CBOR, with_member, "005b7fffffffffffffff"},
    {"text of 2^64 - 1", SW1_BAD_CBOR, with_member, "007bffffffffffffffff"},
    {"array of 2^32", SW1_BAD_CBOR, with_member, "009b0000000100000000"},
    {"map of 2^63", SW1_BAD_CBOR, with_member, "00bb8000000000000000"},
    {"more items than a document has", SW1_BAD_CBOR, many_items, ""},
    {"half float", SW1_BAD_CBOR, with_member, "00f97e00"},
    {"double float", SW1_BAD_CBOR, with_member, "00fb3ff0000000000000"},
    {"undefined", SW1_BAD_CBOR, with_member, "00f7"},
    {"long simple value", SW1_BAD_CBOR, with_member, "00f8ff"},
    {"break out of place", SW1_BAD_CBOR, with_member, "00ff"},
    {"text that is no UTF-8", SW1_BAD_CBOR, with_member, "0061ff"},
    {"half a surrogate pair", SW1_BAD_CBOR, with_member, "0063eda080"},
    {"a byte behind the claims", SW1_BAD_CBOR, bytes_behind, ""},

    {"no tag", SW1_BAD_COSE, with_head, "84"},
    {"tag of COSE_Mac0", SW1_BAD_COSE, with_head, "d184"},
    {"tag of COSE_Sign", SW1_BAD_COSE, with_head, "d86284"},
    {"tag of CWT around it", SW1_BAD_COSE, with_head, "d83dd284"},
    {"tag not in its shortest form", SW1_BAD_CBOR, with_head, "d81284"},
    {"an element too many announced", SW1_BAD_CBOR, with_head, "d285"},
    {"a member in the unprotected header", SW1_BAD_COSE, with_unprotected, "a10126"},
    {"another kid in the unprotected header", SW1_BAD_COSE, with_unprotected, "a10441aa"},
    {"algorithm in the unprotected header only", SW1_BAD_COSE, alg_unprotected, ""},
    {"critical headers", SW1_BAD_COSE, with_header, "a3012602810a0448"},
    {"a third member of the header", SW1_BAD_COSE, with_header,
     "a301260362787804"
     "48"},
    {"no algorithm", SW1_BAD_COSE, with_header, "a10448"},
    {"algorithm null", SW1_BAD_COSE, with_header, "a201f60448"},
    {"header with a key given twice", SW1_BAD_CBOR, with_header, "a3012601260448"},
    {"header with the kid alone, twice", SW1_BAD_CBOR, with_header, "a2044800000000000000000448"},

    {"algorithm \"none\"", SW1_ALG_NOT_ALLOWED, with_header, "a201646e6f6e650448"},
    {"algorithm 0", SW1_ALG_NOT_ALLOWED, with_header, "a201000448"},
    {"ES384 over a signature of ES256", SW1_ALG_NOT_ALLOWED, with_header, "a20138220448"},
    {"ES512", SW1_ALG_NOT_ALLOWED, with_header, "a20138230448"},
    {"EdDSA", SW1_ALG_NOT_ALLOWED, with_header, "a201270448"},
    {"RS256", SW1_ALG_NOT_ALLOWED, with_header, "a2013901000448"},
    {"ES256 in letters", SW1_ALG_NOT_ALLOWED, with_header, "a2016545533235360448"},
    {"HMAC with the public key as its secret", SW1_ALG_NOT_ALLOWED, with_signature, "hmac"},
    {"signature of zeros", SW1_BAD_SIGNATURE, with_signature, "0"},
    {"signature past the group's order", SW1_BAD_SIGNATURE, with_signature, "f"},
    {"signature of another size", SW1_BAD_COSE, with_signature, "longer"},
    {"the same signature in other bytes: still the same document", SW1_VALID, malleable, ""},

    {"unknown key", SW1_UNKNOWN_KEY, stranger, "own kid"},
    {"forged kid", SW1_BAD_SIGNATURE, stranger, "forged kid"},
    {"key of another purpose", SW1_KEY_WRONG_PURPOSE, signed_by_status_key, ""},
    {"compromised key", SW1_KEY_COMPROMISED, by_the_book, "compromised"},
    {"key before its window", SW1_KEY_NOT_VALID_AT_IAT, by_the_book, "too early"},
    {"key after its retirement", SW1_KEY_NOT_VALID_AT_IAT, by_the_book, "retired, after"},
    {"retired key, in its time: still good", SW1_VALID, by_the_book, "retired, before"},

    {"expired", SW1_EXPIRED, expired, ""},
    {"not yet valid", SW1_NOT_YET_VALID, not_yet, ""},
    {"issued tomorrow", SW1_NOT_YET_VALID, from_tomorrow, ""},
    {"clock set back", SW1_CLOCK_DOUBTFUL, by_the_book, "clock back"},
    {"trust list out of date", SW1_TRUST_STALE, by_the_book, "trust over"},
    {"status list out of date", SW1_STATUS_STALE, by_the_book, "status over"},
    {"revoked", SW1_REVOKED, by_the_book, "revoked"},
    {"suspended", SW1_SUSPENDED, by_the_book, "suspended"},
    {"a state without a meaning", SW1_STATUS_MISSING, by_the_book, "state 3"},
    {"index past the list", SW1_STATUS_MISSING, long_index, ""},
    {"a list of the forger's own", SW1_STATUS_MISSING, other_list, ""},

    {"exp negative", SW1_BAD_CLAIMS, other_type, "exp 20"},
    {"exp as text", SW1_BAD_CLAIMS, other_type, "exp 6130"},
    {"exp with a tag", SW1_BAD_CLAIMS, other_type, "exp c100"},
    {"exp null", SW1_BAD_CLAIMS, other_type, "exp f6"},
    {"iat null: no window can be told", SW1_BAD_CLAIMS, other_type, "iat f6"},
    {"text as a claim's key", SW1_BAD_CLAIMS, text_key, ""},
    {"no name", SW1_BAD_CLAIMS, no_name, ""},
    {"a contract notice that names a passport", SW1_BAD_CLAIMS, names_in_notice, ""},
};

static enum sw1_code answer_to(const struct attack *attack, bool really) {
    struct scene scene = {.how = attack->how, .attack = really, .now = FIXTURE_NOW};
    struct arena *arena = arena_new();
    struct sw1_answer answer;
    sw1_fixture_init(&scene.issuer, arena);
    struct span text = attack->build(&scene);
    sw1_verify(sw1_fixture_verifier(&scene.issuer), arena, text, scene.now, &answer);
    /* Nothing is shown before the signature holds and the claims are what they should be. */
    bool behind = sw1_code_exit(answer.code) == SW1_EXIT_VALID || answer.code > SW1_BAD_CLAIMS;
    ck_assert_msg(answer.shown == behind, "%s", attack->name);
    arena_free(arena);
    return answer.code;
}

START_TEST(every_attack_and_its_control) {
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        const struct attack *attack = &attacks[i];
        enum sw1_code code = answer_to(attack, true);
        ck_assert_msg(code == attack->answer, "%s: %s", attack->name, sw1_code_name(code));
        code = answer_to(attack, false);
        ck_assert_msg(code == SW1_VALID, "control of %s: %s", attack->name, sw1_code_name(code));
    }
}
END_TEST

/* A name that would paint the screen is not issued; that of another issuer is made safe where it is
 * printed (tests/client-cli/test_verify.c). */
START_TEST(names_that_paint_are_not_issued) {
    static const char *const names[] = {
        "A\x1b[2J",      "A\r\nB",        "A\x7f",     "A\xc2\x9b",     "A\xe2\x80\xae",
        "A\xe2\x81\xa6", "A\xe2\x80\x8f", "A\xd8\x9c", "A\xe2\x80\xa8", "A\xef\xb7\x90"};
    struct sw1_fixture issuer;
    struct arena *arena = arena_new();
    struct span text;
    sw1_fixture_init(&issuer, arena);
    ck_assert_int_eq(sw1_issue(arena, issuer.document, &issuer.claims, &text), OK); /* control */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sw1_claims claims = issuer.claims;
        claims.full_name = span_of(names[i]);
        ck_assert_int_eq(sw1_issue(arena, issuer.document, &claims, &text), ERR_DOCUMENT_CLAIMS);
        claims = issuer.claims;
        claims.second_name = span_of(names[i]);
        ck_assert_int_eq(sw1_issue(arena, issuer.document, &claims, &text), ERR_DOCUMENT_CLAIMS);
    }
    arena_free(arena);
}
END_TEST

CHECK_MAIN("attacks", NULL, NULL, every_attack_and_its_control, names_that_paint_are_not_issued)
