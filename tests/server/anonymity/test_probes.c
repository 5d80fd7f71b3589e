/* Before a placement nobody learns who is behind a token or a contract: every route of the table,
 * read and written as each role that must not know, by every planted field and every channel that
 * HTTP has. Each test that finds nothing has its control: a defence is taken away, and the same
 * probes find what it held back. */
#include <stdio.h>
#include <string.h>

#include "sweep.h"

enum { PROBES_LEAST = 1000 };

static const char *const channels[CHANNELS] = {"answer",    "filter", "sort",
                                               "condition", "write",  "world"};

/* Who must not learn who the people are; and who must not learn whose the contract is. */
static struct sweep sweep_of(struct arena *arena, const char *role, bool whole) {
    bool employers = role != NULL && strcmp(role, "partner") == 0;
    struct seeker *seeker = seeker_new(arena);
    struct sweep sweep = {.role = role, .seeker = seeker, .whole = whole};
    if (employers) {
        sweep.known = planted_employer(arena, 0);
        sweep.unknown = planted_employer(arena, 1);
        sweep.change = world_employer;
        seeker_add(seeker, sweep.known);
        return sweep;
    }
    sweep.known = planted_person(arena, 0, 0);
    sweep.unknown = planted_person(arena, 1, 0);
    sweep.change = world_people;
    for (int n = 0; n < PEOPLE - 1; n++) { /* the last is the stranger's own */
        seeker_add(seeker, planted_person(arena, 0, n));
    }
    return sweep;
}

static void report(const struct sweep *sweep) {
    printf("probes as %s:", sweep->role == NULL ? "nobody" : sweep->role);
    for (int i = 0; i < CHANNELS; i++) {
        printf(" %s %d", channels[i], sweep->probes[i]);
    }
    printf("; %d, of which learnt something: %d\n", sweep_total(sweep), sweep->found);
    (void)fflush(stdout);
}

static void finds_nothing(const char *role, int least) {
    struct arena *arena = arena_new();
    struct sweep sweep = sweep_of(arena, role, true);
    sweep_run(&sweep);
    report(&sweep);
    ck_assert_msg(sweep.found == 0, "%d probes learnt something, first: %s", sweep.found,
                  sweep.first);
    ck_assert_int_ge(sweep_total(&sweep), least);
    for (int i = 0; i < CHANNELS; i++) {
        ck_assert_msg(sweep.probes[i] > 0, "no probe by %s", channels[i]);
    }
    arena_free(arena);
}

START_TEST(employers_learn_nobody) {
    finds_nothing("employer", PROBES_LEAST);
}
END_TEST

START_TEST(other_services_learn_nobody) {
    finds_nothing("stranger", PROBES_LEAST);
}
END_TEST

START_TEST(second_markers_learn_neither_name_nor_first_mark) {
    finds_nothing("assessor", PROBES_LEAST);
}
END_TEST

START_TEST(the_public_learns_nobody) {
    finds_nothing(NULL, PROBES_LEAST);
}
END_TEST

START_TEST(services_learn_no_employer) {
    finds_nothing("partner", PROBES_LEAST);
}
END_TEST

/* --- controls: a defence is taken away, and the same probes find it
 * -------------------------------
 */

/* `function`: what `removed` writes anew and is put back as it was; NULL for none. */
static void found_when(const char *role, const char *function, const char *removed,
                       const char *restored) {
    struct arena *arena = arena_new();
    struct sweep sweep = sweep_of(arena, role, false);
    (void)web_sql(arena_printf(arena,
                               "CREATE TABLE t_kept AS SELECT pg_get_functiondef(to_regprocedure("
                               "nullif('%s', ''))) AS text; SELECT 1",
                               function == NULL ? "" : function));
    (void)web_sql(removed);
    sweep_run(&sweep);
    (void)web_sql("DO $$ DECLARE f text := (SELECT text FROM t_kept); BEGIN IF f IS NOT NULL THEN "
                  "EXECUTE f; END IF; END $$; DROP TABLE t_kept; SELECT 1");
    (void)web_sql(restored);
    printf("control: %s\n", sweep.found > 0 ? sweep.first : "nothing found");
    (void)fflush(stdout);
    ck_assert_msg(sweep.found > 0, "as %s, not found after: %s", role, removed);
    arena_free(arena);
}

/* The function with a part of its text replaced; stops when the part is not there. */
#define REWRITE(function, from, to)                                                                \
    "DO $do$ DECLARE body text := pg_get_functiondef('" function "'::regprocedure); BEGIN "        \
    "IF position($f$" from "$f$ IN body) = 0 THEN RAISE EXCEPTION 'not as it was'; END IF; "       \
    "EXECUTE replace(body, $f$" from "$f$, $f$" to "$f$); END $do$; SELECT 1"

START_TEST(control_a_column_too_much) {
    found_when("employer", "candidate_beside(bigint)",
               REWRITE("candidate_beside(bigint)", "(office OR (session_user = 'noria_partner'",
                       "(true OR (session_user = 'noria_partner'"),
               "SELECT 1");
}
END_TEST

START_TEST(control_an_error_that_says_whom) {
    found_when("employer", "candidate_cases(bigint)",
               "CREATE OR REPLACE FUNCTION candidate_cases(wanted bigint) RETURNS TABLE (id "
               "bigint, rule text, severity text, state text, due_on date, blocking boolean) "
               "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $f$ "
               "BEGIN PERFORM refuse('conflict', (SELECT c.partner_ref FROM candidate c WHERE c.id "
               "= wanted)); END $f$; SELECT 1",
               "SELECT 1");
}
END_TEST

/* The version, and with it the ETag, made of who it is. */
START_TEST(control_an_etag_over_the_identity) {
    found_when("employer", NULL,
               "CREATE FUNCTION t_etag() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.version "
               ":= ascii(substr(NEW.partner_ref, 5, 1)); RETURN NEW; END $f$; CREATE TRIGGER "
               "t_etag BEFORE UPDATE ON candidate FOR EACH ROW EXECUTE FUNCTION t_etag(); UPDATE "
               "candidate SET state = state; SELECT 1",
               "DROP TRIGGER t_etag ON candidate; DROP FUNCTION t_etag; SELECT 1");
}
END_TEST

/* Which rows are seen depends on who they are: counts and lists tell. */
START_TEST(control_a_row_policy_over_the_identity) {
    found_when(
        "employer", NULL,
        "CREATE FUNCTION t_early(bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS "
        "$f$ SELECT partner_ref < 'PRZQD' FROM candidate WHERE id = $1 $f$; CREATE POLICY t_early "
        "ON candidate AS RESTRICTIVE FOR SELECT TO noria_employer USING (t_early(id)); SELECT 1",
        "DROP POLICY t_early ON candidate; DROP FUNCTION t_early; SELECT 1");
}
END_TEST

START_TEST(control_services_that_see_each_other) {
    found_when("stranger", NULL,
               "CREATE POLICY t_open ON candidate FOR SELECT TO noria_partner USING (true); CREATE "
               "POLICY t_open ON worker_identity FOR SELECT TO noria_partner USING (true); SELECT "
               "1",
               "DROP POLICY t_open ON candidate; DROP POLICY t_open ON worker_identity; SELECT 1");
}
END_TEST

START_TEST(control_a_second_marker_who_sees) {
    found_when("assessor", "marks_seen(bigint,bigint)",
               REWRITE("marks_seen(bigint,bigint)", "(m.account_id = reader OR s.state = 'closed')",
                       "true"),
               "SELECT 1");
}
END_TEST

START_TEST(control_services_that_see_employers) {
    found_when("partner", "contract_behind(bigint)",
               REWRITE("contract_behind(bigint)", "(session_user IN ('noria_ofii'",
                       "(true OR session_user IN ('noria_ofii'"),
               "SELECT 1");
}
END_TEST

/* The comparison itself: a filter that exists is noticed, and one that changes nothing is not. */
START_TEST(control_the_comparison) {
    ck_assert(sweep_tells("partner", "/api/v1/contracts", "state", "approved", "draft"));
    ck_assert(!sweep_tells("partner", "/api/v1/contracts", "state", "withdrawn", "refused"));
}
END_TEST

/* --- a clash of keys
 * ------------------------------------------------------------------------------
 */

/* Another service enters somebody else under a reference; gives the status. */
static int enters(const char *reference, int n) {
    struct arena *arena = arena_new();
    const char *body = arena_printf(
        arena,
        "{\"campaign_id\": 1, \"surname\": \"CLASH\", \"given_names\": \"TEST%c\", \"birth_date\": "
        "\"1990-01-%02d\", \"sex\": \"F\", \"nationality\": \"TUN\", \"document_issuer\": \"TUN\", "
        "\"document_number\": \"CL0000%02d\", \"document_expires\": \"2031-01-01\", "
        "\"partner_ref\": \"%s\", \"available_from\": \"2027-01-01\", \"available_to\": "
        "\"2027-12-31\", \"languages\": \"ar\", \"consent\": true}",
        'A' + n, 1 + n, n, reference);
    struct web_answer answer = web("POST", "/api/v1/candidates", "stranger", NULL, body);
    int status = answer.status;
    ck_assert_msg(status == 201 || status == 409, "%s", answer.all);
    web_free(&answer);
    arena_free(arena);
    return status;
}

START_TEST(a_reference_that_another_service_uses_clashes_with_nothing) {
    struct arena *arena = arena_new();
    const struct planted *known = planted_person(arena, 0, 0);
    while (strcmp(known->field, "partner_ref") != 0) {
        known++;
    }
    ck_assert_int_eq(enters("NOWHERE-1", 1), 201);
    ck_assert_int_eq(enters(known->value, 2), 201);
    /* control: one reference a campaign, whoever's, would tell that somebody has it */
    (void)web_sql("DELETE FROM candidate WHERE partner_ref IN ('NOWHERE-1', 'PRZQA-7') AND id > 4; "
                  "ALTER TABLE candidate DROP CONSTRAINT partner_ref_used; ALTER TABLE candidate "
                  "ADD CONSTRAINT partner_ref_used UNIQUE (partner_ref, campaign_id); SELECT 1");
    ck_assert_int_eq(enters("NOWHERE-1", 3), 201);
    ck_assert_int_eq(enters(known->value, 4), 409);
    (void)web_sql("ALTER TABLE candidate DROP CONSTRAINT partner_ref_used; ALTER TABLE candidate "
                  "ADD CONSTRAINT partner_ref_used UNIQUE (partner_ref, campaign_id, org_id); "
                  "SELECT 1");
    arena_free(arena);
}
END_TEST

START_TEST(a_campaign_before_its_first_placement) {
    world_make();
}
END_TEST

WEB_MAIN("who is behind a token", 300, a_campaign_before_its_first_placement,
         employers_learn_nobody, other_services_learn_nobody,
         second_markers_learn_neither_name_nor_first_mark, the_public_learns_nobody,
         services_learn_no_employer, control_a_column_too_much, control_an_error_that_says_whom,
         control_an_etag_over_the_identity, control_a_row_policy_over_the_identity,
         control_services_that_see_each_other, control_a_second_marker_who_sees,
         control_services_that_see_employers, control_the_comparison,
         a_reference_that_another_service_uses_clashes_with_nothing)
