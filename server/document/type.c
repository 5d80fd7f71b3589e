#include "type.h"

#include <string.h>

#include "faces.h"

/* More kept texts than all labels and sentences in all languages make: begun anew then. */
enum { KEPT_MAX = 1024 };

#define FAMILY "Noto Sans"
#define FAMILIES FAMILY ", Noto Sans Arabic, Noto Sans Georgian, DejaVu Sans"
static const char *const fonts[WEIGHTS] = {
    FAMILIES " 11",  FAMILIES " Bold 11",  FAMILIES " 9",        FAMILIES " Bold 19",
    FAMILIES " 4.8", FAMILIES " Bold 6.5", FAMILIES " Bold 7.5",
};

struct type {
    PangoFontDescription *fonts[WEIGHTS];
    GHashTable *contexts; /* by language: a context that changes makes its texts be laid out anew */
    GHashTable *kept;     /* laid out texts by what key_of() says */
    GHashTable *passing;
};

static void type_free(void *arg) {
    struct type *type = arg;
    g_hash_table_unref(type->kept);
    g_hash_table_unref(type->passing);
    g_hash_table_unref(type->contexts);
    for (int i = 0; i < WEIGHTS; i++) {
        pango_font_description_free(type->fonts[i]);
    }
    g_free(type);
}

static struct type *type_new(void) {
    faces_ready();
    struct type *type = g_new0(struct type, 1);
    type->contexts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
    type->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
    type->passing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
    for (int i = 0; i < WEIGHTS; i++) {
        type->fonts[i] = pango_font_description_from_string(fonts[i]);
    }
    return type;
}

struct type *type_here(void) {
    static GPrivate here = G_PRIVATE_INIT(type_free);
    struct type *type = g_private_get(&here);
    if (type == NULL) {
        type = type_new();
        g_private_set(&here, type);
    }
    return type;
}

static PangoContext *context_of(struct type *type, const char *lang) {
    PangoContext *context = g_hash_table_lookup(type->contexts, lang);
    if (context != NULL) {
        return context;
    }
    context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    /* Paper has no pixels to fit glyphs to. */
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_cairo_context_set_resolution(context, 72); /* a point of type is a point of paper */
    pango_context_set_language(context, pango_language_from_string(lang));
    g_hash_table_insert(type->contexts, g_strdup(lang), context);
    return context;
}

/* Any letter past U+024F, where Latin ends. */
static bool other_script(const char *text) {
    for (const char *at = text; *at != '\0'; at++) {
        if ((unsigned char)*at >= 0xC9) {
            return true;
        }
    }
    return false;
}

/* Each face is one more subset of a font in the file, which is what a paper costs most: so no
 * ligatures of Latin letters ("fi", which Cairo puts apart, and which no search finds), and no bold
 * in the other scripts, which do without it. */
static PangoAttrList *attributes_of(const char *text) {
    PangoAttrList *list = pango_attr_list_new();
    if (other_script(text)) {
        pango_attr_list_insert(list, pango_attr_weight_new(PANGO_WEIGHT_NORMAL));
    } else {
        pango_attr_list_insert(list, pango_attr_font_features_new("liga=0"));
    }
    return list;
}

static PangoLayout *lay_out(struct type *type, const char *text, enum weight weight,
                            const char *lang, struct text_box box) {
    PangoLayout *layout = pango_layout_new(context_of(type, lang));
    pango_layout_set_font_description(layout, type->fonts[weight]);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_auto_dir(layout, TRUE);
    pango_layout_set_width(layout, (int)(box.width * PANGO_SCALE));
    pango_layout_set_height(layout, box.lines > 0 ? -box.lines : -1000);
    pango_layout_set_ellipsize(layout, box.lines > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
    /* A right-to-left paragraph already begins at the right. */
    pango_layout_set_alignment(layout, box.right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_text(layout, text, -1);
    PangoAttrList *attributes = attributes_of(text);
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    return layout;
}

/* All that the laying out depends on. */
static char *key_of(const char *text, enum weight weight, const char *lang, struct text_box box) {
    return g_strdup_printf("%d %s %d %d %d %s", (int)weight, lang, (int)(box.width * PANGO_SCALE),
                           box.lines, box.right, text);
}

PangoLayout *type_lay(struct type *type, const char *text, enum weight weight, const char *lang,
                      struct text_box box) {
    GHashTable *texts = box.kept ? type->kept : type->passing;
    char *key = key_of(text, weight, lang, box);
    PangoLayout *layout = g_hash_table_lookup(texts, key);
    if (layout != NULL) {
        g_free(key);
        return layout;
    }
    if (g_hash_table_size(texts) >= KEPT_MAX) {
        g_hash_table_remove_all(texts);
    }
    layout = lay_out(type, text, weight, lang, box);
    g_hash_table_insert(texts, key, layout);
    return layout;
}

void type_forget(struct type *type) {
    g_hash_table_remove_all(type->passing);
}
