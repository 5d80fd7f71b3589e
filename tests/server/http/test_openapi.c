/* docs/openapi.yaml is exactly what the route tables say. UPDATE_GOLDEN=1 writes it anew. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/http/openapi.h"
#include "server/http/server.h"
#include "server/routes.h"
#include "tests/support/check_main.h"

static const char file_name[] = "docs/openapi.yaml";

START_TEST(the_file_is_the_routes) {
    struct arena *arena = arena_new();
    struct buf wanted;
    const struct router *router = server_router(arena, all_routes);
    ck_assert_ptr_nonnull(router);
    buf_init(&wanted, arena, 65536);
    openapi_text(router, &wanted);
    if (getenv("UPDATE_GOLDEN") != NULL) {
        FILE *out = fopen(file_name, "w");
        ck_assert_ptr_nonnull(out);
        ck_assert_uint_eq(fwrite(wanted.ptr, 1, wanted.len, out), wanted.len);
        (void)fclose(out);
    }
    FILE *file = fopen(file_name, "r");
    ck_assert_ptr_nonnull(file);
    char *known = arena_alloc(arena, wanted.len + 2);
    size_t size = fread(known, 1, wanted.len + 1, file);
    (void)fclose(file);
    size_t same = 0;
    while (same < size && same < wanted.len && known[same] == wanted.ptr[same]) {
        same++;
    }
    ck_assert_msg(size == wanted.len && same == size,
                  "%s differs from the routes from byte %zu on, near:\n%.120s", file_name, same,
                  wanted.ptr + same);
    arena_free(arena);
}
END_TEST

/* Each API row stands in the document once (and no page-only row does). */
START_TEST(every_row_is_there) {
    struct arena *arena = arena_new();
    struct buf text;
    int rows = 0;
    int listed = 0;
    const struct router *router = server_router(arena, all_routes);
    buf_init(&text, arena, 65536);
    openapi_text(router, &text);
    for (int i = 0; router_row(router, i) != NULL; i++) {
        rows += (router_row(router, i)->flags & (ROUTE_PAGE_ONLY | ROUTE_RAW)) == 0;
    }
    for (const char *at = strstr(text.ptr, "      summary:"); at != NULL;
         at = strstr(at + 1, "      summary:")) {
        listed++;
    }
    ck_assert_int_eq(rows, listed);
    ck_assert_ptr_nonnull(strstr(text.ptr, "\n  /orgs/{id}:\n    get:\n"));
    ck_assert_ptr_null(strstr(text.ptr, "\n  /orgs/new:"));
    arena_free(arena);
}
END_TEST

CHECK_MAIN("http/openapi", NULL, NULL, the_file_is_the_routes, every_row_is_there)
