#include "paper.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/money.h"
#include "../../lib/sw1/base45.h"
#include "../../lib/sw1/cose.h"
#include "../../lib/sw1/issue.h"
#include "qr.h"

Err document_claims(struct arena *arena, struct span text, struct sw1_claims *claims) {
    static const struct cbor_limits limits = {SW1_TEXT_MAX, 192, 6};
    enum { PREFIX = sizeof SW1_PREFIX - 1 };
    struct span bytes;
    struct cose cose;
    if (text.len < PREFIX ||
        !base45_decode(arena, (struct span){text.ptr + PREFIX, text.len - PREFIX}, &bytes) ||
        cose_read(arena, bytes, NULL, &limits, &cose) != SW1_VALID ||
        sw1_claims_read(&cose.claims, claims) != NULL) {
        return ERR_DOCUMENT_CLAIMS;
    }
    return OK;
}

/* --- the page: points of 1/72 inch
 * ----------------------------------------------------------------- */

static const char french[] = "fr";
static const double page_width = 595.28;
static const double page_height = 841.89;
static const double margin = 48;
enum { MASK_SCALE = 4 };
static const double module = 0.5 * 72 / 25.4; /* 0.5 mm: more than the 0.44 mm of the profile */
static const double label_width = 120;

struct sheet {
    struct arena *arena;
    cairo_t *cairo;
    const struct paper *paper;
    double y;
};

enum weight { PLAIN, BOLD, SMALL, TITLE };

/* Writes a text that wraps within `width`; gives its height. */
static double write_text(struct sheet *sheet, const char *text, enum weight weight,
                         const char *lang, double x, double y, double width) {
    static const char *const fonts[] = {"Noto Sans, Noto Sans Arabic, DejaVu Sans 10",
                                        "Noto Sans, Noto Sans Arabic, DejaVu Sans Bold 9.5",
                                        "Noto Sans, Noto Sans Arabic, DejaVu Sans 8",
                                        "Noto Sans, Noto Sans Arabic, DejaVu Sans Bold 16"};
    PangoLayout *layout = pango_cairo_create_layout(sheet->cairo);
    PangoFontDescription *font = pango_font_description_from_string(fonts[weight]);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_auto_dir(layout, TRUE);
    /* A right-to-left paragraph already begins at the right. */
    pango_layout_set_alignment(layout, PANGO_ALIGN_LEFT);
    pango_context_set_language(pango_layout_get_context(layout), pango_language_from_string(lang));
    pango_layout_set_text(layout, text, -1);
    cairo_move_to(sheet->cairo, x, y);
    pango_cairo_show_layout(sheet->cairo, layout);
    int height;
    pango_layout_get_size(layout, NULL, &height);
    pango_font_description_free(font);
    g_object_unref(layout);
    return (double)height / PANGO_SCALE;
}

static double larger(double a, double b) {
    return a > b ? a : b;
}

/* A sentence in French and, below it, in the second language. */
static void sentence(struct sheet *sheet, const char *msgid, enum weight weight, double width) {
    const char *second = sheet->paper->second;
    sheet->y += write_text(sheet, sheet->paper->say(french, msgid), weight, french, margin,
                           sheet->y, width) +
                2;
    if (second != NULL) {
        sheet->y += write_text(sheet, sheet->paper->say(second, msgid), weight, second, margin,
                               sheet->y, width) +
                    2;
    }
    sheet->y += 6;
}

/* One line: label in French, value, label in the second language. */
static void fact(struct sheet *sheet, const char *msgid, const char *value) {
    const char *second = sheet->paper->second;
    double inner = page_width - 2 * margin;
    double right = second == NULL ? 0 : label_width;
    double value_width = inner - label_width - right - 16;
    double height = write_text(sheet, sheet->paper->say(french, msgid), SMALL, french, margin,
                               sheet->y + 1, label_width);
    height = larger(height, write_text(sheet, value, BOLD, french, margin + label_width + 8,
                                       sheet->y - 1, value_width));
    if (right > 0) {
        height = larger(height, write_text(sheet, sheet->paper->say(second, msgid), SMALL, second,
                                           page_width - margin - right, sheet->y + 1, right));
    }
    sheet->y += height + 3;
    cairo_set_line_width(sheet->cairo, 0.4);
    cairo_set_source_rgb(sheet->cairo, 0.75, 0.75, 0.75);
    cairo_move_to(sheet->cairo, margin, sheet->y - 2);
    cairo_line_to(sheet->cairo, page_width - margin, sheet->y - 2);
    cairo_stroke(sheet->cairo);
    cairo_set_source_rgb(sheet->cairo, 0, 0, 0);
    sheet->y += 2;
}

static void fact_text(struct sheet *sheet, const char *msgid, struct span text) {
    if (text.ptr != NULL) {
        fact(sheet, msgid, arena_copy(sheet->arena, text.ptr, text.len));
    }
}

static void fact_day(struct sheet *sheet, const char *msgid, int64_t day) {
    if (day != SW1_NONE && day != DATE_NONE) {
        struct civil civil = date_civil((date)day);
        fact(sheet, msgid,
             arena_printf(sheet->arena, "%02d/%02d/%04d", civil.day, civil.month, civil.year));
    }
}

/* With at least that many digits. */
static void fact_number(struct sheet *sheet, const char *msgid, int digits, int64_t value) {
    if (value != SW1_NONE) {
        fact(sheet, msgid, arena_printf(sheet->arena, "%0*lld", digits, (long long)value));
    }
}

/* "84031 Carpentras", or what there is of it. */
static void fact_named(struct sheet *sheet, const char *msgid, struct span code, const char *name) {
    if (code.ptr != NULL && name != NULL) {
        fact(sheet, msgid, arena_printf(sheet->arena, "%s (%.*s)", name, (int)code.len, code.ptr));
    } else {
        fact_text(sheet, msgid, code);
    }
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

/* The modules as one image mask of a bit a pixel: in the PDF it costs a quarter of rectangles. Some
 * renderers blur a mask that they enlarge up to four times, so a module is four pixels wide. */
static void draw_qr(struct sheet *sheet, const struct qr *qr, double x, double y) {
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
    cairo_save(sheet->cairo);
    cairo_translate(sheet->cairo, x, y);
    cairo_scale(sheet->cairo, module / MASK_SCALE, module / MASK_SCALE);
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(mask);
    cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
    cairo_set_source_rgb(sheet->cairo, 0, 0, 0);
    cairo_mask(sheet->cairo, pattern);
    cairo_pattern_destroy(pattern);
    cairo_restore(sheet->cairo);
    cairo_surface_destroy(mask);
}

static void draw_person(struct sheet *sheet, const struct sw1_claims *claims) {
    struct span birth = claims->birth_date;
    fact_text(sheet, "Name", claims->full_name);
    fact_text(sheet, "Name in the second script", claims->second_name);
    if (birth.ptr != NULL) {
        fact(sheet, "Born on",
             arena_printf(sheet->arena, "%.2s/%.2s/%.4s", birth.ptr + 6, birth.ptr + 4, birth.ptr));
    }
    fact_text(sheet, "Nationality", claims->nationality);
    fact_text(sheet, "Passport", claims->passport);
}

static void draw_work(struct sheet *sheet, const struct sw1_claims *claims,
                      const struct paper *paper) {
    fact_text(sheet, "Employer", claims->employer);
    fact_number(sheet, "SIRET", 14, claims->siret);
    fact_named(sheet, "Place of work", claims->commune, paper->commune_name);
    fact_named(sheet, "Occupation", claims->rome, paper->rome_title);
    fact_day(sheet, "First day of work", claims->first_day);
    fact_day(sheet, "Last day of work", claims->last_day);
    if (claims->wage != SW1_NONE) {
        char money[MONEY_TEXT];
        money_format(claims->wage, money);
        fact(sheet, "Gross hourly wage in euros", money);
    }
    fact_number(sheet, "Places", 1, claims->places);
    fact_number(sheet, "Seasons without incident", 1, claims->clean_seasons);
    fact_text(sheet, "Authorisation", claims->authorisation);
    fact_text(sheet, "Contract", claims->contract);
    fact_text(sheet, "Campaign", claims->campaign);
    fact_day(sheet, "Report back to the return desk by", paper->return_due);
    fact_day(sheet, "Issued on", claims->iat / 86400);
    fact_day(sheet, "Valid until", claims->exp / 86400);
}

static void draw(struct sheet *sheet, const struct sw1_claims *claims, const struct paper *paper,
                 const struct qr *qr) {
    static const char *const titles[] = {"", "Seasonal worker's document", "Contract notice",
                                         "Season record"};
    double side = (qr->width + 2 * QR_QUIET) * module;
    double left = page_width - 2 * margin - side - 8;
    double top = margin;
    draw_qr(sheet, qr, page_width - margin - side + QR_QUIET * module, top + QR_QUIET * module);
    sheet->y = top;
    sentence(sheet, titles[claims->kind], TITLE, left);
    sheet->y += write_text(sheet, paper->number, BOLD, french, margin, sheet->y, left) + 8;
    sentence(
        sheet,
        claims->kind == SW1_NOTICE
            ? "This notice names nobody. It says that the contract exists, so that anybody can "
              "check it free of charge."
            : "The signed code at the right says the same as this page; the code alone counts.",
        SMALL, left);
    sheet->y = larger(sheet->y, top + side) + 6;
    if (claims->kind != SW1_NOTICE) {
        draw_person(sheet, claims);
    }
    draw_work(sheet, claims, paper);
    sheet->y += 4;
    if (claims->kind == SW1_NOTICE) {
        sentence(sheet,
                 "The employer may not recover the tax or the travel costs of the recruitment from "
                 "the worker (Code du travail, L.5222-2).",
                 SMALL, page_width - 2 * margin);
    }
    sentence(sheet,
             "Anybody can check this document free of charge at the address below, or offline with "
             "the program noria.",
             SMALL, page_width - 2 * margin);
    write_text(sheet, arena_printf(sheet->arena, "%s/verify", paper->base_url), SMALL, french,
               margin, sheet->y, page_width - 2 * margin);
}

static cairo_status_t put(void *closure, const unsigned char *bytes, unsigned size) {
    buf_add(closure, bytes, size);
    return CAIRO_STATUS_SUCCESS;
}

Err paper_pdf(struct arena *arena, struct span text, const struct paper *paper, struct span *pdf) {
    struct sw1_claims claims;
    struct qr qr;
    TRY(document_claims(arena, text, &claims));
    TRY(qr_make(arena, text, &qr));
    struct buf out;
    buf_init(&out, arena, 32 * 1024);
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(put, &out, page_width, page_height);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, paper->number);
    struct sheet sheet = {arena, cairo_create(surface), paper, margin};
    draw(&sheet, &claims, paper, &qr);
    cairo_show_page(sheet.cairo);
    cairo_destroy(sheet.cairo);
    cairo_surface_finish(surface);
    bool done = cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    if (done) {
        *pdf = (struct span){out.ptr, out.len};
    }
    return done ? OK : ERR_INTERNAL;
}
