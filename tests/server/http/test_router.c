#include <string.h>

#include "lib/base/arena.h"
#include "server/http/router.h"
#include "tests/support/check_main.h"

static Err handler(struct req *req) {
    (void)req;
    return OK;
}

#define ROW(method, path, allow, flags)                                                            \
    { method, path, handler, allow, NULL, NULL, NULL, flags, NULL }

static const struct route rows[] = {
    ROW(GET, "/", PUBLIC, 0),
    ROW(GET, "/a", ANYBODY, 0),
    ROW(POST, "/a", ADMIN, ROUTE_PAGE_ONLY),
    ROW(GET, "/a/:id", ANYBODY, 0),
    ROW(GET, "/a/new", ANYBODY, 0),
    ROW(GET, "/a/:word", ANYBODY, 0),
    ROW(GET, "/a/:a_id/b/:id", ANYBODY, 0),
    ROW(GET, "/raw", PUBLIC, ROUTE_RAW),
    ROW(GET, "/only", ANYBODY, ROUTE_API_ONLY),
    ROUTE_END,
};

static struct arena *arena;
static const struct router *router;

static void set_up(void) {
    static const struct route *const tables[] = {rows, NULL};
    arena = arena_new();
    router = router_new(arena, tables);
    ck_assert_ptr_nonnull(router);
}

static void tear_down(void) {
    arena_free(arena);
}

static const char *found(enum method method, const char *path, bool api) {
    struct match match;
    return router_match(router, method, path, api, &match) ? match.route->path : NULL;
}

START_TEST(finds_the_row) {
    ck_assert_str_eq(found(GET, "/", false), "/");
    ck_assert_str_eq(found(GET, "/a", false), "/a");
    ck_assert_str_eq(found(GET, "/a/12", true), "/a/:id");
    ck_assert_str_eq(found(GET, "/a/new", false), "/a/new");
    ck_assert_str_eq(found(GET, "/a/K7Q2-M9XD", false), "/a/:word");
    ck_assert_str_eq(found(GET, "/a/1/b/2", false), "/a/:a_id/b/:id");
}
END_TEST

START_TEST(finds_nothing_else) {
    static const char *const paths[] = {
        "",       "a",        "//",    "/a/",   "/a//12", "/A",       "/a/%31",
        "/a/1/b", "/a/x/b/1", "/a/-1", "/a/1 ", "/a/é",   "/a/..%2f", "/1/2/3/4/5/6/7/8/9",
        "/a/12?x"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const char *path = found(GET, paths[i], false);
        bool word = path != NULL && strcmp(path, "/a/:word") == 0 && strcmp(paths[i], "/a/-1") == 0;
        ck_assert_msg(path == NULL || word, "%s: %s", paths[i], path);
    }
}
END_TEST

START_TEST(pages_and_api_see_their_rows) {
    ck_assert_ptr_null(found(POST, "/a", true));
    ck_assert_ptr_nonnull(found(POST, "/a", false));
    ck_assert_ptr_null(found(GET, "/raw", true));
    ck_assert_ptr_null(found(GET, "/only", false));
    ck_assert_ptr_nonnull(found(GET, "/only", true));
}
END_TEST

START_TEST(tells_the_methods) {
    struct match match;
    ck_assert(!router_match(router, DELETE, "/a", false, &match));
    ck_assert_uint_eq(match.methods, 1U << GET | 1U << POST);
    ck_assert(!router_match(router, GET, "/none", false, &match));
    ck_assert_uint_eq(match.methods, 0);
}
END_TEST

/* The default is denial: a row that forgot who may, or stands twice, does not start. */
START_TEST(refuses_wrong_rows) {
    static const struct route nobody[] = {ROW(GET, "/x", 0, 0), ROUTE_END};
    static const struct route twice[] = {ROW(GET, "/x/:id", ADMIN, 0),
                                         ROW(GET, "/x/:x_id", ADMIN, 0), ROUTE_END};
    static const struct route no_path[] = {ROW(GET, "x", ADMIN, 0), ROUTE_END};
    static const struct route no_word[] = {ROW(GET, "/:id/x", ADMIN, 0), ROUTE_END};
    static const struct route apart[] = {ROW(GET, "/x", ADMIN, ROUTE_API_ONLY),
                                         ROW(GET, "/x", ADMIN, ROUTE_PAGE_ONLY), ROUTE_END};
    const struct route *tables[] = {nobody, NULL};
    ck_assert_ptr_null(router_new(arena, tables));
    tables[0] = twice;
    ck_assert_ptr_null(router_new(arena, tables));
    tables[0] = no_path;
    ck_assert_ptr_null(router_new(arena, tables));
    tables[0] = no_word;
    ck_assert_ptr_null(router_new(arena, tables));
    tables[0] = apart;
    ck_assert_ptr_nonnull(router_new(arena, tables));
}
END_TEST

CHECK_MAIN("http/router", set_up, tear_down, finds_the_row, finds_nothing_else,
           pages_and_api_see_their_rows, tells_the_methods, refuses_wrong_rows)
