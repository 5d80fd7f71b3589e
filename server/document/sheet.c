#include "sheet.h"

#include <cairo-pdf.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "pdf_access.h"
#include "qr.h"

enum { MASK_SCALE = 2 };

static cairo_status_t put(void *closure, const unsigned char *bytes, unsigned size) {
    buf_add(closure, bytes, size);
    return CAIRO_STATUS_SUCCESS;
}

void sheet_open(struct sheet *sheet, struct arena *arena, double width, double height,
                const char *title, const char *author) {
    *sheet = (struct sheet){.arena = arena, .out = ARENA_NEW(arena, struct buf)};
    buf_init(sheet->out, arena, 32 * 1024);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(put, sheet->out, width, height);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, author);
    sheet->cairo = cairo_create(surface);
    cairo_surface_destroy(surface);
    sheet->type = type_here();
}

void sheet_page(struct sheet *sheet) {
    cairo_show_page(sheet->cairo);
    type_forget(sheet->type);
}

Err sheet_close(struct sheet *sheet, const char *lang, const char *figure, struct span *pdf) {
    cairo_surface_t *surface = cairo_surface_reference(cairo_get_target(sheet->cairo));
    type_forget(sheet->type);
    bool drawn = cairo_status(sheet->cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(sheet->cairo);
    cairo_surface_finish(surface);
    drawn = drawn && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return drawn && pdf_access(sheet->out, lang, figure, pdf) ? OK : ERR_INTERNAL;
}

void sheet_begin(struct sheet *sheet, const char *tag) {
    cairo_tag_begin(sheet->cairo, tag, NULL);
}

void sheet_end(struct sheet *sheet, const char *tag) {
    cairo_tag_end(sheet->cairo, tag);
}

static double height_of(PangoLayout *layout) {
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

double sheet_height(struct sheet *sheet, const char *text, enum weight weight, const char *lang,
                    struct text_box box) {
    return height_of(type_lay(sheet->type, text, weight, lang, box));
}

double sheet_text(struct sheet *sheet, const char *tag, const char *text, enum weight weight,
                  const char *lang, struct text_box box) {
    PangoLayout *layout = type_lay(sheet->type, text, weight, lang, box);
    if (tag != NULL) {
        sheet_begin(sheet, tag);
    }
    cairo_move_to(sheet->cairo, box.x, box.y);
    pango_cairo_show_layout(sheet->cairo, layout);
    if (tag != NULL) {
        sheet_end(sheet, tag);
    }
    return height_of(layout);
}

void sheet_line(struct sheet *sheet, double x1, double y1, double x2, double y2, double grey) {
    cairo_set_line_width(sheet->cairo, 0.4);
    cairo_set_source_rgb(sheet->cairo, grey, grey, grey);
    cairo_move_to(sheet->cairo, x1, y1);
    cairo_line_to(sheet->cairo, x2, y2);
    cairo_stroke(sheet->cairo);
    cairo_set_source_rgb(sheet->cairo, 0, 0, 0);
}

/* The modules of a row as pixels; the lowest bit of a byte is its first (little-endian). */
static void pack_row(const uint8_t *dark, int width, unsigned char *bits) {
    for (int x = 0; x < width * MASK_SCALE; x++) {
        unsigned pixel = dark[x / MASK_SCALE] != 0 ? 1U << x % 8 : 0;
        bits[x / 8] = (unsigned char)(bits[x / 8] | pixel);
    }
}

static cairo_surface_t *mask_of(const struct qr *qr) {
    int side = qr->width * MASK_SCALE;
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A1, side, side);
    unsigned char *bits = cairo_image_surface_get_data(mask);
    size_t stride = (size_t)cairo_image_surface_get_stride(mask);
    cairo_surface_flush(mask);
    for (int y = 0; y < qr->width; y++) {
        pack_row(qr->dark + y * qr->width, qr->width, bits);
        for (int i = 1; i < MASK_SCALE; i++) {
            memcpy(bits + (size_t)i * stride, bits, stride);
        }
        bits += MASK_SCALE * stride;
    }
    cairo_surface_mark_dirty(mask);
    return mask;
}

/* In the PDF a mask costs a quarter of rectangles. Some renderers blur one that they enlarge, by up
 * to half of its pixels: with two for a module, a scanner reads it from 120 dpi on, and from 300
 * dpi, as printers have it, no renderer that we have blurs it. Four are read no better, and to
 * deflate them cost a tenth of a paper. */
void sheet_qr(struct sheet *sheet, const struct qr *qr, double x, double y, double module) {
    cairo_surface_t *mask = mask_of(qr);
    sheet_begin(sheet, "Figure");
    cairo_save(sheet->cairo);
    cairo_translate(sheet->cairo, x, y);
    cairo_scale(sheet->cairo, module / MASK_SCALE, module / MASK_SCALE);
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(mask);
    cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
    cairo_set_source_rgb(sheet->cairo, 0, 0, 0);
    cairo_mask(sheet->cairo, pattern);
    cairo_pattern_destroy(pattern);
    cairo_restore(sheet->cairo);
    sheet_end(sheet, "Figure");
    cairo_surface_destroy(mask);
}
