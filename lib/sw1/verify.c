#include "verify.h"

#include <string.h>

#include "../base/arena.h"
#include "base45.h"
#include "issue.h"

/* A document: text limit in bytes; its maps are few and shallow. */
static const struct cbor_limits document_limits = {SW1_TEXT_MAX, 192, 6};

struct sw1_verifier {
    struct arena *arena;
    const struct sw1_key *root;
    struct sw1_settings settings;
    struct sw1_memory memory;
    bool has_trust;
    struct sw1_trust trust;
    int lists;
    struct sw1_status_list list[SW1_LISTS_MAX];
};

struct sw1_verifier *sw1_verifier_new(struct arena *arena, const struct sw1_key *root,
                                      const struct sw1_settings *settings,
                                      const struct sw1_memory *memory) {
    struct sw1_verifier *verifier = ARENA_NEW(arena, struct sw1_verifier);
    verifier->arena = arena;
    verifier->root = root;
    verifier->settings = *settings;
    if (memory != NULL) {
        verifier->memory = *memory;
    }
    return verifier;
}

static void remember_time(struct sw1_verifier *verifier, int64_t iat) {
    if (iat > verifier->memory.newest) {
        verifier->memory.newest = iat;
    }
}

static struct span keep(struct arena *arena, struct span bytes) {
    return (struct span){arena_copy(arena, bytes.ptr, bytes.len), bytes.len};
}

enum sw1_code sw1_verifier_trust(struct sw1_verifier *verifier, struct span bytes) {
    struct sw1_trust trust;
    if (bytes.len > SW1_TRUST_SIZE_MAX ||
        !sw1_trust_read(verifier->arena, keep(verifier->arena, bytes), verifier->root, &trust) ||
        trust.sequence < verifier->memory.trust_sequence) {
        return SW1_TRUST_STALE;
    }
    verifier->trust = trust;
    verifier->has_trust = true;
    verifier->memory.trust_sequence = trust.sequence;
    remember_time(verifier, trust.iat);
    return SW1_VALID;
}

static struct sw1_status_list *find_list(const struct sw1_verifier *verifier, struct span uri) {
    for (int i = 0; i < verifier->lists; i++) {
        if (span_equal(verifier->list[i].uri, uri)) {
            return (struct sw1_status_list *)(uintptr_t)&verifier->list[i];
        }
    }
    return NULL;
}

/* The memory of a list, made when there is none; NULL when there is no room. */
static struct sw1_seen *seen_of(struct sw1_memory *memory, struct span uri) {
    for (int i = 0; i < memory->count; i++) {
        if (span_equal(memory->seen[i].uri, uri)) {
            return &memory->seen[i];
        }
    }
    if (memory->count == SW1_LISTS_MAX) {
        return NULL;
    }
    struct sw1_seen *made = &memory->seen[memory->count++];
    *made = (struct sw1_seen){uri, 0};
    return made;
}

enum sw1_code sw1_verifier_status(struct sw1_verifier *verifier, struct span bytes) {
    struct sw1_status_list list;
    if (!verifier->has_trust || bytes.len > SW1_STATUS_SIZE_MAX ||
        !sw1_status_read(verifier->arena, keep(verifier->arena, bytes), &verifier->trust, &list)) {
        return SW1_STATUS_MISSING;
    }
    struct sw1_seen *seen = seen_of(&verifier->memory, list.uri);
    struct sw1_status_list *former = find_list(verifier, list.uri);
    if (seen == NULL || (former == NULL && verifier->lists == SW1_LISTS_MAX)) {
        return SW1_STATUS_MISSING;
    }
    if (list.iat < seen->iat) {
        return SW1_STATUS_STALE;
    }
    seen->iat = list.iat;
    remember_time(verifier, list.iat);
    *(former != NULL ? former : &verifier->list[verifier->lists++]) = list;
    return SW1_VALID;
}

const struct sw1_memory *sw1_verifier_memory(const struct sw1_verifier *verifier) {
    return &verifier->memory;
}

const struct sw1_trust *sw1_verifier_keys(const struct sw1_verifier *verifier) {
    return verifier->has_trust ? &verifier->trust : NULL;
}

enum sw1_code sw1_verifier_current(const struct sw1_verifier *verifier, int64_t now) {
    if (now + verifier->settings.skew < verifier->memory.newest) {
        return SW1_CLOCK_DOUBTFUL;
    }
    bool current = verifier->has_trust && now <= verifier->trust.exp + verifier->settings.skew;
    return current ? SW1_VALID : SW1_TRUST_STALE;
}

/* Text limit, prefix, base45, strict CBOR, COSE shape. */
static enum sw1_code open_text(struct arena *arena, struct span text, struct cose *cose) {
    enum { PREFIX = sizeof SW1_PREFIX - 1 };
    if (text.len > SW1_TEXT_MAX) {
        return SW1_TOO_LONG;
    }
    if (text.len < PREFIX || memcmp(text.ptr, SW1_PREFIX, PREFIX) != 0) {
        return SW1_BAD_PREFIX;
    }
    struct span bytes;
    struct span body = {text.ptr + PREFIX, text.len - PREFIX};
    if (!base45_decode(arena, body, &bytes)) {
        return SW1_BAD_BASE45;
    }
    return cose_read(arena, bytes, NULL, &document_limits, cose);
}

enum sw1_code sw1_verifier_signed(const struct sw1_verifier *verifier, struct arena *arena,
                                  const struct cose *cose) {
    if (!verifier->has_trust) {
        return SW1_TRUST_STALE;
    }
    const struct sw1_trust_key *key = sw1_trust_find(&verifier->trust, cose->kid);
    if (key == NULL) {
        return SW1_UNKNOWN_KEY;
    }
    /* An iat that is not a time is BAD_CLAIMS, told once the signature holds. */
    int64_t iat = key->not_before;
    sw1_claims_iat(&cose->claims, &iat);
    enum sw1_code code = sw1_trust_allows(key, SW1_FOR_DOCUMENTS, iat);
    if (code != SW1_VALID) {
        return code;
    }
    if (!cose->es256) {
        return SW1_ALG_NOT_ALLOWED;
    }
    return cose_verify(arena, cose, key->key) ? SW1_VALID : SW1_BAD_SIGNATURE;
}

static enum sw1_code check_dates(const struct sw1_verifier *verifier,
                                 const struct sw1_claims *claims, int64_t now) {
    int64_t skew = verifier->settings.skew;
    if (now + skew < claims->nbf || now + skew < claims->iat) {
        return SW1_NOT_YET_VALID;
    }
    return now - skew > claims->exp ? SW1_EXPIRED : SW1_VALID;
}

static bool is_stale(const struct sw1_verifier *verifier, const struct sw1_status_list *list,
                     int64_t now) {
    const struct sw1_settings *settings = &verifier->settings;
    return now - settings->skew > list->exp ||
           (settings->max_status_age > 0 &&
            now - settings->skew > list->iat + settings->max_status_age);
}

static enum sw1_code check_status(const struct sw1_verifier *verifier, int64_t now,
                                  struct sw1_answer *answer) {
    const struct sw1_status_list *list = find_list(verifier, answer->claims.status_uri);
    if (list == NULL) {
        return SW1_STATUS_MISSING;
    }
    answer->status_iat = list->iat;
    if (is_stale(verifier, list, now)) {
        return SW1_STATUS_STALE;
    }
    switch (sw1_status_get(list, answer->claims.status_idx)) {
    case SW1_STATUS_VALID:
        return SW1_VALID;
    case SW1_STATUS_REVOKED:
        return SW1_REVOKED;
    case SW1_STATUS_SUSPENDED:
        return SW1_SUSPENDED;
    default: /* past the end of the list, or a value that has no meaning here */
        return SW1_STATUS_MISSING;
    }
}

/* What follows a signature that holds. */
static enum sw1_code check_claims(const struct sw1_verifier *verifier, const struct cbor *doc,
                                  int64_t now, struct sw1_answer *answer) {
    answer->wrong = sw1_claims_read(doc, &answer->claims);
    if (answer->wrong != NULL) {
        return SW1_BAD_CLAIMS;
    }
    answer->shown = true;
    enum sw1_code code = sw1_verifier_current(verifier, now);
    if (code == SW1_VALID) {
        code = check_dates(verifier, &answer->claims, now);
    }
    return code == SW1_VALID ? check_status(verifier, now, answer) : code;
}

void sw1_verify(const struct sw1_verifier *verifier, struct arena *arena, struct span text,
                int64_t now, struct sw1_answer *answer) {
    *answer = (struct sw1_answer){0};
    struct cose cose;
    answer->code = open_text(arena, text, &cose);
    if (answer->code != SW1_VALID) {
        return;
    }
    answer->kid = cose.kid;
    answer->code = sw1_verifier_signed(verifier, arena, &cose);
    if (answer->code == SW1_VALID) {
        answer->code = check_claims(verifier, &cose.claims, now, answer);
    }
}

/* The next letter or digit, upper-case; 0 at the end. */
static char next_sign(struct span text, size_t *at) {
    while (*at < text.len) {
        char c = text.ptr[(*at)++];
        if (c >= 'a' && c <= 'z') {
            return (char)(c - 'a' + 'A');
        }
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            return c;
        }
    }
    return 0;
}

enum sw1_code sw1_holder(const struct sw1_claims *claims, struct span passport) {
    size_t a = 0;
    size_t b = 0;
    char x;
    size_t signs = 0;
    do {
        x = next_sign(claims->passport, &a);
        if (x != next_sign(passport, &b)) {
            return SW1_HOLDER_MISMATCH;
        }
        signs++;
    } while (x != 0);
    return signs > 1 ? SW1_VALID : SW1_HOLDER_MISMATCH; /* nothing equals nothing: no match */
}
