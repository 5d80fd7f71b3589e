/* Photographs of a worker document, made by reckoning: turned, tilted, small, large, blurred, dim,
 * noisy, squeezed by JPEG, and all of it a little. How many of each kind are read is held against
 * what was once reached; the control is the plain picture and, at the end, what nobody could read.
 */
#include <math.h>
#include <stdio.h> /* jpeglib.h needs FILE */

#include <jpeglib.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/picture/picture.h"
#include "../../support/check_main.h"

enum { LENGTH = 627 }; /* of a worker document's text */

static char letters[LENGTH];
static const struct span text = {letters, LENGTH};
static QRcode *code;

/* A made-up but repeatable number in 0..1. */
static double chance(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 33) / 2147483648.0;
}

/* The same code each time, so that what is read of it is the same. */
static void setup(void) {
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"; /* RFC 9285 */
    uint64_t seed = 1;
    for (int i = 0; i < LENGTH; i++) {
        letters[i] = alphabet[(size_t)(chance(&seed) * 45)];
    }
    QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
    QRinput_append(input, QR_MODE_AN, (int)text.len, (const unsigned char *)text.ptr);
    code = QRcode_encodeInput(input);
    QRinput_free(input);
}

static void teardown(void) {
    QRcode_free(code);
}

/* How a picture is taken. Zero is a good value for what is not wanted. */
struct shot {
    double module; /* pixels a module */
    double degrees;
    double tilt;  /* by how much the far side is smaller */
    double blur;  /* radius in pixels */
    double dark;  /* grey of ink */
    double light; /* grey of paper */
    double shade; /* how much darker the right side is, 0..1 */
    double noise; /* standard deviation */
    int quality;  /* of JPEG; 0: none */
};

/* The share of ink at a place of the code, in modules; paper outside. */
static double ink(double x, double y) {
    int column = (int)floor(x);
    int row = (int)floor(y);
    bool inside = column >= 0 && row >= 0 && column < code->width && row < code->width;
    return inside && (code->data[row * code->width + column] & 1) ? 1 : 0;
}

/* Ink seen by a pixel: the mean of 3 x 3 places in it, spread over the blur. */
static double seen(const struct shot *shot, double c, double s, double x, double y, double side) {
    double sum = 0;
    for (int i = 0; i < 9; i++) {
        double reach = 0.67 * (0.5 + shot->blur);
        double u = x + ((i % 3) - 1) * reach - side / 2;
        double v = y + ((int)(i / 3) - 1) * reach - side / 2;
        double far = (1 + shot->tilt * (v / side)) / shot->module;
        sum += ink((c * u + s * v) * far + code->width / 2.0,
                   (c * v - s * u) * far + code->width / 2.0);
    }
    return sum / 9;
}

static struct picture take(struct arena *arena, const struct shot *shot, uint64_t seed) {
    int side = (int)((code->width + 12) * shot->module * 1.45);
    double c = cos(shot->degrees * 3.14159265358979 / 180);
    double s = sin(shot->degrees * 3.14159265358979 / 180);
    struct picture picture = {side, side, arena_alloc(arena, (size_t)side * (size_t)side)};
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            double dark = seen(shot, c, s, x + 0.5, y + 0.5, side);
            double grey = shot->light + (shot->dark - shot->light) * dark;
            grey *= 1 - shot->shade * x / side;
            double bell = -6;
            for (int i = 0; i < 12 && shot->noise > 0; i++) {
                bell += chance(&seed);
            }
            grey += shot->noise > 0 ? bell * shot->noise : 0;
            picture.grey[y * side + x] = (uint8_t)(grey < 0 ? 0 : grey > 255 ? 255 : grey);
        }
    }
    return picture;
}

/* Through a JPEG file of that quality and back. */
static struct picture squeeze(struct arena *arena, const struct picture *picture, int quality) {
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&errors)};
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    struct picture back;
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = (JDIMENSION)picture->width;
    jpeg.image_height = (JDIMENSION)picture->height;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < picture->height; y++) {
        JSAMPROW row = picture->grey + (ptrdiff_t)y * picture->width;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    ck_assert_int_eq(picture_read(arena, (struct span){(const char *)bytes, size}, &back), OK);
    free(bytes);
    return back;
}

static bool is_read(const struct shot *shot, uint64_t seed) {
    struct arena *arena = arena_new();
    struct picture picture = take(arena, shot, seed);
    struct qr_found found = {0};
    if (shot->quality > 0) {
        picture = squeeze(arena, &picture, shot->quality);
    }
    qr_scan(arena, &picture, &found);
    bool good = found.count == 1 && span_equal(found.text[0], text);
    ck_assert(found.count == 0 || good); /* nothing else is ever read out of it */
    arena_free(arena);
    return good;
}

enum { TURNS = 3, MOST = 34 };

static const struct kind {
    const char *name;
    struct shot shot; /* taken at TURNS angles of 60 degrees from shot.degrees on */
    int least;        /* of TURNS */
} kinds[] = {
    {"plain", {.module = 4, .light = 255}, 3},
    {"turned by odd angles", {.module = 4, .degrees = 7, .light = 255}, 3},
    {"2.5 pixels a module", {.module = 2.5, .degrees = 3, .light = 230, .dark = 20}, 3},
    {"12 pixels a module", {.module = 12, .degrees = 11, .light = 230, .dark = 20}, 3},
    {"tilted", {.module = 5, .degrees = 4, .tilt = 0.15, .light = 230, .dark = 20}, 2},
    {"blurred", {.module = 5, .degrees = 5, .blur = 2.5, .light = 230, .dark = 20}, 2},
    {"dim", {.module = 4, .degrees = 9, .light = 60, .dark = 25, .noise = 2}, 3},
    {"half in the shade", {.module = 4, .degrees = 9, .light = 240, .dark = 30, .shade = 0.7}, 3},
    {"noisy", {.module = 4, .degrees = 9, .light = 220, .dark = 40, .noise = 30}, 3},
    {"very noisy", {.module = 6, .degrees = 9, .light = 200, .dark = 60, .noise = 50}, 2},
    {"JPEG of quality 15", {.module = 4, .degrees = 9, .light = 220, .dark = 40, .quality = 15}, 3},
    {"by a telephone, in the evening",
     {.module = 6,
      .degrees = 13,
      .tilt = 0.08,
      .blur = 1.5,
      .light = 120,
      .dark = 40,
      .shade = 0.4,
      .noise = 12,
      .quality = 50},
     3},
};

START_TEST(photographs_are_read) {
    int good = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int count = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            struct shot shot = kinds[i].shot;
            shot.degrees += turn * 60 + turn * 7;
            count += is_read(&shot, i * 100 + (size_t)turn);
        }
        ck_assert_msg(count >= kinds[i].least, "%s: %d of %d", kinds[i].name, count, TURNS);
        good += count;
    }
    ck_assert_int_ge(good, MOST);
}
END_TEST

/* Control: what no eye could read is not read. */
START_TEST(fog_is_not_read) {
    const struct shot fog = {.module = 4, .light = 130, .dark = 126, .noise = 60};
    const struct shot dots = {.module = 0.8, .light = 255};
    ck_assert(!is_read(&fog, 1));
    ck_assert(!is_read(&dots, 1));
}
END_TEST

CHECK_MAIN_FOR("photographs", setup, teardown, 280, photographs_are_read, fog_is_not_read)
