/* Documents over HTTP: issued, shown, verified, withdrawn, by those who may. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/picture/picture.h"
#include "server/app.h"
#include "server/candidate/seal.h"
#include "server/document/document.h"
#include "server/document/signer.h"
#include "tests/support/web.h"

static struct arena *arena;

static void setup(void) {
    arena = arena_new();
}

static void teardown(void) {
    arena_free(arena);
}

/* --- the season
 * ----------------------------------------------------------------------------------- */

/* A placement of a worker who was never seen before. */
static long long new_placement(const char *state) {
    long long worker = web_sql("SELECT t_worker()");
    struct identity identity = {.surname = "EL AMRANI",
                                .given_names = "YOUSSEF",
                                .native_surname = "العمراني",
                                .native_given_names = "يوسف",
                                .sex = "M",
                                .birth_date = 6998, /* 1989-02-28 */
                                .nationality = "MAR",
                                .document_issuer = "MAR",
                                .document_number = "AB1234567",
                                .document_expires = DATE_NONE};
    struct buf plain;
    struct buf sealed;
    buf_init(&plain, arena, 512);
    buf_init(&sealed, arena, 512);
    identity_pack(&identity, &plain);
    seal_put(web_app()->seal, "identity", worker, (struct span){plain.ptr, plain.len}, &sealed);
    return web_sql(arena_printf(arena, "SELECT t_placement(%lld, '\\x%s', '%s')", worker,
                                text_hex(arena, sealed.ptr, sealed.len), state));
}

static struct web_answer call(const char *method, const char *role, const char *body,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));
static struct web_answer call(const char *method, const char *role, const char *body,
                              const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *path = arena_vprintf(arena, format, args);
    va_end(args);
    return web(method, path, role, NULL, body);
}

/* Issues at `path`; the document's id. */
static long long issued(const char *format, long long id) {
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

static struct span text_of(long long document, const char *role) {
    struct web_answer answer = call("GET", role, NULL, "/api/v1/documents/%lld/text", document);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    struct span text = {arena_copy(arena, answer.body, answer.body_len), answer.body_len};
    web_free(&answer);
    return text;
}

static struct span fetch(const char *path) {
    struct web_answer answer = web("GET", path, NULL, NULL, NULL);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    struct span bytes = {arena_copy(arena, answer.body, answer.body_len), answer.body_len};
    web_free(&answer);
    return bytes;
}

/* What a verifier says that has nothing but the published files and the root. */
static enum sw1_code offline(struct span text, struct sw1_answer *answer) {
    static const struct sw1_settings settings = {SW1_SKEW, 0};
    struct sw1_key *root;
    ck_assert(sw1_key_read(arena, fetch("/.well-known/noria/root.cosekey"), &root));
    struct sw1_verifier *verifier = sw1_verifier_new(arena, root, &settings, NULL);
    ck_assert_int_eq(sw1_verifier_trust(verifier, fetch("/.well-known/noria/trust.cwt")),
                     SW1_VALID);
    ck_assert_int_eq(sw1_verifier_status(verifier, fetch("/.well-known/noria/status-1.cwt")),
                     SW1_VALID);
    sw1_verify(verifier, arena, text, clock_now(web_app()->clock), answer);
    return answer->code;
}

/* What the server's own page says. */
static void server_says(struct span text, const char *code) {
    struct web_answer answer =
        web("POST", "/api/v1/verify", NULL, NULL,
            arena_printf(arena, "{\"text\":\"%.*s\"}", (int)text.len, text.ptr));
    ck_assert_int_eq(answer.status, 200);
    ck_assert_msg(strstr(answer.body, arena_printf(arena, "\"code\":\"%s\"", code)) != NULL, "%s",
                  answer.body);
    web_free(&answer);
}

/* --- the tests
 * ------------------------------------------------------------------------------------- */

START_TEST(a_document_says_who_and_verifies_offline) {
    long long document = issued("placements", new_placement("ready"));
    struct span text = text_of(document, "officer");
    struct sw1_answer answer;
    ck_assert_int_eq(offline(text, &answer), SW1_VALID);
    ck_assert(span_is(answer.claims.iss, "FR:TEST"));
    ck_assert(span_is(answer.claims.full_name, "EL AMRANI YOUSSEF"));
    ck_assert(span_is(answer.claims.second_name, "العمراني يوسف"));
    ck_assert(span_is(answer.claims.passport, "AB1234567"));
    ck_assert(span_is(answer.claims.nationality, "MA"));
    ck_assert(span_is(answer.claims.birth_date, "19890228"));
    ck_assert_int_eq(answer.claims.gender, 1);
    ck_assert_int_eq(answer.claims.kind, SW1_WORKER);
    ck_assert(span_is(answer.claims.commune, "84007"));
    ck_assert_int_eq(answer.claims.siret, INT64_C(73282932000074));
    /* Valid to the end of the 60th day after the last day of work. */
    ck_assert_int_eq(answer.claims.exp, (answer.claims.last_day + 61) * 86400 - 1);
    server_says(text, "VALID");
    ck_assert_int_eq(sw1_holder(&answer.claims, SPAN_LIT("AB1234567")), SW1_VALID);
}
END_TEST

START_TEST(a_look_is_a_leaf_and_not_everybody_s) {
    long long document = issued("placements", new_placement("ready"));
    const char *leaves = arena_printf(
        arena, "SELECT count(*) FROM audit_leaf WHERE act = 'document.look' AND object_id = %lld",
        document);
    ck_assert_int_eq(web_sql(leaves), 0);
    (void)text_of(document, "partner"); /* his own service */
    (void)text_of(document, "desk");
    ck_assert_int_eq(web_sql(leaves), 2);
    struct web_answer answer =
        call("GET", "employer", NULL, "/api/v1/documents/%lld/text", document);
    ck_assert_int_eq(answer.status, 404);
    web_free(&answer);
    static const char *const others[] = {"auditor", "assessor", "admin"};
    for (int i = 0; i < 3; i++) {
        answer = call("GET", others[i], NULL, "/api/v1/documents/%lld/text", document);
        ck_assert_int_eq(answer.status, 403);
        web_free(&answer);
    }
    /* The employer sees that it exists, without a name. */
    answer = call("GET", "employer", NULL, "/api/v1/documents/%lld", document);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_null(strstr(answer.body, "AMRANI"));
    web_free(&answer);
    /* Nothing of the identity lies open in the database. */
    ck_assert_int_eq(
        web_sql("SELECT count(*) FROM document WHERE kind = 1 AND (text IS NOT NULL OR "
                "encode(sealed, 'escape') LIKE '%SW1%')"),
        0);
}
END_TEST

START_TEST(issuing_anew_withdraws_the_former) {
    long long placement = new_placement("ready");
    struct sw1_answer answer;
    struct span first = text_of(issued("placements", placement), "officer");
    ck_assert_int_eq(offline(first, &answer), SW1_VALID);
    struct span second = text_of(issued("placements", placement), "officer");
    ck_assert_int_eq(offline(first, &answer), SW1_REVOKED);
    server_says(first, "REVOKED");
    ck_assert_int_eq(offline(second, &answer), SW1_VALID);
}
END_TEST

START_TEST(states_reach_the_list) {
    long long document = issued("placements", new_placement("ready"));
    struct span text = text_of(document, "officer");
    struct sw1_answer said;
    static const struct {
        const char *act;
        enum sw1_code code;
        int status;
    } steps[] = {{"restore", SW1_VALID, 409},     {"suspend", SW1_SUSPENDED, 200},
                 {"suspend", SW1_SUSPENDED, 409}, {"restore", SW1_VALID, 200},
                 {"revoke", SW1_REVOKED, 200},    {"restore", SW1_REVOKED, 409}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct web_answer answer = call("POST", "officer", "{\"reason\":\"a test\"}",
                                        "/api/v1/documents/%lld/%s", document, steps[i].act);
        ck_assert_msg(answer.status == steps[i].status, "%zu %s", i, answer.all);
        web_free(&answer);
        ck_assert_int_eq(offline(text, &said), steps[i].code);
    }
    struct web_answer answer =
        call("POST", "officer", "{}", "/api/v1/documents/%lld/revoke", document);
    ck_assert_int_eq(answer.status, 422); /* without a reason */
    web_free(&answer);
    answer = call("POST", "partner", "{\"reason\":\"a test\"}", "/api/v1/documents/%lld/revoke",
                  document);
    ck_assert_int_eq(answer.status, 403);
    web_free(&answer);
}
END_TEST

START_TEST(who_gets_none) {
    struct web_answer answer =
        call("POST", "officer", "{}", "/api/v1/placements/%lld/document", new_placement("bound"));
    ck_assert_int_eq(answer.status, 409);
    ck_assert_ptr_nonnull(strstr(answer.body, "document_not_ready"));
    web_free(&answer);
    long long held = new_placement("ready");
    (void)web_sql(arena_printf(
        arena,
        "INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, due_on) "
        "SELECT 'mrz_check_digit', 'serious', true, false, candidate_id, today() FROM placement "
        "WHERE id = %lld",
        held));
    answer = call("POST", "officer", "{}", "/api/v1/placements/%lld/document", held);
    ck_assert_int_eq(answer.status, 409);
    ck_assert_ptr_nonnull(strstr(answer.body, "document_held"));
    web_free(&answer);
    answer = call("POST", "officer", "{}", "/api/v1/placements/999999/document");
    ck_assert_int_eq(answer.status, 404);
    web_free(&answer);
    ck_assert_int_eq(web_sql(arena_printf(
                         arena, "SELECT count(*) FROM document WHERE placement_id = %lld", held)),
                     0);
}
END_TEST

START_TEST(a_campaign_at_once) {
    for (int i = 0; i < 7; i++) {
        (void)new_placement("ready");
    }
    long long campaign = web_sql("SELECT t_id('campaign')");
    struct web_answer answer =
        call("POST", "officer", "{}", "/api/v1/campaigns/%lld/documents", campaign);
    ck_assert_int_eq(answer.status, 200);
    const char *count = strstr(answer.body, "\"issued\":");
    ck_assert_msg(count != NULL && strtol(count + 9, NULL, 10) >= 7, "%s", answer.body);
    ck_assert_ptr_nonnull(strstr(answer.body, "\"left\":0"));
    web_free(&answer);
    answer = call("POST", "officer", "{}", "/api/v1/campaigns/%lld/documents", campaign);
    ck_assert_ptr_nonnull(strstr(answer.body, "\"issued\":0"));
    web_free(&answer);
    ck_assert_int_eq(
        web_sql("SELECT count(*) FROM placement p WHERE state = 'ready' AND NOT "
                "candidate_held(p.candidate_id) AND 1 <> (SELECT count(*) FROM document "
                "d WHERE d.placement_id = p.id AND d.state <> 'revoked')"),
        0);
}
END_TEST

START_TEST(a_notice_names_nobody) {
    long long contract = web_sql("SELECT t_id('contract')");
    struct sw1_answer answer;
    struct span text = text_of(issued("contracts", contract), "employer");
    ck_assert_int_eq(offline(text, &answer), SW1_VALID);
    ck_assert_int_eq(answer.claims.kind, SW1_NOTICE);
    ck_assert_ptr_null(answer.claims.full_name.ptr);
    ck_assert_int_eq(answer.claims.places, 50);
    ck_assert_int_eq(answer.claims.wage, 1350);
}
END_TEST

START_TEST(paper_and_picture) {
    long long document = issued("placements", new_placement("ready"));
    struct span text = text_of(document, "officer");
    struct web_answer answer = call("GET", "officer", NULL, "/documents/%lld/pdf", document);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(strncmp(answer.body, "%PDF-", 5), 0);
    ck_assert_ptr_nonnull(strstr(answer.all, "Cache-Control: no-store"));
    web_free(&answer);
    answer = call("GET", "officer", NULL, "/documents/%lld/qr.png", document);
    ck_assert_int_eq(answer.status, 200);
    struct picture picture;
    struct qr_found found = {0};
    ck_assert_int_eq(picture_read(arena, (struct span){answer.body, answer.body_len}, &picture),
                     OK);
    qr_scan(arena, &picture, &found);
    ck_assert_int_eq(found.count, 1);
    ck_assert(span_equal(found.text[0], text));
    web_free(&answer);
}
END_TEST

START_TEST(pages_are_shown) {
    long long document = issued("placements", new_placement("ready"));
    static const char *const roles[] = {"officer", "desk", "partner", "employer", "auditor"};
    for (int i = 0; i < 5; i++) {
        struct web_answer answer = call("GET", roles[i], NULL, "/documents/%lld", document);
        ck_assert_msg(answer.status == 200, "%s: %d", roles[i], answer.status);
        ck_assert_msg((strstr(answer.body, "/revoke") != NULL) == (i < 2), "%s", roles[i]);
        web_free(&answer);
        answer = call("GET", roles[i], NULL, "/documents?state=valid");
        ck_assert_int_eq(answer.status, 200);
        web_free(&answer);
    }
    struct web_answer answer = call("GET", "officer", NULL, "/campaigns/%lld/documents",
                                    web_sql("SELECT t_id('campaign')"));
    ck_assert_int_eq(answer.status, 200);
    web_free(&answer);
    struct span text = text_of(document, "officer");
    struct buf form;
    buf_init(&form, arena, 2048);
    buf_text(&form, "text=");
    for (size_t i = 0; i < text.len; i++) {
        buf_printf(&form, "%%%02X", (unsigned char)text.ptr[i]);
    }
    answer = web("POST", "/verify", NULL, NULL, form.ptr);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    ck_assert_ptr_nonnull(strstr(answer.body, "EL AMRANI YOUSSEF"));
    ck_assert_ptr_nonnull(strstr(answer.body, "authentique et valable"));
    web_free(&answer);
}
END_TEST

START_TEST(lists_are_fetched_with_an_etag) {
    struct web_answer answer = web("GET", "/.well-known/noria/status-1.cwt", NULL, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(answer.all, "Content-Type: application/statuslist+cwt"));
    char *etag = web_header(&answer, "ETag");
    ck_assert_ptr_nonnull(etag);
    char line[128];
    (void)snprintf(line, sizeof line, "If-None-Match: %s\r\n", etag);
    free(etag);
    web_free(&answer);
    answer = web("GET", "/.well-known/noria/status-1.cwt", NULL, line, NULL);
    ck_assert_int_eq(answer.status, 304);
    web_free(&answer);
    static const char *const none[] = {"status-2.cwt",  "status-0.cwt", "status-01.cwt",
                                       "status-.cwt",   "status-1.cw",  "status-1000.cwt",
                                       "status--1.cwt", "seal.key"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        answer = call("GET", NULL, NULL, "/.well-known/noria/%s", none[i]);
        ck_assert_msg(answer.status == 404, "%s", none[i]);
        web_free(&answer);
    }
}
END_TEST

/* An hour later the list is made anew, so that it never expires while it is served. */
START_TEST(old_lists_are_made_again) {
    struct span first = fetch("/.well-known/noria/status-1.cwt");
    ck_assert(span_equal(first, fetch("/.well-known/noria/status-1.cwt")));
    struct arena *kept = arena_new();
    struct span out;
    const struct signer *signer = web_app()->signer;
    signer_status_put(signer, 31, 5, 1000, SPAN_LIT("list"));
    ck_assert(signer_status_get(signer, kept, 31, 5, 1000 + STATUS_AGE - 1, &out));
    ck_assert(!signer_status_get(signer, kept, 31, 5, 1000 + STATUS_AGE, &out));
    ck_assert(!signer_status_get(signer, kept, 31, 6, 1000, &out));
    ck_assert(!signer_status_get(signer, kept, 31, 5, 999, &out));
    ck_assert(!signer_status_get(signer, kept, 0, 5, 1000, &out));
    ck_assert(!signer_status_get(signer, kept, SIGNER_LIST_MAX + 1, 5, 1000, &out));
    signer_status_put(signer, SIGNER_LIST_MAX + 1, 5, 1000, SPAN_LIT("list"));
    arena_free(kept);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {a_document_says_who_and_verifies_offline,
                                  a_look_is_a_leaf_and_not_everybody_s,
                                  issuing_anew_withdraws_the_former,
                                  states_reach_the_list,
                                  who_gets_none,
                                  a_campaign_at_once,
                                  a_notice_names_nobody,
                                  paper_and_picture,
                                  pages_are_shown,
                                  lists_are_fetched_with_an_etag,
                                  old_lists_are_made_again,
                                  NULL};
    static char season[16384];
    web_up();
    FILE *file = fopen("tests/support/documents.sql", "r");
    if (file == NULL || fread(season, 1, sizeof season - 1, file) == 0) {
        abort();
    }
    (void)fclose(file);
    (void)web_sql(season);
    int code = check_run("documents", setup, teardown, 60, tests);
    web_down();
    return code;
}
