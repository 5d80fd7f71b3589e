/* test_seen.c - what is seen of a worker on his way, over HTTP: the number that was typed is kept
 * as the entry's digest and told to nobody; who may record what. The rules:
 * tests/sql/fraud_sightings.sql. */
#include <stdio.h>
#include <string.h>

#include "server/app.h"
#include "server/candidate/seal.h"
#include "tests/support/web.h"

#define TOKEN "SEEN-0001"

/* A candidate of the partner's own, whose document is MAR AB1234567; made once a program. */
static long long candidate(void) {
    uint8_t digest[SEAL_DIGEST];
    char hex[2 * SEAL_DIGEST + 1];
    char sql[1024];
    seal_passport(web_app()->seal, "MAR", "AB1234567", digest);
    for (size_t i = 0; i < SEAL_DIGEST; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    }
    (void)web_sql("INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES "
                  "('SEEN', 2027, 'Seen', '2027-03-01', '2027-11-30', 'open') ON CONFLICT DO "
                  "NOTHING");
    (void)web_sql("INSERT INTO worker (id) VALUES (880001) ON CONFLICT DO NOTHING");
    (void)snprintf(
        sql, sizeof sql,
        "INSERT INTO candidate (campaign_id, org_id, worker_id, token, passport_key, "
        "person_key, swapped_key, available_from, available_to, consent_at, entered_by) "
        "SELECT c.id, a.org_id, 880001, '" TOKEN "', '\\x%s', '\\x%s', '\\x%s', "
        "'2027-03-01', '2027-09-30', now(), a.id FROM campaign c, account a WHERE c.code "
        "= 'SEEN' AND a.role = 'partner' ON CONFLICT DO NOTHING",
        hex, hex, hex);
    (void)web_sql(sql);
    return web_sql("SELECT id FROM candidate WHERE token = '" TOKEN "'");
}

static const char *documents(const char *prefix) {
    static char path[96];
    (void)snprintf(path, sizeof path, "%s/candidates/%lld/documents-seen", prefix, candidate());
    return path;
}

#define SAME "\"holder_same\": \"yes\", \"photo_same\": \"yes\""
#define SHOWN(number)                                                                              \
    "{\"moment\": \"medical\", \"day\": \"2026-01-02\", \"document_issuer\": \"mar\", "            \
    "\"document_number\": \"" number "\", " SAME "}"

START_TEST(the_number_is_compared_and_not_kept) {
    const char *path = documents("/api/v1");
    web_posts("desk", path, SHOWN("ab 123.4567"), 200, "seen_id");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM fraud_case WHERE rule = 'document_changed'"), 0);
    web_posts("partner", path, SHOWN("CANARY999"), 200, "seen_id");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM fraud_case WHERE rule = 'document_changed'"), 1);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM document_seen s WHERE s::text ~* 'canary'"), 0);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM fraud_case f WHERE f::text ~* 'canary'"), 0);
    ck_assert_int_eq(
        web_sql("SELECT count(*) FROM audit_leaf a WHERE a.act = 'document.seen' AND a::text !~* "
                "'canary'"),
        2);
    struct web_answer seen = web("GET", path, "auditor", NULL, NULL);
    ck_assert_msg(seen.status == 200 && strstr(seen.body, "\"moment\":\"medical\"") != NULL, "%s",
                  seen.all);
    ck_assert_ptr_null(strstr(seen.body, "document_key"));
    web_free(&seen);
    web_gets("desk", documents(""), "<h1>");
}
END_TEST

START_TEST(documents_are_asked_for_whole) {
    const char *path = documents("/api/v1");
    web_posts("desk", path, "{\"moment\": \"medical\"}", 422, "\"field\":\"photo_same\"");
    web_posts("desk", path,
              "{\"moment\": \"noon\", \"day\": \"2026-01-02\", \"document_issuer\": \"MAR\", "
              "\"document_number\": \"AB1234567\", " SAME "}",
              422, "\"field\":\"moment\"");
    web_posts("desk", path,
              "{\"moment\": \"medical\", \"day\": \"2199-01-02\", \"document_issuer\": \"MAR\", "
              "\"document_number\": \"AB1234567\", " SAME "}",
              422, "fact_in_future");
    web_answers("POST", "employer", path, SHOWN("AB1234567"), 403, "forbidden");
    web_answers("POST", "auditor", path, SHOWN("AB1234567"), 403, "forbidden");
    web_answers("GET", "employer", path, NULL, 403, "forbidden");
    web_answers("POST", "desk", "/api/v1/candidates/999999/documents-seen", SHOWN("AB1234567"), 404,
                "not_found");
}
END_TEST

#define WORK "{\"day\": \"2026-01-02\", \"commune\": \"84007\", \"source\": \"inspection\"}"

START_TEST(work_is_recorded_by_the_office_alone) {
    web_answers("GET", "employer", "/api/v1/placements/1/work-seen", NULL, 403, "forbidden");
    web_answers("GET", "partner", "/api/v1/placements/1/work-seen", NULL, 403, "forbidden");
    web_answers("POST", "partner", "/api/v1/placements/1/work-seen", WORK, 403, "forbidden");
    web_posts("desk", "/api/v1/placements/999999/work-seen", WORK, 404, "not_found");
    web_posts("desk", "/api/v1/placements/999999/work-seen",
              "{\"day\": \"2026-01-02\", \"commune\": \"84007\", \"source\": \"a neighbour\"}", 422,
              "\"field\":\"source\"");
}
END_TEST

/* What edited_after_seal goes by. */
START_TEST(an_edit_says_which_fields_it_changed) {
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/candidates/%lld", candidate());
    struct web_answer done =
        web("POST", path, "partner", "If-Match: \"1\"\r\n",
            "{\"available_from\": \"2027-03-01\", \"available_to\": \"2027-08-30\", "
            "\"experience_months\": 12, \"languages\": \"\", \"partner_ref\": \"R1\"}");
    ck_assert_msg(done.status == 200, "%s", done.all);
    web_free(&done);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf a WHERE a.act = 'candidate.edit' AND "
                             "a.detail = '{\"changed\": [\"experience_months\", "
                             "\"available_to\"]}'"),
                     1);
}
END_TEST

WEB_MAIN("what is seen on the way", 30, an_edit_says_which_fields_it_changed,
         the_number_is_compared_and_not_kept, documents_are_asked_for_whole,
         work_is_recorded_by_the_office_alone)
