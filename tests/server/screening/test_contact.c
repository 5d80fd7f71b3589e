/* test_contact.c - contacts of an employer become digests, one spelling each, and are told to
 * nobody; the question about money at arrival and return. The rules: tests/sql/fraud_signals.sql.
 */
#include <stdio.h>
#include <string.h>

#include "server/app.h"
#include "server/candidate/seal.h"
#include "server/screening/contact.h"
#include "tests/support/web.h"

static const char *phone(const char *text) {
    static char plain[CONTACT_PLAIN];
    return contact_phone(text, plain) ? plain : "";
}

START_TEST(one_telephone_one_spelling) {
    ck_assert_str_eq(phone("06 12 34 56 78"), "612345678");
    ck_assert_str_eq(phone("+33 (0)6.12.34.56.78"), "612345678");
    ck_assert_str_eq(phone("0033-612345678"), "612345678");
    ck_assert_str_eq(phone("+212 6 12 34 56 79"), "612345679");
    ck_assert_str_eq(phone("123456"), "123456");
    ck_assert_str_eq(phone("12345"), "");
    ck_assert_str_eq(phone("no number"), "");
}
END_TEST

static bool iban(const char *text) {
    char plain[CONTACT_PLAIN];
    return contact_number(text, plain) && contact_iban(plain);
}

/* Examples of the registry of ISO 13616. */
START_TEST(ibans) {
    ck_assert(iban("FR14 2004 1010 0505 0001 3M02 606"));
    ck_assert(iban("gb29-nwbk-6016-1331-9268-19"));
    ck_assert(iban("NO93 8601 1117 947"));
    ck_assert(!iban("FR14 2004 1010 0505 0001 3M02 607"));
    ck_assert(!iban("FR41 2004 1010 0505 0001 3M02 606"));
    ck_assert(!iban("1414 2004 1010 0505 0001 3M02 606"));
    ck_assert(!iban("FR14 2004 1010"));
    ck_assert(!iban("---"));
}
END_TEST

#define ORG "(SELECT id FROM org WHERE kind = 'employer' ORDER BY id LIMIT 1)"

static void path_of(const char *tail, char path[64]) {
    (void)snprintf(path, 64, "/api/v1/orgs/%lld/%s", web_sql("SELECT " ORG), tail);
}

START_TEST(only_digests_are_kept) {
    char path[64];
    path_of("contacts", path);
    web_answers("GET", "employer", path, NULL, 403, "forbidden");
    web_answers("GET", "partner", path, NULL, 403, "forbidden");
    web_gets("officer", path, "\"has_phone\":false");
    web_posts("officer", path, "{\"phone\": \"06 12 34 56 78\", \"version\": 1}", 428, "if_match");
    struct web_answer wrong =
        web("POST", path, "officer", "If-Match: \"99\"\r\n", "{\"phone\": \"06 12 34 56 78\"}");
    ck_assert_int_eq(wrong.status, 412);
    web_free(&wrong);
    wrong = web("POST", path, "officer", "If-Match: \"1\"\r\n",
                "{\"iban\": \"FR14 2004 1010 0505 0001 3M02 607\", \"phone\": \"0612345678\"}");
    ck_assert_msg(wrong.status == 422 && strstr(wrong.body, "bad_iban") != NULL, "%s", wrong.all);
    web_free(&wrong);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org_contact"), 0);
    struct web_answer done =
        web("POST", path, "officer", "If-Match: \"1\"\r\n",
            "{\"phone\": \"+33 6 12 34 56 78\", \"email\": \"Canary@Farm.Example\", \"iban\": "
            "\"fr1420041010050500013m02606\", \"office_address\": \"1 rue A\"}");
    ck_assert_msg(done.status == 200, "%s", done.all);
    web_free(&done);
    web_gets("officer", path, "\"has_phone\":true");
    web_gets("officer", path, "\"has_msa\":false");
    uint8_t digest[SEAL_DIGEST];
    char sql[256];
    seal_contact(web_app()->seal, "phone", "612345678", digest);
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM org_contact WHERE get_byte(phone_key, 0) = %d AND "
                   "get_byte(phone_key, 15) = %d",
                   digest[0], digest[15]);
    ck_assert_int_eq(web_sql(sql), 1);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM org_contact c WHERE c::text ~* "
                             "'612345678|canary|3M02606'"),
                     0);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf a WHERE a.act = 'org.contact' AND "
                             "a::text !~* '612345678|canary|3M02606'"),
                     1);
    web_gets("admin", path + strlen("/api/v1"), "<h1>");
}
END_TEST

START_TEST(fee_pages) {
    web_answers("GET", "employer", "/api/v1/placements/1/fee", NULL, 403, "forbidden");
    web_answers("POST", "partner", "/api/v1/placements/1/fee",
                "{\"moment\": \"return\", \"asked\": \"yes\"}", 403, "forbidden");
    web_answers("GET", "desk", "/api/v1/placements/1/fee", NULL, 404, "not_found");
    web_posts("desk", "/api/v1/placements/1/fee", "{\"moment\": \"return\"}", 422, "asked");
    web_posts("desk", "/api/v1/placements/1/fee",
              "{\"moment\": \"return\", \"asked\": \"no\", \"payee\": \"somebody\"}", 422,
              "fee_without_answer");
    web_posts("desk", "/api/v1/placements/1/fee",
              "{\"moment\": \"return\", \"asked\": \"no\", \"place\": \"a village\"}", 422,
              "fee_without_answer");
    web_posts("desk", "/api/v1/placements/1/fee",
              "{\"moment\": \"return\", \"asked\": \"yes\", \"phone\": \"no number\"}", 422,
              "\"field\":\"phone\"");
    web_posts("desk", "/api/v1/placements/1/fee", "{\"moment\": \"return\", \"asked\": \"no\"}",
              404, "not_found");
}
END_TEST

WEB_MAIN_ONCE("contacts and fees", 30, one_telephone_one_spelling, ibans, only_digests_are_kept,
              fee_pages)
