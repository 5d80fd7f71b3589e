#include "../../../server/document/paper.h"

#include <poppler.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/picture/picture.h"
#include "../../../server/document/qr.h"
#include "../../../server/view/i18n.h"
#include "../../support/check_main.h"
#include "../../support/sw1_fixture.h"

static struct sw1_fixture fixture;

static void setup(void) {
    sw1_fixture_init(&fixture, arena_new());
}

static void teardown(void) {
    arena_free(fixture.arena);
}

static const char *say(const char *lang, const char *msgid) {
    return tr(lang_pick(lang, NULL), msgid);
}

static const struct paper sample = {.number = "K7Q2-M9XD",
                                    .commune_name = "Carpentras",
                                    .rome_title =
                                        "Aide agricole de production fruitière ou viticole",
                                    .return_due = 20960,
                                    .base_url = "https://noria.example",
                                    .second = "ar",
                                    .say = say};

START_TEST(a_png_is_read_back) {
    struct span text = sw1_fixture_text(&fixture);
    struct qr qr;
    struct span png;
    struct picture picture;
    struct qr_found found = {0};
    ck_assert_int_eq(qr_make(fixture.arena, text, &qr), OK);
    ck_assert_int_eq(qr_png(fixture.arena, &qr, &png), OK);
    ck_assert_int_eq(picture_read(fixture.arena, png, &picture), OK);
    ck_assert_int_eq(picture.width, (qr.width + 2 * QR_QUIET) * QR_PNG_SCALE);
    for (int i = 0; i < QR_QUIET * QR_PNG_SCALE * picture.width; i++) {
        ck_assert_int_eq(picture.grey[i], 255); /* the quiet zone */
    }
    qr_scan(fixture.arena, &picture, &found);
    ck_assert_int_eq(found.count, 1);
    ck_assert(span_equal(found.text[0], text));
}
END_TEST

START_TEST(texts_that_make_no_code) {
    struct qr qr;
    char many[5000];
    memset(many, 'A', sizeof many);
    ck_assert_int_eq(qr_make(fixture.arena, SPAN_LIT(""), &qr), ERR_DOCUMENT_CLAIMS);
    ck_assert_int_eq(qr_make(fixture.arena, SPAN_LIT("sw1:lower"), &qr), ERR_DOCUMENT_CLAIMS);
    ck_assert_int_eq(qr_make(fixture.arena, (struct span){many, 5000}, &qr), ERR_DOCUMENT_CLAIMS);
    ck_assert_int_eq(qr_make(fixture.arena, (struct span){many, 3392}, &qr), ERR_DOCUMENT_CLAIMS);
    ck_assert_int_eq(qr_make(fixture.arena, (struct span){many, 3391}, &qr), OK);
    ck_assert_int_eq(qr.width, 177);
}
END_TEST

/* The first page of a PDF: its text, and its pixels at 200 dpi. */
static char *open_page(struct span pdf, struct picture *picture, int *pages) {
    GBytes *bytes = g_bytes_new_static(pdf.ptr, pdf.len);
    PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, NULL);
    ck_assert_ptr_nonnull(document);
    *pages = poppler_document_get_n_pages(document);
    PopplerPage *page = poppler_document_get_page(document, 0);
    double width;
    double height;
    poppler_page_get_size(page, &width, &height);
    ck_assert(width > 595 && width < 596 && height > 841 && height < 842); /* A4 */
    *picture = (struct picture){(int)(width * 200 / 72), (int)(height * 200 / 72), NULL};
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture->width, picture->height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, 200 / 72.0, 200 / 72.0);
    poppler_page_render(page, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    picture->grey = arena_array(fixture.arena, (size_t)picture->height, (size_t)picture->width);
    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            picture->grey[y * picture->width + x] = cairo_image_surface_get_data(
                surface)[y * cairo_image_surface_get_stride(surface) + 4 * x];
        }
    }
    cairo_surface_destroy(surface);
    char *text = poppler_page_get_text(page);
    g_object_unref(page);
    g_object_unref(document);
    g_bytes_unref(bytes);
    return text;
}

START_TEST(paper_and_code_say_the_same) {
    struct span text = sw1_fixture_text(&fixture);
    struct span pdf;
    struct picture picture;
    struct qr_found found = {0};
    int pages;
    ck_assert_int_eq(paper_pdf(fixture.arena, text, &sample, &pdf), OK);
    char *words = open_page(pdf, &picture, &pages);
    ck_assert_int_eq(pages, 1);
    ck_assert_ptr_nonnull(strstr(words, "EL AMRANI YOUSSEF"));
    ck_assert_ptr_nonnull(strstr(words, "AB1234567"));
    ck_assert_ptr_nonnull(strstr(words, "29/02/1988"));
    ck_assert_ptr_nonnull(strstr(words, "Carpentras (84031)"));
    ck_assert_ptr_nonnull(strstr(words, "Employeur"));
    ck_assert_ptr_nonnull(strstr(words, "https://noria.example/verify"));
    g_free(words);
    qr_scan(fixture.arena, &picture, &found);
    ck_assert_int_eq(found.count, 1);
    ck_assert(span_equal(found.text[0], text));
}
END_TEST

START_TEST(a_notice_on_paper_names_nobody) {
    struct sw1_claims *claims = &fixture.claims;
    claims->kind = SW1_NOTICE;
    claims->document_number = claims->full_name = claims->birth_date = claims->nationality =
        claims->passport = claims->second_name = (struct span){0};
    claims->gender = SW1_NONE;
    claims->places = 12;
    claims->wage = 1202;
    struct span pdf;
    struct picture picture;
    int pages;
    ck_assert_int_eq(paper_pdf(fixture.arena, sw1_fixture_text(&fixture), &sample, &pdf), OK);
    char *words = open_page(pdf, &picture, &pages);
    ck_assert_ptr_nonnull(strstr(words, "Avis de contrat"));
    ck_assert_ptr_nonnull(strstr(words, "12.02"));
    ck_assert_ptr_nonnull(strstr(words, "L.5222-2"));
    ck_assert_ptr_null(strstr(words, "Passeport"));
    g_free(words);
}
END_TEST

START_TEST(other_texts_make_no_paper) {
    struct span pdf;
    ck_assert_int_eq(paper_pdf(fixture.arena, SPAN_LIT("SW1:BB8"), &sample, &pdf),
                     ERR_DOCUMENT_CLAIMS);
    ck_assert_int_eq(paper_pdf(fixture.arena, SPAN_LIT("x"), &sample, &pdf), ERR_DOCUMENT_CLAIMS);
}
END_TEST

CHECK_MAIN("paper", setup, teardown, a_png_is_read_back, texts_that_make_no_code,
           paper_and_code_say_the_same, a_notice_on_paper_names_nobody, other_texts_make_no_paper)
