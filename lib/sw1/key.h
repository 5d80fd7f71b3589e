/* key.h - P-256 keys as COSE_Key (RFC 9053 section 7.1) and ES256 with raw r || s signatures.
 *
 * A key is const after it was made and may be used by several threads at once. */
#ifndef NORIA_SW1_KEY_H
#define NORIA_SW1_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/err.h"
#include "cbor.h"

struct arena;

enum { SW1_KID = 8, SW1_COORDINATE = 32, SW1_SIGNATURE = 64 };

struct sw1_key;

/* Called first in a program: from then on OpenSSL ends the process when memory is lacking, as our
 * arenas do. Many of its functions cannot tell "no memory" from "no": a genuine signature would be
 * refused, a digest that was not made be signed. False when it is too late for that. */
bool sw1_memory(void);

/* A new random key. ERR_CRYPTO when OpenSSL cannot. */
Err CHECKED sw1_key_generate(struct arena *arena, struct sw1_key **key);

/* The public key at the point (x, y); false when it is not a point of P-256. */
bool sw1_key_public(struct arena *arena, const uint8_t x[SW1_COORDINATE],
                    const uint8_t y[SW1_COORDINATE], struct sw1_key **key);

/* Reads a COSE_Key map: {1: 2, 3: -7, -1: 1, -2: x, -3: y}, 2: kid when present must be the key's
 * own, -4: d makes it a private key. False for anything else. Other members are left to the caller.
 */
bool sw1_key_read_item(struct arena *arena, const struct cbor *doc, const struct cbor_item *map,
                       struct sw1_key **key);

/* The same from a file's bytes (root.cosekey, or an unsealed private key). */
bool sw1_key_read(struct arena *arena, struct span bytes, struct sw1_key **key);

/* Writes the members of the public COSE_Key into the map under way. */
void sw1_key_write_members(struct cbor_writer *writer, const struct sw1_key *key);

/* A whole COSE_Key. ERR_CRYPTO when the private part is asked for and there is none. */
Err CHECKED sw1_key_write(struct arena *arena, const struct sw1_key *key, bool with_private,
                          struct span *bytes);

/* First 8 bytes of SHA-256(x || y). */
const uint8_t *sw1_key_kid(const struct sw1_key *key);

/* True when both have the same public point. */
bool sw1_key_same(const struct sw1_key *a, const struct sw1_key *b);

/* ES256 over SHA-256(message). ERR_CRYPTO without a private part. */
Err CHECKED sw1_key_sign(const struct sw1_key *key, struct span message,
                         uint8_t signature[SW1_SIGNATURE]);
bool sw1_key_verify(const struct sw1_key *key, struct span message,
                    const uint8_t signature[SW1_SIGNATURE]);

/* SHA-256 of bytes. */
void sw1_sha256(struct span bytes, uint8_t digest[32]);

#endif
