#include "faces.h"

#include <fontconfig/fontconfig.h>
#include <glib.h>
#include <hb-subset.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

/* Those that papers are set in; type.c says in which order. */
static const struct wanted {
    const char *family;
    int weight;
} wanted[] = {
    {"Noto Sans", FC_WEIGHT_REGULAR},
    {"Noto Sans", FC_WEIGHT_BOLD},
    {"Noto Sans Arabic", FC_WEIGHT_REGULAR},
    {"Noto Sans Georgian", FC_WEIGHT_REGULAR},
};
enum { FACES = sizeof wanted / sizeof *wanted };

/* The file in which the system has it; NULL when it has none. The caller frees it. */
static char *file_of(const struct wanted *face) {
    FcPattern *query = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, face->family, FC_WEIGHT,
                                      FcTypeInteger, face->weight, (char *)NULL);
    FcResult result;
    FcChar8 *family;
    FcChar8 *file;
    FcConfigSubstitute(NULL, query, FcMatchPattern);
    FcDefaultSubstitute(query);
    FcPattern *found = FcFontMatch(NULL, query, &result);
    bool same = found != NULL &&
                FcPatternGetString(found, FC_FAMILY, 0, &family) == FcResultMatch &&
                g_str_equal(family, face->family) &&
                FcPatternGetString(found, FC_FILE, 0, &file) == FcResultMatch;
    char *path = same ? g_strdup((const char *)file) : NULL;
    if (found != NULL) {
        FcPatternDestroy(found);
    }
    FcPatternDestroy(query);
    return path;
}

/* All of a set: an empty one turned round. */
static void keep_all(hb_set_t *set) {
    hb_set_clear(set);
    hb_set_invert(set);
}

/* The font with all its letters, ligatures and names. */
static hb_face_t *unhinted(hb_face_t *face) {
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (input == NULL) {
        return NULL;
    }
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_RETAIN_GIDS |
                                         HB_SUBSET_FLAGS_GLYPH_NAMES |
                                         HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    keep_all(hb_subset_input_unicode_set(input));
    keep_all(hb_subset_input_set(input, HB_SUBSET_SETS_LAYOUT_FEATURE_TAG));
    keep_all(hb_subset_input_set(input, HB_SUBSET_SETS_NAME_ID));
    hb_face_t *made = hb_subset_or_fail(face, input);
    hb_subset_input_destroy(input);
    return made;
}

/* A file that only this process has; NULL when there is none. It stays open: Cairo opens it anew by
 * its name whenever it needs it. */
static char *kept(hb_blob_t *bytes) {
    unsigned size;
    const char *at = hb_blob_get_data(bytes, &size);
    int fd = memfd_create("noria-font", MFD_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written <= 0) {
            (void)close(fd);
            return NULL;
        }
        at += written;
        size -= (unsigned)written;
    }
    return g_strdup_printf("/proc/self/fd/%d", fd);
}

/* The name of the file with the font that stands for the one in `file`. */
static char *made_of(const char *file) {
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(file);
    if (blob == NULL) {
        return NULL;
    }
    hb_face_t *face = hb_face_create(blob, 0);
    hb_face_t *made = unhinted(face);
    char *name = NULL;
    if (made != NULL) {
        hb_blob_t *bytes = hb_face_reference_blob(made);
        name = kept(bytes);
        hb_blob_destroy(bytes);
        hb_face_destroy(made);
    }
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    return name;
}

/* The system's configuration, without the files that ours stand for. */
static FcConfig *without(char *const *files) {
    GString *xml = g_string_new("<?xml version=\"1.0\"?><fontconfig><selectfont><rejectfont>");
    for (int i = 0; i < FACES; i++) {
        if (files[i] != NULL) {
            char *escaped = g_markup_escape_text(files[i], -1);
            g_string_append_printf(xml, "<glob>%s</glob>", escaped);
            g_free(escaped);
        }
    }
    g_string_append(xml, "</rejectfont></selectfont></fontconfig>");
    FcConfig *config = FcInitLoadConfig();
    if (config != NULL &&
        !(FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)xml->str, FcTrue) &&
          FcConfigBuildFonts(config))) {
        FcConfigDestroy(config);
        config = NULL;
    }
    g_string_free(xml, TRUE);
    return config;
}

static void *make_ready(void *unused) {
    char *files[FACES];
    char *made[FACES];
    (void)unused;
    for (int i = 0; i < FACES; i++) {
        files[i] = file_of(&wanted[i]);
        made[i] = files[i] == NULL ? NULL : made_of(files[i]);
        if (made[i] == NULL) {
            g_clear_pointer(&files[i], g_free);
        }
    }
    FcConfig *config = without(files);
    bool all = config != NULL;
    for (int i = 0; i < FACES; i++) {
        all = all && (made[i] == NULL ||
                      FcConfigAppFontAddFile(config, (const FcChar8 *)made[i]) == FcTrue);
        g_free(files[i]);
        g_free(made[i]);
    }
    if (all) {
        (void)FcConfigSetCurrent(config);
    }
    if (config != NULL) {
        FcConfigDestroy(config);
    }
    return NULL;
}

void faces_ready(void) {
    static GOnce once = G_ONCE_INIT;
    (void)g_once(&once, make_ready, NULL);
}
