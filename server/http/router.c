#include "router.h"

#include <stdio.h>
#include <string.h>

#include "../../lib/base/arena.h"

/* Rows are found by their first word; a request looks at those of one bucket. */
enum { BUCKETS = 128 };

struct pattern {
    const struct route *route;
    const struct pattern *next; /* in the same bucket, in the table's order */
    int count;
    struct span segments[SEGMENTS_MAX];
};

struct router {
    int count;
    struct pattern *patterns;
    const struct pattern *first[BUCKETS];
    const struct pattern **last[BUCKETS];
};

const char *method_name(enum method method) {
    static const char *const names[METHODS] = {"GET", "POST", "PUT", "DELETE"};
    return names[method];
}

/* Splits "/a/b" into its segments; false for empty ones, no leading slash or too many. "/" has
 * none. */
static bool split(const char *path, struct span *segments, int *count) {
    *count = 0;
    if (path[0] != '/') {
        return false;
    }
    if (path[1] == '\0') {
        return true;
    }
    while (*path == '/') {
        size_t len = strcspn(path + 1, "/");
        if (len == 0 || *count == SEGMENTS_MAX) {
            return false;
        }
        segments[(*count)++] = (struct span){path + 1, len};
        path += len + 1;
    }
    return true;
}

/* By the first word's bytes; "/" has none. */
static unsigned bucket_of(const struct span *segments, int count) {
    unsigned sum = 0;
    for (size_t i = 0; count > 0 && i < segments[0].len; i++) {
        sum = sum * 31 + (unsigned char)segments[0].ptr[i];
    }
    return sum % BUCKETS;
}

/* :id and :…_id take digits, any other name a word. */
static bool is_number_name(struct span name) {
    return span_is(name, ":id") || (name.len > 3 && memcmp(name.ptr + name.len - 3, "_id", 3) == 0);
}

static bool is_word(struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '.' || c == '_' || c == '-';
        if (!good) {
            return false;
        }
    }
    return text.len > 0 && text.len <= WORD_MAX;
}

static bool is_number(struct span text) {
    int64_t value = 0;
    return text.len > 0 && text.ptr[0] != '-' && text_int(text, &value);
}

static bool takes(const struct pattern *pattern, const struct span *segments, int count) {
    if (pattern->count != count) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        struct span wanted = pattern->segments[i];
        if (wanted.ptr[0] != ':') {
            if (!span_equal(wanted, segments[i])) {
                return false;
            }
        } else if (!(is_number_name(wanted) ? is_number(segments[i]) : is_word(segments[i]))) {
            return false;
        }
    }
    return true;
}

static bool reachable(const struct route *route, bool api) {
    unsigned hidden = api ? (unsigned)(ROUTE_PAGE_ONLY | ROUTE_RAW) : (unsigned)ROUTE_API_ONLY;
    return (route->flags & hidden) == 0;
}

/* More literal segments first: "/contracts/new" before "/contracts/:word". */
static int weight(const struct pattern *pattern) {
    int literals = 0;
    for (int i = 0; i < pattern->count; i++) {
        literals += pattern->segments[i].ptr[0] != ':' ? 2 : is_number_name(pattern->segments[i]);
    }
    return literals;
}

static void fill(const struct pattern *pattern, const struct span *segments, struct match *match) {
    match->route = pattern->route;
    match->count = 0;
    for (int i = 0; i < pattern->count; i++) {
        if (pattern->segments[i].ptr[0] == ':') {
            match->params[match->count].name = pattern->segments[i].ptr + 1;
            match->params[match->count++].value = segments[i];
        }
    }
}

bool router_match(const struct router *router, enum method method, const char *path, bool api,
                  struct match *match) {
    struct span segments[SEGMENTS_MAX];
    int count = 0;
    int best = -1;
    memset(match, 0, sizeof *match);
    if (!split(path, segments, &count)) {
        return false;
    }
    for (const struct pattern *pattern = router->first[bucket_of(segments, count)]; pattern != NULL;
         pattern = pattern->next) {
        if (!reachable(pattern->route, api) || !takes(pattern, segments, count)) {
            continue;
        }
        match->methods |= 1U << pattern->route->method;
        if (pattern->route->method == method && weight(pattern) > best) {
            best = weight(pattern);
            fill(pattern, segments, match);
            match->row = (int)(pattern - router->patterns);
        }
    }
    return match->route != NULL;
}

/* --- building -----------------------------------------------------------------------------------
 */

static bool refuse(const struct route *route, const char *why) {
    (void)fprintf(stderr, "route %s %s: %s\n", method_name(route->method),
                  route->path == NULL ? "" : route->path, why);
    return false;
}

static bool same_place(const struct pattern *a, const struct pattern *b) {
    bool apart = (a->route->flags & ROUTE_API_ONLY && b->route->flags & ROUTE_PAGE_ONLY) ||
                 (a->route->flags & ROUTE_PAGE_ONLY && b->route->flags & ROUTE_API_ONLY);
    if (apart || a->route->method != b->route->method || a->count != b->count) {
        return false;
    }
    for (int i = 0; i < a->count; i++) {
        bool both = a->segments[i].ptr[0] == ':' && b->segments[i].ptr[0] == ':';
        if (both ? is_number_name(a->segments[i]) != is_number_name(b->segments[i])
                 : !span_equal(a->segments[i], b->segments[i])) {
            return false;
        }
    }
    return true;
}

static bool add(struct router *router, const struct route *route) {
    struct pattern *pattern = &router->patterns[router->count];
    pattern->route = route;
    if (route->method >= METHODS || route->handler == NULL) {
        return refuse(route, "no method or no handler");
    }
    if (route->allow == 0) {
        return refuse(route, "nobody is allowed; public must be written PUBLIC");
    }
    if (!split(route->path, pattern->segments, &pattern->count)) {
        return refuse(route, "not a path");
    }
    if (pattern->count > 0 && pattern->segments[0].ptr[0] == ':') {
        return refuse(route, "begins with no word of its own");
    }
    for (int i = 0; i < router->count; i++) {
        if (same_place(&router->patterns[i], pattern)) {
            return refuse(route, "another row has this method and path");
        }
    }
    unsigned bucket = bucket_of(pattern->segments, pattern->count);
    *router->last[bucket] = pattern;
    router->last[bucket] = &pattern->next;
    router->count++;
    return true;
}

const struct router *router_new(struct arena *arena, const struct route *const *tables) {
    struct router *router = ARENA_NEW(arena, struct router);
    size_t rows = 0;
    for (int t = 0; tables[t] != NULL; t++) {
        for (const struct route *route = tables[t]; route->path != NULL; route++) {
            rows++;
        }
    }
    router->patterns = arena_array(arena, rows + 1, sizeof *router->patterns);
    for (int i = 0; i < BUCKETS; i++) {
        router->last[i] = &router->first[i];
    }
    for (int t = 0; tables[t] != NULL; t++) {
        for (const struct route *route = tables[t]; route->path != NULL; route++) {
            if (!add(router, route)) {
                return NULL;
            }
        }
    }
    return router;
}

const struct route *router_row(const struct router *router, int index) {
    return index < router->count ? router->patterns[index].route : NULL;
}
