/* test_privacy.c - what a person is given is complete against the catalogue; an erasure leaves
 * nothing of him in any table, and nothing that opens. */
#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/app.h"
#include "server/candidate/seal.h"
#include "tests/support/web.h"

#define WORKER 90001
#define CANDIDATE 90002

/* Runs a file or a text of SQL as the owner; the first value, copied. */
static char *sql_text(const char *sql) {
    PGconn *pg = PQconnectdb(web_database());
    PGresult *result = PQexec(pg, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK ||
                      PQresultStatus(result) == PGRES_COMMAND_OK,
                  "%s", PQerrorMessage(pg));
    char *text = strdup(PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(pg);
    return text;
}

static void run_file(const char *path) {
    static char text[65536];
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    free(sql_text(text));
}

static const struct identity secret = {.surname = "canary-id-surname",
                                       .given_names = "canary-id-given",
                                       .native_surname = "canary-id-native",
                                       .native_given_names = "canary-id-natgiven",
                                       .father_name = "canary-id-father",
                                       .sex = "X",
                                       .birth_date = -20000,
                                       .birth_place = "canary-id-place",
                                       .nationality = "QQA",
                                       .document_issuer = "QQB",
                                       .document_number = "canary-id-number",
                                       .document_expires = -20001,
                                       .mrz = "canary-id-mrz",
                                       .phone = "canary-id-phone"};

/* A person with a canary in every column, his identity and a document sealed with his key. */
static void plant(struct arena *arena) {
    static const uint8_t cti[16] = {0, 0, 0, 0, 0, 0, 0, 5};
    const struct seal_owner owner = {"worker", WORKER};
    struct span sealed;
    struct seal_key key;
    struct buf paper;
    uint8_t wrapped[SEAL_WRAPPED];
    run_file("tests/support/privacy.sql");
    identity_seal(web_app()->seal, arena, WORKER, &secret, &sealed, wrapped);
    ck_assert_int_eq(seal_key_open(web_app()->seal, &owner,
                                   (struct span){(const char *)wrapped, sizeof wrapped}, &key),
                     OK);
    buf_init(&paper, arena, 128);
    seal_put(&key, "document", 5, SPAN_LIT("canary-id-paper"), &paper);
    free(sql_text(arena_printf(
        arena, "SELECT t_person('\\x%s', '\\x%s', '\\x%s', '\\x%s')",
        text_hex(arena, sealed.ptr, sealed.len), text_hex(arena, wrapped, sizeof wrapped),
        text_hex(arena, cti, sizeof cti), text_hex(arena, paper.ptr, paper.len))));
}

static int status(const char *method, const char *path, const char *role, const char *body) {
    struct web_answer answer = web(method, path, role, NULL, body);
    int got = answer.status;
    if (got >= 400 && got != 403) {
        (void)fprintf(stderr, "%s %s: %s\n", method, path, answer.body);
    }
    web_free(&answer);
    return got;
}

static long long request(const char *role, const char *kind) {
    char path[64];
    char body[128];
    (void)snprintf(path, sizeof path, "/api/v1/candidates/%d/request", CANDIDATE);
    (void)snprintf(body, sizeof body,
                   "{\"kind\":\"%s\",\"received_on\":\"2026-01-05\",\"identified\":\"passport\"}",
                   kind);
    ck_assert_int_eq(status("POST", path, role, body), 201);
    return web_sql("SELECT max(id) FROM privacy_request");
}

static const char *of_request(struct arena *arena, long long id, const char *rest) {
    return arena_printf(arena, "/api/v1/privacy/requests/%lld%s", id, rest);
}

/* The file over HTTP has every planted text, and what was sealed, opened. */
static void check_file(struct arena *arena, long long id) {
    struct web_answer file = web("GET", of_request(arena, id, "/file"), "desk", NULL, NULL);
    ck_assert_int_eq(file.status, 200);
    char *all =
        sql_text("SELECT string_agg(substring(value::text FROM 'canary-[0-9]+-'), ' ') FROM "
                 "t_canary k WHERE value::text ~ 'canary-' AND EXISTS (SELECT FROM "
                 "column_register() r WHERE r.relation = k.relation AND r.export = 'yes' "
                 "AND k.name = ANY (r.columns))");
    int planted = 0;
    for (char *rest = all, *word = strsep(&rest, " "); word != NULL; word = strsep(&rest, " ")) {
        ck_assert_msg(strstr(file.body, word) != NULL, "%s is not in the file", word);
        planted++;
    }
    ck_assert_int_gt(planted, 40);
    static const char *const opened[] = {"surname", "given",  "native", "natgiven", "father",
                                         "place",   "number", "mrz",    "phone",    "paper"};
    for (size_t i = 0; i < sizeof opened / sizeof *opened; i++) {
        ck_assert_ptr_nonnull(strstr(file.body, arena_printf(arena, "canary-id-%s", opened[i])));
    }
    ck_assert_ptr_nonnull(strstr(file.body, "\"looks\":[{"));
    free(all);
    web_free(&file);
    struct web_answer page = web("GET", of_request(arena, id, "/file") + 7, "officer", NULL, NULL);
    ck_assert_int_eq(page.status, 200);
    ck_assert_ptr_nonnull(strstr(page.body, "canary-id-surname"));
    web_free(&page);
}

START_TEST(a_person_gets_all_and_is_erased_for_good) {
    struct arena *arena = arena_new();
    plant(arena);
    /* --- access --- */
    long long access = request("desk", "access");
    ck_assert_int_eq(web_sql(arena_printf(arena, "SELECT t_missing(%lld)", access)), 0);
    long long looks = web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal'");
    check_file(arena, access);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal'"),
                     looks + 2);
    ck_assert_int_eq(status("GET", of_request(arena, access, "/file"), "auditor", NULL), 403);
    /* control: a column that is no longer promised is missing from the file */
    free(sql_text("COMMENT ON COLUMN candidate.fee_payee IS 'class: sensitive; purpose: selection; "
                  "retention: candidate; export: no'"));
    ck_assert_int_eq(web_sql(arena_printf(arena, "SELECT t_missing(%lld)", access)), 1);
    ck_assert_int_eq(status("POST", of_request(arena, access, "/answer"), "officer",
                            "{\"reason\":\"handed over on paper\"}"),
                     200);

    /* --- erasure: refused by a rule, then done --- */
    long long id = request("officer", "erasure");
    const char *answer = of_request(arena, id, "/answer");
    static const char body[] = "{\"reason\":\"as you asked us to\"}";
    ck_assert_int_eq(status("POST", answer, "officer", body), 409); /* the same person */
    free(sql_text("UPDATE fraud_case SET state = 'open' WHERE id = 90006"));
    ck_assert_int_eq(status("POST", answer, "admin", body), 200);
    char *rule =
        sql_text("SELECT state || ' ' || rule FROM privacy_request ORDER BY id DESC LIMIT 1");
    ck_assert_str_eq(rule, "refused erasure_held");
    free(rule);
    free(
        sql_text("UPDATE fraud_case SET state = 'cleared' WHERE id = 90006; UPDATE placement SET "
                 "last_day = today(), ended_on = today(), returned_on = today() WHERE id = 90004"));
    id = request("officer", "erasure");
    answer = of_request(arena, id, "/answer");
    ck_assert_int_eq(status("POST", answer, "admin", body), 200);
    rule = sql_text("SELECT state || ' ' || rule FROM privacy_request ORDER BY id DESC LIMIT 1");
    ck_assert_str_eq(rule, "refused erasure_kept");
    free(rule);
    free(sql_text(
        "UPDATE placement SET last_day = '1999-01-01', ended_on = NULL, returned_on = NULL "
        "WHERE id = 90004"));
    id = request("officer", "erasure");
    answer = of_request(arena, id, "/answer");
    char *before = sql_text("SELECT t_left('canary-', '{audit_leaf}')");
    ck_assert_ptr_nonnull(strstr(before, "fee_payee"));
    free(before);
    ck_assert_int_eq(status("POST", answer, "admin", body), 200);
    ck_assert_int_eq(status("POST", answer, "admin", body), 409);

    /* Nothing planted in a text of his is left anywhere but in columns of the program's own words.
     */
    char *left = sql_text(
        "SELECT string_agg(w, ' ') FROM regexp_split_to_table(t_left('canary-', '{audit_leaf}'), ' "
        "') w "
        "WHERE w <> '' AND NOT EXISTS (SELECT FROM person_tables() p WHERE split_part(w, '.', 1) = "
        "p.relation AND split_part(w, '.', 2) = ANY (p.words))");
    ck_assert_str_eq(left, "");
    free(left);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM worker_identity WHERE worker_id = 90001"), 0);
    /* His digests compare with nobody any more. */
    ck_assert_int_eq(web_sql("SELECT count(*) FROM candidate c JOIN t_canary k ON k.relation = "
                             "'candidate' AND k.name ~ '_key$' AND k.value #>> '{}' IN "
                             "(c.passport_key::text, c.person_key::text, c.swapped_key::text)"),
                     0);
    struct web_answer gone =
        web("GET", "/api/v1/candidates/90002/identity?reason=is+he+really+gone", "officer",
            "Accept-Language: en\r\n", NULL);
    ck_assert_int_eq(gone.status, 410);
    ck_assert_ptr_nonnull(strstr(gone.body, "identity_erased"));
    web_free(&gone);
    /* The log keeps its leaves, which name nobody. */
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'worker.erase' AND "
                             "object_id = 90001 AND detail = '{\"for\": \"request\"}'"),
                     1);
    arena_free(arena);
}
END_TEST

WEB_MAIN_ONCE("privacy", 120, a_person_gets_all_and_is_erased_for_good)
