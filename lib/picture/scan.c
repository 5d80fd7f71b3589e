#include <limits.h>
#include <string.h>
#include <zbar.h>

#include "../base/arena.h"
#include "picture.h"

static void remember(struct arena *arena, struct span text, struct qr_found *found) {
    if (found->count < QR_FOUND_MAX) {
        char *copy = arena_copy(arena, text.ptr, text.len);
        found->text[found->count++] = (struct span){copy, text.len};
    }
}

/* Pixels of the upright box around a code. */
static int64_t box_of(const zbar_symbol_t *symbol) {
    int left = INT_MAX;
    int top = INT_MAX;
    int right = 0;
    int bottom = 0;
    for (unsigned i = 0; i < zbar_symbol_get_loc_size(symbol); i++) {
        int x = zbar_symbol_get_loc_x(symbol, i);
        int y = zbar_symbol_get_loc_y(symbol, i);
        left = x < left ? x : left;
        top = y < top ? y : top;
        right = x > right ? x : right;
        bottom = y > bottom ? y : bottom;
    }
    return right > left && bottom > top ? (int64_t)(right - left) * (bottom - top) : 0;
}

/* Reads every `step`th row and column for the marks of codes; gives the pixels of the last code. */
static int64_t scan_once(struct arena *arena, const struct picture *picture, int step,
                         struct qr_found *found) {
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    int64_t pixels = 0;
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_X_DENSITY, step);
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_Y_DENSITY, step);
    zbar_image_t *image = zbar_image_create();
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, (unsigned)picture->width, (unsigned)picture->height);
    zbar_image_set_data(image, picture->grey, (size_t)picture->width * (size_t)picture->height,
                        NULL);
    zbar_scan_image(scanner, image);
    const zbar_symbol_t *symbol = zbar_image_first_symbol(image);
    for (; symbol != NULL; symbol = zbar_symbol_next(symbol)) {
        remember(arena,
                 (struct span){zbar_symbol_get_data(symbol), zbar_symbol_get_data_length(symbol)},
                 found);
        pixels = box_of(symbol);
    }
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return pixels;
}

/* Each pixel becomes `times` x `times`, and a white border of 16 is put around: pictures of a pixel
 * a module, or without a quiet zone, are not found otherwise. */
static struct picture enlarge(struct arena *arena, const struct picture *in, int times) {
    enum { BORDER = 16 };
    struct picture out = {in->width * times + 2 * BORDER, in->height * times + 2 * BORDER, NULL};
    size_t width = (size_t)out.width;
    out.grey = arena_array(arena, (size_t)out.height, width);
    memset(out.grey, 255, (size_t)out.height * width);
    for (int y = 0; y < in->height * times; y++) {
        const uint8_t *from = in->grey + (size_t)(y / times) * (size_t)in->width;
        uint8_t *to = out.grey + (size_t)(y + BORDER) * width + BORDER;
        for (int x = 0; x < in->width * times; x++) {
            to[x] = from[x / times];
        }
    }
    return out;
}

/* Half the size, each pixel the mean of four: noise of large photographs goes. */
static struct picture halve(struct arena *arena, const struct picture *in) {
    struct picture out = {in->width / 2, in->height / 2, NULL};
    out.grey = arena_array(arena, (size_t)out.height, (size_t)out.width);
    for (int y = 0; y < out.height; y++) {
        const uint8_t *a = in->grey + (size_t)(2 * y) * (size_t)in->width;
        const uint8_t *b = a + in->width;
        uint8_t *to = out.grey + (size_t)y * (size_t)out.width;
        for (int x = 0; x < out.width; x++) {
            to[x] = (uint8_t)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1]) / 4);
        }
    }
    return out;
}

/* Each pixel the mean of itself and its eight neighbours: noise and the dents of JPEG go, and
 * modules of three pixels and more stay. */
static struct picture smooth(struct arena *arena, const struct picture *in) {
    struct picture out = {in->width, in->height, NULL};
    size_t width = (size_t)in->width;
    out.grey = arena_array(arena, (size_t)in->height, width);
    for (int y = 0; y < in->height; y++) {
        const uint8_t *here = in->grey + (size_t)y * width;
        const uint8_t *above = y > 0 ? here - width : here;
        const uint8_t *below = y + 1 < in->height ? here + width : here;
        uint8_t *to = out.grey + (size_t)y * width;
        for (int x = 0; x < in->width; x++) {
            int left = x > 0 ? x - 1 : x;
            int right = x + 1 < in->width ? x + 1 : x;
            to[x] = (uint8_t)((above[left] + above[x] + above[right] + here[left] + here[x] +
                               here[right] + below[left] + below[x] + below[right]) /
                              9);
        }
    }
    return out;
}

/* Twice the size with what lies between pixels reckoned: the scanner samples by pixels. */
static struct picture twice(struct arena *arena, const struct picture *in) {
    struct picture out = {in->width * 2, in->height * 2, NULL};
    size_t width = (size_t)in->width;
    out.grey = arena_array(arena, (size_t)out.height, (size_t)out.width);
    for (int y = 0; y < out.height; y++) {
        const uint8_t *here = in->grey + (size_t)(y / 2) * width;
        bool last = y / 2 + 1 == in->height;
        const uint8_t *next = y % 2 == 0 || last ? here : here + width;
        uint8_t *to = out.grey + (size_t)y * (size_t)out.width;
        for (int x = 0; x < out.width; x++) {
            int left = x / 2;
            int right = x % 2 == 0 || left + 1 == in->width ? left : left + 1;
            to[x] = (uint8_t)((here[left] + here[right] + next[left] + next[right]) / 4);
        }
    }
    return out;
}

static int shorter(const struct picture *picture) {
    return picture->width < picture->height ? picture->width : picture->height;
}

/* A picture of one code and little else, as Noria draws them: half of the rows and columns take
 * half the time. Where there is room for a second code, all are read, for that one may be small. */
static bool look_at_one(struct arena *arena, const struct picture *picture,
                        struct qr_found *found) {
    enum { SMALL = 500 }; /* a module may be one pixel */
    int64_t area = (int64_t)picture->width * picture->height;
    int before = found->count;
    if (shorter(picture) < SMALL) {
        return false;
    }
    if (scan_once(arena, picture, 2, found) * 4 >= area * 3 && found->count == before + 1) {
        return true;
    }
    found->count = before;
    return false;
}

/* True when something was found in this picture. */
static bool look(struct arena *arena, struct picture picture, struct qr_found *found) {
    int before = found->count;
    (void)scan_once(arena, &picture, 1, found);
    return found->count > before;
}

/* Larger, for codes of a pixel a module; smaller, for photographs with more noise than code. Gives
 * in `*middle` the largest size worth working on. */
static bool look_at_sizes(struct arena *arena, struct picture *middle, struct qr_found *found) {
    enum { SMALL = 500, LARGE = 1000, WORTH = 2000 };
    struct picture half = *middle;
    if (shorter(middle) < SMALL) {
        return look(arena, enlarge(arena, middle, 4), found) ||
               look(arena, enlarge(arena, middle, 2), found);
    }
    for (int turn = 0; turn < 2 && shorter(&half) >= LARGE; turn++) {
        half = halve(arena, &half);
        if (look(arena, half, found)) {
            return true;
        }
        *middle = shorter(middle) > WORTH ? half : *middle;
    }
    return false;
}

/* Softer: against noise and JPEG once, against much of it twice, and twice as large against blur
 * (docs/measurements.md says what each is worth). */
static bool look_softer(struct arena *arena, const struct picture *picture,
                        struct qr_found *found) {
    enum { FEW = 2 * 1000 * 1000 };
    struct picture soft = smooth(arena, picture);
    if (look(arena, soft, found) || look(arena, smooth(arena, &soft), found)) {
        return true;
    }
    if ((size_t)picture->width * (size_t)picture->height > FEW) {
        return false;
    }
    struct picture large = twice(arena, picture);
    return look(arena, smooth(arena, &large), found);
}

void qr_scan(struct arena *arena, const struct picture *picture, struct qr_found *found) {
    struct picture middle = *picture;
    if (!look_at_one(arena, picture, found) && !look(arena, *picture, found) &&
        !look_at_sizes(arena, &middle, found)) {
        (void)look_softer(arena, &middle, found);
    }
}
