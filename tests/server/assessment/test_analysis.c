/* Analyses of jobs over HTTP: what a form must say, who sees one, a profile that rests on it; what
 * a marker is not told; which results matching takes. The rules themselves:
 * tests/sql/job_analysis.sql and bench.sql. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "tests/support/web.h"

static void tells(const char *role, const char *path, const char *text, bool told) {
    struct web_answer answer = web("GET", path, role, NULL, NULL);
    ck_assert_msg(answer.status == 200 && (strstr(answer.body, text) != NULL) == told,
                  "%s %s: %s %s", role, path, text, answer.all);
    web_free(&answer);
}

/* `siret`: the employer's, or another number; `rest`: more members. */
static const char *analysis_of(struct arena *arena, const char *code, const char *siret,
                               const char *rome, const char *rest) {
    return arena_printf(arena,
                        "{\"code\": \"%s\", \"label\": \"Sous serre\", \"siret\": \"%s\", "
                        "\"commune\": \"13004\", \"rome\": \"%s\", \"held_on\": \"2026-01-02\", "
                        "\"posts_seen\": 3, \"workers_seen\": 11%s}",
                        code, siret, rome, rest);
}

static const char *analysis(struct arena *arena, const char *code, const char *siret,
                            const char *rest) {
    return analysis_of(arena, code, siret, "A1402", rest);
}

#define WHY(code) "{\"habilete\": \"" code "\", \"why\": \"seen at each of the posts\"}"
#define PARTS                                                                                      \
    ", \"tasks\": [{\"task\": \"Effeuiller\", \"constraints\": \"Debout, chaleur\"}, {}], "        \
    "\"habiletes\": [" WHY("CONSIGNES") ", " WHY("TENSION") ", " WHY("ATTENTION") ", " WHY(        \
        "EQUIPE") ", " WHY("DEXTERITE") ", " WHY("CADENCE") "]"

static const char *farm(struct arena *arena) {
    return arena_printf(
        arena, "%014lld",
        web_sql("SELECT siret::bigint FROM org WHERE kind = 'employer' ORDER BY id LIMIT 1"));
}

static void refused_forms(struct arena *arena, const char *siret) {
    static const char path[] = "/api/v1/analyses";
    web_posts("employer", path, analysis(arena, "SERRE-A", siret, PARTS), 403, "forbidden");
    web_posts("partner", path, analysis(arena, "SERRE-A", siret, PARTS), 403, "forbidden");
    web_posts("assessor", path, "{\"code\": \"SERRE-A\"}", 422, "\"workers_seen\"");
    web_posts("assessor", path, analysis(arena, "SERRE-A", "00000000000000", PARTS), 422,
              "\"siret\"");
    web_posts("assessor", path, analysis_of(arena, "SERRE-A", siret, "Z9999", PARTS), 422,
              "\"rome\"");
    web_posts("assessor", path,
              analysis(arena, "SERRE-A", siret, ", \"habiletes\": [{\"habilete\": \"TENSION\"}]"),
              422, "habiletes[0].why");
    web_posts("assessor", path,
              analysis(arena, "SERRE-A", siret, ", \"tasks\": [{\"task\": \"hommes uniquement\"}]"),
              422, "criterion_in_text");
    web_posts("assessor", path, analysis(arena, "SERRE-A", siret, ", \"max_age\": 40"), 422,
              "criterion_blocked");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM job_analysis"), 0); /* nothing half written */
}

/* The address of the next write of a draft, with the version that was seen. */
static int edited(const char *path, const char *header, const char *body) {
    struct web_answer answer = web("POST", path, "assessor", header, body);
    int status = answer.status;
    web_free(&answer);
    return status;
}

/* One officer alone puts nothing into effect; the second signs what was proposed and he has read.
 */
static void two_officers(struct arena *arena, const char *path) {
    const char *propose = arena_printf(arena, "%s/propose", path);
    const char *sign = arena_printf(arena, "%s/activate", path);
    web_posts("officer", sign, "{\"edit\": 2}", 409, "version_not_proposed");
    web_posts("assessor", propose, "{\"edit\": 2}", 403, "forbidden");
    web_posts("officer", propose, "{}", 422, "\"edit\"");
    web_posts("officer", propose, "{\"edit\": 1}", 412, "stale_edit");
    web_posts("officer", propose, "{\"edit\": 2}", 200, "proposed_by");
    web_posts("second", propose, "{\"edit\": 2}", 409, "version_proposed");
    web_posts("officer", sign, "{\"edit\": 2}", 409, "second_person_needed");
    web_posts("second", sign, "{\"edit\": 1}", 412, "stale_edit");
    web_posts("second", arena_printf(arena, "%s/drop", path), "{}", 200, "\"id\"");
    web_posts("second", sign, "{\"edit\": 2}", 409, "version_not_proposed");
    web_posts("officer", propose, "{\"edit\": 2}", 200, "proposed_by");
    tells("second", path + strlen("/api/v1"), "/activate", true);
    tells("officer", path + strlen("/api/v1"), "/activate", false);
    web_posts("second", sign, "{\"edit\": 2}", 200, "\"active\"");
}

START_TEST(an_analysis) {
    struct arena *arena = arena_new();
    web_account("second", "officer", "Test OFII");
    const char *siret = farm(arena);
    refused_forms(arena, siret);
    web_posts("assessor", "/api/v1/analyses", analysis(arena, "serre-a", siret, PARTS), 201,
              "/analyses/");
    const char *path =
        arena_printf(arena, "/api/v1/analyses/%lld", web_sql("SELECT max(id) FROM job_analysis"));
    const char *edit = arena_printf(arena, "%s/edit", path);
    struct web_answer shown = web("GET", path, "officer", NULL, NULL);
    char *etag = web_header(&shown, "ETag");
    web_free(&shown);
    const char *header = arena_printf(arena, "If-Match: %s\r\n", etag);
    const char *body = analysis(arena, "SERRE-A", siret, PARTS);
    ck_assert_int_eq(edited(edit, header, body), 422); /* the farm stays */
    const char *other = strchr(strstr(body, "siret") + 9, ',') + 1;
    other = arena_printf(arena, "{\"code\": \"SERRE-A\", \"label\": \"Sous serre\",%s", other);
    ck_assert_int_eq(edited(edit, "", other), 428);
    ck_assert_int_eq(edited(edit, header, other), 200);
    ck_assert_int_eq(edited(edit, header, other), 412);
    web_posts("assessor", "/api/v1/analyses", body, 409, "job_analysis_one_draft");
    web_gets("employer", path, "Effeuiller"); /* of his own farm */
    (void)web_sql("INSERT INTO org (kind, name, siret, country, naf, commune, hectares, "
                  "active_from) VALUES ('employer', 'Neighbour', '44306184100047', 'FR', '01.24Z', "
                  "'13004', 9, '2010-01-01'); SELECT 1");
    web_account("neighbour", "employer", "Neighbour");
    web_answers("GET", "neighbour", path, NULL, 404, "not_found");
    tells("neighbour", "/api/v1/analyses", "SERRE-A", false);
    tells("auditor", "/api/v1/analyses", "SERRE-A", true);
    web_posts("assessor", arena_printf(arena, "%s/activate", path), "{}", 403, "forbidden");
    two_officers(arena, path);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act LIKE 'analysis.%'"), 6);
    free(etag);
    arena_free(arena);
}
END_TEST

static const char profile[] =
    "{\"code\": \"GRAPPES\", \"label\": \"Grappes\", \"rome\": \"A1402\", \"pass_total\": 10, "
    "\"exercises\": [{\"exercise_id\": %lld}], \"analysis_id\": %s}";

START_TEST(a_profile_rests_on_it) {
    struct arena *arena = arena_new();
    long long cuts = web_sql("SELECT id FROM exercise WHERE code = 'EX-ESPACE'");
    long long speed = web_sql("SELECT id FROM exercise WHERE code = 'EX-TENSION'");
    web_posts("assessor", "/api/v1/analyses", analysis(arena, "SERRE-B", farm(arena), PARTS), 201,
              "/analyses/");
    long long id = web_sql("SELECT max(id) FROM job_analysis");
    const char *number = arena_printf(arena, "%lld", id);
    web_posts("assessor", "/api/v1/profiles", arena_printf(arena, profile, speed, number), 409,
              "analysis_not_active");
    web_posts("officer", arena_printf(arena, "/api/v1/analyses/%lld/propose", id), "{\"edit\": 1}",
              200, "proposed_by");
    web_posts("second", arena_printf(arena, "/api/v1/analyses/%lld/activate", id), "{\"edit\": 1}",
              200, "active");
    web_posts("assessor", "/api/v1/profiles", arena_printf(arena, profile, cuts, "null"), 201, "");
    const char *propose = arena_printf(arena, "/api/v1/profiles/%lld/propose",
                                       web_sql("SELECT max(id) FROM profile"));
    web_posts("officer", propose, "{\"edit\": 1}", 409, "profile_without_analysis");
    (void)web_sql("DELETE FROM profile_exercise WHERE profile_id = (SELECT max(id) FROM profile); "
                  "DELETE FROM profile WHERE id = (SELECT max(id) FROM profile); SELECT 1");
    web_posts("assessor", "/api/v1/profiles", arena_printf(arena, profile, cuts, number), 201, "");
    long long made = web_sql("SELECT max(id) FROM profile");
    propose = arena_printf(arena, "/api/v1/profiles/%lld/propose", made);
    web_posts("officer", propose, "{\"edit\": 1}", 409, "exercise_without_ground");
    (void)web_sql(arena_printf(
        arena, "UPDATE profile_exercise SET exercise_id = %lld WHERE profile_id = %lld; SELECT 1",
        speed, made));
    web_posts("officer", propose, "{\"edit\": 1}", 200, "proposed_by");
    web_posts("second", arena_printf(arena, "/api/v1/profiles/%lld/activate", made),
              "{\"edit\": 1}", 200, "active");
    tells("officer", arena_printf(arena, "/profiles/%lld", made), "SERRE-B", true);
    tells("officer", arena_printf(arena, "/profiles/%lld", made), "cadence", true); /* unseen */
    tells("officer", arena_printf(arena, "/analyses/%lld", id), "Grappes", true);
    arena_free(arena);
}
END_TEST

/* A campaign with one candidate who holds a valid result, and a seat with an accommodation. */
static void make_seat(void) {
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES ('S-2027', "
        "2027, 'Tests', '2027-02-01', '2027-11-30', 'open'); INSERT INTO campaign_service "
        "(campaign_id, org_id, quota) SELECT max(c.id), o.id, 10 FROM campaign c, org o WHERE "
        "o.kind = 'partner' GROUP BY o.id; ALTER TABLE candidate DISABLE TRIGGER USER; INSERT INTO "
        "worker (id) VALUES (9001); INSERT INTO candidate (campaign_id, org_id, worker_id, token, "
        "state, passport_key, person_key, swapped_key, available_from, available_to, consent_at, "
        "entered_by) SELECT (SELECT max(id) FROM campaign), o.id, 9001, 'TEST-0001', "
        "'preselected', decode(md5('p'), 'hex'), decode(md5('q'), 'hex'), decode(md5('r'), 'hex'), "
        "'2027-03-01', '2027-09-30', now(), 1 FROM org o WHERE o.kind = 'partner' LIMIT 1; ALTER "
        "TABLE candidate ENABLE TRIGGER USER; SELECT 1");
    char body[200];
    (void)snprintf(body, sizeof body,
                   "{\"campaign_id\": %lld, \"profile_id\": 3, \"held_on\": \"2027-02-01\", "
                   "\"site\": \"Tunis\", \"capacity\": 1}",
                   web_sql("SELECT max(id) FROM campaign"));
    web_posts("partner", "/api/v1/sessions", body, 201, "/sessions/1");
    web_posts("partner", "/api/v1/sessions/1/seats", "{\"seats\": [{\"token\": \"TEST-0001\"}]}",
              200, "\"taken\":1");
}

/* The lead of the only session is `role`'s account. */
static void lead_is(struct arena *arena, const char *role) {
    (void)web_sql(arena_printf(
        arena,
        "ALTER TABLE test_session DISABLE TRIGGER USER; UPDATE test_session SET lead_account = "
        "(SELECT id FROM account WHERE email = '%s@test.example'); ALTER TABLE test_session ENABLE "
        "TRIGGER USER; SELECT 1",
        role));
}

/* Sets the accommodation of the seat as it stands; the status. */
static int accommodate(struct arena *arena, const char *role, long long seat, const char *what) {
    const char *header = arena_printf(arena, "If-Match: \"%lld\"\r\n",
                                      web_sql("SELECT version FROM seat ORDER BY id DESC LIMIT 1"));
    struct web_answer answer =
        web("POST", arena_printf(arena, "/api/v1/seats/%lld/accommodation", seat), role, header,
            arena_printf(arena, "{\"accommodation\": \"%s\"}", what));
    int status = answer.status;
    web_free(&answer);
    return status;
}

/* Who prepares the room is told; who may mark is not, whatever he asks: an officer neither. */
static void a_marker_is_told_no_accommodation(struct arena *arena) {
    long long seat = web_sql("SELECT max(id) FROM seat");
    const char *sheet = arena_printf(arena, "/api/v1/seats/%lld", seat);
    const char *check = arena_printf(arena, "/seats/%lld/check", seat);
    const char *look = arena_printf(arena, "/api/v1/seats/%lld/check", seat);
    ck_assert_int_eq(accommodate(arena, "partner", seat, "large_print"), 200);
    tells("partner", "/api/v1/sessions/1", "large_print", true);
    tells("desk", "/api/v1/sessions/1", "large_print", true);
    static const char *const markers[] = {"officer", "assessor"};
    for (int i = 0; i < 2; i++) {
        lead_is(arena, "partner");
        tells(markers[i], "/api/v1/sessions/1", "large_print", false);
        tells(markers[i], sheet, "large_print", false);
        tells(markers[i], look, "large_print", false);
        tells(markers[i], check, "accommodation", false);
        tells(markers[i], "/sessions/1", "accommodation", false);
        ck_assert_int_eq(accommodate(arena, markers[i], seat, "breaks"), 403);
        tells(markers[i], sheet, "TEST-0001", true); /* control: the sheet is that seat's */
        /* control: as the lead of the session he prepares it, and marks another's */
        lead_is(arena, markers[i]);
        tells(markers[i], "/api/v1/sessions/1", "large_print", true);
        tells(markers[i], check, "accommodation", true);
        ck_assert_int_eq(accommodate(arena, markers[i], seat, "large_print"), 200);
        tells(markers[i], sheet, "large_print", false);
        tells(markers[i], sheet, "\"prepared_it\":true", true);
    }
    web_answers("GET", "employer", "/api/v1/sessions/1", NULL, 403, "forbidden");
    web_answers("GET", "employer", sheet, NULL, 403, "forbidden");
}

/* Counted anew: as many places would be filled as things are. */
static void filled_are(struct arena *arena, int filled) {
    web_posts("officer",
              arena_printf(arena, "/api/v1/campaigns/%lld/matching-simulation",
                           web_sql("SELECT max(id) FROM campaign")),
              "{}", 201, "\"waits\":false");
    web_gets("officer",
             arena_printf(arena, "/api/v1/matching-calculations/%lld",
                          web_sql("SELECT max(id) FROM matching_calculation")),
             arena_printf(arena, "\"as_is\",\"filled\":%d", filled));
}

/* Of a contract that asks for a profile, who holds a valid result fills it until the last day. */
static void matching_takes_valid_results(struct arena *arena) {
    (void)web_sql(
        "INSERT INTO result (seat_id, session_id, campaign_id, service_id, candidate_id, "
        "profile_id, outcome, total, max_total, valid_until, digest, held_on, account_id) SELECT "
        "t.id, t.session_id, t.campaign_id, t.service_id, t.candidate_id, 3, 'pass', 100, 140, "
        "today(), decode(repeat('00', 32), 'hex'), '2027-02-01', 1 FROM seat t; "
        "ALTER TABLE contract DISABLE TRIGGER USER; "
        "INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, "
        "last_day, rome, crop, tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on, "
        "profile_id) SELECT (SELECT max(id) FROM campaign), o.id, 'AAAA-0001', 'AAAAAA', "
        "'approved', 1, '2027-04-01', '2027-06-30', 'A1402', 'tomatoes', 'picking', '13004', 35, "
        "13, '2026-01-01', '2026-02-01', 3 FROM org o WHERE o.kind = 'employer' ORDER BY o.id "
        "LIMIT 1; ALTER TABLE contract ENABLE TRIGGER USER; SELECT 1");
    filled_are(arena, 1);
    static const char days[] = "ALTER TABLE result DISABLE TRIGGER USER; UPDATE result SET "
                               "valid_until = valid_until %s 1; ALTER TABLE result ENABLE TRIGGER "
                               "USER; SELECT 1";
    (void)web_sql(arena_printf(arena, days, "-"));
    filled_are(arena, 0);
    /* control: without its condition the day counts for nothing */
    (void)web_sql(
        "CREATE OR REPLACE FUNCTION result_counts(outcome text, valid_until date) RETURNS "
        "boolean LANGUAGE sql STABLE RETURN outcome = 'pass'; SELECT 1");
    filled_are(arena, 1);
}

/* A refused form says all that is wrong with it at once, whoever finds it. */
static void names_all(const char *role, const char *path, const char *body,
                      const char *const *fields) {
    struct web_answer answer = web("POST", path, role, NULL, body);
    ck_assert_msg(answer.status == 422, "%s", answer.all);
    for (; *fields != NULL; fields++) {
        char name[40];
        (void)snprintf(name, sizeof name, "{\"field\":\"%s\"", *fields);
        ck_assert_msg(strstr(answer.body, name) != NULL, "%s: %s", *fields, answer.body);
    }
    web_free(&answer);
}

/* The diagnosis and the meeting that were written down: a correction by who wrote it or an officer,
 * once; the lists show what counts, the entry's page what was. */
static void corrected(struct arena *arena) {
    static const char posts[] = "{\"rome\": \"A1402\", \"held_on\": \"2026-01-02\", \"posts\": %d, "
                                "\"source\": \"visit\", \"finding\": \"simulation\"%s}";
    static const char mistyped[] = ", \"reason\": \"mistyped\"";
    long long id = web_sql("SELECT max(id) FROM diagnosis");
    const char *correct = arena_printf(arena, "/api/v1/diagnoses/%lld/correct", id);
    web_posts("employer", correct, arena_printf(arena, posts, 21, mistyped), 403, "forbidden");
    web_posts("assessor", correct, arena_printf(arena, posts, 21, ""), 422, "\"reason\"");
    web_posts("assessor", "/api/v1/diagnoses/999/correct", arena_printf(arena, posts, 21, mistyped),
              404, "not_found");
    web_posts("assessor", correct, arena_printf(arena, posts, 21, mistyped), 200, "\"id\"");
    web_posts("assessor", correct, arena_printf(arena, posts, 22, mistyped), 409,
              "step_superseded");
    tells("employer", "/api/v1/diagnoses", "\"posts\":21", true);
    tells("employer", "/api/v1/diagnoses", "\"posts\":12", false);
    const char *page = arena_printf(arena, "/api/v1/diagnoses/%lld", id);
    tells("employer", page, "\"posts\":12", true);
    tells("assessor", page + strlen("/api/v1"), "/correct\"", true);
    tells("auditor", page + strlen("/api/v1"), "/correct\"", false);
    web_answers("GET", "neighbour", page, NULL, 404, "not_found");
    correct = arena_printf(arena, "/api/v1/diagnoses/%lld/correct",
                           web_sql("SELECT max(id) FROM diagnosis"));
    web_posts("officer", correct, arena_printf(arena, posts, 21, ", \"reason\": \"not_held\""), 200,
              "\"id\"");
    tells("employer", "/api/v1/diagnoses", "\"diagnoses\":[]", true);
    static const char meeting[] =
        "{\"held_on\": \"2026-01-02\", \"site\": \"Gabès\", \"came\": 41, "
        "\"reason\": \"misinformed\"}";
    id = web_sql("SELECT max(id) FROM session_meeting");
    correct = arena_printf(arena, "/api/v1/meetings/%lld/correct", id);
    web_posts("assessor", correct, meeting, 409, "step_of_another");
    names_all("partner", correct, "{\"held_on\": \"2999-01-01\", \"site\": \"x\", \"came\": 1}",
              (const char *const[]){"held_on", "reason", NULL});
    web_posts("partner", correct, meeting, 200, "meeting_id");
    tells("auditor", "/sessions/1/meetings", "Sfax", false);
    tells("auditor", arena_printf(arena, "/meetings/%lld", id), "Sfax", true);
}

/* Steps 1, 5 and 7 over HTTP; the rules: tests/sql/method_steps.sql. */
static void steps_around(struct arena *arena) {
    static const char path[] = "/api/v1/diagnoses", meetings[] = "/api/v1/sessions/1/meetings";
    const char *body =
        arena_printf(arena,
                     "{\"siret\": \"%s\", \"rome\": \"a1402\", \"held_on\": \"2026-01-02\", "
                     "\"posts\": 12, \"source\": \"visit\", \"finding\": \"simulation\"}",
                     farm(arena));
    web_posts("employer", path, body, 403, "forbidden");
    names_all(
        "assessor", path,
        "{\"siret\": \"00000000000000\", \"rome\": \"Z9999\", \"held_on\": \"2999-01-01\", "
        "\"posts\": 0, \"source\": \"hearsay\"}",
        (const char *const[]){"siret", "rome", "held_on", "posts", "source", "finding", NULL});
    web_posts("assessor", path, body, 201, "\"id\"");
    tells("employer", "/api/v1/diagnoses?rome=A1402", "\"posts\":12", true);
    tells("officer", "/api/v1/diagnoses?rome=A1405", "\"posts\":12", false);
    tells("neighbour", path, "\"posts\":12", false);
    static const char meeting[] = "{\"held_on\": \"2026-01-02\", \"site\": \"Sfax\", \"came\": 40, "
                                  "\"employer_there\": true}";
    web_posts("desk", meetings, meeting, 403, "forbidden");
    names_all("partner", meetings, "{\"held_on\": \"2999-01-01\", \"came\": 2000}",
              (const char *const[]){"held_on", "site", "came", NULL});
    web_posts("partner", "/api/v1/sessions/999/meetings", meeting, 404, "not_found");
    web_posts("partner", meetings, meeting, 200, "meeting_id");
    web_gets("auditor", "/sessions/1/meetings", "Sfax");
    web_gets("assessor", "/diagnoses/new", "<h1>");
    web_gets("employer", "/diagnoses", "A1402");
    web_posts("employer", "/api/v1/proposals/999/interview",
              "{\"held_on\": \"2026-01-02\", \"channel\": \"phone\"}", 404, "not_found");
    web_posts("officer", "/api/v1/proposals/999/interview", "{\"channel\": \"letter\"}", 422,
              "\"channel\"");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act IN ('diagnosis.create', "
                             "'session.meeting')"),
                     2);
    corrected(arena);
}

START_TEST(a_seat_and_its_result) {
    struct arena *arena = arena_new();
    make_seat();
    a_marker_is_told_no_accommodation(arena);
    matching_takes_valid_results(arena);
    steps_around(arena);
    arena_free(arena);
}
END_TEST

START_TEST(pages_open) {
    struct arena *arena = arena_new();
    web_posts("assessor", "/api/v1/analyses", analysis(arena, "SERRE-C", farm(arena), PARTS), 201,
              "/analyses/");
    long long id = web_sql("SELECT max(id) FROM job_analysis");
    web_gets("officer", "/analyses", "SERRE-C");
    web_gets("assessor", "/analyses/new", "<h1>");
    web_gets("assessor", arena_printf(arena, "/analyses/%lld", id), "chaleur");
    web_gets("assessor", arena_printf(arena, "/analyses/%lld/edit", id), "chaleur");
    web_gets("assessor", "/profiles/new", "analysis_id");
    /* a form that cannot be read comes back with what was written and what is wrong */
    struct web_answer answer = web("POST", "/analyses", "assessor", NULL,
                                   "code=SERRE-D&label=Toile+rouge&siret=1&posts_seen=3");
    ck_assert_int_eq(answer.status, 422);
    ck_assert_msg(strstr(answer.body, "Toile rouge") != NULL &&
                      strstr(answer.body, "siret-error") != NULL,
                  "%s", answer.all);
    web_free(&answer);
    arena_free(arena);
}
END_TEST

WEB_MAIN_ONCE("analyses of jobs", 120, an_analysis, a_profile_rests_on_it, a_seat_and_its_result,
              pages_open)
