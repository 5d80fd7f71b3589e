#include <png.h>

#include "decode.h"

Err decode_png(struct arena *arena, struct span bytes, struct picture *out) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    struct picture picture;
    if (!png_image_begin_read_from_memory(&image, bytes.ptr, bytes.len)) {
        return ERR_UNREADABLE;
    }
    image.format = PNG_FORMAT_GRAY;
    static const png_color white = {255, 255, 255};
    bool done = picture_make(arena, image.width, image.height, &picture) &&
                png_image_finish_read(&image, &white, picture.grey, picture.width, NULL);
    png_image_free(&image);
    if (done) {
        *out = picture;
    }
    return done ? OK : ERR_UNREADABLE;
}
