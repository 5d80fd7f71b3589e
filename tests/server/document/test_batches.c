/* Batches: issued in the background, limited a day, resumed, printed; nothing twice. */
#include <libpq-fe.h>
#include <string.h>
#include <zip.h>

#include "kit.h"
#include "lib/base/arena.h"
#include "lib/picture/picture.h"

enum { RACERS = 8 };

static long long campaign(void) {
    return web_sql("SELECT t_id('campaign')");
}

#define sql(format, value) web_sql(arena_printf(kit_arena, format, value))

/* Opens a batch; its id. */
static long long opened(const char *body) {
    struct web_answer answer =
        call("POST", "officer", body, "/api/v1/campaigns/%lld/documents", campaign());
    ck_assert_msg(answer.status == 201, "%s", answer.all);
    long long batch = strtoll(strstr(answer.body, "\"id\":") + 5, NULL, 10);
    web_free(&answer);
    return batch;
}

/* The batch's page once it is no more at work. */
static struct web_answer ended(long long batch) {
    for (int i = 0; i < 300; i++) {
        struct web_answer answer =
            call("GET", "officer", NULL, "/api/v1/document-batches/%lld", batch);
        ck_assert_msg(answer.status == 200, "%s", answer.all);
        if (strstr(answer.body, "\"state\":\"done\"") != NULL ||
            strstr(answer.body, "\"state\":\"stopped\"") != NULL) {
            return answer;
        }
        web_free(&answer);
        (void)web_sql("SELECT pg_sleep(0.1)");
    }
    ck_abort_msg("the batch does not end");
}

static bool says(struct web_answer *answer, const char *what) {
    bool found = strstr(answer->body, what) != NULL;
    web_free(answer);
    return found;
}

/* How often a value of a batch's documents is larger than that of the document before. */
static long long rises(const char *column, long long batch) {
    return web_sql(arena_printf(
        kit_arena,
        "SELECT count(*) FILTER (WHERE v > before) FROM (SELECT %s AS v, lag(%s) OVER (ORDER BY "
        "d.id) AS before FROM document_batch_item i JOIN document d ON d.id = i.document_id WHERE "
        "i.batch_id = %lld) AS x",
        column, column, batch));
}

START_TEST(a_campaign_at_once) {
    new_placements(230, "ready");
    long long held = new_placement("ready");
    (void)sql(
        "INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, due_on) "
        "SELECT 'mrz_check_digit', 'serious', true, false, candidate_id, today() FROM placement "
        "WHERE id = %lld",
        held);
    long long batch = opened("{\"kind\":1}");
    struct web_answer answer = ended(batch);
    ck_assert_msg(strstr(answer.body, "\"issued\":230") != NULL, "%s", answer.body);
    ck_assert(says(&answer, "\"refused\":0"));
    ck_assert_int_eq(
        sql("SELECT count(*) FROM document_batch_item i JOIN document d ON d.id = "
            "i.document_id AND d.placement_id = i.placement_id WHERE i.batch_id = %lld",
            batch),
        230);
    ck_assert_int_eq(sql("SELECT count(*) FROM document WHERE placement_id = %lld", held), 0);
    /* A leaf a document, its own index, a number and a cti of its own. */
    ck_assert_int_eq(
        sql("SELECT count(DISTINCT d.idx) FROM document_batch_item i JOIN document d ON d.id = "
            "i.document_id JOIN audit_leaf l ON l.object_id = d.id AND l.act = 'document.issue' "
            "WHERE i.batch_id = %lld",
            batch),
        230);
    /* Neither tells the order of issue: half of them rise, give or take eight times the spread of
     * random ones (4.4). The documents' own ids, which do tell it, are the control. */
    ck_assert_int_eq(rises("d.id", batch), 229);
    ck_assert_int_le(llabs(rises("d.idx", batch) - 115), 35);
    ck_assert_int_le(llabs(rises("d.cti", batch) - 115), 35);
    struct sw1_answer said;
    long long one =
        sql("SELECT max(document_id) FROM document_batch_item WHERE batch_id = %lld", batch);
    ck_assert_int_eq(offline(text_of(one, "officer"), &said), SW1_VALID);
    ck_assert(span_is(said.claims.full_name, "EL AMRANI YOUSSEF"));
    /* Nothing is left to do. */
    answer = call("POST", "officer", "{}", "/api/v1/campaigns/%lld/documents", campaign());
    ck_assert_int_eq(answer.status, 409);
    ck_assert(says(&answer, "batch_empty"));
}
END_TEST

/* After a key was stolen: those that have a valid document get another, the suspended ones do not.
 */
START_TEST(a_batch_anew) {
    long long valid = new_placement("ready");
    long long suspended = new_placement("ready");
    (void)issued("placements", valid);
    long long document = issued("placements", suspended);
    (void)sql("UPDATE document SET state = 'suspended', reason = 'lost' WHERE id = %lld", document);
    struct web_answer answer = ended(opened("{\"anew\":true}"));
    ck_assert_msg(strstr(answer.body, "\"refused\":0") != NULL, "%s", answer.body);
    web_free(&answer);
    ck_assert_int_eq(sql("SELECT count(*) FROM document WHERE placement_id = %lld", valid), 2);
    ck_assert_int_eq(
        sql("SELECT count(*) FROM document WHERE placement_id = %lld AND state = 'valid'", valid),
        1);
    ck_assert_int_eq(sql("SELECT count(*) FROM document WHERE placement_id = %lld", suspended), 1);
}
END_TEST

/* What stopped being possible meanwhile is refused alone, with its reason. */
START_TEST(one_that_cannot_be_issued_stops_nobody) {
    long long first = new_placement("ready");
    long long lying = named_placement("EL \u202eAMRANI", NULL, "ready");
    long long batch = opened("{}");
    struct web_answer answer = ended(batch);
    ck_assert_msg(strstr(answer.body, "\"refused_by\":\"document_claims\"") != NULL, "%s",
                  answer.body);
    ck_assert(says(&answer, "\"state\":\"done\""));
    ck_assert_int_eq(sql("SELECT count(*) FROM document WHERE placement_id = %lld", first), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM document WHERE placement_id = %lld", lying), 0);
    (void)sql(
        "ALTER TABLE placement DISABLE TRIGGER USER; UPDATE placement SET state = 'bound' WHERE "
        "id = %lld; ALTER TABLE placement ENABLE TRIGGER USER",
        lying);
}
END_TEST

START_TEST(records_after_the_return) {
    long long placement = new_placement("returned_late");
    long long batch = opened("{\"kind\":3}");
    struct web_answer answer = ended(batch);
    ck_assert(says(&answer, "\"state\":\"done\""));
    ck_assert_int_eq(
        sql("SELECT count(*) FROM document WHERE kind = 3 AND placement_id = %lld", placement), 1);
    answer =
        call("POST", "officer", "{\"kind\":2}", "/api/v1/campaigns/%lld/documents", campaign());
    ck_assert_int_eq(answer.status, 422);
    web_free(&answer);
}
END_TEST

/* The limit of a day stops a batch where it is full; raised, the batch goes on. */
START_TEST(a_full_day_stops_and_resumes) {
    new_placements(5, "ready");
    (void)web_sql("UPDATE document_setting SET value = GREATEST(1, (SELECT max(used) FROM "
                  "document_quota)) WHERE code = 'day_limit'");
    long long batch = opened("{}");
    struct web_answer answer = ended(batch);
    ck_assert_msg(strstr(answer.body, "\"stopped_by\":\"document_limit\"") != NULL, "%s",
                  answer.body);
    ck_assert(says(&answer, "\"issued\":0"));
    long long placement = new_placement("ready");
    answer = call("POST", "officer", "{}", "/api/v1/placements/%lld/document", placement);
    ck_assert_int_eq(answer.status, 409);
    ck_assert(says(&answer, "document_limit"));
    answer = call("POST", "officer", "{\"day_limit\":5000,\"record_years\":5}",
                  "/api/v1/documents/settings");
    ck_assert_int_eq(answer.status, 403); /* the administrator's */
    web_free(&answer);
    char match[60];
    (void)snprintf(match, sizeof match, "If-Match: \"%lld\"\r\n",
                   web_sql("SELECT sum(version) FROM document_setting"));
    answer = web("POST", "/api/v1/documents/settings", "admin", match,
                 "{\"day_limit\":5000,\"record_years\":5}");
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    web_free(&answer);
    answer = call("POST", "officer", "{}", "/api/v1/document-batches/%lld/resume", batch);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    web_free(&answer);
    answer = ended(batch);
    ck_assert(says(&answer, "\"issued\":5"));
}
END_TEST

/* Whether what was sent held; the day's limit is the only reason for which it may not. Frees the
 * connection. */
static bool held(PGconn *pg) {
    bool good = true;
    PGresult *result;
    while ((result = PQgetResult(pg)) != NULL) {
        if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
            const char *why = PQresultErrorMessage(result);
            ck_assert_msg(strstr(why, "document_limit") != NULL, "%s", why);
            good = false;
        }
        PQclear(result);
    }
    PQfinish(pg);
    return good;
}

/* The first of RACERS indexes that no document has: those that the server issued before lie
 * anywhere. */
static long long free_indexes(void) {
    return web_sql(arena_printf(
        kit_arena,
        "SELECT min(g) FROM generate_series(0, 99999) AS g WHERE NOT EXISTS (SELECT FROM "
        "document d WHERE d.list_no = 1 AND d.idx BETWEEN g AND g + %d)",
        RACERS - 1));
}

/* How many of RACERS documents hold that are issued at the same time: each transaction stays open a
 * while after its document, so that all meet. */
static int race(void) {
    PGconn *pg[RACERS];
    int count = 0;
    long long index = free_indexes();
    for (int i = 0; i < RACERS; i++) {
        long long placement = new_placement("ready");
        const char *statement = arena_printf(
            kit_arena,
            "INSERT INTO document (cti, number, kind, campaign_id, contract_id, placement_id, "
            "org_id, "
            "service_id, list_no, idx, sealed, issued_at, expires_at, account_id) SELECT "
            "decode(md5('r%lld'), 'hex'), 'AAAA-' || lpad(id::text, 4, '0'), 1, campaign_id, "
            "contract_id, id, org_id, service_id, 1, %lld, repeat('y', 60)::bytea, now(), "
            "now() + interval '1 day', 77 FROM placement WHERE id = %lld; SELECT pg_sleep(0.02)",
            placement, index + i, placement);
        pg[i] = PQconnectdb(web_database());
        ck_assert_int_eq(PQstatus(pg[i]), CONNECTION_OK);
        ck_assert_int_eq(PQsendQuery(pg[i], statement), 1);
    }
    for (int i = 0; i < RACERS; i++) {
        count += held(pg[i]);
    }
    return count;
}

START_TEST(the_limit_holds_when_many_issue_at_once) {
    (void)web_sql("UPDATE document_setting SET value = 3 WHERE code = 'day_limit'");
    ck_assert_int_eq(race(), 3);
    /* Control: without the constraint all of them hold. */
    (void)web_sql(
        "DELETE FROM document_quota WHERE account_id = 77; ALTER TABLE document_quota DROP "
        "CONSTRAINT document_limit");
    ck_assert_int_eq(race(), RACERS);
    (void)web_sql(
        "DELETE FROM document_quota WHERE account_id = 77; ALTER TABLE document_quota ADD "
        "CONSTRAINT document_limit CHECK (used <= most); UPDATE document_setting SET value "
        "= 5000 WHERE code = 'day_limit'");
}
END_TEST

/* A runner whose lease ran out writes nothing more. */
START_TEST(a_lost_lease_writes_nothing) {
    (void)new_placement("ready");
    long long batch = opened("{}");
    struct web_answer answer = ended(batch);
    web_free(&answer);
    (void)sql("UPDATE document_batch SET state = 'running', ended_at = NULL, runner = 'gone', "
              "lease_until = clock_timestamp() + interval '1 second' WHERE id = %lld",
              batch);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM document_batch_claim('other', 5)"), 0);
    (void)web_sql("SELECT pg_sleep(1.1)");
    answer = ended(batch); /* the server takes it again, finds nothing left, ends it */
    ck_assert(says(&answer, "\"state\":\"done\""));
    ck_assert_int_eq(
        sql("SELECT count(*) FROM document_batch WHERE id = %lld AND runner = 'gone'", batch), 0);
}
END_TEST

/* The paper of a part: PDFs in a ZIP, each document looked at once, four cards a page. */
START_TEST(the_paper_of_a_batch) {
    new_placements(7, "ready");
    long long batch = opened("{}");
    struct web_answer answer = ended(batch);
    web_free(&answer);
    answer = call("GET", "officer", NULL, "/document-batches/%lld/papers.zip?size=card", batch);
    ck_assert_msg(answer.status == 200, "%d", answer.status);
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(answer.body, answer.body_len, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_CHECKCONS | ZIP_RDONLY, &error);
    ck_assert_ptr_nonnull(zip);
    ck_assert_int_eq(zip_get_num_entries(zip, 0), 1);
    zip_file_t *file = zip_fopen_index(zip, 0, 0);
    char begin[6] = "";
    ck_assert_int_eq(zip_fread(file, begin, 5), 5);
    ck_assert_str_eq(begin, "%PDF-");
    (void)zip_fclose(file);
    (void)zip_close(zip);
    web_free(&answer);
    ck_assert_int_eq(sql("SELECT count(DISTINCT l.object_id) FROM audit_leaf l JOIN "
                         "document_batch_item i ON i.document_id = l.object_id WHERE l.act = "
                         "'document.look' AND l.reason = 'batch' AND i.batch_id = %lld",
                         batch),
                     7);
    answer = call("GET", "officer", NULL, "/document-batches/%lld/papers.zip?part=2", batch);
    ck_assert_int_eq(answer.status, 404);
    web_free(&answer);
    answer = call("GET", "partner", NULL, "/document-batches/%lld/papers.zip", batch);
    ck_assert_int_eq(answer.status, 403);
    web_free(&answer);
    answer = call("GET", "officer", NULL, "/document-batches/%lld", batch);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "<progress max=\"7\" value=\"7\""));
    web_free(&answer);
    answer = call("GET", "officer", NULL, "/document-batches");
    ck_assert_int_eq(answer.status, 200);
    web_free(&answer);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {a_campaign_at_once,
                                  a_batch_anew,
                                  one_that_cannot_be_issued_stops_nobody,
                                  records_after_the_return,
                                  a_full_day_stops_and_resumes,
                                  the_limit_holds_when_many_issue_at_once,
                                  a_lost_lease_writes_nothing,
                                  the_paper_of_a_batch,
                                  NULL};
    return kit_run("batches", tests);
}
