/* A session of tests over HTTP: seats, identity, two markers who do not see each other, the
 * comparison, the result; and the versions of references. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "tests/support/web.h"

/* A campaign and two preselected candidates; the first session's seats will be 1 and 2. */
static void make_people(void) {
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state) "
        "VALUES ('S-2027', 2027, 'Tests', '2027-02-01', '2027-11-30', 'open'); "
        "INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT 1, id, 10 FROM org WHERE "
        "kind = 'partner'; ALTER TABLE candidate DISABLE TRIGGER USER; "
        "INSERT INTO worker (id) VALUES (9001), (9002); "
        "INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, "
        "person_key, swapped_key, available_from, available_to, consent_at, entered_by) "
        "SELECT 1, o.id, 9000 + n, 'TEST-000' || n, 'preselected', decode(md5('p' || n), 'hex'), "
        "decode(md5('q' || n), 'hex'), decode(md5('r' || n), 'hex'), '2027-03-01', '2027-09-30', "
        "now(), 1 FROM org o, generate_series(1, 2) n WHERE o.kind = 'partner'; "
        "ALTER TABLE candidate ENABLE TRIGGER USER; SELECT 1");
}

static void seats(void) {
    web_posts(
        "partner", "/api/v1/sessions",
        "{\"campaign_id\": 1, \"profile_id\": 3, \"held_on\": \"2099-02-01\", \"site\": \"Tunis\","
        " \"capacity\": 1}",
        201, "/sessions/1");
    web_posts("employer", "/api/v1/sessions/1/start", "{}", 403, "forbidden");
    web_gets("partner", "/api/v1/sessions/1/eligible", "TEST-0001");
    web_posts("partner", "/api/v1/sessions/1/seats",
              "{\"seats\": [{\"token\": \"TEST-0001\"}, {\"token\": \"TEST-0002\"}]}", 409,
              "session_full");
    ck_assert_int_eq(web_sql("SELECT seats_taken FROM test_session WHERE id = 1"), 0);
    web_posts("partner", "/api/v1/sessions/1/seats", "{\"seats\": [{\"token\": \"TEST-9999\"}]}",
              422, "seat_unknown_candidate");
    web_posts("partner", "/api/v1/sessions/1/seats", "{\"seats\": []}", 422, "required");
    web_posts("partner", "/api/v1/sessions/1/seats", "{\"seats\": [{\"token\": \"TEST-0001\"}]}",
              200, "\"taken\":1");
    web_posts("partner", "/api/v1/sessions/1/start", "{}", 200, "running");
    web_posts("partner", "/api/v1/sessions/1/start", "{}", 409, "conflict");
    web_posts("partner", "/api/v1/sessions/1/end", "{}", 409, "seats_undecided");
}

static const char *seat_path(struct arena *arena, const char *before, const char *after) {
    return arena_printf(arena, "%s%lld%s", before, web_sql("SELECT max(id) FROM seat"), after);
}

static void identity(struct arena *arena) {
    const char *check = seat_path(arena, "/api/v1/seats/", "/check");
    web_posts("desk", check, "{\"attendance\": \"present\", \"photo_match\": true}", 422,
              "seat_identity_first");
    web_posts("desk", check, "{\"attendance\": \"void\"}", 422, "seat_reason_needed");
    web_posts("desk", check,
              "{\"attendance\": \"present\", \"document_seen\": true, \"photo_match\": true}", 200,
              "checked");
    const char *second = seat_path(arena, "/api/v1/seats/", "/second-check");
    web_posts("desk", second, "{}", 409, "seat_same_checker");
    web_posts("partner", second, "{}", 200, "id");
    web_posts("partner", "/api/v1/sessions/1/end", "{}", 200, "marking");
}

/* Every criterion of the seat's profile with `points`, the first one with `first`. */
static const char *all_marks(struct arena *arena, int mark_no, int first, int points) {
    struct buf body;
    buf_init(&body, arena, 1024);
    buf_text(&body, "{\"marks\": [");
    for (int i = 0; i < 10; i++) {
        char sql[200];
        (void)snprintf(sql, sizeof sql,
                       "SELECT c.id FROM criterion c JOIN profile_exercise x ON x.exercise_id = "
                       "c.exercise_id WHERE x.profile_id = 3 ORDER BY x.seq, c.seq OFFSET %d",
                       i);
        buf_printf(&body,
                   "%s{\"seat_id\": %lld, \"criterion_id\": %lld, \"mark_no\": %d, \"points\": %d}",
                   i == 0 ? "" : ", ", web_sql("SELECT max(id) FROM seat"), web_sql(sql), mark_no,
                   i == 0 ? first : points);
    }
    buf_text(&body, "]}");
    return body.ptr;
}

static void marks(struct arena *arena) {
    const char *path = "/api/v1/sessions/1/marks";
    web_posts("partner", path, all_marks(arena, 1, 6, 6), 403, "forbidden");
    web_posts("assessor", path, all_marks(arena, 1, 12, 13), 422, "out_of_range");
    web_posts("assessor", path, all_marks(arena, 3, 6, 6), 409, "third_not_needed");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM mark"), 0); /* all or none */
    web_posts("assessor", path, all_marks(arena, 1, 12, 6), 200, "\"given\":10");
    web_posts("assessor", path, all_marks(arena, 2, 6, 6), 409, "marker_same_person");
    web_gets("officer", path, "\"marks\":[]"); /* blind */
    web_gets("assessor", path, "\"points\":12");
    web_gets("officer", seat_path(arena, "/seats/", ""), "TEST-0001");
    web_posts("officer", "/api/v1/sessions/1/close", "{}", 409, "marks_missing");
    web_posts("officer", path, all_marks(arena, 2, 6, 6), 200, "\"given\":10");
    web_posts("officer", path, all_marks(arena, 2, 6, 6), 409, "mark_given");
    web_posts("officer", "/api/v1/sessions/1/compare", "{}", 200, "\"third_marks_needed\":1");
    web_posts("officer", "/api/v1/sessions/1/close", "{}", 409, "third_mark_needed");
}

static void result(void) {
    char path[80];
    (void)snprintf(path, sizeof path, "/api/v1/marks/%lld/correct",
                   web_sql("SELECT id FROM mark WHERE points = 12"));
    web_posts("officer", path, "{\"points\": 7, \"reason\": \"not mine\"}", 404, "not_found");
    web_posts("assessor", path, "{\"points\": 7}", 422, "required");
    web_posts("assessor", path, "{\"points\": 7, \"reason\": \"counted twice\"}", 200, "id");
    web_posts("assessor", path, "{\"points\": 8, \"reason\": \"once more\"}", 409,
              "mark_superseded_once");
    web_posts("officer", "/api/v1/sessions/1/close", "{}", 200, "\"passed\":1");
    web_gets("partner", "/api/v1/sessions/1/results", "\"outcome\":\"pass\"");
    web_gets("auditor", "/api/v1/sessions/1/recompute", "\"differing\":0");
    web_posts(
        "partner", "/api/v1/sessions",
        "{\"campaign_id\": 1, \"profile_id\": 3, \"held_on\": \"2099-02-02\", \"site\": \"Tunis\","
        " \"capacity\": 5}",
        201, "/sessions/2");
    web_posts("partner", "/api/v1/sessions/2/seats", "{\"seats\": [{\"token\": \"TEST-0001\"}]}",
              409, "seat_result_valid");
    /* control: a stored result that was touched is found out */
    (void)web_sql("ALTER TABLE result DISABLE TRIGGER USER; UPDATE result SET total = total + 1; "
                  "ALTER TABLE result ENABLE TRIGGER USER; SELECT 1");
    web_gets("auditor", "/api/v1/sessions/1/recompute", "\"differing\":1");
}

START_TEST(a_session) {
    struct arena *arena = arena_new();
    make_people();
    seats();
    identity(arena);
    marks(arena);
    result();
    arena_free(arena);
}
END_TEST

START_TEST(references_have_versions) {
    web_posts("assessor", "/api/v1/profiles/1/next", "{}", 201, "/profiles/5");
    web_posts("assessor", "/api/v1/profiles/1/next", "{}", 409, "profile_one_draft");
    struct web_answer shown = web("GET", "/api/v1/profiles/5", "officer", NULL, NULL);
    char *etag = web_header(&shown, "ETag");
    ck_assert_ptr_nonnull(etag);
    web_free(&shown);
    static const char *const body =
        "{\"code\": \"CUEILLETTE-FRUITS\", \"label\": \"Fruits\", \"pass_total\": 10, "
        "\"exercises\": [{\"exercise_id\": 1, \"weight\": 1, \"min_points\": 5}]}";
    web_posts("assessor", "/api/v1/profiles/5/edit", body, 428, "if_match_needed");
    char header[80];
    (void)snprintf(header, sizeof header, "If-Match: %s\r\n", etag);
    for (int i = 0; i < 2; i++) {
        struct web_answer edited = web("POST", "/api/v1/profiles/5/edit", "assessor", header, body);
        ck_assert_int_eq(edited.status, i == 0 ? 200 : 412);
        web_free(&edited);
    }
    static const char *const propose = "/api/v1/profiles/5/propose";
    static const char *const sign = "/api/v1/profiles/5/activate";
    web_account("second", "officer", "Test OFII");
    web_posts("assessor", sign, "{\"edit\": 2}", 403, "forbidden");
    web_posts("officer", propose, "{\"edit\": 2}", 409, "profile_without_analysis");
    /* control: where the office asks for none; with one: test_analysis.c */
    (void)web_sql("UPDATE assessment_setting SET value = 0 WHERE code = 'analysis_required'; "
                  "SELECT 1");
    web_posts("officer", propose, "{\"edit\": 2}", 200, "\"proposed_by_me\":true");
    web_posts("officer", sign, "{\"edit\": 2}", 409, "second_person_needed");
    web_gets("second", "/profiles/5", "pas étalonné");
    web_posts("second", sign, "{\"edit\": 2}", 200, "\"state\":\"active\"");
    web_gets("employer", "/api/v1/profiles/1", "retired");
    web_posts("assessor", "/api/v1/habiletes", "{\"code\": \"1X\", \"label\": \"x\"}", 422,
              "reference_code");
    web_posts("assessor", "/api/v1/exercises",
              "{\"code\": \"EX-NEW\", \"label\": \"New\", \"kind\": \"paper\", \"minutes\": 5, "
              "\"criteria\": [{\"label\": \"a\", \"kind\": \"count\"}]}",
              422, "criteria[0].max_points");
    free(etag);
}
END_TEST

START_TEST(pages_open) {
    static const char *const paths[] = {"/profiles",  "/profiles/2",  "/profiles/new",
                                        "/exercises", "/exercises/1", "/exercises/new",
                                        "/habiletes", "/habiletes/1", "/habiletes/new",
                                        "/sessions",  "/sessions/new"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        web_gets("officer", paths[i], "<h1>");
    }
}
END_TEST

WEB_MAIN_ONCE("sessions of tests", 120, a_session, references_have_versions, pages_open)
