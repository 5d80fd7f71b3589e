/* The audit log over HTTP: leaves get their places, heads and proofs hold, damage in the database
 * shows in the export, nothing is shown whose leaf cannot be written, and a person's file tells who
 * looked. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/sw1/logfile.h"
#include "server/app.h"
#include "server/audit/audit.h"
#include "server/candidate/candidate.h"
#include "server/http/server.h"
#include "tests/support/web.h"

enum { LEAVES = 700, TRIES = 20000 };

/* As the server's own, but without the wait between runs. */
static const struct job fast_jobs[] = {{"audit_sequence", 10, audit_sequence}, {NULL, 0, NULL}};

static void run_fast(struct server_config *config) {
    config->jobs = fast_jobs;
}

/* Asks until every leaf has its place; the number of leaves in the signed tree. */
static long long settled(void) {
    for (int i = 0; i < TRIES; i++) {
        if (web_sql("SELECT count(*) FROM audit_leaf l WHERE NOT EXISTS "
                    "(SELECT FROM audit_entry e WHERE e.leaf_id = l.id)") == 0) {
            return web_sql("SELECT max(size) FROM audit_head");
        }
    }
    ck_abort_msg("the sequencer does nothing");
}

static void write_leaves(int count) {
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(audit('test.act', 'test', i, 'line' || chr(10) || i)) "
                   "FROM generate_series(1, %d) i",
                   count);
    ck_assert_int_eq(web_sql(sql), count);
}

static struct web_answer get(const char *role, const char *path, int status) {
    struct web_answer answer = web("GET", path, role, NULL, NULL);
    ck_assert_msg(answer.status == status, "%s: %s", path, answer.all);
    return answer;
}

/* The next JSON text member of that name from `at` on, unescaped as far as leaves need it; NULL for
 * null. */
static const char *text_member(struct arena *arena, const char **at, const char *name) {
    const char *member = strstr(*at, name);
    ck_assert_ptr_nonnull(member);
    member += strlen(name);
    if (strncmp(member, "null", 4) == 0) {
        *at = member;
        return NULL;
    }
    struct buf out;
    buf_init(&out, arena, 256);
    for (member++; *member != '"'; member++) {
        member += *member == '\\';
        buf_char(&out, *member);
    }
    *at = member;
    return out.ptr;
}

/* The whole log as `noria audit export` writes it. */
static struct span exported(struct arena *arena) {
    struct buf out;
    long long after = 0;
    int rows = 200;
    buf_init(&out, arena, 65536);
    buf_text(&out, SW1_LOG_FIRST "\n");
    while (rows == 200) {
        struct web_answer answer =
            get("auditor", arena_printf(arena, "/api/v1/audit/export?limit=200&after=%lld", after),
                200);
        const char *at = answer.body;
        rows = 0;
        while (strstr(at, "\"leaf\":") != NULL) {
            buf_printf(&out, "leaf %s\n", text_member(arena, &at, "\"leaf\":"));
            const char *head = text_member(arena, &at, "\"head\":");
            if (head != NULL) {
                buf_printf(&out, "head %s\n", head);
            }
            rows++;
        }
        after += rows;
        web_free(&answer);
    }
    return (struct span){out.ptr, out.len};
}

static enum sw1_log_fault judged(struct arena *arena, struct sw1_log_pin pin) {
    struct sw1_logkeys keys = sw1_logkeys_one(web_app()->log_key);
    struct sw1_log log = {.keys = &keys, .pin = pin};
    return sw1_log_verify(&log, exported(arena));
}

static struct merkle_path path_of(const struct web_answer *answer) {
    struct merkle_path path = {0};
    const char *at = strstr(answer->body, "\"path\":[");
    ck_assert_ptr_nonnull(at);
    for (at += 8; *at == '"' || *at == ','; at += *at == ',') {
        ck_assert(text_unhex((struct span){at + 1, 64}, path.hash[path.count++].bytes, 32));
        at += 66;
    }
    return path;
}

static struct merkle_hash hash_at(struct arena *arena, const char *column, const char *table,
                                  const char *key, long long value) {
    struct merkle_hash hash;
    for (int i = 0; i < MERKLE_HASH; i++) {
        hash.bytes[i] =
            (uint8_t)web_sql(arena_printf(arena, "SELECT get_byte(%s, %d) FROM %s WHERE %s = %lld",
                                          column, i, table, key, value));
    }
    return hash;
}

START_TEST(leaves_get_places_and_proofs) {
    struct arena *arena = arena_new();
    write_leaves(LEAVES);
    long long first = settled();
    struct merkle_hash old_root = hash_at(arena, "root", "audit_head", "size", first);
    write_leaves(LEAVES);
    long long size = settled();
    ck_assert_int_ge(size, 2 * LEAVES);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_node WHERE level = 8"), size / 256);
    struct merkle_hash root = hash_at(arena, "root", "audit_head", "size", size);
    for (long long position = 3; position < size; position += 211) {
        long long leaf = web_sql(
            arena_printf(arena, "SELECT leaf_id FROM audit_entry WHERE position = %lld", position));
        struct merkle_hash hash = hash_at(arena, "hash", "audit_entry", "position", position);
        struct web_answer answer = get(
            "partner",
            arena_printf(arena, "/api/v1/audit/inclusion?leaf=%lld&size=%lld", leaf, size), 200);
        struct merkle_path path = path_of(&answer);
        ck_assert(merkle_included(&hash, (uint64_t)position, (uint64_t)size, &path, &root));
        web_free(&answer);
    }
    struct web_answer answer =
        get(NULL, arena_printf(arena, "/api/v1/audit/consistency?from=%lld&size=%lld", first, size),
            200);
    struct merkle_path path = path_of(&answer);
    ck_assert(merkle_consistent((uint64_t)first, (uint64_t)size, &old_root, &root, &path));
    web_free(&answer);
    ck_assert_int_eq(judged(arena, (struct sw1_log_pin){(uint64_t)first, old_root}), SW1_LOG_WHOLE);
    arena_free(arena);
}
END_TEST

/* A transaction that was open while later ones were sequenced loses nothing. */
START_TEST(a_late_leaf_gets_its_place) {
    struct arena *arena = arena_new();
    long long late = web_sql("SELECT nextval(pg_get_serial_sequence('audit_leaf', 'id'))");
    write_leaves(5);
    (void)settled();
    (void)web_sql(
        arena_printf(arena,
                     "INSERT INTO audit_leaf (id, account_id, org_id, act, object_kind, object_id) "
                     "OVERRIDING SYSTEM VALUE VALUES (%lld, 0, 0, 'test.late', 'test', 1)",
                     late));
    (void)settled();
    ck_assert_int_eq(judged(arena, (struct sw1_log_pin){0}), SW1_LOG_WHOLE);
    arena_free(arena);
}
END_TEST

/* Somebody with the owner's rights changes a leaf that has its place. */
START_TEST(damage_shows_in_the_export) {
    struct arena *arena = arena_new();
    write_leaves(20);
    (void)settled();
    ck_assert_int_eq(judged(arena, (struct sw1_log_pin){0}), SW1_LOG_WHOLE);
    (void)web_sql("SET session_replication_role = replica;"
                  "UPDATE audit_leaf SET account_id = 99 WHERE id = (SELECT max(leaf_id) - 3 "
                  "FROM audit_entry)");
    ck_assert_int_eq(judged(arena, (struct sw1_log_pin){0}), SW1_LOG_OTHER);
    (void)web_sql("SET session_replication_role = replica;"
                  "UPDATE audit_leaf SET account_id = 0 WHERE account_id = 99");
    ck_assert_int_eq(judged(arena, (struct sw1_log_pin){0}), SW1_LOG_WHOLE);
    arena_free(arena);
}
END_TEST

START_TEST(nobody_changes_the_log) {
    static const char *const tries[] = {
        "UPDATE audit_leaf SET reason = 'x'", "DELETE FROM audit_leaf", "TRUNCATE audit_entry",
        "UPDATE audit_entry SET hash = hash", "DELETE FROM audit_head", "DELETE FROM audit_node"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        ck_assert_int_eq(
            web_sql(arena_printf(arena,
                                 "DO $$ BEGIN %s; RAISE 'done' USING ERRCODE = 'P0009'; "
                                 "EXCEPTION WHEN SQLSTATE 'NR001' THEN "
                                 "PERFORM set_config('test.said', SQLERRM, false); END $$; "
                                 "SELECT (current_setting('test.said') = 'append_only')::int",
                                 tries[i])),
            1);
    }
    arena_free(arena);
}
END_TEST

/* --- looks -------------------------------------------------------------------------------------
 */

/* A candidate of the test's partner, named ZANZIBAR; its number. */
static long long make_candidate(struct arena *arena) {
    long long campaign =
        web_sql("INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES "
                "('A-' || nextval('worker_id_seq'), 2027, 'A', '2027-03-01', '2027-11-30', 'open') "
                "RETURNING id");
    long long worker = web_sql("INSERT INTO worker DEFAULT VALUES RETURNING id");
    struct identity who = {.surname = "ZANZIBAR",
                           .given_names = "ALI",
                           .birth_date = 9000,
                           .document_expires = DATE_NONE};
    struct span sealed;
    uint8_t wrapped[SEAL_WRAPPED];
    identity_seal(web_app()->seal, arena, worker, &who, &sealed, wrapped);
    return web_sql(arena_printf(
        arena,
        "WITH i AS (INSERT INTO worker_identity VALUES (%lld, '\\x%s', '\\x%s')) INSERT INTO "
        "candidate "
        "(campaign_id, org_id, worker_id, token, passport_key, person_key, swapped_key, "
        "available_from, available_to, consent_at, entered_by) "
        "SELECT %lld, id, %lld, 'K7Q2-' || lpad(%lld::text, 4, '0'), decode(md5('a%lld'), 'hex'), "
        "decode(md5('b%lld'), 'hex'), decode(md5('c%lld'), 'hex'), '2027-03-01', '2027-11-30', "
        "now(), 1 FROM org WHERE name = 'Test partner' RETURNING id",
        worker, text_hex(arena, sealed.ptr, sealed.len), text_hex(arena, wrapped, sizeof wrapped),
        campaign, worker, worker, worker, worker, worker));
}

START_TEST(a_file_tells_who_looked) {
    struct arena *arena = arena_new();
    long long id = make_candidate(arena);
    const char *looks = arena_printf(arena, "/api/v1/candidates/%lld/looks", id);
    const char *identity =
        arena_printf(arena, "/api/v1/candidates/%lld/identity?reason=a+good+reason+for+it", id);
    struct web_answer answer = get("partner", looks, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "\"looks\":[]"));
    web_free(&answer);
    answer = get("officer", identity, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "ZANZIBAR"));
    web_free(&answer);
    /* the service learns which office and why, the office also who */
    answer = get("partner", looks, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "a good reason for it"));
    ck_assert_ptr_nonnull(strstr(answer.body, "Test OFII"));
    ck_assert_ptr_null(strstr(answer.body, "Test officer"));
    web_free(&answer);
    answer = get("auditor", looks, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "Test officer"));
    web_free(&answer);
    answer = get("officer", arena_printf(arena, "/candidates/%lld/looks", id), 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "a good reason for it"));
    web_free(&answer);
    answer = get("employer", looks, 403);
    web_free(&answer);
    (void)web_sql(arena_printf(
        arena,
        "WITH o AS (INSERT INTO org (kind, name, country) VALUES ('partner', 'Other', 'TN') "
        "RETURNING id) UPDATE candidate SET org_id = (SELECT id FROM o) WHERE id = %lld",
        id));
    answer = get("partner", looks, 404);
    web_free(&answer);
    arena_free(arena);
}
END_TEST

/* No leaf, no identity; control: without the leaf's failure it is shown, and without the leaf at
 * all the look would leave no trace, which the count tells. */
START_TEST(no_identity_without_its_leaf) {
    static const char count[] = "SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal'";
    struct arena *arena = arena_new();
    long long id = make_candidate(arena);
    const char *paths[] = {
        arena_printf(arena, "/api/v1/candidates/%lld/identity?reason=a+good+reason", id),
        arena_printf(arena, "/candidates/%lld/identity?reason=a+good+reason", id)};
    static const char *const roles[] = {"partner", "officer", "desk"};
    (void)web_sql("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
                  "'no space' USING ERRCODE = '53100'; END $$; CREATE TRIGGER full_disk BEFORE "
                  "INSERT ON audit_leaf FOR EACH ROW EXECUTE FUNCTION full_disk()");
    for (int i = 0; i < 6; i++) {
        struct web_answer answer = web("GET", paths[i % 2], roles[i / 2], NULL, NULL);
        ck_assert_msg(answer.status >= 500, "%s", answer.all);
        ck_assert_ptr_null(strstr(answer.all, "ZANZIBAR"));
        web_free(&answer);
    }
    (void)web_sql("DROP FUNCTION full_disk CASCADE");
    long long before = web_sql(count);
    struct web_answer answer = get("desk", paths[0], 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "ZANZIBAR"));
    web_free(&answer);
    ck_assert_int_eq(web_sql(count), before + 1);
    (void)web_sql("ALTER FUNCTION audit(text, text, bigint, text, jsonb) RENAME TO audit_kept; "
                  "CREATE FUNCTION audit(text, text, bigint, text DEFAULT NULL, jsonb DEFAULT "
                  "'{}') RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'");
    answer = get("desk", paths[0], 200);
    web_free(&answer);
    ck_assert_int_eq(web_sql(count), before + 1);
    (void)web_sql("DROP FUNCTION audit(text, text, bigint, text, jsonb); ALTER FUNCTION "
                  "audit_kept(text, text, bigint, text, jsonb) RENAME TO audit");
    arena_free(arena);
}
END_TEST

START_TEST(the_head_and_the_key_are_public) {
    struct arena *arena = arena_new();
    write_leaves(1);
    (void)settled();
    struct web_answer head = get(NULL, "/.well-known/noria/log-head.cwt", 200);
    struct sw1_head read;
    struct sw1_logkeys keys = sw1_logkeys_one(web_app()->log_key);
    ck_assert(sw1_head_read(arena, (struct span){head.body, head.body_len}, &keys, &read));
    ck_assert_uint_ge(read.size, 1);
    web_free(&head);
    struct web_answer key = get(NULL, "/.well-known/noria/log.cwt", 200);
    ck_assert(key.body_len == web_app()->log_certificate.len &&
              memcmp(key.body, web_app()->log_certificate.ptr, key.body_len) == 0);
    web_free(&key);
    struct web_answer page = get("auditor", "/audit", 200);
    ck_assert_ptr_nonnull(strstr(page.body, "test.act"));
    web_free(&page);
    page = get(NULL, "/api/v1/audit/consistency?from=1&size=999999999", 404);
    web_free(&page);
    arena_free(arena);
}
END_TEST

WEB_MAIN_WITH(run_fast, "audit/audit", 30, leaves_get_places_and_proofs, a_late_leaf_gets_its_place,
              damage_shows_in_the_export, nobody_changes_the_log, a_file_tells_who_looked,
              no_identity_without_its_leaf, the_head_and_the_key_are_public)
