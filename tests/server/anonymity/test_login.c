/* The database logins by themselves, as if somebody sat at psql with them: what they can read,
 * sort, count, plan, copy, call and overhear before a placement. And how much work PostgreSQL does
 * for each statement of theirs, which is what a clock could tell: the same, whoever is behind the
 * tokens. Each defence is taken away once, and the same probes find what it held back. */
#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "powers.h"
#include "seek.h"
#include "server/db/stmt_table.h"

enum { PROBES_LEAST = 1000, TOLD_MAX = 20000, PARAMS_MAX = 64 };

struct login {
    const char *name;
    const char *actor; /* act_as(…) of who he is */
    PGconn *pg;
    PGconn *owner;
    struct arena *arena;
    struct seeker *seeker;
    struct buf notices;
    int probes, found;
    char first[300];
    bool whole; /* false: ends with the first finding */
    bool again; /* the other world: answers are compared with the first one's */
    int told_count, told_at;
    uint64_t told[TOLD_MAX];
};

static void finding(struct login *login, const char *what, const char *more) {
    if (login->found++ == 0) {
        (void)snprintf(login->first, sizeof login->first, "%s: %.200s: %s", login->name, what,
                       more);
    }
}

static bool enough(const struct login *login) {
    return !login->whole && login->found > 0;
}

/* --- asking -------------------------------------------------------------------------------------
 */

static void hear(void *arg, const PGresult *result) {
    struct login *login = arg;
    buf_text(&login->notices, PQresultErrorMessage(result));
}

static PGconn *connect_as(const char *name) {
    char url[700];
    (void)snprintf(url, sizeof url, "%s&user=%s", web_database(), name);
    PGconn *pg = PQconnectdb(name == NULL ? web_database() : url);
    ck_assert_msg(PQstatus(pg) == CONNECTION_OK, "%s", PQerrorMessage(pg));
    return pg;
}

static void must(PGconn *pg, const char *sql) {
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    ck_assert_msg(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s", sql,
                  PQerrorMessage(pg));
    PQclear(result);
}

static void put_result(PGconn *pg, PGresult *result, struct buf *out) {
    char *row = NULL;
    for (int r = 0; r < PQntuples(result); r++) {
        for (int c = 0; c < PQnfields(result); c++) {
            buf_printf(out, "%s|", PQgetvalue(result, r, c));
        }
        buf_text(out, "\n");
    }
    buf_text(out, PQresultErrorMessage(result));
    while (PQresultStatus(result) == PGRES_COPY_OUT && PQgetCopyData(pg, &row, 0) > 0) {
        buf_text(out, row);
        PQfreemem(row);
    }
    if (PQresultStatus(result) == PGRES_COPY_IN) {
        (void)PQputCopyEnd(pg, "nothing");
    }
}

/* All that a statement brings: rows, error, notices. In a transaction that is rolled back. */
static const char *answer_of(struct login *login, const char *sql) {
    struct buf out;
    PGresult *result;
    buf_init(&out, login->arena, 256);
    buf_init(&login->notices, login->arena, 64);
    sql = arena_printf(login->arena, "BEGIN; %s; %s", login->actor, sql);
    ck_assert_int_eq(PQsendQuery(login->pg, sql), 1);
    while ((result = PQgetResult(login->pg)) != NULL) {
        put_result(login->pg, result, &out);
        PQclear(result);
    }
    must(login->pg, "ROLLBACK");
    buf_text(&login->notices, "");
    buf_text(&out, login->notices.ptr);
    return out.ptr;
}

static void seek(struct login *login, const char *sql, const char *said) {
    const struct planted *shown = seeker_find(login->seeker, said, strlen(said));
    login->probes++;
    if (shown != NULL) {
        finding(login, sql, shown->field);
    }
}

/* In the first world remembers what was said, in the other compares. */
static void same_in_both(struct login *login, const char *sql, const char *said) {
    uint64_t hash = 0;
    static const uint8_t key[crypto_shorthash_KEYBYTES];
    (void)crypto_shorthash((unsigned char *)&hash, (const unsigned char *)said, strlen(said), key);
    if (!login->again) {
        ck_assert_int_lt(login->told_count, TOLD_MAX);
        login->told[login->told_count++] = hash;
        return;
    }
    ck_assert_int_lt(login->told_at, login->told_count);
    login->probes++;
    if (login->told[login->told_at++] != hash) {
        finding(login, sql, "depends on who it is");
    }
}

static void ask(struct login *login, const char *sql) {
    seek(login, sql, answer_of(login, sql));
}

/* A statement with a table for @t, a column for @c and a value for @v. */
static const char *filled(struct login *login, const char *form, const char *table,
                          const char *column, const char *value) {
    struct buf out;
    buf_init(&out, login->arena, 128);
    for (; *form != '\0'; form++) {
        if (*form != '@') {
            buf_char(&out, *form);
            continue;
        }
        form++;
        buf_text(&out, *form == 't' ? table : *form == 'c' ? column : value);
    }
    return out.ptr;
}

/* Asks with a planted value and with one that is nowhere: the answers must be the same. */
static void tell_apart(struct login *login, const char *format, const char *where,
                       const char *column) {
    const struct planted *known[2] = {planted_person(login->arena, 0, 0),
                                      planted_person(login->arena, 1, 0)};
    for (int i = 0; known[0][i].field != NULL; i++) {
        const char *said[2];
        if (strcmp(known[0][i].field, column) != 0) {
            continue;
        }
        for (int k = 0; k < 2; k++) {
            said[k] = answer_of(login, filled(login, format, where, column, known[k][i].value));
            char *echo = strcasestr(said[k], known[k][i].value);
            if (echo != NULL) {
                memset(echo, '*', strlen(known[k][i].value));
            }
        }
        login->probes++;
        if (strcmp(said[0], said[1]) != 0) {
            finding(login, format, column);
        }
    }
}

/* --- tables -------------------------------------------------------------------------------------
 */

static void ask_column(struct login *login, const char *table, const char *column) {
    static const char *const forms[] = {
        "SELECT t.@c::text FROM @t t",
        "SELECT min(t.@c::text), max(t.@c::text) FROM @t t",
        "COPY (SELECT t.@c FROM @t t) TO STDOUT",
        "SELECT count(*) FROM @t t WHERE pg_temp.t_leak(t.@c::text)",
        "SELECT (row_to_json(t) -> '@c')::text FROM @t t",
        "UPDATE @t SET @c = @c RETURNING @c::text",
        "SELECT t.@c::text FROM @t t FOR UPDATE",
        ("SELECT v.most_common_vals::text, v.histogram_bounds::text FROM pg_stats v WHERE "
         "v.tablename = '@t' AND v.attname = '@c'"),
    };
    const char *all =
        filled(login, "SELECT md5(string_agg(t.@c::text, ',' ORDER BY t.@c::text)) FROM @t t",
               table, column, "");
    same_in_both(login, all, answer_of(login, all));
    if (login->again) {
        return;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        ask(login, filled(login, forms[i], table, column, ""));
    }
    tell_apart(login, "SELECT count(*) FROM @t t WHERE t.@c::text = '@v'", table, column);
    tell_apart(login, "EXPLAIN SELECT FROM @t t WHERE t.@c::text = '@v'", table, column);
    tell_apart(login, "SELECT FROM @t t WHERE encode(t.@c, 'hex') = '@v'", table, column);
    tell_apart(login, "EXPLAIN SELECT FROM @t t WHERE t.@c = '\\x@v'", table, column);
    tell_apart(login, "INSERT INTO @t (@c) VALUES ('@v')", table, column);
}

static void ask_table(struct login *login, const char *table) {
    static const char *const forms[] = {
        "TABLE @t",
        "COPY @t TO STDOUT",
        "SELECT t::text FROM @t t",
        "SELECT t FROM ONLY @t t TABLESAMPLE SYSTEM (100)",
        "DELETE FROM @t RETURNING *",
        "CREATE TEMP TABLE t_copy AS TABLE @t; TABLE t_copy",
        "CREATE TEMP TABLE t_like (LIKE @t INCLUDING ALL); TABLE t_like",
        "INSERT INTO @t DEFAULT VALUES RETURNING *",
        "TRUNCATE @t",
        "ALTER TABLE @t DISABLE ROW LEVEL SECURITY; TABLE @t",
        "CREATE RULE t_rule AS ON INSERT TO @t DO ALSO SELECT 1",
        "CREATE POLICY t_policy ON @t USING (true); TABLE @t",
        "SET row_security = off; TABLE @t",
    };
    for (size_t i = 0; !login->again && i < sizeof forms / sizeof *forms; i++) {
        ask(login, filled(login, forms[i], table, "", ""));
    }
}

static PGresult *rows_of(struct login *login, const char *sql) {
    PGresult *result = PQexec(login->owner, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(login->owner));
    return result;
}

static void ask_tables(struct login *login) {
    PGresult *columns = rows_of(
        login, "SELECT c.relname, a.attname, a.attnum = min(a.attnum) OVER (PARTITION BY c.oid) "
               "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
               "a.attisdropped WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN "
               "('r', 'v', 'm') AND c.relname NOT IN ('commune', 't_kept') ORDER BY 1, a.attnum");
    for (int i = 0; i < PQntuples(columns) && !enough(login); i++) {
        if (PQgetvalue(columns, i, 2)[0] == 't') {
            ask_table(login, PQgetvalue(columns, i, 0));
        }
        ask_column(login, PQgetvalue(columns, i, 0), PQgetvalue(columns, i, 1));
    }
    PQclear(columns);
}

/* --- functions ----------------------------------------------------------------------------------
 */

/* Every function that the login may call, with numbers that exist and planted texts. */
static void ask_functions(struct login *login) {
    PGresult *calls = rows_of(
        login,
        arena_printf(
            login->arena,
            "SELECT format('SELECT (%%I(%%s))::text', p.proname, (SELECT string_agg(CASE t::regtype"
            "::text WHEN 'bigint' THEN n::text WHEN 'integer' THEN '1' WHEN 'text' THEN "
            "quote_literal(w) WHEN 'bytea' THEN quote_literal('\\x' || k) WHEN 'boolean' THEN "
            "'true' WHEN 'date' THEN '''2027-02-01''' WHEN 'jsonb' THEN '''{}''' WHEN 'text[]' "
            "THEN quote_literal('{' || w || '}') WHEN 'bigint[]' THEN '''{1,2,3}''' ELSE 'NULL' "
            "END || '::' || t::regtype::text, ', ' ORDER BY o) FROM unnest(p.proargtypes::oid[]) "
            "WITH ORDINALITY x (t, o))), p.provolatile <> 'v' FROM pg_proc p, unnest(ARRAY[1, 2, "
            "4]) n, unnest(ARRAY['%s', '%s']) w, unnest(ARRAY['%s']) k WHERE p.pronamespace = "
            "'public'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype AND "
            "has_function_privilege('%s', p.oid, 'EXECUTE') ORDER BY 1",
            "XQZAORBEL", "PRZQA-7", "00112233445566778899aabbccddeeff", login->name));
    ck_assert_int_gt(PQntuples(calls), 100);
    for (int i = 0; i < PQntuples(calls) && !enough(login); i++) {
        const char *sql = PQgetvalue(calls, i, 0);
        char *said = arena_strdup(login->arena, answer_of(login, sql));
        for (char *echo; (echo = strcasestr(said, "XQZAORBEL")) != NULL ||
                         (echo = strcasestr(said, "PRZQA-7")) != NULL;) {
            memset(echo, '*', 7); /* what it was called with */
        }
        seek(login, sql, said);
        if (PQgetvalue(calls, i, 1)[0] == 't') {
            same_in_both(login, sql, said);
        }
    }
    PQclear(calls);
}

/* --- the rest of PostgreSQL
 * -----------------------------------------------------------------------
 */

static void ask_powers(struct login *login) {
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++) {
        const char *said = answer_of(login, powers[i]);
        seek(login, powers[i], said);
        if (strstr(said, "ERROR") == NULL) {
            finding(login, powers[i], "not refused");
        }
    }
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        ask(login, views[i]);
    }
}

/* --- work ---------------------------------------------------------------------------------------
 */

/* Values for a statement's parameters: numbers that exist, a whole page, else nothing. */
static void fill_values(const struct stmt_info *info, const char *values[PARAMS_MAX]) {
    static const char *const ones[] = {"id", "campaign", "candidate", NULL};
    for (int p = 0; p < info->nparams; p++) {
        const char *name = info->params[p];
        values[p] = strcmp(name, "after") == 0 ? "0" : strcmp(name, "limit") == 0 ? "50" : NULL;
        for (int i = 0; ones[i] != NULL; i++) {
            values[p] = strcmp(name, ones[i]) == 0 ? "1" : values[p];
        }
    }
}

/* Runs the prepared statement and takes it back; how much of which table it read, also within
 * functions. */
static const char *work_of(struct login *login, const struct stmt_info *info) {
    const char *values[PARAMS_MAX];
    fill_values(info, values);
    must(login->pg, "SELECT pg_stat_force_next_flush()"); /* counts begin at nothing */
    must(login->pg, arena_printf(login->arena, "BEGIN; %s; SAVEPOINT before", login->actor));
    PQclear(PQexecPrepared(login->pg, info->name, info->nparams, values, NULL, NULL, 0));
    PQclear(PQexec(login->pg, "ROLLBACK TO before"));
    PGresult *work = PQexec(
        login->pg,
        "SELECT coalesce(string_agg(concat_ws(' ', relname, seq_scan, seq_tup_read, idx_scan, "
        "idx_tup_fetch), ';' ORDER BY relname), '') FROM pg_stat_xact_user_tables WHERE "
        "seq_scan + coalesce(idx_scan, 0) > 0");
    const char *text =
        arena_strdup(login->arena, PQntuples(work) == 1 ? PQgetvalue(work, 0, 0) : "nothing");
    PQclear(work);
    PQclear(PQexec(login->pg, "ROLLBACK"));
    return text;
}

/* The class's own statements and how much each reads: what a clock could measure, without the noise
 * of one. The second run counts: in the first PostgreSQL plans, and looks at tables for that. */
static void ask_work(struct login *login, enum db_class class) {
    PQreset(login->pg); /* no plans kept from before */
    must(login->pg, "SET plan_cache_mode = force_generic_plan");
    for (int i = 0; i < stmt_count && !enough(login); i++) {
        const struct stmt_info *info = &stmt_table[i];
        if ((info->classes & (1U << class)) == 0 || strncmp(info->where, "server/", 7) != 0) {
            continue;
        }
        ck_assert_int_le(info->nparams, PARAMS_MAX);
        PGresult *made = PQprepare(login->pg, info->name, info->text, 0, NULL);
        if (PQresultStatus(made) == PGRES_COMMAND_OK) {
            (void)work_of(login, info);
            same_in_both(login, info->name, work_of(login, info));
        }
        PQclear(made);
    }
}

/* --- a login
 * --------------------------------------------------------------------------------------
 */

static void open_login(struct login *login, const char *name, const char *role) {
    login->name = name;
    login->arena = arena_new();
    login->seeker = seeker_new(login->arena);
    for (int n = 0; n < PEOPLE - 1; n++) {
        seeker_add(login->seeker, planted_person(login->arena, 0, n));
    }
    login->owner = connect_as(NULL);
    login->pg = connect_as(name);
    (void)PQsetErrorVerbosity(login->pg, PQERRORS_TERSE);
    (void)PQsetNoticeReceiver(login->pg, hear, login);
    buf_init(&login->notices, login->arena, 64);
    PGresult *who = rows_of(
        login, arena_printf(login->arena,
                            "SELECT format('SELECT act_as(%%s, %%s, %%L, ''2027-01-15'')', id, "
                            "org_id, role) FROM account WHERE email = '%s@test.example'",
                            role));
    login->actor = arena_strdup(login->arena, PQgetvalue(who, 0, 0));
    PQclear(who);
    must(login->pg, "CREATE FUNCTION pg_temp.t_leak(text) RETURNS boolean LANGUAGE plpgsql COST "
                    "0.0000001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$");
}

/* Everything, with the first people and then with others behind the tokens. `overheard`: another
 * session, whose last statement holds what must not be heard. */
static void run(struct login *login, enum db_class class) {
    PGconn *overheard = connect_as(NULL);
    must(overheard, "SELECT 'XQZAORBEL', 'PRZQA-7'");
    for (int world = 0; world < WORLDS; world++) {
        login->again = world == 1;
        /* rows in the order of their ids: an update has moved some */
        must(login->owner, "CLUSTER candidate USING candidate_pkey");
        must(login->owner, "VACUUM (FREEZE, ANALYZE) candidate, worker_identity, mark");
        ask_tables(login);
        ask_functions(login);
        if (world == 0) {
            ask_powers(login);
        }
        ask_work(login, class);
        world_people(1 - world);
    }
    ck_assert(enough(login) || login->told_at == login->told_count);
    PQfinish(overheard);
}

static void close_login(struct login *login) {
    PQfinish(login->pg);
    PQfinish(login->owner);
    arena_free(login->arena);
}

static const struct {
    const char *name;
    const char *role;
    enum db_class class;
} logins[] = {
    {"noria_employer", "employer", DB_EMPLOYER},
    {"noria_public", "employer", DB_PUBLIC}, /* even if it claims to be somebody */
    {"noria_partner", "stranger", DB_PARTNER},
};
enum { LOGINS = sizeof logins / sizeof *logins };

static int probe(int which, bool whole, char first[300]) {
    static struct login login; /* large */
    memset(&login, 0, sizeof login);
    open_login(&login, logins[which].name, logins[which].role);
    login.whole = whole;
    run(&login, logins[which].class);
    int found = login.found;
    printf("probes by %s itself: %d, of which learnt something: %d %s\n", login.name, login.probes,
           found, login.first);
    (void)fflush(stdout);
    memcpy(first, login.first, sizeof login.first);
    ck_assert(!whole || login.probes >= PROBES_LEAST);
    close_login(&login);
    return found;
}

START_TEST(a_campaign_before_its_first_placement) {
    PGconn *owner = connect_as(NULL);
    must(owner,
         "ALTER SYSTEM SET autovacuum = off"); /* its snapshots keep rows from being frozen */
    must(owner, "SELECT pg_reload_conf()");
    PQfinish(owner);
    world_make();
}
END_TEST

START_TEST(logins_learn_nobody) {
    for (int i = 0; i < LOGINS; i++) {
        char first[300];
        int found = probe(i, true, first);
        ck_assert_msg(found == 0, "%d probes learnt something, first: %s", found, first);
    }
}
END_TEST

/* What is taken away, and put back. */
static const struct {
    const char *removed, *restored;
    const char *finds; /* what the first finding says, in part */
} controls[] = {
    {"GRANT SELECT (passport_key) ON candidate TO noria_employer",
     "REVOKE SELECT (passport_key) ON candidate FROM noria_employer", "passport_key"},
    {"GRANT SELECT ON worker_identity TO noria_employer; CREATE POLICY t_open ON worker_identity "
     "TO noria_employer USING (true)",
     "REVOKE SELECT ON worker_identity FROM noria_employer; DROP POLICY t_open ON worker_identity",
     "who it is"},
    {"CREATE VIEW t_view AS SELECT id, partner_ref FROM candidate; GRANT SELECT ON t_view TO "
     "noria_employer",
     "DROP VIEW t_view", "t_view"},
    {"CREATE FUNCTION t_tell(bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT "
     "partner_ref FROM candidate WHERE id = $1'",
     "DROP FUNCTION t_tell", "t_tell"},
    {"ALTER ROLE noria_employer INHERIT; GRANT pg_read_all_stats TO noria_employer",
     "REVOKE pg_read_all_stats FROM noria_employer; ALTER ROLE noria_employer NOINHERIT",
     "pg_stat_activity"},
    {"CREATE FUNCTION t_work(bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER AS "
     "$$ BEGIN IF (SELECT partner_ref < 'PRZQD' FROM candidate WHERE id = $1) THEN PERFORM "
     "count(*) FROM fraud_case; END IF; RETURN true; END $$; CREATE POLICY t_work ON candidate AS "
     "RESTRICTIVE FOR SELECT TO noria_employer USING (t_work(id))",
     "DROP POLICY t_work ON candidate; DROP FUNCTION t_work", "who it is"},
};
enum { CONTROLS = sizeof controls / sizeof *controls };

START_TEST(control_a_defence_less) {
    for (int i = 0; i < CONTROLS; i++) {
        char first[300];
        PGconn *owner = connect_as(NULL);
        must(owner, controls[i].removed);
        int found = probe(0, false, first);
        must(owner, controls[i].restored);
        PQfinish(owner);
        ck_assert_msg(found > 0, "not found after: %s", controls[i].removed);
        ck_assert_msg(strstr(first, controls[i].finds) != NULL, "found otherwise: %s", first);
    }
}
END_TEST

WEB_MAIN("logins", 600, a_campaign_before_its_first_placement, logins_learn_nobody,
         control_a_defence_less)
