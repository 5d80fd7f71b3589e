/* test_purge.c - time travel: the clock is moved past every limit, the daily job runs, and a second
 * reading of the database (noria-server check) finds nothing that should be gone; one limit left
 * out of the purge is found. */
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "server/check.h"
#include "server/db/command.h"
#include "server/privacy/privacy.h"
#include "server/run/job.h"
#include "tests/server/document/kit.h"

enum { DAY = 86400 };

static struct clock later;
static int64_t memory[JOB_MEMORY];

/* Texts of what is kept past its limit, as the check says it. */
static void gather(void *arg, const struct finding *finding) {
    struct buf *told = arg;
    if (strcmp(finding->check, "retention") == 0) {
        buf_printf(told, "%.*s %.*s\n", (int)finding->object.len, finding->object.ptr,
                   (int)finding->detail.len, finding->detail.ptr);
    }
}

static const char *kept(void) {
    struct buf told;
    int64_t count = 0;
    buf_init(&told, kit_arena, 1024);
    buf_text(&told, "");
    ck_assert_int_eq(check_database(web_database(), gather, &told, &count), OK);
    return told.ptr;
}

static int64_t others(void) {
    struct buf told;
    int64_t count = 0;
    buf_init(&told, kit_arena, 1024);
    ck_assert_int_eq(check_database(web_database(), gather, &told, &count), OK);
    int64_t lines = 0;
    for (size_t i = 0; i < told.len; i++) {
        lines += told.ptr[i] == '\n';
    }
    return count - lines;
}

/* So many days from now, for the job and for whoever reads without the server. */
static void be_in(int days) {
    clock_set(&later, clock_now(&(struct clock){0}) + (int64_t)days * DAY);
    char today[DATE_TEXT];
    date_format(clock_today(&later), today);
    const char *name = strstr(web_database(), "dbname=") + 7;
    PGconn *pg = PQconnectdb(web_database());
    PQclear(PQexec(
        pg, arena_printf(kit_arena, "ALTER DATABASE %s SET noria.today = '%s'", name, today)));
    PQfinish(pg);
}

static Err run_job(struct db *db, void *arg, bool *more) {
    struct job_desk desk = {.db = db, .arena = arg, .now = clock_now(&later), .memory = memory};
    (void)more;
    return privacy_purge(&desk);
}

static void purge(void) {
    struct faults faults;
    faults_init(&faults, kit_arena);
    ck_assert_int_eq(db_command(web_database(), NULL, &later, &faults, run_job, kit_arena), OK);
}

static bool tells(const char *text, const char *what) {
    return strstr(text, what) != NULL;
}

/* Somebody of each kind, and a row of every other limit. */
static void make_season(long long *never, long long *held, long long *placed) {
    static const char rows[] =
        "INSERT INTO import_batch (campaign_id, org_id, kind, file_hash, account_id, rows_bad, "
        "errors_csv, errors_key) SELECT t_id('campaign'), t_org('Test partner'), 'candidate', "
        "sha256('f'), 1, 1, convert_to(repeat('e', 60), 'UTF8'), convert_to(repeat('k', 74), "
        "'UTF8') "
        "RETURNING 1";
    *never = named_placement("NEVER", "ن", "withdrawn");
    *held = named_placement("HELD", "ه", "no_show");
    *placed = named_placement("PLACED", "ب", "returned_verified");
    struct web_answer record =
        call("POST", "officer", "{}", "/api/v1/placements/%lld/record", *placed);
    ck_assert_int_eq(record.status, 201);
    web_free(&record);
    (void)web_sql(rows);
    (void)web_sql(
        "INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, "
        "result_hash, candidates, contracts, places, assigned, proposed, reserve, run_by, "
        "run_on) SELECT t_id('campaign'), 'test', 'in', sha256('in'), sha256('s'), 'out', "
        "sha256('out'), 0, 0, 0, 0, 0, 0, 1, today() RETURNING 1");
    (void)web_sql("INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, "
                  "evidence, due_on) SELECT 'same_person', 'serious', true, false, candidate_id, "
                  "'{\"score\": 7}', today() FROM placement WHERE worker_id = "
                  "(SELECT worker_id FROM placement ORDER BY id OFFSET 1 LIMIT 1) RETURNING 1");
    (void)web_sql(
        "INSERT INTO fraud_case (rule, severity, blocking, second_person, org_id, evidence, "
        "due_on, state, settled_by, settled_at, reason) SELECT 'same_person', 'serious', "
        "false, false, t_org('Test employer'), '{\"score\": 8}', today(), 'cleared', 1, "
        "now(), 'looked at by a person' RETURNING 1");
    (void)web_sql("UPDATE account SET disabled_at = now() WHERE role = 'assessor' RETURNING 1");
    (void)web_sql(
        "INSERT INTO privacy_request (kind, worker_id, candidate_id, received_on, due_on, "
        "identified, recorded_by, state, decided_by, decided_at) SELECT 'access', "
        "worker_id, candidate_id, today(), today(), 'passport', 1, 'done', 2, now() FROM "
        "placement WHERE state = 'returned_verified' RETURNING 1");
}

static long long erased(long long placement) {
    return web_sql(arena_printf(kit_arena,
                                "SELECT count(*) FROM placement p JOIN worker w ON w.id = "
                                "p.worker_id WHERE p.id = %lld AND w.erased_for = 'limit' AND NOT "
                                "EXISTS (SELECT FROM worker_identity i WHERE i.worker_id = w.id)",
                                placement));
}

static long long count_of(const char *what) {
    return web_sql(arena_printf(kit_arena, "SELECT count(*) FROM %s", what));
}

START_TEST(nothing_is_kept_past_its_limit) {
    long long never;
    long long held;
    long long placed;
    make_season(&never, &held, &placed);
    int64_t sound = others();

    be_in(0);
    purge();
    ck_assert_str_eq(kept(), "");
    ck_assert_int_gt(count_of("idempotency"), 0);
    ck_assert_int_eq(count_of("import_batch WHERE errors_csv IS NOT NULL"), 1);

    be_in(29); /* a day before the limit of 30 */
    purge();
    ck_assert_int_gt(count_of("idempotency"), 0);
    be_in(33);
    ck_assert(tells(kept(), "import_batch import") && tells(kept(), "idempotency 30 days"));
    purge();
    ck_assert_str_eq(kept(), "");
    ck_assert_int_eq(count_of("idempotency"), 0);
    ck_assert_int_gt(count_of("session") + count_of("api_token"), 0);
    /* Log-ins end by the real clock, which no test moves: they are aged instead. */
    (void)web_sql("UPDATE session SET expires_at = now() - interval '400 days'; "
                  "UPDATE api_token SET expires_at = now() - interval '400 days'; SELECT 1");
    ck_assert(tells(kept(), "session session") || tells(kept(), "api_token session"));
    be_in(34);
    purge();
    ck_assert_str_eq(kept(), "");
    ck_assert_int_eq(count_of("session") + count_of("api_token"), 0);
    ck_assert_int_eq(count_of("import_batch WHERE num_nonnulls(errors_csv, errors_key) > 0"), 0);

    be_in(368);
    ck_assert(tells(kept(), "account account"));
    purge();
    ck_assert_int_eq(count_of("account WHERE email LIKE 'assessor%' OR name = 'Test assessor'"), 0);

    be_in(729);
    purge();
    ck_assert_int_eq(erased(never), 0);
    be_in(733);
    ck_assert(tells(kept(), "worker candidate"));
    purge();
    ck_assert_str_eq(kept(), "");
    ck_assert_int_eq(erased(never), 1);
    ck_assert_int_eq(erased(held), 0); /* a case is open, and the check knows */
    ck_assert_int_eq(web_sql("SELECT count(*) FROM purge_due(0, 100) WHERE held = 'case'"), 1);
    (void)web_sql("UPDATE fraud_case SET state = 'cleared', settled_by = 1, settled_at = now(), "
                  "reason = 'looked at by a person' WHERE state = 'open' RETURNING 1");
    ck_assert(tells(kept(), "worker candidate"));
    be_in(734);
    purge();
    ck_assert_int_eq(erased(held), 1);

    (void)web_sql(
        "ALTER TABLE campaign DISABLE TRIGGER USER; UPDATE campaign SET closed_at = now(), "
        "state = 'closed'; ALTER TABLE campaign ENABLE TRIGGER USER");
    be_in(1100);
    ck_assert(tells(kept(), "matching_run matching"));
    purge();
    ck_assert_int_eq(count_of("matching_run WHERE inputs <> '' OR result <> ''"), 0);

    be_in(1930);
    const char *late = kept();
    ck_assert(tells(late, "worker worker") && tells(late, "privacy_request request") &&
              tells(late, "fraud_case case"));
    purge();
    ck_assert_str_eq(kept(), "");
    ck_assert_int_eq(erased(placed), 1);
    ck_assert_int_eq(count_of("worker_identity"), 0); /* no key is left */
    ck_assert_int_eq(count_of("fraud_case WHERE evidence ? 'score'"), 0);
    ck_assert_int_eq(
        count_of("document WHERE kind = 3 AND sealed <> decode(repeat('00', 42), 'hex')"), 0);
    ck_assert_int_le(others(), sound + 1); /* nothing else broke, but for the unsigned closing */
    ck_assert_int_gt(count_of("audit_leaf WHERE act = 'worker.erase'"), 2);
}
END_TEST

/* Control: the purge without one of its limits. */
START_TEST(a_limit_that_the_purge_forgot_is_found) {
    static const char make[] =
        "INSERT INTO idempotency (account_id, key, request_hash, status, created_at) SELECT 1, "
        "'control-0123456789', 'x', 200, now() RETURNING 1";
    (void)web_sql(make);
    be_in(3000);
    memory[0] = 0;
    (void)web_sql("DO $$ BEGIN EXECUTE replace(pg_get_functiondef('purge_rules()'::regprocedure), "
                  "'created_at < today() - retention_days(''''30 days'''')', 'false'); END $$");
    purge();
    ck_assert_msg(tells(kept(), "idempotency 30 days"), "not noticed: %s", kept());
}
END_TEST

int main(void) {
    const TTest *const tests[] = {nothing_is_kept_past_its_limit,
                                  a_limit_that_the_purge_forgot_is_found, NULL};
    return kit_run_with(NULL, "privacy/purge", tests);
}
