/* A season over HTTP: match, answer, bind, state facts, come home, close; with the refusals. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/sw1/act.h"
#include "server/candidate/candidate.h"
#include "tests/support/web.h"

enum { DAY = 86400, FIRST_DAY = 1800000000 /* 2027-01-15 */ };

static int sends(const char *role, const char *path, const char *body) {
    struct web_answer answer = web("POST", path, role, NULL, body);
    int status = answer.status;
    web_free(&answer);
    return status;
}

static int reads(const char *role, const char *path, const char *wanted) {
    struct web_answer answer = web("GET", path, role, NULL, NULL);
    int status = answer.status;
    if (wanted != NULL) {
        ck_assert_msg(strstr(answer.body, wanted) != NULL, "%s: no %s in %s", path, wanted,
                      answer.all);
    }
    web_free(&answer);
    return status;
}

/* The status, when the answer's body has `wanted`. */
static void refused(const char *role, const char *path, const char *body, int status,
                    const char *code) {
    struct web_answer answer = web("POST", path, role, NULL, body);
    ck_assert_msg(answer.status == status && strstr(answer.body, code) != NULL, "%s: %s", path,
                  answer.all);
    web_free(&answer);
}

static void be_day(int days) {
    char body[64];
    (void)snprintf(body, sizeof body, "{\"at\": %d}", FIRST_DAY + days * DAY);
    ck_assert_int_eq(sends("admin", "/api/v1/clock", body), 200);
}

static void sql(const char *format, long long number) {
    char text[2000];
    (void)snprintf(text, sizeof text, "%s%lld)", format, number);
    (void)web_sql(text);
}

/* A candidate with a sealed identity: MAR AB10000<n>. */
static void make_candidate(int n) {
    static const uint8_t key[SEAL_FIRST] = {1};
    struct arena *arena = arena_new();
    const struct seal *seal = seal_from(arena, key);
    long long worker = web_sql("INSERT INTO worker DEFAULT VALUES RETURNING id");
    char number[16];
    (void)snprintf(number, sizeof number, "AB%06d", 100000 + n);
    struct identity who = {.surname = "BENALI",
                           .given_names = "KARIM",
                           .birth_date = 8000 + n,
                           .document_issuer = "MAR",
                           .document_number = number,
                           .document_expires = 25000};
    struct span sealed;
    uint8_t wrapped[SEAL_WRAPPED];
    identity_seal(seal, arena, worker, &who, &sealed, wrapped);
    uint8_t passport[SEAL_DIGEST];
    uint8_t person[SEAL_DIGEST];
    seal_passport(seal, "MAR", number, passport);
    seal_person(seal, who.surname, who.given_names, who.birth_date, person);
    char *text = arena_printf(
        arena,
        "WITH i AS (INSERT INTO worker_identity VALUES (%lld, '\\x%s', '\\x%s')) INSERT INTO "
        "candidate "
        "(campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key, "
        "experience_months, languages, available_from, available_to, consent_at, entered_by) "
        "SELECT 1, id, %lld, 'K7Q2-M9X%d', 'preselected', '\\x%s', '\\x%s', '\\x%s', %d, "
        "'{ar,fr}', '2027-01-01', '2027-12-31', now(), 1 FROM org WHERE kind = 'partner' RETURNING "
        "1",
        worker, text_hex(arena, sealed.ptr, sealed.len), text_hex(arena, wrapped, sizeof wrapped),
        worker, n, text_hex(arena, passport, sizeof passport),
        text_hex(arena, person, sizeof person), text_hex(arena, person, sizeof person), n);
    (void)web_sql(text);
    arena_free(arena);
}

static void make_season(void) {
    be_day(0);
    (void)web_sql("UPDATE session SET expires_at = '2030-01-01'; "
                  "UPDATE api_token SET expires_at = '2030-01-01'; SELECT 1");
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state, "
        "non_return_after_days, checkin_days) VALUES ('W-2027', 2027, 'Walk', '2027-01-15', "
        "'2027-12-31', 'matching', 10, 10); "
        "INSERT INTO campaign_service (campaign_id, org_id, quota) "
        "SELECT 1, id, 10 FROM org WHERE kind = 'partner'; "
        "ALTER TABLE contract DISABLE TRIGGER USER; "
        "INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, "
        "last_day, rome, crop, tasks, commune, weekly_hours, hourly_wage, language, submitted_on, "
        "due_on) SELECT 1, id, 'W-1', 'AAAAAA', 'approved', 2, '2027-02-01', '2027-02-28', "
        "'A1401', "
        "'apples', 'picking', '84007', 35, 13, 'fr', '2027-01-01', '2027-02-01' FROM org "
        "WHERE kind = 'employer'; "
        "INSERT INTO contract_place (contract_id, campaign_id, place_no) VALUES (1, 1, 1), (1, 1, "
        "2); "
        "SELECT 1");
    for (int n = 1; n <= 5; n++) {
        make_candidate(n);
    }
}

/* Whom no run has looked at is told what keeps him out, not that there is no such page. */
static void absent(const char *who, const char *path, int status, const char *word) {
    web_answers("GET", who, path, NULL, status, word);
}

static void not_looked_at(void) {
    (void)web_sql(
        "INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, "
        "due_on) VALUES ('mrz_check_digit', 'serious', true, false, 5, today()); SELECT 1");
    absent("officer", "/api/v1/candidates/5/matching", 409, "un doute sur le dossier");
    (void)web_sql("DELETE FROM fraud_case WHERE candidate_id = 5; SELECT 1");
    absent("officer", "/api/v1/candidates/5/matching", 409, "pas eu de passage");
    absent("partner", "/api/v1/candidates/5/matching", 409, "not_in_a_run");
    absent("officer", "/api/v1/candidates/99/matching", 404, "not_found");
    absent("employer", "/api/v1/candidates/5/matching", 403, "forbidden");
}

/* Run again, the first run answers so. */
static void again(const char *word) {
    char path[64];
    ck_assert_int_eq(sends("auditor", "/api/v1/matching-runs/1/replay", "{}"), 201);
    (void)snprintf(path, sizeof path, "/api/v1/matching-calculations/%lld",
                   web_sql("SELECT max(id) FROM matching_calculation"));
    ck_assert_int_eq(reads("auditor", path, word), 200);
    ck_assert_int_eq(reads("officer", path + strlen("/api/v1"), NULL), 200);
}

/* Written past the triggers that keep what a run is made of. */
static void touch(const char *what) {
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "SET session_replication_role = replica; %s; RESET session_replication_role; "
                   "SELECT 1",
                   what);
    (void)web_sql(sql);
}

static void matching(void) {
    not_looked_at();
    refused("employer", "/api/v1/campaigns/1/matching-runs", "{}", 403, "forbidden");
    ck_assert_int_eq(sends("officer", "/api/v1/campaigns/1/matching-runs", "{}"), 201);
    again("\"inputs_same\":true,\"result_same\":true,\"kept_same\":true");
    ck_assert_int_eq(web_sql("SELECT assigned FROM matching_run WHERE id = 1"), 2);
    ck_assert_int_eq(reads("officer", "/api/v1/candidates/5/matching", "\"cut_off\""), 200);
    /* controls: what was touched of inputs, result or answers is found out */
    touch("UPDATE matching_share SET lines = replace(lines, ' p', ' n')");
    again("\"result_same\":true,\"kept_same\":false");
    touch("UPDATE matching_run SET result = replace(result, ' 1 ', ' 2 ')");
    again("\"result_same\":false");
    touch("UPDATE matching_run SET inputs = inputs || E'x 1 1\\n'");
    again("\"inputs_same\":false");
    ck_assert_int_eq(sends("officer", "/api/v1/campaigns/1/matching-runs", "{}"), 201);
    ck_assert_int_eq(reads("officer", "/matching-runs/2", "noria-match-3"), 200);
    ck_assert_int_eq(reads("officer", "/campaigns/1/matching-runs", NULL), 200);
    refused("officer", "/api/v1/campaigns/9/matching-runs", "{}", 404, "not_found");
}

/* The employer's interview before he answers: noted once, corrected by an entry that names it. */
static void interviewing(long long proposal) {
    char note[80], correct[96], page[80], body[160], day[48];
    long long run_on =
        web_sql("SELECT to_char(run_on, 'YYYYMMDD')::bigint FROM matching_run WHERE id = 2");
    (void)snprintf(note, sizeof note, "/api/v1/proposals/%lld/interview", proposal);
    (void)snprintf(correct, sizeof correct, "%s/correct", note);
    (void)snprintf(page, sizeof page, "/api/v1/proposals/%lld", proposal);
    (void)snprintf(day, sizeof day, "\"held_on\":\"%04lld-%02lld-%02lld\"", run_on / 10000,
                   run_on / 100 % 100, run_on % 100);
    static const char wrong[] = "{\"held_on\": \"2020-01-01\", \"channel\": \"letter\"}";
    refused("employer", note, wrong, 422, "\"held_on\"");
    refused("employer", note, wrong, 422, "\"channel\""); /* both at once */
    refused("partner", note, wrong, 403, "forbidden");
    (void)snprintf(body, sizeof body, "{%s, \"channel\": \"video\"}", day);
    ck_assert_int_eq(sends("employer", note, body), 200);
    refused("employer", note, body, 409, "proposal_interviewed");
    refused("officer", note, body, 409, "proposal_interviewed");
    ck_assert_int_eq(reads("employer", page, "\"interview_channel\":\"video\""), 200);
    ck_assert_int_eq(reads("employer", page + strlen("/api/v1"), "/interview/correct\""), 200);
    (void)snprintf(body, sizeof body,
                   "{%s, \"channel\": \"phone\", \"reason\": \"mistyped\", \"wrong\": %lld}", day,
                   web_sql("SELECT max(id) FROM interview"));
    ck_assert_int_eq(sends("employer", correct, body), 200);
    refused("employer", correct, body, 409, "step_superseded");
    refused("employer", correct, "{\"channel\": \"phone\"}", 422, "\"wrong\"");
    ck_assert_int_eq(reads("officer", page, "\"interview_channel\":\"phone\""), 200);
    ck_assert_int_eq(reads("officer", page, "\"channel\":\"video\""), 200); /* as it was */
    (void)snprintf(body, sizeof body,
                   "{%s, \"channel\": \"phone\", \"reason\": \"not_held\", \"wrong\": %lld}", day,
                   web_sql("SELECT max(id) FROM interview"));
    ck_assert_int_eq(sends("officer", correct, body), 200);
    ck_assert_int_eq(reads("employer", page, "\"interviewed_on\":null"), 200);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act IN ('proposal.interview', "
                             "'proposal.interview_correct')"),
                     3);
}

static void answering(void) {
    struct web_answer seen = web("GET", "/api/v1/proposals", "employer", NULL, NULL);
    ck_assert_int_eq(seen.status, 200);
    ck_assert_ptr_nonnull(strstr(seen.body, "K7Q2-M9X5"));
    ck_assert_ptr_null(strstr(seen.body, "BENALI"));
    ck_assert_ptr_null(strstr(seen.body, "AB100005"));
    web_free(&seen);
    ck_assert_int_eq(reads("employer", "/proposals", "K7Q2-M9X5"), 200);
    ck_assert_int_eq(reads("partner", "/api/v1/proposals", "forbidden"), 403);
    char path[80];
    long long best = web_sql("SELECT id FROM proposal WHERE run_id = 2 AND rank = 1");
    interviewing(best);
    (void)snprintf(path, sizeof path, "/api/v1/proposals/%lld/refuse", best + 1);
    refused("employer", path, "{}", 422, "required");
    refused("employer", path, "{\"reason\": \"too old\"}", 422, "not_a_choice");
    ck_assert_int_eq(sends("employer", path, "{\"reason\": \"dates\"}"), 200);
    (void)snprintf(path, sizeof path, "/proposals/%lld", best);
    ck_assert_int_eq(reads("employer", path, "K7Q2-M9X5"), 200);
    (void)snprintf(path, sizeof path, "/api/v1/proposals/%lld/accept", best);
    ck_assert_int_eq(sends("employer", path, "{}"), 201);
    refused("employer", path, "{}", 409, "conflict");
    char body[120];
    (void)snprintf(body, sizeof body, "{\"proposals\": [{\"id\": %lld}, {\"id\": %lld}]}", best,
                   best + 2);
    struct web_answer many = web("POST", "/api/v1/proposals/accept", "employer", NULL, body);
    ck_assert_msg(many.status == 200 && strstr(many.body, "\"conflict\"") != NULL, "%s", many.all);
    web_free(&many);
    ck_assert_int_eq(web_sql("SELECT taken FROM contract WHERE id = 1"), 2);
}

static void looking(void) {
    long long before = web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal'");
    ck_assert_int_eq(reads("employer", "/api/v1/placements/1/identity", "BENALI"), 200);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal'"),
                     before + 1);
    ck_assert_int_eq(reads("employer", "/placements/1/identity", "BENALI"), 200);
    ck_assert_int_eq(reads("auditor", "/api/v1/placements/1/identity", "forbidden"), 403);
    ck_assert_int_eq(reads("employer", "/api/v1/placements/99/identity", "not_found"), 404);
    ck_assert_int_eq(reads("auditor", "/unsealings", "K7Q2-M9X5"), 200);
    char leaf[160]; /* who, whom, why, and the leaf that says so */
    (void)snprintf(leaf, sizeof leaf, "\"id\":%lld,",
                   web_sql("SELECT max(id) FROM audit_leaf WHERE act = 'candidate.unseal'"));
    ck_assert_int_eq(reads("auditor", "/api/v1/unsealings?limit=1", leaf), 200);
    ck_assert_int_eq(
        reads("officer", "/api/v1/unsealings?limit=1", "\"account\":\"Test employer\""), 200);
    ck_assert_int_eq(reads("auditor", "/api/v1/unsealings?limit=1", "\"placement_id\":1,"), 200);
    ck_assert_int_eq(reads("auditor", "/api/v1/unsealings?candidate=999", "\"unsealings\":[]"),
                     200);
    ck_assert_int_eq(reads("employer", "/api/v1/unsealings", "forbidden"), 403);
}

/* Pictures show what the tables hold. */
static void looked_at(void) {
    char wanted[100];
    int64_t bound = web_sql("SELECT count(DISTINCT candidate_id) FROM placement");
    int64_t places =
        web_sql("SELECT sum(places) FROM contract WHERE state IN ('approved', 'filled')");
    int64_t accepted = web_sql("SELECT count(*) FROM proposal WHERE state = 'accepted'");
    ck_assert(bound > 0 && places > 0 && accepted > 0);
    (void)snprintf(wanted, sizeof wanted, "\"step\":\"bound\",\"count\":%lld,", (long long)bound);
    ck_assert_int_eq(reads("officer", "/api/v1/campaigns/1/pictures/funnel", wanted), 200);
    (void)snprintf(wanted, sizeof wanted, "\"places\":%lld", (long long)places);
    ck_assert_int_eq(reads("auditor", "/api/v1/campaigns/1/pictures/places", wanted), 200);
    (void)snprintf(wanted, sizeof wanted, "\"kind\":\"accepted\",\"count\":%lld}",
                   (long long)accepted);
    ck_assert_int_eq(reads("desk", "/api/v1/campaigns/1/pictures/choices", wanted), 200);
    ck_assert_int_eq(reads("officer", "/campaigns/1/pictures/scores", "<h1>"), 200);
    ck_assert_int_eq(reads("officer", "/campaigns/1/pictures/markers", "<h1>"), 200);
    ck_assert_int_eq(reads("officer", "/campaigns/1/pictures/returns", "<rect"), 200);
    ck_assert_int_eq(reads("employer", "/api/v1/campaigns/1/pictures/funnel", "forbidden"), 403);
    ck_assert_int_eq(reads("officer", "/api/v1/campaigns/99/pictures/places", "not_found"), 404);
}

static void stating(void) {
    refused("officer", "/api/v1/placements/1/facts",
            "{\"kind\": \"departed\", \"day\": \"2027-01-15\", \"source\": \"list\"}", 409,
            "fact_not_now");
    refused("employer", "/api/v1/placements/1/facts",
            "{\"kind\": \"authorised\", \"day\": \"2027-01-15\", \"source\": \"list\"}", 403,
            "fact_not_yours");
    refused("officer", "/api/v1/placements/1/facts",
            "{\"kind\": \"authorised\", \"day\": \"2027-01-16\", \"source\": \"list\"}", 422,
            "fact_in_future");
    char body[2000] = "{\"facts\": [";
    static const char *const kinds[] = {"authorised", "convoked", "fit",
                                        "visa",       "departed", "arrived"};
    for (size_t i = 0; i < 2 * (sizeof kinds / sizeof kinds[0]); i++) {
        size_t used = strlen(body);
        (void)snprintf(body + used, sizeof body - used,
                       "%s{\"placement_id\": %d, \"kind\": \"%s\", \"day\": \"2027-01-15\", "
                       "\"source\": \"list\"}",
                       i == 0 ? "" : ", ", i % 2 == 0 ? 1 : 2, kinds[i / 2]);
    }
    size_t used = strlen(body);
    (void)snprintf(body + used, sizeof body - used, "%s",
                   ", {\"placement_id\": 1, \"kind\": \"visa\", \"day\": \"2027-01-15\", "
                   "\"source\": \"list\"}]}");
    refused("officer", "/api/v1/campaigns/1/facts", body, 409, "fact_not_now");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM placement_fact"), 0); /* all or none */
    (void)snprintf(body + used, sizeof body - used, "]}");
    ck_assert_int_eq(sends("officer", "/api/v1/campaigns/1/facts", body), 200);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM placement WHERE state = 'arrived'"), 2);
    ck_assert_int_eq(reads("officer", "/placements/1", "<option value=\"working\""), 200);
    ck_assert_int_eq(reads("employer", "/placements?state=arrived", "K7Q2-M9X5"), 200);
    ck_assert_int_eq(reads("officer", "/campaigns/1/counters", NULL), 200);
    looked_at();
    refused("officer", "/api/v1/candidates/5/stays",
            "{\"first_day\": \"2027-03-01\", \"last_day\": \"2027-09-30\", \"source\": \"card\"}",
            409, "six_months");
    ck_assert_int_eq(reads("officer", "/candidates/5/stays", NULL), 200);
}

static void returning(void) {
    be_day(50); /* 2027-03-06 */
    ck_assert_int_eq(reads("desk", "/returns", "K7Q2-M9X5"), 200);
    refused("desk", "/api/v1/returns/lookup", "{}", 422, "required");
    refused("desk", "/api/v1/returns/lookup", "{\"issuer\": \"MAR\", \"passport\": \"ZZ000000\"}",
            404, "not_found");
    refused("desk", "/api/v1/returns/lookup", "{\"text\": \"SW1:NONSENSE\"}", 422,
            "document_unreadable");
    struct web_answer found = web("POST", "/api/v1/returns/lookup", "desk", NULL,
                                  "{\"issuer\": \"MAR\", \"passport\": \"ab 100005\"}");
    ck_assert_msg(found.status == 200 && strstr(found.body, "\"placement_id\":1") != NULL, "%s",
                  found.all);
    web_free(&found);
    refused("desk", "/api/v1/placements/1/evidence",
            "{\"kind\": \"desk\", \"day\": \"2027-03-06\", \"person_present\": true}", 422,
            "desk_needs_presence");
    struct web_answer home =
        web("POST", "/api/v1/placements/1/evidence", "desk", NULL,
            "{\"kind\": \"desk\", \"day\": \"2027-03-06\", \"person_present\": true, "
            "\"identity_checked\": true, \"found_by\": \"passport\"}");
    ck_assert_msg(home.status == 200 && strstr(home.body, "returned_verified") != NULL, "%s",
                  home.all);
    web_free(&home);
    ck_assert_int_eq(reads("partner", "/placements/1/return", NULL), 200);
    ck_assert_int_eq(reads("officer", "/placements/2/case", NULL), 200);
    refused("officer", "/api/v1/placements/2/non-return", "{\"reason\": \"gone\"}", 409,
            "non_return_too_early");
    ck_assert_int_eq(sends("desk", "/api/v1/placements/2/exceptions",
                           "{\"kind\": \"hospital\", \"document\": \"certificate 7\", "
                           "\"issuer\": \"CH Avignon\", \"until\": \"2027-04-01\"}"),
                     200);
    refused("desk", "/api/v1/exceptions/1/confirm", "{}", 409, "second_person_needed");
    ck_assert_int_eq(sends("officer", "/api/v1/exceptions/1/confirm", "{}"), 200);
}

/* As a third party verifies the act: with the root key and the trust list that the office shows. */
static enum sw1_code verified(struct span text, struct span signature) {
    static const struct sw1_settings settings = {SW1_SKEW, 0};
    struct arena *arena = arena_new();
    struct web_answer root = web("GET", "/.well-known/noria/root.cosekey", NULL, NULL, NULL);
    struct web_answer trust = web("GET", "/.well-known/noria/trust.cwt", NULL, NULL, NULL);
    struct sw1_key *key;
    ck_assert(sw1_key_read(arena, (struct span){root.body, root.body_len}, &key));
    struct sw1_verifier *verifier = sw1_verifier_new(arena, key, &settings, NULL);
    ck_assert_int_eq(sw1_verifier_trust(verifier, (struct span){trust.body, trust.body_len}),
                     SW1_VALID);
    struct sw1_act act;
    enum sw1_code code = sw1_act_verify(verifier, arena, SW1_ACT_CLOSING, text, signature,
                                        FIRST_DAY + 99 * DAY + 60, &act);
    web_free(&root);
    web_free(&trust);
    arena_free(arena);
    return code;
}

static void closing(void) {
    (void)web_sql("UPDATE campaign SET state = 'season'; UPDATE campaign SET state = 'returns';"
                  "SELECT 1");
    be_day(99); /* the exception has ended: he is overdue */
    ck_assert_int_eq(reads("officer", "/campaigns/1/closing", NULL), 200);
    refused("officer", "/api/v1/campaigns/1/closing/sign", "{}", 409, "1 en retard");
    ck_assert_int_eq(sends("desk", "/api/v1/campaigns/1/evidence",
                           "{\"evidence\": [{\"placement_id\": 2, \"kind\": \"exit_stamp\", "
                           "\"day\": \"2027-04-01\", \"original\": true}]}"),
                     200);
    refused("officer", "/api/v1/campaigns/1/closing/countersign", "{}", 409, "closing_not_signed");
    ck_assert_int_eq(sends("officer", "/api/v1/campaigns/1/closing/sign", "{}"), 200);
    refused("officer", "/api/v1/campaigns/1/closing/countersign", "{}", 409,
            "second_person_needed");
    sql("UPDATE closing_act SET signed_by_1 = (SELECT id FROM account WHERE role = 'desk' LIMIT ",
        1);
    ck_assert_int_eq(sends("officer", "/api/v1/campaigns/1/closing/countersign", "{}"), 200);
    struct web_answer act = web("GET", "/api/v1/campaigns/1/closing/act", "auditor", NULL, NULL);
    struct web_answer proof =
        web("GET", "/api/v1/campaigns/1/closing/signature", "auditor", NULL, NULL);
    ck_assert_ptr_nonnull(strstr(act.body, "K7Q2-M9X5"));
    struct span text = {act.body, act.body_len};
    struct span signature = {proof.body, proof.body_len};
    ck_assert_int_eq(verified(text, signature), SW1_VALID);
    text.len--; /* control: one byte less is another act */
    ck_assert_int_eq(verified(text, signature), SW1_BAD_SIGNATURE);
    web_free(&act);
    web_free(&proof);
    struct web_answer paper = web("GET", "/campaigns/1/closing/paper", "auditor", NULL, NULL);
    ck_assert_int_eq(paper.status, 200);
    ck_assert_int_eq(memcmp(paper.body, "%PDF-", 5), 0);
    ck_assert_uint_gt(paper.body_len, 5000);
    web_free(&paper);
    ck_assert_int_eq(reads("officer", "/api/v1/campaigns/9/closing/paper", NULL), 404);
    ck_assert_int_eq(reads("officer", "/campaigns/1/closing", NULL), 200);
    refused("officer", "/api/v1/placements/2/facts",
            "{\"kind\": \"contact\", \"day\": \"2027-04-02\", \"source\": \"phone\"}", 409,
            "campaign_closed");
    ck_assert_int_eq(sends("officer", "/api/v1/placements/2/reopen", "{\"reason\": \"seen\"}"),
                     200);
    ck_assert_int_eq(sends("officer", "/api/v1/placements/2/facts",
                           "{\"kind\": \"contact\", \"day\": \"2027-04-02\", "
                           "\"source\": \"phone\"}"),
                     200);
    ck_assert_int_eq(sends("officer", "/api/v1/placements/2/settle", "{}"), 200);
}

START_TEST(a_season) {
    make_season();
    matching();
    answering();
    looking();
    stating();
    returning();
    closing();
}
END_TEST

START_TEST(home_is_a_queue_for_each_role) {
    static const char *const roles[] = {"employer", "partner", "officer", "desk",
                                        "assessor", "auditor", "admin"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        ck_assert_int_eq(reads(roles[i], "/", "id=\"queue\""), 200);
        ck_assert_int_eq(reads(roles[i], "/api/v1/", "\"queue\""), 200);
    }
    ck_assert_int_eq(reads(NULL, "/", "/verify"), 200);
}
END_TEST

WEB_MAIN_ONCE("a season over HTTP", 120, home_is_a_queue_for_each_role, a_season)
