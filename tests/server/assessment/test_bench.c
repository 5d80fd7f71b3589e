/* Calibration, appeals and quality over HTTP: two persons sign, others decide, small groups are
 * hidden. The rules themselves: tests/sql/bench.sql. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "tests/support/web.h"

static void lacks(const char *role, const char *path, const char *unwanted) {
    struct web_answer answer = web("GET", path, role, NULL, NULL);
    ck_assert_msg(answer.status == 200 && strstr(answer.body, unwanted) == NULL, "%s: %s", path,
                  answer.all);
    web_free(&answer);
}

/* Scores of workers 1..n: 10 + number in each exercise of the draft. */
static const char *scores(struct arena *arena, int workers) {
    struct buf out;
    buf_init(&out, arena, 1024);
    buf_text(&out, "{\"scores\": [");
    for (int w = 1; w <= workers; w++) {
        for (int e = 0; e < 5; e++) {
            char sql[160];
            (void)snprintf(sql, sizeof sql,
                           "SELECT exercise_id FROM profile_exercise WHERE profile_id = (SELECT "
                           "max(id) FROM profile) ORDER BY seq OFFSET %d",
                           e);
            buf_printf(&out, "%s{\"worker_no\": %d, \"exercise_id\": %lld, \"points\": %d}",
                       w == 1 && e == 0 ? "" : ", ", w, web_sql(sql), 10 + w);
        }
    }
    buf_text(&out, "]}");
    return out.ptr;
}

/* Weights of SERRE: 2 1 1 1 2 = 7. Totals 77 84 91 98 105: median 91, first quarter 84. */
START_TEST(a_threshold_is_set_with_workers) {
    struct arena *arena = arena_new();
    char siret[20];
    (void)snprintf(siret, sizeof siret, "%014lld",
                   web_sql("SELECT siret::bigint FROM org WHERE kind = 'employer' LIMIT 1"));
    web_posts("assessor", "/api/v1/profiles/3/next", "{}", 201, "/profiles/");
    long long draft = web_sql("SELECT max(id) FROM profile");
    const char *made = arena_printf(arena,
                                    "{\"profile_id\": %lld, \"siret\": \"%s\", \"held_on\": "
                                    "\"2026-01-02\", \"site\": \"Farm\"}",
                                    draft, siret);
    web_posts("employer", "/api/v1/calibrations", made, 403, "forbidden");
    web_posts("assessor", "/api/v1/calibrations",
              "{\"profile_id\": 3, \"siret\": \"1\", \"held_on\": \"2026-01-02\"}", 422, "siret");
    web_posts("assessor", "/api/v1/calibrations", made, 201, "/calibrations/1");
    web_posts("assessor", "/api/v1/calibrations/1/propose", "{}", 409, "panel_too_small");
    web_posts("assessor", "/api/v1/calibrations/1/scores", scores(arena, 4), 200, "\"workers\":4");
    web_posts("assessor", "/api/v1/calibrations/1/propose", "{}", 409, "panel_too_small");
    web_posts("assessor", "/api/v1/calibrations/1/scores", scores(arena, 5), 200, "\"workers\":5");
    web_posts("assessor", "/api/v1/calibrations/1/propose", "{}", 200, "\"pass_total\":84");
    web_gets("assessor", "/api/v1/calibrations/1", "\"total_median\":91.00");
    web_gets("employer", "/api/v1/calibrations/1", "\"total_p25\":84.00");
    lacks("employer", "/api/v1/calibrations/1", "worker_no");
    web_answers("GET", "employer", "/api/v1/calibrations/1/scores", NULL, 403, "forbidden");
    web_gets("assessor", "/api/v1/calibrations/1/scores", "worker_no"); /* control */
    web_gets("assessor", "/calibrations/1/scores", "scores[0][points]");
    web_posts("officer", "/api/v1/calibrations/1/sign", "{}", 403, "forbidden");
    web_posts("employer", "/api/v1/calibrations/1/sign", "{}", 200, "proposed");
    ck_assert_int_eq(web_sql("SELECT pass_total FROM profile WHERE id = (SELECT max(id) FROM "
                             "profile)"),
                     78);
    web_posts("assessor", "/api/v1/calibrations/1/sign", "{}", 200, "signed");
    ck_assert_int_eq(web_sql("SELECT pass_total FROM profile WHERE id = (SELECT max(id) FROM "
                             "profile)"),
                     84);
    web_posts("assessor", "/api/v1/calibrations/1/scores", scores(arena, 5), 409, "conflict");
    web_gets("employer", "/calibrations/1", "<h1>");
    web_gets("officer", "/calibrations", "84");
    arena_free(arena);
}
END_TEST

/* Twenty seats, marked by two accounts in closed sessions at three sites; the second always a level
 * lower; at Tunis everybody reaches what one in ten does elsewhere. */
static void make_sessions(void) {
    (void)web_sql(
        "ALTER TABLE test_session DISABLE TRIGGER USER; ALTER TABLE seat DISABLE TRIGGER USER; "
        "ALTER TABLE marker DISABLE TRIGGER USER; ALTER TABLE candidate DISABLE TRIGGER USER; "
        "INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES ('Q-2027', "
        "2027, 'Q', '2027-02-01', '2027-11-30', 'open'); "
        "INSERT INTO worker (id) SELECT 9000 + n FROM generate_series(1, 30) n; "
        "INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, "
        "person_key, swapped_key, available_from, available_to, consent_at, entered_by) SELECT "
        "(SELECT max(id) FROM campaign), o.id, 9000 + n, 'TEST-' || lpad(n::text, 4, '0'), "
        "'preselected', decode(md5('p' || n), 'hex'), decode(md5('q' || n), 'hex'), "
        "decode(md5('r' || n), 'hex'), '2027-03-01', '2027-09-30', now(), 1 FROM org o, "
        "generate_series(1, 30) n WHERE o.kind = 'partner'; "
        "INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, capacity, "
        "pass_total, tolerance_percent, resit_days, lead_account, state, closed_at, closed_on) "
        "SELECT (SELECT max(id) FROM campaign), o.id, 1, '2027-02-01', site, 30, 1, 10, 0, 1, "
        "'closed', now(), now()::date FROM org o, unnest(ARRAY['Casablanca', 'Tunis', 'Small']) "
        "site WHERE o.kind = 'partner'; "
        "INSERT INTO seat (session_id, campaign_id, org_id, service_id, candidate_id, token, open, "
        "attendance, document_seen, photo_match, checked_by) SELECT s.id, s.campaign_id, s.org_id, "
        "s.org_id, c.id, c.token, false, 'present', true, true, 1 FROM candidate c JOIN "
        "test_session s ON s.site = CASE WHEN c.worker_id <= 9020 THEN 'Casablanca' WHEN "
        "c.worker_id <= 9027 THEN 'Tunis' ELSE 'Small' END; "
        "INSERT INTO marker SELECT t.id, c.exercise_id, n, a.id FROM seat t JOIN criterion c ON "
        "c.id = 1, generate_series(1, 2) n JOIN account a ON a.role = CASE n WHEN 1 THEN "
        "'assessor' ELSE 'officer' END; "
        "INSERT INTO mark (campaign_id, session_id, seat_id, exercise_id, criterion_id, mark_no, "
        "points, account_id) SELECT t.campaign_id, t.session_id, t.id, k.exercise_id, 1, "
        "k.mark_no, "
        "CASE WHEN s.site = 'Casablanca' AND t.id % 10 <> 0 THEN 2 ELSE 6 END - 2 * (k.mark_no - "
        "1), k.account_id FROM marker k JOIN seat t ON t.id = k.seat_id JOIN test_session s ON "
        "s.id = t.session_id; "
        "ALTER TABLE test_session ENABLE TRIGGER USER; ALTER TABLE seat ENABLE TRIGGER USER; "
        "ALTER TABLE marker ENABLE TRIGGER USER; ALTER TABLE candidate ENABLE TRIGGER USER; "
        "SELECT 1");
}

/* Levels: 18 times (1, 0), 12 times (3, 2). sum w o = 30; rows 1:18 3:12, columns 0:18 2:12;
 * sum w r c = 18*18*1 + 18*12*1 + 12*18*9 + 12*12*1 = 324 + 216 + 1944 + 144 = 2628;
 * kappa = 1 - 30 * 30 / 2628 = 0.6575. Gap: 2 of 8 = 25 %. */
START_TEST(quality_is_told) {
    make_sessions();
    static const char path[] = "/api/v1/quality?profile=CUEILLETTE-FRUITS";
    web_gets("officer", path, "\"kappa\":\"0.6575\"");
    web_gets("auditor", path, "\"mean_gap\":\"25.00\"");
    web_gets("auditor", path, "\"gap\":\"-25.00\"");
    web_gets("auditor", path,
             "\"site\":\"Tunis\",\"hidden\":false,\"seats\":7,\"percent\":100,\"alarm\":true");
    web_gets(
        "auditor", path,
        "\"site\":\"Casablanca\",\"hidden\":false,\"seats\":20,\"percent\":10,\"alarm\":false");
    web_gets("auditor", path, "\"site\":\"Small\",\"hidden\":true}"); /* three seats */
    web_gets("auditor", path, "\"alarms\":1");
    web_answers("GET", "partner", path, NULL, 403, "forbidden");
    web_gets("officer", "/quality?profile=CUEILLETTE-FRUITS", "0.6575");
    web_gets("officer", "/quality", "<h1>");
    web_gets("officer", "/api/v1/quality?profile=TAILLE", "\"pairs\":[]");
}
END_TEST

/* More rows than the page shows, of as many markers and sites as no test can make one by one. */
START_TEST(quality_says_what_it_leaves_out) {
    static const char path[] = "/api/v1/quality?profile=CUEILLETTE-FRUITS";
    struct web_answer whole = web("GET", path, "auditor", NULL, NULL);
    ck_assert_msg(strstr(whole.body, "left_out") == NULL, "%s", whole.body); /* control */
    web_free(&whole);
    (void)web_sql(
        "CREATE OR REPLACE FUNCTION quality_pairs(code text) RETURNS TABLE (marker_a bigint, "
        "marker_b bigint, level_a int, level_b int, times bigint, gap bigint) LANGUAGE sql STABLE "
        "AS $$ SELECT n, n + 1, l, l, 9::bigint, 0::bigint FROM generate_series(1, 1005) n, "
        "generate_series(0, 4) l $$; "
        "CREATE OR REPLACE FUNCTION quality_drift(code text) RETURNS TABLE (marker bigint, month "
        "date, times bigint, gap bigint) LANGUAGE sql STABLE AS $$ SELECT n, '2027-01-01'::date, "
        "9::bigint, 0::bigint FROM generate_series(1, 1020) n $$; "
        "CREATE OR REPLACE FUNCTION quality_items(code text) RETURNS TABLE (criterion_id bigint, "
        "exercise text, criterion text, form text, site text, first_session bigint, last_session "
        "bigint, seats bigint, reached bigint, others numeric, leaked boolean) LANGUAGE sql STABLE "
        "AS $$ SELECT 1::bigint, 'E', 'C', 'A', 'S' || n, 1::bigint, 1::bigint, 9::bigint, "
        "1::bigint, 0.1, n % 1000 = 0 FROM generate_series(1, 5300) n $$; SELECT 1");
    web_gets("auditor", path, "\"left_out\":325");
    web_gets("auditor", path, "\"kappa\":\"1.0000\"");
    web_gets("auditor", path, "\"alarms\":5"); /* also of sites beyond */
    web_gets("auditor", "/quality?profile=CUEILLETTE-FRUITS", "325 autres n&#39;y figurent pas");
}
END_TEST

static const char *seat_path(struct arena *arena, const char *after) {
    return arena_printf(arena, "/api/v1/seats/%lld%s",
                        web_sql("SELECT t.id FROM seat t JOIN test_session s ON s.id = "
                                "t.session_id WHERE s.site = 'Small' ORDER BY 1 LIMIT 1"),
                        after);
}

START_TEST(an_appeal_is_decided_by_others) {
    struct arena *arena = arena_new();
    if (web_sql("SELECT count(*) FROM seat") == 0) {
        make_sessions();
    }
    const char *file = seat_path(arena, "/appeal");
    web_posts("partner", file, "{\"ground\": \"unfair\", \"note\": \"I should have passed\"}", 422,
              "not_a_choice");
    web_posts("assessor", file, "{\"ground\": \"procedure\", \"note\": \"the sheet was missing\"}",
              403, "forbidden");
    web_posts("partner", file, "{\"ground\": \"procedure\", \"note\": \"the sheet was missing\"}",
              201, "/appeals/1");
    web_posts("partner", file, "{\"ground\": \"procedure\", \"note\": \"the sheet was missing\"}",
              409, "appeal_once");
    static const char decision[] = "{\"outcome\": \"re_sit\", \"reason\": \"it was missing\"}";
    web_posts("officer", "/api/v1/appeals/1/decide", decision, 409, "appeal_of_own_session");
    web_posts("assessor", "/api/v1/appeals/1/decide", decision, 409, "appeal_of_own_session");
    web_gets("officer", "/api/v1/appeals/1", "\"may_decide\":false");
    web_account("other", "officer", "Test OFII");
    web_posts("other", "/api/v1/appeals/1/decide", decision, 200, "\"decided\"");
    lacks("partner", "/api/v1/appeals/1", "surname");
    web_gets("partner", "/appeals/1", "TEST-00");
    web_gets("partner", "/appeals", "TEST-00");
    web_gets("officer",
             arena_printf(arena, "/sessions/%lld/incidents",
                          web_sql("SELECT max(id) FROM test_session")),
             "<h1>");
    arena_free(arena);
}
END_TEST

static int proposed(const char *role, const char *version) {
    char header[40];
    (void)snprintf(header, sizeof header, "If-Match: \"%s\"\r\n", version);
    struct web_answer answer = web("POST", "/api/v1/quality/settings/pack_hours", role, header,
                                   "{\"value\": 48, \"reason\": \"villages two days away\"}");
    int status = answer.status;
    web_free(&answer);
    return status;
}

START_TEST(figures_change_by_two) {
    char path[64];
    web_account("officer2", "officer", "Test OFII");
    web_gets("auditor", "/api/v1/quality/settings", "\"code\":\"pack_hours\",\"value\":36");
    web_posts("officer", "/api/v1/quality/settings/pack_hours", "{\"value\": 48}", 428, "");
    ck_assert_int_eq(proposed("auditor", "1"), 403);
    ck_assert_int_eq(proposed("officer", "2"), 412);
    ck_assert_int_eq(proposed("officer", "1"), 200);
    (void)snprintf(path, sizeof path, "/api/v1/quality/changes/%lld",
                   web_sql("SELECT max(id) FROM assessment_change"));
    web_posts("officer", path, "{\"outcome\": \"take\"}", 409, "second_person_needed");
    web_posts("officer2", path, "{\"outcome\": \"keep\"}", 422, "outcome");
    web_gets("officer2", "/quality/settings", "villages two days away");
    web_posts("officer2", path, "{\"outcome\": \"take\"}", 200, "");
    web_gets("auditor", "/api/v1/quality/settings",
             "\"code\":\"pack_hours\",\"value\":48,\"version\":2");
    ck_assert_int_eq(proposed("officer", "1"), 412);
    web_gets("auditor", "/quality/settings", "officer2");
}
END_TEST

WEB_MAIN_ONCE("the bench over HTTP", 120, a_threshold_is_set_with_workers, quality_is_told,
              quality_says_what_it_leaves_out, an_appeal_is_decided_by_others,
              figures_change_by_two)
