#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

struct span span_of(const char *text) {
    return (struct span){text, text == NULL ? 0 : strlen(text)};
}

bool span_equal(struct span a, struct span b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool span_is(struct span a, const char *text) {
    return span_equal(a, span_of(text));
}

/* --- growing buffer --------------------------------------------------------------------------- */

void buf_init(struct buf *buf, struct arena *arena, size_t cap) {
    buf->arena = arena;
    buf->cap = cap < 64 ? 64 : cap;
    buf->ptr = arena_alloc(arena, buf->cap);
    buf->len = 0;
}

static void buf_reserve(struct buf *buf, size_t more) {
    size_t need = buf->len + more + 1;
    if (need <= buf->cap) {
        return;
    }
    size_t cap = buf->cap * 2 > need ? buf->cap * 2 : need;
    char *ptr = arena_alloc(buf->arena, cap);
    memcpy(ptr, buf->ptr, buf->len);
    buf->ptr = ptr;
    buf->cap = cap;
}

void buf_add(struct buf *buf, const void *bytes, size_t size) {
    buf_reserve(buf, size);
    if (size > 0) {
        memcpy(buf->ptr + buf->len, bytes, size);
    }
    buf->len += size;
    buf->ptr[buf->len] = '\0';
}

void buf_text(struct buf *buf, const char *text) {
    buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c) {
    buf_reserve(buf, 1);
    buf->ptr[buf->len++] = c;
    buf->ptr[buf->len] = '\0';
}

void buf_printf(struct buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(buf->arena, format, args);
    va_end(args);
    buf_text(buf, text);
}

void buf_utf8(struct buf *buf, uint32_t c) {
    char out[4];
    size_t size = 0;
    if (c < 0x80) {
        out[size++] = (char)c;
    } else if (c < 0x800) {
        out[size++] = (char)(0xC0 | c >> 6);
        out[size++] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out[size++] = (char)(0xE0 | c >> 12);
        out[size++] = (char)(0x80 | (c >> 6 & 0x3F));
        out[size++] = (char)(0x80 | (c & 0x3F));
    } else {
        out[size++] = (char)(0xF0 | c >> 18);
        out[size++] = (char)(0x80 | (c >> 12 & 0x3F));
        out[size++] = (char)(0x80 | (c >> 6 & 0x3F));
        out[size++] = (char)(0x80 | (c & 0x3F));
    }
    buf_add(buf, out, size);
}

void buf_uri(struct buf *buf, struct span text) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (size_t i = 0; i < text.len; i++) {
        if (memchr(plain, text.ptr[i], sizeof plain - 1) != NULL) {
            buf_char(buf, text.ptr[i]);
        } else {
            buf_printf(buf, "%%%02X", (unsigned)(unsigned char)text.ptr[i]);
        }
    }
}

/* --- UTF-8 --------------------------------------------------------------------------------------
 */

/* RFC 3629 section 4: the bytes that may follow a first byte, and the least value so written. */
static int utf8_tail(unsigned char first, uint32_t *value, uint32_t *least) {
    if (first < 0x80) {
        *value = first;
        *least = 0;
        return 0;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        *value = first & 0x1FU;
        *least = 0x80;
        return 1;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        *value = first & 0x0FU;
        *least = 0x800;
        return 2;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        *value = first & 0x07U;
        *least = 0x10000;
        return 3;
    }
    return -1;
}

uint32_t text_next(struct span text, size_t *at) {
    uint32_t value = 0;
    uint32_t least = 0;
    int tail = utf8_tail((unsigned char)text.ptr[*at], &value, &least);
    (*at)++;
    if (tail < 0) {
        return UINT32_MAX;
    }
    for (int i = 0; i < tail; i++, (*at)++) {
        if (*at >= text.len || ((unsigned char)text.ptr[*at] & 0xC0) != 0x80) {
            return UINT32_MAX;
        }
        value = value << 6 | ((unsigned char)text.ptr[*at] & 0x3FU);
    }
    bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    return value < least || value > 0x10FFFF || surrogate ? UINT32_MAX : value;
}

bool text_is_utf8(struct span text) {
    for (size_t at = 0; at < text.len;) {
        if (text_next(text, &at) == UINT32_MAX) {
            return false;
        }
    }
    return true;
}

size_t text_length(struct span text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return count;
}

static bool forbidden(uint32_t c, bool multiline) {
    if (c < 0x20) {
        return !(multiline && (c == '\t' || c == '\n' || c == '\r'));
    }
    if (c >= 0x7F && c <= 0x9F) {
        return true;
    }
    bool bidi = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                (c >= 0x2066 && c <= 0x2069);
    bool line_end = !multiline && (c == 0x2028 || c == 0x2029);
    bool non_character = (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
    return bidi || line_end || non_character;
}

bool text_has_forbidden(struct span text, bool multiline) {
    for (size_t at = 0; at < text.len;) {
        uint32_t c = text_next(text, &at);
        if (c == UINT32_MAX || forbidden(c, multiline)) {
            return true;
        }
    }
    return false;
}

/* Bytes of white space at the start of `text`, 0 if none. */
static size_t space_at(const char *ptr, size_t len) {
    if (len >= 1 && (ptr[0] == ' ' || ptr[0] == '\t' || ptr[0] == '\r' || ptr[0] == '\n')) {
        return 1;
    }
    if (len >= 2 && memcmp(ptr, "\xC2\xA0", 2) == 0) {
        return 2;
    }
    if (len >= 3 && memcmp(ptr, "\xEF\xBB\xBF", 3) == 0) {
        return 3;
    }
    return 0;
}

struct span text_trim(struct span text) {
    size_t size = 0;
    while ((size = space_at(text.ptr, text.len)) > 0) {
        text.ptr += size;
        text.len -= size;
    }
    for (;;) {
        size_t cut = 0;
        for (size_t width = 1; width <= 3 && width <= text.len && cut == 0; width++) {
            if (space_at(text.ptr + text.len - width, width) == width) {
                cut = width;
            }
        }
        if (cut == 0) {
            return text;
        }
        text.len -= cut;
    }
}

/* --- encodings
 * ------------------------------------------------------------------------------------ */

/* True when what is broken is only a character cut by the end of the text. */
static bool utf8_but_for_end(struct span text) {
    size_t at = 0;
    while (at < text.len) {
        size_t start = at;
        if (text_next(text, &at) == UINT32_MAX) {
            uint32_t value = 0;
            uint32_t least = 0;
            int tail = utf8_tail((unsigned char)text.ptr[start], &value, &least);
            return tail > 0 && at == text.len && text.len - start <= (size_t)tail;
        }
    }
    return true;
}

size_t text_mark(struct span start, enum text_encoding *encoding) {
    static const struct {
        struct span mark;
        enum text_encoding encoding;
    } marks[] = {{{"\xEF\xBB\xBF", 3}, TEXT_UTF8},
                 {{"\xFF\xFE", 2}, TEXT_UTF16LE},
                 {{"\xFE\xFF", 2}, TEXT_UTF16BE}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        struct span mark = marks[i].mark;
        if (start.len >= mark.len && memcmp(start.ptr, mark.ptr, mark.len) == 0) {
            *encoding = marks[i].encoding;
            return mark.len;
        }
    }
    return 0;
}

enum text_encoding text_guess(struct span text) {
    return utf8_but_for_end(text) ? TEXT_UTF8 : TEXT_WINDOWS_1252;
}

/* Windows-1252's 0x80..0x9F (WHATWG index without its C1 fall-backs); 0 where nothing is defined.
 */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static Err from_windows_1252(struct buf *out, struct span in) {
    for (size_t i = 0; i < in.len; i++) {
        unsigned char byte = (unsigned char)in.ptr[i];
        uint32_t c = byte >= 0x80 && byte <= 0x9F ? windows_1252[byte - 0x80] : byte;
        if (c == 0 && byte != 0) {
            return ERR_BAD_ENCODING;
        }
        buf_utf8(out, c);
    }
    return OK;
}

static uint32_t utf16_unit(struct span in, size_t at, bool big) {
    unsigned a = (unsigned char)in.ptr[at];
    unsigned b = (unsigned char)in.ptr[at + 1];
    return big ? a << 8 | b : b << 8 | a;
}

static Err from_utf16(struct buf *out, struct span in, bool big) {
    if (in.len % 2 != 0) {
        return ERR_BAD_ENCODING;
    }
    for (size_t at = 0; at < in.len; at += 2) {
        uint32_t c = utf16_unit(in, at, big);
        if (c >= 0xD800 && c <= 0xDBFF) {
            at += 2;
            uint32_t low = at < in.len ? utf16_unit(in, at, big) : 0;
            if (low < 0xDC00 || low > 0xDFFF) {
                return ERR_BAD_ENCODING;
            }
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        } else if (c >= 0xDC00 && c <= 0xDFFF) {
            return ERR_BAD_ENCODING;
        }
        buf_utf8(out, c);
    }
    return OK;
}

Err text_to_utf8(struct arena *arena, struct span in, enum text_encoding from, struct span *out) {
    if (from == TEXT_UTF8) {
        *out = in;
        return text_is_utf8(in) ? OK : ERR_BAD_ENCODING;
    }
    struct buf buf;
    buf_init(&buf, arena, in.len + in.len / 2);
    Err err = from == TEXT_WINDOWS_1252 ? from_windows_1252(&buf, in)
                                        : from_utf16(&buf, in, from == TEXT_UTF16BE);
    *out = (struct span){buf.ptr, buf.len};
    return err;
}

/* --- digits
 * --------------------------------------------------------------------------------------- */

bool text_luhn(struct span digits) {
    unsigned sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.ptr[digits.len - 1 - i];
        if (c < '0' || c > '9') {
            return false;
        }
        unsigned digit = (unsigned)(c - '0');
        if (i % 2 == 1) {
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        }
        sum += digit;
    }
    return digits.len > 0 && sum % 10 == 0;
}

char *text_hex(struct arena *arena, const void *bytes, size_t size) {
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = bytes;
    char *out = arena_alloc(arena, size * 2 + 1);
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    return out;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool text_unhex(struct span hex, void *bytes, size_t size) {
    if (hex.len != size * 2) {
        return false;
    }
    unsigned char *out = bytes;
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(hex.ptr[2 * i]);
        int low = hex_digit(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

bool text_int(struct span text, int64_t *value) {
    size_t at = text.len > 0 && text.ptr[0] == '-' ? 1 : 0;
    if (at == text.len) {
        return false;
    }
    int64_t sum = 0;
    for (size_t i = at; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        /* Counted downwards, since INT64_MIN has no positive twin. */
        if (__builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_sub_overflow(sum, text.ptr[i] - '0', &sum)) {
            return false;
        }
    }
    if (at == 0 && sum == INT64_MIN) {
        return false;
    }
    *value = at == 1 ? sum : -sum;
    return true;
}
