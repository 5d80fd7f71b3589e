/* Any bytes as a template: no crash; and a template that compiles, run on hostile values, lets none
 * of them out of its place: the marks below never come out unescaped. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../server/view/template_render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char evil[] = "<zq>\"zq'";
    struct arena *arena = arena_new();
    struct template template;
    char error[256];
    struct span source = {(const char *)data, size};
    if (template_compile(arena, "fuzz", source, &template, error) == OK) {
        struct view *view = view_new(arena);
        view_text(view, "x", evil);
        view_text(view, "n", evil);
        view_text(view_item(view_list(view, "l")), "x", evil);
        struct buf out;
        buf_init(&out, arena, 256);
        buf_text(&out, "");
        template_run(NULL, &template, LANG_FR, view, &out);
        /* A mark of the template's own may meet a quote over a value that is empty. */
        bool own = memmem(data, size, "zq", 2) != NULL;
        if (!own && (memmem(out.ptr, out.len, "<zq", 3) != NULL ||
                     memmem(out.ptr, out.len, "\"zq", 3) != NULL)) {
            abort();
        }
    }
    arena_free(arena);
    return 0;
}
