/* What changes a document: persons, cases, the end of the season; and how verifiers learn it. */
#include <stdio.h>
#include <string.h>

#include "kit.h"
#include "lib/base/arena.h"
#include "server/app.h"
#include "server/document/signer.h"

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
        struct web_answer answer =
            call("POST", "officer",
                 strcmp(steps[i].act, "revoke") == 0 ? "{\"reason\":\"a test\",\"ground\":\"lost\"}"
                                                     : "{\"reason\":\"a test\"}",
                 "/api/v1/documents/%lld/%s", document, steps[i].act);
        ck_assert_msg(answer.status == steps[i].status, "%zu %s", i, answer.all);
        web_free(&answer);
        ck_assert_int_eq(offline(text, &said), steps[i].code);
    }
    struct web_answer answer =
        call("POST", "officer", "{\"ground\":\"lost\"}", "/api/v1/documents/%lld/revoke", document);
    ck_assert_int_eq(answer.status, 422); /* without a reason */
    web_free(&answer);
    answer = call("POST", "partner", "{\"reason\":\"a test\"}", "/api/v1/documents/%lld/revoke",
                  document);
    ck_assert_int_eq(answer.status, 403);
    web_free(&answer);
}
END_TEST

/* On grave grounds one person suspends and another withdraws; the first alone cannot. */
START_TEST(grave_grounds_need_two_persons) {
    static const char grave[] = "{\"reason\":\"a forged contract\",\"ground\":\"forged_papers\"}";
    static const char other[] = "{\"reason\":\"he lost it\",\"ground\":\"lost\"}";
    static const struct {
        const char *role, *body, *act;
        int status;
        enum sw1_code code;
        const char *says;
    } steps[] = {{"officer", grave, "revoke", 200, SW1_SUSPENDED, "\"proposed\":true"},
                 {"officer", grave, "revoke", 409, SW1_SUSPENDED, "second_person_needed"},
                 {"desk", other, "revoke", 409, SW1_SUSPENDED, "withdrawal_differs"},
                 {"desk", grave, "revoke", 200, SW1_REVOKED, "\"state\":\"revoked\""}};
    long long placement = new_placement("ready");
    long long document = issued("placements", placement);
    struct span text = text_of(document, "officer");
    struct sw1_answer said;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (i == 1) { /* issuing anew does not get round the second person */
            struct web_answer anew =
                call("POST", "officer", "{}", "/api/v1/placements/%lld/document", placement);
            ck_assert_int_eq(anew.status, 409);
            ck_assert_ptr_nonnull(strstr(anew.body, "withdrawal_open"));
            web_free(&anew);
        }
        struct web_answer answer = call("POST", steps[i].role, steps[i].body,
                                        "/api/v1/documents/%lld/%s", document, steps[i].act);
        ck_assert_msg(answer.status == steps[i].status, "%zu %s", i, answer.all);
        ck_assert_msg(strstr(answer.body, steps[i].says) != NULL, "%zu %s", i, answer.body);
        web_free(&answer);
        ck_assert_int_eq(offline(text, &said), steps[i].code);
    }
    /* Control: a ground that is not grave needs one person, and a proposal can be dropped. */
    document = issued("placements", new_placement("ready"));
    struct web_answer answer =
        call("POST", "officer", grave, "/api/v1/documents/%lld/revoke", document);
    web_free(&answer);
    answer = call("POST", "desk", "{\"reason\":\"not true\"}", "/api/v1/documents/%lld/restore",
                  document);
    ck_assert_int_eq(answer.status, 200);
    web_free(&answer);
    answer = call("POST", "officer", other, "/api/v1/documents/%lld/revoke", document);
    ck_assert_msg(strstr(answer.body, "\"state\":\"revoked\"") != NULL, "%s", answer.body);
    web_free(&answer);
}
END_TEST

/* A fraud case suspends at once; cleared it gives back, confirmed it withdraws. */
START_TEST(cases_move_documents) {
    static const struct {
        const char *end;
        enum sw1_code code;
    } ends[] = {{"cleared", SW1_VALID}, {"confirmed", SW1_REVOKED}};
    for (int i = 0; i < 2; i++) {
        long long placement = new_placement("ready");
        long long document = issued("placements", placement);
        struct span text = text_of(document, "officer");
        struct sw1_answer said;
        ck_assert_int_eq(offline(text, &said), SW1_VALID);
        long long opened = web_sql(
            arena_printf(kit_arena,
                         "INSERT INTO fraud_case (rule, severity, blocking, second_person, "
                         "candidate_id, due_on) "
                         "SELECT 'mrz_check_digit', 'serious', true, false, candidate_id, today() "
                         "FROM placement WHERE id = %lld RETURNING id",
                         placement));
        ck_assert_int_eq(offline(text, &said), SW1_SUSPENDED);
        struct web_answer answer = call("POST", "officer", "{\"reason\":\"a friend\"}",
                                        "/api/v1/documents/%lld/restore", document);
        ck_assert_int_eq(answer.status, 409);
        ck_assert_ptr_nonnull(strstr(answer.body, "document_held"));
        web_free(&answer);
        (void)web_sql(arena_printf(kit_arena,
                                   "UPDATE fraud_case SET state = '%s', settled_by = 1, "
                                   "settled_at = now(), reason = 'seen' WHERE id = %lld",
                                   ends[i].end, opened));
        ck_assert_int_eq(offline(text, &said), ends[i].code);
        ck_assert_int_ge(web_sql(arena_printf(kit_arena,
                                              "SELECT count(*) FROM audit_leaf WHERE object_kind = "
                                              "'document' AND object_id = %lld AND reason LIKE "
                                              "'case %%'",
                                              document)),
                         2);
    }
}
END_TEST

/* Coming home ends the document; work that ended early ends it `document_days` later. */
START_TEST(an_ended_placement_ends_its_document) {
    struct sw1_answer said;
    long long placement = new_placement("working");
    struct span text = text_of(issued("placements", placement), "officer");
    (void)web_sql(arena_printf(
        kit_arena, "UPDATE placement SET state = 'returned_verified' WHERE id = %lld", placement));
    ck_assert_int_eq(offline(text, &said), SW1_REVOKED);
    placement = new_placement("working");
    text = text_of(issued("placements", placement), "officer");
    (void)web_sql(arena_printf(
        kit_arena, "UPDATE placement SET ended_on = today() - 60 WHERE id = %lld", placement));
    ck_assert_int_eq(web_sql("SELECT document_expire()"), 0); /* the 60th day still counts */
    ck_assert_int_eq(offline(text, &said), SW1_VALID);
    (void)web_sql(arena_printf(
        kit_arena, "UPDATE placement SET ended_on = today() - 61 WHERE id = %lld", placement));
    ck_assert_int_eq(web_sql("SELECT document_expire()"), 1);
    ck_assert_int_eq(offline(text, &said), SW1_REVOKED);
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
    const TTest *const tests[] = {issuing_anew_withdraws_the_former,
                                  states_reach_the_list,
                                  grave_grounds_need_two_persons,
                                  cases_move_documents,
                                  an_ended_placement_ends_its_document,
                                  lists_are_fetched_with_an_etag,
                                  old_lists_are_made_again,
                                  NULL};
    return kit_run("states", tests);
}
