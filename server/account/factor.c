#include "factor.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

#include "../../lib/base/arena.h"

enum { DIGITS = 6, FIVE = 5, RECOVERY_TEXT = RECOVERY_BYTES / FIVE * 8, RECOVERY_GROUP = 4 };
_Static_assert(FACTOR_SECRET % FIVE == 0 && RECOVERY_BYTES % FIVE == 0, "no padding is written");

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
static const char context[] = "factor";

const char *base32(struct arena *arena, const uint8_t *bytes, size_t size, size_t group) {
    struct buf out;
    buf_init(&out, arena, size * 2 + 1);
    uint32_t held = 0;
    unsigned bits = 0;
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        held = (held << 8 | bytes[i]) & 0xFFFU; /* never more than 4 + 8 bits wait */
        for (bits += 8; bits >= FIVE; count++) {
            bits -= FIVE;
            if (group != 0 && count != 0 && count % group == 0) {
                buf_char(&out, '-');
            }
            buf_char(&out, alphabet[held >> bits & 31U]);
        }
    }
    return out.ptr;
}

/* --- the secret ---------------------------------------------------------------------------------
 */

void factor_draw(const struct seal *seal, struct arena *arena, int64_t account,
                 struct factor_box *box) {
    const struct seal_owner owner = {context, account};
    uint8_t secret[FACTOR_SECRET];
    uint8_t *wrapped = arena_alloc(arena, SEAL_WRAPPED);
    struct seal_key key;
    struct buf sealed;
    buf_init(&sealed, arena, FACTOR_SECRET + SEAL_OVERHEAD);
    randombytes_buf(secret, sizeof secret);
    seal_key_new(seal, &owner, &key, wrapped);
    seal_put(&key, context, account, (struct span){(const char *)secret, sizeof secret}, &sealed);
    seal_key_wipe(&key);
    sodium_memzero(secret, sizeof secret);
    *box = (struct factor_box){{sealed.ptr, sealed.len}, {(const char *)wrapped, SEAL_WRAPPED}};
}

Err factor_open(const struct seal *seal, struct arena *arena, int64_t account,
                const struct factor_box *box, uint8_t secret[FACTOR_SECRET]) {
    const struct seal_owner owner = {context, account};
    struct span plain;
    TRY(seal_open(seal, &owner, box->wrapped, context, account, box->sealed, arena, &plain));
    if (plain.len != FACTOR_SECRET) {
        return ERR_CRYPTO;
    }
    memcpy(secret, plain.ptr, FACTOR_SECRET);
    return OK;
}

/* --- codes of the moment ------------------------------------------------------------------------
 */

bool totp_step(const uint8_t secret[FACTOR_SECRET], const char *code, int64_t now, int64_t *step) {
    char digits[DIGITS + 1] = "";
    size_t count = 0;
    for (; *code != '\0'; code++) {
        if (*code == ' ') {
            continue;
        }
        if (*code < '0' || *code > '9' || count == DIGITS) {
            return false;
        }
        digits[count++] = *code;
    }
    if (count != DIGITS) {
        return false;
    }
    int off = 0;
    uint64_t counter = 0;
    int found = oath_totp_validate3((const char *)secret, FACTOR_SECRET, (time_t)now,
                                    FACTOR_SECONDS, 0, FACTOR_DRIFT, &off, &counter, digits);
    *step = (int64_t)counter;
    return found >= 0;
}

const char *totp_uri(struct arena *arena, const uint8_t secret[FACTOR_SECRET], const char *email) {
    struct buf out;
    buf_init(&out, arena, 256);
    buf_text(&out, "otpauth://totp/Noria:");
    buf_uri(&out, span_of(email));
    buf_printf(&out, "?secret=%s&issuer=Noria", base32(arena, secret, FACTOR_SECRET, 0));
    return out.ptr;
}

/* --- recovery codes -----------------------------------------------------------------------------
 */

static void hash_text(const char text[RECOVERY_TEXT], uint8_t hash[RECOVERY_HASH]) {
    (void)crypto_hash_sha256(hash, (const unsigned char *)text, RECOVERY_TEXT);
}
_Static_assert((int)RECOVERY_HASH == (int)crypto_hash_sha256_BYTES, "SHA-256");

const char *recovery_draw(struct arena *arena, uint8_t hash[RECOVERY_HASH]) {
    uint8_t bytes[RECOVERY_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    hash_text(base32(arena, bytes, sizeof bytes, 0), hash);
    const char *shown = base32(arena, bytes, sizeof bytes, RECOVERY_GROUP);
    sodium_memzero(bytes, sizeof bytes);
    return shown;
}

/* The character of the alphabet that was meant; 0 for none. */
static char meant(char c) {
    c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    c = (char)(c == '0' ? 'O' : c == '1' ? 'I' : c == '8' ? 'B' : c);
    return c != '\0' && strchr(alphabet, c) != NULL ? c : '\0';
}

bool recovery_hash(const char *typed, uint8_t hash[RECOVERY_HASH]) {
    char text[RECOVERY_TEXT];
    size_t count = 0;
    for (; *typed != '\0'; typed++) {
        if (*typed == ' ' || *typed == '-') {
            continue;
        }
        char c = meant(*typed);
        if (c == '\0' || count == RECOVERY_TEXT) {
            return false;
        }
        text[count++] = c;
    }
    if (count != RECOVERY_TEXT) {
        return false;
    }
    hash_text(text, hash);
    sodium_memzero(text, sizeof text);
    return true;
}
