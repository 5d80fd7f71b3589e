#include "qr.h"

#include <png.h>
#include <qrencode.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../run/offload.h"

enum { TEXT_MAX = 4296 }; /* alphanumeric characters of version 40-L; M holds 3,391 */

static Err encode(struct arena *arena, QRencodeMode mode, struct span text, struct qr *out) {
    if (text.len == 0 || text.len > TEXT_MAX) {
        return ERR_DOCUMENT_CLAIMS;
    }
    QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
    QRcode *code = QRinput_append(input, mode, (int)text.len, (const unsigned char *)text.ptr) == 0
                       ? QRcode_encodeInput(input)
                       : NULL;
    QRinput_free(input);
    if (code == NULL) {
        return ERR_DOCUMENT_CLAIMS;
    }
    size_t modules = (size_t)code->width * (size_t)code->width;
    uint8_t *dark = arena_alloc(arena, modules);
    for (size_t i = 0; i < modules; i++) {
        dark[i] = code->data[i] & 1;
    }
    *out = (struct qr){code->width, dark};
    QRcode_free(code);
    return OK;
}

Err qr_make(struct arena *arena, struct span text, struct qr *out) {
    return encode(arena, QR_MODE_AN, text, out);
}

Err qr_make_bytes(struct arena *arena, struct span text, struct qr *out) {
    return encode(arena, QR_MODE_8, text, out);
}

/* --- PNG: libpng writes into a growing buffer
 * ------------------------------------------------------ */

static void put(png_structp png, png_bytep bytes, size_t size) {
    buf_add(png_get_io_ptr(png), bytes, size);
}

static void flush_nothing(png_structp png) {
    (void)png;
}

/* One row of modules as packed pixels; bit 1 is white. */
static void pack_row(const struct qr *qr, int y, uint8_t *row, size_t size) {
    memset(row, 0xFF, size);
    if (y < 0 || y >= qr->width) {
        return;
    }
    for (int x = 0; x < qr->width; x++) {
        if (qr->dark[y * qr->width + x] != 0) {
            row[x + QR_QUIET] = 0; /* a module is 8 pixels, so it is one byte */
        }
    }
}
_Static_assert(QR_PNG_SCALE == 8, "a module is one byte of a row");

static void write_png(png_structp png, png_infop info, const struct qr *qr, uint8_t *row) {
    int side = qr->width + 2 * QR_QUIET;
    png_set_IHDR(png, info, (png_uint_32)(side * QR_PNG_SCALE), (png_uint_32)(side * QR_PNG_SCALE),
                 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, 6);
    png_write_info(png, info);
    for (int y = 0; y < side; y++) {
        pack_row(qr, y - QR_QUIET, row, (size_t)side);
        for (int i = 0; i < QR_PNG_SCALE; i++) {
            png_write_row(png, row);
        }
    }
    png_write_end(png, info);
}

Err qr_png(struct arena *arena, const struct qr *qr, struct span *png_bytes) {
    struct buf *out = ARENA_NEW(arena, struct buf);
    buf_init(out, arena, 4096);
    uint8_t *row = arena_alloc(arena, (size_t)(qr->width + 2 * QR_QUIET));
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    if (info == NULL || setjmp(png_jmpbuf(png)) != 0) {
        png_destroy_write_struct(&png, &info);
        return ERR_INTERNAL;
    }
    png_set_write_fn(png, out, put, flush_nothing);
    write_png(png, info, qr, row);
    png_destroy_write_struct(&png, &info);
    *png_bytes = (struct span){out->ptr, out->len};
    return OK;
}

struct drawing {
    struct arena *arena;
    Err (*make)(struct arena *arena, struct span text, struct qr *out);
    struct span text;
    Err err;
    struct span png;
};

static void draw(void *arg) {
    struct drawing *job = arg;
    struct qr qr;
    job->err = job->make(job->arena, job->text, &qr);
    if (job->err == OK) {
        job->err = qr_png(job->arena, &qr, &job->png);
    }
}

Err qr_drawn(struct arena *arena,
             Err (*make)(struct arena *arena, struct span text, struct qr *out), struct span text,
             struct span *png) {
    struct drawing job = {.arena = arena, .make = make, .text = text};
    offload(draw, &job);
    *png = job.png;
    return job.err;
}
