/* Who somebody is does not decide where he works: all identities of a campaign (names, sex, birth
 * date, father's name, nationality, passport) go from candidate to candidate, and the matching of
 * the same tokens reads and gives the same bytes. The control: a selection that looks at sex does
 * not. */
#include <stdio.h>
#include <string.h>

#include "server/app.h"
#include "server/candidate/candidate.h"
#include "server/matching/inputs.h"
#include "tests/support/web.h"

#include "lib/base/arena.h"

enum { PEOPLE = 60, CONTRACTS = 6, PERMUTATIONS = 5, FIRST_DAY = 1800000000 };

static void sends(const char *role, const char *path, const char *body, int status) {
    struct web_answer answer = web("POST", path, role, NULL, body);
    ck_assert_msg(answer.status == status, "%s: %s", path, answer.all);
    web_free(&answer);
}

/* Puts the n-th identity behind the candidate with that number. `t_sex` is what the control's
 * selection looks at; the program keeps it nowhere but in the sealed record. */
static void give_identity(int candidate, int n) {
    struct arena *arena = arena_new();
    const struct seal *seal = web_app()->seal;
    struct identity who = {
        .surname = arena_printf(arena, "SURNAME%c%c", 'A' + n / 26, 'A' + n % 26),
        .given_names = arena_printf(arena, "GIVEN%c", 'A' + n % 7),
        .father_name = arena_printf(arena, "FATHER%c", 'A' + n % 11),
        .sex = n % 3 == 0 ? "F" : "M",
        .birth_date = 4000 + 71 * n, /* 1980 to 1992: all of age */
        .nationality = n % 2 == 0 ? "MAR" : "TUN",
        .document_issuer = n % 2 == 0 ? "MAR" : "TUN",
        .document_number = arena_printf(arena, "PM%06d", 100000 + n),
        .document_expires = 25000,
    };
    struct span sealed;
    uint8_t wrapped[SEAL_WRAPPED];
    uint8_t passport[SEAL_DIGEST];
    uint8_t person[SEAL_DIGEST];
    seal_passport(seal, who.document_issuer, who.document_number, passport);
    seal_person(seal, who.surname, who.given_names, who.birth_date, person);
    identity_seal(seal, arena, candidate, &who, &sealed, wrapped);
    (void)web_sql(arena_printf(
        arena,
        "INSERT INTO worker_identity (worker_id, sealed, wrapped) VALUES (%d, '\\x%s', '\\x%s') ON "
        "CONFLICT (worker_id) DO UPDATE SET sealed = excluded.sealed, wrapped = excluded.wrapped; "
        "UPDATE candidate SET passport_key = '\\x%s', person_key = '\\x%s', swapped_key = '\\x%s' "
        "WHERE worker_id = %d; INSERT INTO t_sex VALUES (%d, '%s') ON CONFLICT (worker_id) DO "
        "UPDATE SET sex = excluded.sex; SELECT 1",
        candidate, text_hex(arena, sealed.ptr, sealed.len),
        text_hex(arena, wrapped, sizeof wrapped), text_hex(arena, passport, sizeof passport),
        text_hex(arena, person, sizeof person), text_hex(arena, person, sizeof person), candidate,
        candidate, who.sex));
    arena_free(arena);
}

static void make_season(void) {
    struct arena *arena = arena_new();
    sends("admin", "/api/v1/clock", arena_printf(arena, "{\"at\": %d}", FIRST_DAY), 200);
    (void)web_sql(arena_printf(
        arena,
        "UPDATE session SET expires_at = '2030-01-01'; UPDATE api_token SET expires_at = "
        "'2030-01-01'; CREATE TABLE t_sex (worker_id bigint PRIMARY KEY, sex text); INSERT INTO "
        "campaign (code, season, name, first_day, last_day, state) VALUES ('P-2027', 2027, "
        "'Permuted', '2027-01-15', '2027-12-31', 'matching'); INSERT INTO campaign_service "
        "(campaign_id, org_id, quota) SELECT 1, id, 40 FROM org WHERE kind = 'partner'; ALTER "
        "TABLE contract DISABLE TRIGGER USER; INSERT INTO contract (campaign_id, org_id, serial, "
        "check_code, state, places, first_day, last_day, rome, crop, tasks, commune, weekly_hours, "
        "hourly_wage, language, submitted_on, due_on) SELECT 1, o.id, 'P-' || n, 'AAAAAA', "
        "'approved', 5, '2027-02-01', '2027-06-28', 'A1401', 'apples', 'picking', '84007', 35, 13, "
        "CASE WHEN n %% 2 = 0 THEN 'fr' END, '2027-01-01', '2027-02-01' FROM org o, "
        "generate_series(1, %d) n WHERE o.kind = 'employer'; INSERT INTO contract_place "
        "(contract_id, campaign_id, place_no) SELECT k.id, 1, p FROM contract k, "
        "generate_series(1, "
        "5) p; INSERT INTO worker (id) SELECT generate_series(1, %d); INSERT INTO candidate "
        "(campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key, "
        "experience_months, languages, available_from, available_to, consent_at, entered_by) "
        "SELECT 1, o.id, n, 'PERM-' || lpad(n::text, 4, '0'), 'preselected', decode(md5('a' || n), "
        "'hex'), decode(md5('b' || n), 'hex'), decode(md5('c' || n), 'hex'), n * 7 %% 40, CASE "
        "WHEN n %% 3 = 0 THEN '{ar,fr}'::text[] ELSE '{ar}' END, '2027-01-01', '2027-12-31', "
        "now(), 1 FROM org o, generate_series(1, %d) n WHERE o.kind = 'partner'; SELECT 1",
        CONTRACTS, PEOPLE, PEOPLE));
    arena_free(arena);
}

static struct span answer_of(struct arena *arena, long long run, const char *part) {
    const char *path = arena_printf(arena, "/api/v1/matching-runs/%lld/%s", run, part);
    struct web_answer answer = web("GET", path, "auditor", NULL, NULL);
    ck_assert_msg(answer.status == 200, "%s: %s", path, answer.all);
    struct span text = {arena_copy(arena, answer.body, answer.body_len), answer.body_len};
    web_free(&answer);
    return text;
}

/* All that a new run of the matching reads, and whom it selects by one draw for equals: the run's
 * own draw is new each time, so that its result is held against a replay instead. */
static const char *selection(struct arena *arena) {
    static const uint8_t seed[MATCH_SEED] = {7};
    struct match_input input;
    struct match_output output;
    int line = 0;
    sends("officer", "/api/v1/campaigns/1/matching-runs", "{}", 201);
    long long run = web_sql("SELECT max(id) FROM matching_run");
    sends("auditor", arena_printf(arena, "/api/v1/matching-runs/%lld/replay", run), "{}", 201);
    web_gets("auditor",
             arena_printf(arena, "/api/v1/matching-calculations/%lld",
                          web_sql("SELECT max(id) FROM matching_calculation")),
             "\"result_same\":true");
    struct span inputs = answer_of(arena, run, "inputs");
    ck_assert_int_eq(match_read(arena, inputs, &input, &line), OK);
    match_run(arena, &input, seed, &output);
    struct span result = match_write(arena, &output);
    ck_assert_uint_gt(result.len, 0);
    return arena_printf(arena, "%s\n%.*s", inputs.ptr, (int)result.len, result.ptr);
}

/* Everybody gets somebody's identity, by a shuffle (Fisher and Yates) that the number decides. */
static void permute(unsigned number) {
    int identities[PEOPLE];
    unsigned state = number * 2654435761U;
    for (int i = 0; i < PEOPLE; i++) {
        identities[i] = i;
    }
    for (int i = PEOPLE - 1; i > 0; i--) {
        state = state * 1664525U + 1013904223U;
        int k = (int)((state >> 8) % (unsigned)(i + 1));
        int kept = identities[i];
        identities[i] = identities[k];
        identities[k] = kept;
    }
    for (int c = 0; c < PEOPLE; c++) {
        give_identity(c + 1, identities[c]);
    }
}

/* Which candidates are women, as a number: a permutation that moves nobody's sex proves little. */
static long long women(void) {
    return web_sql("SELECT hashtext(string_agg(sex, '' ORDER BY worker_id)) FROM t_sex");
}

START_TEST(who_somebody_is_does_not_select) {
    struct arena *arena = arena_new();
    make_season();
    permute(1);
    const char *first = selection(arena);
    ck_assert_int_eq(web_sql("SELECT assigned FROM matching_run ORDER BY id DESC LIMIT 1"),
                     5LL * CONTRACTS);
    for (unsigned i = 0; i < PERMUTATIONS; i++) {
        long long before = women();
        permute(i + 2);
        ck_assert_int_ne(women(), before);
        ck_assert_msg(strcmp(selection(arena), first) == 0, "permutation %u selects otherwise", i);
    }
    arena_free(arena);
}
END_TEST

/* Clean returns, which count for a place, made to depend on sex. */
START_TEST(control_a_selection_that_looks_at_sex) {
    struct arena *arena = arena_new();
    (void)web_sql(
        "CREATE OR REPLACE FUNCTION clean_returns(worker bigint) RETURNS int LANGUAGE sql "
        "STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$ SELECT CASE sex "
        "WHEN 'F' THEN 3 ELSE 0 END FROM t_sex WHERE worker_id = worker $$; "
        "CREATE OR REPLACE FUNCTION returned_workers() RETURNS SETOF bigint LANGUAGE sql STABLE "
        "SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT worker_id FROM t_sex'; "
        "SELECT 1");
    permute(1);
    const char *first = selection(arena);
    permute(1);
    ck_assert_msg(strcmp(selection(arena), first) == 0, "nobody moved");
    permute(2);
    ck_assert_msg(strcmp(selection(arena), first) != 0, "not noticed");
    arena_free(arena);
}
END_TEST

WEB_MAIN("the selection is blind", 120, who_somebody_is_does_not_select,
         control_a_selection_that_looks_at_sex)
