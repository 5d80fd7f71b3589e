/* Packs over HTTP: made once an assessor, signed, brought back exactly once, whole or not at all;
 * rows of other seats, twice, or outside the session are each refused by name. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "server/app.h"
#include "tests/support/season.h"
#include "tests/support/web.h"

static struct arena *arena;
static char pack[40];

/* A session of today with two seats, checked in, and no pack yet. Packs are issued by SQL here: the
 * content needs sealed identities, which the demo has. */
static void make_session(void) {
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES ('P-2027', "
        "2027, 'P', '2027-02-01', '2027-11-30', 'open'); "
        "INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT 1, id, 10 FROM org WHERE "
        "kind = 'partner'; ALTER TABLE candidate DISABLE TRIGGER USER; "
        "INSERT INTO worker (id) VALUES (9001), (9002), (9003), (9004); "
        "INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, "
        "person_key, swapped_key, available_from, available_to, consent_at, entered_by) "
        "SELECT 1, o.id, 9000 + n, 'TEST-000' || n, 'preselected', decode(md5('p' || n), 'hex'), "
        "decode(md5('q' || n), 'hex'), decode(md5('r' || n), 'hex'), '2027-03-01', '2027-09-30', "
        "now(), 1 FROM org o, generate_series(1, 4) n WHERE o.kind = 'partner'; "
        "ALTER TABLE candidate ENABLE TRIGGER USER; "
        "ALTER TABLE test_session DISABLE TRIGGER USER; "
        "INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, capacity, "
        "pass_total, tolerance_percent, resit_days, lead_account, state) SELECT 1, id, 3, "
        "(clock_timestamp() AT TIME ZONE 'UTC')::date, 'Village', 5, 78, 10, 30, 1, 'planned' FROM "
        "org WHERE kind = 'partner'; ALTER TABLE test_session ENABLE TRIGGER USER; "
        "INSERT INTO seat (session_id, candidate_id) SELECT 1, id FROM candidate WHERE worker_id < "
        "9003; "
        "SELECT 1");
}

static void issue(const char *role) {
    char sql[400];
    (void)snprintf(pack, sizeof pack, "%032lld", web_sql("SELECT count(*) + 1 FROM session_pack"));
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO session_pack (pack, session_id, org_id, account_id, digest, "
                   "issued_at) SELECT '%s', s.id, s.org_id, a.id, sha256('x'), clock_timestamp() - "
                   "interval '1 hour' FROM test_session s, account a WHERE s.id = 1 AND a.role = "
                   "'%s' LIMIT 1; SELECT 1",
                   pack, role);
    (void)web_sql(sql);
}

/* A body: seats present when `checks`, ten marks of the first seat, each `age` seconds old. */
static const char *body_of(bool checks, int marks, long long seat, int age, int ahead) {
    long long now = (long long)time(NULL) + ahead;
    struct buf out;
    buf_init(&out, arena, 1024);
    buf_printf(&out, "{\"clock\": %lld, \"seats\": [", now);
    for (int i = 1; checks && i <= 2; i++) {
        buf_printf(&out,
                   "%s{\"seat_id\": %d, \"attendance\": \"present\", \"document_seen\": true, "
                   "\"photo_match\": true, \"at\": %lld}",
                   i == 1 ? "" : ", ", i, now - age);
    }
    buf_text(&out, "], \"marks\": [");
    for (int i = 0; i < marks; i++) {
        char sql[200];
        (void)snprintf(sql, sizeof sql,
                       "SELECT c.id FROM criterion c JOIN profile_exercise x ON x.exercise_id = "
                       "c.exercise_id WHERE x.profile_id = 3 ORDER BY x.seq, c.seq OFFSET %d",
                       i);
        buf_printf(&out,
                   "%s{\"seat_id\": %lld, \"criterion_id\": %lld, \"points\": 6, \"at\": %lld}",
                   i == 0 ? "" : ", ", seat, web_sql(sql), now - age);
    }
    buf_text(&out, "]}");
    return out.ptr;
}

static const char *import_path(void) {
    return arena_printf(arena, "/api/v1/packs/%s/import", pack);
}

static void rows_are_judged(void) {
    const char *path = import_path();
    web_answers("POST", "assessor", path, body_of(false, 1, 999, 60, 0), 422, "marks[0].seat_id");
    web_answers("POST", "assessor", path, body_of(false, 2, 1, 3 * 86400, 0), 422, "marks[1].at");
    web_answers("POST", "assessor", path, body_of(false, 2, 1, -3600, 0), 422, "outside_session");
    web_answers("POST", "assessor", path, body_of(false, 2, 1, 60, 3600), 409, "clock_wrong");
    web_answers(
        "POST", "assessor", path,
        arena_printf(
            arena,
            "{\"clock\": %lld, \"marks\": [{\"seat_id\": 1, \"criterion_id\": 1, \"points\": 900, "
            "\"at\": %lld}]}",
            (long long)time(NULL), (long long)time(NULL) - 60),
        422, "out_of_range");
    web_answers("POST", "assessor", path,
                arena_printf(arena,
                             "{\"clock\": %lld, \"seats\": [{\"seat_id\": 1, \"attendance\": "
                             "\"absent\", \"at\": %lld}, "
                             "{\"seat_id\": 1, \"attendance\": \"absent\", \"at\": %lld}]}",
                             (long long)time(NULL), (long long)time(NULL) - 60,
                             (long long)time(NULL) - 60),
                422, "seats[1].seat_id");
    web_answers("POST", "officer", path, body_of(false, 2, 1, 60, 0), 404,
                "not_found"); /* not his */
    web_answers("POST", "assessor", "/api/v1/packs/00000000000000000000000000000099/import",
                body_of(false, 1, 1, 60, 0), 404, "not_found");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM mark"), 0);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM session_pack WHERE state = 'issued'"), 1);
}

/* What is sealed stays as it was until the pack is back; what was not is no part of it. */
static void seats_are_as_sealed(void) {
    web_answers("POST", "partner", "/api/v1/seats/2/release", "{\"reason\": \"cannot come\"}", 409,
                "seat_in_pack");
    (void)web_sql("INSERT INTO seat (session_id, candidate_id) SELECT 1, id FROM candidate WHERE "
                  "worker_id = 9003; SELECT 1");
    web_answers("POST", "assessor", import_path(), body_of(false, 1, 3, 60, 0), 422,
                "seat_not_in_pack");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM mark"), 0);
    web_answers("POST", "partner", "/api/v1/seats/3/release", "{\"reason\": \"cannot come\"}", 200,
                "\"id\":3"); /* control: no pack carries it */
}

/* pack_import with `from` in the place of `to`; fails when it has no `from`. */
static void import_alter(const char *from, const char *to) {
    (void)web_sql(arena_printf(
        arena,
        "DO $do$ DECLARE body text := pg_get_functiondef('pack_import'::regproc); BEGIN ASSERT "
        "strpos(body, '%s') > 0; EXECUTE replace(body, '%s', '%s'); END $do$; SELECT 1",
        from, from, to));
}

/* A seat that became void while its pack was out: its rows count for nothing, and do not hold up
 * the others'. */
static void a_void_seat_is_void_rows(void) {
    (void)web_sql(
        "INSERT INTO seat (session_id, candidate_id) SELECT 1, id FROM candidate WHERE worker_id = "
        "9004; UPDATE seat SET attendance = 'present', document_seen = true, photo_match = true, "
        "checked_by = 1 WHERE attendance = 'expected'; SELECT 1");
    issue("assessor");
    web_answers(
        "POST", "partner", "/api/v1/sessions/1/incidents",
        "{\"seat_id\": 4, \"kind\": \"illness\", \"effect\": \"void\", \"note\": \"went home "
        "before the end\"}",
        200, "incident_id");
    import_alter("r.seat_id <> ALL (void)", "r.seat_id <> 0");
    web_answers("POST", "assessor", import_path(), body_of(false, 10, 4, 60, 0), 409,
                "mark_seat_not_present"); /* control: without the condition all is refused */
    import_alter("r.seat_id <> 0", "r.seat_id <> ALL (void)");
    web_answers("POST", "assessor", import_path(), body_of(false, 10, 4, 60, 0), 200,
                "\"void_rows\":10");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM mark"), 10);
    ck_assert_int_eq(web_sql("SELECT void_rows FROM session_pack ORDER BY id DESC LIMIT 1"), 10);
}

START_TEST(a_pack_comes_back_once) {
    arena = arena_new();
    make_session();
    issue("assessor");
    char marks[40];
    memcpy(marks, pack, sizeof marks);
    seats_are_as_sealed();
    web_answers("POST", "assessor", import_path(), body_of(false, 10, 1, 60, 0), 409,
                "mark_seat_not_present");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM session_pack WHERE state = 'issued'"), 1);
    issue("partner"); /* who checks the papers does not mark: a pack of his own */
    web_answers("POST", "partner", import_path(), body_of(true, 0, 1, 60, 0), 200, "\"seats\":2");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM seat WHERE attendance = 'present'"), 2);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM test_session WHERE state = 'running'"), 1);
    memcpy(pack, marks, sizeof pack);
    rows_are_judged();
    web_answers("POST", "assessor", import_path(), body_of(false, 10, 1, 60, 30), 200,
                "\"marks\":10");
    web_answers("POST", "assessor", import_path(), body_of(false, 10, 2, 60, 0), 409, "pack_ended");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM mark"), 10);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM mark m JOIN session_pack k ON k.id = m.pack_id "
                             "AND k.marks = 10"),
                     10);
    ck_assert_int_ge(web_sql("SELECT clock_offset FROM session_pack WHERE marks = 10"), 28);
    web_answers("GET", "officer", "/sessions/1/packs", NULL, 200, marks);
    a_void_seat_is_void_rows();
    arena_free(arena);
}
END_TEST

/* The server side killed in the middle: the same import on several connections at once, each of
 * which may be cut before its COMMIT. Whatever happens the marks are there once. Control: without
 * the pack's state and the marks' own keys the same import is done as often as it is sent. */
START_TEST(a_cut_import_is_whole_or_not_there) {
    arena = arena_new();
    if (web_sql("SELECT count(*) FROM test_session") == 0) {
        make_session();
    }
    (void)web_sql("UPDATE test_session SET state = 'running' WHERE state = 'planned'; UPDATE seat "
                  "SET attendance = "
                  "'present', document_seen = true, photo_match = true, checked_by = 1 WHERE "
                  "attendance = 'expected'; SELECT 1");
    for (int round = 0; round < 12; round++) {
        (void)web_sql(
            "UPDATE session_pack SET state = 'revoked', ended_at = now() WHERE state = 'issued'; "
            "ALTER TABLE mark DISABLE TRIGGER USER; DELETE FROM mark; ALTER TABLE mark ENABLE "
            "TRIGGER USER; "
            "ALTER TABLE marker DISABLE TRIGGER USER; DELETE FROM marker; ALTER TABLE marker "
            "ENABLE TRIGGER "
            "USER; SELECT 1");
        issue("assessor");
        const char *body = body_of(false, 10, 2, 60, 0);
        char request[16384];
        char *token = web_token("assessor");
        (void)snprintf(request, sizeof request,
                       "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "
                       "application/json\r\nIdempotency-Key: "
                       "round-%d-0123456789\r\nContent-Length: %zu\r\n\r\n%s",
                       import_path(), token, round, strlen(body), body);
        free(token);
        struct web_answer cut =
            web_raw(request, round % 2 == 0 ? strlen(request) : strlen(request) - 40, 1);
        if (round % 3 == 0) { /* the server's sessions in the database are ended, as by kill -9 */
            (void)web_sql(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
                "current_database() AND pid <> pg_backend_pid() AND usename LIKE 'noria%'");
        }
        web_free(&cut);
        struct web_answer again = web("POST", import_path(), "assessor", NULL, body);
        for (int more = 0; again.status == 503 && more < 2000; more++) { /* connections come back */
            web_free(&again);
            again = web("POST", import_path(), "assessor", NULL, body);
        }
        ck_assert_msg(again.status == 200 ||
                          (again.status == 409 && strstr(again.body, "pack_ended") != NULL),
                      "round %d: %s", round, again.all);
        web_free(&again);
        ck_assert_int_eq(web_sql("SELECT count(*) FROM mark"), 10);
        ck_assert_int_eq(
            web_sql("SELECT count(*) FROM session_pack WHERE state = 'imported' AND pack = (SELECT "
                    "max(pack) FROM session_pack)"),
            1);
    }
    (void)web_sql(
        "DROP INDEX mark_given; ALTER TABLE session_pack DISABLE TRIGGER USER; UPDATE session_pack "
        "SET state = "
        "'issued', ended_at = NULL WHERE pack = (SELECT max(pack) FROM session_pack); SELECT 1");
    web_answers("POST", "assessor", import_path(), body_of(false, 10, 2, 60, 0), 200,
                "\"marks\":10");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM mark"), 20); /* control: doubled */
    arena_free(arena);
}
END_TEST

WEB_MAIN_ONCE("session packs over HTTP", 120, a_pack_comes_back_once,
              a_cut_import_is_whole_or_not_there)
