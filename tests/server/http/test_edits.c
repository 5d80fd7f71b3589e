/* Edits: each row that changes what somebody typed before wants the version that was seen; two who
 * saw the same lose nothing, and a database that forgets its versions loses one. test_unseen.c
 * finds the edit that does not ask. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/http/route.h"
#include "server/routes.h"
#include "tests/support/web.h"

enum { VALUES = 3, ROUNDS = 5, TEXT = 700 };

/* An edit of a record that make_records() made. %s: the value; %lld: the record's number. */
struct edit {
    const char *row; /* the path in the route table */
    const char *role;
    const char *path, *id;
    const char *json, *form;
    const char *values[VALUES];
    const char *version, *stands;  /* SQL: the record's version; 1 when the value stands */
    const char *table, *versioned; /* where the control forgets the column */
    bool kept;                     /* both are kept, beside each other: a proposal */
};

#define TERMS(put, and)                                                                            \
    put("places", "2") and put("first_day", "2099-04-01") and put("last_day", "2099-08-31") and    \
        put("rome", "A1401") and put("crop", "apples") and put("commune", "13004") and             \
        put("weekly_hours", "35") and put("proof_kind", "shortage") and put("hectares", "100") and \
        put("hourly_wage", "13") and put("tasks", "%s")
#define AS_JSON(name, value) "\"" name "\":\"" value "\""
#define AS_FORM(name, value) name "=" value
#define NAMES                                                                                      \
    { "Mimosa", "Tilleul", "Sorbier" }
#define NUMBERS                                                                                    \
    { "401", "402", "403" }

static const struct edit edits[] = {
    {"/orgs/:id", "admin", "/orgs/%lld", "SELECT max(id) FROM org",
     "{\"kind\":\"partner\",\"name\":\"%s\",\"country\":\"MA\"}", "kind=partner&name=%s&country=MA",
     NAMES, "SELECT version FROM org ORDER BY id DESC LIMIT 1",
     "SELECT count(*) FROM org WHERE name = '%s'", "org", "version", false},
    {"/orgs/:id/contacts", "officer", "/orgs/%lld/contacts",
     "SELECT id FROM org WHERE kind = 'employer'", "{\"office_address\":\"%s\"}",
     "office_address=%s", NAMES, "SELECT version FROM org WHERE kind = 'employer'",
     "SELECT count(*) FROM org_contact WHERE office_address = '%s'", "org", "version", false},
    {"/references/shortages/:id/end",
     "officer",
     "/references/shortages/%lld/end",
     "SELECT max(id) FROM shortage_list",
     "{\"to_day\":\"%s\"}",
     "to_day=%s",
     {"2099-12-01", "2099-12-02", "2099-12-03"},
     "SELECT version FROM shortage_list ORDER BY id DESC LIMIT 1",
     "SELECT count(*) FROM shortage_list WHERE to_day = '%s'",
     "shortage_list",
     "version",
     false},
    {"/references/agreements/:id", "officer", "/references/agreements/%lld",
     "SELECT max(id) FROM agreement",
     "{\"country\":\"MA\",\"kind\":\"other\",\"title\":\"%s\",\"signed_year\":2020,\"source\":\"an "
     "order of the day\"}",
     "country=MA&kind=other&title=%s&signed_year=2020&source=an+order+of+the+day", NAMES,
     "SELECT version FROM agreement ORDER BY id DESC LIMIT 1",
     "SELECT count(*) FROM agreement WHERE title = '%s'", "agreement", "version", false},
    {"/campaigns/:id", "officer", "/campaigns/%lld", "SELECT 1",
     "{\"code\":\"E-2099\",\"season\":2099,\"name\":\"%s\",\"first_day\":\"2099-02-01\",\"last_"
     "day\":\"2099-11-30\"}",
     "code=E-2099&season=2099&name=%s&first_day=2099-02-01&last_day=2099-11-30", NAMES,
     "SELECT version FROM campaign", "SELECT count(*) FROM campaign WHERE name = '%s'", "campaign",
     "version", false},
    {"/campaigns/:id/services/:org_id", "officer", "/campaigns/1/services/%lld",
     "SELECT org_id FROM campaign_service", "{\"quota\":%s}", "quota=%s", NUMBERS,
     "SELECT version FROM campaign_service",
     "SELECT count(*) FROM campaign_service WHERE quota = %s", "campaign_service", "version",
     false},
    {"/contracts/:id", "employer", "/contracts/%lld", "SELECT id FROM contract",
     "{" TERMS(AS_JSON, ",") "}", TERMS(AS_FORM, "&"), NAMES, "SELECT version FROM contract",
     "SELECT count(*) FROM contract WHERE tasks = '%s'", "contract", "version", false},
    {"/candidates/:id", "partner", "/candidates/%lld", "SELECT id FROM candidate",
     "{\"partner_ref\":\"%s\",\"available_from\":\"2099-03-01\",\"available_to\":\"2099-09-30\","
     "\"languages\":\"ar fr\"}",
     "partner_ref=%s&available_from=2099-03-01&available_to=2099-09-30&languages=ar+fr", NAMES,
     "SELECT version FROM candidate", "SELECT count(*) FROM candidate WHERE partner_ref = '%s'",
     "candidate", "version", false},
    {"/candidates/:id/stays/:stay_id/correct",
     "officer",
     "/candidates/1/stays/%lld/correct",
     "SELECT id FROM worker_stay",
     "{\"first_day\":\"2025-03-01\",\"last_day\":\"%s\",\"reason\":\"the stamp says so\"}",
     "first_day=2025-03-01&last_day=%s&reason=the+stamp+says+so",
     {"2025-05-01", "2025-05-02", "2025-05-03"},
     "SELECT version FROM worker",
     "SELECT count(*) FROM worker_stay WHERE upper(period) - 1 = '%s'",
     "worker",
     "version",
     false},
    {"/profiles/:id/edit", "assessor", "/profiles/%lld/edit", "SELECT max(id) FROM profile",
     "{\"code\":\"CUEILLETTE-FRUITS\",\"label\":\"%s\",\"pass_total\":10,\"exercises\":[{"
     "\"exercise_id\":1,\"weight\":1,\"min_points\":5}]}",
     "code=CUEILLETTE-FRUITS&label=%s&pass_total=10&exercises[0][exercise_id]=1", NAMES,
     "SELECT edit FROM profile ORDER BY id DESC LIMIT 1",
     "SELECT count(*) FROM profile WHERE label = '%s'", "profile", "edit", false},
    {"/habiletes/:id/edit", "assessor", "/habiletes/%lld/edit", "SELECT max(id) FROM habilete",
     "{\"code\":\"HEDIT\",\"label\":\"%s\"}", "code=HEDIT&label=%s", NAMES,
     "SELECT edit FROM habilete ORDER BY id DESC LIMIT 1",
     "SELECT count(*) FROM habilete WHERE label = '%s'", "habilete", "edit", false},
    {"/exercises/:id/edit", "assessor", "/exercises/%lld/edit", "SELECT max(id) FROM exercise",
     "{\"code\":\"EX-EDIT\",\"label\":\"%s\",\"kind\":\"paper\",\"minutes\":5,\"criteria\":[{"
     "\"label\":\"a\",\"kind\":\"count\",\"max_points\":5}]}",
     "code=EX-EDIT&label=%s&kind=paper&minutes=5&criteria[0][label]=a&criteria[0][kind]=count&"
     "criteria[0][max_points]=5",
     NAMES, "SELECT edit FROM exercise ORDER BY id DESC LIMIT 1",
     "SELECT count(*) FROM exercise WHERE label = '%s'", "exercise", "edit", false},
    {"/analyses/:id/edit", "assessor", "/analyses/%lld/edit", "SELECT id FROM job_analysis",
     "{\"code\":\"EDIT\",\"label\":\"%s\",\"commune\":\"13004\",\"rome\":\"A1402\",\"held_on\":"
     "\"2026-"
     "01-02\",\"posts_seen\":2,\"workers_seen\":5}",
     "code=EDIT&label=%s&commune=13004&rome=A1402&held_on=2026-01-02&posts_seen=2&workers_seen=5",
     NAMES, "SELECT edit FROM job_analysis", "SELECT count(*) FROM job_analysis WHERE label = '%s'",
     "job_analysis", "edit", false},
    {"/quality/settings/:code", "officer", "/quality/settings/pack_hours", "SELECT 0",
     "{\"value\":%s,\"reason\":\"seen in the spring\"}", "value=%s&reason=seen+in+the+spring",
     NUMBERS, "SELECT version FROM assessment_setting WHERE code = 'pack_hours'",
     "SELECT (count(*) > 0)::int FROM assessment_change WHERE value = %s", NULL, NULL, true},
    {"/cases/rules/:code", "officer", "/cases/rules/stay_days_max", "SELECT 0", "{\"value\":%s}",
     "value=%s", NUMBERS, "SELECT version FROM screening_setting WHERE code = 'stay_days_max'",
     "SELECT count(*) FROM screening_setting WHERE value = %s", "screening_setting", "version",
     false},
    {"/documents/settings", "admin", "/documents/settings", "SELECT 0",
     "{\"day_limit\":%s,\"record_years\":5}", "day_limit=%s&record_years=5", NUMBERS,
     "SELECT sum(version) FROM document_setting",
     "SELECT count(*) FROM document_setting WHERE value = %s", "document_setting", "version",
     false},
    {"/privacy/limits/:code", "admin", "/privacy/limits/candidate", "SELECT 0",
     "{\"days\":%s,\"source\":\"an order of the day\"}", "days=%s&source=an+order+of+the+day",
     NUMBERS, "SELECT version FROM retention_limit WHERE code = 'candidate'",
     "SELECT count(*) FROM retention_limit WHERE days = %s", "retention_limit", "version", false},
    {"/seats/:id/accommodation",
     "partner",
     "/seats/%lld/accommodation",
     "SELECT id FROM seat",
     "{\"accommodation\":\"%s\"}",
     "accommodation=%s",
     {"large_print", "quiet_room", "seated"},
     "SELECT version FROM seat",
     "SELECT count(*) FROM seat WHERE accommodation = '%s'",
     "seat",
     "version",
     false},
};
enum { EDITS = sizeof edits / sizeof *edits };

/* --- the records --------------------------------------------------------------------------------
 */

static void make_records(void) {
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES ('E-2099', "
        "2099, 'Edits', '2099-02-01', '2099-11-30', 'open'); INSERT INTO campaign_service "
        "(campaign_id, org_id, quota) SELECT 1, id, 10 FROM org WHERE kind = 'partner'; "
        "INSERT INTO worker DEFAULT VALUES; INSERT INTO candidate (campaign_id, org_id, worker_id, "
        "token, state, passport_key, person_key, swapped_key, available_from, available_to, "
        "consent_at, entered_by) SELECT 1, id, 1, 'K7Q2-M9X1', 'preselected', decode(md5('a'), "
        "'hex'), decode(md5('b'), 'hex'), decode(md5('c'), 'hex'), '2099-03-01', '2099-09-30', "
        "now(), 1 FROM org WHERE kind = 'partner'; UPDATE org SET naf = '01.24Z', hectares = 900, "
        "commune = '13004', active_from = '2010-01-01' WHERE kind = 'employer'; INSERT INTO org "
        "(kind, name, country) VALUES ('partner', 'Edited', 'MA'); INSERT INTO shortage_list "
        "(region, rome, from_day, source) VALUES ('93', 'A1401', '2026-01-01', 'test') ON CONFLICT "
        "DO NOTHING; SELECT 1");
    web_posts("employer", "/api/v1/campaigns/1/contracts", "{" TERMS(AS_JSON, ",") "}", 201,
              "/contracts/");
    web_posts("officer", "/api/v1/references/agreements",
              "{\"country\":\"MA\",\"kind\":\"other\",\"title\":\"Edited\",\"signed_year\":2020,"
              "\"source\":\"an order of the day\"}",
              201, "location");
    web_posts("officer", "/api/v1/candidates/1/stays",
              "{\"first_day\":\"2025-03-01\",\"last_day\":\"2025-04-30\",\"source\":\"card\"}", 200,
              "stay_id");
    web_posts("assessor", "/api/v1/profiles/1/next", "{}", 201, "/profiles/");
    web_posts("assessor", "/api/v1/habiletes", "{\"code\":\"HEDIT\",\"label\":\"Edited\"}", 201,
              "/habiletes/");
    web_posts("assessor", "/api/v1/exercises",
              "{\"code\":\"EX-EDIT\",\"label\":\"Edited\",\"kind\":\"paper\",\"minutes\":5,"
              "\"criteria\":[{\"label\":\"a\",\"kind\":\"count\",\"max_points\":5}]}",
              201, "/exercises/");
    char analysis[TEXT];
    (void)snprintf(analysis, sizeof analysis,
                   "{\"code\":\"EDIT\",\"label\":\"Edited\",\"siret\":\"%014lld\",\"commune\":"
                   "\"13004\",\"rome\":\"A1402\",\"held_on\":\"2026-01-02\",\"posts_seen\":2,"
                   "\"workers_seen\":5}",
                   web_sql("SELECT siret::bigint FROM org WHERE kind = 'employer'"));
    web_posts("assessor", "/api/v1/analyses", analysis, 201, "/analyses/");
    web_posts("partner", "/api/v1/sessions",
              "{\"campaign_id\":1,\"profile_id\":3,\"held_on\":\"2099-02-01\",\"site\":\"Tunis\","
              "\"capacity\":1}",
              201, "/sessions/1");
    web_posts("partner", "/api/v1/sessions/1/seats", "{\"seats\":[{\"token\":\"K7Q2-M9X1\"}]}", 200,
              "\"taken\":1");
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the formats stand in the table above */
static void put(char text[TEXT], const char *format, const char *value) {
    (void)snprintf(text, TEXT, format, value);
}

static void put_path(char text[TEXT], const struct edit *edit, const char *prefix) {
    size_t size = (size_t)snprintf(text, TEXT, "%s", prefix);
    (void)snprintf(text + size, TEXT - size, edit->path, web_sql(edit->id));
}
#pragma GCC diagnostic pop

static bool stands(const struct edit *edit, int value) {
    char sql[TEXT];
    put(sql, edit->stands, edit->values[value]);
    return web_sql(sql) == 1;
}

/* The edit through the API by who saw `version` (0: who says nothing); the status. */
static int sent(const struct edit *edit, int value, long long version) {
    char path[TEXT];
    char body[TEXT];
    char match[60] = "";
    put_path(path, edit, "/api/v1");
    put(body, edit->json, edit->values[value]);
    if (version != 0) {
        (void)snprintf(match, sizeof match, "If-Match: \"%lld\"\r\n", version);
    }
    struct web_answer answer = web("POST", path, edit->role, match, body);
    int status = answer.status;
    const char *code = status == 412   ? "\"stale_edit\""
                       : status == 428 ? "\"if_match_needed\""
                                       : "";
    ck_assert_msg(strstr(answer.body, code) != NULL, "%s: %s", path, answer.all);
    ck_assert_msg(status == 200 || status == 412 || status == 428, "%s: %s", path, answer.all);
    web_free(&answer);
    return status;
}

/* The same by a page's form; its answer. */
static struct web_answer posted(const struct edit *edit, int value, long long version) {
    char path[TEXT];
    char body[TEXT];
    put_path(path, edit, "");
    put(body, edit->form, edit->values[value]);
    if (version != 0) {
        (void)snprintf(body + strlen(body), TEXT - strlen(body), "&version=%lld", version);
    }
    return web("POST", path, edit->role, NULL, body);
}

/* --- every edit of the table --------------------------------------------------------------------
 */

static const struct edit *edit_of(const struct route *route) {
    for (int i = 0; i < EDITS; i++) {
        if (strcmp(edits[i].row, route->path) == 0) {
            return &edits[i];
        }
    }
    return NULL;
}

START_TEST(each_row_is_tried_here) {
    int rows = 0;
    for (int t = 0; all_routes[t] != NULL; t++) {
        for (const struct route *route = all_routes[t]; route->path != NULL; route++) {
            bool versioned = (route->flags & ROUTE_IF_MATCH) != 0;
            rows += versioned;
            ck_assert_msg(!versioned || edit_of(route) != NULL, "%s: write it down in edits[]",
                          route->path);
        }
    }
    ck_assert_int_eq(rows, EDITS);
    make_records();
}
END_TEST

static void unseen_is_refused(const struct edit *edit) {
    long long version = web_sql(edit->version);
    ck_assert_msg(version > 0, "%s", edit->row);
    ck_assert_int_eq(sent(edit, 0, 0), 428);
    ck_assert_int_eq(sent(edit, 0, version + 1), 412);
    struct web_answer blind = posted(edit, 0, 0);
    ck_assert_msg(blind.status == 428, "%s", blind.all);
    struct web_answer late = posted(edit, 0, version + 1);
    ck_assert_msg(late.status == 412 && strstr(late.body, "tat actuel</a>") != NULL, "%s",
                  late.all);
    ck_assert_int_eq(web_sql(edit->version), version);
    ck_assert(!stands(edit, 0));
    /* control: who saw what stands */
    struct web_answer good = posted(edit, 0, version);
    ck_assert_msg(good.status == 303, "%s", good.all);
    ck_assert(stands(edit, 0));
    web_free(&blind);
    web_free(&late);
    web_free(&good);
}

START_TEST(who_saw_nothing_or_another_is_refused) {
    for (int i = 0; i < EDITS; i++) {
        unseen_is_refused(&edits[i]);
    }
}
END_TEST

/* --- once ---------------------------------------------------------------------------------------
 */

static int keyed(const struct edit *edit, int value, long long version, bool *replayed) {
    char path[TEXT];
    char body[TEXT];
    char headers[TEXT];
    put_path(path, edit, "/api/v1");
    put(body, edit->json, edit->values[value]);
    (void)snprintf(headers, sizeof headers,
                   "If-Match: \"%lld\"\r\nIdempotency-Key: once-%d-0123456789\r\n", version,
                   (int)(edit - edits));
    struct web_answer answer = web("POST", path, edit->role, headers, body);
    int status = answer.status;
    *replayed = strstr(answer.all, "Idempotency-Replayed: true") != NULL;
    ck_assert_msg(status != 422 || strstr(answer.body, "idempotency_mismatch") != NULL, "%s",
                  answer.all);
    web_free(&answer);
    return status;
}

/* Whoever lost the answer sends the same again: it is the first answer, not a stale edit. */
static void done_once(const struct edit *edit) {
    bool replayed = true;
    int value = stands(edit, 1) ? 2 : 1;
    long long version = web_sql(edit->version);
    ck_assert_msg(keyed(edit, value, version, &replayed) == 200 && !replayed, "%s", edit->row);
    ck_assert_msg(keyed(edit, value, version, &replayed) == 200 && replayed, "%s", edit->row);
    ck_assert_msg(keyed(edit, 0, version, &replayed) == 422, "%s", edit->row);
    ck_assert(stands(edit, value));
    /* control: without the key it is stale */
    ck_assert_int_eq(edit->kept ? 412 : sent(edit, value, version), 412);
}

START_TEST(the_same_again_gets_the_first_answer) {
    for (int i = 0; i < EDITS; i++) {
        done_once(&edits[i]);
    }
}
END_TEST

/* --- two at once --------------------------------------------------------------------------------
 */

/* Two who saw the same: how many got through; of one alone, the value that `wins` tells. The other
 * is a process, as the thread sanitizer takes threads of a forked test for those of its parent. */
static int two_at_once(const struct edit *edit, int first, int second, int *wins) {
    long long version = web_sql(edit->version);
    pid_t other = fork();
    ck_assert_int_ge(other, 0);
    if (other == 0) {
        _exit(sent(edit, second, version) == 200 ? 0 : 1);
    }
    int code = 0;
    bool mine = sent(edit, first, version) == 200;
    ck_assert_int_eq(waitpid(other, &code, 0), other);
    ck_assert(WIFEXITED(code) && WEXITSTATUS(code) <= 1);
    *wins = mine ? first : second;
    return (mine ? 1 : 0) + (WEXITSTATUS(code) == 0 ? 1 : 0);
}

static void nothing_is_lost(const struct edit *edit) {
    int now = stands(edit, 0) ? 0 : stands(edit, 1) ? 1 : 2;
    for (int i = 0; i < ROUNDS; i++) {
        int first = (now + 1) % VALUES;
        int second = (now + 2) % VALUES;
        int through = two_at_once(edit, first, second, &now);
        if (edit->kept) { /* what was proposed first is still told, as dropped */
            ck_assert(stands(edit, first) && stands(edit, second));
            continue;
        }
        ck_assert_msg(through == 1, "%s, round %d: %d got through", edit->row, i, through);
        ck_assert(stands(edit, now));
    }
}

START_TEST(two_who_saw_the_same_lose_nothing) {
    for (int i = 0; i < EDITS; i++) {
        nothing_is_lost(&edits[i]);
    }
}
END_TEST

/* The control: a database that forgets that it was changed lets the second write over the first. */
static void one_is_lost(const struct edit *edit) {
    char sql[TEXT];
    if (edit->kept) {
        return;
    }
    (void)snprintf(sql, sizeof sql,
                   "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.%s := "
                   "OLD.%s; RETURN NEW; END$$; CREATE TRIGGER zzz_forget BEFORE UPDATE ON %s FOR "
                   "EACH ROW EXECUTE FUNCTION forget(); SELECT 1",
                   edit->versioned, edit->versioned, edit->table);
    (void)web_sql(sql);
    int first = stands(edit, 0) ? 1 : 0;
    int second = stands(edit, 2) ? 1 : 2;
    long long version = web_sql(edit->version);
    ck_assert_int_eq(sent(edit, first, version), 200);
    ck_assert_msg(sent(edit, second, version) == 200, "%s: the control did nothing", edit->row);
    ck_assert(stands(edit, second) && !stands(edit, first));
    (void)snprintf(sql, sizeof sql,
                   "DROP TRIGGER zzz_forget ON %s; DROP FUNCTION forget(); SELECT 1", edit->table);
    (void)web_sql(sql);
}

START_TEST(without_versions_one_is_lost) {
    for (int i = 0; i < EDITS; i++) {
        one_is_lost(&edits[i]);
    }
}
END_TEST

WEB_MAIN("edits", 240, each_row_is_tried_here, who_saw_nothing_or_another_is_refused,
         the_same_again_gets_the_first_answer, two_who_saw_the_same_lose_nothing,
         without_versions_one_is_lost)
