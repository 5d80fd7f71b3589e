#include "closing_paper.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "../../lib/base/arena.h"

/* Points of 1/72 inch. */
static const double page_width = 595.28;
static const double page_height = 841.89;
static const double margin = 48;
static const double label_width = 190;
enum { LINES_A_PAGE = 62 };

static const char title_font[] = "Noto Sans, DejaVu Sans Bold 15";
static const char text_font[] = "Noto Sans, DejaVu Sans 9.5";
static const char list_font[] = "DejaVu Sans Mono 7.5";

struct sheet {
    struct arena *arena;
    cairo_t *cairo;
    double y;
};

/* Writes a text that wraps; gives its height. */
static double write_text(const struct sheet *sheet, const char *text, const char *font_name,
                         double x, double width) {
    PangoLayout *layout = pango_cairo_create_layout(sheet->cairo);
    PangoFontDescription *font = pango_font_description_from_string(font_name);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    cairo_move_to(sheet->cairo, x, sheet->y);
    pango_cairo_show_layout(sheet->cairo, layout);
    int height;
    pango_layout_get_size(layout, NULL, &height);
    pango_font_description_free(font);
    g_object_unref(layout);
    return (double)height / PANGO_SCALE;
}

static void draw_facts(struct sheet *sheet, const struct closing_paper *paper) {
    double inner = page_width - 2 * margin;
    sheet->y += write_text(sheet, paper->title, title_font, margin, inner) + 12;
    for (int i = 0; i < paper->facts->count; i++) {
        const char *label = paper->say(rows_text(paper->facts, sheet->arena, i, "label"));
        const char *value = rows_text(paper->facts, sheet->arena, i, "value");
        double left = write_text(sheet, label, text_font, margin, label_width);
        double right = write_text(sheet, value == NULL ? "-" : value, text_font,
                                  margin + label_width + 8, inner - label_width - 8);
        sheet->y += (left > right ? left : right) + 3;
    }
    sheet->y += 10;
    sheet->y += write_text(sheet, paper->note, text_font, margin, inner);
}

/* One page of the list as one text. */
static void draw_list(struct sheet *sheet, const struct closing_paper *paper, int from) {
    struct buf text;
    buf_init(&text, sheet->arena, (size_t)LINES_A_PAGE * 96);
    for (int i = from; i < paper->list->count && i < from + LINES_A_PAGE; i++) {
        struct span line = rows_span(paper->list, i, "line");
        buf_add(&text, line.ptr, line.len);
        buf_char(&text, '\n');
    }
    sheet->y = margin;
    (void)write_text(sheet, text.ptr, list_font, margin, page_width - 2 * margin);
}

static cairo_status_t put(void *closure, const unsigned char *bytes, unsigned size) {
    buf_add(closure, bytes, size);
    return CAIRO_STATUS_SUCCESS;
}

Err closing_paper_pdf(struct arena *arena, const struct closing_paper *paper, struct span *pdf) {
    struct buf out;
    buf_init(&out, arena, 64 * 1024);
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(put, &out, page_width, page_height);
    struct sheet sheet = {arena, cairo_create(surface), margin};
    draw_facts(&sheet, paper);
    cairo_show_page(sheet.cairo);
    for (int from = 0; from < paper->list->count; from += LINES_A_PAGE) {
        draw_list(&sheet, paper, from);
        cairo_show_page(sheet.cairo);
    }
    cairo_destroy(sheet.cairo);
    cairo_surface_finish(surface);
    bool done = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    if (done) {
        *pdf = (struct span){out.ptr, out.len};
    }
    return done ? OK : ERR_INTERNAL;
}
