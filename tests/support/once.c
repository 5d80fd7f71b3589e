#include "once.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "server/http/router.h"
#include "server/http/server.h"
#include "server/routes.h"

void once_keep(const char *method, const char *path, const struct web_answer *answer) {
    const char *folder = getenv("NORIA_ANSWERS");
    if (folder == NULL || strncmp(path, "/api/", 5) != 0) {
        return;
    }
    struct arena *arena = arena_new();
    size_t size = (size_t)(answer->body - answer->all) + answer->body_len;
    const char *name = arena_printf(arena, "%s/%d", folder, (int)getpid());
    FILE *file = fopen(name, "ab");
    ck_assert_msg(file != NULL, "%s", name);
    (void)fprintf(file, "%s %s %zu\n", method, path, size);
    ck_assert_msg(fwrite(answer->all, 1, size, file) == size && fclose(file) == 0, "%s", name);
    arena_free(arena);
}

bool once_kept(const char *path) {
    struct arena *arena = arena_new();
    struct match match;
    const char *below = path + strlen("/api/v1");
    const char *bare = arena_copy(arena, below, strcspn(below, "?"));
    bool kept = router_match(server_router(arena, all_routes), POST, bare, true, &match) &&
                (match.route->flags & ROUTE_NO_TX) == 0;
    arena_free(arena);
    return kept;
}

void once_judge(const char *path, const struct web_answer *first, const struct web_answer *same,
                const struct web_answer *other) {
    ck_assert_msg(same->status == first->status && strcmp(same->body, first->body) == 0 &&
                      strstr(same->all, "Idempotency-Replayed: true") != NULL,
                  "%s sent again: %.900s\nat first: %.900s", path, same->all, first->all);
    ck_assert_msg(other->status == 422 &&
                      strstr(other->body, "\"code\":\"idempotency_mismatch\"") != NULL,
                  "%s with its key and another body: %.900s", path, other->all);
}
