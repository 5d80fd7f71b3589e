#include "seek.h"

#include <sodium.h>
#include <string.h>

enum { GUISES_MAX = 4096, HEADS = 4096, HEAD = 4, SHORTEST = 5, SHA_SHOWN = 16 };

struct guise {
    const struct planted *of;
    const char *bytes;
    size_t size;
    int next; /* with the same head; -1 at the end */
};

struct seeker {
    struct arena *arena;
    int count;
    struct guise guises[GUISES_MAX];
    int heads[HEADS];
};

static char folded(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static unsigned head_of(const char *at) {
    unsigned hash = 0;
    for (int i = 0; i < HEAD; i++) {
        hash = hash * 31 + (unsigned char)folded(at[i]);
    }
    return hash % HEADS;
}

struct seeker *seeker_new(struct arena *arena) {
    struct seeker *seeker = ARENA_NEW(arena, struct seeker);
    seeker->arena = arena;
    for (int i = 0; i < HEADS; i++) {
        seeker->heads[i] = -1;
    }
    return seeker;
}

static void add_guise(struct seeker *seeker, const struct planted *of, const char *bytes,
                      size_t size) {
    if (size < SHORTEST) {
        return;
    }
    unsigned head = head_of(bytes);
    ck_assert_int_lt(seeker->count, GUISES_MAX);
    seeker->guises[seeker->count] = (struct guise){of, bytes, size, seeker->heads[head]};
    seeker->heads[head] = seeker->count++;
}

static void add_text(struct seeker *seeker, const struct planted *of, const char *text) {
    add_guise(seeker, of, text, strlen(text));
}

const char *percent(struct arena *arena, const char *text) {
    struct buf out;
    buf_init(&out, arena, 128);
    buf_uri(&out, span_of(text));
    buf_text(&out, "");
    return out.ptr;
}

/* Non-ASCII as \uXXXX (all planted letters are of the basic plane, two bytes of UTF-8). */
static const char *escaped(struct arena *arena, const char *text, bool json) {
    struct buf out;
    buf_init(&out, arena, 128);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at >= 0xC0 && at[1] != '\0') {
            unsigned letter = (unsigned)(*at & 0x1F) << 6 | (at[1] & 0x3F);
            buf_printf(&out, json ? "\\u%04x" : "&#%u;", letter);
            at++;
        } else {
            buf_char(&out, (char)*at);
        }
    }
    buf_text(&out, "");
    return out.ptr;
}

/* As UTF-16 (all planted letters are of the basic plane). */
static void add_wide(struct seeker *seeker, const struct planted *of, const char *text) {
    char *wide[2];
    size_t size = 0;
    for (int big = 0; big < 2; big++) {
        wide[big] = arena_alloc(seeker->arena, strlen(text) * 2);
    }
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        unsigned letter = *at;
        if (*at >= 0xC0 && at[1] != '\0') {
            letter = (unsigned)(*at & 0x1F) << 6 | (at[1] & 0x3F);
            at++;
        }
        wide[0][size] = wide[1][size + 1] = (char)(letter & 0xFF);
        wide[0][size + 1] = wide[1][size] = (char)(letter >> 8);
        size += 2;
    }
    add_guise(seeker, of, wide[0], size);
    add_guise(seeker, of, wide[1], size);
}

/* What of a base64 text does not depend on what stands around it, at each of three alignments. */
static void add_base64(struct seeker *seeker, const struct planted *of, const char *text) {
    size_t len = strlen(text);
    for (size_t skip = 0; skip < 3; skip++) {
        size_t whole = skip >= len ? 0 : (len - skip) / 3 * 3;
        char *out = arena_alloc(seeker->arena, whole * 2 + 8);
        (void)sodium_bin2base64(out, whole * 2 + 8, (const unsigned char *)text + skip, whole,
                                sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
        add_text(seeker, of, out);
    }
}

static void add_digest(struct seeker *seeker, const struct planted *of) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)of->value, strlen(of->value));
    const char *hex = text_hex(seeker->arena, hash, sizeof hash);
    add_guise(seeker, of, hex, SHA_SHOWN);
    char *b64 = arena_alloc(seeker->arena, 64);
    (void)sodium_bin2base64(b64, 64, hash, sizeof hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    add_guise(seeker, of, b64, SHA_SHOWN);
}

void seeker_add(struct seeker *seeker, const struct planted *planted) {
    for (; planted->field != NULL; planted++) {
        const char *value = planted->value;
        size_t len = strlen(value);
        char *back = arena_alloc(seeker->arena, len + 1);
        for (size_t i = 0; i < len; i++) {
            back[i] = value[len - 1 - i];
        }
        add_text(seeker, planted, value);
        add_text(seeker, planted, back);
        add_text(seeker, planted, percent(seeker->arena, value));
        add_text(seeker, planted, escaped(seeker->arena, value, true));
        add_text(seeker, planted, escaped(seeker->arena, value, false));
        add_text(seeker, planted, text_hex(seeker->arena, value, len));
        add_wide(seeker, planted, value);
        add_base64(seeker, planted, value);
        add_digest(seeker, planted);
    }
}

static bool same(const char *a, const char *b, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (folded(a[i]) != folded(b[i])) {
            return false;
        }
    }
    return true;
}

const struct planted *seeker_find(const struct seeker *seeker, const char *bytes, size_t size) {
    for (size_t i = 0; i + SHORTEST <= size; i++) {
        for (int g = seeker->heads[head_of(bytes + i)]; g >= 0; g = seeker->guises[g].next) {
            const struct guise *guise = &seeker->guises[g];
            if (guise->size <= size - i && same(bytes + i, guise->bytes, guise->size)) {
                return guise->of;
            }
        }
    }
    return NULL;
}

int seeker_guises(const struct seeker *seeker) {
    return seeker->count;
}
