/* text.h - text as users send it: encodings, trimming, and what may not be kept. */
#ifndef NORIA_BASE_TEXT_H
#define NORIA_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct arena;

/* A borrowed run of bytes; not NUL-terminated. */
struct span {
    const char *ptr;
    size_t len;
};

#define SPAN_LIT(literal) ((struct span){(literal), sizeof(literal) - 1})

/* The span of a C string; NULL gives an empty one. */
struct span span_of(const char *text);
bool span_equal(struct span a, struct span b);
bool span_is(struct span a, const char *text);

/* A growing buffer in an arena, always NUL-terminated once written to. */
struct buf {
    struct arena *arena;
    char *ptr;
    size_t len;
    size_t cap;
};

void buf_init(struct buf *buf, struct arena *arena, size_t cap);
void buf_add(struct buf *buf, const void *bytes, size_t size);
void buf_text(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Strict UTF-8 (RFC 3629): no overlong forms, surrogates or values past U+10FFFF. */
bool text_is_utf8(struct span text);

/* Decodes the character at `*at` (< text.len) and moves `*at` past it; UINT32_MAX if it is broken.
 */
uint32_t text_next(struct span text, size_t *at);

/* Appends a code point as UTF-8. */
void buf_utf8(struct buf *buf, uint32_t code_point);

/* Appends text as a part of a path or the value of a query parameter: all but the unreserved
 * characters (RFC 3986 2.3) is percent-encoded. */
void buf_uri(struct buf *buf, struct span text);

/* Characters (code points) of valid UTF-8. */
size_t text_length(struct span text);

/* True when the text holds something a record must not keep: NUL, C0/C1 controls (tab, CR and LF
 * are allowed when `multiline`), bidirectional overrides and isolates (U+202A..E, U+2066..9,
 * U+200E/F, U+061C), non-characters. */
bool text_has_forbidden(struct span text, bool multiline);

/* Without the white space at both ends (ASCII space, tab, CR, LF, U+00A0, U+FEFF). */
struct span text_trim(struct span text);

/* What a file is written in. */
enum text_encoding { TEXT_UTF8, TEXT_WINDOWS_1252, TEXT_UTF16LE, TEXT_UTF16BE };

/* The byte-order mark that a file begins with: how many bytes it takes, and the encoding it says; 0
 * when there is none. */
size_t text_mark(struct span start, enum text_encoding *encoding);

/* Guesses the encoding of a text without mark: UTF-8 if valid (a character cut at the end is
 * allowed), else Windows-1252. */
enum text_encoding text_guess(struct span text);

/* Converts whole characters without byte-order mark to UTF-8. ERR_BAD_ENCODING when they are
 * broken; `out` is then what stands before the break (of Windows-1252 and UTF-16). */
Err CHECKED text_to_utf8(struct arena *arena, struct span in, enum text_encoding from,
                         struct span *out);

/* ISO/IEC 7812-1 (Luhn) over decimal digits; false for an empty text or another character. */
bool text_luhn(struct span digits);

/* Lower-case hexadecimal of bytes. */
char *text_hex(struct arena *arena, const void *bytes, size_t size);

/* The bytes of exactly 2 x size hexadecimal digits. */
bool text_unhex(struct span hex, void *bytes, size_t size);

/* A whole decimal number: optional '-', digits only, no spaces; false when out of int64. */
bool text_int(struct span text, int64_t *value);

#endif
