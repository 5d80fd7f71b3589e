/* docs/openapi.yaml is exactly what the route tables say. UPDATE_GOLDEN=1 writes it anew. */
#include <glib.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/http/openapi.h"
#include "server/http/server.h"
#include "server/routes.h"
#include "tests/support/web.h"

static const char file_name[] = "docs/openapi.yaml";

/* The document as the program writes it now. */
static void write_document(struct arena *arena, const struct router *router, struct buf *out) {
    struct openapi_source source = {all_reads, all_shows, NULL};
    ck_assert_int_eq(describer_open(arena, web_database(), &source.describer), OK);
    buf_init(out, arena, 65536);
    openapi_text(router, &source, out);
}

START_TEST(the_file_is_the_routes) {
    struct arena *arena = arena_new();
    struct buf wanted;
    const struct router *router = server_router(arena, all_routes);
    ck_assert_ptr_nonnull(router);
    write_document(arena, router, &wanted);
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
    write_document(arena, router, &text);
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

/* --- what handlers read is what is written
 * ------------------------------------------------------------ */

/* The text of a source file. */
static char *slurp(struct arena *arena, const char *name) {
    char *text = NULL;
    gsize size;
    ck_assert(g_file_get_contents(name, &text, &size, NULL));
    char *copy = arena_copy(arena, text, size);
    g_free(text);
    return copy;
}

/* The table that a call such as "list_read(req, "rooms", contract_room_fields, …" reads; false when
 * it is handed in by the function's caller. */
static bool table_of(struct arena *arena, const char *call, char **table) {
    const char *at = strchr(call, ',');
    for (; at != NULL; at = strchr(at + 1, ',')) {
        at += 1 + strspn(at + 1, " \n");
        size_t len = strcspn(at, " ,+)");
        if (*at != '"') {
            *table = arena_copy(arena, at, len);
            return strcmp(*table, "fields") != 0;
        }
    }
    return false;
}

/* How many reads of a file its table of reads does not name. */
static int unwritten(struct arena *arena, const char *name, const char *text, int *reads) {
    static const char *const calls[] = {" fields_read(req,", " query_read(req,", " list_read(req,",
                                        "(fields_read(req,", "(query_read(req,", "(list_read(req,"};
    const char *own = strstr(text, "_reads[] = {");
    int missing = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        for (const char *at = strstr(text, calls[i]); at != NULL; at = strstr(at + 1, calls[i])) {
            char *table;
            if (!table_of(arena, at, &table)) {
                continue;
            }
            (*reads)++;
            if (own == NULL || strstr(own, arena_printf(arena, " %s", table)) == NULL) {
                (void)fprintf(stderr, "%s reads %s, which its table of reads lacks\n", name, table);
                missing++;
            }
        }
    }
    return missing;
}

START_TEST(what_handlers_read_is_written) {
    struct arena *arena = arena_new();
    glob_t files;
    int reads = 0;
    int missing = 0;
    int bare = 0;
    ck_assert_int_eq(glob("server/*/*_web.c", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *text = slurp(arena, files.gl_pathv[i]);
        missing += unwritten(arena, files.gl_pathv[i], text, &reads);
        for (const char *at = text; (at = strstr(at, "req_query(")) != NULL; at++) {
            bare++;
        }
    }
    globfree(&files);
    ck_assert_int_eq(bare, 1); /* the page of log-in, which the API has not */
    ck_assert_int_ge(reads, 80);
    ck_assert_int_eq(missing, 0);
    /* The control: a handler that reads what nobody wrote down. */
    static const char careless[] = "    TRY(fields_read(req, secret_fields, &form));\n"
                                   "const struct reads x_reads[] = {\n    {x, other_fields,";
    ck_assert_int_eq(unwritten(arena, "control", careless, &reads), 1);
    arena_free(arena);
}
END_TEST

/* Limits, lists and headers are there. */
START_TEST(fields_have_their_limits) {
    static const char *const wanted[] = {"format: date",
                                         "type: number, multipleOf: 0.01",
                                         "maxItems: ",
                                         "additionalProperties: false",
                                         "required: [",
                                         "in: query",
                                         "Link: {$ref: '#/components/headers/Link'}",
                                         "'428': {$ref: '#/components/responses/"};
    struct arena *arena = arena_new();
    struct buf text;
    const struct router *router = server_router(arena, all_routes);
    write_document(arena, router, &text);
    buf_char(&text, '\0');
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        ck_assert_msg(strstr(text.ptr, wanted[i]) != NULL, "%s", wanted[i]);
    }
    arena_free(arena);
}
END_TEST

/* --- what they show ----------------------------------------------------------------------------
 */

/* A row of shows without a route would be forgotten; tests/interop/answers.mjs finds what a table
 * lacks. */
START_TEST(what_is_shown_has_its_route) {
    struct arena *arena = arena_new();
    const struct router *router = server_router(arena, all_routes);
    for (int i = 0; all_shows[i] != NULL; i++) {
        for (const struct shows *row = all_shows[i]; row->handler != NULL; row++) {
            bool found = false;
            for (int j = 0; router_row(router, j) != NULL; j++) {
                found = found || router_row(router, j)->handler == row->handler;
            }
            ck_assert_msg(found, "table %d shows %s", i, row->name);
        }
    }
    arena_free(arena);
}
END_TEST

/* A column that a statement's text does not prove to be there may be null. */
START_TEST(what_may_be_null) {
    static const struct {
        const char *text;
        bool never;
    } cases[] = {
        {"SELECT count(*) AS n FROM a", true},
        {"SELECT count(*) FILTER (WHERE a.b > 0) AS n FROM a", true},
        {"SELECT count(*)::int AS n FROM a", true},
        {"SELECT coalesce(sum(a.b), 0) AS n FROM a", true},
        {"SELECT coalesce(a.b, '(') AS n FROM a", true},
        {"SELECT EXISTS (SELECT 1 FROM b) AS n FROM a", true},
        {"SELECT a.b IS NOT NULL AS n FROM a", true},
        {"SELECT a.x, (SELECT count(*) FROM b WHERE b.c = a.c) AS n FROM a", true},
        {"SELECT true AS n FROM a", true},
        {"SELECT a.x, 'word' AS n FROM a", true},
        {"SELECT count(*) AS n FROM a LEFT JOIN b USING (c)", true},
        {"SELECT a.b AS n FROM a", false},
        {"SELECT sum(a.b) AS n FROM a", false},
        {"SELECT coalesce(a.b, a.c) AS n FROM a", false},
        {"SELECT coalesce(a.b, a.c1) AS n FROM a", false},
        {"SELECT max(a.b + 1) AS n FROM a", false},
        {"SELECT a.x, (SELECT count(*) FROM b GROUP BY c) AS n FROM a", false},
        {"SELECT a.x, (SELECT b.x FROM b) AS n FROM a", false},
        {"SELECT CASE WHEN a.b THEN 'x' END AS n FROM a", false},
        {"SELECT q.n FROM a LEFT JOIN (SELECT count(*) AS n FROM b) q USING (c)", false},
        {"SELECT count(*) AS n FROM a UNION ALL SELECT NULL", false},
        {"SELECT count(*) AS m FROM a", false},
        {"SELECT recount(a.b) AS n FROM a", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(describe_never_null(cases[i].text, "n") == cases[i].never, "%s",
                      cases[i].text);
    }
}
END_TEST

/* A row of reads without a route would be forgotten. */
START_TEST(every_read_has_its_route) {
    struct arena *arena = arena_new();
    const struct router *router = server_router(arena, all_routes);
    for (int i = 0; all_reads[i] != NULL; i++) {
        for (const struct reads *row = all_reads[i]; row->handler != NULL; row++) {
            bool found = false;
            for (int j = 0; router_row(router, j) != NULL; j++) {
                found = found || router_row(router, j)->handler == row->handler;
            }
            ck_assert_msg(found, "table %d reads %s", i, row->fields->name);
        }
    }
    arena_free(arena);
}
END_TEST

WEB_MAIN("http/openapi", 60, the_file_is_the_routes, every_row_is_there,
         what_handlers_read_is_written, fields_have_their_limits, every_read_has_its_route,
         what_is_shown_has_its_route, what_may_be_null)
