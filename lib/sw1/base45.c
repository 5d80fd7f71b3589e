#include "base45.h"

#include "../base/arena.h"

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

struct span base45_encode(struct arena *arena, struct span bytes) {
    char *out = arena_alloc(arena, bytes.len / 2 * 3 + bytes.len % 2 * 2 + 1);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i += 2) {
        bool pair = i + 1 < bytes.len;
        unsigned value = (unsigned char)bytes.ptr[i];
        if (pair) {
            value = value << 8 | (unsigned char)bytes.ptr[i + 1];
        }
        out[len++] = alphabet[value % 45];
        out[len++] = alphabet[value / 45 % 45];
        if (pair) {
            out[len++] = alphabet[value / (45 * 45)];
        }
    }
    return (struct span){out, len};
}

/* The value of a character of the alphabet, or -1. */
static int value_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'Z') {
        return c - 'A' + 10;
    }
    for (int i = 36; i < 45; i++) {
        if (alphabet[i] == c) {
            return i;
        }
    }
    return -1;
}

bool base45_decode(struct arena *arena, struct span text, struct span *bytes) {
    if (text.len % 3 == 1) {
        return false;
    }
    unsigned char *out = arena_alloc(arena, text.len / 3 * 2 + 2);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i += 3) {
        bool triple = i + 2 < text.len;
        int c = value_of(text.ptr[i]);
        int d = value_of(text.ptr[i + 1]);
        int e = triple ? value_of(text.ptr[i + 2]) : 0;
        if (c < 0 || d < 0 || e < 0) {
            return false;
        }
        int value = c + d * 45 + e * 45 * 45;
        if (value > (triple ? 0xFFFF : 0xFF)) {
            return false;
        }
        if (triple) {
            out[len++] = (unsigned char)(value >> 8);
        }
        out[len++] = (unsigned char)(value & 0xFF);
    }
    *bytes = (struct span){(const char *)out, len};
    return true;
}
