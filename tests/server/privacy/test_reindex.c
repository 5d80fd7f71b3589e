/* test_reindex.c - the key of the blind digests replaced while servers work: the command is killed
 * (kill -9) and run again, entries go on, and one passport entered twice is found at every moment,
 * also by two entries that stand on either side of the change. The server of this program knows
 * both keys; another, in a process of its own, the first alone. */
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "server/app.h"
#include "server/candidate/seal.h"
#include "server/http/server.h"
#include "tests/support/program.h"
#include "tests/support/serve.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { MANY = 1200, CHUNK = 500, CUT = 700, PAIRS = 40 };

static const char *const reindex[] = {"noria-server", "seal", "reindex", NULL};
static const char *const digest_key[] = {"noria-server", "seal", "digest-key", NULL};

static struct arena *arena;
static struct app both;
static char folder[] = "/tmp/noria-reindex-XXXXXX";
static long long first; /* candidate of passport 0 */

static const struct seal *loaded(void) {
    const struct seal *seal = NULL;
    ck_assert_int_eq(seal_load(arena, folder, &seal), OK);
    return seal;
}

/* The test server's own keys, and one more for digests. */
static void with_both_keys(struct server_config *config) {
    static const uint8_t key[SEAL_FIRST] = {1};
    const struct seal *seal = NULL;
    int version = 0;
    arena = arena_new();
    if (mkdtemp(folder) == NULL) {
        abort();
    }
    FILE *file = fopen(arena_printf(arena, "%s/seal.key", folder), "w");
    if (file == NULL || fwrite(key, 1, sizeof key, file) != sizeof key || fclose(file) != 0 ||
        seal_rotate_digests(folder, &version) != OK || version != 2 ||
        seal_load(arena, folder, &seal) != OK) {
        abort();
    }
    both = *config->app;
    both.seal = seal;
    config->app = &both;
    (void)setenv("NORIA_KEYS", folder, 1);
}

static const char *number(int n) {
    return arena_printf(arena, "RX%07d", n);
}

static void digests_of(int n, uint8_t digests[2][SEAL_DIGEST]) {
    seal_passport(web_app()->seal, "MAR", number(n), digests[0]);
    seal_person(web_app()->seal, arena_printf(arena, "NAME%d", n), "GIVEN", 9000 + n, digests[1]);
}

static const char *hex(const uint8_t *bytes) {
    return text_hex(arena, bytes, SEAL_DIGEST);
}

static void make_campaign(void) {
    (void)web_sql(
        "WITH g AS (INSERT INTO campaign (code, season, name, first_day, last_day, state) "
        "VALUES ('RX-2027', 2027, 'Reindex', '2027-03-01', '2027-11-30', 'open') "
        "RETURNING id) INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT "
        "g.id, a.org_id, 100000 FROM g, account a WHERE a.role = 'partner' RETURNING 1");
}

/* People of a campaign before, under the first key. */
static void make_people(void) {
    struct buf sql;
    buf_init(&sql, arena, 1 << 20);
    make_campaign();
    (void)web_sql("INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES "
                  "('RX-2026', 2026, 'Before', '2026-03-01', '2026-11-30', 'open') RETURNING 1");
    first = web_sql("SELECT coalesce(max(id), 0) + 1 FROM candidate");
    (void)web_sql(arena_printf(
        arena, "INSERT INTO worker (id) SELECT * FROM generate_series(%lld, %lld) RETURNING 1",
        first + 100000, first + 100000 + MANY - 1));
    buf_text(&sql,
             "INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, passport_key, "
             "person_key, swapped_key, available_from, available_to, consent_at, entered_by) "
             "SELECT v.id, g.id, a.org_id, v.id + 100000, 'AAAA-' || lpad(v.id::text, 4, "
             "'0'), v.p, v.q, v.q, '2026-03-01', '2026-09-30', now(), a.id FROM campaign g, "
             "account a, (VALUES ");
    for (int i = 0; i < MANY; i++) {
        uint8_t digests[2][SEAL_DIGEST];
        digests_of(i, digests);
        buf_printf(&sql, "%s(%lld, '\\x%s'::bytea, '\\x%s'::bytea)", i > 0 ? "," : "", first + i,
                   hex(digests[0]), hex(digests[1]));
    }
    buf_text(&sql, ") AS v (id, p, q) WHERE g.code = 'RX-2026' AND a.role = 'partner' RETURNING 1");
    (void)web_sql(sql.ptr);
    (void)web_sql("SELECT setval('candidate_id_seq', (SELECT max(id) FROM candidate)), "
                  "setval('worker_id_seq', (SELECT max(id) FROM worker))");
}

/* A request that enters passport `n` for another person (so that an earlier one is a case). */
static const char *body_of(int n, const char *surname) {
    return arena_printf(
        arena,
        "{\"campaign_id\":%lld,\"surname\":\"%s\",\"given_names\":\"GIVEN\",\"sex\":\"M\","
        "\"birth_date\":\"1990-05-%02d\",\"nationality\":\"MAR\",\"document_issuer\":\"MAR\","
        "\"document_number\":\"%s\",\"document_expires\":\"2031-01-01\",\"consent\":true,"
        "\"available_from\":\"2027-03-01\",\"available_to\":\"2027-09-30\"}",
        web_sql("SELECT id FROM campaign WHERE code = 'RX-2027'"), surname, 13 + n % 15, number(n));
}

static long long cases(void) {
    return web_sql("SELECT count(*) FROM fraud_case WHERE rule IN ('same_passport', "
                   "'passport_two_persons')");
}

/* The entry is taken, and the one that was there before is seen. */
static void enter_and_be_found(int n, const char *surname) {
    long long before = cases();
    struct web_answer made =
        web("POST", "/api/v1/candidates", "partner", NULL, body_of(n, surname));
    ck_assert_msg(made.status == 201, "%s", made.all);
    web_free(&made);
    ck_assert_int_eq(cases(), before + 1);
}

static long long version(void) {
    return web_sql("SELECT version FROM digest_key");
}

static PGconn *session(const char *sql) {
    PGconn *pg = PQconnectdb(web_database());
    PGresult *result = PQexec(pg, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK ||
                      PQresultStatus(result) == PGRES_COMMAND_OK,
                  "%s", PQresultErrorMessage(result));
    PQclear(result);
    return pg;
}

static void end_session(PGconn *pg, const char *how) {
    PQclear(PQexec(pg, how));
    PQfinish(pg);
}

/* Until a statement of the command waits for a lock. */
static void wait_for_a_wait(void) {
    for (int i = 0; web_sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0; i++) {
        ck_assert_int_lt(i, 2000);
        wire_rest(5);
    }
}

static int ended(pid_t pid) {
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Of the people of before, how many have not the digest of their passport under a version. */
static int wrong(const struct seal *seal, int under) {
    PGconn *pg = PQconnectdb(web_database());
    PGresult *result = PQexec(pg, arena_printf(arena,
                                               "SELECT encode(passport_key, 'hex'), "
                                               "encode(person_key, 'hex') FROM candidate WHERE id "
                                               "BETWEEN %lld AND %lld ORDER BY id",
                                               first, first + MANY - 1));
    int bad = 0;
    ck_assert_int_eq(PQntuples(result), MANY);
    for (int i = 0; i < MANY; i++) {
        uint8_t digests[2][SEAL_DIGEST];
        digests_of(i, digests);
        ck_assert_int_eq(seal_digest_again(seal, digests[0], 1, under, digests[0]), OK);
        ck_assert_int_eq(seal_digest_again(seal, digests[1], 1, under, digests[1]), OK);
        bad += strcmp(PQgetvalue(result, i, 0), hex(digests[0])) != 0 ||
               strcmp(PQgetvalue(result, i, 1), hex(digests[1])) != 0;
    }
    PQclear(result);
    PQfinish(pg);
    return bad;
}

/* Back to the first key, as it was. */
static void start_again(void) {
    (void)web_sql("SET session_replication_role = replica; DELETE FROM fraud_case; DELETE FROM "
                  "candidate; DELETE FROM worker_identity; DELETE FROM worker; DELETE FROM "
                  "campaign_service; DELETE FROM campaign; DELETE FROM digest_next");
    (void)web_sql("UPDATE digest_key SET version = 1, key_id = NULL RETURNING 1");
    make_people();
}

/* --- a server without the new key ---------------------------------------------------------------
 */

static int enter_at(int port, int n, const char *surname, const char *wanted) {
    const char *body = body_of(n, surname);
    char answer[4000] = "";
    char *token = web_token("partner");
    int fd = wire_open(port, 0);
    ck_assert(wire_say(
        fd, arena_printf(arena,
                         "POST /api/v1/candidates HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                         "Authorization: Bearer %s\r\nIdempotency-Key: reindex-%lld-%d-%s\r\n"
                         "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                         token, (long long)wire_now(), n, surname, strlen(body), body)));
    (void)wire_read(fd, 20000, answer, sizeof answer);
    (void)close(fd);
    free(token);
    ck_assert_msg(strstr(answer, wanted) != NULL, "%s", answer);
    return (int)strtol(answer + 9, NULL, 10);
}

/* A file with one row. */
static void import_and_be_found(int n) {
    long long before = cases();
    const char *csv = arena_printf(
        arena,
        "surname,given_names,sex,birth_date,nationality,document_issuer,document_number,"
        "document_expires,available_from,available_to,consent\r\nFILE,GIVEN,M,1990-05-20,MAR,MAR,%"
        "s,"
        "2031-01-01,2027-03-01,2027-09-30,1\r\n",
        number(n));
    char *token = web_token("partner");
    const char *request = arena_printf(
        arena,
        "POST /api/v1/campaigns/%lld/candidates/import HTTP/1.1\r\nHost: x\r\nAuthorization: "
        "Bearer %s\r\nIdempotency-Key: reindex-import-%lld\r\nContent-Type: text/csv\r\n"
        "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
        web_sql("SELECT id FROM campaign WHERE code = 'RX-2027'"), token, (long long)wire_now(),
        strlen(csv), csv);
    struct web_answer made = web_raw(request, strlen(request), 30);
    ck_assert_msg(strstr(made.all, "\"rows_ok\":1") != NULL, "%s", made.all);
    ck_assert_int_eq(cases(), before + 1);
    web_free(&made);
    free(token);
}

/* As the desk of returns looks for a passport. */
static long long looked_up(int n) {
    uint8_t digests[2][SEAL_DIGEST];
    digests_of(n, digests);
    const uint8_t *sent = seal_digest_sent(loaded(), arena, digests[0]);
    return web_sql(arena_printf(arena,
                                "SELECT count(*) FROM worker_key w WHERE w.kind = 'passport' AND "
                                "w.digest = (SELECT digest_seen('\\x%s'))",
                                text_hex(arena, (const char *)sent, SEAL_SENT)));
}

/* An employer's contacts: a telephone and nothing else. */
static long long contact_under(int under) {
    uint8_t phone[SEAL_DIGEST];
    seal_contact(web_app()->seal, "phone", "+33100000000", phone);
    ck_assert_int_eq(seal_digest_again(loaded(), phone, 1, under, phone), OK);
    (void)web_sql(
        arena_printf(arena,
                     "INSERT INTO org_contact (org_id, phone_key, recorded_by) SELECT "
                     "id, '\\x%s', 1 FROM org WHERE kind = 'employer' LIMIT 1 ON CONFLICT "
                     "DO NOTHING RETURNING 1",
                     hex(phone)));
    return web_sql(arena_printf(arena,
                                "SELECT count(*) FROM org_contact WHERE phone_key = '\\x%s' AND "
                                "num_nulls(email_key, iban_key, msa_key) = 3",
                                hex(phone)));
}

/* --- the tests ----------------------------------------------------------------------------------
 */

START_TEST(a_killed_reindex_loses_and_doubles_nothing) {
    int port = 0;
    start_again();
    pid_t older = serve_again(NULL, &port);
    ck_assert_int_eq(contact_under(1), 1);
    import_and_be_found(9);
    ck_assert_int_eq(ended(program_command(digest_key)), 3); /* one is waiting already */

    PGconn *held = session(arena_printf(
        arena, "BEGIN; SELECT FROM candidate WHERE id = %lld FOR UPDATE", first + CUT));
    pid_t pid = program_command(reindex);
    wait_for_a_wait(); /* in its second transaction */
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(ended(pid), -SIGKILL);
    end_session(held, "ROLLBACK");
    ck_assert_int_eq(version(), 1);
    ck_assert_int_eq(wrong(loaded(), 1), 0);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM digest_next"), CHUNK);
    enter_and_be_found(1, "ONE");
    ck_assert_int_eq(enter_at(port, 2, "TWO", "201"), 201);
    ck_assert_int_eq(cases(), 3);
    ck_assert_int_eq(looked_up(10), 1);

    ck_assert_int_eq(ended(program_command(reindex)), 0);
    ck_assert_int_eq(version(), 2);
    ck_assert_int_eq(wrong(loaded(), 2), 0);
    ck_assert_int_eq(wrong(loaded(), 1), MANY); /* the control */
    ck_assert_int_eq(web_sql("SELECT count(*) FROM digest_next"), 0);
    ck_assert_int_eq(web_sql("SELECT sum((detail->>'candidates')::int) FROM audit_leaf WHERE act = "
                             "'keys.reindex'"),
                     MANY + 3);
    enter_and_be_found(3, "THREE");
    enter_and_be_found(CUT, "CUT");
    import_and_be_found(11);
    ck_assert_int_eq(looked_up(10), 1);
    ck_assert_int_eq(contact_under(2), 1);
    ck_assert_int_eq(ended(program_command(reindex)), 0); /* nothing to do */
    ck_assert_int_eq(wrong(loaded(), 2), 0);
    long long before = web_sql("SELECT count(*) FROM candidate");
    ck_assert_int_eq(enter_at(port, 4, "FOUR", "digest_key_unknown"), 503);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM candidate"), before);
    serve_kill(older);
}
END_TEST

/* An entry under way when the change comes: the change waits for it, and who comes after sees it.
 */
static long long found_across_the_change(bool held) {
    uint8_t digests[2][SEAL_DIGEST];
    start_again();
    digests_of(5000, digests);
    const uint8_t *sent = seal_digest_sent(loaded(), arena, digests[0]);
    const char *key = held ? "digest_put(sent)" : "digest_of(sent, 1, NULL)";
    PGconn *entry = session(arena_printf(
        arena,
        "BEGIN; CREATE TEMP TABLE mine ON COMMIT DROP AS SELECT %s AS digest FROM (SELECT "
        "'\\x%s'::bytea AS sent) s",
        key, text_hex(arena, (const char *)sent, SEAL_SENT)));
    pid_t pid = program_command(reindex);
    if (held) {
        wait_for_a_wait();
        ck_assert_int_eq(version(), 1);
    } else {
        ck_assert_int_eq(ended(pid), 0);
    }
    PQclear(PQexec(
        entry, arena_printf(
                   arena,
                   "INSERT INTO candidate (campaign_id, org_id, worker_id, token, passport_key, "
                   "person_key, swapped_key, available_from, available_to, consent_at, entered_by) "
                   "SELECT c.campaign_id, c.org_id, c.worker_id, 'BBBB-0001', m.digest, m.digest, "
                   "m.digest, '2026-03-01', '2026-09-30', now(), 1 FROM candidate c, mine m WHERE "
                   "c.id = %lld",
                   first)));
    end_session(entry, "COMMIT");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM candidate WHERE token = 'BBBB-0001'"), 1);
    if (held) {
        ck_assert_int_eq(ended(pid), 0);
    }
    ck_assert_int_eq(version(), 2);
    long long before = cases();
    struct web_answer made =
        web("POST", "/api/v1/candidates", "partner", NULL, body_of(5000, "AFTER"));
    ck_assert_msg(made.status == 201, "%s", made.all);
    web_free(&made);
    return cases() - before;
}

START_TEST(a_passport_is_found_across_the_change) {
    ck_assert_int_eq(found_across_the_change(true), 1);
    ck_assert_int_eq(found_across_the_change(false), 0); /* the control */
}
END_TEST

/* Whose digests were erased after the next ones were made. */
static bool comes_back(void) {
    uint8_t digests[2][SEAL_DIGEST];
    start_again();
    PGconn *held = session(arena_printf(
        arena, "BEGIN; SELECT FROM candidate WHERE id = %lld FOR UPDATE", first + CUT));
    pid_t pid = program_command(reindex);
    wait_for_a_wait();
    (void)web_sql(arena_printf(arena,
                               "UPDATE candidate SET passport_key = uuid_send(gen_random_uuid()) "
                               "WHERE id = %lld RETURNING 1",
                               first + 7)); /* as erase_worker() does */
    end_session(held, "COMMIT");
    ck_assert_int_eq(ended(pid), 0);
    ck_assert_int_eq(version(), 2);
    digests_of(7, digests);
    ck_assert_int_eq(seal_digest_again(loaded(), digests[0], 1, 2, digests[0]), OK);
    return web_sql(arena_printf(arena,
                                "SELECT count(*) FROM candidate WHERE passport_key = '\\x%s'",
                                hex(digests[0]))) > 0;
}

START_TEST(what_was_erased_does_not_come_back) {
    ck_assert(!comes_back());
    (void)web_sql("ALTER TABLE candidate DISABLE TRIGGER digest_changed");
    ck_assert(comes_back()); /* the control */
    (void)web_sql("ALTER TABLE candidate ENABLE TRIGGER digest_changed");
}
END_TEST

/* Two keys of one number, made on two machines: neither mixes with the other. */
START_TEST(another_key_of_the_same_number_is_refused) {
    char path[100];
    char other[] = "/tmp/noria-reindex-other-XXXXXX";
    int made = 0;
    start_again();
    ck_assert_int_eq(ended(program_command(reindex)), 0);
    ck_assert_ptr_nonnull(mkdtemp(other));
    static const uint8_t key[SEAL_FIRST] = {1};
    (void)snprintf(path, sizeof path, "%s/seal.key", other);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(key, 1, sizeof key, file), sizeof key);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(seal_rotate_digests(other, &made), OK);
    ck_assert_int_eq(setenv("NORIA_KEYS", other, 1), 0);
    ck_assert_int_eq(ended(program_command(reindex)), 3);
    ck_assert_int_eq(setenv("NORIA_KEYS", folder, 1), 0);
    ck_assert_int_eq(ended(program_command(reindex)), 0);
    ck_assert_int_eq(wrong(loaded(), 2), 0);
    (void)unlink(path);
    (void)rmdir(other);
}
END_TEST

struct entrant {
    pthread_t thread;
    const char *surname;
    const char *bodies[PAIRS];
    int taken;
};

static void *enter_all(void *arg) {
    struct entrant *entrant = arg;
    for (int i = 0; i < PAIRS; i++) {
        struct web_answer made =
            web("POST", "/api/v1/candidates", "partner", NULL, entrant->bodies[i]);
        entrant->taken += made.status == 201;
        web_free(&made);
    }
    return NULL;
}

/* Each passport by two at once, from before the change until after it. */
START_TEST(entries_go_on_and_each_pair_is_found) {
    struct entrant entrants[2] = {{.surname = "LEFT"}, {.surname = "RIGHT"}};
    start_again();
    for (int e = 0; e < 2; e++) {
        for (int i = 0; i < PAIRS; i++) {
            entrants[e].bodies[i] = body_of(6000 + i, entrants[e].surname);
        }
        ck_assert_int_eq(pthread_create(&entrants[e].thread, NULL, enter_all, &entrants[e]), 0);
    }
    pid_t pid = program_command(reindex);
    for (int e = 0; e < 2; e++) {
        (void)pthread_join(entrants[e].thread, NULL);
        ck_assert_int_eq(entrants[e].taken, PAIRS);
    }
    ck_assert_int_eq(ended(pid), 0);
    ck_assert_int_eq(version(), 2);
    ck_assert_int_eq(cases(), PAIRS);
    ck_assert_int_eq(wrong(loaded(), 2), 0);
}
END_TEST

WEB_MAIN_WITH(with_both_keys, "privacy/reindex", 120, a_killed_reindex_loses_and_doubles_nothing,
              a_passport_is_found_across_the_change, what_was_erased_does_not_come_back,
              another_key_of_the_same_number_is_refused, entries_go_on_and_each_pair_is_found)
