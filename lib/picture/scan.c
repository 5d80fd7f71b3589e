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

static void scan_once(struct arena *arena, const struct picture *picture, struct qr_found *found) {
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
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
    }
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
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

void qr_scan(struct arena *arena, const struct picture *picture, struct qr_found *found) {
    enum { SMALL = 500, LARGE = 1000 };
    int before = found->count;
    scan_once(arena, picture, found);
    struct picture other = *picture;
    for (int turn = 0; turn < 2 && found->count == before; turn++) {
        int side = other.width < other.height ? other.width : other.height;
        if (picture->width < SMALL || picture->height < SMALL) {
            other = enlarge(arena, picture, turn == 0 ? 4 : 2);
        } else if (side >= LARGE) {
            other = halve(arena, &other);
        } else {
            return;
        }
        scan_once(arena, &other, found);
    }
}
