#include "session.h"

#include <sodium.h>
#include <string.h>

#include "../../lib/base/clock.h"
#include "exchange.h"
#include "loop_server.h"

enum {
    CACHE_SETS = 64,
    CACHE_WAYS = 4,
    CACHE_MILLIS = 2000,
    WORD = 16,
    NAME = 512,
    CSRF_BYTES = 32
};

/* --- secrets ------------------------------------------------------------------------------------
 */

static void hash_of(const char *prefix, const char *secret, uint8_t hash[SESSION_HASH]) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)prefix, strlen(prefix));
    crypto_hash_sha256_update(&state, (const unsigned char *)secret, strlen(secret));
    crypto_hash_sha256_final(&state, hash);
}

const char *secret_new(struct arena *arena, const char *prefix, uint8_t hash[SESSION_HASH]) {
    uint8_t bytes[TOKEN_BYTES];
    char text[SESSION_SECRET + 1];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2base64(text, sizeof text, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    hash_of(prefix, text, hash);
    return arena_printf(arena, "%s%s", prefix, text);
}

bool secret_hash(const char *prefix, const char *sent, uint8_t hash[SESSION_HASH]) {
    size_t len = strlen(prefix);
    if (sent == NULL || strncmp(sent, prefix, len) != 0 || strlen(sent + len) != SESSION_SECRET) {
        return false;
    }
    hash_of(prefix, sent + len, hash);
    return true;
}

const char *csrf_value(struct arena *arena, const char *session_secret) {
    static const unsigned char purpose[] = "noria csrf 1";
    unsigned char mac[CSRF_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)session_secret,
                                strlen(session_secret));
    crypto_auth_hmacsha256_update(&state, purpose, sizeof purpose - 1);
    crypto_auth_hmacsha256_final(&state, mac);
    return text_hex(arena, mac, sizeof mac);
}

/* --- words --------------------------------------------------------------------------------------
 */

static const char *const roles[] = {"employer", "partner", "officer", "desk",
                                    "assessor", "auditor", "admin",   "public"};
enum { ROLES = sizeof roles / sizeof *roles };

unsigned role_bit(const char *role) {
    for (unsigned i = 0; i < ROLES; i++) {
        if (strcmp(role, roles[i]) == 0) {
            return 1U << i;
        }
    }
    return 0;
}

const char *role_word(unsigned role) {
    for (unsigned i = 0; i < ROLES; i++) {
        if (role == 1U << i) {
            return roles[i];
        }
    }
    return roles[ROLES - 1];
}

static enum db_class class_of_kind(const char *kind) {
    if (span_is(span_of(kind), "ofii")) {
        return DB_OFII;
    }
    return span_is(span_of(kind), "partner") ? DB_PARTNER : DB_EMPLOYER;
}

/* --- the client ---------------------------------------------------------------------------------
 */

/* The first that the header holds: browsers name those that they descend from, too. */
static const char *first_of(const char *header, const char *const (*words)[2]) {
    for (; (*words)[0] != NULL; words++) {
        if (strstr(header, (*words)[0]) != NULL) {
            return (*words)[1];
        }
    }
    return "";
}

const char *req_client(const struct req *req) {
    static const char *const browsers[][2] = {
        {"Edg", "Edge"},       {"OPR/", "Opera"},    {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
        {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"},   {NULL, NULL}};
    static const char *const systems[][2] = {
        {"Android", "Android"}, {"iPhone", "iOS"},  {"iPad", "iOS"}, {"Windows", "Windows"},
        {"Mac OS", "macOS"},    {"Linux", "Linux"}, {NULL, NULL}};
    const char *header = exchange_header(exchange_in(req), "User-Agent");
    const char *browser = header == NULL ? "" : first_of(header, browsers);
    const char *system = header == NULL ? "" : first_of(header, systems);
    const char *between = browser[0] != '\0' && system[0] != '\0' ? ", " : "";
    return arena_printf(req->arena, "%s%s%s", browser, between, system);
}

/* --- the cache ----------------------------------------------------------------------------------
 */

struct cached {
    uint8_t hash[SESSION_HASH];
    int64_t until;    /* clock_ticks */
    uint64_t changes; /* there were when it was looked up */
    int64_t account;
    int64_t org;
    enum db_class class;
    unsigned role;
    bool read_only;
    char lang[WORD];
    char name[NAME];
    char org_name[NAME * 2];
};

struct session_cache {
    _Atomic uint64_t *changes;
    struct cached slots[CACHE_SETS][CACHE_WAYS];
};

struct session_cache *session_cache_new(struct arena *arena, _Atomic uint64_t *changes) {
    struct session_cache *cache = ARENA_NEW(arena, struct session_cache);
    cache->changes = changes;
    return cache;
}

/* Where the token is kept, else the slot of its set that was filled the longest ago: a few tokens
 * that share a set must not put each other out at every request. */
static struct cached *slot_of(struct session_cache *cache, const uint8_t *hash) {
    struct cached *set = cache->slots[((size_t)hash[0] << 8 | hash[1]) % CACHE_SETS];
    struct cached *oldest = set;
    for (struct cached *slot = set; slot < set + CACHE_WAYS; slot++) {
        if (sodium_memcmp(slot->hash, hash, SESSION_HASH) == 0) {
            return slot;
        }
        oldest = slot->until < oldest->until ? slot : oldest;
    }
    return oldest;
}

static void keep_text(char *to, size_t size, const char *from) {
    size_t len = strnlen(from, size - 1);
    memcpy(to, from, len);
    to[len] = '\0';
}

static void remember(struct cached *slot, const uint8_t *hash, const struct rows *rows,
                     struct arena *arena) {
    memcpy(slot->hash, hash, SESSION_HASH);
    slot->until = clock_ticks() + CACHE_MILLIS;
    slot->account = rows_int(rows, 0, "account_id");
    slot->org = rows_int(rows, 0, "org_id");
    slot->class = class_of_kind(rows_text(rows, arena, 0, "kind"));
    slot->role = role_bit(rows_text(rows, arena, 0, "role"));
    slot->read_only = rows_col(rows, "scope") >= 0 && span_is(rows_span(rows, 0, "scope"), "read");
    keep_text(slot->lang, sizeof slot->lang, rows_text(rows, arena, 0, "lang"));
    keep_text(slot->name, sizeof slot->name, rows_text(rows, arena, 0, "name"));
    keep_text(slot->org_name, sizeof slot->org_name, rows_text(rows, arena, 0, "org_name"));
}

static void become(struct exchange *ex, const struct cached *slot) {
    struct arena *arena = ex->req.arena;
    ex->who.actor = (struct db_actor){slot->class, slot->account, slot->org, role_word(slot->role)};
    ex->who.role = slot->role;
    ex->who.read_only = slot->read_only;
    ex->who.name = arena_strdup(arena, slot->name);
    ex->who.org_name = arena_strdup(arena, slot->org_name);
    ex->who.lang = arena_strdup(arena, slot->lang);
}

void req_sessions_changed(struct req *req) {
    atomic_fetch_add(exchange_of(req)->server->sessions->changes, 1);
}

/* --- who asks -----------------------------------------------------------------------------------
 */

static Err look_up(struct exchange *ex, enum stmt stmt, const uint8_t *hash, bool *found) {
    static const struct db_actor system = {DB_SYSTEM, 0, 0, "system"};
    struct session_cache *cache = ex->server->sessions;
    struct cached *slot = slot_of(cache, hash);
    struct rows rows;
    uint64_t changes = atomic_load(cache->changes); /* before the look-up: it may see the old row */
    *found = true;
    if (slot->until > clock_ticks() && slot->changes == changes &&
        sodium_memcmp(slot->hash, hash, SESSION_HASH) == 0) {
        become(ex, slot);
        return OK;
    }
    struct db *db = db_as(ex->req.db, &system);
    TRY(db_run(db, stmt, ARGS(arg_bytes("hash", hash, SESSION_HASH)), &rows));
    if (rows.count == 0) {
        *found = false;
        return OK;
    }
    bool stale = rows_col(&rows, "stale") >= 0 && rows_bool(&rows, 0, "stale");
    if (stale) {
        TRY(db_run(db, Q_SESSION_SEEN, ARGS(arg_bytes("hash", hash, SESSION_HASH)), NULL));
    }
    remember(slot, hash, &rows, ex->req.arena); /* nothing suspends from here to become() */
    slot->changes = changes;
    become(ex, slot);
    return OK;
}

static Err find_token(struct exchange *ex) {
    static const char scheme[] = "Bearer ";
    const char *header = exchange_header(ex, "Authorization");
    uint8_t hash[SESSION_HASH];
    bool found = false;
    if (header == NULL) {
        return OK;
    }
    if (strncmp(header, scheme, sizeof scheme - 1) != 0 ||
        !secret_hash(TOKEN_PREFIX, header + sizeof scheme - 1, hash)) {
        return ERR_NOT_LOGGED_IN;
    }
    TRY(look_up(ex, Q_TOKEN_BY_HASH, hash, &found));
    ex->who.api_token = found;
    return found ? OK : ERR_NOT_LOGGED_IN;
}

Err session_find(struct exchange *ex) {
    uint8_t hash[SESSION_HASH];
    bool found = false;
    if (ex->req.api) {
        return find_token(ex);
    }
    const char *cookie = req_get_cookie(&ex->req, SESSION_COOKIE);
    if (!secret_hash("", cookie, hash)) {
        return OK;
    }
    TRY(look_up(ex, Q_SESSION_BY_HASH, hash, &found));
    if (found) {
        ex->who.csrf = csrf_value(ex->req.arena, cookie);
    }
    return OK;
}
