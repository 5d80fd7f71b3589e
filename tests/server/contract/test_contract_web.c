/* Campaigns and contracts over HTTP: forms and JSON, who may, refusals, files, the check page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/web.h"

#define CAMPAIGN                                                                                   \
    "{\"code\":\"%s\",\"season\":2099,\"name\":\"Maroc\",\"first_day\":\"2099-02-01\","            \
    "\"last_day\":\"2099-11-30\"}"
#define TERMS                                                                                      \
    "\"places\":2,\"first_day\":\"2099-04-01\",\"last_day\":\"2099-08-31\",\"rome\":\"A1401\","    \
    "\"crop\":\"apples\",\"tasks\":\"Picking\",\"commune\":\"13004\",\"weekly_hours\":35,"         \
    "\"proof_kind\":\"shortage\",\"hectares\":100"

/* A request that must be answered with `status`; # in the path stands for the number. */
static struct web_answer ask(const char *method, const char *role, const char *path, long long id,
                             const char *headers, const char *body, int status) {
    char full[200];
    size_t hole = strcspn(path, "#"); /* where the number goes */
    if (path[hole] == '#') {
        (void)snprintf(full, sizeof full, "%.*s%lld%s", (int)hole, path, id, path + hole + 1);
    } else {
        (void)snprintf(full, sizeof full, "%s", path);
    }
    struct web_answer answer = web(method, full, role, headers, body);
    ck_assert_msg(answer.status == status, "%s %s as %s: %d %.1500s", method, full,
                  role == NULL ? "nobody" : role, answer.status, answer.all);
    return answer;
}

static void expect(const char *method, const char *role, const char *path, long long id,
                   const char *body, int status, const char *text) {
    struct web_answer answer = ask(method, role, path, id, NULL, body, status);
    ck_assert_msg(text == NULL || strstr(answer.all, text) != NULL, "%s: no %s in %.1500s", path,
                  text, answer.body);
    web_free(&answer);
}

/* The number at the end of the Location header. */
static long long made(struct web_answer *answer) {
    char *location = web_header(answer, "Location");
    ck_assert_ptr_nonnull(location);
    long long id = strtoll(strrchr(location, '/') + 1, NULL, 10);
    free(location);
    web_free(answer);
    return id;
}

/* An open campaign, and a farm that screening has nothing against. */
static long long open_campaign(const char *code) {
    char body[300];
    (void)snprintf(body, sizeof body, CAMPAIGN, code);
    struct web_answer answer = ask("POST", "officer", "/api/v1/campaigns", 0, NULL, body, 201);
    long long id = made(&answer);
    (void)snprintf(body, sizeof body, "{\"org_id\":%lld,\"quota\":10}",
                   web_sql("SELECT id FROM org WHERE kind = 'partner'"));
    expect("POST", "officer", "/api/v1/campaigns/#/services", id, body, 200, NULL);
    expect("POST", "officer", "/api/v1/campaigns/#/open", id, NULL, 200, "\"open\"");
    (void)web_sql("UPDATE org SET naf = '01.24Z', hectares = 900, commune = '13004', "
                  "active_from = '2010-01-01' WHERE kind = 'employer'");
    (void)web_sql("INSERT INTO shortage_list (region, rome, from_day, source) "
                  "VALUES ('93', 'A1401', '2026-01-01', 'test') ON CONFLICT DO NOTHING");
    return id;
}

START_TEST(a_campaign_is_set_up) {
    char body[300];
    (void)snprintf(body, sizeof body, CAMPAIGN, "2099-A");
    expect("POST", "employer", "/api/v1/campaigns", 0, body, 403, "forbidden");
    struct web_answer answer = ask("POST", "officer", "/api/v1/campaigns", 0, NULL, body, 201);
    long long id = made(&answer);
    expect("POST", "officer", "/api/v1/campaigns", 0, body, 409, "campaign_code_taken");
    expect("GET", "employer", "/api/v1/campaigns/#", id, NULL, 404, NULL); /* a draft */
    expect("POST", "officer", "/api/v1/campaigns/#/open", id, NULL, 409,
           "campaign_without_service");
    expect("POST", "officer", "/api/v1/campaigns/#", id, body, 428, NULL);
    answer = ask("POST", "officer", "/api/v1/campaigns/#", id, "If-Match: \"7\"\r\n", body, 412);
    web_free(&answer);
    answer = ask("POST", "officer", "/api/v1/campaigns/#", id, "If-Match: \"1\"\r\n", body, 200);
    web_free(&answer);
    expect("GET", "officer", "/campaigns/#/edit", id, NULL, 200, "name=\"version\" value=\"2\"");
    (void)snprintf(body, sizeof body, CAMPAIGN, "2099-a");
    expect("POST", "officer", "/api/v1/campaigns", 0, body, 422, "\"field\":\"code\"");
}
END_TEST

START_TEST(a_contract_goes_its_way) {
    long long campaign = open_campaign("2099-B");
    expect("POST", "employer", "/api/v1/campaigns/#/contracts", campaign,
           "{" TERMS ",\"hourly_wage\":\"12.01\"}", 422, "below_smic");
    expect("POST", "employer", "/api/v1/campaigns/#/contracts", campaign,
           "{" TERMS ",\"hourly_wage\":13,\"rooms\":[{\"sex\":\"men\"}]}", 422,
           "\"rooms[0][area_m2]\"");
    expect("POST", "partner", "/api/v1/campaigns/#/contracts", campaign, "{}", 403, NULL);
    struct web_answer answer = ask("POST", "employer", "/api/v1/campaigns/#/contracts", campaign,
                                   NULL, "{" TERMS ",\"hourly_wage\":13}", 201);
    long long id = made(&answer);
    expect("GET", "partner", "/api/v1/contracts/#", id, NULL, 404, NULL);
    expect("POST", "officer", "/api/v1/contracts/#/approve", id, NULL, 409, "conflict");
    expect("POST", "employer", "/api/v1/contracts/#/submit", id, NULL, 200, "\"submitted\"");
    expect("POST", "employer", "/api/v1/contracts/#/approve", id, NULL, 403, NULL);
    expect("GET", "officer", "/contracts/queue", 0, NULL, 200, "/decision\"");
    expect("GET", "officer", "/contracts/#/decision", id, NULL, 200, "/approve\"");
    expect("POST", "officer", "/contracts/#/refuse", id, "reason=no", 422, "reason-error");
    expect("POST", "officer", "/contracts/#/approve", id, "", 303, "/contracts/queue");
    expect("GET", "partner", "/api/v1/contracts/#", id, NULL, 200, "\"approved\"");
    expect("POST", "employer", "/api/v1/contracts/#/withdraw", id, "{}", 422, "\"required\"");
    expect("POST", "employer", "/api/v1/contracts/#/withdraw", id,
           "{\"reason\":\"frost in April\"}", 200, "\"withdrawn\"");
}
END_TEST

START_TEST(a_held_employer_waits) {
    long long campaign = open_campaign("2099-C");
    (void)web_sql("UPDATE org SET naf = '47.11A' WHERE kind = 'employer'");
    struct web_answer answer = ask("POST", "employer", "/api/v1/campaigns/#/contracts", campaign,
                                   NULL, "{" TERMS ",\"hourly_wage\":13}", 201);
    long long id = made(&answer);
    expect("POST", "employer", "/api/v1/contracts/#/submit", id, NULL, 200, NULL);
    expect("GET", "officer", "/api/v1/contracts/#/decision", id, NULL, 200, "\"held\":true");
    expect("POST", "officer", "/api/v1/contracts/#/approve", id, NULL, 409, "contract_is_held");
    (void)web_sql("DELETE FROM fraud_case");
    expect("POST", "officer", "/api/v1/contracts/#/approve", id, NULL, 200, "\"approved\"");
}
END_TEST

START_TEST(a_refused_form_keeps_what_was_typed) {
    long long campaign = open_campaign("2099-D");
    struct web_answer answer = ask("POST", "employer", "/campaigns/#/contracts", campaign, NULL,
                                   "crop=kiwis&rooms[2][area_m2]=23.5&places=two", 422);
    ck_assert_ptr_nonnull(strstr(answer.body, "value=\"kiwis\""));
    ck_assert_ptr_nonnull(
        strstr(answer.body, "name=\"rooms[2][area_m2]\" inputmode=\"decimal\" value=\"23.5\""));
    ck_assert_ptr_nonnull(strstr(answer.body, "id=\"places-error\""));
    web_free(&answer);
}
END_TEST

/* What cannot be read, what breaks a rule and what only the database knows, in one answer. */
START_TEST(all_kinds_of_faults_come_together) {
    static const char *const wrong[] = {"places", "last_day", "commune", "weekly_hours"};
    long long campaign = open_campaign("2099-G");
    struct web_answer answer =
        ask("POST", "employer", "/api/v1/campaigns/#/contracts", campaign, NULL,
            "{\"places\":\"two\",\"first_day\":\"2099-05-10\",\"last_day\":\"2099-05-01\","
            "\"commune\":\"99999\",\"weekly_hours\":99}",
            422);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char field[64];
        (void)snprintf(field, sizeof field, "{\"field\":\"%s\",", wrong[i]);
        ck_assert_msg(strstr(answer.body, field) != NULL, "no %s in %s", field, answer.body);
    }
    web_free(&answer);
    answer = ask("POST", "officer", "/campaigns", 0, NULL,
                 "code=-x&season=none&title=t&first_day=2099-02-01&last_day=2099-01-01", 422);
    ck_assert_ptr_nonnull(strstr(answer.body, "id=\"season-error\""));
    ck_assert_ptr_nonnull(strstr(answer.body, "id=\"code-error\""));
    ck_assert_ptr_nonnull(strstr(answer.body, "id=\"last_day-error\""));
    web_free(&answer);
}
END_TEST

START_TEST(whoever_holds_a_contract_may_ask) {
    long long campaign = open_campaign("2099-E");
    struct web_answer answer = ask("POST", "employer", "/api/v1/campaigns/#/contracts", campaign,
                                   NULL, "{" TERMS ",\"hourly_wage\":13}", 201);
    long long id = made(&answer);
    answer = ask("GET", "employer", "/api/v1/contracts/#", id, NULL, NULL, 200);
    char *serial = web_after(&answer, "\"serial\":\"");
    char *code = web_after(&answer, "\"check_code\":\"");
    web_free(&answer);
    char path[200];
    (void)snprintf(path, sizeof path, "/api/v1/check?serial=%s&code=%s", serial, code);
    expect("GET", NULL, path, 0, NULL, 200, "\"unknown\""); /* a draft */
    expect("POST", "employer", "/api/v1/contracts/#/submit", id, NULL, 200, NULL);
    expect("POST", "officer", "/api/v1/contracts/#/approve", id, NULL, 200, NULL);
    expect("GET", NULL, path, 0, NULL, 200, "\"answer\":\"real\"");
    expect("GET", NULL, path + strlen("/api/v1"), 0, NULL, 200, "notice good");
    (void)snprintf(path, sizeof path, "/api/v1/check?serial=%s&code=%s", serial, "000000");
    expect("GET", NULL, path, 0, NULL, 200, "\"unknown\"");
    expect("GET", NULL, "/api/v1/contracts/#", id, NULL, 401, NULL);
    free(serial);
    free(code);
}
END_TEST

#define FILE_HEADER                                                                                \
    "employer_ref;places;first_day;last_day;rome;crop;tasks;commune;weekly_hours;hourly_wage\r\n"
#define FILE_ROW                                                                                   \
    ";2;2099-04-01;2099-08-31;A1401;p\xEA"                                                         \
    "ches;Cueillette;13004;35;"

START_TEST(files_go_in_once) {
    static const char csv[] = "Content-Type: text/csv\r\n";
    long long campaign = open_campaign("2099-F");
    const char *path = "/api/v1/campaigns/#/contracts/import";
    const char *file = FILE_HEADER "A-1" FILE_ROW "13\r\nA-2" FILE_ROW "11\r\n";
    struct web_answer answer = ask("POST", "employer", path, campaign, csv, file, 201);
    ck_assert_ptr_nonnull(strstr(answer.body, "\"rows_ok\":1,\"rows_same\":0,\"rows_bad\":1"));
    long long import = made(&answer);
    expect("GET", "employer", "/api/v1/imports/#/errors.csv", import, NULL, 200, "below_smic");
    expect("GET", "employer", "/imports/#", import, NULL, 200, "/errors.csv\"");
    expect("GET", "partner", "/api/v1/imports/#", import, NULL, 403, NULL);
    answer = ask("POST", "employer", path, campaign, csv, file, 201);
    ck_assert_ptr_nonnull(strstr(answer.body, "\"rows_ok\":0,\"rows_same\":1,\"rows_bad\":1"));
    web_free(&answer);
    static const struct {
        const char *file;
        const char *code;
    } broken[] = {{FILE_HEADER "A-3" FILE_ROW "13\r\n\"x", "csv_quote_open"},
                  {FILE_HEADER "A-3" FILE_ROW "13\r\n\"x\"y\r\n", "csv_quote_text"},
                  {FILE_HEADER "A-3" FILE_ROW "\x81\r\n", "csv_encoding"},
                  {"places;colour\r\n", "unknown_field"},
                  {"places;sex\r\n", "criterion_blocked"},
                  {"", "csv_empty"}};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        answer = ask("POST", "employer", path, campaign, csv, broken[i].file, 422);
        ck_assert_msg(strstr(answer.body, broken[i].code) != NULL, "%s", answer.body);
        web_free(&answer);
    }
    ck_assert_int_eq(web_sql("SELECT count(*) FROM contract WHERE employer_ref = 'A-3'"), 0);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM contract WHERE employer_ref = 'A-1'"), 1);
}
END_TEST

START_TEST(reference_tables_are_kept_by_officers) {
    const char *smic = "{\"from_day\":\"2098-01-01\",\"hourly\":\"12.00\",\"source\":\"a decree\"}";
    expect("POST", "employer", "/api/v1/references/smic", 0, smic, 403, NULL);
    expect("POST", "officer", "/api/v1/references/smic", 0, smic, 201, NULL);
    expect("POST", "officer", "/api/v1/references/smic", 0, smic, 409, "duplicate");
    expect("GET", "partner", "/api/v1/references", 0, NULL, 200, "\"2098-01-01\"");
    expect("GET", "employer", "/api/v1/references/communes?name=arles", 0, NULL, 200, "\"13004\"");
    expect("GET", "officer", "/references/shortages?region=93", 0, NULL, 200, "A1401");
    (void)web_sql("DELETE FROM smic WHERE from_day = '2098-01-01'");
}
END_TEST

WEB_MAIN_ONCE("contract_web", 60, a_campaign_is_set_up, a_contract_goes_its_way,
              a_held_employer_waits, a_refused_form_keeps_what_was_typed,
              all_kinds_of_faults_come_together, whoever_holds_a_contract_may_ask, files_go_in_once,
              reference_tables_are_kept_by_officers)
