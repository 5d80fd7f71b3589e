/* Any bytes as JSON: no crash, and what is accepted is written in a form that reads back the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../server/view/json.h"
#include "../../server/view/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span written(struct arena *arena, const struct view_value *value) {
    struct buf out;
    buf_init(&out, arena, 256);
    json_view(&out, value->node);
    return (struct span){out.ptr, out.len};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct view_value value = {.kind = VIEW_NULL};
    const char *why = NULL;
    Err err = json_read(arena, (struct span){(const char *)data, size}, &value, &why);
    if (err == OK && value.node != NULL) {
        struct span once = written(arena, &value);
        if (json_read(arena, once, &value, &why) != OK ||
            !span_equal(once, written(arena, &value))) {
            abort();
        }
    }
    arena_free(arena);
    return 0;
}
