/* noria-pdf: PDF on standard input, the QR codes of its first pages on standard output, one a line
 * in hexadecimal. `noria verify` runs it with little memory and time: what a stranger's PDF can do
 * to the renderer stays in here, and the other commands do not load it. */
#include <poppler.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../lib/base/arena.h"
#include "../../lib/picture/picture.h"

enum { SIZE_MAX_PDF = 32 * 1024 * 1024, PAGES_MAX = 5, DPI = 200, SIDE_MAX = 5000 };

static void limit(void) {
#ifndef __SANITIZE_ADDRESS__ /* which reserves terabytes */
    const struct rlimit memory = {(rlim_t)1 << 30, (rlim_t)1 << 30};
    setrlimit(RLIMIT_AS, &memory);
#endif
    const struct rlimit seconds = {15, 15};
    const struct rlimit files = {0, 0};
    setrlimit(RLIMIT_CPU, &seconds);
    setrlimit(RLIMIT_FSIZE, &files);
}

static struct span read_input(struct arena *arena) {
    struct buf all;
    buf_init(&all, arena, 64 * 1024);
    char chunk[16 * 1024];
    ssize_t got;
    while ((got = read(STDIN_FILENO, chunk, sizeof chunk)) > 0 && all.len < SIZE_MAX_PDF) {
        buf_add(&all, chunk, (size_t)got);
    }
    return (struct span){all.ptr, got == 0 ? all.len : 0};
}

/* Pixels of a page on white; false when it has no size. */
static bool render(struct arena *arena, PopplerPage *page, struct picture *out) {
    double width;
    double height;
    poppler_page_get_size(page, &width, &height);
    double longest = width > height ? width : height;
    double scale = DPI / 72.0;
    if (!(longest >= 1 && longest < 20000)) {
        return false;
    }
    if (longest * scale > SIDE_MAX) {
        scale = SIDE_MAX / longest;
    }
    *out = (struct picture){(int)(width * scale) + 1, (int)(height * scale) + 1, NULL};
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, out->width, out->height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(page, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    const unsigned char *from = cairo_image_surface_get_data(surface);
    if (from == NULL) {
        cairo_surface_destroy(surface);
        return false;
    }
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    out->grey = arena_array(arena, (size_t)out->height, (size_t)out->width);
    for (int y = 0; y < out->height; y++) {
        for (int x = 0; x < out->width; x++) {
            const unsigned char *pixel = from + (size_t)y * stride + (size_t)x * 4;
            out->grey[(size_t)y * (size_t)out->width + (size_t)x] =
                (uint8_t)((pixel[0] + 2 * pixel[1] + pixel[2]) / 4);
        }
    }
    cairo_surface_destroy(surface);
    return true;
}

/* A document printed on two pages is one document; two on one page are several. */
static void add_page(const struct qr_found *page, struct qr_found *found) {
    for (int i = 0; i < page->count; i++) {
        bool known = false;
        for (int k = 0; k < found->count; k++) {
            known = known || (page->count == 1 && span_equal(found->text[k], page->text[i]));
        }
        if (!known && found->count < QR_FOUND_MAX) {
            found->text[found->count++] = page->text[i];
        }
    }
}

static void scan_pages(struct arena *arena, PopplerDocument *document, struct qr_found *found) {
    int pages = poppler_document_get_n_pages(document);
    for (int i = 0; i < pages && i < PAGES_MAX; i++) {
        PopplerPage *page = poppler_document_get_page(document, i);
        struct picture picture;
        struct qr_found here = {0};
        if (page != NULL && render(arena, page, &picture)) {
            qr_scan(arena, &picture, &here);
            add_page(&here, found);
        }
        g_clear_object(&page);
    }
}

int main(void) {
    limit();
    struct arena *arena = arena_new();
    struct span bytes = read_input(arena);
    GBytes *input = g_bytes_new_static(bytes.ptr, bytes.len);
    PopplerDocument *document =
        bytes.len > 0 ? poppler_document_new_from_bytes(input, NULL, NULL) : NULL;
    struct qr_found found = {0};
    if (document != NULL) {
        scan_pages(arena, document, &found);
    }
    for (int i = 0; i < found.count; i++) {
        printf("%s\n", text_hex(arena, found.text[i].ptr, found.text[i].len));
    }
    /* Nothing is given back: the process ends here. */
    (void)fflush(stdout);
    _exit(document != NULL ? 0 : 1);
}
