#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs FILE and size_t */

#include <jpeglib.h>

#include "decode.h"

/* libjpeg reports errors by a call that must not return. */
struct failure {
    struct jpeg_error_mgr manager; /* first: libjpeg hands back a pointer to it */
    jmp_buf back;
};

static void fail(j_common_ptr jpeg) {
    longjmp(((struct failure *)(void *)jpeg->err)->back, 1);
}

static void be_silent(j_common_ptr jpeg, int level) {
    (void)jpeg;
    (void)level;
}

/* Everything that can fail, so that the caller of setjmp keeps no local that changes. */
static bool decode(struct jpeg_decompress_struct *jpeg, struct arena *arena, struct span bytes,
                   struct picture *out) {
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, (const unsigned char *)bytes.ptr, bytes.len);
    if (jpeg_read_header(jpeg, TRUE) != JPEG_HEADER_OK ||
        !picture_make(arena, jpeg->image_width, jpeg->image_height, out)) {
        return false;
    }
    jpeg->out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = out->grey + (size_t)jpeg->output_scanline * (size_t)out->width;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    return true;
}

Err decode_jpeg(struct arena *arena, struct span bytes, struct picture *out) {
    struct failure failure;
    struct jpeg_decompress_struct jpeg = {.err = jpeg_std_error(&failure.manager)};
    struct picture picture;
    failure.manager.error_exit = fail;
    failure.manager.emit_message = be_silent;
    volatile bool done = false;
    if (setjmp(failure.back) == 0) {
        done = decode(&jpeg, arena, bytes, &picture);
    }
    jpeg_destroy_decompress(&jpeg);
    if (done) {
        *out = picture;
    }
    return done ? OK : ERR_UNREADABLE;
}
