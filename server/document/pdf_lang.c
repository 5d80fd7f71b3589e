#include "pdf_lang.h"

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

bool pdf_lang(struct buf *out, const char *lang, struct span *pdf) {
    long root;
    long size;
    long table;
    buf_char(out, '\0'); /* strstr() ends here */
    out->len--;
    const char *trailer = last(out, out->len, "trailer");
    if (!number_after(trailer, "/Root ", &root) || !number_after(trailer, "/Size ", &size) ||
        !number_after(trailer, "startxref\n", &table)) {
        return false;
    }
    char head[32];
    (void)snprintf(head, sizeof head, "\n%ld 0 obj\n", root);
    const char *catalogue = last(out, (size_t)(trailer - out->ptr), head);
    const char *open = catalogue == NULL ? NULL : strstr(catalogue, "<<");
    const char *close = open == NULL ? NULL : strstr(open, "endobj");
    const char *info = strstr(trailer, "/Info ");
    if (close == NULL || info == NULL) {
        return false;
    }
    struct buf update; /* `out` may move while it grows */
    buf_init(&update, out->arena, 1024);
    size_t object = out->len;
    buf_printf(&update,
               "%ld 0 obj\n<< /Lang (%s)\n/ViewerPreferences << /DisplayDocTitle true >>\n", root,
               lang);
    buf_add(&update, open + 2, (size_t)(close - open - 2));
    buf_text(&update, "endobj\n");
    size_t xref = object + update.len;
    buf_printf(&update,
               "xref\n%ld 1\n%010zu 00000 n \ntrailer\n<< /Size %ld\n   /Root %ld 0 R\n   ", root,
               object, size, root);
    buf_add(&update, info, strcspn(info, "\n"));
    buf_printf(&update, "\n   /Prev %ld\n>>\nstartxref\n%zu\n%%%%EOF\n", table, xref);
    buf_add(out, update.ptr, update.len);
    *pdf = (struct span){out->ptr, out->len};
    return true;
}
