/* test_candidate_web.c - candidates and cases over HTTP: entry, look, hold, settle, edit, import.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/once.h"
#include "tests/support/web.h"

#define LINE_1 "P<MAREL<YAMIQ<<KARIM<<<<<<<<<<<<<<<<<<<<<<<<"
#define LINE_2 "VW35922462MAR6708113M2812117<<<<<<<<<<<<<<02"
#define ALTERED "VW35922562MAR6708113M2812117<<<<<<<<<<<<<<02"
#define PROFILE                                                                                    \
    "\"available_from\":\"2027-03-01\",\"available_to\":\"2027-09-30\",\"languages\":\"ar fr\""

static void has(const struct web_answer *answer, const char *what) {
    ck_assert_msg(strstr(answer->all, what) != NULL, "no %s in status %d: %.600s", what,
                  answer->status, answer->body == NULL ? "" : answer->body);
}

static void lacks(const struct web_answer *answer, const char *what) {
    ck_assert_msg(strstr(answer->all, what) == NULL, "%s in status %d", what, answer->status);
}

/* One open campaign of the partner's own, made once a program. */
static long long campaign(void) {
    (void)web_sql("INSERT INTO campaign (code, season, name, first_day, last_day, state)"
                  " VALUES ('CW-2027', 2027, 'Web', '2027-03-01', '2027-11-30', 'open')"
                  " ON CONFLICT DO NOTHING");
    (void)web_sql("INSERT INTO campaign_service (campaign_id, org_id, quota)"
                  " SELECT c.id, a.org_id, 100 FROM campaign c, account a"
                  " WHERE c.code = 'CW-2027' AND a.role = 'partner' ON CONFLICT DO NOTHING");
    return web_sql("SELECT id FROM campaign WHERE code = 'CW-2027'");
}

static struct web_answer enter(const char *zone_2, const char *more) {
    char body[2048];
    (void)snprintf(body, sizeof body,
                   "{\"campaign_id\":%lld,\"mrz\":\"" LINE_1 "\\n%s\",\"consent\":true," PROFILE
                   "%s}",
                   campaign(), zone_2, more);
    return web("POST", "/api/v1/candidates", "partner", "Accept-Language: en\r\n", body);
}

/* The path of an answer's candidate, below `prefix`. */
static void path_of(const struct web_answer *made, const char *prefix, const char *rest,
                    char path[128]) {
    char *location = web_after(made, "\"location\":\"");
    ck_assert_ptr_nonnull(location);
    (void)snprintf(path, 128, "%s%s%s", prefix, location, rest);
    free(location);
}

START_TEST(an_entry_is_sealed_and_seen_as_a_token) {
    char path[128];
    struct web_answer made = enter(LINE_2, ",\"partner_ref\":\"T1\"");
    ck_assert_int_eq(made.status, 201);
    has(&made, "\"cases\":0");
    path_of(&made, "/api/v1", "", path);
    struct web_answer seen = web("GET", path, "officer", NULL, NULL);
    ck_assert_int_eq(seen.status, 200);
    has(&seen, "\"token\":\"");
    has(&seen, "\"languages\":[\"ar\",\"fr\"]");
    lacks(&seen, "YAMIQ");
    lacks(&seen, "VW35922");
    lacks(&seen, "fee_"); /* "fee" alone may stand in a request number */
    struct web_answer employer = web("GET", path, "employer", NULL, NULL);
    ck_assert_int_eq(employer.status, 404);
    /* What PostgreSQL holds does not show him either. */
    ck_assert_int_eq(
        web_sql(
            "SELECT count(*) FROM worker_identity WHERE position('YAMIQ'::bytea IN sealed) > 0"),
        0);
    ck_assert_int_ge(web_sql("SELECT count(*) FROM worker_identity"), 1);
    web_free(&made);
    web_free(&seen);
    web_free(&employer);
}
END_TEST

START_TEST(a_look_is_recorded_and_needs_a_reason) {
    char path[128];
    struct web_answer made =
        enter("VW35922472MAR6708113M2812117<<<<<<<<<<<<<<02", ",\"mrz_as_presented\":true");
    ck_assert_int_eq(made.status, 201);
    path_of(&made, "/api/v1", "/identity", path);
    long long before = web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal'");
    struct web_answer own = web("GET", path, "partner", NULL, NULL);
    ck_assert_int_eq(own.status, 200);
    has(&own, "\"surname\":\"EL YAMIQ\"");
    struct web_answer silent = web("GET", path, "officer", NULL, NULL);
    ck_assert_int_eq(silent.status, 422);
    lacks(&silent, "YAMIQ");
    char bare[128];
    memcpy(bare, path, sizeof bare);
    (void)snprintf(path, sizeof path, "%.90s?reason=compare%%20two%%20entries", bare);
    struct web_answer said = web("GET", path, "officer", NULL, NULL);
    ck_assert_int_eq(said.status, 200);
    has(&said, "\"document_number\":\"VW3592247\"");
    struct web_answer auditor = web("GET", path, "auditor", NULL, NULL);
    ck_assert_int_eq(auditor.status, 403);
    struct web_answer employer = web("GET", path, "employer", NULL, NULL);
    ck_assert_int_eq(employer.status, 403);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal'"),
                     before + 2);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal' AND "
                             "reason = 'compare two entries'"),
                     1);
    /* A record moved to another worker's row does not open. */
    (void)web_sql("UPDATE worker_identity SET sealed = (SELECT sealed FROM worker_identity ORDER "
                  "BY worker_id LIMIT 1)"
                  " WHERE worker_id = (SELECT max(worker_id) FROM worker_identity)");
    struct web_answer moved = web("GET", path, "officer", NULL, NULL);
    ck_assert_int_eq(moved.status, 500);
    lacks(&moved, "YAMIQ");
    web_free(&made);
    web_free(&own);
    web_free(&silent);
    web_free(&said);
    web_free(&auditor);
    web_free(&employer);
    web_free(&moved);
}
END_TEST

START_TEST(a_wrong_digit_is_named_or_becomes_a_case) {
    struct web_answer refused = enter(ALTERED, "");
    ck_assert_int_eq(refused.status, 422);
    has(&refused, "{\"field\":\"mrz\",\"code\":\"mrz_digit_number\"");
    has(&refused, "2/10");
    long long before = web_sql("SELECT count(*) FROM candidate");
    struct web_answer kept = enter(ALTERED, ",\"mrz_as_presented\":true,\"fee_asked\":true,"
                                            "\"fee_amount\":\"500\",\"fee_payee\":\"an uncle\","
                                            "\"fee_phone\":\"0612345678\",\"fee_place\":\"Douar\"");
    ck_assert_int_eq(kept.status, 201);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM candidate"), before + 1);
    char path[128];
    path_of(&kept, "/api/v1", "/status", path);
    struct web_answer partner = web("GET", path, "partner", NULL, NULL);
    struct web_answer officer = web("GET", path, "officer", NULL, NULL);
    has(&partner, "\"held\":true");
    has(&partner, "mrz_check_digit");
    has(&partner, "\"fee_asked\":null"); /* the answer is not for the service */
    lacks(&partner, "\"rule\":\"fee_asked\"");
    lacks(&partner, "uncle");
    has(&officer, "\"fee_payee\":\"an uncle\"");
    path_of(&kept, "/api/v1", "/preselect", path);
    struct web_answer held = web("POST", path, "partner", NULL, "{}");
    ck_assert_int_eq(held.status, 409);
    has(&held, "candidate_held");
    /* Once every case on it is cleared, it can go on. */
    char settle[128];
    char *id = web_after(&kept, "\"id\":");
    long long candidate = strtoll(id, NULL, 10);
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "SELECT min(id) FROM fraud_case WHERE %lld IN (candidate_id, other_candidate_id)"
                   " AND state = 'open' AND blocking AND NOT second_person",
                   candidate);
    for (long long open = web_sql(sql); open > 0; open = web_sql(sql)) {
        (void)snprintf(settle, sizeof settle, "/api/v1/cases/%lld/settle", open);
        struct web_answer done =
            web("POST", settle, "officer", NULL,
                "{\"outcome\":\"cleared\",\"reason\":\"the original was seen\"}");
        ck_assert_int_eq(done.status, 200);
        has(&done, "\"state\":\"cleared\"");
        web_free(&done);
    }
    struct web_answer free_now = web("POST", path, "partner", NULL, "{}");
    ck_assert_int_eq(free_now.status, 200);
    has(&free_now, "\"state\":\"preselected\"");
    free(id);
    web_free(&refused);
    web_free(&kept);
    web_free(&partner);
    web_free(&officer);
    web_free(&held);
    web_free(&free_now);
}
END_TEST

/* The two entries of a case are compared inside the server: how parts agree is shown, no value is,
 * and each look leaves a leaf. */
START_TEST(two_entries_are_compared_without_being_shown) {
    static const char *const birth[] = {"1990-02-03", "1990-03-02"};
    static const char *const given[] = {"Mohamed", "MOHAMMED"};
    char body[1024];
    for (int i = 0; i < 2; i++) {
        (void)snprintf(body, sizeof body,
                       "{\"campaign_id\":%lld,\"surname\":\"Quirini\",\"given_names\":\"%s\","
                       "\"birth_date\":\"%s\",\"sex\":\"M\",\"nationality\":\"MAR\","
                       "\"document_issuer\":\"MAR\",\"document_number\":\"QQ10000%d\","
                       "\"document_expires\":\"2031-01-01\",\"birth_place\":\"Oujda\","
                       "\"consent\":true," PROFILE "}",
                       campaign(), given[i], birth[i], i);
        struct web_answer made = web("POST", "/api/v1/candidates", "partner", NULL, body);
        ck_assert_int_eq(made.status, 201);
        web_free(&made);
    }
    char path[128];
    char show[128];
    long long id = web_sql("SELECT max(id) FROM fraud_case WHERE rule = 'same_person_swapped'");
    (void)snprintf(show, sizeof show, "/api/v1/cases/%lld", id);
    (void)snprintf(path, sizeof path, "/api/v1/cases/%lld/compare", id);
    long long leaves = web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'case.compare'");
    struct web_answer before = web("GET", show, "officer", NULL, NULL);
    lacks(&before, "\"near\""); /* the control: nothing is compared before somebody asks */
    struct web_answer partner = web("POST", path, "partner", NULL, "{}");
    ck_assert_int_eq(partner.status, 403);
    struct web_answer done = web("POST", path, "officer", NULL, "{}");
    ck_assert_int_eq(done.status, 200);
    struct web_answer seen = web("GET", show, "officer", NULL, NULL);
    has(&seen, "\"part\":\"birth_date\",\"level\":\"near\"");
    has(&seen, "\"part\":\"given_names\",\"level\":\"same\"");
    has(&seen, "\"part\":\"document_number\"");
    has(&seen, "\"score\":");
    lacks(&seen, "uirini");
    lacks(&seen, "QQ10000");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'case.compare'"),
                     leaves + 2);
    struct web_answer page = web("GET", show + strlen("/api/v1"), "officer", NULL, NULL);
    has(&page, "name=\"one_person\"");
    web_free(&before);
    web_free(&partner);
    web_free(&done);
    web_free(&seen);
    web_free(&page);
}
END_TEST

/* Two entries whose names sound alike, with their Arabic originals (NULL: not given), compared: the
 * answer that shows how. */
static struct web_answer compared(const char *surname, const char *const native[2]) {
    static const char *const birth[] = {"1991-02-03", "1991-03-02"};
    static const char *const given[] = {"Hamid", "Hamed"};
    char body[1024];
    char path[64];
    for (int i = 0; i < 2; i++) {
        (void)snprintf(body, sizeof body,
                       "{\"campaign_id\":%lld,\"surname\":\"%s\",\"given_names\":\"%s\","
                       "%s%s%s\"birth_date\":\"%s\",\"sex\":\"M\",\"nationality\":\"MAR\","
                       "\"document_issuer\":\"MAR\",\"document_number\":\"%s%d\","
                       "\"document_expires\":\"2031-01-01\",\"consent\":true," PROFILE "}",
                       campaign(), surname, given[i],
                       native[i] != NULL ? "\"native_given_names\":\"" : "",
                       native[i] != NULL ? native[i] : "", native[i] != NULL ? "\"," : "", birth[i],
                       surname, i);
        struct web_answer made = web("POST", "/api/v1/candidates", "partner", NULL, body);
        ck_assert_msg(made.status == 201, "%s", made.all);
        web_free(&made);
    }
    long long id = web_sql("SELECT max(id) FROM fraud_case WHERE rule = 'same_person_swapped'");
    (void)snprintf(path, sizeof path, "/api/v1/cases/%lld/compare", id);
    struct web_answer done = web("POST", path, "officer", NULL, "{}");
    ck_assert_int_eq(done.status, 200);
    web_free(&done);
    *strrchr(path, '/') = '\0';
    return web("GET", path, "officer", NULL, NULL);
}

/* Originals tell apart what Latin letters do not; where one lacks, Latin letters are compared. */
START_TEST(originals_are_compared_when_both_are_given) {
    struct web_answer differ = compared("Zeroual", (const char *const[]){"حميد", "حامد"});
    struct web_answer agree = compared("Zouhri", (const char *const[]){"حميد", "حميد"});
    struct web_answer control = compared("Zitouni", (const char *const[]){"حميد", NULL});
    has(&differ, "\"part\":\"given_names\"");
    lacks(&differ, "\"part\":\"given_names\",\"level\":\"same\"");
    has(&agree, "\"part\":\"given_names\",\"level\":\"same\"");
    has(&control, "\"part\":\"given_names\",\"level\":\"same\"");
    web_free(&differ);
    web_free(&agree);
    web_free(&control);
}
END_TEST

START_TEST(a_reason_is_needed_to_settle) {
    struct web_answer short_one = web("POST", "/api/v1/cases/1/settle", "officer", NULL,
                                      "{\"outcome\":\"cleared\",\"reason\":\"ok\"}");
    struct web_answer partner = web("POST", "/api/v1/cases/1/settle", "partner", NULL,
                                    "{\"outcome\":\"cleared\",\"reason\":\"it is all good\"}");
    ck_assert_int_eq(short_one.status, 422);
    ck_assert_int_eq(partner.status, 403);
    web_free(&short_one);
    web_free(&partner);
}
END_TEST

START_TEST(without_consent_nothing_is_kept) {
    long long before = web_sql("SELECT count(*) FROM candidate");
    char body[512];
    (void)snprintf(body, sizeof body,
                   "campaign_id=%lld&mrz=P%%3CUTO%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%"
                   "3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C"
                   "%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%"
                   "3C%%3C%%3C%%3C%%3C"
                   "%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C%%3C&available_"
                   "from=2027-03-01&available_to=2027-02-01",
                   campaign());
    struct web_answer form = web("POST", "/candidates", "partner", "Accept-Language: en\r\n", body);
    ck_assert_int_eq(form.status, 422);
    has(&form, "id=\"consent-error\"");
    has(&form, "id=\"mrz-error\"");
    has(&form, "id=\"available_to-error\"");
    has(&form, "P&lt;UTO");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM candidate"), before);
    web_free(&form);
}
END_TEST

/* A file as the API takes it. */
static struct web_answer import(const char *csv, const char *key) {
    char *token = web_token("partner");
    char request[8192];
    int size =
        snprintf(request, sizeof request,
                 "POST /api/v1/campaigns/%lld/candidates/import HTTP/1.1\r\nHost: x\r\n"
                 "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\nContent-Type: text/csv\r\n"
                 "Accept-Language: en\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
                 campaign(), token, key, strlen(csv), csv);
    free(token);
    struct web_answer answer = web_raw(request, (size_t)size, 30);
    char path[60];
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%lld/candidates/import", campaign());
    once_keep("POST", path, &answer);
    return answer;
}

#define HEADER "partner_ref,mrz,surname,available_from,available_to,consent\r\n"
#define TAIL ",2027-03-01,2027-09-30,1\r\n"

START_TEST(a_file_is_taken_row_by_row) {
    const char *csv =
        HEADER "I1,P<MARALAMI<<RACHID<<<<<<<<<<<<<<<<<<<<<<<<<</"
               "AB12345671MAR9001011M3001019<<<<<<<<<<<<<<04," TAIL
               "I2,P<MARALAMI<<SAID<<<<<<<<<<<<<<<<<<<<<<<<<<<</AB12345679MAR900," TAIL
               "I3,P<MARALAMI<<SAID<<<<<<<<<<<<<<<<<<<<<<<<<<<</"
               "AB12345671MAR9001011M3001019<<<<<<<<<<<<<<04,Tazi" TAIL;
    struct web_answer first = import(csv, "import-candidates-0001");
    ck_assert_int_eq(first.status, 201);
    has(&first, "\"rows_ok\":2");
    has(&first, "\"rows_bad\":1");
    struct web_answer again = import(csv, "import-candidates-0002");
    has(&again, "\"known\":true");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM candidate WHERE partner_ref LIKE 'I_'"), 2);
    /* Each request again: its own answer, known or not. */
    struct web_answer firsts = import(csv, "import-candidates-0001");
    struct web_answer agains = import(csv, "import-candidates-0002");
    struct web_answer other = import(HEADER, "import-candidates-0001");
    once_judge("import", &first, &firsts, &other);
    once_judge("import", &again, &agains, &other);
    web_free(&other);
    web_free(&agains);
    web_free(&firsts);
    /* The same rows in another file: nothing new. */
    struct web_answer more = import(HEADER "I1,P<MARALAMI<<RACHID<<<<<<<<<<<<<<<<<<<<<<<<<</"
                                           "AB12345671MAR9001011M3001019<<<<<<<<<<<<<<04," TAIL,
                                    "import-candidates-0003");
    has(&more, "\"rows_same\":1");
    has(&more, "\"rows_ok\":0");
    ck_assert_int_ge(
        web_sql("SELECT count(*) FROM fraud_case f JOIN candidate c ON c.id = f.candidate_id"
                " WHERE c.partner_ref = 'I3' AND f.rule IN ('mrz_typed_differs', "
                "'passport_two_persons')"),
        2);
    char path[128];
    path_of(&first, "/api/v1", "/errors.csv", path);
    struct web_answer errors = web("GET", path, "partner", NULL, NULL);
    has(&errors, "3,mrz,mrz_shape,\"Ce n'est pas une zone");
    struct web_answer officer = web("GET", path, "officer", NULL, NULL);
    ck_assert_int_eq(officer.status, 403); /* it repeats identities */
    ck_assert_int_eq(
        web_sql(
            "SELECT count(*) FROM import_batch WHERE position('ALAMI'::bytea IN errors_csv) > 0"),
        0);
    web_free(&first);
    web_free(&again);
    web_free(&more);
    web_free(&errors);
    web_free(&officer);
}
END_TEST

START_TEST(a_broken_file_leaves_nothing) {
    long long before = web_sql("SELECT count(*) FROM candidate");
    long long batches = web_sql("SELECT count(*) FROM import_batch");
    struct web_answer quote = import(HEADER "J1,\"never closed", "import-candidates-0011");
    struct web_answer header = import("who,what\r\n1,2\r\n", "import-candidates-0012");
    struct web_answer empty = import(" ", "import-candidates-0013");
    ck_assert_int_eq(quote.status, 422);
    has(&quote, "csv_quote_open");
    ck_assert_int_eq(header.status, 422);
    has(&header, "{\"field\":\"who\",\"code\":\"unknown_field\"");
    ck_assert(empty.status >= 400 && empty.status < 500);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM candidate"), before);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM import_batch"), batches);
    web_free(&quote);
    web_free(&header);
    web_free(&empty);
}
END_TEST

static const struct {
    const char *path;
    const char *role;
} pages[] = {{"/candidates", "partner"},
             {"/candidates/new", "partner"},
             {"/candidates", "officer"},
             {"/cases", "officer"},
             {"/cases/all", "auditor"},
             {"/cases/rules", "officer"},
             {"/cases/1", "officer"},
             {"/candidates/1", "partner"},
             {"/candidates/1", "officer"},
             {"/candidates/1/edit", "partner"},
             {"/candidates/1/identity", "partner"}};

START_TEST(pages_come) {
    struct web_answer page = web("GET", pages[_i].path, pages[_i].role, NULL, NULL);
    ck_assert_msg(page.status == 200, "%s as %s: %d", pages[_i].path, pages[_i].role, page.status);
    has(&page, "<h1>");
    lacks(&page, "{{");
    web_free(&page);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("candidate_web");
    TCase *tcase = tcase_create("candidate_web");
    tcase_set_timeout(tcase, 60);
    web_up();
    web_once();
    tcase_add_test(tcase, an_entry_is_sealed_and_seen_as_a_token);
    tcase_add_test(tcase, a_wrong_digit_is_named_or_becomes_a_case);
    tcase_add_loop_test(tcase, pages_come, 0, (int)(sizeof pages / sizeof *pages));
    tcase_add_test(tcase, a_look_is_recorded_and_needs_a_reason);
    tcase_add_test(tcase, originals_are_compared_when_both_are_given);
    tcase_add_test(tcase, a_reason_is_needed_to_settle);
    tcase_add_test(tcase, two_entries_are_compared_without_being_shown);
    tcase_add_test(tcase, without_consent_nothing_is_kept);
    tcase_add_test(tcase, a_file_is_taken_row_by_row);
    tcase_add_test(tcase, a_broken_file_leaves_nothing);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    web_down();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
