/* Documents over HTTP: issued, shown and verified by those who may. */
#include <stdio.h>
#include <string.h>

#include "kit.h"
#include "lib/base/arena.h"
#include "lib/picture/picture.h"

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
        kit_arena,
        "SELECT count(*) FROM audit_leaf WHERE act = 'document.look' AND object_id = %lld",
        document);
    ck_assert_int_eq(web_sql(leaves), 0);
    (void)text_of(document, "partner"); /* his own service */
    (void)text_of(document, "desk");
    ck_assert_int_eq(web_sql(leaves), 2);
    struct web_answer answer =
        call("GET", "employer", NULL, "/api/v1/documents/%lld/text", document);
    ck_assert_int_eq(answer.status, 404);
    web_free(&answer);
    /* Who unsealed what: the report tells of the look. */
    answer = call("GET", "auditor", NULL, "/api/v1/unsealings?limit=1");
    ck_assert_ptr_nonnull(
        strstr(answer.body, arena_printf(kit_arena, "\"document_id\":%lld", document)));
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

START_TEST(who_gets_none) {
    struct web_answer answer =
        call("POST", "officer", "{}", "/api/v1/placements/%lld/document", new_placement("bound"));
    ck_assert_int_eq(answer.status, 409);
    ck_assert_ptr_nonnull(strstr(answer.body, "document_not_ready"));
    web_free(&answer);
    long long held = new_placement("ready");
    (void)web_sql(arena_printf(
        kit_arena,
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
    ck_assert_int_eq(
        web_sql(arena_printf(kit_arena, "SELECT count(*) FROM document WHERE placement_id = %lld",
                             held)),
        0);
}
END_TEST

/* A name that turns the direction of writing, or that hides control characters, is refused with the
 * field; nothing is issued. */
START_TEST(names_that_lie_are_refused) {
    static const struct {
        const char *name, *native, *field;
    } cases[] = {{"EL \u202eAMRANI", NULL, "full_name"},
                 {"EL\u2066AMRANI", NULL, "full_name"},
                 {"EL \x1b[2JAMRANI", NULL, "full_name"},
                 {"EL AMRANI", "يوسف\u200f", "second_name"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long long placement = named_placement(cases[i].name, cases[i].native, "ready");
        struct web_answer answer =
            call("POST", "officer", "{}", "/api/v1/placements/%lld/document", placement);
        ck_assert_int_eq(answer.status, 422);
        ck_assert_ptr_nonnull(strstr(answer.body, "document_claims"));
        ck_assert_msg(strstr(answer.body, cases[i].field) != NULL, "%s", answer.body);
        web_free(&answer);
        ck_assert_int_eq(
            web_sql(arena_printf(
                kit_arena, "SELECT count(*) FROM document WHERE placement_id = %lld", placement)),
            0);
        (void)web_sql(
            arena_printf(kit_arena,
                         "ALTER TABLE placement DISABLE TRIGGER USER; UPDATE placement SET state = "
                         "'bound' WHERE id = %lld; ALTER TABLE placement ENABLE TRIGGER USER",
                         placement));
    }
    /* Control: the same name without the character. */
    (void)issued("placements", named_placement("EL AMRANI", "يوسف", "ready"));
}
END_TEST

/* The season record: after the return only, with the days worked and the clean returns. */
START_TEST(a_record_for_the_worker_to_keep) {
    struct web_answer answer =
        call("POST", "officer", "{}", "/api/v1/placements/%lld/record", new_placement("ready"));
    ck_assert_int_eq(answer.status, 409);
    ck_assert_ptr_nonnull(strstr(answer.body, "record_not_returned"));
    web_free(&answer);
    long long placement = new_placement("returned_verified");
    (void)web_sql(arena_printf(
        kit_arena,
        "UPDATE placement SET ended_on = first_day + 20, returned_on = today() WHERE id = %lld",
        placement));
    answer = call("POST", "officer", "{}", "/api/v1/placements/%lld/record", placement);
    ck_assert_msg(answer.status == 201, "%s", answer.all);
    long long document = strtoll(strstr(answer.body, "\"id\":") + 5, NULL, 10);
    web_free(&answer);
    struct span text = text_of(document, "partner");
    struct sw1_answer said;
    ck_assert_int_eq(offline(text, &said), SW1_VALID);
    server_says(text, "VALID");
    ck_assert_int_eq(said.claims.kind, SW1_RECORD);
    ck_assert_int_eq(said.claims.clean_seasons, 1);
    ck_assert_int_eq(said.claims.last_day, said.claims.first_day + 20);
    ck_assert(span_is(said.claims.full_name, "EL AMRANI YOUSSEF"));
    ck_assert_int_eq(said.claims.places, SW1_NONE);
    ck_assert_int_gt(said.claims.exp, said.claims.iat + INT64_C(1820) * 86400);
    static const char *const sizes[] = {"a4", "card", "photo"};
    for (int i = 0; i < 3; i++) {
        answer = call("GET", "partner", NULL, "/documents/%lld/pdf?size=%s", document, sizes[i]);
        ck_assert_msg(answer.status == 200, "%s", answer.all);
        ck_assert_int_eq(strncmp(answer.body, "%PDF-", 5), 0);
        web_free(&answer);
    }
    answer = call("GET", "partner", NULL, "/documents/%lld/pdf?size=poster", document);
    ck_assert_int_eq(answer.status, 422);
    web_free(&answer);
    /* A stay that proves too long withdraws the record that called the season clean. */
    (void)web_sql(arena_printf(kit_arena, "UPDATE placement SET overstay_days = 3 WHERE id = %lld",
                               placement));
    ck_assert_int_eq(offline(text, &said), SW1_REVOKED);
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

/* As if the next `count` indexes drawn were taken. */
static void take_next(int count) {
    (void)web_sql(arena_printf(
        kit_arena,
        "CREATE SEQUENCE t_draws; GRANT USAGE ON SEQUENCE t_draws TO noria_ofii; CREATE FUNCTION "
        "t_taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN "
        "nextval('t_draws') > %d THEN NEW END; END $$; CREATE TRIGGER a_taken BEFORE INSERT ON "
        "document FOR EACH ROW EXECUTE FUNCTION t_taken()",
        count));
}

static long long draws(void) {
    long long made = web_sql("SELECT last_value FROM t_draws");
    (void)web_sql(
        "DROP TRIGGER a_taken ON document; DROP FUNCTION t_taken(); DROP SEQUENCE t_draws");
    return made;
}

/* In a list that is nearly full most indexes are taken; where all are, nothing is half written. */
START_TEST(a_taken_index_is_drawn_again) {
    long long placement = new_placement("ready");
    take_next(40);
    long long document = issued("placements", placement);
    ck_assert_int_eq(draws(), 41);
    take_next(1000);
    struct web_answer answer =
        call("POST", "officer", "{}", "/api/v1/placements/%lld/document", placement);
    ck_assert_int_eq(answer.status, 503);
    web_free(&answer);
    ck_assert_int_eq(draws(), 64);
    ck_assert_int_eq(web_sql(arena_printf(kit_arena,
                                          "SELECT count(*) FROM document WHERE placement_id = %lld "
                                          "AND state = 'valid' AND id = %lld",
                                          placement, document)),
                     1);
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
    ck_assert_int_eq(picture_read(kit_arena, (struct span){answer.body, answer.body_len}, &picture),
                     OK);
    qr_scan(kit_arena, &picture, &found);
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
    buf_init(&form, kit_arena, 2048);
    buf_text(&form, "text=");
    buf_uri(&form, text);
    answer = web("POST", "/verify", NULL, NULL, form.ptr);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    ck_assert_ptr_nonnull(strstr(answer.body, "EL AMRANI YOUSSEF"));
    ck_assert_ptr_nonnull(strstr(answer.body, "authentique et valable"));
    web_free(&answer);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {a_document_says_who_and_verifies_offline,
                                  a_look_is_a_leaf_and_not_everybody_s,
                                  who_gets_none,
                                  names_that_lie_are_refused,
                                  a_record_for_the_worker_to_keep,
                                  a_notice_names_nobody,
                                  a_taken_index_is_drawn_again,
                                  paper_and_picture,
                                  pages_are_shown,
                                  NULL};
    return kit_run("documents", tests);
}
