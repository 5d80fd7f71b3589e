/* Every route x every role, really called: who is let through, as tests/golden/permissions.txt
 * says. UPDATE_GOLDEN=1 writes the file anew; its diff is the change of permissions. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/routes.h"
#include "tests/support/web.h"

static const char golden[] = "tests/golden/permissions.txt";
static const char *const roles[] = {NULL,   "employer", "partner", "officer",
                                    "desk", "assessor", "auditor", "admin"};
enum { ROLES = sizeof roles / sizeof *roles };

/* Records that do not exist: permission is asked before anything is looked for. */
static const char *example_path(struct arena *arena, const char *prefix, const char *path) {
    struct buf out;
    buf_init(&out, arena, 128);
    buf_text(&out, prefix);
    for (; *path != '\0'; path++) {
        if (*path != ':') {
            buf_char(&out, *path);
            continue;
        }
        size_t len = strcspn(path + 1, "/");
        bool number = (len == 2 && strncmp(path + 1, "id", 2) == 0) ||
                      (len > 3 && strncmp(path + len - 2, "_id", 3) == 0);
        buf_text(&out, number ? "999999999" : "none-such");
        path += len;
    }
    return out.ptr;
}

static bool let_through(const struct route *route, const char *path, const char *role) {
    bool write = route->method != GET;
    bool api = strncmp(path, "/api/", 5) == 0;
    struct web_answer answer =
        web(method_name(route->method), path, role, NULL, write ? (api ? "{}" : "") : NULL);
    char *location = web_header(&answer, "Location");
    bool to_login = answer.status == 303 && location != NULL && role == NULL &&
                    strncmp(location, "/login", 6) == 0;
    ck_assert_msg(answer.status != 0 && answer.status != 500, "%s as %s: %d", path,
                  role == NULL ? "nobody" : role, answer.status);
    bool through = answer.status != 401 && answer.status != 403 && !to_login;
    free(location);
    web_free(&answer);
    if (role != NULL && strcmp(path, "/logout") == 0) {
        web_session(role);
    }
    return through;
}

static void put_line(struct arena *arena, struct buf *out, const struct route *route, bool api) {
    const char *path = example_path(arena, api ? "/api/v1" : "", route->path);
    bool any = false;
    buf_printf(out, "%-6s %s%s:", method_name(route->method), api ? "/api/v1" : "", route->path);
    for (int i = 0; i < ROLES; i++) {
        if (let_through(route, path, roles[i])) {
            buf_printf(out, " %s", roles[i] == NULL ? "nobody" : roles[i]);
            any = true;
        }
    }
    buf_text(out, any ? "\n" : " (no one)\n");
}

static void compare(const struct buf *wanted, struct arena *arena) {
    FILE *file = fopen(golden, "r");
    ck_assert_msg(file != NULL, "no %s: run with UPDATE_GOLDEN=1", golden);
    char *known = arena_alloc(arena, wanted->len * 2 + 2);
    size_t size = fread(known, 1, wanted->len * 2 + 1, file);
    (void)fclose(file);
    known[size] = '\0';
    const char *a = known;
    const char *b = wanted->ptr;
    while (*a != '\0' || *b != '\0') {
        int len_a = (int)strcspn(a, "\n");
        int len_b = (int)strcspn(b, "\n");
        ck_assert_msg(len_a == len_b && strncmp(a, b, (size_t)len_a) == 0,
                      "permissions changed (UPDATE_GOLDEN=1 if meant):\n- %.*s\n+ %.*s", len_a, a,
                      len_b, b);
        a += len_a + (a[len_a] == '\n');
        b += len_b + (b[len_b] == '\n');
    }
}

START_TEST(who_may_do_what) {
    struct arena *arena = arena_new();
    struct buf out;
    const struct router *router = server_router(arena, all_routes);
    buf_init(&out, arena, 32768);
    for (int i = 0; router_row(router, i) != NULL; i++) {
        const struct route *route = router_row(router, i);
        if ((route->flags & ROUTE_API_ONLY) == 0) {
            put_line(arena, &out, route, false);
        }
        if ((route->flags & (ROUTE_PAGE_ONLY | ROUTE_RAW)) == 0) {
            put_line(arena, &out, route, true);
        }
    }
    if (getenv("UPDATE_GOLDEN") != NULL) {
        FILE *file = fopen(golden, "w");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(out.ptr, 1, out.len, file), out.len);
        (void)fclose(file);
    }
    compare(&out, arena);
    arena_free(arena);
}
END_TEST

WEB_MAIN("http/permissions", 300, who_may_do_what)
