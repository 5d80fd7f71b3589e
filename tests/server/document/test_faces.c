#include "../../../server/document/faces.h"

#include <fontconfig/fontconfig.h>
#include <hb.h>
#include <stdlib.h>

#include "../../support/check_main.h"

/* The font that fontconfig gives for a family. */
static hb_face_t *face_of(const char *family, int weight) {
    FcPattern *query = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, FC_WEIGHT,
                                      FcTypeInteger, weight, (char *)NULL);
    FcResult result;
    FcChar8 *file;
    FcConfigSubstitute(NULL, query, FcMatchPattern);
    FcDefaultSubstitute(query);
    FcPattern *found = FcFontMatch(NULL, query, &result);
    ck_assert_int_eq(FcPatternGetString(found, FC_FILE, 0, &file), FcResultMatch);
    hb_blob_t *blob = hb_blob_create_from_file_or_fail((const char *)file);
    ck_assert_ptr_nonnull(blob);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    FcPatternDestroy(found);
    FcPatternDestroy(query);
    return face;
}

static unsigned size_of(hb_face_t *face, hb_tag_t tag) {
    hb_blob_t *table = hb_face_reference_table(face, tag);
    unsigned size = hb_blob_get_length(table);
    hb_blob_destroy(table);
    return size;
}

/* The glyph of a letter, or 0. */
static hb_codepoint_t glyph_of(hb_font_t *font, hb_codepoint_t letter) {
    hb_codepoint_t glyph = 0;
    (void)hb_font_get_nominal_glyph(font, letter, &glyph);
    return glyph;
}

/* The same letters at the same glyphs, as wide and as large; how many. */
static unsigned same(hb_face_t *one, hb_face_t *other) {
    hb_font_t *a = hb_font_create(one);
    hb_font_t *b = hb_font_create(other);
    unsigned letters = 0;
    ck_assert_uint_eq(hb_face_get_glyph_count(one), hb_face_get_glyph_count(other));
    for (hb_codepoint_t letter = 0; letter < 0x10000; letter++) {
        hb_codepoint_t glyph = glyph_of(a, letter);
        hb_glyph_extents_t is;
        hb_glyph_extents_t was;
        ck_assert_uint_eq(glyph, glyph_of(b, letter));
        if (glyph != 0) {
            letters++;
            ck_assert_int_eq(hb_font_get_glyph_h_advance(a, glyph),
                             hb_font_get_glyph_h_advance(b, glyph));
            ck_assert(hb_font_get_glyph_extents(a, glyph, &is) ==
                      hb_font_get_glyph_extents(b, glyph, &was));
            ck_assert_int_eq(is.width, was.width);
            ck_assert_int_eq(is.height, was.height);
        }
    }
    hb_font_destroy(a);
    hb_font_destroy(b);
    return letters;
}

/* The installed fonts, which have hinting, are the control. */
START_TEST(faces_are_the_fonts_without_hinting) {
    static const struct {
        const char *family;
        int weight;
        unsigned letters; /* at least */
    } rows[] = {
        {"Noto Sans", FC_WEIGHT_REGULAR, 2000},
        {"Noto Sans", FC_WEIGHT_BOLD, 2000},
        {"Noto Sans Arabic", FC_WEIGHT_REGULAR, 900},
        {"Noto Sans Georgian", FC_WEIGHT_REGULAR, 100},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    static const hb_tag_t gone[] = {HB_TAG('f', 'p', 'g', 'm'), HB_TAG('p', 'r', 'e', 'p')};
    static const hb_tag_t shaping[] = {HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S')};
    hb_face_t *installed[ROWS];
    for (int i = 0; i < ROWS; i++) {
        installed[i] = face_of(rows[i].family, rows[i].weight);
    }
    faces_ready();
    faces_ready(); /* once is enough */
    for (int i = 0; i < ROWS; i++) {
        hb_face_t *face = face_of(rows[i].family, rows[i].weight);
        for (int t = 0; t < 2; t++) {
            ck_assert_uint_gt(size_of(installed[i], gone[t]), 0);
            ck_assert_uint_eq(size_of(face, gone[t]), 0);
            ck_assert((size_of(face, shaping[t]) > 0) == (size_of(installed[i], shaping[t]) > 0));
        }
        ck_assert_uint_lt(size_of(face, HB_TAG('g', 'l', 'y', 'f')) * 10,
                          size_of(installed[i], HB_TAG('g', 'l', 'y', 'f')) * 9);
        ck_assert_uint_ge(same(installed[i], face), rows[i].letters);
        hb_face_destroy(face);
        hb_face_destroy(installed[i]);
    }
}
END_TEST

/* A name in a script that ours do not have still finds the system's font. */
START_TEST(other_fonts_are_the_systems) {
    hb_face_t *before = face_of("DejaVu Sans", FC_WEIGHT_REGULAR);
    unsigned glyphs = hb_face_get_glyph_count(before);
    hb_face_destroy(before);
    faces_ready();
    hb_face_t *after = face_of("DejaVu Sans", FC_WEIGHT_REGULAR);
    ck_assert_uint_gt(glyphs, 0);
    ck_assert_uint_eq(hb_face_get_glyph_count(after), glyphs);
    ck_assert_uint_gt(size_of(after, HB_TAG('f', 'p', 'g', 'm')), 0);
    hb_face_destroy(after);
}
END_TEST

CHECK_MAIN("faces", NULL, NULL, faces_are_the_fonts_without_hinting, other_fonts_are_the_systems)
