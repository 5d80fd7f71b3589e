/* base45.h - RFC 9285: bytes as characters of a QR code's alphanumeric segment. */
#ifndef NORIA_SW1_BASE45_H
#define NORIA_SW1_BASE45_H

#include <stdbool.h>

#include "../base/text.h"

struct arena;

/* The text of `bytes` (3 characters for 2 bytes, 2 for a last single one), NUL-terminated. */
struct span base45_encode(struct arena *arena, struct span bytes);

/* The bytes of `text`; false for another character, a length of 3n + 1, or a group whose value does
 * not fit its bytes (RFC 9285 section 6). Each byte string has exactly one accepted text. */
bool base45_decode(struct arena *arena, struct span text, struct span *bytes);

#endif
