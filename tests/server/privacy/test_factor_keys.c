/* test_factor_keys.c - the keys of second factors wrapped anew by the command, which is killed
 * (kill -9) in the middle of a transaction and run again: every secret opens as before, none is
 * another's, and who changed his factor meanwhile keeps the new one. */
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "server/account/factor.h"
#include "tests/support/program.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { MANY = 700, CHUNK = 500, CUT = 600, KEY_BYTES = 64 };

static const char *const rewrap[] = {"noria-server", "seal", "rewrap", NULL};
static const char *const drop[] = {"noria-server", "seal", "drop", "1", NULL};

static struct arena *arena;
static char folder[] = "/tmp/noria-factor-keys-XXXXXX";
static uint8_t secrets[MANY][FACTOR_SECRET];
static long long first; /* account of secrets[0] */

static const struct seal *loaded(void) {
    const struct seal *seal = NULL;
    ck_assert_int_eq(seal_load(arena, folder, &seal), OK);
    return seal;
}

static PGresult *ask(PGconn *pg, const char *sql) {
    PGresult *result = PQexec(pg, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK ||
                      PQresultStatus(result) == PGRES_COMMAND_OK,
                  "%s", PQresultErrorMessage(result));
    return result;
}

static const char *hex(struct span bytes) {
    return text_hex(arena, bytes.ptr, bytes.len);
}

static void make_factors(const struct seal *seal) {
    struct buf sql;
    buf_init(&sql, arena, 1 << 20);
    first = web_sql("SELECT max(id) + 1 FROM account");
    (void)web_sql(
        arena_printf(arena,
                     "INSERT INTO account (id, org_id, role, email, name, password_hash) "
                     "OVERRIDING SYSTEM VALUE "
                     "SELECT %lld + i, (SELECT min(id) FROM org WHERE kind = 'ofii'), 'officer', "
                     "'factor' || i || "
                     "'@test.example', 'Factor', '!' FROM generate_series(0, %d) i RETURNING 1",
                     first, MANY - 1));
    buf_text(&sql, "INSERT INTO account_factor (account_id, sealed, wrapped, on_since) VALUES ");
    for (int i = 0; i < MANY; i++) {
        struct factor_box box;
        factor_draw(seal, arena, first + i, &box);
        ck_assert_int_eq(factor_open(seal, arena, first + i, &box, secrets[i]), OK);
        buf_printf(&sql, "%s(%lld, '\\x%s', '\\x%s', now())", i > 0 ? "," : "", first + i,
                   hex(box.sealed), hex(box.wrapped));
    }
    buf_text(&sql, " RETURNING 1");
    (void)web_sql(sql.ptr);
}

static struct span bytes_of(const PGresult *result, int row, int column) {
    struct span digits = span_of(PQgetvalue(result, row, column));
    char *bytes = arena_alloc(arena, digits.len / 2 + 1);
    ck_assert(text_unhex(digits, bytes, digits.len / 2));
    return (struct span){bytes, digits.len / 2};
}

/* How many factors do not open to their secret. */
static int lost(const struct seal *seal) {
    PGconn *pg = PQconnectdb(web_database());
    PGresult *result = ask(pg, arena_printf(arena,
                                            "SELECT account_id, encode(sealed, 'hex'), "
                                            "encode(wrapped, 'hex') FROM account_factor WHERE "
                                            "account_id >= %lld ORDER BY 1",
                                            first));
    int bad = 0;
    ck_assert_int_eq(PQntuples(result), MANY);
    for (int i = 0; i < MANY; i++) {
        uint8_t secret[FACTOR_SECRET] = {0};
        const struct factor_box box = {bytes_of(result, i, 1), bytes_of(result, i, 2)};
        Err err = factor_open(seal, arena, first + i, &box, secret);
        bad += err != OK || memcmp(secret, secrets[i], FACTOR_SECRET) != 0;
    }
    PQclear(result);
    PQfinish(pg);
    return bad;
}

static long long under(int version) {
    return web_sql(arena_printf(
        arena, "SELECT count(*) FROM account_factor WHERE get_byte(wrapped, 1) = %d", version));
}

static int status_of(pid_t pid) {
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

/* One factor after the first chunk, changed as its person would: in a transaction still open. */
static PGconn *change_one(const struct seal *seal, uint8_t secret[FACTOR_SECRET]) {
    struct factor_box box;
    PGconn *pg = PQconnectdb(web_database());
    factor_draw(seal, arena, first + CUT, &box);
    ck_assert_int_eq(factor_open(seal, arena, first + CUT, &box, secret), OK);
    PQclear(ask(pg, "BEGIN"));
    PQclear(ask(pg, arena_printf(arena,
                                 "UPDATE account_factor SET sealed = '\\x%s', wrapped = '\\x%s' "
                                 "WHERE account_id = %lld",
                                 hex(box.sealed), hex(box.wrapped), first + CUT)));
    return pg;
}

static void end_change(PGconn *pg, const char *how) {
    PQclear(ask(pg, how));
    PQfinish(pg);
}

static struct span wrapped_one(void) {
    PGconn *pg = PQconnectdb(web_database());
    PGresult *result = ask(pg, arena_printf(arena,
                                            "SELECT encode(wrapped, 'hex') FROM account_factor "
                                            "WHERE account_id = %lld",
                                            first + CUT));
    struct span bytes = bytes_of(result, 0, 0);
    PQclear(result);
    PQfinish(pg);
    return bytes;
}

static void put_wrapped(struct span bytes) {
    (void)web_sql(arena_printf(arena,
                               "UPDATE account_factor SET wrapped = '\\x%s' WHERE account_id = "
                               "%lld RETURNING 1",
                               hex(bytes), first + CUT));
}

/* The control: a rewrap that did not look whether the key is still the one it read. */
static void written_over(struct span was, const struct seal *seal) {
    const struct seal_owner owner = {"factor", first + CUT};
    uint8_t again[SEAL_WRAPPED];
    struct span now = wrapped_one();
    ck_assert_int_eq(seal_wrap_again(seal, &owner, was, again), OK);
    put_wrapped((struct span){(const char *)again, sizeof again});
    ck_assert_int_eq(lost(seal), 1);
    put_wrapped(now);
    ck_assert_int_eq(lost(seal), 0);
}

/* No connection of a command is at work any more. */
static void wait_for_the_dead(void) {
    for (int i = 0; web_sql("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                            "current_database() AND application_name LIKE 'noria_system%' AND "
                            "backend_xid IS NOT NULL") > 0;
         i++) {
        ck_assert_int_lt(i, 1000);
        wire_rest(10);
    }
}

/* The command stands in its second transaction, waiting for that row. */
static void wait_in_the_middle(void) {
    for (int i = 0; web_sql("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                            "current_database() AND wait_event_type = 'Lock'") == 0;
         i++) {
        ck_assert_int_lt(i, 1000);
        wire_rest(10);
    }
    ck_assert_int_eq(under(2), CHUNK);
}

static const struct seal *two_keys(void) {
    static const uint8_t key[KEY_BYTES] = {7};
    int version = 0;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    FILE *file = fopen(arena_printf(arena, "%s/seal.key", folder), "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(key, 1, sizeof key, file), sizeof key);
    ck_assert_int_eq(fclose(file), 0);
    const struct seal *before = loaded();
    ck_assert_int_eq(seal_rotate(folder, &version), OK);
    ck_assert_int_eq(version, 2);
    ck_assert_int_eq(setenv("NORIA_KEYS", folder, 1), 0);
    return before;
}

START_TEST(a_killed_rewrap_loses_no_second_factor) {
    uint8_t unused[FACTOR_SECRET];
    arena = arena_new();
    const struct seal *before = two_keys();
    make_factors(before);
    ck_assert_int_eq(lost(before), 0);
    ck_assert_int_eq(WEXITSTATUS(status_of(program_command(drop))), 3); /* all need key 1 */

    PGconn *person = change_one(before, unused);
    pid_t pid = program_command(rewrap);
    wait_in_the_middle();
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(WTERMSIG(status_of(pid)), SIGKILL);
    end_change(person, "ROLLBACK"); /* the killed one's statement runs to its end */
    wait_for_the_dead();
    ck_assert_int_eq(under(2), CHUNK); /* and nothing of its transaction stays */
    ck_assert_int_eq(lost(loaded()), 0);
    ck_assert_int_eq(lost(before), CHUNK); /* the control: these need the new key */

    struct span was = wrapped_one();
    person = change_one(before, secrets[CUT]);
    pid = program_command(rewrap);
    wait_in_the_middle();
    end_change(person, "COMMIT"); /* while the command has read the key before */
    ck_assert_int_eq(status_of(pid), 0);
    ck_assert_int_eq(under(2), MANY - 1);
    ck_assert_int_eq(lost(loaded()), 0);
    written_over(was, loaded());
    ck_assert_int_eq(WEXITSTATUS(status_of(program_command(drop))), 3); /* one needs key 1 */

    ck_assert_int_eq(status_of(program_command(rewrap)), 0);
    ck_assert_int_eq(status_of(program_command(drop)), 0);
    ck_assert_int_eq(lost(loaded()), 0);
    ck_assert_int_eq(web_sql("SELECT sum((detail->>'keys')::int) FROM audit_leaf WHERE act = "
                             "'keys.rewrap'"),
                     MANY);
    (void)unlink(arena_printf(arena, "%s/seal.key", folder));
    (void)rmdir(folder);
    arena_free(arena);
}
END_TEST

WEB_MAIN("privacy/factor keys", 60, a_killed_rewrap_loses_no_second_factor)
