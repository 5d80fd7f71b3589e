#include "kit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "server/app.h"
#include "server/candidate/candidate.h"
#include "server/candidate/seal.h"
#include "server/http/server.h"
#include "server/routes.h"

struct arena *kit_arena;

static void setup(void) {
    kit_arena = arena_new();
}

static void teardown(void) {
    arena_free(kit_arena);
}

static void with_jobs(struct server_config *config) {
    config->jobs = all_jobs;
}

int kit_run_with(void (*change)(struct server_config *config), const char *name,
                 const TTest *const *tests) {
    static char season[16384];
    web_up_with(change);
    FILE *file = fopen("tests/support/documents.sql", "r");
    if (file == NULL || fread(season, 1, sizeof season - 1, file) == 0) {
        abort();
    }
    (void)fclose(file);
    (void)web_sql(season);
    int code = check_run(name, setup, teardown, 60, tests);
    web_down();
    return code;
}

int kit_run(const char *name, const TTest *const *tests) {
    return kit_run_with(with_jobs, name, tests);
}

/* --- the season
 * ----------------------------------------------------------------------------------- */

/* Adds `SELECT t_placement(…)` for a worker of that name to the SQL. */
static void put_placement(struct buf *out, long long worker, const char *surname,
                          const char *native, const char *state) {
    struct identity identity = {.surname = surname,
                                .given_names = "YOUSSEF",
                                .native_surname = "العمراني",
                                .native_given_names = native,
                                .sex = "M",
                                .birth_date = 6998, /* 1989-02-28 */
                                .nationality = "MAR",
                                .document_issuer = "MAR",
                                .document_number = "AB1234567",
                                .document_expires = 22280}; /* 2031-01-01 */
    struct span sealed;
    uint8_t wrapped[SEAL_WRAPPED];
    identity_seal(web_app()->seal, kit_arena, worker, &identity, &sealed, wrapped);
    buf_printf(out, "SELECT t_placement(%lld, '\\x%s', '\\x%s', '%s');", worker,
               text_hex(kit_arena, sealed.ptr, sealed.len),
               text_hex(kit_arena, wrapped, sizeof wrapped), state);
}

long long named_placement(const char *surname, const char *native, const char *state) {
    struct buf sql;
    buf_init(&sql, kit_arena, 2048);
    put_placement(&sql, web_sql("SELECT t_worker()"), surname, native, state);
    return web_sql(sql.ptr);
}

void new_placements(int count, const char *state) {
    struct buf sql;
    long long last = web_sql(
        arena_printf(kit_arena, "SELECT max(t_worker()) FROM generate_series(1, %d)", count));
    buf_init(&sql, kit_arena, (size_t)count * 1024);
    for (int i = 0; i < count; i++) {
        put_placement(&sql, last - i, "EL AMRANI", "يوسف", state);
    }
    (void)web_sql(sql.ptr);
}

long long new_placement(const char *state) {
    return named_placement("EL AMRANI", "يوسف", state);
}

struct web_answer call(const char *method, const char *role, const char *body, const char *format,
                       ...) {
    va_list args;
    va_start(args, format);
    const char *path = arena_vprintf(kit_arena, format, args);
    va_end(args);
    return web(method, path, role, NULL, body);
}

/* Issues at `path`; the document's id. */
long long issued(const char *format, long long id) {
    char path[80];
    (void)snprintf(path, sizeof path, "/api/v1/%s/%lld/%s", format, id,
                   strcmp(format, "contracts") == 0 ? "notice" : "document");
    struct web_answer answer = call("POST", "officer", "{}", "%s", path);
    ck_assert_msg(answer.status == 201, "%s: %s", path, answer.all);
    const char *at = strstr(answer.body, "\"id\":");
    ck_assert_ptr_nonnull(at);
    long long document = strtoll(at + 5, NULL, 10);
    web_free(&answer);
    return document;
}

struct span text_of(long long document, const char *role) {
    struct web_answer answer = call("GET", role, NULL, "/api/v1/documents/%lld/text", document);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    struct span text = {arena_copy(kit_arena, answer.body, answer.body_len), answer.body_len};
    web_free(&answer);
    return text;
}

struct span fetch(const char *path) {
    struct web_answer answer = web("GET", path, NULL, NULL, NULL);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    struct span bytes = {arena_copy(kit_arena, answer.body, answer.body_len), answer.body_len};
    web_free(&answer);
    return bytes;
}

/* What a verifier says that has nothing but the published files and the root. */
enum sw1_code offline(struct span text, struct sw1_answer *answer) {
    static const struct sw1_settings settings = {SW1_SKEW, 0};
    struct sw1_key *root;
    ck_assert(sw1_key_read(kit_arena, fetch("/.well-known/noria/root.cosekey"), &root));
    struct sw1_verifier *verifier = sw1_verifier_new(kit_arena, root, &settings, NULL);
    ck_assert_int_eq(sw1_verifier_trust(verifier, fetch("/.well-known/noria/trust.cwt")),
                     SW1_VALID);
    ck_assert_int_eq(sw1_verifier_status(verifier, fetch("/.well-known/noria/status-1.cwt")),
                     SW1_VALID);
    sw1_verify(verifier, kit_arena, text, clock_now(web_app()->clock), answer);
    return answer->code;
}

/* What the server's own page says. */
void server_says(struct span text, const char *code) {
    struct web_answer answer =
        web("POST", "/api/v1/verify", NULL, NULL,
            arena_printf(kit_arena, "{\"text\":\"%.*s\"}", (int)text.len, text.ptr));
    ck_assert_int_eq(answer.status, 200);
    ck_assert_msg(strstr(answer.body, arena_printf(kit_arena, "\"code\":\"%s\"", code)) != NULL,
                  "%s", answer.body);
    web_free(&answer);
}
