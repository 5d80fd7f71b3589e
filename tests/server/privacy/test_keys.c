/* test_keys.c - wrapped again under a new key outside the database: every data key, whatever is
 * erased or stopped meanwhile; and an identity without a key of its own cannot be kept. */
#include <fcntl.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "server/candidate/seal.h"
#include "server/db/command.h"
#include "server/privacy/rewrap.h"
#include "tests/support/web.h"

static struct arena *arena;
static char folder[] = "/tmp/noria-keys-XXXXXX";

/* Workers named after their numbers, sealed with a seal; the number of the first. */
static long long make_workers(const struct seal *seal, int count) {
    long long first = web_sql("SELECT coalesce(max(id), 0) + 1 FROM worker");
    struct buf sql;
    buf_init(&sql, arena, (size_t)count * 1024);
    buf_printf(&sql,
               "INSERT INTO worker (id) SELECT * FROM generate_series(%lld, %lld); INSERT INTO "
               "worker_identity VALUES ",
               first, first + count - 1);
    for (long long worker = first; worker < first + count; worker++) {
        struct identity who = {.surname = arena_printf(arena, "WORKER %lld", worker),
                               .birth_date = 9000,
                               .document_expires = DATE_NONE};
        struct span sealed;
        uint8_t wrapped[SEAL_WRAPPED];
        identity_seal(seal, arena, worker, &who, &sealed, wrapped);
        buf_printf(&sql, "%s(%lld, '\\x%s', '\\x%s')", worker > first ? "," : "", worker,
                   text_hex(arena, sealed.ptr, sealed.len),
                   text_hex(arena, wrapped, sizeof wrapped));
    }
    (void)web_sql(sql.ptr);
    return first;
}

/* As before workers had keys: version 1, under wrapping key 1 itself. */
static long long make_old_worker(const uint8_t first[32]) {
    long long worker =
        web_sql("INSERT INTO worker (id) SELECT max(id) + 1 FROM worker RETURNING id");
    struct identity who = {.surname = arena_printf(arena, "WORKER %lld", worker),
                           .birth_date = 9000,
                           .document_expires = DATE_NONE};
    uint8_t bound[17] = "identity";
    uint8_t record[256] = {1};
    struct buf plain;
    for (int i = 0; i < 8; i++) {
        bound[16 - i] = (uint8_t)((uint64_t)worker >> (8 * i));
    }
    buf_init(&plain, arena, 64);
    identity_pack(&who, &plain);
    crypto_aead_xchacha20poly1305_ietf_encrypt(record + 25, NULL, (const uint8_t *)plain.ptr,
                                               plain.len, bound, sizeof bound, NULL, record + 1,
                                               first);
    (void)web_sql(
        arena_printf(arena, "INSERT INTO worker_identity VALUES (%lld, '\\x%s', NULL) RETURNING 1",
                     worker, text_hex(arena, record, SEAL_OVERHEAD + plain.len)));
    return worker;
}

static struct span column(const char *name, long long worker) {
    PGconn *pg = PQconnectdb(web_database());
    PGresult *result =
        PQexec(pg, arena_printf(arena,
                                "SELECT encode(%s, 'hex') FROM worker_identity WHERE "
                                "worker_id = %lld",
                                name, worker));
    ck_assert_int_eq(PQntuples(result), 1);
    struct span hex = span_of(PQgetvalue(result, 0, 0));
    char *bytes = arena_alloc(arena, hex.len / 2 + 1);
    ck_assert(hex.len == 0 || text_unhex(hex, bytes, hex.len / 2));
    PQclear(result);
    PQfinish(pg);
    return (struct span){bytes, hex.len / 2};
}

static Err reads(const struct seal *seal, long long worker) {
    struct identity who;
    TRY(identity_unseal(seal, arena, worker, column("wrapped", worker), column("sealed", worker),
                        &who));
    ck_assert_str_eq(who.surname, arena_printf(arena, "WORKER %lld", worker));
    return OK;
}

struct run {
    struct rewrap work;
    int chunks; /* stop after so many; 0: never */
    int64_t left;
    int version;
};

static Err some(struct db *db, void *arg, bool *more) {
    struct run *run = arg;
    TRY(rewrap_some(db, &run->work));
    *more = !run->work.ended && --run->chunks != 0;
    return OK;
}

static Err count_left(struct db *db, void *arg, bool *more) {
    struct run *run = arg;
    (void)more;
    return rewrap_left(db, run->version, &run->left);
}

static void command(Err (*act)(struct db *db, void *arg, bool *more), struct run *run) {
    struct faults faults;
    faults_init(&faults, arena);
    ck_assert_int_eq(db_command(web_database(), NULL, NULL, &faults, act, run), OK);
}

static int64_t left(int version) {
    struct run run = {.version = version};
    command(count_left, &run);
    return run.left;
}

/* The server's own seal in a folder, with one wrapping key more. */
static const struct seal *rotated(const uint8_t key[SEAL_FIRST]) {
    const struct seal *ring = NULL;
    int version;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    int fd = open(arena_printf(arena, "%s/seal.key", folder), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, key, SEAL_FIRST), SEAL_FIRST);
    (void)close(fd);
    ck_assert_int_eq(seal_rotate(folder, &version), OK);
    ck_assert_int_eq(seal_load(arena, folder, &ring), OK);
    return ring;
}

START_TEST(every_key_is_wrapped_anew_and_the_old_one_dropped) {
    static const uint8_t key[SEAL_FIRST] = {1}; /* the test server's */
    enum { MANY = 1100 };
    arena = arena_new();
    const struct seal *before = seal_from(arena, key);
    const struct seal *ring = rotated(key);
    long long first = make_workers(before, MANY);
    long long old = make_old_worker(key);
    long long damaged = make_workers(before, 1);
    (void)web_sql(arena_printf(arena,
                               "UPDATE worker_identity SET wrapped = set_byte(wrapped, 40, 7) "
                               "WHERE worker_id = %lld RETURNING 1",
                               damaged));
    struct span record = column("sealed", first);
    ck_assert_int_eq(reads(before, first), OK);
    ck_assert_int_eq(reads(before, old), OK);
    ck_assert_int_eq(left(1), MANY + 2);

    struct run stopped = {.work = {.seal = ring}, .chunks = 1}; /* a kill after the first chunk */
    command(some, &stopped);
    ck_assert_int_eq(left(1), MANY + 2 - 500);
    struct run run = {.work = {.seal = ring}};
    command(some, &run);
    ck_assert_int_eq(run.work.keys, MANY - 500);
    ck_assert_int_eq(run.work.sealed, 1);
    ck_assert_int_eq(run.work.broken, 1);
    ck_assert_int_eq(left(1), 1); /* the damaged one */
    ck_assert_int_eq(left(2), MANY + 1);
    ck_assert_int_eq(web_sql("SELECT sum((detail->>'keys')::int) FROM audit_leaf "
                             "WHERE act = 'keys.rewrap' AND object_id = 2"),
                     MANY); /* what the stopped one did, too */

    ck_assert(span_equal(record, column("sealed", first))); /* no record was touched */
    ck_assert_int_eq(reads(ring, first), OK);
    ck_assert_int_eq(reads(ring, old), OK);
    ck_assert_int_eq(reads(before, first), ERR_CRYPTO);
    ck_assert_int_eq(seal_drop(folder, 1), OK);
    ck_assert_int_eq(seal_load(arena, folder, &ring), OK);
    ck_assert_int_eq(reads(ring, first), OK);
    ck_assert_int_eq(reads(ring, old), OK);
    struct run again = {.work = {.seal = ring}};
    command(some, &again);
    ck_assert_int_eq(again.work.keys + again.work.sealed, 0);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'keys.rewrap'"), 3);
    (void)unlink(arena_printf(arena, "%s/seal.key", folder));
    (void)rmdir(folder);
    arena_free(arena);
}
END_TEST

/* 1 when PostgreSQL refused it. */
static long long refuses(const char *sql) {
    PGconn *pg = PQconnectdb(web_database());
    PGresult *result = PQexec(pg, sql);
    long long refused = PQresultStatus(result) == PGRES_FATAL_ERROR;
    PQclear(result);
    PQfinish(pg);
    return refused;
}

START_TEST(no_identity_is_kept_without_a_key_of_its_own) {
    static const char insert[] =
        "WITH w AS (INSERT INTO worker (id) SELECT coalesce(max(id), 0) + 1 FROM worker RETURNING "
        "id) "
        "INSERT INTO worker_identity "
        "(worker_id, sealed) SELECT id, '\\x02'::bytea || convert_to(repeat('s', 60), 'UTF8') "
        "FROM w";
    ck_assert_int_eq(refuses(insert), 1);
    (void)web_sql("ALTER TABLE worker_identity DROP CONSTRAINT identity_without_key");
    ck_assert_int_eq(refuses(insert), 0); /* control: without the constraint it is kept */
    (void)web_sql("DELETE FROM worker_identity WHERE wrapped IS NULL");
    (void)web_sql("ALTER TABLE worker_identity ADD CONSTRAINT identity_without_key "
                  "CHECK (get_byte(sealed, 0) <> 2 OR wrapped IS NOT NULL)");
}
END_TEST

WEB_MAIN("privacy/keys", 60, every_key_is_wrapped_anew_and_the_old_one_dropped,
         no_identity_is_kept_without_a_key_of_its_own)
