/* `noria-server check` finds each kind of damage that somebody with the owner's rights can plant,
 * and nothing in a sound database. Each plant is taken back, after which nothing is found again. */
#include "server/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plants.h"
#include "tests/support/check_main.h"
#include "tests/support/season.h"

/* Two plants of different kinds at a time; none: nothing may be found. */
struct wanted {
    const struct plant *plant[2];
    bool found[2];
};

static bool has(struct span text, const char *word) {
    return memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

static void on_finding(void *arg, const struct finding *finding) {
    struct wanted *wanted = arg;
    ck_assert_msg(wanted->plant[0] != NULL, "%s: %.*s %lld: %.*s in a sound database",
                  finding->check, (int)finding->object.len, finding->object.ptr,
                  (long long)finding->id, (int)finding->detail.len, finding->detail.ptr);
    for (int i = 0; i < 2; i++) {
        const struct plant *plant = wanted->plant[i];
        wanted->found[i] =
            wanted->found[i] ||
            (strcmp(finding->check, plant->check) == 0 &&
             (has(finding->detail, plant->word) || has(finding->object, plant->word)));
    }
}

static struct wanted look(const struct plant *a, const struct plant *b) {
    struct wanted wanted = {{a, b}, {false, false}};
    int64_t count = 0;
    ck_assert_int_eq(check_database(getenv("NORIA_SEASON_URL"), on_finding, &wanted, &count), OK);
    ck_assert(a != NULL || count == 0);
    return wanted;
}

static void run(PGconn *pg, const char *sql) {
    PGresult *result = PQexec(pg, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK ||
                      PQresultStatus(result) == PGRES_TUPLES_OK,
                  "%s: %s", sql, PQerrorMessage(pg));
    PQclear(result);
}

/* Two full contracts, each place bound, two derogations, and a tree over the four first leaves
 * whose root is known: the frontier of a tree of four leaves is its root. */
static void make_season(PGconn *pg) {
    run(pg, "ALTER TABLE contract ENABLE TRIGGER USER; SET session_replication_role = replica; "
            "SELECT t_contract(2), t_contract(2); SET session_replication_role = origin; "
            "SELECT act_as(t_id('farmer'), t_id('farm'), 'employer', '2027-01-15')");
    run(pg,
        "BEGIN; SELECT act_as(t_id('farmer'), t_id('farm'), 'employer', '2027-01-15'); "
        "SELECT proposal_accept(t_proposal(k.id)) FROM (SELECT id FROM contract WHERE places = 2 "
        "ORDER BY id) k, generate_series(1, 2); COMMIT");
    run(pg,
        "SELECT t_derogation('{\"from_day\": \"2027-01-01\", \"to_day\": \"2027-12-31\", "
        "\"most_months\": 9}', ARRAY[p.worker_id]) FROM placement p WHERE p.id IN (2, 3) ORDER BY "
        "p.id; INSERT INTO worker_stay (worker_id, campaign_id, period, source) SELECT "
        "p.worker_id, "
        "p.campaign_id, '[2027-08-01,2027-11-15)', 'card' FROM placement p WHERE p.id IN (2, 3)");
    run(pg,
        "BEGIN; SELECT act_as(t_id('officer'), t_id('office'), 'officer', '2027-01-15'); SELECT "
        "derogation_revoke(2, '2027-09-01', 'repealed'); COMMIT");
    run(pg,
        "WITH l AS (SELECT l.id, audit_hash(l) AS hash, row_number() OVER (ORDER BY l.id) - 1 AS "
        "at FROM audit_leaf l ORDER BY l.id LIMIT 4), e AS (INSERT INTO audit_entry SELECT at, "
        "id, hash FROM l), n AS (SELECT sha256('\\x01'::bytea || (SELECT hash FROM l WHERE at = "
        "0) || (SELECT hash FROM l WHERE at = 1)) AS a, sha256('\\x01'::bytea || (SELECT hash "
        "FROM l WHERE at = 2) || (SELECT hash FROM l WHERE at = 3)) AS b) INSERT INTO audit_head "
        "SELECT 4, r, r, now(), 'x' FROM (SELECT sha256('\\x01'::bytea || a || b) FROM n) AS t "
        "(r)");
}

START_TEST(each_plant_is_found) {
    PGconn *pg = season_connect();
    make_season(pg);
    (void)look(NULL, NULL);
    for (int i = 0; i < PLANTS / 2; i++) {
        const struct plant *two[2] = {&plants[i], &plants[i + PLANTS / 2]};
        run(pg, "SET session_replication_role = replica");
        run(pg, two[0]->damage);
        run(pg, two[1]->damage);
        struct wanted wanted = look(two[0], two[1]);
        for (int k = 0; k < 2; k++) {
            ck_assert_msg(wanted.found[k], "not found: %s %s", two[k]->check, two[k]->word);
        }
        run(pg, two[1]->undo);
        run(pg, two[0]->undo);
    }
    (void)look(NULL, NULL);
    PQfinish(pg);
}
END_TEST

/* Whoever runs the database may index it as he likes; a key may even be the same in each row. */
START_TEST(anybodys_own_index_is_read) {
    PGconn *pg = season_connect();
    run(pg,
        "CREATE TABLE t_index (id int, name text, day date); INSERT INTO t_index VALUES (1, 'A', "
        "'2027-01-01'), (2, 'b', NULL), (3, NULL, NULL); CREATE UNIQUE INDEX ON t_index "
        "((true)) WHERE id = 1; CREATE UNIQUE INDEX ON t_index (id, (1)); CREATE UNIQUE INDEX ON "
        "t_index (('x'::text), (id % 7)); CREATE UNIQUE INDEX ON t_index (lower(name)); CREATE "
        "UNIQUE INDEX ON t_index ((name || 'x'), (coalesce(id, 0))) INCLUDE (day) WHERE day IS "
        "NOT NULL OR name IS NOT NULL; CREATE UNIQUE INDEX ON t_index (day); CREATE UNIQUE INDEX "
        "ON t_index ((NULL::int)); CREATE INDEX ON t_index ((7))");
    (void)look(NULL, NULL);
    run(pg, "DROP TABLE t_index");
    PQfinish(pg);
}
END_TEST

/* How many transaction numbers are used up by a look, and by what is done beside it. */
static long long numbers_taken(PGconn *pg, const char *beside) {
    static const char next[] = "SELECT pg_current_xact_id()::text::bigint";
    long long before = season_number(pg, next);
    (void)look(NULL, NULL);
    run(pg, beside);
    return season_number(pg, next) - before - 1;
}

/* Nothing is written: no number is used up. PostgreSQL's own cleaning may take one now and then, so
 * one round of some that takes none is enough. The control: what writes takes one each time. */
START_TEST(looking_writes_nothing) {
    PGconn *pg = season_connect();
    long long least = 1;
    for (int round = 0; round < 5 && least > 0; round++) {
        least = numbers_taken(pg, "SELECT 1");
    }
    ck_assert_int_eq(least, 0);
    ck_assert_int_ge(numbers_taken(pg, "UPDATE org SET name = name"), 1);
    PQfinish(pg);
}
END_TEST

int main(void) {
    const struct check_rounds tests[] = {
        {each_plant_is_found, 0},
        {anybodys_own_index_is_read, 0},
        {looking_writes_nothing, 0},
        {NULL, 0},
    };
    return check_shared("check", season_up, season_down, 120, tests);
}
