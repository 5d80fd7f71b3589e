#include "key.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>
#include <stdatomic.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/memory.h"

/* COSE_Key labels and values (RFC 9052 table 4, RFC 9053 tables 18 and 19). */
enum { KEY_TYPE = 1, KEY_ID = 2, KEY_ALG = 3, KEY_CURVE = -1, KEY_X = -2, KEY_Y = -3, KEY_D = -4 };
enum { TYPE_EC2 = 2, ALG_ES256 = -7, CURVE_P256 = 1 };
enum { POINT = 1 + 2 * SW1_COORDINATE, DER_MAX = 72 };

/* A context between two uses. Contexts are not shared between threads: who uses one takes it away
 * and another thread, finding none, duplicates the model. */
struct spare {
    _Atomic(EVP_PKEY_CTX *) signing;
    _Atomic(EVP_PKEY_CTX *) verifying;
};

struct sw1_key {
    uint8_t kid[SW1_KID];
    uint8_t point[POINT]; /* 04 || x || y */
    bool has_private;
    uint8_t d[SW1_COORDINATE];
    EVP_PKEY *pkey;
    EVP_MD *sha256;        /* fetched once: a fetch takes a lock */
    EVP_PKEY_CTX *signing; /* models, initialised once */
    EVP_PKEY_CTX *verifying;
    struct spare *spare; /* the one part of a key that changes after it was made */
};

static void key_release(void *object) {
    struct sw1_key *key = object;
    EVP_PKEY_CTX_free(atomic_load(&key->spare->signing));
    EVP_PKEY_CTX_free(atomic_load(&key->spare->verifying));
    EVP_MD_free(key->sha256);
    EVP_PKEY_CTX_free(key->signing);
    EVP_PKEY_CTX_free(key->verifying);
    EVP_PKEY_free(key->pkey);
    OPENSSL_cleanse(key, sizeof *key);
}

/* --- memory ------------------------------------------------------------------------------------
 */

static void *take(size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return memory_take(size);
}

static void *take_again(void *bytes, size_t size, const char *file, int line) {
    (void)file;
    (void)line;
    return memory_again(bytes, size);
}

static void give(void *bytes, const char *file, int line) {
    (void)file;
    (void)line;
    memory_give(bytes);
}

bool sw1_memory(void) {
    return CRYPTO_set_mem_functions(take, take_again, give) == 1;
}

/* ---------------------------------------------------------------------------------------------- */

void sw1_sha256(struct span bytes, uint8_t digest[32]) {
    SHA256((const unsigned char *)bytes.ptr, bytes.len, digest);
}

/* OpenSSL's key from the point and, when there is one, the private number. */
static bool pkey_build(struct sw1_key *key) {
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *d = key->has_private ? BN_secure_new() : NULL;
    if (d != NULL) {
        BN_bin2bn(key->d, SW1_COORDINATE, d);
    }
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, key->point, POINT);
    if (d != NULL) {
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, d);
    }
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool done = params != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
                EVP_PKEY_fromdata(ctx, &key->pkey, EVP_PKEY_KEYPAIR, params) == 1;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_clear_free(d);
    return done;
}

/* The point lies on the curve, and the private number belongs to it. */
static bool pkey_check(const struct sw1_key *key) {
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->pkey, NULL);
    bool good =
        EVP_PKEY_public_check(ctx) == 1 && (!key->has_private || EVP_PKEY_pairwise_check(ctx) == 1);
    EVP_PKEY_CTX_free(ctx);
    return good;
}

static bool contexts_make(struct sw1_key *key) {
    key->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    key->verifying = EVP_PKEY_CTX_new(key->pkey, NULL);
    key->signing = key->has_private ? EVP_PKEY_CTX_new(key->pkey, NULL) : NULL;
    return key->sha256 != NULL && EVP_PKEY_verify_init(key->verifying) == 1 &&
           (!key->has_private || EVP_PKEY_sign_init(key->signing) == 1);
}

/* Completes a key whose point (and private number) are set. */
static bool key_finish(struct arena *arena, struct sw1_key *key, struct sw1_key **out) {
    key->spare = ARENA_NEW(arena, struct spare);
    arena_defer(arena, key_release, key);
    key->point[0] = 4;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256(key->point + 1, POINT - 1, digest);
    memcpy(key->kid, digest, SW1_KID);
    if (!pkey_build(key) || !pkey_check(key) || !contexts_make(key)) {
        return false;
    }
    *out = key;
    return true;
}

bool sw1_key_public(struct arena *arena, const uint8_t x[SW1_COORDINATE],
                    const uint8_t y[SW1_COORDINATE], struct sw1_key **key) {
    struct sw1_key *made = ARENA_NEW(arena, struct sw1_key);
    memcpy(made->point + 1, x, SW1_COORDINATE);
    memcpy(made->point + 1 + SW1_COORDINATE, y, SW1_COORDINATE);
    return key_finish(arena, made, key);
}

Err sw1_key_generate(struct arena *arena, struct sw1_key **key) {
    struct sw1_key *made = ARENA_NEW(arena, struct sw1_key);
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    BIGNUM *d = NULL;
    size_t size = 0;
    bool done = pkey != NULL &&
                EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, made->point, POINT,
                                                &size) == 1 &&
                size == POINT && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
                BN_bn2binpad(d, made->d, SW1_COORDINATE) == SW1_COORDINATE;
    BN_clear_free(d);
    EVP_PKEY_free(pkey);
    made->has_private = true;
    return done && key_finish(arena, made, key) ? OK : ERR_CRYPTO;
}

bool sw1_key_read_item(struct arena *arena, const struct cbor *doc, const struct cbor_item *map,
                       struct sw1_key **key) {
    int64_t type = 0;
    int64_t alg = 0;
    int64_t curve = 0;
    struct span x;
    struct span y;
    if (!cbor_int(cbor_get(doc, map, KEY_TYPE), &type) || type != TYPE_EC2 ||
        !cbor_int(cbor_get(doc, map, KEY_ALG), &alg) || alg != ALG_ES256 ||
        !cbor_int(cbor_get(doc, map, KEY_CURVE), &curve) || curve != CURVE_P256 ||
        !cbor_bytes(cbor_get(doc, map, KEY_X), SW1_COORDINATE, SW1_COORDINATE, &x) ||
        !cbor_bytes(cbor_get(doc, map, KEY_Y), SW1_COORDINATE, SW1_COORDINATE, &y)) {
        return false;
    }
    struct sw1_key *made = ARENA_NEW(arena, struct sw1_key);
    memcpy(made->point + 1, x.ptr, SW1_COORDINATE);
    memcpy(made->point + 1 + SW1_COORDINATE, y.ptr, SW1_COORDINATE);
    const struct cbor_item *secret = cbor_get(doc, map, KEY_D);
    if (secret != NULL) {
        struct span d;
        if (!cbor_bytes(secret, SW1_COORDINATE, SW1_COORDINATE, &d)) {
            return false;
        }
        memcpy(made->d, d.ptr, SW1_COORDINATE);
        made->has_private = true;
    }
    if (!key_finish(arena, made, &made)) {
        return false;
    }
    const struct cbor_item *id = cbor_get(doc, map, KEY_ID);
    struct span kid;
    if (id != NULL &&
        (!cbor_bytes(id, SW1_KID, SW1_KID, &kid) || memcmp(kid.ptr, made->kid, SW1_KID) != 0)) {
        return false;
    }
    *key = made;
    return true;
}

bool sw1_key_read(struct arena *arena, struct span bytes, struct sw1_key **key) {
    static const struct cbor_limits limits = {512, 32, 2};
    struct cbor doc;
    return cbor_read(arena, bytes, &limits, &doc) && sw1_key_read_item(arena, &doc, doc.items, key);
}

static struct span coordinate(const struct sw1_key *key, int which) {
    return (struct span){(const char *)key->point + 1 + which * SW1_COORDINATE, SW1_COORDINATE};
}

void sw1_key_write_members(struct cbor_writer *writer, const struct sw1_key *key) {
    cbor_write_key(writer, KEY_TYPE);
    cbor_write_int(writer, TYPE_EC2);
    cbor_write_key(writer, KEY_ID);
    cbor_write_bytes(writer, (struct span){(const char *)key->kid, SW1_KID});
    cbor_write_key(writer, KEY_ALG);
    cbor_write_int(writer, ALG_ES256);
    cbor_write_key(writer, KEY_CURVE);
    cbor_write_int(writer, CURVE_P256);
    cbor_write_key(writer, KEY_X);
    cbor_write_bytes(writer, coordinate(key, 0));
    cbor_write_key(writer, KEY_Y);
    cbor_write_bytes(writer, coordinate(key, 1));
}

Err sw1_key_write(struct arena *arena, const struct sw1_key *key, bool with_private,
                  struct span *bytes) {
    if (with_private && !key->has_private) {
        return ERR_CRYPTO;
    }
    struct cbor_writer writer;
    cbor_write_init(&writer, arena, 160);
    cbor_write_map(&writer);
    sw1_key_write_members(&writer, key);
    if (with_private) {
        cbor_write_key(&writer, KEY_D);
        cbor_write_bytes(&writer, (struct span){(const char *)key->d, SW1_COORDINATE});
    }
    cbor_write_end(&writer);
    *bytes = cbor_written(&writer);
    return OK;
}

const uint8_t *sw1_key_kid(const struct sw1_key *key) {
    return key->kid;
}

bool sw1_key_same(const struct sw1_key *a, const struct sw1_key *b) {
    return memcmp(a->point, b->point, POINT) == 0;
}

/* The 32-byte number at `number` as a DER INTEGER; gives its size. */
static size_t der_put(const uint8_t *number, uint8_t *out) {
    size_t skip = 0;
    while (skip < SW1_COORDINATE - 1 && number[skip] == 0) {
        skip++;
    }
    size_t pad = number[skip] >> 7; /* keeps it positive */
    size_t size = SW1_COORDINATE - skip;
    out[0] = 2;
    out[1] = (uint8_t)(size + pad);
    out[2] = 0;
    memcpy(out + 2 + pad, number + skip, size);
    return 2 + pad + size;
}

/* A DER INTEGER of OpenSSL's own making as 32 bytes; gives its size. */
static size_t der_take(const uint8_t *der, uint8_t number[SW1_COORDINATE]) {
    size_t size = der[1];
    size_t skip = size > SW1_COORDINATE ? size - SW1_COORDINATE : 0;
    memset(number, 0, SW1_COORDINATE);
    memcpy(number + SW1_COORDINATE - (size - skip), der + 2 + skip, size - skip);
    return 2 + size;
}

static EVP_PKEY_CTX *context_take(_Atomic(EVP_PKEY_CTX *) *spare, const EVP_PKEY_CTX *model) {
    EVP_PKEY_CTX *ctx = atomic_exchange(spare, NULL);
    return ctx != NULL ? ctx : EVP_PKEY_CTX_dup(model);
}

static void context_give(_Atomic(EVP_PKEY_CTX *) *spare, EVP_PKEY_CTX *ctx) {
    EVP_PKEY_CTX_free(atomic_exchange(spare, ctx));
}

static bool digest_of(const struct sw1_key *key, struct span message, uint8_t *digest) {
    return EVP_Digest(message.ptr, message.len, digest, NULL, key->sha256, NULL) == 1;
}

Err sw1_key_sign(const struct sw1_key *key, struct span message, uint8_t signature[SW1_SIGNATURE]) {
    if (!key->has_private) {
        return ERR_CRYPTO;
    }
    uint8_t digest[SHA256_DIGEST_LENGTH];
    uint8_t der[DER_MAX];
    size_t size = sizeof der;
    EVP_PKEY_CTX *ctx = context_take(&key->spare->signing, key->signing);
    bool done = ctx != NULL && digest_of(key, message, digest) &&
                EVP_PKEY_sign(ctx, der, &size, digest, sizeof digest) == 1;
    context_give(&key->spare->signing, ctx);
    if (done) {
        size_t first = der_take(der + 2, signature);
        der_take(der + 2 + first, signature + SW1_COORDINATE);
    }
    return done ? OK : ERR_CRYPTO;
}

bool sw1_key_verify(const struct sw1_key *key, struct span message,
                    const uint8_t signature[SW1_SIGNATURE]) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    uint8_t der[DER_MAX];
    size_t size = der_put(signature, der + 2);
    size += der_put(signature + SW1_COORDINATE, der + 2 + size);
    der[0] = 0x30;
    der[1] = (uint8_t)size;
    EVP_PKEY_CTX *ctx = context_take(&key->spare->verifying, key->verifying);
    bool good = ctx != NULL && digest_of(key, message, digest) &&
                EVP_PKEY_verify(ctx, der, size + 2, digest, sizeof digest) == 1;
    context_give(&key->spare->verifying, ctx);
    return good;
}
