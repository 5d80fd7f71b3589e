#include "../../../lib/picture/picture.h"

#include <stdio.h> /* jpeglib.h needs FILE */

#include <jpeglib.h>
#include <png.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../support/check_main.h"

static struct arena *arena;

static void setup(void) {
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

/* A QR code of `text` with `scale` pixels a module, dark as 30 and light as 220. */
static struct picture code_of(const char *text, int scale) {
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    int side = (code->width + 8) * scale;
    struct picture picture = {side, side, arena_alloc(arena, (size_t)(side * side))};
    memset(picture.grey, 220, (size_t)(side * side));
    for (int y = 0; y < code->width * scale; y++) {
        for (int x = 0; x < code->width * scale; x++) {
            if (code->data[y / scale * code->width + x / scale] & 1) {
                picture.grey[(y + 4 * scale) * side + x + 4 * scale] = 30;
            }
        }
    }
    QRcode_free(code);
    return picture;
}

static struct span png_of(const struct picture *picture) {
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)picture->width,
                       .height = (png_uint_32)picture->height,
                       .format = PNG_FORMAT_GRAY};
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    char *bytes = arena_alloc(arena, size);
    ck_assert(png_image_write_to_memory(&image, bytes, &size, 0, picture->grey, 0, NULL));
    return (struct span){bytes, size};
}

/* A colour JPEG, as phones make them. */
static struct span jpeg_of(const struct picture *picture) {
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&errors)};
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = (JDIMENSION)picture->width;
    jpeg.image_height = (JDIMENSION)picture->height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 60, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    JSAMPROW row = arena_alloc(arena, (size_t)picture->width * 3);
    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            memset(row + (ptrdiff_t)x * 3, picture->grey[y * picture->width + x], 3);
        }
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    struct span copy = {arena_copy(arena, bytes, size), size};
    free(bytes);
    return copy;
}

static void finds(const struct picture *picture, const char *text) {
    struct qr_found found = {0};
    qr_scan(arena, picture, &found);
    ck_assert_int_eq(found.count, 1);
    ck_assert(span_is(found.text[0], text));
}

START_TEST(both_formats_are_read) {
    struct picture code = code_of("SW1:HELLO WORLD", 6);
    struct picture back;
    struct span png = png_of(&code);
    struct span jpeg = jpeg_of(&code);
    ck_assert_int_eq(picture_type(png), PICTURE_PNG);
    ck_assert_int_eq(picture_type(jpeg), PICTURE_JPEG);
    ck_assert_int_eq(picture_read(arena, png, &back), OK);
    ck_assert_int_eq(back.width, code.width);
    ck_assert_mem_eq(back.grey, code.grey, (size_t)(code.width * code.height));
    finds(&back, "SW1:HELLO WORLD");
    ck_assert_int_eq(picture_read(arena, jpeg, &back), OK);
    finds(&back, "SW1:HELLO WORLD");
}
END_TEST

/* Small codes are enlarged, large ones made smaller, until one is found. */
START_TEST(sizes_are_tried) {
    for (int scale = 1; scale <= 40; scale *= 3) {
        struct picture code = code_of("SW1:ANY SIZE", scale);
        finds(&code, "SW1:ANY SIZE");
    }
    struct picture empty = {700, 700, arena_alloc(arena, 700 * 700)};
    struct qr_found found = {0};
    qr_scan(arena, &empty, &found);
    ck_assert_int_eq(found.count, 0);
    empty = (struct picture){2200, 2200, arena_alloc(arena, 2200 * 2200)};
    qr_scan(arena, &empty, &found);
    ck_assert_int_eq(found.count, 0);
}
END_TEST

START_TEST(every_code_is_counted) {
    struct qr_found found = {0};
    for (int i = 0; i < QR_FOUND_MAX + 2; i++) {
        struct picture code = code_of(arena_printf(arena, "SW1:%d", i / 2), 4);
        qr_scan(arena, &code, &found);
    }
    ck_assert_int_eq(found.count, QR_FOUND_MAX);
    ck_assert(span_is(found.text[1], "SW1:0") && span_is(found.text[2], "SW1:1"));
}
END_TEST

static void paste(struct picture *onto, const struct picture *code, int left, int top) {
    for (int y = 0; y < code->height; y++) {
        memcpy(onto->grey + (ptrdiff_t)(top + y) * onto->width + left,
               code->grey + (ptrdiff_t)y * code->width, (size_t)code->width);
    }
}

/* A small code in the corner of a large one's picture does not escape a faster look. */
START_TEST(a_small_code_beside_a_large_one) {
    for (int scale = 2; scale <= 8; scale++) {
        struct picture large = code_of("SW1:THE LARGE ONE", 20);
        struct picture small = code_of("SW1:A SMALL ONE", scale);
        struct picture both = {large.width + small.width, large.height, NULL};
        struct qr_found found = {0};
        both.grey = arena_array(arena, (size_t)both.width, (size_t)both.height);
        memset(both.grey, 220, (size_t)(both.width * both.height));
        paste(&both, &large, 0, 0);
        paste(&both, &small, large.width, 1);
        ck_assert_int_ge(both.height, 500);
        qr_scan(arena, &both, &found);
        ck_assert_msg(found.count == 2, "%d of 2 at %d pixels a module", found.count, scale);
    }
}
END_TEST

START_TEST(broken_files_are_refused) {
    struct picture code = code_of("SW1:HELLO WORLD", 6);
    struct picture back;
    struct span whole[2] = {png_of(&code), jpeg_of(&code)};
    for (int i = 0; i < 2; i++) {
        for (size_t len = 0; len < 60; len++) {
            ck_assert_int_eq(picture_read(arena, (struct span){whole[i].ptr, len}, &back),
                             ERR_UNREADABLE);
        }
    }
    ck_assert_int_eq(picture_type(SPAN_LIT("GIF89a")), PICTURE_NONE);
    ck_assert_int_eq(picture_read(arena, SPAN_LIT("GIF89a"), &back), ERR_UNREADABLE);
    /* The width of a PNG stands at byte 16; the wrong checksum is not what refuses it: control. */
    char *huge = arena_copy(arena, whole[0].ptr, whole[0].len);
    memcpy(huge + 16, "\x00\x00\x40\x00\x00\x00\x40\x00", 8); /* 16384 x 16384 */
    ck_assert_int_eq(picture_read(arena, (struct span){huge, whole[0].len}, &back), ERR_UNREADABLE);
}
END_TEST

/* Truly declared sizes past the limits, with right checksums, take no memory. */
START_TEST(huge_pictures_are_refused) {
    struct picture wide = {PICTURE_SIDE_MAX + 1, 1, arena_alloc(arena, PICTURE_SIDE_MAX + 1)};
    struct picture back;
    ck_assert_int_eq(picture_read(arena, png_of(&wide), &back), ERR_UNREADABLE);
    ck_assert_int_eq(picture_read(arena, jpeg_of(&wide), &back), ERR_UNREADABLE);
    wide.width--;
    ck_assert_int_eq(picture_read(arena, png_of(&wide), &back), OK); /* control */
    ck_assert_int_eq(picture_read(arena, jpeg_of(&wide), &back), OK);
    struct picture large = {8000, 5001, arena_alloc(arena, (size_t)8000 * 5001)};
    ck_assert_int_eq(picture_read(arena, png_of(&large), &back), ERR_UNREADABLE);
}
END_TEST

CHECK_MAIN("picture", setup, teardown, both_formats_are_read, sizes_are_tried,
           every_code_is_counted, a_small_code_beside_a_large_one, broken_files_are_refused,
           huge_pictures_are_refused)
