/* Any bytes as a path: no crash, and what matches is a row whose parameters are digits or words. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../server/http/router.h"
#include "../../server/http/server.h"
#include "../../server/routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct router *the_router(void) {
    static struct arena *kept; /* as long as the process */
    static const struct router *router;
    if (router == NULL) {
        kept = arena_new();
        router = server_router(kept, all_routes);
    }
    return router;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct match match;
    if (size < 2 || size > 4096) {
        return 0;
    }
    struct arena *arena = arena_new();
    const char *path = arena_copy(arena, data + 1, size - 1);
    enum method method = (enum method)(data[0] % METHODS);
    if (router_match(the_router(), method, path, data[0] >= 128, &match)) {
        for (int i = 0; i < match.count; i++) {
            for (size_t c = 0; c < match.params[i].value.len; c++) {
                if (strchr("/%?#\\ ", match.params[i].value.ptr[c]) != NULL) {
                    abort();
                }
            }
        }
        if (match.route->method != method || match.route->allow == 0) {
            abort();
        }
    }
    arena_free(arena);
    return 0;
}
