#include "sheet.h"

#include <cairo-pdf.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "pdf_lang.h"
#include "qr.h"

enum { MASK_SCALE = 4 };

#define FAMILIES "Noto Sans, Noto Sans Arabic, Noto Sans Georgian, DejaVu Sans"
static const char *const fonts[WEIGHTS] = {
    FAMILIES " 11",  FAMILIES " Bold 11",  FAMILIES " 9",        FAMILIES " Bold 19",
    FAMILIES " 4.8", FAMILIES " Bold 6.5", FAMILIES " Bold 7.5",
};

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
    sheet->context = pango_cairo_create_context(sheet->cairo);
    /* Paper has no pixels to fit glyphs to. */
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(sheet->context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(sheet->context, FALSE);
    pango_cairo_context_set_resolution(sheet->context,
                                       72); /* a point of type is a point of paper */
    for (int i = 0; i < WEIGHTS; i++) {
        PangoFontDescription *font = pango_font_description_from_string(fonts[i]);
        sheet->layouts[i] = pango_layout_new(sheet->context);
        pango_layout_set_font_description(sheet->layouts[i], font);
        pango_layout_set_wrap(sheet->layouts[i], PANGO_WRAP_WORD_CHAR);
        pango_layout_set_auto_dir(sheet->layouts[i], TRUE);
        pango_font_description_free(font);
    }
}

Err sheet_close(struct sheet *sheet, const char *lang, struct span *pdf) {
    cairo_surface_t *surface = cairo_surface_reference(cairo_get_target(sheet->cairo));
    for (int i = 0; i < WEIGHTS; i++) {
        g_object_unref(sheet->layouts[i]);
    }
    g_object_unref(sheet->context);
    bool drawn = cairo_status(sheet->cairo) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(sheet->cairo);
    cairo_surface_finish(surface);
    drawn = drawn && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return drawn && pdf_lang(sheet->out, lang, pdf) ? OK : ERR_INTERNAL;
}

void sheet_begin(struct sheet *sheet, const char *tag) {
    cairo_tag_begin(sheet->cairo, tag, NULL);
}

void sheet_end(struct sheet *sheet, const char *tag) {
    cairo_tag_end(sheet->cairo, tag);
}

static PangoLayout *lay_out(struct sheet *sheet, const char *text, enum weight weight,
                            const char *lang, struct text_box box) {
    PangoLayout *layout = sheet->layouts[weight];
    PangoLanguage *language = pango_language_from_string(lang);
    if (pango_context_get_language(sheet->context) != language) {
        pango_context_set_language(sheet->context, language);
    }
    pango_layout_set_width(layout, (int)(box.width * PANGO_SCALE));
    pango_layout_set_height(layout, box.lines > 0 ? -box.lines : -1000);
    pango_layout_set_ellipsize(layout, box.lines > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    /* A right-to-left paragraph already begins at the right. */
    pango_layout_set_alignment(layout, box.right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static double height_of(PangoLayout *layout) {
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

double sheet_height(struct sheet *sheet, const char *text, enum weight weight, const char *lang,
                    struct text_box box) {
    return height_of(lay_out(sheet, text, weight, lang, box));
}

double sheet_text(struct sheet *sheet, const char *tag, const char *text, enum weight weight,
                  const char *lang, struct text_box box) {
    PangoLayout *layout = lay_out(sheet, text, weight, lang, box);
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

/* Sets the square of a module in a mask. The lowest bit is the first pixel (little-endian). */
static void set_module(unsigned char *bits, int stride, int x, int y) {
    for (int row = y * MASK_SCALE; row < (y + 1) * MASK_SCALE; row++) {
        for (int i = x * MASK_SCALE; i < (x + 1) * MASK_SCALE; i++) {
            unsigned char *byte = bits + (ptrdiff_t)row * stride + i / 8;
            *byte = (unsigned char)(*byte | 1U << (i % 8));
        }
    }
}

/* In the PDF a mask costs a quarter of rectangles. Some renderers blur one that they enlarge up to
 * four times, so a module is four pixels wide. */
void sheet_qr(struct sheet *sheet, const struct qr *qr, double x, double y, double module) {
    int side = qr->width * MASK_SCALE;
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A1, side, side);
    unsigned char *bits = cairo_image_surface_get_data(mask);
    cairo_surface_flush(mask);
    for (int i = 0; i < qr->width * qr->width; i++) {
        if (qr->dark[i] != 0) {
            set_module(bits, cairo_image_surface_get_stride(mask), i % qr->width, i / qr->width);
        }
    }
    cairo_surface_mark_dirty(mask);
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
