/* Attacks on a verifier by its lists, one row each, every row with its control (see
 * test_attacks.c): a list that is refused must leave the document unanswered, never valid. */
#include <string.h>
#include <zlib.h>

#include "../../../lib/sw1/status_keys.h"
#include "../../support/check_main.h"
#include "../../support/sw1_fixture.h"

struct scene {
    struct sw1_fixture issuer;
    bool attack; /* false: the control */
    struct sw1_memory seen;
    struct span trust; /* what the verifier is given */
    struct span status;
};

/* --- trust lists
 * -------------------------------------------------------------------------------------------- */

static void forged_trust(struct scene *scene) {
    const struct sw1_fixture *issuer = &scene->issuer;
    const struct sw1_key *key = scene->attack ? issuer->document : issuer->root;
    ck_assert_int_eq(sw1_trust_write(issuer->arena, &issuer->trust, key, &scene->trust), OK);
}

/* Another key that calls itself the root: same kid in the header, another signature. */
static void flipped_trust(struct scene *scene) {
    char *copy = arena_copy(scene->issuer.arena, scene->trust.ptr, scene->trust.len);
    if (scene->attack) {
        copy[scene->trust.len - 1] ^= 1;
    }
    scene->trust.ptr = copy;
}

static void trust_rollback(struct scene *scene) {
    scene->seen.trust_sequence = scene->issuer.trust.sequence + (scene->attack ? 1 : 0);
}

/* Claims of a trust list with the COSE_Key `members` (hex of a whole map), signed by the root. */
static void trust_of(struct scene *scene, const char *extra, bool twice) {
    const struct sw1_fixture *issuer = &scene->issuer;
    struct arena *arena = issuer->arena;
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 1024);
    cbor_write_map(&writer);
    cbor_write_key(&writer, 1);
    cbor_write_text(&writer, SPAN_LIT("FR:OFII"));
    cbor_write_key(&writer, 4);
    cbor_write_int(&writer, issuer->trust.exp);
    cbor_write_key(&writer, 6);
    cbor_write_int(&writer, issuer->trust.iat);
    cbor_write_key(&writer, -70010);
    cbor_write_int(&writer, issuer->trust.sequence);
    cbor_write_key(&writer, -70011);
    cbor_write_array(&writer, twice ? 3 : 2);
    for (int i = 0; i < (twice ? 3 : 2); i++) {
        const struct sw1_trust_key *key = &issuer->trust.keys[i % 2];
        cbor_write_map(&writer);
        sw1_key_write_members(&writer, key->key);
        cbor_write_key(&writer, -70012);
        cbor_write_int(&writer, strcmp(extra, "purpose") == 0 ? 3 : (int64_t)key->purpose);
        cbor_write_key(&writer, -70013);
        cbor_write_int(&writer, key->not_before);
        cbor_write_key(&writer, -70014);
        cbor_write_int(&writer, key->not_after);
        cbor_write_key(&writer, -70015);
        cbor_write_int(&writer, strcmp(extra, "state") == 0 ? 3 : 0);
        if (strcmp(extra, "private") == 0) {
            cbor_write_key(&writer, -4);
            cbor_write_bytes(&writer, SPAN_LIT("0123456789abcdef0123456789abcdef"));
        }
        cbor_write_end(&writer);
    }
    cbor_write_end(&writer);
    ck_assert_int_eq(
        cose_sign(arena, issuer->root, SW1_TRUST_TYP, cbor_written(&writer), &scene->trust), OK);
}

static void same_key_twice(struct scene *scene) {
    trust_of(scene, "", scene->attack);
}
static void private_key_inside(struct scene *scene) {
    trust_of(scene, scene->attack ? "private" : "", false);
}
static void purpose_unknown(struct scene *scene) {
    trust_of(scene, scene->attack ? "purpose" : "", false);
}
static void state_unknown(struct scene *scene) {
    trust_of(scene, scene->attack ? "state" : "", false);
}

/* --- status lists
 * ------------------------------------------------------------------------------------------- */

static void status_by(struct scene *scene, const struct sw1_key *key) {
    const struct sw1_fixture *issuer = &scene->issuer;
    ck_assert_int_eq(sw1_status_write(issuer->arena, &issuer->list, key, &scene->status), OK);
}

static void status_by_document_key(struct scene *scene) {
    status_by(scene, scene->attack ? scene->issuer.document : scene->issuer.status);
}
static void status_by_stranger(struct scene *scene) {
    struct sw1_key *key;
    ck_assert_int_eq(sw1_key_generate(scene->issuer.arena, &key), OK);
    status_by(scene, scene->attack ? key : scene->issuer.status);
}
static void status_key_compromised(struct scene *scene) {
    scene->issuer.trust.keys[1].state = scene->attack ? SW1_COMPROMISED : SW1_RETIRED;
    scene->trust = sw1_fixture_trust(&scene->issuer);
}
static void status_outside_window(struct scene *scene) {
    scene->issuer.trust.keys[1].not_after = scene->issuer.list.iat - (scene->attack ? 1 : 0);
    scene->trust = sw1_fixture_trust(&scene->issuer);
}
static void status_flipped(struct scene *scene) {
    char *copy = arena_copy(scene->issuer.arena, scene->status.ptr, scene->status.len);
    if (scene->attack) {
        copy[scene->status.len / 2] ^= 1;
    }
    scene->status.ptr = copy;
}
static void status_absent(struct scene *scene) {
    if (scene->attack) {
        scene->status = SPAN_LIT("");
    }
}
static void status_rollback(struct scene *scene) {
    scene->seen.count = 1;
    scene->seen.seen[0] =
        (struct sw1_seen){SPAN_LIT(FIXTURE_URI), scene->issuer.list.iat + (scene->attack ? 1 : 0)};
}
static void line_in_uri(struct scene *scene) {
    scene->issuer.list.uri =
        scene->attack ? SPAN_LIT(FIXTURE_URI "\nsequence 0") : SPAN_LIT(FIXTURE_URI);
    status_by(scene, scene->issuer.status);
}

/* A list signed by the right key with that many bits an entry around the given zlib stream. */
static void status_of(struct scene *scene, uint64_t bits, struct span lst) {
    const struct sw1_fixture *issuer = &scene->issuer;
    struct cbor_writer writer;
    cbor_write_init(&writer, issuer->arena, lst.len + 512);
    cbor_write_map(&writer);
    cbor_write_key(&writer, 2);
    cbor_write_text(&writer, issuer->list.uri);
    cbor_write_key(&writer, 4);
    cbor_write_int(&writer, issuer->list.exp);
    cbor_write_key(&writer, 6);
    cbor_write_int(&writer, issuer->list.iat);
    cbor_write_key(&writer, SW1_CLAIM_STATUS_LIST);
    cbor_write_map(&writer);
    cbor_write_key_text(&writer, SW1_STATUS_BITS);
    cbor_write_uint(&writer, bits);
    cbor_write_key_text(&writer, SW1_STATUS_LST);
    cbor_write_bytes(&writer, lst);
    cbor_write_end(&writer);
    cbor_write_end(&writer);
    ck_assert_int_eq(cose_sign(issuer->arena, issuer->status, SW1_STATUS_TYP, cbor_written(&writer),
                               &scene->status),
                     OK);
}

/* `size` zeros as a zlib stream. */
static struct span zeros(struct scene *scene, size_t size) {
    struct arena *arena = scene->issuer.arena;
    unsigned char *plain = arena_alloc(arena, size);
    uLongf packed = compressBound(size);
    unsigned char *out = arena_alloc(arena, packed);
    ck_assert_int_eq(compress2(out, &packed, plain, size, 9), Z_OK);
    return (struct span){(const char *)out, packed};
}

static void bomb(struct scene *scene) {
    size_t size = scene->attack ? (size_t)64 << 20 : SW1_STATUS_PACKED;
    status_of(scene, 2, zeros(scene, size));
    ck_assert_uint_lt(scene->status.len,
                      SW1_STATUS_SIZE_MAX); /* it is let in, and stopped inside */
}
static void one_byte_more(struct scene *scene) {
    status_of(scene, 2, zeros(scene, (size_t)SW1_STATUS_PACKED + (scene->attack ? 1 : 0)));
}
static void bytes_behind_stream(struct scene *scene) {
    struct span lst = zeros(scene, SW1_STATUS_PACKED);
    char *copy = arena_copy(scene->issuer.arena, lst.ptr, lst.len + 1);
    copy[lst.len] = 0;
    status_of(scene, 2, (struct span){copy, lst.len + (scene->attack ? 1 : 0)});
}
static void stream_cut(struct scene *scene) {
    struct span lst = zeros(scene, SW1_STATUS_PACKED);
    status_of(scene, 2, (struct span){lst.ptr, lst.len - (scene->attack ? 3 : 0)});
}
static void stream_checksum(struct scene *scene) {
    struct span lst = zeros(scene, SW1_STATUS_PACKED);
    char *copy = arena_copy(scene->issuer.arena, lst.ptr, lst.len);
    copy[lst.len - 1] = (char)(copy[lst.len - 1] ^ (scene->attack ? 1 : 0));
    status_of(scene, 2, (struct span){copy, lst.len});
}
static void no_stream(struct scene *scene) {
    status_of(scene, 2, scene->attack ? SPAN_LIT("") : zeros(scene, SW1_STATUS_PACKED));
}
static void bits_1(struct scene *scene) {
    status_of(scene, scene->attack ? 1 : 2, zeros(scene, SW1_STATUS_PACKED));
}
static void bits_0(struct scene *scene) {
    status_of(scene, scene->attack ? 0 : 2, zeros(scene, SW1_STATUS_PACKED));
}
static void bits_64(struct scene *scene) {
    status_of(scene, scene->attack ? 64 : 2, zeros(scene, SW1_STATUS_PACKED));
}
static void too_short(struct scene *scene) {
    size_t entries = (size_t)scene->issuer.claims.status_idx + (scene->attack ? 0 : 1);
    status_of(scene, 2, zeros(scene, (entries + 3) / 4));
}

/* --- the table
 * -------------------------------------------------------------------------------------------- */

static const struct attack {
    const char *name;
    enum sw1_code answer; /* to a document that is good */
    void (*change)(struct scene *scene);
} attacks[] = {
    {"trust list signed by a document key", SW1_TRUST_STALE, forged_trust},
    {"trust list with another signature", SW1_TRUST_STALE, flipped_trust},
    {"older trust list played back", SW1_TRUST_STALE, trust_rollback},
    {"a key twice in the trust list", SW1_TRUST_STALE, same_key_twice},
    {"a private key in the trust list", SW1_TRUST_STALE, private_key_inside},
    {"a purpose that has no meaning", SW1_TRUST_STALE, purpose_unknown},
    {"a state that has no meaning", SW1_TRUST_STALE, state_unknown},

    {"status list left out", SW1_STATUS_MISSING, status_absent},
    {"status list changed", SW1_STATUS_MISSING, status_flipped},
    {"status list signed by a document key", SW1_STATUS_MISSING, status_by_document_key},
    {"status list signed by a stranger", SW1_STATUS_MISSING, status_by_stranger},
    {"status list of a compromised key", SW1_STATUS_MISSING, status_key_compromised},
    {"status list outside its key's window", SW1_STATUS_MISSING, status_outside_window},
    {"older status list played back", SW1_STATUS_STALE, status_rollback},
    {"a line in the list's address", SW1_STATUS_MISSING, line_in_uri},

    {"zlib bomb: 64 MiB in 64 KiB", SW1_STATUS_MISSING, bomb},
    {"a byte more than 2^20 entries", SW1_STATUS_MISSING, one_byte_more},
    {"bytes behind the zlib stream", SW1_STATUS_MISSING, bytes_behind_stream},
    {"zlib stream cut", SW1_STATUS_MISSING, stream_cut},
    {"zlib stream with a wrong checksum", SW1_STATUS_MISSING, stream_checksum},
    {"no zlib stream", SW1_STATUS_MISSING, no_stream},
    {"one bit an entry", SW1_STATUS_MISSING, bits_1},
    {"no bits an entry", SW1_STATUS_MISSING, bits_0},
    {"64 bits an entry", SW1_STATUS_MISSING, bits_64},
    {"list ends before the entry", SW1_STATUS_MISSING, too_short},
};

static enum sw1_code answer_to(const struct attack *attack, bool really) {
    struct scene scene = {.attack = really};
    struct arena *arena = arena_new();
    struct sw1_answer answer;
    sw1_fixture_init(&scene.issuer, arena);
    scene.issuer.claims.status_idx -= 3; /* the first of its byte, for a list that ends before it */
    scene.trust = sw1_fixture_trust(&scene.issuer);
    scene.status = sw1_fixture_status(&scene.issuer);
    struct span text = sw1_fixture_text(&scene.issuer);
    attack->change(&scene);
    struct sw1_verifier *verifier =
        sw1_verifier_new(arena, scene.issuer.root, &scene.issuer.settings, &scene.seen);
    (void)sw1_verifier_trust(verifier, scene.trust);
    (void)sw1_verifier_status(verifier, scene.status);
    sw1_verify(verifier, arena, text, FIXTURE_NOW, &answer);
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

CHECK_MAIN("attacks by lists", NULL, NULL, every_attack_and_its_control)
