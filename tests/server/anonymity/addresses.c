#include "addresses.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/routes.h"
#include "tests/support/check_main.h"

enum { IDS = 2 };

/* Numbers that exist in the world: an own record and a stranger's of most kinds. */
static const char *const ids[IDS] = {"1", "2"};

static const char *example(struct arena *arena, const char *prefix, const char *path,
                           const char *id) {
    struct buf out;
    buf_init(&out, arena, 128);
    buf_text(&out, prefix);
    for (; *path != '\0'; path++) {
        if (*path != ':') {
            buf_char(&out, *path);
            continue;
        }
        size_t len = strcspn(path + 1, "/");
        bool file = strncmp(path + 1, "file", len) == 0;
        bool code = strncmp(path + 1, "code", len) == 0;
        buf_text(&out, file ? "status-1.cwt" : code ? "same_passport" : id);
        path += len;
    }
    return out.ptr;
}

static void add_path(struct addresses *all, const char *prefix, const struct route *route,
                     bool whole) {
    const char *path = route->path;
    for (int i = 0; i < (strchr(path, ':') == NULL ? 1 : IDS); i++) {
        ck_assert_int_lt(all->count, ADDRESSES_MAX);
        all->whole[all->count] = whole && i == 0;
        all->route[all->count] = route;
        all->path[all->count++] = example(all->arena, prefix, path, ids[i]);
    }
}

/* What ends the session or the token that asks. */
static bool ends_asking(const char *path) {
    static const char *const paths[] = {"/logout", "/tokens/:id/revoke",
                                        "/account/sessions/:id/end"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (strcmp(path, paths[i]) == 0) {
            return true;
        }
    }
    return false;
}

const struct addresses *addresses_of(struct arena *arena, bool writes) {
    struct addresses *all = ARENA_NEW(arena, struct addresses);
    const struct router *router = server_router(arena, all_routes);
    all->arena = arena;
    for (int i = 0; router_row(router, i) != NULL; i++) {
        const struct route *route = router_row(router, i);
        size_t len = strlen(route->path);
        /* Acceptance is the placement itself. */
        bool binds = len > 7 && strcmp(route->path + len - 7, "/accept") == 0;
        if ((route->method != GET) != writes || binds || ends_asking(route->path)) {
            continue;
        }
        bool api = (route->flags & (ROUTE_PAGE_ONLY | ROUTE_RAW)) == 0;
        if ((route->flags & ROUTE_API_ONLY) == 0) {
            add_path(all, "", route, !api);
        }
        if (api) {
            add_path(all, "/api/v1", route, true);
        }
    }
    return all;
}
