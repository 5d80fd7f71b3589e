/* session.h - cookies and tokens: 256 random bits, of which only the SHA-256 is stored. */
#ifndef NORIA_HTTP_SESSION_H
#define NORIA_HTTP_SESSION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/text.h"
#include "../db/db.h"

enum {
    SESSION_SECONDS = 12 * 3600, /* absolute; two hours idle (session.sql) */
    SESSION_SECRET = 43,         /* base64url of 32 bytes */
    SESSION_HASH = 32
};

#define SESSION_COOKIE "__Host-noria"
#define LANG_COOKIE "__Host-lang"
/* API tokens start with it, so that secret scanners find them. */
#define TOKEN_PREFIX "nrt_"

/* A new random secret and the hash of `prefix` + secret, which is what the client will send. */
const char *secret_new(struct arena *arena, const char *prefix, uint8_t hash[SESSION_HASH]);

/* The hash of what a client sent; false when it is not of that form. */
bool secret_hash(const char *prefix, const char *sent, uint8_t hash[SESSION_HASH]);

/* The hidden value of forms: HMAC-SHA-256 keyed by the session's secret, in hexadecimal. */
const char *csrf_value(struct arena *arena, const char *session_secret);

/* The bit of a role. */
unsigned role_bit(const char *role);

/* The word of a role's bit ("employer"); "public" for none. */
const char *role_word(unsigned role);

/* Sessions of one loop looked up within the last two seconds, so that a page with its pictures
 * costs one look-up. `changes` is shared by all loops: each log-out, revocation, new password or
 * disabled account adds one, and what was looked up before counts no more on any loop. Only what is
 * changed past the server (by SQL) is noticed up to two seconds later. */
struct session_cache;
struct session_cache *session_cache_new(struct arena *arena, _Atomic uint64_t *changes);

#endif
