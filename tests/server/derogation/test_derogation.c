/* The register over HTTP: what is refused and why, two signatures, an extension by it, revocation
 * with its list; corrections of a stay. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "tests/support/web.h"

static const char nine[] =
    "{\"title\": \"Nine months\", \"legal_source\": \"Decision of 16 March 2027\", "
    "\"from_day\": \"2027-03-01\", \"to_day\": \"2027-12-31\", \"most_months\": 9}";

/* By who has seen the stays as they stand. */
static struct web_answer post(const char *role, const char *path, const char *body, int status) {
    char match[60];
    (void)snprintf(match, sizeof match, "If-Match: \"%lld\"\r\n",
                   web_sql("SELECT max(version) FROM worker"));
    struct web_answer answer = web("POST", path, role, match, body);
    ck_assert_msg(answer.status == status, "%s: %s", path, answer.all);
    return answer;
}

static void refused(const char *role, const char *path, const char *body, int status,
                    const char *word) {
    struct web_answer answer = post(role, path, body, status);
    ck_assert_msg(strstr(answer.body, word) != NULL, "%s: no %s in %s", path, word, answer.all);
    web_free(&answer);
}

static void done(const char *role, const char *path, const char *body, int status) {
    struct web_answer answer = post(role, path, body, status);
    web_free(&answer);
}

static void shows(const char *role, const char *path, const char *word) {
    struct web_answer answer = web("GET", path, role, NULL, NULL);
    ck_assert_msg(answer.status == 200 && strstr(answer.body, word) != NULL, "%s: no %s in %s",
                  path, word, answer.all);
    web_free(&answer);
}

/* Whether the officer's home page counts a derogation to sign. */
static bool waits_for_officer(void) {
    struct web_answer answer = web("GET", "/", "officer", NULL, NULL);
    bool waits = strstr(answer.body, "\"/derogations\"><span class=\"count\">1<") != NULL;
    ck_assert_int_eq(answer.status, 200);
    web_free(&answer);
    return waits;
}

/* "/derogations/7" and what follows it, below `prefix`: refused ones used up numbers. */
static const char *it(const char *prefix, const char *rest) {
    static char path[100]; /* of one call at a time */
    (void)snprintf(path, sizeof path, "%s/derogations/%lld%s", prefix,
                   web_sql("SELECT max(id) FROM derogation"), rest);
    return path;
}

/* Another officer entered it: the test's office has one. */
static void by_another(void) {
    (void)web_sql(
        "INSERT INTO account (org_id, role, email, name, password_hash) SELECT id, 'officer', "
        "'second@ofii.example', 'Second', 'x' FROM org WHERE kind = 'ofii' LIMIT 1; "
        "ALTER TABLE derogation DISABLE TRIGGER derogation_frozen; "
        "UPDATE derogation SET proposed_by = (SELECT id FROM account WHERE name = 'Second'); "
        "ALTER TABLE derogation ENABLE TRIGGER derogation_frozen; SELECT 1");
}

static char *hash_of(const char *path) {
    struct web_answer answer = web("GET", path, "officer", NULL, NULL);
    char *hash = web_after(&answer, "\"sha256\":\"");
    ck_assert_msg(hash != NULL, "%s", answer.all);
    hash[64] = '\0';
    web_free(&answer);
    return hash;
}

START_TEST(two_officers_sign_one_text) {
    char body[200];
    done("admin", "/api/v1/clock", "{\"at\": 1800000000}", 200); /* 15 January 2027 */
    (void)web_sql("UPDATE session SET expires_at = '2030-01-01'; "
                  "UPDATE api_token SET expires_at = '2030-01-01'; SELECT 1");
    refused("officer", "/api/v1/derogations",
            "{\"title\": \"t\", \"legal_source\": \"s\", \"from_day\": \"2027-03-01\", \"to_day\": "
            "\"2027-02-01\", \"most_months\": 9, \"most_days\": 200}",
            422, "derogation_most");
    refused("officer", "/api/v1/derogations",
            "{\"legal_source\": \"s\", \"from_day\": \"2027-03-01\", \"to_day\": \"2029-03-01\", "
            "\"most_months\": 10}",
            422, "derogation_too_long");
    refused("officer", "/api/v1/derogations",
            "{\"title\": \"t\", \"legal_source\": \"s\", \"from_day\": \"2027-03-01\", \"to_day\": "
            "\"2027-04-01\", \"most_days\": 200, \"tokens\": \"ZZZZ-ZZZZ\"}",
            422, "unknown_token");
    refused("officer", "/api/v1/derogations",
            "{\"title\": \"t\", \"legal_source\": \"s\", \"from_day\": \"2027-03-01\", \"to_day\": "
            "\"2027-04-01\", \"most_days\": 200, \"rome\": \"Z9999\"}",
            422, "unknown_reference");
    refused("employer", "/api/v1/derogations", nine, 403, "forbidden");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM derogation"), 0);

    done("officer", "/api/v1/derogations", nine, 201);
    char *hash = hash_of(it("/api/v1", ""));
    (void)snprintf(body, sizeof body, "{\"sha256\": \"%s\"}", hash);
    refused("officer", it("/api/v1", "/sign"), body, 409, "second_person_needed");
    ck_assert(!waits_for_officer()); /* who proposed it */
    by_another();
    ck_assert(waits_for_officer());
    refused("officer", it("/api/v1", "/sign"),
            "{\"sha256\": \"0000000000000000000000000000000000000000000000000000000000000000\"}",
            409, "derogation_other_text");
    shows("officer", it("", ""), hash);
    done("officer", it("/api/v1", "/sign"), body, 200);
    refused("officer", it("/api/v1", "/sign"), body, 409, "conflict");
    shows("auditor", "/api/v1/derogations", "\"state\":\"to_come\"");
    shows("desk", "/derogations", it("", ""));
    free(hash);
}
END_TEST

static void make_stay(void) {
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES ('G-2027', "
        "2027, 'Test', '2027-01-15', '2027-12-31', 'season'); INSERT INTO worker DEFAULT VALUES; "
        "INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, "
        "person_key, swapped_key, available_from, available_to, consent_at, entered_by) SELECT 1, "
        "id, 1, 'K7Q2-M9X1', 'preselected', decode(md5('a'), 'hex'), decode(md5('b'), 'hex'), "
        "decode(md5('c'), 'hex'), '2027-01-01', '2027-12-31', now(), 1 "
        "FROM org WHERE kind = 'partner'; SELECT 1");
}

START_TEST(a_stay_rests_on_it_until_it_is_revoked) {
    make_stay();
    refused("officer", "/api/v1/candidates/1/stays",
            "{\"first_day\": \"2027-03-01\", \"last_day\": \"2027-11-30\", \"source\": \"card\"}",
            409, "274 jours");
    done("officer", "/api/v1/candidates/1/stays",
         "{\"first_day\": \"2027-03-01\", \"last_day\": \"2027-11-29\", \"source\": \"card\"}",
         200);
    refused("officer", it("/api/v1", "/revoke"),
            "{\"from_day\": \"2027-01-14\", \"reason\": \"repealed before\"}", 422,
            "derogation_past");
    refused("officer", it("/api/v1", "/revoke"),
            "{\"from_day\": \"2027-10-01\", \"reason\": \"short\"}", 422, "too_short");
    struct web_answer answer =
        post("officer", it("/api/v1", "/revoke"),
             "{\"from_day\": \"2027-10-01\", \"reason\": \"the text was repealed\"}", 200);
    ck_assert_msg(strstr(answer.body, "\"over\":1") != NULL, "%s", answer.all);
    web_free(&answer);
    shows("officer", it("/api/v1", ""), "\"still_over\":true");
    shows("officer", it("", ""), "274 jours");
}
END_TEST

static const char *stay(void) {
    static char path[100];
    (void)snprintf(path, sizeof path, "/api/v1/candidates/1/stays/%lld/correct",
                   web_sql("SELECT max(id) FROM worker_stay"));
    return path;
}

START_TEST(its_days_are_corrected) {
    refused("officer", stay(),
            "{\"first_day\": \"2027-03-01\", \"last_day\": \"2027-12-05\", \"reason\": \"he stayed "
            "on\"}",
            409, "six_months");
    refused("officer", "/api/v1/candidates/1/stays/99/correct",
            "{\"reason\": \"no such stay at all\"}", 404, "not_found");
    refused("partner", stay(), "{\"reason\": \"no such stay at all\"}", 403, "forbidden");
    done("officer", stay(),
         "{\"first_day\": \"2027-03-01\", \"last_day\": \"2027-08-30\", \"reason\": \"the stamp "
         "says "
         "August\"}",
         200);
    shows("officer", it("/api/v1", ""), "\"still_over\":false");
    shows("auditor", "/candidates/1/corrections", "the stamp says August");
    done("officer", stay(), "{\"reason\": \"another person's card\"}", 200);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM worker_stay"), 0);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM stay_correction"), 2);
}
END_TEST

WEB_MAIN_ONCE("derogations", 60, two_officers_sign_one_text, a_stay_rests_on_it_until_it_is_revoked,
              its_days_are_corrected)
