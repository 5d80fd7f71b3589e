/* documents KEYS PASSPHRASE-FILE TO NOW: documents as an issuer's keys make them, good ones and bad
 * ones, for a reader that is not ours. Writes each into the folder TO as a PNG of its QR code, or
 * as text when no QR code would carry it, beside the status lists they name and expected.tsv: a
 * file and the answer of the document profile's section 4. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/sw1/base45.h"
#include "../../lib/sw1/issue.h"
#include "../../lib/sw1/keyfile.h"
#include "../../lib/sw1/status.h"
#include "../../server/document/qr.h"
#include "../support/sw1_fixture.h"

enum { HOUR = 3600, DAY = 86400 };

#define STALE "https://noria.example/.well-known/noria/status-2.cwt"
#define ABSENT "https://noria.example/.well-known/noria/status-3.cwt"

struct issuer {
    struct arena *arena;
    struct sw1_key *document;
    struct sw1_key *status;
    struct sw1_key *stranger; /* on no list */
    int64_t now;
    const char *to;
    struct buf expected;
};

static void must(bool good, const char *what) {
    if (!good) {
        fprintf(stderr, "documents: %s\n", what);
        exit(1);
    }
}

static struct span get(struct arena *arena, const char *path) {
    enum { SIZE = 4096 };
    char *bytes = arena_alloc(arena, SIZE);
    FILE *file = fopen(path, "r");
    must(file != NULL, path);
    size_t len = fread(bytes, 1, SIZE, file);
    must(len < SIZE && fclose(file) == 0, path);
    return (struct span){bytes, len};
}

static struct sw1_claims worker(const struct issuer *issuer) {
    struct sw1_claims claims = sw1_fixture_claims();
    claims.iat = claims.nbf = issuer->now - HOUR;
    claims.exp = issuer->now + 200 * (int64_t)DAY;
    return claims;
}

/* --- claims that differ from the worker's -------------------------------------------------------
 */

static void as_is(struct sw1_claims *claims, int64_t now) {
    (void)claims;
    (void)now;
}
static void georgian(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->full_name = SPAN_LIT("BERIDZE NINO");
    claims->second_name = SPAN_LIT("ნინო ბერიძე");
    claims->nationality = SPAN_LIT("GE");
    claims->gender = 2;
}
static void notice(struct sw1_claims *claims, int64_t now) {
    struct sw1_claims named = *claims;
    (void)now;
    claims->document_number = claims->full_name = claims->birth_date = claims->nationality =
        claims->passport = claims->second_name = (struct span){0};
    claims->gender = SW1_NONE;
    claims->kind = SW1_NOTICE;
    claims->contract = named.contract;
    claims->places = 12;
    claims->wage = 1202;
}
static void record(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->kind = SW1_RECORD;
    claims->clean_seasons = 4;
}
static void first_entry(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->status_idx = 0;
}
static void last_entry(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->status_idx = SW1_STATUS_ENTRIES - 1;
}
static void revoked(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->status_idx = 9;
}
static void suspended(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->status_idx = 10;
}
static void without_meaning(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->status_idx = 11;
}
static void past_the_list(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->status_idx = SW1_STATUS_ENTRIES;
}
static void stale_list(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->status_uri = SPAN_LIT(STALE);
}
static void absent_list(struct sw1_claims *claims, int64_t now) {
    (void)now;
    claims->status_uri = SPAN_LIT(ABSENT);
}
static void expired(struct sw1_claims *claims, int64_t now) {
    claims->exp = now - HOUR / 2;
}
static void just_expired(struct sw1_claims *claims, int64_t now) {
    claims->exp = now - 240; /* clocks may differ by 300 seconds */
}
static void not_yet(struct sw1_claims *claims, int64_t now) {
    claims->nbf = now + HOUR;
}
static void issued_now(struct sw1_claims *claims, int64_t now) {
    claims->iat = claims->nbf = now + 120; /* after a rotation, that is after the key's window */
}
static void before_the_key(struct sw1_claims *claims, int64_t now) {
    claims->iat = claims->nbf = now - 3 * (int64_t)DAY;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static void put(const struct issuer *issuer, const char *name, struct span content) {
    const char *path = arena_printf(issuer->arena, "%s/%s", issuer->to, name);
    FILE *file = fopen(path, "w");
    must(file != NULL && fwrite(content.ptr, 1, content.len, file) == content.len &&
             fclose(file) == 0,
         path);
}

static void put_document(struct issuer *issuer, const char *name, struct span text,
                         const char *answer) {
    struct qr qr;
    struct span png;
    const char *file = arena_printf(issuer->arena, "%s.png", name);
    if (qr_make(issuer->arena, text, &qr) == OK) {
        must(qr_png(issuer->arena, &qr, &png) == OK, "PNG");
        put(issuer, file, png);
    } else {
        file = arena_printf(issuer->arena, "%s.txt", name);
        put(issuer, file, text);
    }
    buf_printf(&issuer->expected, "%s\t%s\n", file, answer);
}

static struct span wrap(const struct issuer *issuer, struct span cose) {
    struct span body = base45_encode(issuer->arena, cose);
    const char *text = arena_printf(issuer->arena, SW1_PREFIX "%.*s", (int)body.len, body.ptr);
    return span_of(text);
}

static struct span issue(const struct issuer *issuer, const struct sw1_key *key,
                         void (*change)(struct sw1_claims *claims, int64_t now)) {
    struct sw1_claims claims = worker(issuer);
    struct span text = {0};
    change(&claims, issuer->now);
    must(sw1_issue(issuer->arena, key, &claims, &text) == OK, "issue");
    return text;
}

static struct span unwrap(const struct issuer *issuer, struct span text) {
    struct span bytes = {0};
    enum { PREFIX = sizeof SW1_PREFIX - 1 };
    must(base45_decode(issuer->arena, (struct span){text.ptr + PREFIX, text.len - PREFIX}, &bytes),
         "base45");
    return bytes;
}

static const struct {
    const char *name;
    void (*change)(struct sw1_claims *claims, int64_t now);
    const char *answer;
} documents[] = {
    {"worker", as_is, "VALID"},
    {"georgian", georgian, "VALID"},
    {"notice", notice, "VALID"},
    {"record", record, "VALID"},
    {"first-entry", first_entry, "VALID"},
    {"last-entry", last_entry, "VALID"},
    {"just-expired", just_expired, "VALID"},
    {"issued-now", issued_now, "VALID"},
    {"revoked", revoked, "REVOKED"},
    {"suspended", suspended, "SUSPENDED"},
    {"without-meaning", without_meaning, "STATUS_MISSING"},
    {"past-the-list", past_the_list, "STATUS_MISSING"},
    {"stale-list", stale_list, "STATUS_STALE"},
    {"absent-list", absent_list, "STATUS_MISSING"},
    {"expired", expired, "EXPIRED"},
    {"not-yet", not_yet, "NOT_YET_VALID"},
    {"before-the-key", before_the_key, "KEY_NOT_VALID_AT_IAT"},
};

static void well_made(struct issuer *issuer) {
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        put_document(issuer, documents[i].name,
                     issue(issuer, issuer->document, documents[i].change), documents[i].answer);
    }
    put_document(issuer, "status-key", issue(issuer, issuer->status, as_is), "KEY_WRONG_PURPOSE");
    put_document(issuer, "stranger", issue(issuer, issuer->stranger, as_is), "UNKNOWN_KEY");
}

/* The worker's document with one stretch of bytes replaced by another of the same length. */
static struct span changed(const struct issuer *issuer, const struct sw1_key *key, struct span from,
                           const void *to) {
    struct span bytes = unwrap(issuer, issue(issuer, key, as_is));
    char *copy = arena_copy(issuer->arena, bytes.ptr, bytes.len);
    char *at = memmem(copy, bytes.len, from.ptr, from.len);
    must(at != NULL, "nothing to change");
    memcpy(at, to, from.len);
    return wrap(issuer, (struct span){copy, bytes.len});
}

static void forged(struct issuer *issuer) {
    struct span kid = {(const char *)sw1_key_kid(issuer->stranger), SW1_KID};
    put_document(issuer, "forged-kid",
                 changed(issuer, issuer->stranger, kid, sw1_key_kid(issuer->document)),
                 "BAD_SIGNATURE");
    put_document(issuer, "other-name",
                 changed(issuer, issuer->document, SPAN_LIT("YOUSSEF"), "YOUSSIF"),
                 "BAD_SIGNATURE");
    /* { 1: -7, 4: kid } becomes { 1: -8, 4: kid }: EdDSA */
    put_document(
        issuer, "other-algorithm",
        changed(issuer, issuer->document, SPAN_LIT("\xA2\x01\x26\x04"), "\xA2\x01\x27\x04"),
        "ALG_NOT_ALLOWED");
    /* 18([...]) becomes 17([...]): COSE_Mac0 */
    put_document(issuer, "other-tag",
                 changed(issuer, issuer->document, SPAN_LIT("\xD2\x84"), "\xD1\x84"), "BAD_COSE");
    put_document(
        issuer, "other-typ",
        changed(issuer, issuer->document, SPAN_LIT("\xA2\x01\x26\x04"), "\xA2\x01\x26\x03"),
        "BAD_COSE");
}

/* Content that no issuer makes, under a good signature. */
static void signed_nonsense(struct issuer *issuer) {
    static const struct {
        const char *name;
        struct span payload;
        const char *answer;
    } rows[] = {
        {"no-claims", {"\xA0", 1}, "BAD_CLAIMS"},
        {"no-map", {"\x80", 1}, "BAD_CLAIMS"},
        {"twice", {"\xA2\x04\x01\x04\x01", 5}, "BAD_CBOR"},
        {"unsorted", {"\xA2\x06\x01\x04\x01", 5}, "BAD_CBOR"},
        {"longer-than-needed", {"\xA1\x18\x04\x01", 4}, "BAD_CBOR"},
        {"without-end", {"\xBF\x04\x01\xFF", 4}, "BAD_CBOR"},
        {"and-more", {"\xA0\xA0", 2}, "BAD_CBOR"},
        {"cut", {"\xA1\x04", 2}, "BAD_CBOR"},
        {"float", {"\xA1\x04\xF9\x3C\x00", 5}, "BAD_CBOR"},
        {"bad-text", {"\xA1\x01\x62\xC3\x28", 5}, "BAD_CBOR"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct span cose = {0};
        must(cose_sign(issuer->arena, issuer->document, NULL, rows[i].payload, &cose) == OK,
             "sign");
        put_document(issuer, rows[i].name, wrap(issuer, cose), rows[i].answer);
    }
}

static void other_texts(struct issuer *issuer) {
    char *longer = arena_alloc(issuer->arena, SW1_TEXT_MAX + 2);
    memset(longer, '0', SW1_TEXT_MAX + 1);
    memcpy(longer, SW1_PREFIX, 4);
    put_document(issuer, "too-long", (struct span){longer, SW1_TEXT_MAX + 1}, "TOO_LONG");
    put_document(issuer, "another-pass", SPAN_LIT("HC1:6BFOXN"), "BAD_PREFIX");
    put_document(issuer, "small-letters", SPAN_LIT("sw1:6BFOXN"), "BAD_PREFIX");
    put_document(issuer, "four-left", SPAN_LIT("SW1:BB8B"), "BAD_BASE45");
    put_document(issuer, "past-65535", SPAN_LIT("SW1:GGW"), "BAD_BASE45");
    put_document(issuer, "nothing", SPAN_LIT("SW1:"), "BAD_CBOR");
}

/* The document with each bit flipped, and each beginning of it. */
static void damaged(struct issuer *issuer) {
    struct span good = unwrap(issuer, issue(issuer, issuer->document, as_is));
    struct buf lines;
    buf_init(&lines, issuer->arena, good.len * good.len * 13);
    char *copy = arena_copy(issuer->arena, good.ptr, good.len);
    for (size_t bit = 0; bit < good.len * 8; bit++) {
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        struct span text = wrap(issuer, (struct span){copy, good.len});
        buf_printf(&lines, "%.*s\n", (int)text.len, text.ptr);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t len = 0; len < good.len; len++) {
        struct span text = wrap(issuer, (struct span){good.ptr, len});
        buf_printf(&lines, "%.*s\n", (int)text.len, text.ptr);
    }
    put(issuer, "damaged.txt", (struct span){lines.ptr, lines.len});
}

static void put_list(const struct issuer *issuer, const char *name, const char *uri, int64_t iat) {
    uint8_t *packed = arena_alloc(issuer->arena, SW1_STATUS_PACKED);
    sw1_status_set(packed, 9, SW1_STATUS_REVOKED);
    sw1_status_set(packed, 10, SW1_STATUS_SUSPENDED);
    sw1_status_set(packed, 11, (enum sw1_status)3);
    struct sw1_status_list list = {.uri = span_of(uri),
                                   .iat = iat,
                                   .exp = iat + DAY / 4,
                                   .ttl = HOUR,
                                   .packed = {(const char *)packed, SW1_STATUS_PACKED}};
    struct span bytes = {0};
    must(sw1_status_write(issuer->arena, &list, issuer->status, &bytes) == OK, "status list");
    put(issuer, name, bytes);
}

/* A root that signed nothing. */
static void put_other_root(const struct issuer *issuer) {
    struct span bytes = {0};
    must(sw1_key_write(issuer->arena, issuer->stranger, false, &bytes) == OK, "COSE_Key");
    put(issuer, "other-root.cosekey", bytes);
}

static struct sw1_key *open_key(const struct issuer *issuer, const char *folder, const char *name,
                                struct span passphrase) {
    struct sw1_key *key = NULL;
    const char *path = arena_printf(issuer->arena, "%s/%s", folder, name);
    must(sw1_keyfile_open(issuer->arena, get(issuer->arena, path),
                          &(struct sw1_lock){.passphrase = passphrase}, &key) == OK,
         path);
    return key;
}

int main(int argc, char **argv) {
    struct issuer issuer = {.arena = arena_new()};
    struct span passphrase = {0};
    must(argc == 5 && text_int(span_of(argv[4]), &issuer.now),
         "usage: documents KEYS PASSPHRASE-FILE TO NOW");
    must(sw1_passphrase(get(issuer.arena, argv[2]), &passphrase), argv[2]);
    issuer.to = argv[3];
    issuer.document = open_key(&issuer, argv[1], "document.key", passphrase);
    issuer.status = open_key(&issuer, argv[1], "status.key", passphrase);
    must(sw1_key_generate(issuer.arena, &issuer.stranger) == OK, "key");
    buf_init(&issuer.expected, issuer.arena, 4096);
    put_list(&issuer, "status-1.cwt", FIXTURE_URI, issuer.now - HOUR);
    put_list(&issuer, "status-2.cwt", STALE, issuer.now - DAY / 2);
    well_made(&issuer);
    forged(&issuer);
    signed_nonsense(&issuer);
    other_texts(&issuer);
    damaged(&issuer);
    put_other_root(&issuer);
    put(&issuer, "expected.tsv", (struct span){issuer.expected.ptr, issuer.expected.len});
    arena_free(issuer.arena);
    return 0;
}
