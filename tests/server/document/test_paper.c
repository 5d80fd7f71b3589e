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

static const struct paper sample = {.number = "K7Q2-M9XD",
                                    .commune_name = "Carpentras",
                                    .rome_title =
                                        "Aide agricole de production fruitière ou viticole",
                                    .return_due = 20960,
                                    .base_url = "https://noria.example",
                                    .second = "ar",
                                    .say = tr_code};

/* A text on paper. */
static struct span drawn(struct span text, enum paper_size size, const char *second) {
    struct paper paper = sample;
    struct span pdf;
    paper.text = text;
    paper.second = second;
    ck_assert_int_eq(papers_pdf(fixture.arena, size, &paper, 1, &pdf), OK);
    return pdf;
}

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

/* --- looking at a PDF as others do: poppler
 * --------------------------------------------------------------- */

enum { DPI = 300 };

static PopplerDocument *open_pdf(struct span pdf) {
    GBytes *bytes = g_bytes_new_static(pdf.ptr, pdf.len);
    PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, NULL);
    g_bytes_unref(bytes);
    ck_assert_ptr_nonnull(document);
    return document;
}

/* Keeps what was drawn where people can look at it (PAPER_OUT=folder). */
static void keep(cairo_surface_t *surface, const char *name) {
    const char *folder = getenv("PAPER_OUT");
    if (folder != NULL && name != NULL) {
        (void)cairo_surface_write_to_png(surface,
                                         arena_printf(fixture.arena, "%s/%s.png", folder, name));
    }
}

/* The first page: its text, and its pixels. */
static char *look(struct span pdf, const char *name, double *mm_width, struct picture *picture) {
    PopplerDocument *document = open_pdf(pdf);
    PopplerPage *page = poppler_document_get_page(document, 0);
    double width;
    double height;
    poppler_page_get_size(page, &width, &height);
    *mm_width = width * 25.4 / 72;
    *picture = (struct picture){(int)(width * DPI / 72), (int)(height * DPI / 72), NULL};
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture->width, picture->height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, DPI / 72.0, DPI / 72.0);
    poppler_page_render_for_printing(page, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    picture->grey = arena_array(fixture.arena, (size_t)picture->height, (size_t)picture->width);
    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            picture->grey[y * picture->width + x] = cairo_image_surface_get_data(
                surface)[y * cairo_image_surface_get_stride(surface) + 4 * x];
        }
    }
    keep(surface, name);
    cairo_surface_destroy(surface);
    char *text = poppler_page_get_text(page);
    g_object_unref(page);
    g_object_unref(document);
    return text;
}

/* The side of the page's only image, which is the code without its quiet zone. */
static double mask_side_mm(struct span pdf) {
    PopplerDocument *document = open_pdf(pdf);
    PopplerPage *page = poppler_document_get_page(document, 0);
    GList *images = poppler_page_get_image_mapping(page);
    ck_assert_uint_eq(g_list_length(images), 1);
    const PopplerImageMapping *only = images->data;
    double side = (only->area.x2 - only->area.x1) * 25.4 / 72;
    poppler_page_free_image_mapping(images);
    g_object_unref(page);
    g_object_unref(document);
    return side;
}

static bool holds(struct span bytes, const char *mark) {
    return memmem(bytes.ptr, bytes.len, mark, strlen(mark)) != NULL;
}

/* Every size in every language is read back by a scanner, and its modules are large enough. */
START_TEST(every_paper_is_read_back) {
    static const char *const langs[] = {"ar", "ka", "en", NULL};
    static const double widths[] = {210, 210, 100};
    struct span text = sw1_fixture_text(&fixture);
    struct qr qr;
    ck_assert_int_eq(qr_make(fixture.arena, text, &qr), OK);
    for (int size = PAPER_A4; size <= PAPER_PHOTO; size++) {
        for (int i = 0; i < 4; i++) {
            struct picture picture;
            struct qr_found found = {0};
            double width;
            const char *lang = langs[i] != NULL ? langs[i] : "fr";
            struct span pdf = drawn(text, (enum paper_size)size, langs[i]);
            char *words = look(pdf, arena_printf(fixture.arena, "%s-%s", paper_words[size], lang),
                               &width, &picture);
            ck_assert(width > widths[size] - 0.1 && width < widths[size] + 0.1);
            ck_assert_ptr_nonnull(strstr(words, "EL AMRANI YOUSSEF"));
            ck_assert_ptr_nonnull(strstr(words, "Employeur"));
            g_free(words);
            qr_scan(fixture.arena, &picture, &found);
            ck_assert_int_eq(found.count, 1);
            ck_assert(span_equal(found.text[0], text));
            ck_assert(holds(pdf, "/ImageMask true"));
            ck_assert(mask_side_mm(pdf) / qr.width >= 0.44);
        }
    }
}
END_TEST

/* How many elements of that kind there are below, and how many of them have `words` for those who
 * do not see them. */
static int count_elements(PopplerStructureElementIter *iter, PopplerStructureElementKind kind,
                          const char *words, int *worded) {
    int found = 0;
    do {
        PopplerStructureElement *element = poppler_structure_element_iter_get_element(iter);
        PopplerStructureElementIter *child = poppler_structure_element_iter_get_child(iter);
        if (poppler_structure_element_get_kind(element) == kind) {
            char *alt = poppler_structure_element_get_alt_text(element);
            *worded += g_strcmp0(alt, words) == 0;
            g_free(alt);
            found++;
        }
        if (child != NULL) {
            found += count_elements(child, kind, words, worded);
            poppler_structure_element_iter_free(child);
        }
        g_object_unref(element);
    } while (poppler_structure_element_iter_next(iter));
    return found;
}

/* The same in a whole document. */
static int elements(PopplerDocument *document, PopplerStructureElementKind kind, const char *words,
                    int *worded) {
    PopplerStructureElementIter *iter = poppler_structure_element_iter_new(document);
    ck_assert_ptr_nonnull(iter);
    *worded = 0;
    int found = count_elements(iter, kind, words, worded);
    poppler_structure_element_iter_free(iter);
    return found;
}

static const char code_words[] =
    "Code QR\u00a0: le texte signé de ce document, que lit un téléphone ou le programme noria.";

START_TEST(a_paper_is_tagged_titled_and_in_a_language) {
    static const PopplerStructureElementKind kinds[] = {
        POPPLER_STRUCTURE_ELEMENT_HEADING_1, POPPLER_STRUCTURE_ELEMENT_FIGURE,
        POPPLER_STRUCTURE_ELEMENT_TABLE_ROW, POPPLER_STRUCTURE_ELEMENT_TABLE_HEADING,
        POPPLER_STRUCTURE_ELEMENT_TABLE_DATA};
    for (int size = PAPER_A4; size <= PAPER_PHOTO; size++) {
        struct span pdf = drawn(sw1_fixture_text(&fixture), (enum paper_size)size, "ar");
        PopplerDocument *document = open_pdf(pdf);
        char *title = poppler_document_get_title(document);
        int worded;
        ck_assert_str_eq(title, "Document de travailleur saisonnier K7Q2-M9XD");
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            ck_assert_msg(elements(document, kinds[i], NULL, &worded) > 0, "%d: %zu", size, i);
        }
        ck_assert_int_eq(elements(document, POPPLER_STRUCTURE_ELEMENT_FIGURE, code_words, &worded),
                         1);
        ck_assert_int_eq(worded, 1);
        ck_assert(holds(pdf, "/Lang (fr)"));
        ck_assert(holds(pdf, "/Type /Catalog"));
        g_free(title);
        g_object_unref(document);
    }
}
END_TEST

/* The control: the file as Cairo wrote it, before the update that gives figures their words. */
START_TEST(cairo_alone_gives_figures_no_words) {
    static const char end[] = "%%EOF\n";
    struct span pdf = drawn(sw1_fixture_text(&fixture), PAPER_A4, "ar");
    const char *first = memmem(pdf.ptr, pdf.len, end, sizeof end - 1);
    int worded;
    ck_assert_ptr_nonnull(first);
    pdf.len = (size_t)(first - pdf.ptr) + sizeof end - 1;
    PopplerDocument *document = open_pdf(pdf);
    ck_assert_int_eq(elements(document, POPPLER_STRUCTURE_ELEMENT_FIGURE, code_words, &worded), 1);
    ck_assert_int_eq(worded, 0);
    g_object_unref(document);
}
END_TEST

/* What a thread keeps for its next paper is nobody's. */
START_TEST(the_next_paper_is_the_next_person_s) {
    static const char *const names[] = {"EL AMRANI YOUSSEF", "BENKIRANE FATIMA", "JEBLI HICHAM"};
    for (int i = 0; i < 12; i++) {
        struct picture picture;
        double width;
        fixture.claims.full_name = span_of(names[i % 3]);
        char *words = look(drawn(sw1_fixture_text(&fixture), (enum paper_size)(i % 2), "ar"), NULL,
                           &width, &picture);
        for (int j = 0; j < 3; j++) {
            ck_assert_int_eq(strstr(words, names[j]) != NULL, i % 3 == j);
        }
        g_free(words);
    }
}
END_TEST

/* Fonts travel in the file, as subsets; each script has its own of Debian's. */
START_TEST(fonts_are_subsets) {
    static const struct {
        const char *lang, *font;
    } cases[] = {{"ar", "NotoSansArabic"}, {"ka", "NotoSansGeorgian"}, {"en", "NotoSans"}};
    for (int i = 0; i < 3; i++) {
        PopplerDocument *document =
            open_pdf(drawn(sw1_fixture_text(&fixture), PAPER_CARD, cases[i].lang));
        PopplerFontInfo *info = poppler_font_info_new(document);
        PopplerFontsIter *fonts = NULL;
        bool found = false;
        ck_assert(poppler_font_info_scan(info, 1, &fonts));
        do {
            const char *name = poppler_fonts_iter_get_name(fonts);
            ck_assert(poppler_fonts_iter_is_embedded(fonts));
            ck_assert(poppler_fonts_iter_is_subset(fonts));
            found = found || strstr(name, cases[i].font) != NULL;
        } while (poppler_fonts_iter_next(fonts));
        ck_assert_msg(found, "%s", cases[i].lang);
        poppler_fonts_iter_free(fonts);
        poppler_font_info_free(info);
        g_object_unref(document);
    }
}
END_TEST

/* What a paper says is there in every language of the paper. */
START_TEST(every_sentence_is_translated) {
    static const char *const langs[] = {"fr", "ar", "ka"};
    for (int i = 0; paper_sentences[i] != NULL; i++) {
        for (int j = 0; j < 3; j++) {
            const char *said = tr_code(langs[j], paper_sentences[i]);
            ck_assert_msg(strcmp(said, paper_sentences[i]) != 0 ||
                              strcmp(said, "SIRET") == 0, /* a name */
                          "%s: %s", langs[j], paper_sentences[i]);
        }
        ck_assert_str_eq(tr_code("en", paper_sentences[i]), paper_sentences[i]);
    }
}
END_TEST

/* A text of `wanted` characters at least, by a longer employer and name. */
static void lengthen(int employer, int name) {
    char *long_name = arena_alloc(fixture.arena, 500);
    memset(long_name, 'M', 499);
    for (int i = 7; i < 499; i += 8) {
        long_name[i] = ' ';
    }
    fixture.claims.employer = (struct span){long_name, (size_t)employer};
    fixture.claims.full_name = (struct span){long_name, (size_t)name};
}

START_TEST(long_names_stay_on_the_paper) {
    static const char *const names[] = {"long-a4", "long-card", "long-photo"};
    lengthen(200, 119);
    struct span text = sw1_fixture_text(&fixture);
    for (int size = PAPER_A4; size <= PAPER_PHOTO; size++) {
        struct picture picture;
        struct qr_found found = {0};
        double width;
        struct span pdf = drawn(text, (enum paper_size)size, "ka");
        char *words = look(pdf, names[size], &width, &picture);
        g_free(words);
        qr_scan(fixture.arena, &picture, &found);
        ck_assert_int_eq(found.count, 1);
        ck_assert(span_equal(found.text[0], text));
    }
}
END_TEST

/* The longest that fits a card has modules of 0.44 mm; one longer is refused, and fits A4. */
START_TEST(what_does_not_fit_a_card_is_refused) {
    struct paper paper = sample;
    struct span pdf;
    bool fitted = false;
    for (int more = 50; more < 400; more += 10) {
        struct qr qr;
        lengthen(more, 199);
        paper.text = sw1_fixture_text(&fixture);
        ck_assert_int_eq(qr_make(fixture.arena, paper.text, &qr), OK);
        bool fits = (qr.width + 2 * QR_QUIET) * 0.44 <= 54;
        ck_assert_int_eq(papers_pdf(fixture.arena, PAPER_CARD, &paper, 1, &pdf),
                         fits ? OK : ERR_CARD_TOO_LONG);
        if (!fits) {
            ck_assert(fitted);
            ck_assert_int_eq(papers_pdf(fixture.arena, PAPER_A4, &paper, 1, &pdf), OK);
            return;
        }
        ck_assert(mask_side_mm(pdf) / qr.width >= 0.44 - 1e-6);
        fitted = true;
    }
    ck_abort_msg("every length fitted");
}
END_TEST

START_TEST(many_in_one_file) {
    struct paper papers[9];
    struct span pdf;
    for (int i = 0; i < 9; i++) {
        papers[i] = sample;
        papers[i].text = sw1_fixture_text(&fixture);
    }
    static const int pages[] = {9, 3, 9};
    int worded;
    for (int size = PAPER_A4; size <= PAPER_PHOTO; size++) {
        struct picture picture;
        struct qr_found found = {0};
        double width;
        ck_assert_int_eq(papers_pdf(fixture.arena, (enum paper_size)size, papers, 9, &pdf), OK);
        PopplerDocument *document = open_pdf(pdf);
        ck_assert_int_eq(poppler_document_get_n_pages(document), pages[size]);
        ck_assert_int_eq(elements(document, POPPLER_STRUCTURE_ELEMENT_FIGURE, code_words, &worded),
                         9);
        ck_assert_int_eq(worded, 9);
        g_object_unref(document);
        g_free(look(pdf, size == PAPER_CARD ? "four-cards" : NULL, &width, &picture));
        qr_scan(fixture.arena, &picture, &found);
        ck_assert_int_ge(found.count, size == PAPER_CARD ? 2 : 1);
    }
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
    struct picture picture;
    double width;
    char *words =
        look(drawn(sw1_fixture_text(&fixture), PAPER_A4, "ar"), "notice", &width, &picture);
    ck_assert_ptr_nonnull(strstr(words, "Avis de contrat"));
    ck_assert_ptr_nonnull(strstr(words, "12.02"));
    ck_assert_ptr_nonnull(strstr(words, "L.5222-2"));
    ck_assert_ptr_null(strstr(words, "Passeport"));
    g_free(words);
}
END_TEST

START_TEST(a_record_on_paper) {
    fixture.claims.kind = SW1_RECORD;
    fixture.claims.clean_seasons = 3;
    struct picture picture;
    double width;
    char *words =
        look(drawn(sw1_fixture_text(&fixture), PAPER_CARD, "ka"), "record", &width, &picture);
    ck_assert_ptr_nonnull(strstr(words, "Relevé de saisons"));
    ck_assert_ptr_nonnull(strstr(words, "EL AMRANI YOUSSEF"));
    g_free(words);
}
END_TEST

START_TEST(other_texts_make_no_paper) {
    struct paper paper = sample;
    struct span pdf;
    paper.text = SPAN_LIT("SW1:BB8");
    ck_assert_int_eq(papers_pdf(fixture.arena, PAPER_A4, &paper, 1, &pdf), ERR_DOCUMENT_CLAIMS);
    paper.text = SPAN_LIT("x");
    ck_assert_int_eq(papers_pdf(fixture.arena, PAPER_A4, &paper, 1, &pdf), ERR_DOCUMENT_CLAIMS);
}
END_TEST

CHECK_MAIN("paper", setup, teardown, a_png_is_read_back, texts_that_make_no_code,
           every_paper_is_read_back, a_paper_is_tagged_titled_and_in_a_language,
           cairo_alone_gives_figures_no_words, the_next_paper_is_the_next_person_s,
           fonts_are_subsets, every_sentence_is_translated, long_names_stay_on_the_paper,
           what_does_not_fit_a_card_is_refused, many_in_one_file, a_notice_on_paper_names_nobody,
           a_record_on_paper, other_texts_make_no_paper)
