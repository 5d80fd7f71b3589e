#include "pdf_access.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"

/* The last place of `mark` in the first `end` bytes; NULL when it is not there. */
static const char *last(const struct buf *out, size_t end, const char *mark) {
    size_t length = strlen(mark);
    for (size_t at = end < length ? 0 : end - length + 1; at > 0; at--) {
        if (memcmp(out->ptr + at - 1, mark, length) == 0) {
            return out->ptr + at - 1;
        }
    }
    return NULL;
}

/* The number after `mark`, which stands after `from`. */
static bool number_after(const char *from, const char *mark, long *value) {
    const char *at = from == NULL ? NULL : strstr(from, mark);
    char *end;
    if (at == NULL) {
        return false;
    }
    at += strlen(mark);
    *value = strtol(at, &end, 10);
    return end != at && *value > 0;
}

/* The objects of an update, and their entries in its cross-reference table. */
struct update {
    struct buf bytes;
    struct buf entries;
    size_t begin; /* where the update stands in the file */
};

/* Begins an object anew; the caller writes what is inside. */
static void begin_object(struct update *update, long number) {
    buf_printf(&update->entries, "%ld 1\n%010zu 00000 n \n", number,
               update->begin + update->bytes.len);
    buf_printf(&update->bytes, "%ld 0 obj\n<< ", number);
}

/* A text string of any language (7.9.2.2): UTF-16, its bytes in hexadecimal. */
static bool text_string(struct buf *out, const char *text) {
    glong count;
    gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, &count, NULL);
    if (units == NULL) {
        return false;
    }
    buf_text(out, "<feff");
    for (glong i = 0; i < count; i++) {
        buf_printf(out, "%04x", units[i]);
    }
    buf_text(out, ">");
    g_free(units);
    return true;
}

/* Each /Figure with its /Alt. */
static bool figures(const struct buf *out, const char *text, struct update *update) {
    static const char head[] = " 0 obj\n<< /Type /StructElem\n   /S /Figure\n";
    const char *end = out->ptr + out->len;
    const char *at = out->ptr;
    while ((at = memmem(at, (size_t)(end - at), head, sizeof head - 1)) != NULL) {
        const char *number = at;
        while (number > out->ptr && number[-1] >= '0' && number[-1] <= '9') {
            number--;
        }
        const char *rest = at + strlen(" 0 obj\n<< ");
        const char *close = memmem(rest, (size_t)(end - rest), "endobj", 6);
        if (close == NULL || number == at) {
            return false;
        }
        begin_object(update, strtol(number, NULL, 10));
        buf_text(&update->bytes, "/Alt ");
        if (!text_string(&update->bytes, text)) {
            return false;
        }
        buf_text(&update->bytes, "\n   ");
        buf_add(&update->bytes, rest, (size_t)(close - rest));
        buf_text(&update->bytes, "endobj\n");
        at = close;
    }
    return true;
}

/* The catalogue with its language. */
static bool catalogue(const struct buf *out, const char *trailer, long root, const char *lang,
                      struct update *update) {
    char head[32];
    (void)snprintf(head, sizeof head, "\n%ld 0 obj\n", root);
    const char *object = last(out, (size_t)(trailer - out->ptr), head);
    const char *open = object == NULL ? NULL : strstr(object, "<<");
    const char *close = open == NULL ? NULL : strstr(open, "endobj");
    if (close == NULL) {
        return false;
    }
    begin_object(update, root);
    buf_printf(&update->bytes, "/Lang (%s)\n/ViewerPreferences << /DisplayDocTitle true >>\n",
               lang);
    buf_add(&update->bytes, open + 2, (size_t)(close - open - 2));
    buf_text(&update->bytes, "endobj\n");
    return true;
}

bool pdf_access(struct buf *out, const char *lang, const char *figure, struct span *pdf) {
    long root;
    long size;
    long table;
    buf_char(out, '\0'); /* strstr() ends here */
    out->len--;
    const char *trailer = last(out, out->len, "trailer");
    const char *info = trailer == NULL ? NULL : strstr(trailer, "/Info ");
    if (!number_after(trailer, "/Root ", &root) || !number_after(trailer, "/Size ", &size) ||
        !number_after(trailer, "startxref\n", &table) || info == NULL) {
        return false;
    }
    struct update update = {.begin = out->len}; /* `out` may move while it grows */
    buf_init(&update.bytes, out->arena, 4096);
    buf_init(&update.entries, out->arena, 1024);
    if (!figures(out, figure, &update) || !catalogue(out, trailer, root, lang, &update)) {
        return false;
    }
    size_t xref = update.begin + update.bytes.len;
    buf_text(&update.bytes, "xref\n");
    buf_add(&update.bytes, update.entries.ptr, update.entries.len);
    buf_printf(&update.bytes, "trailer\n<< /Size %ld\n   /Root %ld 0 R\n   ", size, root);
    buf_add(&update.bytes, info, strcspn(info, "\n"));
    buf_printf(&update.bytes, "\n   /Prev %ld\n>>\nstartxref\n%zu\n%%%%EOF\n", table, xref);
    buf_add(out, update.bytes.ptr, update.bytes.len);
    *pdf = (struct span){out->ptr, out->len};
    return true;
}
