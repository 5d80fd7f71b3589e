#include "verify.h"

#include <string.h>

#include "../base/arena.h"
#include "base45.h"
#include "issue.h"

/* A document: text limit in bytes; its maps are few and shallow. */
static const struct cbor_limits document_limits = {SW1_TEXT_MAX, 192, 6};

/* A status list as it is kept. */
struct kept {
    struct sw1_status_list list;
    bool older; /* than one seen: a rollback. It answers nothing, but it is there */
};

struct sw1_verifier {
    struct arena *arena;
    const struct sw1_key *root;
    struct sw1_settings settings;
    struct sw1_memory memory;
    bool has_trust;
    struct sw1_trust trust;
    int lists;
    struct kept list[SW1_LISTS_MAX];
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

static int find_list(const struct sw1_verifier *verifier, struct span uri) {
    for (int i = 0; i < verifier->lists; i++) {
        if (span_equal(verifier->list[i].list.uri, uri)) {
            return i;
        }
    }
    return verifier->lists;
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
    int place = find_list(verifier, list.uri);
    if (seen == NULL || place == SW1_LISTS_MAX) {
        return SW1_STATUS_MISSING;
    }
    bool older = list.iat < seen->iat;
    bool first = place == verifier->lists;
    if (!older) {
        seen->iat = list.iat;
        remember_time(verifier, list.iat);
    }
    if (!older || first) { /* an older one never takes the place of another */
        verifier->list[place] = (struct kept){list, older};
        verifier->lists += first;
    }
    return older ? SW1_STATUS_STALE : SW1_VALID;
}

const struct sw1_memory *sw1_verifier_memory(const struct sw1_verifier *verifier) {
    return &verifier->memory;
}

const struct sw1_trust *sw1_verifier_keys(const struct sw1_verifier *verifier) {
    return verifier->has_trust ? &verifier->trust : NULL;
}

/* RFC 8392 section 3.1.4: on or after exp nothing is accepted, but for the skew of clocks. */
static bool is_past(const struct sw1_verifier *verifier, int64_t exp, int64_t now) {
    return now - verifier->settings.skew >= exp;
}

static bool is_clock_doubtful(const struct sw1_verifier *verifier, int64_t now) {
    return now + verifier->settings.skew < verifier->memory.newest;
}

enum sw1_code sw1_verifier_current(const struct sw1_verifier *verifier, int64_t now) {
    if (is_clock_doubtful(verifier, now)) {
        return SW1_CLOCK_DOUBTFUL;
    }
    bool current = verifier->has_trust && !is_past(verifier, verifier->trust.exp, now);
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

/* A clock that is not believed says nothing of dates. A document past its end is refused for good,
 * however old the lists are. */
static enum sw1_code check_dates(const struct sw1_verifier *verifier,
                                 const struct sw1_claims *claims, int64_t now) {
    int64_t skew = verifier->settings.skew;
    if (is_clock_doubtful(verifier, now)) {
        return SW1_CLOCK_DOUBTFUL;
    }
    if (now + skew < claims->nbf || now + skew < claims->iat) {
        return SW1_NOT_YET_VALID;
    }
    return is_past(verifier, claims->exp, now) ? SW1_EXPIRED : sw1_verifier_current(verifier, now);
}

static bool is_stale(const struct sw1_verifier *verifier, const struct kept *kept, int64_t now) {
    const struct sw1_settings *settings = &verifier->settings;
    return kept->older || is_past(verifier, kept->list.exp, now) ||
           (settings->max_status_age > 0 &&
            now - settings->skew > kept->list.iat + settings->max_status_age);
}

static enum sw1_code check_status(const struct sw1_verifier *verifier, int64_t now,
                                  struct sw1_answer *answer) {
    int place = find_list(verifier, answer->claims.status_uri);
    if (place == verifier->lists) {
        return SW1_STATUS_MISSING;
    }
    const struct kept *kept = &verifier->list[place];
    answer->status_iat = kept->list.iat;
    if (is_stale(verifier, kept, now)) {
        return SW1_STATUS_STALE;
    }
    switch (sw1_status_get(&kept->list, answer->claims.status_idx)) {
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
    enum sw1_code code = check_dates(verifier, &answer->claims, now);
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
