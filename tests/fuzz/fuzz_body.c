/* Any bytes as a query or form (first byte even) or as a multipart body (odd): no crash, and what
 * is accepted is valid UTF-8 without NUL and lies within the body. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../server/http/body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good) {
    if (!good) {
        abort();
    }
}

static void check_pairs(const struct pairs *pairs) {
    for (int i = 0; i < pairs->count; i++) {
        struct span value = pairs->list[i].value;
        must(text_is_utf8(span_of(pairs->list[i].name)));
        must(text_is_utf8(value));
        must(value.len == 0 || memchr(value.ptr, 0, value.len) == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    struct arena *arena = arena_new();
    const char *why = NULL;
    char *bytes = arena_copy(arena, data + 1, size - 1);
    struct body body = {.spool = -1, .size = size - 1, .all = {bytes, size - 1}};
    if (data[0] % 2 == 0) {
        Err err = form_decode(arena, body.all, &body.form, &why);
        must(err == OK || why != NULL);
    } else {
        Err err = body_decode(arena, "multipart/form-data; boundary=xx", false, &body, &why);
        must(err == OK || why != NULL);
        for (int i = 0; i < body.file_count; i++) {
            const struct span *part = &body.files[i].bytes;
            must(part->ptr >= body.all.ptr && part->ptr + part->len <= body.all.ptr + body.all.len);
        }
    }
    check_pairs(&body.form);
    arena_free(arena);
    return 0;
}
